"""What an operation works with: the store, the clock, and who calls."""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass

from kilowatt import limits
from kilowatt.clock import Clock
from kilowatt.domain.capacity.mode import Mode
from kilowatt.domain.tables.quotas import Quotas
from kilowatt.domain.tables.table import Table
from kilowatt.engine.base import Engine
from kilowatt.errors import items as item_errors
from kilowatt.errors import tables as errors
from kilowatt.ids import Ids
from kilowatt.settings import Settings
from kilowatt.store.catalog import Catalog
from kilowatt.store.conflicts import Conflicts
from kilowatt.store.index_lag import History, LaggingReader
from kilowatt.store.metering import Meter
from kilowatt.store.reads import PageReader
from kilowatt.store.streams import StreamReader
from kilowatt.store.writes import Writer

DEFAULTS = Settings()


@dataclass(frozen=True, slots=True)
class Services:
    """What all operations of one server share."""

    engine: Engine
    catalog: Catalog
    writer: Writer
    pages: PageReader
    streams: StreamReader
    clock: Clock
    ids: Ids
    # Set by whoever leaves work for the background jobs.
    backlog: asyncio.Event
    # How long a table stays CREATING, UPDATING and DELETING.
    table_delay_seconds: float
    quotas: Quotas
    # Whether there is something that takes changes for Kinesis data streams.
    has_kinesis: bool
    meter: Meter

    @classmethod
    def over(cls, engine: Engine, clock: Clock, ids: Ids, settings: Settings = DEFAULTS) -> "Services":
        """The services of a server over `engine`."""
        quotas = Quotas(
            settings.max_tables or limits.TABLES,
            settings.table_max_capacity_units or limits.TABLE_CAPACITY_UNITS,
            settings.account_max_capacity_units or limits.ACCOUNT_CAPACITY_UNITS,
        )
        history = History(clock, settings.index_lag_seconds) if settings.index_lag_seconds else None
        meter = Meter(clock, quotas, Mode(settings.capacity_mode))
        writer = Writer(
            engine,
            clock,
            settings.item_collection_limit_bytes or limits.ITEM_COLLECTION_BYTES,
            Conflicts(ids, settings.transaction_conflict_rate),
            meter,
            history,
        )
        catalog = Catalog(engine, clock, quotas.tables)
        return cls(
            engine,
            catalog,
            writer,
            PageReader(engine if history is None else LaggingReader(engine, history)),
            StreamReader(engine, catalog),
            clock,
            ids,
            asyncio.Event(),
            settings.table_delay_seconds,
            quotas,
            settings.kinesis_endpoint is not None,
            meter,
        )


@dataclass(frozen=True, slots=True)
class Context:
    """One caller's view: table names are looked up in its account and region.

    `host` is the server as the caller addressed it, with its port if that is not the scheme's own.
    """

    services: Services
    account: str
    region: str
    host: str = ""

    async def table(self, name: str) -> Table:
        """The table that an item operation names, by name or ARN; raises `errors.items.TABLE_NOT_FOUND`."""
        known = self.services.catalog.cached(self.account, self.region, name)
        if known is not None:
            return known
        own = self._own(name)
        if own is None:
            raise item_errors.TABLE_NOT_FOUND()
        return await self.services.catalog.table(self.account, self.region, own)

    async def distinct_tables(self, names: Iterable[str]) -> list[Table]:
        """The tables that a batch names, by name or ARN, in their order.

        Raises `errors.items.TABLE_NOT_FOUND`, `BATCH_TABLE_TWICE`.
        """
        tables = [await self.table(name) for name in names]
        seen: set[int] = set()
        for table in tables:
            if table.number in seen:
                raise item_errors.BATCH_TABLE_TWICE(table=table.name)
            seen.add(table.number)
        return tables

    async def described(self, name: str) -> Table:
        """The table that a table operation names, by name or ARN.

        Raises `errors.tables.TABLE_NOT_FOUND` and what `table_name` raises.
        """
        return await self.services.catalog.described(self.account, self.region, self.table_name(name))

    async def find(self, name: str) -> Table | None:
        """The table of that name or ARN, freshly read; None if there is none."""
        own = self._own(name)
        return None if own is None else await self.services.catalog.find(self.account, self.region, own)

    def table_name(self, name: str) -> str:
        """The name of the table that a table operation names, by name or ARN, whether there is one or not.

        Nobody else's tables can be reached: raises `ANOTHER_REGION`, `ANOTHER_ACCOUNT`.
        """
        own = self._own(name)
        if own is not None:
            return own
        if name.split(":")[3] != self.region:
            raise errors.ANOTHER_REGION(arn=name)
        raise errors.ANOTHER_ACCOUNT()

    def _own(self, name: str) -> str | None:
        """The table's name; None for an ARN of another account or region."""
        if not name.startswith("arn:"):
            return name
        _, _, _, region, account, resource = name.split(":")
        if (account, region) != (self.account, self.region):
            return None
        return resource.removeprefix("table/")
