"""The commands that ask a server: what they show, and in which words and with which code they fail."""

import json
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from tests.cli.command import run
from tests.conftest import Server, client_of, running_server
from tests.errors.provocation import ACCESS_KEY, CREDENTIALS_FILE, SECRET
from tests.operations.standing import index

from kilowatt.cli import asking, serve

COMMANDS = ("partitions", "contributors", "advise")
USAGE = 2
PRICES = """\
currency = "EUR"
million_read_units = 0.2
million_write_units = 1
read_unit_hour = 0.0002
write_unit_hour = 0.001
"""


@pytest.fixture(scope="module")
def served() -> Iterator[Server]:
    """A server with the table `Orders`, which has contributor insights, an index and some traffic."""
    with running_server("--in-memory") as server:
        client = client_of(server.endpoint)
        definitions = [
            {"AttributeName": name, "AttributeType": kind}
            for name, kind in (("Customer", "S"), ("Placed", "N"), ("Status", "S"))
        ]
        keys = [
            {"AttributeName": "Customer", "KeyType": "HASH"},
            {"AttributeName": "Placed", "KeyType": "RANGE"},
        ]
        client.create_table(
            TableName="Orders",
            KeySchema=keys,
            AttributeDefinitions=definitions,
            BillingMode="PAY_PER_REQUEST",
            GlobalSecondaryIndexes=[index("by-status", "Status")],
        )
        client.update_contributor_insights(TableName="Orders", ContributorInsightsAction="ENABLE")
        for customer, orders in (("anna", 3), ("bert", 1), ("\x1b[31m", 1)):
            for number in range(orders):
                item = {"Customer": {"S": customer}, "Placed": {"N": str(number)}, "Status": {"S": "open"}}
                client.put_item(TableName="Orders", Item=item)
        for _ in range(3):
            client.scan(
                TableName="Orders",
                FilterExpression="#s = :s",
                ExpressionAttributeNames={"#s": "Status"},
                ExpressionAttributeValues={":s": {"S": "open"}},
            )
        yield server


def _shown(server: Server, *arguments: str, **environment: str) -> str:
    done = run(*arguments, "--endpoint", server.endpoint, **environment)
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


def _failed(*arguments: str, **environment: str) -> tuple[int, str]:
    """The exit code and what is said, which is one line."""
    done = run(*arguments, **environment)
    assert done.stdout == ""
    assert "Traceback" not in done.stderr
    return done.returncode, done.stderr


def test_exit_codes_are_no_other_command_s() -> None:
    codes = [
        value for part in (asking, serve) for name, value in vars(part).items() if name.startswith("EXIT_")
    ]
    assert len(set(codes)) == len(codes)


def test_partitions_are_shown_in_aligned_columns(served: Server) -> None:
    first, _, headings, *rows = _shown(served, "partitions", "Orders").splitlines()
    assert first == "Orders: 4 partitions, capacity mode observe"
    names = ["PARTITION", "PARENT", "FROM", "OPENED", "(UTC)", "READS/S", "WRITES/S", "HEAT"]
    assert headings.split() == names
    assert [row.split()[:2] for row in rows] == [
        ["0", "0000000000000000"],
        ["1", "4000000000000000"],
        ["2", "8000000000000000"],
        ["3", "c000000000000000"],
    ]
    assert all(row.endswith("%") and len(row) == len(headings) for row in rows)


def test_an_index_has_partitions_of_its_own(served: Server) -> None:
    shown = _shown(served, "partitions", "Orders", "--index", "by-status")
    assert shown.startswith("Orders, index by-status: 4 partitions, ")


def test_contributors_are_shown_and_cannot_command_the_terminal(served: Server) -> None:
    shown = _shown(served, "contributors", "Orders", "--minutes", "30", "--top", "1")
    assert shown.startswith(
        "Orders: contributor insights are ENABLED, ACCESSED_AND_THROTTLED_KEYS, last 30 minutes\n"
        "\n"
        "Most accessed partition keys:\n"
        "KEY            UNITS  HIGHEST MINUTE  OF A PARTITION\n"
        "Customer=anna    9.0 "
    )
    assert shown.endswith("\n\nMost throttled partition keys: none\n\nMost throttled items: none\n")
    assert "Customer=anna, Placed=2" in _shown(served, "contributors", "Orders")
    assert 'Customer="\\u001b[31m"' in _shown(served, "contributors", "Orders")
    assert "\x1b" not in _shown(served, "contributors", "Orders")


