"""Functions: made, changed, invoked, and what becomes of those that fail."""

import io
import json
import re
import subprocess
import sys
import zipfile
from base64 import b64decode, b64encode
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from tests.conftest import running_server, start_server
from tests.triggers.conftest import ROLE, Place, eventually, place_of, zipped

from kilowatt.triggers.configuration import ConfiguredFunctions


def _invoke(place: Place, name: str, event: Any = None, **more: Any) -> tuple[dict[str, Any], Any]:
    answer = place.lambda_.invoke(FunctionName=name, Payload=json.dumps(event or {}).encode(), **more)
    return answer, json.loads(answer["Payload"].read())


def test_a_function_is_described_as_it_was_made(place: Place) -> None:
    name, out = place.function(Description="d", Timeout=9, MemorySize=256)
    answer = place.lambda_.get_function(FunctionName=name)["Configuration"]
    expected = {
        "FunctionName": name,
        "FunctionArn": f"arn:aws:lambda:us-east-1:000000000000:function:{name}",
        "Runtime": "python3.11",
        "Role": ROLE,
        "Handler": "app.handler",
        "Description": "d",
        "Timeout": 9,
        "MemorySize": 256,
        "State": "Active",
        "Version": "$LATEST",
        "Environment": {"Variables": {"OUT": str(out), "BEHAVIOUR": ""}},
    }
    assert {key: answer[key] for key in expected} == expected
    for given in (answer["FunctionArn"], f"000000000000:{name}", f"{name}:$LATEST"):
        found = place.lambda_.get_function_configuration(FunctionName=given)
        assert found["FunctionName"] == name
    place.lambda_.get_waiter("function_active_v2").wait(FunctionName=name)


def test_functions_are_listed_and_deleted(place: Place) -> None:
    name, _ = place.function()
    pages = place.lambda_.get_paginator("list_functions").paginate(PaginationConfig={"PageSize": 3})
    assert name in {it["FunctionName"] for page in pages for it in page["Functions"]}
    place.lambda_.delete_function(FunctionName=name)
    with pytest.raises(place.lambda_.exceptions.ResourceNotFoundException):
        place.lambda_.get_function(FunctionName=name)


def test_a_function_gets_its_context_and_environment_and_nothing_of_the_server(place: Place) -> None:
    name, _ = place.function("tells", variables={"MY_OWN": "x"}, MemorySize=256)
    context = b64encode(json.dumps({"custom": {"a": "b"}}).encode()).decode()
    answer, told = _invoke(place, name, LogType="Tail", ClientContext=context)
    assert (answer["StatusCode"], answer["ExecutedVersion"]) == (200, "$LATEST")
    assert "FunctionError" not in answer
    assert b"records: 0" in b64decode(answer["LogResult"])
    assert told["arn"] == f"arn:aws:lambda:us-east-1:000000000000:function:{name}"
    assert 25_000 < told["remaining"] <= 30_000
    assert (told["memory"], told["client"]) == ("256", {"a": "b"})
    environment = told["environment"]
    assert environment["MY_OWN"] == "x"
    assert environment["AWS_REGION"] == "us-east-1"
    assert environment["AWS_ENDPOINT_URL_DYNAMODB"] == place.endpoint
    assert environment["AWS_LAMBDA_FUNCTION_NAME"] == name
    assert not [variable for variable in environment if variable.startswith("KILO")]


def test_an_exception_is_the_answer(place: Place) -> None:
    name, _ = place.function()
    record = {"dynamodb": {"NewImage": {"fail": {"BOOL": True}}, "Keys": {}}}
    answer, error = _invoke(place, name, {"Records": [record]})
    assert (answer["StatusCode"], answer["FunctionError"]) == (200, "Unhandled")
    assert (error["errorType"], error["errorMessage"]) == ("ValueError", "told to fail by {}")
    assert _invoke(place, name)[1] is None, "the process goes on"


def test_a_function_that_takes_too_long_is_ended(place: Place) -> None:
    name, _ = place.function("slow", Timeout=1, variables={"SECONDS": "30"})
    answer, error = _invoke(place, name)
    assert answer["FunctionError"] == "Unhandled"
    assert error["errorType"] == "Sandbox.Timedout"
    assert error["errorMessage"].endswith("Error: Task timed out after 1.00 seconds")


@pytest.mark.parametrize(
    ("behaviour", "type_", "text"),
    [
        ("exits", "Runtime.ExitError", "Error: Runtime exited with error: exit status 3"),
        ("greedy", "MemoryError", ""),
        ("broken", "RuntimeError", "not today"),
    ],
)
def test_what_ends_or_fails_is_told(place: Place, behaviour: str, type_: str, text: str) -> None:
    name, _ = place.function(behaviour)
    for _ in range(2):
        answer, error = _invoke(place, name)
        assert (answer["FunctionError"], error["errorType"]) == ("Unhandled", type_)
        assert error["errorMessage"].endswith(text)


