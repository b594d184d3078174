"""The function of these tests: writes down its events, and does what its environment or its records say.

Packed into a zip and run by AWS's runtime client, so it imports nothing of the tests.
"""

import json
import os
import sys
import time
from typing import Any

BEHAVIOUR = os.environ.get("BEHAVIOUR", "")

if BEHAVIOUR == "broken":
    raise RuntimeError("not today")


def handler(event: Any, context: Any) -> Any:
    with open(os.environ["OUT"], "a", encoding="utf-8") as out:
        out.write(json.dumps(event) + "\n")
    print("records:", len(event.get("Records", ())))  # noqa: T201  for its log
    if BEHAVIOUR.startswith("answer:"):
        return json.loads(BEHAVIOUR.partition(":")[2])
    return _BEHAVIOURS.get(BEHAVIOUR, _as_told)(event, context)


def _as_told(event: Any, context: Any) -> Any:
    """Fails with any record whose item says `fail`."""
    for record in event.get("Records", ()):
        if record["dynamodb"].get("NewImage", {}).get("fail"):
            raise ValueError(f"told to fail by {record['dynamodb']['Keys']}")


def _reports(event: Any, context: Any) -> Any:
    failed = [
        {"itemIdentifier": record["dynamodb"]["SequenceNumber"]}
        for record in event["Records"]
        if record["dynamodb"]["NewImage"].get("fail")
    ]
    return {"batchItemFailures": failed}


def _counts(event: Any, context: Any) -> Any:
    return {"state": {"count": event["state"].get("count", 0) + len(event["Records"])}}


def _slow(event: Any, context: Any) -> Any:
    time.sleep(float(os.environ["SECONDS"]))


def _exits(event: Any, context: Any) -> Any:
    sys.stdout.flush()
    os._exit(3)


def _greedy(event: Any, context: Any) -> Any:
    return len(bytearray(1_000_000_000))


def _tells(event: Any, context: Any) -> Any:
    environment = {
        name: value for name, value in os.environ.items() if name.startswith(("AWS", "KILO", "MY"))
    }
    return {
        "environment": environment,
        "arn": context.invoked_function_arn,
        "remaining": context.get_remaining_time_in_millis(),
        "memory": context.memory_limit_in_mb,
        "client": context.client_context and context.client_context.custom,
    }


_BEHAVIOURS = {
    "reports": _reports,
    "counts": _counts,
    "slow": _slow,
    "exits": _exits,
    "greedy": _greedy,
    "tells": _tells,
}
