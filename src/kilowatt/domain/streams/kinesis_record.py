"""A change as it is sent to a Kinesis data stream.

Source: AWS guide, "Change data capture for Kinesis Data Streams with DynamoDB"; members and their order as
recorded.
"""

from dataclasses import dataclass
from hashlib import md5
from typing import Any

import orjson

from kilowatt.domain.streams.change import Change
from kilowatt.domain.streams.destination import MICROSECOND
from kilowatt.domain.tables.reference import TableReference
from kilowatt.domain.values.sizes import item_size

# As in the records of streams, with the names that records have in JSON.
_SERVICE = {"principalId": "dynamodb.amazonaws.com", "type": "Service"}


@dataclass(frozen=True, slots=True)
class KinesisRecord:
    """What PutRecords takes. Records with the same partition key keep their order in Kinesis."""

    partition_key: str
    data: bytes

    @property
    def size(self) -> int:
        """The bytes that count towards the limits of Kinesis."""
        return len(self.data) + len(self.partition_key)


@dataclass(frozen=True, slots=True)
class RecordSource:
    """What the records of one table have in common."""

    table: TableReference
    precision: str

    def record(self, change: Change, sequence_number: str) -> KinesisRecord:
        """The change as a record; `sequence_number` is the one that it has in the table's stream."""
        keys = change.keys(self.table.key)
        shown: dict[str, Any] = {
            "awsRegion": self.table.region,
            "eventID": self._event_id(sequence_number),
            "eventName": change.name,
            "userIdentity": _SERVICE if change.by_service else None,
            "recordFormat": "application/json",
            "tableName": self.table.name,
            "dynamodb": self._change(change, keys),
            "eventSource": "aws:dynamodb",
        }
        return KinesisRecord(partition_key(keys), orjson.dumps(shown))

    def _change(self, change: Change, keys: dict[str, Any]) -> dict[str, Any]:
        micro = self.precision == MICROSECOND
        shown: dict[str, Any] = {
            "ApproximateCreationDateTime": change.time if micro else change.time // 1000,
            "Keys": keys,
        }
        if change.new is not None:
            shown["NewImage"] = change.new.item
        if change.old is not None:
            shown["OldImage"] = change.old.item
        images = (image.size for image in (change.old, change.new) if image is not None)
        shown["SizeBytes"] = item_size(keys) + sum(images)
        if micro:
            shown["ApproximateCreationDateTimePrecision"] = MICROSECOND
        return shown

    def _event_id(self, sequence_number: str) -> str:
        """In the form of a UUID; the same whenever the change is sent: so readers know what came twice."""
        digest = md5(f"{self.table.id} {sequence_number}".encode(), usedforsecurity=False).hexdigest()
        parts = digest[:8], digest[8:12], f"4{digest[13:16]}", f"a{digest[17:20]}", digest[20:]
        return "-".join(parts)


def partition_key(keys: dict[str, Any]) -> str:
    """The Kinesis partition key of an item, so that its changes are all in one shard."""
    return md5(orjson.dumps(keys), usedforsecurity=False).hexdigest().upper()
