"""Descriptor records: what is written is read back, and those of before are still read."""

from dataclasses import replace
from typing import Any

import orjson

from kilowatt.domain.keys.schema import KeyAttribute, KeySchema
from kilowatt.domain.tables.table import Index, Table, Transition, Work, from_document, to_document
from kilowatt.domain.tables.throughput import Throughput

KEY = KeySchema((KeyAttribute("pk", "S"),), ())
INDEX = Index("idx", 1, KEY, False, "ALL", throughput=Throughput(1, 2, 3.0, 4.0, 5))


def table(**fields: Any) -> Table:
    start = Table("t", "0", "r", 1, "id", 1.0, KEY, KEY.hash, indexes=(INDEX,), throughput=INDEX.throughput)
    return from_document({**to_document(start), **fields}, b"")


def test_a_transition_is_read_back() -> None:
    way = Transition(
        "UPDATING",
        9.0,
        ((0, INDEX.throughput),),
        (1,),
        False,
        Work.CLASS,
        2,
        INDEX,
        ("STANDARD", (1.0,)),
    )
    written = orjson.dumps(to_document(replace(table(), transition=way)))
    assert from_document(orjson.loads(written), written).transition == way


def test_a_record_of_before_is_read() -> None:
    """Throughput had a sixth number, and transitions did not tell what is under way."""
    units = [1, 2, 3.0, 4.0, 5, 3]
    way = {"status": "UPDATING", "until": 9.0, "throughputs": [[0, units]], "indexes": [1], "switches": True}
    read = table(throughput=units, transition=way)
    assert read.throughput == INDEX.throughput
    assert read.transition == Transition(
        "UPDATING", 9.0, ((0, INDEX.throughput),), (1,), True, work=Work.UNITS
    )
