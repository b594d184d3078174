"""What the engine over PostgreSQL keeps in which table, and the statements that it runs.

The dialect is what PostgreSQL, YugabyteDB and CockroachDB share: no sequences, triggers, LISTEN or advisory
locks. A key is bytes, and an entry of an index has at most 2.7 KB; so a key is kept as

    head        its first 2,400 bytes
    tail_hash   16 bytes of a hash of what follows; empty if nothing does
    tail        what follows

and (head, tail) has the order of the keys. Only a key of some thousand bytes has a tail.
"""

from collections.abc import Iterable
from functools import cache
from hashlib import blake2b

FORMAT_VERSION = 1

HEAD_BYTES = 2400
_TAIL_HASH_BYTES = 16

# `version` tells two values of a record apart: each commit has a number of its own.
# The total of a counter is the sum of its parts: each server adds to one of them, so that they do not wait
# for each other.
# The token of a commit says that it happened, or that it never will: see `postgres_batch`.
SCHEMA = (
    "CREATE TABLE IF NOT EXISTS kilowatt_format (only_one boolean PRIMARY KEY, version int NOT NULL)",
    "CREATE TABLE IF NOT EXISTS kilowatt_records ("
    "head bytea NOT NULL, tail_hash bytea NOT NULL, tail bytea NOT NULL, version bigint NOT NULL,"
    " value bytea NOT NULL, PRIMARY KEY (head, tail_hash))",
    "CREATE TABLE IF NOT EXISTS kilowatt_counters ("
    "counter bytea NOT NULL, part int NOT NULL, element int NOT NULL, total bigint NOT NULL,"
    " PRIMARY KEY (counter, part, element))",
    "CREATE TABLE IF NOT EXISTS kilowatt_logs (log bytea PRIMARY KEY, last bigint NOT NULL)",
    "CREATE TABLE IF NOT EXISTS kilowatt_log_records ("
    "log bytea NOT NULL, number bigint NOT NULL, record bytea NOT NULL, PRIMARY KEY (log, number))",
    "CREATE TABLE IF NOT EXISTS kilowatt_commits ("
    "minute bigint NOT NULL, token bytea NOT NULL, happened boolean NOT NULL, PRIMARY KEY (minute, token))",
)
SET_FORMAT = "INSERT INTO kilowatt_format VALUES (true, $1) ON CONFLICT (only_one) DO NOTHING"
GET_FORMAT = "SELECT version FROM kilowatt_format"

GET = (
    "SELECT k.place, r.value, r.version"
    " FROM unnest($1::bytea[], $2::bytea[], $3::int[]) AS k (head, tail_hash, place)"
    " JOIN kilowatt_records r ON r.head = k.head AND r.tail_hash = k.tail_hash"
)
GET_ONE = "SELECT value, version FROM kilowatt_records WHERE head = $1 AND tail_hash = $2"

COUNTERS = (
    "SELECT c.counter, c.element, sum(c.total) AS total FROM kilowatt_counters c"
    " WHERE c.counter = ANY ($1::bytea[]) GROUP BY c.counter, c.element"
)

# A page: of at most $3 records those up to the one that brings the sum of their lengths to $4.
_PAGE = (
    "SELECT head, tail, value FROM ("
    "SELECT head, tail, value, sum(length(value)) OVER (ORDER BY {order} ROWS UNBOUNDED PRECEDING)"
    " - length(value) AS before FROM ("
    "SELECT head, tail, value FROM kilowatt_records WHERE {within} ORDER BY {order} LIMIT $3"
    ") AS bounded) AS measured WHERE before < $4 ORDER BY {order}"
)
LOG = (
    "SELECT number, record FROM ("
    "SELECT number, record, sum(length(record)) OVER (ORDER BY number ROWS UNBOUNDED PRECEDING)"
    " - length(record) AS before FROM ("
    "SELECT number, record FROM kilowatt_log_records WHERE log = $1 AND number > $2 ORDER BY number LIMIT $3"
    ") AS bounded) AS measured WHERE before < $4 ORDER BY number"
)
LAST = "SELECT last FROM kilowatt_logs WHERE log = $1"
TRIM = "DELETE FROM kilowatt_log_records WHERE log = $1 AND number <= $2"

# Whoever inserts a token first has decided. This waits for a commit that is under way. It writes in any case:
# what happened on the primary alone would be lost with it, and a write waits for the standby that gets both.
HAPPENED = (
    "INSERT INTO kilowatt_commits AS c VALUES ($1, $2, false)"
    " ON CONFLICT (minute, token) DO UPDATE SET happened = c.happened RETURNING happened"
)
MINUTE = "SELECT (extract(epoch FROM now()) / 60)::float8"
FORGET_COMMITS = "DELETE FROM kilowatt_commits WHERE minute < $1"


def split(key: bytes) -> tuple[bytes, bytes]:
    """Where a record is: its head and tail hash."""
    if len(key) <= HEAD_BYTES:
        return key, b""
    return key[:HEAD_BYTES], blake2b(key[HEAD_BYTES:], digest_size=_TAIL_HASH_BYTES).digest()


def tail(key: bytes) -> bytes:
    return key[HEAD_BYTES:]


