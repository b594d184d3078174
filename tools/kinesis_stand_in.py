"""Stands in for Kinesis Data Streams: takes records and keeps them. For tests and examples.

    python -m tools.kinesis_stand_in --port 4568

Every stream that is asked for is there, but for those that are called `missing`. What it does not know is
refused as an unknown operation.
"""

import argparse
import base64
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Lock, Thread
from typing import Any

Json = dict[str, Any]


class Refusal(Exception):
    """The error that a call is answered with."""

    def __init__(self, code: str, text: str = "", status: int = 400) -> None:
        super().__init__(text)
        self.code = code
        self.status = status


@dataclass
class KinesisStandIn:
    """`calls` are the batches of PutRecords in the order in which they came.

    `refuse_call` may raise `Refusal` for a whole call; `refuse_record` tells for a record whether it is
    throttled.
    """

    records: list[Json] = field(default_factory=list)
    calls: list[list[Json]] = field(default_factory=list)
    refuse_call: Callable[[str], None] = lambda operation: None
    refuse_record: Callable[[Json], bool] = lambda entry: False
    endpoint: str = ""
    lock: Lock = field(default_factory=Lock)

    def data(self) -> list[Json]:
        """What the records hold, in the order in which they were taken."""
        with self.lock:
            return [json.loads(base64.b64decode(record["Data"])) for record in self.records]

    def answer(self, operation: str, request: Json) -> Json:
        """Raises `Refusal`."""
        with self.lock:
            self.refuse_call(operation)
            if operation == "PutRecords":
                return self._put(request)
            if operation == "DescribeStream":
                return {"StreamDescription": _described(request["StreamARN"])}
        raise Refusal("UnknownOperationException", operation)

    def _put(self, request: Json) -> Json:
        entries = request["Records"]
        if len(entries) > 500:
            raise Refusal("ValidationException", "too many records")
        self.calls.append(entries)
        answers: list[Json] = []
        for entry in entries:
            if self.refuse_record(entry):
                answers.append(
                    {"ErrorCode": "ProvisionedThroughputExceededException", "ErrorMessage": "slow"}
                )
                continue
            self.records.append(entry)
            answers.append({"SequenceNumber": str(len(self.records)), "ShardId": "shardId-000000000000"})
        return {"FailedRecordCount": sum("ErrorCode" in one for one in answers), "Records": answers}


def _described(stream_arn: str) -> Json:
    name = stream_arn.rpartition("/")[2]
    if name == "missing":
        raise Refusal("ResourceNotFoundException", f"Stream {name} under account 000000000000 not found.")
    return {
        "StreamName": name,
        "StreamARN": stream_arn,
        "StreamStatus": "ACTIVE",
        "Shards": [],
        "HasMoreShards": False,
        "RetentionPeriodHours": 24,
        "StreamCreationTimestamp": 0,
        "EnhancedMonitoring": [],
    }


@contextmanager
def running_stand_in(port: int = 0) -> Iterator[KinesisStandIn]:
    """A stand-in that listens until the block ends."""
    stand_in = KinesisStandIn()

    class Handler(_Handler):
        kinesis = stand_in

    server = _Server(("127.0.0.1", port), Handler)
    stand_in.endpoint = f"http://127.0.0.1:{server.server_port}"
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield stand_in
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _Server(ThreadingHTTPServer):
    def handle_error(self, request: Any, client_address: Any) -> None:
        """Says nothing of clients that are killed."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = 10
    kinesis: KinesisStandIn

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        operation = self.headers["X-Amz-Target"].rpartition(".")[2]
        status = 200
        try:
            answer = self.kinesis.answer(operation, json.loads(body))
        except Refusal as refusal:
            status, answer = refusal.status, {"__type": refusal.code, "message": str(refusal)}
        content = json.dumps(answer).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/x-amz-json-1.1")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *arguments: Any) -> None:
        """Says nothing."""


def main() -> None:
    arguments = argparse.ArgumentParser(description="Stand in for Kinesis Data Streams.")
    arguments.add_argument("--port", type=int, default=4568)
    with running_stand_in(arguments.parse_args().port) as stand_in:
        print(f"ready: {stand_in.endpoint}", flush=True)
        Event().wait()


if __name__ == "__main__":
    main()
