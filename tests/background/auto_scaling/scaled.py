"""A site with a table whose throughput Application Auto Scaling's job changes, under a moved clock."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

import orjson
from tests.background.site import MINUTE, TABLE, Site
from tests.faults.wire import AUTHORIZATION

from kilowatt.auth.authenticator import DevAuthenticator
from kilowatt.background.auto_scaling import AutoScaling
from kilowatt.domain.capacity.minutes import Minute
from kilowatt.domain.tables.table import Table
from kilowatt.server.messages import Request
from kilowatt.server.scaling import ScalingApi

READS = {
    "ServiceNamespace": "dynamodb",
    "ResourceId": f"table/{TABLE}",
    "ScalableDimension": "dynamodb:table:ReadCapacityUnits",
}
WRITES = {**READS, "ScalableDimension": "dynamodb:table:WriteCapacityUnits"}
INDEX_READS = {
    **READS,
    "ResourceId": f"table/{TABLE}/index/by-other",
    "ScalableDimension": "dynamodb:index:ReadCapacityUnits",
}
UNITS = {"ReadCapacityUnits": 10, "WriteCapacityUnits": 10}
BY_OTHER: dict[str, Any] = {
    "IndexName": "by-other",
    "KeySchema": [{"AttributeName": "other", "KeyType": "HASH"}],
    "Projection": {"ProjectionType": "ALL"},
    "ProvisionedThroughput": UNITS,
}
INDEXED: dict[str, Any] = {
    "AttributeDefinitions": [{"AttributeName": name, "AttributeType": "S"} for name in ("pk", "other")],
    "GlobalSecondaryIndexes": [BY_OTHER],
}
Units = tuple[int, int]


class Used:
    """What is consumed, as a test says: half-units of reads and of writes by minute, by index (or None)."""

    def __init__(self) -> None:
        self.minutes: dict[str | None, dict[int, Units]] = defaultdict(dict)
        self.asked = 0

    def consumed(self, table: Table, index_name: str | None, start: float, end: float) -> Sequence[Minute]:
        assert table.name == TABLE
        self.asked += 1
        minutes = self.minutes[index_name]
        return [Minute(minute, *units, 0, 0) for minute, units in minutes.items() if start <= minute < end]


class Scaled:
    """A site with a table of 10 read and 10 write units, Application Auto Scaling's API, and its job."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self.used = Used()
        self.job = AutoScaling(site.services, self.used)
        self._api = ScalingApi(site.services, DevAuthenticator("us-east-1"))
        # Tests begin with a minute.
        site.clock.time = site.clock.time // MINUTE * MINUTE

    async def create(self, **parameters: Any) -> None:
        provisioned = {"BillingMode": "PROVISIONED", "ProvisionedThroughput": UNITS}
        await self.site.create(StreamSpecification={"StreamEnabled": False}, **{**provisioned, **parameters})

    async def call(self, operation: str, **request: Any) -> Any:
        """The answer of Application Auto Scaling."""
        headers = {
            b"host": b"localhost",
            b"content-type": b"application/x-amz-json-1.1",
            b"x-amz-target": f"AnyScaleFrontendService.{operation}".encode(),
            b"x-amz-date": b"20260101T000000Z",
            b"authorization": AUTHORIZATION.encode(),
        }
        answer = await self._api.answer(Request(b"POST", b"/", headers, orjson.dumps(request)))
        document = orjson.loads(answer.body)
        assert answer.status == 200, document
        return document

    async def register(self, minimum: int, maximum: int, target: Any = READS, **more: Any) -> None:
        await self.call("RegisterScalableTarget", **target, MinCapacity=minimum, MaxCapacity=maximum, **more)

    async def track(self, value: float = 50, target: Any = READS, **more: Any) -> None:
        kind = "Read" if "Read" in target["ScalableDimension"] else "Write"
        metric = {"PredefinedMetricType": f"DynamoDB{kind}CapacityUtilization"}
        await self.call(
            "PutScalingPolicy",
            **target,
            PolicyName="policy",
            PolicyType="TargetTrackingScaling",
            TargetTrackingScalingPolicyConfiguration={
                "TargetValue": value,
                "PredefinedMetricSpecification": metric,
                **more,
            },
        )

    async def schedule(self, schedule: str, name: str = "action", target: Any = READS, **more: Any) -> None:
        await self.call("PutScheduledAction", **target, ScheduledActionName=name, Schedule=schedule, **more)

    async def pass_minutes(self, *rates: float, index: str | None = None, writes: bool = False) -> list[int]:
        """Lets minutes pass in which so many units a second are consumed; the throughput after each."""
        seen = []
        for rate in rates:
            half_units = round(rate * MINUTE * 2)
            minute = int(self.site.clock.time) // MINUTE * MINUTE
            self.used.minutes[index][minute] = (0, half_units) if writes else (half_units, 0)
            self.site.clock.move(MINUTE)
            await self.job.run()
            throughput = await self.throughput(index)
            seen.append(throughput["WriteCapacityUnits" if writes else "ReadCapacityUnits"])
        return seen

    async def throughput(self, index: str | None = None) -> Any:
        table = (await self.site.call("DescribeTable", TableName=TABLE))["Table"]
        if index is None:
            return table["ProvisionedThroughput"]
        (found,) = (it for it in table["GlobalSecondaryIndexes"] if it["IndexName"] == index)
        return found["ProvisionedThroughput"]

    async def reads(self) -> int:
        return int((await self.throughput())["ReadCapacityUnits"])

    async def activities(self, **more: Any) -> list[Any]:
        """The newest first."""
        answer = await self.call("DescribeScalingActivities", ServiceNamespace="dynamodb", **more)
        found: list[Any] = answer["ScalingActivities"]
        return found
