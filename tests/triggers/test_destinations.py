"""On-failure destinations on AWS: queues, topics and buckets, by boto3 against a stand-in of this test."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qs

import pytest
from tests.conftest import running_server
from tests.triggers.conftest import Place, eventually, place_of
from tests.triggers.recorded import answers, differences


@dataclass
class Received:
    """What the stand-in for AWS was sent."""

    messages: list[dict[str, Any]] = field(default_factory=list)
    published: list[dict[str, str]] = field(default_factory=list)
    objects: dict[str, Any] = field(default_factory=dict)
    fails: int = 0


RECEIVED = Received()


class _Aws(BaseHTTPRequestHandler):
    """As much of SQS, SNS and S3 as is used."""

    def _body(self) -> bytes:
        if self.headers.get("Transfer-Encoding") != "chunked":
            return self.rfile.read(int(self.headers.get("Content-Length", 0)))
        content = b""
        while size := int(self.rfile.readline().split(b";")[0], 16):
            content += self.rfile.read(size)
            self.rfile.readline()
        while self.rfile.readline().strip():
            pass
        return content

    def _answer(self, body: bytes, kind: str = "application/x-amz-json-1.0", status: int = 200) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_POST(self) -> None:
        body = self._body()
        if RECEIVED.fails:
            RECEIVED.fails -= 1
            self._answer(b"{}", status=400)
            return
        target = self.headers.get("X-Amz-Target", "")
        if target == "AmazonSQS.GetQueueUrl":
            name = json.loads(body)["QueueName"]
            self._answer(json.dumps({"QueueUrl": f"http://{self.headers['Host']}/q/{name}"}).encode())
        elif target == "AmazonSQS.SendMessage":
            RECEIVED.messages.append(json.loads(body))
            self._answer(b'{"MessageId": "1"}')
        else:
            RECEIVED.published.append({name: value[0] for name, value in parse_qs(body.decode()).items()})
            self._answer(b"<PublishResponse><PublishResult/></PublishResponse>", "text/xml")

    def do_PUT(self) -> None:
        content = self._body()
        RECEIVED.objects[self.path] = json.loads(content)
        self._answer(b"", "text/xml")

    def log_message(self, *_: Any) -> None:
        """Says nothing."""


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """A server whose destinations are here."""
    aws = ThreadingHTTPServer(("127.0.0.1", 0), _Aws)
    Thread(target=aws.serve_forever, daemon=True).start()
    url = f"http://127.0.0.1:{aws.server_port}"
    environment = {
        "AWS_ACCESS_KEY_ID": "a",
        "AWS_SECRET_ACCESS_KEY": "b",
        "AWS_EC2_METADATA_DISABLED": "true",
    }
    with running_server("--in-memory", "--destination-endpoint", url, environment=environment) as server:
        yield place_of(server.endpoint, tmp_path_factory.mktemp("destinations"))
    aws.shutdown()
    aws.server_close()


def _fail(place: Place, destination: str) -> dict[str, Any]:
    """Makes a trigger give a batch up; returns the answer to its creation."""
    trigger = place.trigger(
        BatchSize=1,
        MaximumBatchingWindowInSeconds=1,
        MaximumRetryAttempts=1,
        DestinationConfig={"OnFailure": {"Destination": destination}},
    )
    trigger.put("hello world", fail={"BOOL": True})
    created = {name: value for name, value in trigger.created.items() if name != "ResponseMetadata"}
    return {**created, "LastModified": "now"}


def test_a_queue_gets_the_record(place: Place) -> None:
    recorded = answers("dynamodb_event_source_mapping_with_on_failure_destination_config")
    RECEIVED.fails = 1
    created = _fail(place, "arn:aws:sqs:us-east-1:000000000000:a-queue")
    assert differences(recorded["create_event_source_mapping_response"], created) == []
    (message,) = eventually(lambda: RECEIVED.messages)
    assert message["QueueUrl"].endswith("/q/a-queue")
    assert differences(recorded["destination_queue_messages"], [json.loads(message["MessageBody"])]) == []


def test_a_topic_gets_the_record(place: Place) -> None:
    recorded = answers("dynamodb_event_source_mapping_with_sns_on_failure_destination_config")
    created = _fail(place, "arn:aws:sns:us-east-1:000000000000:a-topic")
    assert differences(recorded["create_event_source_mapping_response"], created) == []
    (message,) = eventually(lambda: RECEIVED.published)
    assert message["TopicArn"] == "arn:aws:sns:us-east-1:000000000000:a-topic"
    assert differences(recorded["failure_sns_message"], json.loads(message["Message"])) == []


def test_a_bucket_gets_the_record_with_the_event(place: Place) -> None:
    recorded = answers("dynamodb_event_source_mapping_with_s3_on_failure_destination")
    created = _fail(place, "arn:aws:s3:::a-bucket")
    assert differences(recorded["create_event_source_mapping_response"], created) == []
    ((path, content),) = eventually(lambda: list(RECEIVED.objects.items()))
    content["payload"] = json.loads(content["payload"])
    image = content["payload"]["Records"][0]["dynamodb"]["NewImage"]
    assert image.pop("fail") == {"BOOL": True}
    content["payload"]["Records"][0]["dynamodb"]["SizeBytes"] = 54
    assert differences(recorded["record_body"], content) == []
    form = r"/a-bucket/aws/lambda/([0-9a-f-]{36})/(shardId-[0-9]{20}-[0-9a-f]{8})/\d{4}/\d\d/\d\d/(.*)"
    parts = re.fullmatch(form, path)
    assert parts is not None
    assert parts[1] == created["UUID"]
    assert parts[2] == content["DDBStreamBatchInfo"]["shardId"]
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d\.\d\d\.\d\d-[0-9a-f-]{36}", parts[3])


def test_a_destination_that_fails_does_not_stop_the_stream(place: Place) -> None:
    RECEIVED.fails = 100
    trigger = place.trigger(
        BatchSize=1,
        MaximumRetryAttempts=0,
        DestinationConfig={"OnFailure": {"Destination": "arn:aws:sqs:us-east-1:000000000000:another"}},
    )
    trigger.put("bad", fail={"BOOL": True})
    trigger.put("good")
    assert trigger.keys(2) == [["bad"], ["good"]]
    RECEIVED.fails = 0