def test_contributors_that_are_not_counted_are_not_shown(served: Server) -> None:
    assert _shown(served, "contributors", "Orders", "--index", "by-status") == (
        "Orders, index by-status: contributor insights are DISABLED; UpdateContributorInsights enables them\n"
    )


def test_advice_is_shown_with_its_reason(served: Server) -> None:
    shown = _shown(served, "advise", "Orders")
    assert shown == (
        "Orders: watched for 0 min, capacity mode observe\n"
        "\n"
        "SCAN_INSTEAD_OF_QUERY: by-status\n"
        "  3 pages of Scans had a filter on Status, the partition key of the index by-status. A Query of it\n"
        "  reads only the items that are wanted; a filter does not lower what a Scan consumes.\n"
        "\n"
        "Capacity, indexes and price are judged after 30 minutes.\n"
    )


@pytest.mark.parametrize("command", COMMANDS)
def test_the_document_is_printed_as_json(served: Server, command: str) -> None:
    document = json.loads(_shown(served, command, "Orders", "--json"))
    assert document["TableName"] == "Orders"
    assert {"Partitions", "Rules", "Advice"} & set(document)


@pytest.mark.parametrize("command", COMMANDS)
def test_a_table_that_is_not_there_is_told(served: Server, command: str) -> None:
    assert _failed(command, "None", "--endpoint", served.endpoint) == (
        asking.EXIT_NO_TABLE,
        "kilowatt: Requested resource not found: Table: None not found\n",
    )


def test_the_region_is_that_of_the_environment_or_the_option(served: Server) -> None:
    arguments = ("partitions", "Orders", "--endpoint", served.endpoint)
    assert _failed(*arguments, AWS_REGION="eu-west-1")[0] == asking.EXIT_NO_TABLE
    assert run(*arguments, "--region", "us-east-1", AWS_REGION="eu-west-1").returncode == 0


def test_what_the_server_refuses_is_told(served: Server) -> None:
    code, text = _failed("advise", "x" * 300, "--endpoint", served.endpoint)
    assert code == asking.EXIT_REFUSED
    assert text.startswith("kilowatt: ValidationException: 1 validation error detected: ")
    assert len(text.splitlines()) == 1


@pytest.mark.parametrize("command", COMMANDS)
def test_no_server_is_told(command: str) -> None:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))  # taken, and not listened on
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        code, text = _failed(command, "Orders", "--endpoint", url)
    assert code == asking.EXIT_NO_SERVER
    assert text.startswith(f"kilowatt: cannot ask {url}: ")
    assert len(text.splitlines()) == 1


