"""The meter: who consumes how much of which table, and who has to wait.

Operations ask before they do something, and tell afterwards what it consumed. What asking does depends on the
table's mode (`domain.capacity.mode`): only `enforce` refuses.

What the meter knows is in memory. Only how partitions were divided and what the highest traffic was is stored
too, now and then (`background/capacity_upkeep.py`). So after a start tables have a second's capacity and
nothing saved up, and no partition has to become hot again.
"""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from kilowatt.clock import Clock
from kilowatt.domain.capacity.bucket import TokenBucket
from kilowatt.domain.capacity.minutes import Minute
from kilowatt.domain.capacity.mode import Mode, mode_of
from kilowatt.domain.capacity.partitions import INTERVAL_SECONDS, Partition
from kilowatt.domain.capacity.rates import Limit
from kilowatt.domain.capacity.refusals import refusal
from kilowatt.domain.capacity.resource import Resource
from kilowatt.domain.capacity.units import READ, WRITE
from kilowatt.domain.capacity.usage import Usage
from kilowatt.domain.tables.quotas import Quotas
from kilowatt.domain.tables.table import Index, Table
from kilowatt.domain.writes.decision import Decision, IndexChange, Write
from kilowatt.errors import ServiceError

# Tables that are metered at once; of more, a tenth is forgotten, those that were idle for longest.
_MOST_TABLES = 5_000


Document = dict[str, Any]
Version = dict[int, tuple[int, int, int]]


class PartRead(NamedTuple):
    """A read of one item in a transaction."""

    table: Table
    position: bytes
    half_units: int


class TableMeter:
    """A table and its global indexes. `table` is its descriptor as last seen."""

    __slots__ = ("base", "indexes", "mode", "saved", "table", "usage")

    def __init__(self, table: Table, mode: Mode, quotas: Quotas, now: int) -> None:
        self.table = table
        self.mode = mode
        self.usage = Usage(now)
        self.base = Resource(table, None, quotas, now)
        self.indexes = {
            index.number: Resource(table, index, quotas, now) for index in table.indexes if not index.local
        }
        self.saved = self.version

    @property
    def version(self) -> Version:
        """What changes whenever `to_document` does; `saved` is the one that is stored, or needs not be."""
        return {number: resource.version for number, resource in self._resources()}

    def to_document(self) -> Document:
        """What a restart shall not forget of the table (as number 0) and its indexes, by their numbers."""
        return {str(number): resource.to_document() for number, resource in self._resources()}

    def restore(self, document: Document, now: int) -> None:
        """Goes on where `to_document` was made."""
        for number, resource in self._resources():
            if str(number) in document:
                resource.restore(document[str(number)], now)
        self.saved = self.version

    def _resources(self) -> list[tuple[int, Resource]]:
        return [(0, self.base), *self.indexes.items()]

    @property
    def latest(self) -> int:
        """The beginning of the interval of the latest access, in microseconds."""
        return max(self.base.latest, *(index.latest for index in self.indexes.values()), 0)

    def report(self) -> Document:
        """What was used here since the last call, of the table (as number 0) and its indexes."""
        found = {str(number): resource.report() for number, resource in self._resources()}
        return {number: report for number, report in found.items() if report is not None}

    def used_by_others(self, report: Document, now: int) -> None:
        for number, resource in self._resources():
            if str(number) in report:
                resource.used_by_others(now, report[str(number)])

    def resource(self, index: Index | None) -> Resource:
        """What reads take from: local indexes use their table's capacity."""
        return self.base if index is None or index.local else self.indexes[index.number]

    def change(self, table: Table, mode: Mode, quotas: Quotas, now: int) -> None:
        """Goes on with the table's settings as they are now."""
        self.table = table
        self.mode = mode
        self.base.change(table, None, now)
        known, self.indexes = self.indexes, {}
        for index in table.indexes:
            if not index.local:
                resource = known.get(index.number) or Resource(table, index, quotas, now)
                resource.change(table, index, now)
                self.indexes[index.number] = resource


