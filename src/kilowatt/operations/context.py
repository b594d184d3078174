"""What an operation works with: the store, the clock, and who calls."""

import asyncio
from dataclasses import dataclass

from kilowatt.clock import Clock
from kilowatt.domain.tables.table import Table
from kilowatt.engine.base import Engine
from kilowatt.ids import Ids
from kilowatt.store.catalog import Catalog
from kilowatt.store.reads import PageReader
from kilowatt.store.writes import Writer


@dataclass(frozen=True, slots=True)
class Services:
    """What all operations of one server share."""

    engine: Engine
    catalog: Catalog
    writer: Writer
    pages: PageReader
    clock: Clock
    ids: Ids
    # Set by whoever leaves work for the background jobs.
    backlog: asyncio.Event

    @classmethod
    def over(cls, engine: Engine, clock: Clock, ids: Ids) -> "Services":
        """The services of a server over `engine`."""
        return cls(
            engine, Catalog(engine), Writer(engine, clock), PageReader(engine), clock, ids, asyncio.Event()
        )


@dataclass(frozen=True, slots=True)
class Context:
    """One caller's view: table names are looked up in its account and region."""

    services: Services
    account: str
    region: str

    async def table(self, name: str) -> Table:
        """The table that an item operation names, by name or ARN; raises `errors.items.TABLE_NOT_FOUND`."""
        return await self.services.catalog.table(self.account, self.region, table_name(name))

    async def described(self, name: str) -> Table:
        """The table that a table operation names, by name or ARN; raises `errors.tables.TABLE_NOT_FOUND`."""
        return await self.services.catalog.described(self.account, self.region, table_name(name))


def table_name(name_or_arn: str) -> str:
    """The table's name, where an operation takes a name or an ARN."""
    return name_or_arn.rpartition(":table/")[2]