def test_changes_take_effect_with_the_next_invocation(place: Place) -> None:
    name, out = place.function()
    assert _invoke(place, name)[1] is None
    variables = {"OUT": str(out), "BEHAVIOUR": 'answer:"changed"'}
    changed = place.lambda_.update_function_configuration(
        FunctionName=name, Environment={"Variables": variables}, Timeout=7
    )
    assert (changed["Timeout"], changed["LastUpdateStatus"]) == (7, "Successful")
    assert _invoke(place, name)[1] == "changed"
    code = zipped("def handler(event, context):\n    return 'new code'\n")
    updated = place.lambda_.update_function_code(FunctionName=name, ZipFile=code)
    assert updated["CodeSize"] == len(code)
    assert _invoke(place, name)[1] == "new code"


def test_a_change_lets_what_runs_end(place: Place) -> None:
    name, out = place.function("slow", variables={"SECONDS": "1"})
    answers: list[Any] = []
    running = Thread(target=lambda: answers.append(_invoke(place, name)))
    running.start()
    eventually(out.exists)
    place.lambda_.update_function_configuration(FunctionName=name, Timeout=20)
    running.join()
    assert "FunctionError" not in answers[0][0]


def test_a_dry_run_runs_nothing(place: Place) -> None:
    name, out = place.function()
    assert place.lambda_.invoke(FunctionName=name, InvocationType="DryRun")["StatusCode"] == 204
    assert not out.exists()


RUNTIME = f"""#!{sys.executable}
# The smallest client of the Runtime API.
import http.client, os, sys
api = http.client.HTTPConnection(os.environ["AWS_LAMBDA_RUNTIME_API"])
while True:
    api.request("GET", "/2018-06-01/runtime/invocation/next")
    answer = api.getresponse()
    body, request_id = answer.read(), answer.headers["Lambda-Runtime-Aws-Request-Id"]
    reply = b'{{"got": ' + body + b', "handler": "' + os.environ["_HANDLER"].encode() + b'"}}'
    api.request("POST", f"/2018-06-01/runtime/invocation/{{request_id}}/response", reply)
    assert api.getresponse().read()
"""


def test_a_custom_runtime_runs_the_bootstrap_of_its_zip(place: Place) -> None:
    name = "custom-runtime"
    place.lambda_.create_function(
        FunctionName=name,
        Runtime="provided.al2023",
        Role=ROLE,
        Handler="mine",
        Code={"ZipFile": zipped(RUNTIME, "bootstrap", 0o755)},
    )
    assert _invoke(place, name, {"a": 1})[1] == {"got": {"a": 1}, "handler": "mine"}


def test_a_zip_cannot_write_outside_of_its_folder(place: Place) -> None:
    content = io.BytesIO(zipped())
    with zipfile.ZipFile(content, "a") as archive:
        archive.writestr("../../escaped.txt", "x")
    name, _ = place.function(Code={"ZipFile": content.getvalue()})
    assert _invoke(place, name)[1] is None
    assert not list(place.directory.rglob("../escaped.txt"))
    assert [
        path for path in place.directory.rglob("escaped.txt") if "unpacked-functions" not in path.parts
    ] == []


class _Emulator(BaseHTTPRequestHandler):
    """Answers Invoke as the runtime interface emulator does."""

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        event = json.loads(body)
        answer = {"path": self.path, "event": event}
        if event == {"fail": True}:
            answer = {"errorMessage": "no", "errorType": "ValueError"}
        payload = json.dumps(answer).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(payload)))
        self.end_headers()
        self.wfile.write(payload)

    def log_message(self, *_: Any) -> None:
        """Says nothing."""


