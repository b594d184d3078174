"""Where the records of batches that were given up go: a queue, a topic or a bucket of AWS, or a file.

    arn:aws:sqs:us-east-1:123456789012:queue     by boto3, which is imported only for these
    arn:aws:sns:us-east-1:123456789012:topic
    arn:aws:s3:::bucket
    file:name                                    a line of JSON each, in the directory of --failure-dir

The last is ours: it needs no other service.
"""

import asyncio
import re
from concurrent.futures import ThreadPoolExecutor
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from kilowatt.domain.triggers.failures import Failure
from kilowatt.errors import triggers as errors
from kilowatt.triggers.rest import document

_FILE = re.compile(r"file:([A-Za-z0-9_][A-Za-z0-9_.-]{0,99})")
_QUEUE_OR_TOPIC = re.compile(r"arn:aws[a-z-]*:(sqs|sns):([a-z0-9-]+):(\d{12}):([A-Za-z0-9_-]{1,256})")
_BUCKET = re.compile(r"arn:aws[a-z-]*:s3:::([a-z0-9.-]{3,63})")
_ATTEMPTS = 3
_PAUSE_SECONDS = 0.5


class UndeliverableFailure(Exception):
    """A record of a failure could not be delivered, and is lost."""


class Destinations:
    """Sends records of failures. `endpoint_url` None is AWS itself."""

    def __init__(self, endpoint_url: str | None, failure_dir: Path | None, region: str) -> None:
        self._endpoint_url = endpoint_url
        self._failure_dir = failure_dir
        self._region = region
        self._threads = ThreadPoolExecutor(2, "kilowatt-destinations")
        self._clients: dict[tuple[str, str], Any] = {}

    def check(self, destination: str) -> None:
        """Refuses what cannot be sent to. Whether a queue, topic or bucket exists is not looked at."""
        if _FILE.fullmatch(destination):
            if self._failure_dir is None:
                raise _unsupported(destination, "the server has no --failure-dir")
        elif not (_QUEUE_OR_TOPIC.fullmatch(destination) or _BUCKET.fullmatch(destination)):
            raise _unsupported(destination, "it is no queue, topic, bucket or file:name")
        elif destination.endswith(".fifo"):
            raise _unsupported(destination, "it must be a standard queue or topic")
        elif find_spec("boto3") is None:
            raise _unsupported(destination, "the package boto3 is not installed")

    async def send(self, destination: str, failure: Failure, mapping_uuid: str, unique: str) -> None:
        """Raises `UndeliverableFailure` after some attempts."""
        for attempt in range(1, _ATTEMPTS + 1):
            try:
                await asyncio.get_running_loop().run_in_executor(
                    self._threads, self._send, destination, failure, mapping_uuid, unique
                )
                return
            # The errors of boto3 have no class of their own that could be named without importing it.
            except Exception as error:
                if attempt == _ATTEMPTS:
                    raise UndeliverableFailure(f"{destination}: {error}") from error
                await asyncio.sleep(_PAUSE_SECONDS * attempt)

    def close(self) -> None:
        self._threads.shutdown(wait=False, cancel_futures=True)

    def _send(self, destination: str, failure: Failure, mapping_uuid: str, unique: str) -> None:
        if named := _FILE.fullmatch(destination):
            self._write(named[1], failure)
        elif bucket := _BUCKET.fullmatch(destination):
            self._client("s3", self._region).put_object(
                Bucket=bucket[1],
                Key=failure.object_key(mapping_uuid, unique),
                Body=document(failure.document(with_payload=True)),
            )
        elif parts := _QUEUE_OR_TOPIC.fullmatch(destination):
            service, region, account, name = parts.groups()
            client = self._client(service, region)
            if service == "sns":
                client.publish(TopicArn=destination, Message=document(failure.document()).decode())
                return
            url = client.get_queue_url(QueueName=name, QueueOwnerAWSAccountId=account)["QueueUrl"]
            client.send_message(QueueUrl=url, MessageBody=document(failure.document()).decode())

    def _write(self, name: str, failure: Failure) -> None:
        assert self._failure_dir is not None
        self._failure_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        with (self._failure_dir / name).open("ab") as file:
            file.write(document(failure.document(with_payload=True)) + b"\n")

    def _client(self, service: str, region: str) -> Any:
        client = self._clients.get((service, region))
        if client is None:
            import boto3  # noqa: PLC0415  heavy, and only for these destinations

            client = boto3.client(service, region_name=region, endpoint_url=self._endpoint_url)
            self._clients[service, region] = client
        return client


def _unsupported(destination: str, reason: str) -> Exception:
    return errors.UNSUPPORTED_VALUE(name="OnFailure", value=destination, reason=reason)
