"""What the commands that ask a server have in common: their options, the request, and how they fail."""

import json
import os
from collections.abc import Callable
from typing import Any
from urllib.parse import SplitResult, urlsplit

import click

# After those of `kilowatt serve`.
EXIT_NO_SERVER = 11
EXIT_NO_TABLE = 12
EXIT_REFUSED = 13

_TARGET = "Kilowatt_20260101"
_PATIENCE_SECONDS = 30
_NOT_FOUND = "ResourceNotFoundException"

Document = dict[str, Any]
Command = Callable[..., None]


def _parsed(_: click.Context, __: click.Parameter, text: str) -> SplitResult:
    try:
        url = urlsplit(text)
        good = url.scheme in {"http", "https"} and url.hostname and (url.port or True)
    except ValueError:
        good = False
    if not good:
        raise click.BadParameter("a URL like http://127.0.0.1:8000 is needed.")
    return url


def asks(command: Command) -> Command:
    """The argument and the options of a command that asks about a table."""
    for decorate in (
        click.option("--json", "as_json", is_flag=True, help="Print the server's answer as it is."),
        click.option(
            "--region",
            envvar=["AWS_REGION", "AWS_DEFAULT_REGION"],
            default="us-east-1",
            show_default=True,
            help="Region of the table.  [env: AWS_REGION, AWS_DEFAULT_REGION]",
        ),
        click.option(
            "--endpoint",
            envvar="KILOWATT_ENDPOINT",
            default="http://127.0.0.1:8000",
            show_default=True,
            callback=_parsed,
            help="URL of the server.  [env: KILOWATT_ENDPOINT]",
        ),
        click.argument("table"),
    ):
        command = decorate(command)
    return command


def ask(endpoint: SplitResult, region: str, operation: str, request: Document) -> Document:
    """The answer; ends the program with a line that says why if there is none."""
    import http.client  # noqa: PLC0415  a server's start does without it

    url = f"{endpoint.scheme}://{endpoint.netloc}"
    try:
        status, body = _sent(endpoint, region, operation, request)
    except (OSError, ValueError, http.client.HTTPException) as error:
        raise failed(EXIT_NO_SERVER, f"cannot ask {url}: {error}") from None
    try:
        document: Document = json.loads(body)
        if status == 200 and document["TableName"]:
            return document
        code, text = document["__type"].rpartition("#")[2], document.get("message", document.get("Message"))
    except (ValueError, KeyError, TypeError, AttributeError):
        raise failed(EXIT_NO_SERVER, f"what answers at {url} is no Kilowatt server") from None
    if code == _NOT_FOUND:
        raise failed(EXIT_NO_TABLE, str(text))
    raise failed(EXIT_REFUSED, f"{code}: {text}")


def failed(code: int, message: str) -> SystemExit:
    """Says why the program ends; the exception that ends it."""
    click.echo(f"kilowatt: {message}", err=True)
    return SystemExit(code)


def _sent(endpoint: SplitResult, region: str, operation: str, request: Document) -> tuple[int, bytes]:
    import http.client  # noqa: PLC0415  as above

    from kilowatt.auth.credentials import Credential  # noqa: PLC0415  as above
    from kilowatt.auth.signing import signed_headers  # noqa: PLC0415  as above
    from kilowatt.clock import SystemClock  # noqa: PLC0415  as above

    variables = os.environ.get
    credential = Credential(
        variables("AWS_ACCESS_KEY_ID") or "kilowatt",
        variables("AWS_SECRET_ACCESS_KEY") or "kilowatt",
        variables("AWS_SESSION_TOKEN") or None,
    )
    body = json.dumps(request).encode()
    headers = {
        "Host": endpoint.netloc.rpartition("@")[2],
        "Content-Type": "application/x-amz-json-1.0",
        "X-Amz-Target": f"{_TARGET}.{operation}",
    }
    kind = http.client.HTTPSConnection if endpoint.scheme == "https" else http.client.HTTPConnection
    connection = kind(endpoint.hostname or "", endpoint.port, timeout=_PATIENCE_SECONDS)
    try:
        signed = signed_headers(headers, body, credential, region, SystemClock().now())
        connection.request("POST", "/", body, signed)
        response = connection.getresponse()
        return response.status, response.read()
    finally:
        connection.close()
