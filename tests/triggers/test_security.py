"""Who may call Lambda's API, and who may have code run."""

import http.client
import json
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from botocore.exceptions import ClientError
from tests.conftest import running_server
from tests.triggers.conftest import ROLE, Place, lambda_client, zipped

_PATH = "/2015-03-31/event-source-mappings"
SECURED = ("--access-key-id", "AKIDEXAMPLE", "--secret-access-key", "right")


@pytest.fixture(scope="module")
def secured() -> Iterator[str]:
    with running_server("--in-memory", *SECURED) as server:
        yield server.endpoint


def _send(
    endpoint: str, method: str, path: str, headers: dict[str, str]
) -> tuple[int, dict[str, str], bytes]:
    connection = http.client.HTTPConnection(urlsplit(endpoint).netloc, timeout=10)
    try:
        connection.request(method, path, b"{}" if method == "POST" else None, headers)
        answer = connection.getresponse()
        return answer.status, dict(answer.headers.items()), answer.read()
    finally:
        connection.close()


def _signed(endpoint: str, service: str, secret: str = "right") -> dict[str, str]:
    request = AWSRequest("GET", endpoint + _PATH)
    SigV4Auth(Credentials("AKIDEXAMPLE", secret), service, "us-east-1").add_auth(request)
    return dict(request.headers.items())


def _create(client: Any, name: str = "f") -> Any:
    return client.create_function(
        FunctionName=name,
        Runtime="python3.11",
        Role=ROLE,
        Handler="app.handler",
        Code={"ZipFile": zipped("def handler(event, context):\n    return 1\n")},
    )


def test_signatures_are_verified(secured: str) -> None:
    assert lambda_client(secured, "AKIDEXAMPLE", "right").list_event_source_mappings() is not None
    with pytest.raises(ClientError) as refused:
        lambda_client(secured, "AKIDEXAMPLE", "wrong").list_functions()
    answer = refused.value.response
    assert (answer["Error"]["Code"], answer["ResponseMetadata"]["HTTPStatusCode"]) == (
        "InvalidSignatureException",
        403,
    )


def test_a_signature_for_another_service_is_refused(secured: str) -> None:
    assert _send(secured, "GET", _PATH, _signed(secured, "lambda"))[0] == 200
    status, headers, body = _send(secured, "GET", _PATH, _signed(secured, "dynamodb"))
    assert (status, headers["x-amzn-ErrorType"]) == (403, "InvalidSignatureException")
    assert json.loads(body)["message"] == "Credential should be scoped to correct service: 'lambda'. "


def test_an_unsigned_request_is_refused_in_any_mode(secured: str, place: Place) -> None:
    for endpoint in (secured, place.endpoint):
        status, headers, _ = _send(endpoint, "GET", _PATH, {})
        assert (status, headers["x-amzn-ErrorType"]) == (403, "MissingAuthenticationTokenException")


def test_a_secured_server_takes_no_code(secured: str) -> None:
    client = lambda_client(secured, "AKIDEXAMPLE", "right")
    create: Callable[[], Any] = partial(_create, client)
    for call in (
        create,
        lambda: client.update_function_code(FunctionName="f", ZipFile=zipped()),
        lambda: client.update_function_configuration(FunctionName="f", Timeout=5),
        lambda: client.delete_function(FunctionName="f"),
    ):
        with pytest.raises(ClientError) as refused:
            call()
        assert refused.value.response["Error"] == {
            "Code": "AccessDeniedException",
            "Message": "Functions run code as the server's user, so this server does not take any; see "
            "--allow-create-function.",
        }


def test_a_secured_server_takes_code_if_it_is_told_to() -> None:
    with running_server("--in-memory", *SECURED, "--allow-create-function") as server:
        client = lambda_client(server.endpoint, "AKIDEXAMPLE", "right")
        _create(client)
        assert client.invoke(FunctionName="f")["Payload"].read() == b"1"


def test_a_server_that_others_can_reach_takes_no_code() -> None:
    with (
        running_server("--in-memory", "--host", "0.0.0.0", "--insecure") as server,
        pytest.raises(ClientError, match="AccessDeniedException"),
    ):
        _create(lambda_client(server.endpoint.replace("0.0.0.0", "127.0.0.1")))


def test_a_web_page_can_neither_ask_nor_call(place: Place) -> None:
    """DynamoDB lets pages of any origin call it; here one could have this machine run its code."""
    headers = {**_signed(place.endpoint, "lambda"), "Origin": "https://evil.example"}
    preflight = {"Origin": "https://evil.example", "Access-Control-Request-Method": "POST"}
    for method, sent in (("GET", headers), ("OPTIONS", preflight)):
        status, answered, body = _send(place.endpoint, method, _PATH, sent)
        assert status == 403
        assert not [name for name in answered if name.lower().startswith("access-control")]
        assert json.loads(body)["Message"] == "Requests from web pages are not served here."


def test_other_servers_secrets_stay_where_they_are(tmp_path: Path) -> None:
    """A function sees none of the server's own environment."""
    code = "import os\ndef handler(event, context):\n    return sorted(os.environ)\n"
    with running_server(
        "--in-memory", environment={"KILOWATT_TEST_SECRET": "x", "HOME": str(tmp_path)}
    ) as server:
        client = lambda_client(server.endpoint)
        client.create_function(
            FunctionName="f",
            Runtime="python3.11",
            Role=ROLE,
            Handler="app.handler",
            Code={"ZipFile": zipped(code)},
        )
        names = json.loads(client.invoke(FunctionName="f")["Payload"].read())
    assert "AWS_LAMBDA_RUNTIME_API" in names
    assert not {"KILOWATT_TEST_SECRET", "HOME"} & set(names)
