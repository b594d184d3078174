"""The record of a batch that was given up, as the on-failure destination gets it.

Source: AWS Lambda guide, "Retain discarded records for a DynamoDB event source in Lambda"; members as
recorded.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from kilowatt.domain.triggers.batches import Answer
from kilowatt.domain.triggers.event import Entry, event


@dataclass(frozen=True, slots=True)
class Failure:
    """A batch that was given up: why, after how many invocations, and what the last of them came to.

    `answer` is None if there was none; `request_id` is then one of its own. `time` in seconds.
    """

    condition: str
    entries: Sequence[Entry]
    invocations: int
    answer: Answer | None
    request_id: str
    time: float
    function_arn: str
    stream_arn: str
    shard_id: str

    def document(self, with_payload: bool = False) -> dict[str, Any]:
        """The record's JSON; `with_payload` adds the event itself, as a text."""
        first, last = self.entries[0], self.entries[-1]
        answer = self.answer
        record: dict[str, Any] = {
            "requestContext": {
                "requestId": self.request_id,
                "functionArn": self.function_arn,
                "condition": self.condition,
                "approximateInvokeCount": self.invocations,
            },
        }
        if answer is not None:
            record["responseContext"] = {
                "statusCode": 200,
                "executedVersion": "$LATEST",
                "functionError": answer.error,
            }
        record["version"] = "1.0"
        record["timestamp"] = _iso(self.time, "milliseconds")
        record["DDBStreamBatchInfo"] = {
            "shardId": self.shard_id,
            "startSequenceNumber": first.sequence_number,
            "endSequenceNumber": last.sequence_number,
            "approximateArrivalOfFirstRecord": _iso(first.time // 1_000_000, "seconds"),
            "approximateArrivalOfLastRecord": _iso(last.time // 1_000_000, "seconds"),
            "batchSize": len(self.entries),
            "streamArn": self.stream_arn,
        }
        if with_payload:
            record["payload"] = event(self.entries).decode()
        return record

    def object_key(self, mapping_uuid: str, unique: str) -> str:
        """The key of the record's object in a bucket."""
        time = datetime.fromtimestamp(self.time, UTC)
        return f"aws/lambda/{mapping_uuid}/{self.shard_id}/{time:%Y/%m/%d}/{time:%Y-%m-%dT%H.%M.%S}-{unique}"


def _iso(seconds: float, precision: str) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec=precision).removesuffix("+00:00") + "Z"
