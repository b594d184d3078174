"""DescribePartitions, which AWS does not have: the partitions of a table or global index, and their heat."""

from typing import Any

from kilowatt import limits
from kilowatt.domain.capacity.partitions import HASH_BYTES, Divided, Partition
from kilowatt.domain.capacity.resource import Resource
from kilowatt.domain.capacity.units import WHOLE_UNIT
from kilowatt.domain.keys.schema import KeySchema
from kilowatt.domain.tables.keys import key_ends, key_of_suffix
from kilowatt.operations.answer import document
from kilowatt.operations.context import Context
from kilowatt.operations.global_part import named_index, names

_MILLION = 1_000_000


async def describe_partitions(context: Context, request: dict[str, Any]) -> bytes:
    """The partitions that the meter has, in the order of their ranges, and those that were divided.

    A range begins at a hash, or within an item collection at a key. Heat is the share of a partition's
    limits, 3,000 reads and 1,000 writes a second, that was used over the last 10 to 20 seconds.
    """
    table = await context.described(request["TableName"])
    index = named_index(table, request)
    meter = context.services.meter.of(table)
    resource = meter.resource(index)
    now, key = context.services.meter.now(), resource.part.key
    map_ = resource.partitions
    return document(
        {
            **names(table, index),
            "CapacityMode": meter.mode,
            "Partitions": [_described(one, resource, key, now) for one in map_.partitions],
            "DividedPartitions": [
                {**_place(one, key), "ClosedDateTime": one.closed / _MILLION} for one in map_.divided
            ],
        }
    )


def _described(partition: Partition, resource: Resource, key: KeySchema, now: int) -> dict[str, Any]:
    reads, writes = (half_units / WHOLE_UNIT for half_units in resource.traffic(partition, now))
    heat = max(reads / limits.PARTITION_READ_UNITS, writes / limits.PARTITION_WRITE_UNITS)
    return {
        **_place(partition, key),
        "ReadUnitsPerSecond": round(reads, 3),
        "WriteUnitsPerSecond": round(writes, 3),
        "Heat": round(heat, 6),
    }


def _place(partition: Partition | Divided, key: KeySchema) -> dict[str, Any]:
    start = partition.start or bytes(HASH_BYTES)
    place: dict[str, Any] = {"Number": partition.number}
    if partition.parent is not None:
        place["Parent"] = partition.parent
    place["RangeStart"] = start.hex()
    if len(start) > HASH_BYTES:
        place["RangeStartKey"] = key_of_suffix(key, start[: max(key_ends(key, start))])
    return {**place, "OpenedDateTime": partition.opened / _MILLION}
