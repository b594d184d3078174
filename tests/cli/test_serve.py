"""`kilowatt serve` as a user meets it: what it says, where its settings come from, how it ends."""

import re
import signal
import socket
import stat
import urllib.request
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import boto3
import pytest
from botocore.exceptions import ClientError
from tests.cli.command import run, started_and_ended
from tests.conftest import client_of, running_server, start_server

from kilowatt.app import ready_line
from kilowatt.settings import Settings

_KEYS = {"KILOWATT_ACCESS_KEY_ID": "key", "KILOWATT_SECRET_ACCESS_KEY": "secret"}


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
    return port


def _region(endpoint: str) -> str:
    """The region that a server says it is for."""
    with urllib.request.urlopen(endpoint, timeout=5) as answer:
        text: str = answer.read().decode()
    match = re.fullmatch(r"healthy: dynamodb\.(.+)\.amazonaws\.com ", text)
    assert match is not None
    return match[1]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_ends_in_order_and_says_nothing_more(tmp_path: Path, number: signal.Signals) -> None:
    server = start_server("--data-dir", str(tmp_path / "data"))
    client_of(server.endpoint).list_tables()
    server.process.send_signal(number)
    assert server.process.wait(timeout=10) == 0
    assert server.process.stderr is not None
    assert server.process.stderr.read() == ""
    server.stop()


@pytest.mark.parametrize(
    ("arguments", "environment", "said"),
    [
        (["--data-dir", "here/data"], {}, "data in {cwd}/here/data, any credentials accepted"),
        ([], {}, "data in {cwd}/kilowatt-data, any credentials accepted"),
        (["--in-memory"], {}, "data in memory, any credentials accepted"),
        (["--in-memory"], _KEYS, "data in memory, signatures verified"),
    ],
    ids=["directory", "default", "memory", "credentials"],
)
def test_one_line_tells_where_it_serves_what(
    tmp_path: Path, arguments: list[str], environment: dict[str, str], said: str
) -> None:
    code, text = started_and_ended(tmp_path, *arguments, **environment)
    assert code == 0
    expected = re.escape(said.format(cwd=tmp_path))
    assert re.fullmatch(rf"kilowatt \d+\.\d+\.\d+ ready: http://127\.0\.0\.1:\d+, {expected}\n", text)


def test_the_ready_line_tells_no_secret_of_a_dsn() -> None:
    dsn = "postgresql://me:p%40ss@db1:5432,db2/kilowatt?sslmode=require&password=word"
    line = ready_line(Settings(dsn=dsn), 8000)
    assert "data in postgresql://db1:5432,db2/kilowatt, any" in line


def test_the_data_directory_is_for_its_owner_alone(tmp_path: Path) -> None:
    data = tmp_path / "deep" / "data"
    with running_server("--data-dir", str(data)):
        assert stat.S_IMODE(data.stat().st_mode) == 0o700


def test_data_stays_and_memory_does_not(tmp_path: Path) -> None:
    table: dict[str, Any] = {
        "TableName": "kept",
        "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}],
        "AttributeDefinitions": [{"AttributeName": "pk", "AttributeType": "S"}],
        "BillingMode": "PAY_PER_REQUEST",
    }
    for arguments, expected in (
        (("--data-dir", str(tmp_path / "data")), ["kept"]),
        (("--in-memory", "--data-dir", str(tmp_path / "unused")), []),
    ):
        with running_server(*arguments) as server:
            client_of(server.endpoint).create_table(**table)
        with running_server(*arguments) as server:
            assert client_of(server.endpoint).list_tables()["TableNames"] == expected
    assert not (tmp_path / "unused").exists()


def test_settings_come_from_flag_then_environment_then_file(tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    file.write_text("region = 'eu-file-1'\nin-memory = true\nlog_level = 'error'\n")
    config = ["--config", str(file)]
    environment = {"KILOWATT_REGION": "eu-environment-1"}
    with running_server("--in-memory") as server:
        assert _region(server.endpoint) == "us-east-1"
    with running_server(*config) as server:
        assert _region(server.endpoint) == "eu-file-1"
    with running_server(environment={"KILOWATT_CONFIG": str(file)}) as server:
        assert _region(server.endpoint) == "eu-file-1"
    with running_server(*config, environment=environment) as server:
        assert _region(server.endpoint) == "eu-environment-1"
    with running_server(*config, "--region", "eu-flag-1", environment=environment) as server:
        assert _region(server.endpoint) == "eu-flag-1"


def test_a_port_of_ones_own(tmp_path: Path) -> None:
    port = _free_port()
    with running_server("--in-memory", "--port", str(port)) as server:
        assert urlsplit(server.endpoint).port == port
        assert _region(server.endpoint)


def test_other_machines_if_told_that_it_is_insecure() -> None:
    with running_server("--in-memory", "--host", "0.0.0.0", "--insecure") as server:
        assert urlsplit(server.endpoint).hostname == "0.0.0.0"


@pytest.mark.parametrize("source", ["file", "environment"])
def test_signatures_are_verified_once_there_are_credentials(tmp_path: Path, source: str) -> None:
    file = tmp_path / "credentials"
    file.write_text("[default]\naws_access_key_id = key\naws_secret_access_key = secret\n")
    file.chmod(0o600)
    arguments = ["--credentials", str(file)] if source == "file" else []
    environment = _KEYS if source == "environment" else {}
    with running_server("--in-memory", "--host", "0.0.0.0", *arguments, environment=environment) as server:
        endpoint = f"http://127.0.0.1:{urlsplit(server.endpoint).port}"
        assert client_of(endpoint).list_tables()["TableNames"] == []
        stranger = boto3.client(
            "dynamodb",
            endpoint_url=endpoint,
            region_name="us-east-1",
            aws_access_key_id="key",
            aws_secret_access_key="guessed",
        )
        with pytest.raises(ClientError, match="InvalidSignatureException"):
            stranger.list_tables()


def test_help_names_every_setting_and_its_default() -> None:
    done = run("serve", "--help")
    assert done.returncode == 0
    assert done.stderr == ""
    options = ["--host", "--port", "--data-dir", "--in-memory", "--region", "--credentials", "--config"]
    assert all(option in done.stdout for option in [*options, "--log-level", "--insecure"])
    assert "127.0.0.1" in done.stdout
    assert "8000" in done.stdout
    assert "serve" in run("--help").stdout


def test_version() -> None:
    done = run("--version")
    assert done.returncode == 0
    assert re.fullmatch(r"kilowatt, version \d+\.\d+\.\d+\n", done.stdout)