@contextmanager
def _answering(document: Any) -> Iterator[str]:
    """The URL of a service that answers one request, with this."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            body = json.dumps(document).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Handler) as service:
        thread = Thread(target=service.handle_request)
        thread.start()
        yield f"http://127.0.0.1:{service.server_port}"
        thread.join()


@pytest.mark.parametrize("document", [["hello"], "hello", {}, None, {"message": "hello"}])
def test_another_service_is_no_kilowatt_server(document: Any) -> None:
    with _answering(document) as url:
        assert _failed("advise", "Orders", "--endpoint", url) == (
            asking.EXIT_NO_SERVER,
            f"kilowatt: what answers at {url} is no Kilowatt server\n",
        )


def test_what_a_month_costs_is_shown() -> None:
    """Once half an hour was watched, which a test does not wait for."""
    document = {
        "TableName": "Orders",
        "CapacityMode": "observe",
        "WatchedSeconds": 5400,
        "JudgedAfterSeconds": 1800,
        "Advice": [],
        "Costs": {
            "BillingMode": "PROVISIONED",
            "OnDemandPerMonth": 2.5,
            "ProvisionedPerMonth": 1234.5,
            "ReadCapacityUnits": 2000,
            "WriteCapacityUnits": 20,
            "Currency": "EUR",
            "Source": "a test",
        },
    }
    with _answering(document) as url:
        assert run("advise", "Orders", "--endpoint", url).stdout == (
            "Orders: watched for 90 min, capacity mode observe\n"
            "\n"
            "Nothing to advise.\n"
            "\n"
            "A month like this (a test):\n"
            "BILLING MODE            PRICE       PROVISIONED\n"
            "PAY_PER_REQUEST      2.50 EUR\n"
            "PROVISIONED      1,234.50 EUR  now  2,000 read, 20 write units\n"
        )


def test_partitions_that_were_divided_are_shown() -> None:
    """After half a minute of heat, which a test does not wait for."""
    divided = {"Number": 0, "RangeStart": "0" * 16, "OpenedDateTime": 0, "ClosedDateTime": 90}
    child = {"Parent": 0, "OpenedDateTime": 90, "WriteUnitsPerSecond": 0}
    first = {**child, "Number": 1, "RangeStart": "0" * 16, "ReadUnitsPerSecond": 1500, "Heat": 0.5}
    second = {**child, "Number": 2, "RangeStart": "0f" * 12, "ReadUnitsPerSecond": 0, "Heat": 0}
    second["RangeStartKey"] = {"pk": {"S": "x" * 100}, "sk": {"N": "7"}}
    document = {
        "TableName": "Orders",
        "CapacityMode": "enforce",
        "Partitions": [first, second],
        "DividedPartitions": [divided],
    }
    with _answering(document) as url:
        lines = run("partitions", "Orders", "--endpoint", url).stdout.splitlines()
    assert lines[0] == "Orders: 2 partitions, capacity mode enforce"
    assert lines[3].split() == [
        "1",
        "0",
        "0000000000000000",
        "1970-01-01",
        "00:01:30",
        "1,500.0",
        "0.0",
        "50%",
    ]
    assert f"0f0f0f0f0f0f0f0f pk={'x' * 59}…, sk=7  1970-01-01 00:01:30" in lines[4]
    assert lines[6] == "1 partition divided"
    assert lines[-1].split() == ["0", "0000000000000000", "1970-01-01", "00:00:00", "1970-01-01", "00:01:30"]


@pytest.mark.parametrize("url", ["nowhere", "ftp://127.0.0.1", "http://", "http://127.0.0.1:99999"])
def test_an_endpoint_is_a_url(url: str) -> None:
    code, text = _failed("partitions", "Orders", "--endpoint", url)
    assert code == USAGE
    assert "a URL like http://127.0.0.1:8000 is needed" in text


def test_credentials_of_the_environment_sign(tmp_path: Path) -> None:
    (tmp_path / "credentials").write_text(CREDENTIALS_FILE)
    with running_server("--in-memory", "--credentials", str(tmp_path / "credentials")) as server:
        arguments = ("partitions", "Orders", "--endpoint", server.endpoint)
        good = {"AWS_ACCESS_KEY_ID": ACCESS_KEY, "AWS_SECRET_ACCESS_KEY": SECRET}
        assert _failed(*arguments, **good)[0] == asking.EXIT_NO_TABLE
        code, text = _failed(*arguments, AWS_ACCESS_KEY_ID="", AWS_SECRET_ACCESS_KEY="")
        assert code == asking.EXIT_REFUSED
        assert text.startswith("kilowatt: UnrecognizedClientException: ")


def test_prices_come_from_a_file(served: Server, tmp_path: Path) -> None:
    prices = tmp_path / "prices.toml"
    prices.write_text(PRICES)
    assert "Orders" in _shown(served, "advise", "Orders", "--prices", str(prices))


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (PRICES + "colour = 'red'", "unknown setting 'colour'"),
        (PRICES.replace("0.2", "'much'", 1), "million_read_units must be a number"),
        (PRICES.replace('"EUR"', "1"), "currency must be a text"),
        (PRICES.replace('currency = "EUR"', ""), "currency is missing"),
        ("=", "Invalid statement"),
    ],
)
def test_a_file_of_prices_that_is_wrong_is_told(tmp_path: Path, content: str, said: str) -> None:
    prices = tmp_path / "prices.toml"
    prices.write_text(content)
    code, text = _failed("advise", "Orders", "--prices", str(prices))
    assert code == USAGE
    assert said in text
