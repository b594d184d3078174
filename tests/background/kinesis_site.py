"""A site whose table's changes go to a stand-in for Kinesis, by a sender that the test runs."""

from pathlib import Path
from typing import Any

from tests.background.site import TABLE, Document, MovedClock, Site, open_engine
from tools.kinesis_stand_in import KinesisStandIn

from kilowatt.background.kinesis_client import KinesisClient
from kilowatt.background.kinesis_sender import KinesisSender
from kilowatt.engine.base import Engine
from kilowatt.settings import Settings

ARN = "arn:aws:kinesis:us-east-1:000000000000:stream/changes"
STREAM = {"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"}


class KinesisSite(Site):
    """A site with a table without a stream, once it is `prepared`."""

    def __init__(self, engine: Engine, kinesis: KinesisStandIn, clock: MovedClock | None = None) -> None:
        super().__init__(engine, clock or MovedClock(), Settings(kinesis_endpoint=kinesis.endpoint))
        self.kinesis = kinesis
        self.client = KinesisClient(kinesis.endpoint)
        self.sender = self._sender()

    @classmethod
    async def on(cls, kind: str, directory: Path, kinesis: KinesisStandIn) -> "KinesisSite":
        return cls(await open_engine(kind, directory), kinesis)

    def _sender(self) -> KinesisSender:
        services = self.services
        return KinesisSender(self.engine, services.catalog, services.streams, self.clock, self.client)

    def restart(self) -> None:
        """Another sender goes on, which knows only what the engine keeps."""
        self.sender = self._sender()

    async def prepared(self, **parameters: Any) -> None:
        await self.create(**{"StreamSpecification": {"StreamEnabled": False}, **parameters})

    async def enable(self, **configuration: Any) -> None:
        """Enables the destination, until it is ACTIVE."""
        parameters = {"EnableKinesisStreamingConfiguration": configuration} if configuration else {}
        await self.call("EnableKinesisStreamingDestination", TableName=TABLE, StreamArn=ARN, **parameters)
        await self.send()
        assert await self.status() == "ACTIVE"

    async def disable(self) -> None:
        await self.call("DisableKinesisStreamingDestination", TableName=TABLE, StreamArn=ARN)

    async def switch_stream(self, on: bool) -> None:
        """Enables or disables the stream that readers see."""
        specification = STREAM if on else {"StreamEnabled": False}
        await self.call("UpdateTable", TableName=TABLE, StreamSpecification=specification)

    async def divide_shards(self, split: bool) -> None:
        """Closes the open shards, each of which goes on in one child, or in two."""
        table = await self.services.catalog.described("000000000000", "us-east-1", TABLE)
        assert table.stream is not None
        for shard in list(table.stream.open_shards):
            await self.upkeep.divide(table, shard.number, split)

    async def send(self, times: int = 2) -> None:
        """Has the sender look for changes, so long after the last time that it tries what failed again."""
        for _ in range(times):
            self.clock.move(60)
            await self.sender.run_once()

    async def destination(self) -> Document:
        answer = await self.call("DescribeKinesisStreamingDestination", TableName=TABLE)
        destination: Document = answer["KinesisDataStreamDestinations"][0]
        return destination

    async def status(self) -> str:
        status: str = (await self.destination())["DestinationStatus"]
        return status

    def sent(self) -> list[str]:
        """The partition keys in the records that Kinesis took, in their order."""
        return [record["dynamodb"]["Keys"]["pk"]["S"] for record in self.kinesis.data()]
