"""What CreateTable asks for, checked in AWS's order and turned into keys and indexes.

Source of the order: the AWS service, as recorded; of the rules: the guide's pages on tables, local and global
secondary indexes.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from kilowatt import limits
from kilowatt.domain.keys.schema import KeyAttribute, KeySchema
from kilowatt.domain.tables.table import PAY_PER_REQUEST, PROVISIONED, Index, Throughput
from kilowatt.domain.tables.tags import Tags, requested_tags, with_tags
from kilowatt.errors import tables as errors

Document = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Definition:
    """The checked content of a CreateTable request."""

    key: KeySchema
    definitions: tuple[KeyAttribute, ...]
    indexes: tuple[Index, ...]
    billing_mode: str
    throughput: Throughput
    tags: Tags


def define(request: Document) -> Definition:
    """The table that `request` (CreateTable's parameters) describes.

    Raises the refusals of `errors.tables`, in the order in which AWS finds them.
    """
    billing_mode = request.get("BillingMode", PROVISIONED)
    throughput = table_throughput(billing_mode, request.get("ProvisionedThroughput"))
    definitions = attribute_types(request.get("AttributeDefinitions", ()))
    elements = request.get("KeySchema", ())
    if len(elements) > len(definitions):
        raise errors.MORE_KEYS_THAN_DEFINITIONS()
    key = _schema(elements, definitions)
    has_indexes = "LocalSecondaryIndexes" in request or "GlobalSecondaryIndexes" in request
    if not has_indexes and set(definitions) != set(key.names):
        raise errors.UNUSED_DEFINITIONS()
    indexes = _indexes(request, key, definitions, billing_mode)
    used = set(key.names).union(*(index.key.names for index in indexes))
    if set(definitions) != used:
        raise errors.UNUSED_DEFINITIONS_WITH_INDEXES(
            definitions=", ".join(definitions), keys=", ".join(sorted(used))
        )
    if billing_mode == PAY_PER_REQUEST:
        _check_warm(request)
    ordered = tuple(KeyAttribute(name, definitions[name]) for name in sorted(definitions))
    tags = with_tags((), requested_tags(request.get("Tags", ())))
    return Definition(key, ordered, indexes, billing_mode, throughput, tags)


def table_throughput(billing_mode: str, requested: Document | None) -> Throughput:
    """The table's throughput for a billing mode; refuses a pair that does not fit."""
    if billing_mode == PAY_PER_REQUEST:
        if requested is not None:
            raise errors.THROUGHPUT_ON_DEMAND()
        return Throughput()
    if requested is None:
        raise errors.THROUGHPUT_REQUIRED()
    return units(requested)


def units(requested: Document) -> Throughput:
    """The units of a ProvisionedThroughput structure, within AWS's bounds."""
    read, write = requested["ReadCapacityUnits"], requested["WriteCapacityUnits"]
    for parameter, value in (("ReadCapacityUnits", read), ("WriteCapacityUnits", write)):
        if value > limits.CAPACITY_UNITS_BOUND:
            raise errors.THROUGHPUT_OUT_OF_BOUNDS(value=value, parameter=parameter)
    return Throughput(read, write)


def attribute_types(elements: Sequence[Document]) -> dict[str, str]:
    """AttributeDefinitions as a mapping of name to type; refuses an attribute that is defined twice."""
    definitions: dict[str, str] = {}
    for element in elements:
        name = element["AttributeName"]
        if name in definitions:
            raise errors.DUPLICATE_DEFINITION(attribute=name)
        definitions[name] = element["AttributeType"]
    return definitions


def _schema(elements: Sequence[Document], definitions: dict[str, str], most: int = 1) -> KeySchema:
    """The key schema of `elements`: up to `most` HASH attributes, then as many RANGE attributes."""
    names = [element["AttributeName"] for element in elements]
    if any(name not in definitions for name in names):
        raise errors.KEYS_NOT_DEFINED(keys=", ".join(names), definitions=", ".join(definitions))
    if len(set(names)) < len(names):
        raise errors.SAME_NAME_TWICE()
    types = [element["KeyType"] for element in elements]
    if not types or types[0] != "HASH":
        raise errors.FIRST_NOT_HASH()
    hashes = types.count("HASH")
    if hashes > most or types[:hashes] != ["HASH"] * hashes or len(types) - hashes > most:
        raise errors.SECOND_NOT_RANGE()
    attributes = tuple(KeyAttribute(name, definitions[name]) for name in names)
    return KeySchema(attributes[:hashes], attributes[hashes:])


def _indexes(
    request: Document, key: KeySchema, definitions: dict[str, str], billing_mode: str
) -> tuple[Index, ...]:
    indexes: list[Index] = []
    local = request.get("LocalSecondaryIndexes")
    if local is not None:
        _check_local(local, key)
        for element in local:
            _append(indexes, _local_index(element, key, definitions, len(indexes) + 1))
        if len(local) > limits.LOCAL_INDEXES:
            raise errors.TOO_MANY_LOCAL_INDEXES()
    globals_ = request.get("GlobalSecondaryIndexes")
    if globals_ is not None:
        if not globals_:
            raise errors.GLOBAL_INDEXES_EMPTY()
        for element in globals_:
            _append(indexes, global_index(element, definitions, billing_mode, len(indexes) + 1))
        if len(globals_) > limits.GLOBAL_INDEXES:
            raise errors.TOO_MANY_GLOBAL_INDEXES()
    if sum(len(index.non_key_attributes) for index in indexes) > limits.PROJECTED_ATTRIBUTES:
        raise errors.TOO_MANY_PROJECTED()
    return tuple(indexes)


def _append(indexes: list[Index], index: Index) -> None:
    if any(other.name == index.name for other in indexes):
        raise errors.DUPLICATE_INDEX(index=index.name)
    indexes.append(index)


def _check_local(elements: Sequence[Document], key: KeySchema) -> None:
    if not elements:
        raise errors.LOCAL_INDEXES_EMPTY()
    if not key.range:
        raise errors.LOCAL_INDEX_NEEDS_RANGE_TABLE()


def _local_index(element: Document, key: KeySchema, definitions: dict[str, str], number: int) -> Index:
    name = element["IndexName"]
    schema = _schema(element["KeySchema"], definitions)
    if not schema.range:
        raise errors.LOCAL_INDEX_NEEDS_RANGE(index=name)
    if schema.hash != key.hash:
        raise errors.LOCAL_INDEX_OTHER_HASH(index=name, key=schema.hash[0].name, table_key=key.hash[0].name)
    projection, attributes = _projection(element["Projection"])
    return Index(name, number, schema, True, projection, attributes)


# A global index may be keyed by up to four partition and four sort attributes.
_GLOBAL_KEY_ATTRIBUTES = 4


def global_index(element: Document, definitions: dict[str, str], billing_mode: str, number: int) -> Index:
    """The global index that `element` describes, under a table's billing mode."""
    name = element["IndexName"]
    schema = _schema(element["KeySchema"], definitions, _GLOBAL_KEY_ATTRIBUTES)
    projection, attributes = _projection(element["Projection"])
    requested = element.get("ProvisionedThroughput")
    if billing_mode == PAY_PER_REQUEST:
        if requested is not None:
            raise errors.INDEX_THROUGHPUT_ON_DEMAND(index=name)
        throughput = Throughput()
    elif requested is None:
        raise errors.INDEX_THROUGHPUT_REQUIRED(index=name)
    else:
        throughput = units(requested)
    return Index(
        name,
        number,
        schema,
        False,
        projection,
        attributes,
        throughput,
        on_demand_limits(element),
        warm_throughput(element),
    )


def _projection(projection: Document) -> tuple[str, tuple[str, ...]]:
    kind = projection.get("ProjectionType")
    attributes = projection.get("NonKeyAttributes")
    if kind is None:
        raise errors.PROJECTION_UNKNOWN()
    if kind != "INCLUDE" and attributes is not None:
        raise errors.PROJECTION_WITH_ATTRIBUTES(type=kind)
    if kind == "INCLUDE" and attributes is None:
        raise errors.PROJECTION_WITHOUT_ATTRIBUTES()
    return kind, tuple(attributes or ())


# What every table and global index on demand is ready for from the start.
_ON_DEMAND_WARM = (
    ("ReadUnitsPerSecond", limits.WARM_READ_UNITS),
    ("WriteUnitsPerSecond", limits.WARM_WRITE_UNITS),
)


def _check_warm(request: Document) -> None:
    """Refuses warm throughput below what a table on demand has anyhow."""
    indexes = request.get("GlobalSecondaryIndexes", ())
    elements = [("table", request), *((f"index {index['IndexName']}", index) for index in indexes)]
    for place, element in elements:
        warm = element.get("WarmThroughput", {})
        for unit, least in _ON_DEMAND_WARM:
            if warm.get(unit, least) < least:
                raise errors.WARM_THROUGHPUT_TOO_LOW(unit=unit, place=place)


def on_demand_limits(element: Document) -> tuple[int | None, int | None] | None:
    """(MaxReadRequestUnits, MaxWriteRequestUnits) of a table or index; -1 and absent mean no limit."""
    requested = element.get("OnDemandThroughput")
    if requested is None:
        return None
    read, write = requested.get("MaxReadRequestUnits", -1), requested.get("MaxWriteRequestUnits", -1)
    if read == write == -1:
        return None
    return (None if read == -1 else read, None if write == -1 else write)


def warm_throughput(element: Document) -> tuple[int | None, int | None] | None:
    """(ReadUnitsPerSecond, WriteUnitsPerSecond) asked for a table or index; None if not asked."""
    requested = element.get("WarmThroughput")
    if requested is None:
        return None
    return requested.get("ReadUnitsPerSecond"), requested.get("WriteUnitsPerSecond")