@pytest.fixture(scope="module")
def configured(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """A server whose functions are those of a file."""
    directory = tmp_path_factory.mktemp("configured")
    (directory / "python").mkdir()
    (directory / "python" / "app.py").write_text(
        "def handler(event, context):\n    return {'python': event}\n"
    )
    (directory / "runtime.py").write_text(RUNTIME)
    emulator = ThreadingHTTPServer(("127.0.0.1", 0), _Emulator)
    Thread(target=emulator.serve_forever, daemon=True).start()
    (directory / "functions.toml").write_text(f"""
[python]
folder = "python"
handler = "app:handler"

[command]
folder = "python"
command = ["{sys.executable}", "../runtime.py"]
environment = {{ A = "b" }}

[remote]
endpoint = "http://127.0.0.1:{emulator.server_port}"

[nobody]
endpoint = "http://127.0.0.1:1"
""")
    with running_server("--in-memory", "--functions", str(directory / "functions.toml")) as server:
        yield place_of(server.endpoint, directory)
    emulator.shutdown()
    emulator.server_close()


def test_a_folder_s_handler_runs(configured: Place) -> None:
    assert _invoke(configured, "python", {"a": 1})[1] == {"python": {"a": 1}}


def test_a_command_runs(configured: Place) -> None:
    assert _invoke(configured, "command", {"a": 1})[1] == {"got": {"a": 1}, "handler": ""}


def test_an_endpoint_is_invoked(configured: Place) -> None:
    answer, payload = _invoke(configured, "remote", {"a": 1})
    assert payload == {"path": "/2015-03-31/functions/function/invocations", "event": {"a": 1}}
    assert "FunctionError" not in answer
    assert _invoke(configured, "remote", {"fail": True})[0]["FunctionError"] == "Unhandled"


def test_functions_of_the_file_are_listed_and_cannot_be_changed(configured: Place) -> None:
    names = [it["FunctionName"] for it in configured.lambda_.list_functions()["Functions"]]
    assert names == ["command", "nobody", "python", "remote"]
    with pytest.raises(configured.lambda_.exceptions.ResourceConflictException):
        configured.lambda_.delete_function(FunctionName="python")


def test_an_endpoint_that_cannot_be_reached_fails_an_invocation(configured: Place) -> None:
    with pytest.raises(configured.lambda_.exceptions.ServiceException) as refused:
        _invoke(configured, "nobody")
    answer = refused.value.response
    assert answer["Error"]["Message"] == "An error occurred and the request cannot be processed."
    assert (answer["Type"], answer["ResponseMetadata"]["HTTPStatusCode"]) == ("Service", 500)


def test_an_endpoint_that_cannot_be_reached_is_a_problem_and_not_a_failure(configured: Place) -> None:
    table, stream = configured.stream()
    mapping = configured.lambda_.create_event_source_mapping(
        EventSourceArn=stream, FunctionName="nobody", StartingPosition="TRIM_HORIZON", MaximumRetryAttempts=0
    )
    configured.dynamodb.put_item(TableName=table, Item={"my_partition_key": {"S": "a"}})

    def result() -> str:
        found: str = configured.lambda_.get_event_source_mapping(UUID=mapping["UUID"])["LastProcessingResult"]
        return found

    eventually(lambda: result().startswith("PROBLEM: nobody: http://127.0.0.1:1/"))
    updated = configured.lambda_.update_event_source_mapping(UUID=mapping["UUID"], FunctionName="remote")
    assert updated["FunctionArn"].endswith(":remote")
    eventually(lambda: result() == "OK")


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        ("[f]\nfolder = 'missing'\nhandler = 'a.b'", "is no folder"),
        ("[f]\nendpoint = 'http://x'\nhandler = 'a.b'", "an endpoint goes with a timeout and nothing else"),
        ("[f]\nfolder = '.'", "one of handler and command is needed"),
        ("[f]\nfolder = '.'\nhandler = 'a.b'\nmemory = 5", "[f] memory is not known"),
        ("f = 1", "f is no table"),
        ("[f]\nfolder = '.'\ncommand = [1]", "command must have texts in it"),
        ("[f]\nfolder = '.'\nhandler = 'a.b'\nenvironment = { A = 1 }", "environment must have texts in it"),
        ("['a.b']\nendpoint = 'http://x'", "a name has up to 64 letters"),
        ("[f]\nendpoint = 'http://x'\ntimeout_seconds = 0", "timeout_seconds must be 1 or more"),
    ],
)
def test_a_wrong_file_of_functions_is_refused(tmp_path: Path, content: str, complaint: str) -> None:
    file = tmp_path / "functions.toml"
    file.write_text(content)
    with pytest.raises(ValueError, match=re.escape(complaint)):
        ConfiguredFunctions.load(file)


def test_a_server_does_not_start_with_a_wrong_file_of_functions(tmp_path: Path) -> None:
    file = tmp_path / "functions.toml"
    file.write_text("f = 1")
    command = [sys.executable, "-m", "kilowatt", "serve", "--in-memory", "--functions", str(file)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)
    assert (done.returncode, done.stderr) == (10, f"kilowatt: {file}: f is no table\n")


def test_no_process_outlives_a_killed_server(tmp_path: Path) -> None:
    server = start_server("--data-dir", str(tmp_path / "data"))
    place = place_of(server.endpoint, tmp_path)
    pid = tmp_path / "pid"
    code = (
        "import os, time\n"
        "def handler(event, context):\n"
        f"    open({str(pid)!r}, 'w').write(str(os.getpid()))\n"
        "    time.sleep(60)\n"
    )
    name, _ = place.function(Code={"ZipFile": zipped(code)}, Timeout=100)
    mapped = place.stream()
    place.lambda_.create_event_source_mapping(
        EventSourceArn=mapped[1], FunctionName=name, StartingPosition="TRIM_HORIZON"
    )
    place.dynamodb.put_item(TableName=mapped[0], Item={"my_partition_key": {"S": "a"}})
    eventually(lambda: pid.exists() and pid.read_text())
    server.kill()
    eventually(lambda: not _runs(int(pid.read_text())))


def _runs(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False
