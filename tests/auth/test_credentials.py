"""The file of access keys."""

import logging
from pathlib import Path

import pytest

from kilowatt.auth.credentials import Credential, CredentialStore

GOOD = """
# who may call
[default]
aws_access_key_id = AKIDEXAMPLE
aws_secret_access_key = with/+=%#;signs

[temporary]
aws_access_key_id=ASIAEXAMPLE
aws_secret_access_key=secret
aws_session_token=token==
account=123456789012
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "credentials"
    path.touch(mode=0o600)
    return path


def test_keys_are_read(path: Path) -> None:
    path.write_text(GOOD)
    store = CredentialStore.load(path)
    assert store.get("AKIDEXAMPLE") == Credential("AKIDEXAMPLE", "with/+=%#;signs", None, "000000000000")
    assert store.get("ASIAEXAMPLE") == Credential("ASIAEXAMPLE", "secret", "token==", "123456789012")
    assert store.get("OTHER") is None


def test_a_file_of_awss_own_tools_is_read(path: Path) -> None:
    path.write_text(
        "[a]\naws_access_key_id=A\naws_secret_access_key=S\naws_account_id=123456789012\nregion=eu-west-1\n"
    )
    assert CredentialStore.load(path).get("A") == Credential("A", "S", None, "123456789012")


def test_one_pair_is_a_store_too() -> None:
    assert CredentialStore.of_pair("A", "B").get("A") == Credential("A", "B")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "no access key in it"),
        ("aws_access_key_id = A", r"line 1 stands before any \[section\]"),
        ("[a]\nnonsense", "not name = value: line 2"),
        ("[a]\naws_access_key_id = A", r"\[a\] aws_secret_access_key is missing"),
        ("[a]\naws_secret_access_key = SECRET", r"\[a\] aws_access_key_id is missing"),
        ("[a]\naws_acces_key_id = A", r"\[a\] aws_acces_key_id is not known"),
        ("[a]\naws_access_key_id=A\naws_secret_access_key=SECRET\naccount=12", "account must have 12 digits"),
        ("[a]\naws_access_key_id=A\n[a]\n", "already exists"),
        ("[a]\naws_access_key_id=A\naws_access_key_id=B\n", "already exists"),
        (
            "[a]\naws_access_key_id=A\naws_secret_access_key=SECRET\n"
            "[b]\naws_access_key_id=A\naws_secret_access_key=SECRET",
            "the access key A is in it twice",
        ),
    ],
)
def test_a_bad_file_is_refused_with_its_reason_and_without_secrets(
    path: Path, text: str, reason: str
) -> None:
    path.write_text(text)
    with pytest.raises(ValueError, match=reason) as refused:
        CredentialStore.load(path)
    assert str(path) in str(refused.value)
    assert "SECRET" not in str(refused.value)


def test_a_missing_file_is_an_os_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        CredentialStore.load(tmp_path / "none")


def test_a_file_that_everybody_can_read_is_warned_of(path: Path, caplog: pytest.LogCaptureFixture) -> None:
    path.write_text(GOOD)
    CredentialStore.load(path)
    assert not caplog.records
    path.chmod(0o644)
    CredentialStore.load(path)
    assert [record.levelno for record in caplog.records] == [logging.WARNING]
    assert "chmod 600" in caplog.text


def test_secrets_do_not_show_in_a_repr() -> None:
    shown = repr(Credential("A", "SECRET", "TOKEN"))
    assert "SECRET" not in shown
    assert "TOKEN" not in shown
