"""`kilowatt serve` says in a line why it does not start, and with an exit code for each reason."""

import socket
from pathlib import Path

import pytest
from tests.cli.command import refused
from tests.conftest import running_server

from kilowatt.cli import serve

USAGE = 2


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return tmp_path / "data"


def test_exit_codes_are_distinct() -> None:
    codes = [value for name, value in vars(serve).items() if name.startswith("EXIT_")]
    assert len(codes) >= 7
    assert len({*codes, 0, 1, USAGE}) == len(codes) + 3


def test_a_port_in_use(data: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = str(listener.getsockname()[1])
        code, text = refused("--port", port, "--data-dir", str(data))
    assert code == serve.EXIT_PORT_IN_USE
    assert text.startswith(f"kilowatt: cannot listen on 127.0.0.1:{port}: ")
    with running_server("--data-dir", str(data)):
        pass  # the directory was let go of


def test_a_directory_that_another_server_uses(data: Path) -> None:
    with running_server("--data-dir", str(data)) as first:
        code, text = refused("--data-dir", str(data))
        assert code == serve.EXIT_DIRECTORY_LOCKED
        assert text == f"kilowatt: {data} is in use by the process with pid {first.process.pid}.\n"
        assert first.process.poll() is None


def test_a_directory_of_other_things_is_left_alone(data: Path) -> None:
    data.mkdir()
    (data / "thesis.txt").write_text("irreplaceable")
    code, text = refused("--data-dir", str(data))
    assert code == serve.EXIT_NOT_A_DATA_DIRECTORY
    assert str(data) in text
    assert [path.name for path in data.iterdir()] == ["thesis.txt"]


def test_a_newer_data_format(data: Path) -> None:
    with running_server("--data-dir", str(data)):
        pass
    (data / "FORMAT").write_text("kilowatt 99\n")
    code, text = refused("--data-dir", str(data))
    assert code == serve.EXIT_FORMAT_TOO_NEW
    assert str(data) in text
    assert "99" in text
    assert (data / "FORMAT").read_text() == "kilowatt 99\n"


def test_a_file_where_a_directory_should_be(data: Path) -> None:
    data.write_text("a file")
    code, text = refused("--data-dir", str(data))
    assert code == USAGE
    assert str(data) in text


def test_a_directory_that_cannot_be_made(data: Path) -> None:
    data.write_text("a file")
    code, text = refused("--data-dir", str(data / "below"))
    assert code == serve.EXIT_STORAGE
    assert str(data) in text


@pytest.mark.parametrize("host", ["0.0.0.0", "example.org"])
def test_other_machines_without_credentials(data: Path, host: str) -> None:
    code, text = refused("--host", host, "--data-dir", str(data))
    assert code == serve.EXIT_INSECURE
    assert host in text
    assert "--credentials" in text
    assert "--insecure" in text
    assert not data.exists()


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("not a credentials file", ""),
        ("", ""),
        ("[default]\naws_access_key_id = AKIAIOSFODNN7EXAMPLE\n", "aws_secret_access_key"),
        ("[default]\naws_access_key_id = a\naws_secret_acess_key = b\n", "aws_secret_acess_key"),
    ],
    ids=["no format", "empty", "no secret", "misspelt"],
)
def test_a_bad_credentials_file(tmp_path: Path, data: Path, content: str, said: str) -> None:
    file = tmp_path / "credentials"
    file.write_text(content)
    file.chmod(0o600)
    code, text = refused("--credentials", str(file), "--data-dir", str(data))
    assert code == serve.EXIT_BAD_CREDENTIALS
    assert str(file) in text
    assert said in text


def test_a_missing_credentials_file(tmp_path: Path) -> None:
    code, text = refused("--in-memory", "--credentials", str(tmp_path / "nowhere"))
    assert code == USAGE
    assert "nowhere" in text


def test_half_a_pair_of_keys() -> None:
    code, text = refused("--in-memory", KILOWATT_ACCESS_KEY_ID="AKIAIOSFODNN7EXAMPLE")
    assert code == USAGE
    assert "--secret-access-key" in text


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--port", "70000"], "--port"),
        (["--log-level", "loud"], "--log-level"),
        (["--colour", "red"], "--colour"),
        (["extra"], "extra"),
    ],
)
def test_flags_that_make_no_sense(arguments: list[str], said: str) -> None:
    code, text = refused("--in-memory", *arguments)
    assert code == USAGE
    assert said in text


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("porte = 8000\n", "porte"),
        ("[server]\nport = 8000\n", "server"),
        ("port = \n", "--config"),
        ("log-level = 'loud'\n", "loud"),
    ],
    ids=["unknown", "section", "not TOML", "wrong type"],
)
def test_a_bad_configuration_file(tmp_path: Path, content: str, said: str) -> None:
    file = tmp_path / "config.toml"
    file.write_text(content)
    code, text = refused("--in-memory", "--config", str(file))
    assert code == USAGE
    assert said in text


def test_a_kinesis_endpoint_that_is_no_url() -> None:
    code, text = refused("--in-memory", "--kinesis-endpoint", "localhost:4568")
    assert code == USAGE
    assert "--kinesis-endpoint is a URL, or aws." in text


@pytest.mark.parametrize("source", ["environment", "file"])
def test_a_kinesis_endpoint_without_boto3(tmp_path: Path, source: str) -> None:
    (tmp_path / "sitecustomize.py").write_text("import sys\n\nsys.modules['boto3'] = None\n")
    (tmp_path / "config.toml").write_text('kinesis-endpoint = "http://127.0.0.1:4568"\n')
    environment = {"PYTHONPATH": str(tmp_path)}
    if source == "environment":
        environment["KILOWATT_KINESIS_ENDPOINT"] = "aws"
    else:
        environment["KILOWATT_CONFIG"] = str(tmp_path / "config.toml")
    code, text = refused("--in-memory", **environment)
    assert code == USAGE
    assert "--kinesis-endpoint needs boto3: pip install 'kilowatt[aws]'" in text


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        (["--engine", "postgres"], "--engine postgres needs --dsn."),
        (["--dsn", "postgresql://127.0.0.1/kilowatt"], "--dsn is for --engine postgres."),
        (
            ["--engine", "postgres", "--dsn", "postgresql://127.0.0.1/kilowatt", "--in-memory"],
            "--in-memory and --engine postgres exclude each other.",
        ),
    ],
    ids=["no dsn", "no engine", "in memory"],
)
def test_options_of_the_database_that_do_not_go_together(arguments: list[str], text: str) -> None:
    code, told = refused(*arguments)
    assert code == USAGE
    assert text in told


def test_a_database_that_cannot_be_reached() -> None:
    code, text = refused("--engine", "postgres", "--dsn", "postgresql://me:secret@127.0.0.1:1/kilowatt")
    assert code == serve.EXIT_STORAGE
    assert text.startswith("kilowatt: storage: cannot connect to the database: ")
    assert "secret" not in text


def test_a_dsn_that_is_none() -> None:
    code, text = refused("--engine", "postgres", "--dsn", "mysql://127.0.0.1/kilowatt")
    assert code == serve.EXIT_STORAGE
    assert text.startswith("kilowatt: storage: cannot connect to the database: ")