class Meter:
    """The meter of one server. Positions are suffixes of record keys."""

    def __init__(self, clock: Clock, quotas: Quotas, mode: Mode) -> None:
        self._clock = clock
        self._quotas = quotas
        self._default = mode
        self._tables: dict[int, TableMeter] = {}
        # What is known of tables, by number, that had no access yet since this server began.
        self._stored: dict[int, Document] = {}

    # -- reads

    def admit_read(
        self, table: Table, index: Index | None, position: bytes, key: bytes | None = None
    ) -> None:
        """Asks for a read; raises the refusal of `errors.capacity`.

        Contributor insights count it for the key at `position`, or for `key`, a position too.
        """
        meter = self.of(table)
        if meter.mode is Mode.ENFORCE:
            self._admit(meter.resource(index), READ, position, key)

    def charge_read(
        self, table: Table, index: Index | None, position: bytes, half_units: int, key: bytes | None = None
    ) -> None:
        """Tells what a read of a table, or through one of its indexes, consumed; `key`: see `admit_read`."""
        meter = self.of(table)
        mode = meter.mode
        if mode is not Mode.OFF:
            asked = mode is Mode.ENFORCE
            meter.resource(index).charge(self.now(), READ, position, half_units, key, asked)

    def queried(self, table: Table, index: Index | None) -> None:
        """Tells that a page of a Query was read."""
        meter = self.of(table)
        if meter.mode is not Mode.OFF:
            meter.usage.queried(self.now(), 0 if index is None else index.number)

    def scanned(self, table: Table, index: Index | None, half_units: int, filtered: str | None) -> None:
        """Tells that a page of a Scan was read; `filtered`: see `Usage.scanned`."""
        meter = self.of(table)
        if meter.mode is not Mode.OFF:
            meter.usage.scanned(self.now(), 0 if index is None else index.number, half_units, filtered)

    def take_read(self, table: Table, position: bytes, half_units: int) -> ServiceError | None:
        """Asks and tells in one, for an item that is read already; the refusal if it is not to be given."""
        meter = self._tables.get(table.number)
        if meter is None or meter.table is not table:
            meter = self._prepared(table)
        mode = meter.mode
        if mode is Mode.OFF:
            return None
        now = int(self._clock.now() * 1_000_000)
        asked = mode is Mode.ENFORCE
        met = meter.base.met(now, READ, position) if asked else None
        if met is not None:
            meter.base.throttled(now, READ, position)
            return refusal(meter.base, READ, met)
        meter.base.charge(now, READ, position, half_units, None, asked)
        return None

    def take_reads(self, reads: Sequence[PartRead]) -> list[ServiceError | None]:
        """Asks and tells in one, for the reads of a transaction: if one is refused, none takes anything."""
        admission = Admission(self)
        refusals = [admission.read(read) for read in reads]
        admission.count()
        if not any(refusals):
            for table, position, half_units in reads:
                self.charge_read(table, None, position, half_units)
        return refusals

    # -- writes

    def admit_write(self, write: Write) -> None:
        """Asks for a write that can change no global index; raises the refusal of `errors.capacity`."""
        meter = self.of(write.table)
        if meter.mode is Mode.ENFORCE:
            self._admit(meter.base, WRITE, write.suffix)

    def admission(self, writes: Sequence[Write]) -> "Admission | None":
        """What asks for the writes of one commit; None if none of their tables refuses anything."""
        for write in writes:
            if self.of(write.table).mode is Mode.ENFORCE:
                return Admission(self)
        return None

    def charge_write(self, write: Write, decision: Decision, phases: int = 1) -> None:
        """Tells what a write consumed; of the table `phases` times as much in a transaction."""
        table = write.table
        meter = self._tables.get(table.number)
        if meter is None or meter.table is not table:
            meter = self._prepared(table)
        mode = meter.mode
        if mode is Mode.OFF:
            return
        now = int(self._clock.now() * 1_000_000)
        half_units = decision.half_units * phases
        asked = mode is Mode.ENFORCE
        for change in decision.index_changes:
            if change.index.local:
                half_units += change.half_units
            elif change.half_units:
                index = meter.indexes[change.index.number]
                index.charge(now, WRITE, _position(change), change.half_units, None, asked)
        meter.base.charge(now, WRITE, write.suffix, half_units, None, asked)

    def charge_attempt(self, write: Write, half_units: int) -> None:
        """Tells what a write consumed that was refused for another reason than capacity."""
        meter = self.of(write.table)
        if half_units and meter.mode is not Mode.OFF:
            asked = meter.mode is Mode.ENFORCE
            meter.base.charge(self.now(), WRITE, write.suffix, half_units, None, asked)

    # -- changes of tables

    def changed(self, table: Table) -> None:
        """Tells that a table has new settings, which hold from now on, not only from its next access."""
        if table.number in self._tables:
            self._prepared(table)

    def forget(self, table: Table) -> None:
        """Tells that a table was deleted."""
        self._tables.pop(table.number, None)
        self._stored.pop(table.number, None)

    def restore(self, stored: dict[int, Document]) -> None:
        """Tells what was stored of tables, by their numbers, before this server began."""
        self._stored = stored

    def used_since(self, time: float) -> list[TableMeter]:
        """The tables that had accesses since `time`, in seconds, to within some seconds."""
        since = int((time - INTERVAL_SECONDS) * 1_000_000)
        return [meter for meter in self._tables.values() if meter.latest >= since]

    def grown(self, meter: TableMeter, sizes: Mapping[int, int], partition_bytes: int) -> None:
        """Tells the bytes in a table (0) and its global indexes, by number: no partition holds more."""
        parts = {0: meter.base, **meter.indexes}
        for number, resource in parts.items():
            resource.partitions.provide(max(1, -(-sizes.get(number, 0) // partition_bytes)), self.now())

    def report(self) -> Document:
        """What tables, by their numbers, used here since the last call, for other servers."""
        # What was used before has been told: this is called far more often than intervals end.
        since = self.now() - 2 * INTERVAL_SECONDS * 1_000_000
        used = {number: meter for number, meter in self._tables.items() if meter.latest >= since}
        found = {str(number): meter.report() for number, meter in used.items()}
        return {number: report for number, report in found.items() if report}

    def used_by_others(self, report: Document) -> None:
        """Takes what another server's report tells from the tables that are metered here."""
        now = self.now()
        for number, of_table in report.items():
            meter = self._tables.get(int(number))
            if meter is not None:
                meter.used_by_others(of_table, now)

    def unsaved(self) -> list[TableMeter]:
        """The tables of which there is something new to be stored."""
        return [meter for meter in self._tables.values() if meter.version != meter.saved]

    # -- what others may know

    def consumed(self, table: Table, index_name: str | None, start: float, end: float) -> list[Minute]:
        """What a table or global index consumed, minute by minute, oldest first.

        Minutes that begin at `start` or later and before `end`, in seconds since the epoch; those without any
        access are left out, and so is what is more than three hours old, or was before this server began (or,
        of what only other servers used, before it was first asked). The current minute is there as far as it
        goes.
        """
        resource = _named(self.of(table), index_name)
        return [] if resource is None else resource.consumed(start, end)

    def partitions(self, table: Table, index_name: str | None = None) -> list[Partition]:
        """The partitions of a table or global index, in the order of their positions.

        None of a table that had no access since this server began.
        """
        resource = self._known(table, index_name)
        return [] if resource is None else resource.partitions.partitions

    def allowed(self, table: Table, index_name: str | None = None) -> tuple[int, int]:
        """Half-units of reads and writes a second that a table or global index may use at present."""
        meter = self.of(table)
        resource = _named(meter, index_name) or meter.base
        return resource.buckets[READ].rate, resource.buckets[WRITE].rate

    def _admit(self, resource: Resource, kind: int, position: bytes, key: bytes | None = None) -> None:
        now = self.now()
        met = resource.met(now, kind, position)
        if met is not None:
            resource.throttled(now, kind, position if key is None else key)
            raise refusal(resource, kind, met)

    def _known(self, table: Table, index_name: str | None) -> Resource | None:
        meter = self._tables.get(table.number)
        return None if meter is None else _named(meter, index_name)

    def of(self, table: Table) -> TableMeter:
        """The meter of a table, with the settings that `table` has."""
        meter = self._tables.get(table.number)
        if meter is None or meter.table is not table:
            return self._prepared(table)
        return meter

    def _prepared(self, table: Table) -> TableMeter:
        """The meter of a table that is new, or has changed, or was only read anew."""
        mode = mode_of(table.tags, self._default)
        meter = self._tables.get(table.number)
        if meter is None:
            if len(self._tables) >= _MOST_TABLES:
                self._forget_idle()
            meter = self._tables[table.number] = TableMeter(table, mode, self._quotas, self.now())
            if table.number in self._stored:
                meter.restore(self._stored.pop(table.number), self.now())
        elif meter.table == table:
            meter.table = table
        else:
            meter.change(table, mode, self._quotas, self.now())
        return meter

    def _forget_idle(self) -> None:
        by_use = sorted(self._tables, key=lambda number: self._tables[number].latest)
        for number in by_use[: _MOST_TABLES // 10]:
            del self._tables[number]

    def now(self) -> int:
        """Microseconds since the epoch."""
        return int(self._clock.now() * 1_000_000)


class Admission:
    """Asks for the accesses of one commit, each of which leaves less for the next.

    A decision may be made again, so nothing is taken or counted before it is done.
    """

    __slots__ = ("_meter", "_pending", "_refused")

    def __init__(self, meter: Meter) -> None:
        self._meter = meter
        # Half-units that those who were let in will take.
        self._pending: dict[TokenBucket, int] = {}
        self._refused: list[tuple[Resource, int, bytes]] = []

    def begin(self) -> None:
        """Begins again."""
        self._pending.clear()
        self._refused.clear()

    def write(self, write: Write) -> None:
        """Asks for a write; raises the refusal."""
        meter = self._meter.of(write.table)
        if meter.mode is Mode.ENFORCE:
            self._ask(meter.base, WRITE, write.suffix)

    def decided(self, write: Write, decision: Decision, phases: int = 1) -> None:
        """Asks for the global indexes that a write turned out to change; raises the refusal."""
        meter = self._meter.of(write.table)
        if meter.mode is not Mode.ENFORCE:
            return
        half_units = decision.half_units * phases
        changed: list[tuple[Resource, IndexChange]] = []
        for change in decision.index_changes:
            if change.index.local:
                half_units += change.half_units
            elif change.half_units:
                changed.append((meter.indexes[change.index.number], change))
        for resource, change in changed:
            self._ask(resource, WRITE, _position(change))
        for resource, change in changed:
            self._note(resource, WRITE, _position(change), change.half_units)
        self._note(meter.base, WRITE, write.suffix, half_units)

    def read(self, read: PartRead) -> ServiceError | None:
        """Asks for a read; the refusal if it is refused."""
        meter = self._meter.of(read.table)
        if meter.mode is Mode.ENFORCE:
            try:
                self._ask(meter.base, READ, read.position)
            except ServiceError as refused:
                return refused
            self._note(meter.base, READ, read.position, read.half_units)
        return None

    def count(self) -> None:
        """Counts what was refused, once that is certain."""
        if self._refused:
            now = self._meter.now()
            for resource, kind, position in self._refused:
                resource.throttled(now, kind, position)
            self._refused.clear()

    def _ask(self, resource: Resource, kind: int, position: bytes) -> None:
        now = self._meter.now()
        met = resource.met(now, kind, position)
        if met is None and self._pending:
            met = self._met_together(resource, now, kind, position)
        if met is not None:
            self._refused.append((resource, kind, position))
            raise refusal(resource, kind, met)

    def _met_together(self, resource: Resource, now: int, kind: int, position: bytes) -> Limit | None:
        """The limit that an access meets once all before it have taken theirs."""
        own = resource.buckets[kind]
        if not own.covers(now, self._pending.get(own, 0)):
            return resource.limits[kind]
        partition = resource.partitions.find(position).buckets[kind]
        return None if partition.covers(now, self._pending.get(partition, 0)) else Limit.KEY_RANGE

    def _note(self, resource: Resource, kind: int, position: bytes, half_units: int) -> None:
        for bucket in (resource.buckets[kind], resource.partitions.find(position).buckets[kind]):
            self._pending[bucket] = self._pending.get(bucket, 0) + half_units


def _named(meter: TableMeter, index_name: str | None) -> Resource | None:
    if index_name is None:
        return meter.base
    index = meter.table.index(index_name)
    return None if index is None else meter.indexes.get(index.number)


def _position(change: IndexChange) -> bytes:
    """Where in the index a change is: at the entry that it leaves, if it leaves one."""
    entry = change.new or change.old
    return b"" if entry is None else entry.suffix