@cache
def page(long_start: bool, long_end: bool, tails: bool, reverse: bool) -> str:
    """A page of a range: $1 and $2 are the heads of its bounds, $3 and $4 its limits in records and bytes.

    The tails of long bounds are further parameters, that of the start first. Without `tails` records of one
    head come in any order, which is theirs only if there is one.
    """
    columns = ("head", "tail") if tails else ("head",)
    order = ", ".join(f"{column} DESC" if reverse else column for column in columns)
    return _PAGE.format(within=_within(long_start, long_end, 5), order=order)


@cache
def range_delete(long_start: bool, long_end: bool) -> str:
    """Deletes a range, but for what commit $3 itself has put there; other parameters as those of a page."""
    within = _within(long_start, long_end, 4)
    return f"DELETE FROM kilowatt_records WHERE {within} AND version <> $3"  # noqa: S608 - of what stands here


def _within(long_start: bool, long_end: bool, first: int) -> str:
    """The condition of being in a range, whose heads are $1 and $2; the tails come from $`first` on."""
    number = iter((first, first + 1))
    within = "head >= $1"
    if long_start:
        within += f" AND (head > $1 OR tail >= ${next(number)})"
    if long_end:
        return within + f" AND head <= $2 AND (head < $2 OR tail < ${next(number)})"
    return within + " AND head < $2"


READS = "reads"
PUTS = "puts"
DELETES = "deletes"
APPENDS = "appends"
ADDS = "adds"

# The parts of a commit: the columns of its parameter, and what is done with them. Whatever is written is
# written only if nothing was found `stale`.
_PARTS = {
    READS: (
        "head bytea, tail_hash bytea, version bigint",
        "stale AS (SELECT 1 FROM {rows} LEFT JOIN kilowatt_records r"
        " ON r.head = k.head AND r.tail_hash = k.tail_hash"
        " WHERE r.version IS DISTINCT FROM k.version LIMIT 1)",
    ),
    PUTS: (
        "head bytea, tail_hash bytea, tail bytea, value bytea",
        "put AS (INSERT INTO kilowatt_records (head, tail_hash, tail, version, value)"
        " SELECT k.head, k.tail_hash, k.tail, $1, k.value FROM {rows} WHERE NOT EXISTS (SELECT 1 FROM stale)"
        " ON CONFLICT (head, tail_hash) DO UPDATE SET version = excluded.version, value = excluded.value)",
    ),
    DELETES: (
        "head bytea, tail_hash bytea",
        "deleted AS (DELETE FROM kilowatt_records r USING {rows}"
        " WHERE r.head = k.head AND r.tail_hash = k.tail_hash AND NOT EXISTS (SELECT 1 FROM stale))",
    ),
    APPENDS: (
        "log bytea, back bigint, record bytea",
        "numbered AS (INSERT INTO kilowatt_logs (log, last)"
        " SELECT k.log, count(*) FROM {rows} WHERE NOT EXISTS (SELECT 1 FROM stale) GROUP BY k.log"
        " ON CONFLICT (log) DO UPDATE SET last = kilowatt_logs.last + excluded.last RETURNING log, last),"
        " appended AS (INSERT INTO kilowatt_log_records (log, number, record)"
        " SELECT k.log, n.last - k.back, k.record FROM {rows} JOIN numbered n ON n.log = k.log)",
    ),
    ADDS: (
        "counter bytea, part int, element int, delta bigint",
        "added AS (INSERT INTO kilowatt_counters (counter, part, element, total)"
        " SELECT k.counter, k.part, k.element, k.delta FROM {rows} WHERE NOT EXISTS (SELECT 1 FROM stale)"
        " ON CONFLICT (counter, part, element)"
        " DO UPDATE SET total = kilowatt_counters.total + excluded.total)",
    ),
}


@cache
def commit(parts: frozenset[str]) -> str:
    """The statement that commits what has these parts; true if it did, false if a read is stale.

    $1 is the number of the commit, $2 and $3 its token; then an array for each column of each part, in the
    order of `_PARTS`.
    """
    number = 4
    steps = []
    for part, (columns, step) in _PARTS.items():
        if part not in parts:
            continue
        names, types = zip(*(column.split() for column in columns.split(", ")), strict=True)
        arrays = ", ".join(f"${number + place}::{kind}[]" for place, kind in enumerate(types))
        number += len(types)
        steps.append(step.format(rows=f"unnest({arrays}) AS k ({', '.join(names)})"))
    if READS not in parts:
        steps.insert(0, "stale AS (SELECT 1 WHERE false)")
    steps.append(
        "token AS (INSERT INTO kilowatt_commits (minute, token, happened)"
        " SELECT $2::bigint, $3::bytea, true WHERE NOT EXISTS (SELECT 1 FROM stale))"
    )
    steps.append("done AS (SELECT NOT EXISTS (SELECT 1 FROM stale) AS committed, $1::bigint AS number)")
    return f"WITH {', '.join(steps)} SELECT committed, number FROM done"  # noqa: S608 - of what stands here


def columns(rows: Iterable[tuple[object, ...]], width: int) -> list[list[object]]:
    """Rows as the arrays that a part's parameters are."""
    turned = [list(column) for column in zip(*rows, strict=True)]
    return turned or [[] for _ in range(width)]
