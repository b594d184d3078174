"""Answers compressed for whoever asks, with a checksum of the bytes sent."""

import gzip
import http.client
import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit
from zlib import crc32

import pytest
from tests.conftest import MakeTable, Server
from tests.operations.calls import NOT_FOUND

GZIP = "gzip, deflate"


@pytest.fixture(scope="module")
def connection(server: Server) -> Iterator[http.client.HTTPConnection]:
    connection = http.client.HTTPConnection(urlsplit(server.endpoint).netloc, timeout=20)
    yield connection
    connection.close()


@pytest.fixture
def table(client: Any, make_table: MakeTable) -> str:
    """A table with an item whose answer is over the size from which answers are compressed, and a larger."""
    name = make_table()
    client.put_item(TableName=name, Item={"pk": {"S": "large"}, "text": {"S": "ab" * 2500}})
    client.put_item(TableName=name, Item={"pk": {"S": "larger"}, "text": {"S": "abc" * 100_000}})
    client.put_item(TableName=name, Item={"pk": {"S": "small"}, "text": {"S": "ab" * 1000}})
    return name


def _get(
    connection: http.client.HTTPConnection, table: str, key: str, accepted: str | None
) -> http.client.HTTPResponse:
    headers = {
        "Content-Type": "application/x-amz-json-1.0",
        "X-Amz-Target": "DynamoDB_20120810.GetItem",
        "X-Amz-Date": "20260101T000000Z",
        "Authorization": "AWS4-HMAC-SHA256 Credential=key/20260101/us-east-1/dynamodb/aws4_request, "
        "SignedHeaders=host;x-amz-date, Signature=0",
        # http.client says identity unless told otherwise.
        **({} if accepted is None else {"Accept-Encoding": accepted}),
    }
    body = json.dumps({"TableName": table, "Key": {"pk": {"S": key}}})
    connection.request("POST", "/", body, headers)
    return connection.getresponse()


@pytest.mark.parametrize("key", ["large", "larger"])
def test_a_large_answer_is_compressed_for_a_client_that_asks(
    connection: http.client.HTTPConnection, table: str, key: str
) -> None:
    plain = _get(connection, table, key, None).read()
    answer = _get(connection, table, key, GZIP)
    body = answer.read()
    assert answer.getheader("Content-Encoding") == "gzip"
    assert len(body) < len(plain)
    assert gzip.decompress(body) == plain


def test_the_checksum_is_that_of_the_bytes_sent(connection: http.client.HTTPConnection, table: str) -> None:
    answer = _get(connection, table, "large", GZIP)
    body = answer.read()
    assert answer.getheader("x-amz-crc32") == str(crc32(body))
    assert answer.getheader("Content-Length") == str(len(body))


@pytest.mark.parametrize("accepted", [None, "identity", "deflate", "gzip;q=0", "*"])
def test_a_client_that_does_not_ask_for_gzip_gets_plain_json(
    connection: http.client.HTTPConnection, table: str, accepted: str | None
) -> None:
    answer = _get(connection, table, "large", accepted)
    assert answer.getheader("Content-Encoding") is None
    assert json.loads(answer.read())["Item"]["pk"] == {"S": "large"}


def test_a_small_answer_stays_as_it_is(connection: http.client.HTTPConnection, table: str) -> None:
    answer = _get(connection, table, "small", GZIP)
    assert answer.getheader("Content-Encoding") is None
    assert json.loads(answer.read())["Item"]["pk"] == {"S": "small"}


def test_a_refusal_stays_as_it_is(connection: http.client.HTTPConnection) -> None:
    answer = _get(connection, "no-such-table", "large", GZIP)
    assert answer.getheader("Content-Encoding") is None
    refusal = json.loads(answer.read())
    assert f"{refusal['__type'].partition('#')[2]}: {refusal['message']}" == NOT_FOUND


def test_boto3_asks_for_none_and_finds_its_checksums_right(client: Any, table: str) -> None:
    answer = client.get_item(TableName=table, Key={"pk": {"S": "larger"}})
    headers = answer["ResponseMetadata"]["HTTPHeaders"]
    assert "content-encoding" not in headers
    assert answer["ResponseMetadata"]["RetryAttempts"] == 0
    assert answer["Item"]["text"] == {"S": "abc" * 100_000}
