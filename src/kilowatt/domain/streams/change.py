"""One change of one item, and how a stream's reader sees it.

Source: AWS API reference, Record and StreamRecord; sizes and members as recorded.
"""

from dataclasses import dataclass
from hashlib import md5
from typing import Any

from kilowatt.domain.keys.schema import KeySchema
from kilowatt.domain.streams.stream import KEYS_ONLY, NEW_IMAGE, OLD_IMAGE, Shard, Stream
from kilowatt.domain.tables.reference import TableReference
from kilowatt.domain.values.comparison import equal
from kilowatt.domain.values.sizes import item_size
from kilowatt.domain.writes.stored import StoredItem

INSERT, MODIFY, REMOVE = "INSERT", "MODIFY", "REMOVE"

# Who deletes expired items. Source: AWS guide, "DynamoDB Streams and Time to Live".
_SERVICE = {"PrincipalId": "dynamodb.amazonaws.com", "Type": "Service"}


@dataclass(frozen=True, slots=True)
class Change:
    """A change: one of the images may be missing, not both. `time` is in microseconds since the epoch.

    `by_service`: the service itself deleted the item, because it had expired.
    """

    time: int
    old: StoredItem | None
    new: StoredItem | None
    by_service: bool = False

    @property
    def name(self) -> str:
        if self.old is None:
            return INSERT
        return REMOVE if self.new is None else MODIFY

    def keys(self, schema: KeySchema) -> dict[str, Any]:
        """The key attributes of the item."""
        image = self.new or self.old
        assert image is not None
        return {name: image.item[name] for name in schema.names}


def changes(old: StoredItem | None, new: StoredItem | None) -> bool:
    """Whether a write that takes an item from `old` to `new` changes it: what does not is not streamed."""
    if old is None or new is None:
        return old is not new
    if len(old.body) != len(new.body):
        return True
    if old.body == new.body:
        return False
    # The same attributes in another order are no change, nor are the same elements of a set. Both bodies have
    # the same bytes then, and the same sum of them modulo 255: a number's remainder is that of its digits.
    # That is checked much faster than two items are compared.
    if (int.from_bytes(old.body, "big") - int.from_bytes(new.body, "big")) % 255:
        return True
    return not equal({"M": old.item}, {"M": new.item})


def stream_record(change: Change, table: TableReference, stream: Stream, shard: Shard, number: int) -> Any:
    """The change as GetRecords shows it; `number` is that of its record in the shard's log."""
    keys = change.keys(table.key)
    old = change.old if stream.view_type not in {KEYS_ONLY, NEW_IMAGE} else None
    new = change.new if stream.view_type not in {KEYS_ONLY, OLD_IMAGE} else None
    sequence_number = shard.sequence_number(number)
    record: dict[str, Any] = {
        "ApproximateCreationDateTime": change.time // 1_000_000,
        "Keys": keys,
    }
    if new is not None:
        record["NewImage"] = new.item
    if old is not None:
        record["OldImage"] = old.item
    record["SequenceNumber"] = sequence_number
    record["SizeBytes"] = item_size(keys) + sum(image.size for image in (old, new) if image is not None)
    record["StreamViewType"] = stream.view_type
    shown: dict[str, Any] = {
        "eventID": _event_id(stream, shard, sequence_number),
        "eventName": change.name,
        "eventVersion": "1.1",
        "eventSource": "aws:dynamodb",
        "awsRegion": table.region,
        "dynamodb": record,
    }
    if change.by_service:
        shown["userIdentity"] = _SERVICE
    return shown


def _event_id(stream: Stream, shard: Shard, sequence_number: str) -> str:
    """The same whenever the record is read."""
    mark = f"{stream.label} {shard.id} {sequence_number}"
    return md5(mark.encode(), usedforsecurity=False).hexdigest()
