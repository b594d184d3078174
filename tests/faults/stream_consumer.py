"""A reader of a stream as programs have them: built on boto3, it follows shards from parents to children.

It keeps for each shard the sequence number that it has come to, so it goes on after the server was killed.
"""

import threading
from collections.abc import Callable, Iterator
from typing import Any

from botocore.exceptions import BotoCoreError
from tests.operations.stream_reading import streams_client_of

Record = dict[str, Any]

_PAUSE_SECONDS = 0.05


class Consumer:
    """Reads all shards of a stream, each after its parent was read to its end.

    `endpoint` tells where the server is now.
    """

    def __init__(self, endpoint: Callable[[], str], arn: str) -> None:
        self.records: list[Record] = []
        self.shards: dict[str, dict[str, Any]] = {}
        self.interruptions = 0
        self._endpoint = endpoint
        self._arn = arn
        self._client: Any = None
        self._ended: set[str] = set()
        self._read_to: dict[str, str] = {}
        self._iterators: dict[str, str] = {}

    def run(self, no_more: threading.Event) -> None:
        """Reads until `no_more` is set and all there is has been read."""
        while True:
            last = no_more.is_set()
            try:
                found = self._pass()
            except BotoCoreError:  # the server is gone; another one comes
                self.interruptions += 1
                self._client = None
                self._iterators.clear()
                threading.Event().wait(_PAUSE_SECONDS)
                continue
            if last and not found:
                return
            if not found:
                no_more.wait(_PAUSE_SECONDS)

    def _pass(self) -> int:
        """Reads a page of every shard whose turn it is; how many records and new shards there were."""
        if self._client is None:
            self._client = streams_client_of(self._endpoint(), connect_timeout=5, read_timeout=10)
        before = len(self.records) + len(self.shards) + len(self._ended)
        self.shards.update((shard["ShardId"], shard) for shard in self._describe())
        for shard_id, shard in list(self.shards.items()):
            parent = shard.get("ParentShardId")
            if shard_id not in self._ended and (parent is None or parent in self._ended):
                self._read_page(shard_id)
        return len(self.records) + len(self.shards) + len(self._ended) - before

    def _describe(self) -> Iterator[dict[str, Any]]:
        request: dict[str, Any] = {"StreamArn": self._arn, "Limit": 20}
        while True:
            description = self._client.describe_stream(**request)["StreamDescription"]
            yield from description["Shards"]
            if "LastEvaluatedShardId" not in description:
                return
            request["ExclusiveStartShardId"] = description["LastEvaluatedShardId"]

    def _read_page(self, shard_id: str) -> None:
        answer = self._client.get_records(ShardIterator=self._iterator(shard_id), Limit=500)
        for record in answer["Records"]:
            self.records.append(record)
            self._read_to[shard_id] = record["dynamodb"]["SequenceNumber"]
        if "NextShardIterator" in answer:
            self._iterators[shard_id] = answer["NextShardIterator"]
        else:
            self._ended.add(shard_id)

    def _iterator(self, shard_id: str) -> str:
        if shard_id in self._iterators:
            return self._iterators[shard_id]
        place = {"ShardIteratorType": "TRIM_HORIZON"}
        if shard_id in self._read_to:
            place = {"ShardIteratorType": "AFTER_SEQUENCE_NUMBER", "SequenceNumber": self._read_to[shard_id]}
        answer = self._client.get_shard_iterator(StreamArn=self._arn, ShardId=shard_id, **place)
        iterator: str = answer["ShardIterator"]
        return iterator
