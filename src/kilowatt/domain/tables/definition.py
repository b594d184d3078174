"""What CreateTable asks for, checked in AWS's order and turned into keys and indexes.

Source of the order: the AWS service, as recorded; of the rules: the guide's pages on tables, local and global
secondary indexes.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, pairwise
from typing import Any
from zlib import crc32

from kilowatt import limits
from kilowatt.domain.keys.schema import KeyAttribute, KeySchema
from kilowatt.domain.tables.on_demand_limits import limits_at_creation
from kilowatt.domain.tables.table import PAY_PER_REQUEST, PROVISIONED, Index
from kilowatt.domain.tables.table_class import check_class
from kilowatt.domain.tables.tags import Tags, requested_tags, with_tags
from kilowatt.domain.tables.throughput import Throughput
from kilowatt.errors import ErrorSpec, shapes
from kilowatt.errors import tables as errors

Document = dict[str, Any]
_INDEX_LISTS = ("LocalSecondaryIndexes", "GlobalSecondaryIndexes")


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
    check_class(request)
    _check_members(request)
    billing_mode = request.get("BillingMode", PROVISIONED)
    throughput = table_throughput(billing_mode, request.get("ProvisionedThroughput"))
    definitions = attribute_types(request.get("AttributeDefinitions", ()))
    elements = request.get("KeySchema", ())
    if len(elements) > len(definitions):
        raise errors.MORE_KEYS_THAN_DEFINITIONS()
    key = _schema(elements, definitions)
    _check_all_used(request, key, definitions)
    indexes = _indexes(request, key, definitions, billing_mode)
    limits_at_creation(request, billing_mode)
    _check_warm(request, billing_mode)
    ordered = tuple(KeyAttribute(name, definitions[name]) for name in sorted(definitions))
    tags = with_tags((), requested_tags(request.get("Tags", ())))
    return Definition(key, ordered, indexes, billing_mode, throughput, tags)


_KEY_ATTRIBUTES = 2


def _check_members(request: Document) -> None:
    """The constraints that are not in the service model any more, and still hold (measured on AWS, 2026-10).

    Raises `errors.shapes.CONSTRAINTS`.
    """
    entries = [*_missing(request), *_too_long(request)]
    if entries:
        plural = "s" if len(entries) > 1 else ""
        raise shapes.CONSTRAINTS(count=len(entries), plural=plural, entries="; ".join(entries))


def _missing(request: Document) -> Iterator[str]:
    if "GlobalTableSourceArn" in request:
        return
    for name, path in (("AttributeDefinitions", "attributeDefinitions"), ("KeySchema", "keySchema")):
        if name not in request:
            yield shapes.ENTRY.format(value="null", path=path, constraint=shapes.NOT_NULL)


def _too_long(request: Document) -> Iterator[str]:
    """Only global indexes may have keys of more than two attributes."""
    keys = [("keySchema", request.get("KeySchema", ()))]
    for number, index in enumerate(request.get("LocalSecondaryIndexes", ()), 1):
        keys.append((f"localSecondaryIndexes.{number}.member.keySchema", index["KeySchema"]))
    for path, elements in keys:
        if len(elements) > _KEY_ATTRIBUTES:
            value = ", ".join(_printed(element) for element in elements)
            constraint = shapes.MAXIMUM_LENGTH.format(bound=_KEY_ATTRIBUTES)
            yield shapes.ENTRY.format(value=f"'[{value}]'", path=path, constraint=constraint)


def _printed(element: Document) -> str:
    """AWS prints the hash of an object in its memory; ours is one of what it says."""
    content = f"{element['AttributeName']} {element['KeyType']}"
    return f"com.amazonaws.dynamodb.v20120810.KeySchemaElement@{crc32(content.encode()):x}"


def _check_all_used(request: Document, key: KeySchema, definitions: dict[str, str]) -> None:
    """Refuses definitions of attributes that are keys of nothing, before it is looked at any index."""
    indexes = [request[name] for name in _INDEX_LISTS if name in request]
    if not indexes:
        if set(definitions) != set(key.names):
            raise errors.UNUSED_DEFINITIONS()
        return
    elements = [element for index in chain(*indexes) for element in index["KeySchema"]]
    used = {*key.names, *(element["AttributeName"] for element in elements)}
    if not used.issuperset(definitions):
        raise errors.UNUSED_DEFINITIONS_WITH_INDEXES(
            definitions=", ".join(definitions), keys=", ".join(sorted(used))
        )


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


def _schema(elements: Sequence[Document], definitions: dict[str, str]) -> KeySchema:
    """The key schema of a table or local index: a HASH attribute, and perhaps a RANGE attribute."""
    names = _key_names(elements, definitions, errors.SAME_NAME_TWICE)
    types = [element["KeyType"] for element in elements]
    if not types or types[0] != "HASH":
        raise errors.FIRST_NOT_HASH()
    if types[1:] not in ([], ["RANGE"]):
        raise errors.SECOND_NOT_RANGE()
    attributes = tuple(KeyAttribute(name, definitions[name]) for name in names)
    return KeySchema(attributes[:1], attributes[1:])


# A global index may be keyed by up to four partition and four sort attributes.
_GLOBAL_KEY_ATTRIBUTES = 4


def _global_schema(elements: Sequence[Document], definitions: dict[str, str]) -> KeySchema:
    """The key schema of a global index: HASH attributes, then perhaps RANGE attributes."""
    names = _key_names(elements, definitions, errors.INDEX_SAME_NAME_TWICE)
    types = [element["KeyType"] for element in elements]
    if not types or types[0] != "HASH":
        raise errors.FIRST_NOT_HASH()
    hashes = types.count("HASH")
    if types[:hashes] != ["HASH"] * hashes:
        raise errors.HASH_AFTER_RANGE()
    for type_ in ("HASH", "RANGE"):
        if types.count(type_) > _GLOBAL_KEY_ATTRIBUTES:
            raise errors.TOO_MANY_KEY_ATTRIBUTES(type=type_)
    attributes = tuple(KeyAttribute(name, definitions[name]) for name in names)
    return KeySchema(attributes[:hashes], attributes[hashes:])


def _key_names(elements: Sequence[Document], definitions: dict[str, str], twice: ErrorSpec) -> list[str]:
    names = [element["AttributeName"] for element in elements]
    if any(name not in definitions for name in names):
        raise errors.KEYS_NOT_DEFINED(keys=", ".join(names), definitions=", ".join(definitions))
    if len(set(names)) < len(names):
        raise twice()
    return names


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


def global_index(element: Document, definitions: dict[str, str], billing_mode: str, number: int) -> Index:
    """The global index of a CreateTable that `element` describes, under the table's billing mode."""
    units_of_index = (errors.INDEX_THROUGHPUT_ON_DEMAND, errors.INDEX_THROUGHPUT_REQUIRED)
    return described_global_index(element, definitions, billing_mode, number, units_of_index)


def described_global_index(
    element: Document,
    definitions: dict[str, str],
    billing_mode: str,
    number: int,
    refusals: tuple[ErrorSpec, ErrorSpec],
) -> Index:
    """The global index that `element` describes.

    `refusals` are for throughput of an index on demand, and for none of a provisioned one.
    """
    name = element["IndexName"]
    schema = _global_schema(element["KeySchema"], definitions)
    projection, attributes = _projection(element["Projection"])
    requested = element.get("ProvisionedThroughput")
    superfluous, missing = refusals
    if billing_mode == PAY_PER_REQUEST:
        if requested is not None:
            raise superfluous(index=name)
        throughput = Throughput()
    elif requested is None:
        raise missing(index=name)
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
        limits_at_creation(element, billing_mode, name),
        warm_throughput(element),
    )


def _projection(projection: Document) -> tuple[str, tuple[str, ...]]:
    """The type, and the attributes that it names, in the order in which AWS describes them."""
    kind = projection.get("ProjectionType")
    attributes = projection.get("NonKeyAttributes")
    if kind is None:
        raise errors.PROJECTION_UNKNOWN()
    if kind != "INCLUDE" and attributes is not None:
        raise errors.PROJECTION_WITH_ATTRIBUTES(type=kind)
    if kind == "INCLUDE" and attributes is None:
        raise errors.PROJECTION_WITHOUT_ATTRIBUTES()
    ordered = sorted(attributes or ())
    for attribute, following in pairwise(ordered):
        if attribute == following:
            raise errors.DUPLICATE_PROJECTED(attribute=attribute)
    return kind, tuple(ordered)


# What every table and global index on demand is ready for from the start.
_ON_DEMAND_WARM = (
    ("ReadUnitsPerSecond", limits.WARM_READ_UNITS),
    ("WriteUnitsPerSecond", limits.WARM_WRITE_UNITS),
)
_PROVISIONED_WARM = (
    ("ReadUnitsPerSecond", "ReadCapacityUnits"),
    ("WriteUnitsPerSecond", "WriteCapacityUnits"),
)


def _check_warm(request: Document, billing_mode: str) -> None:
    """Refuses warm throughput below what a table or global index has anyhow."""
    indexes = request.get("GlobalSecondaryIndexes", ())
    elements = [("table", request), *((f"index {index['IndexName']}", index) for index in indexes)]
    check = _check_warm_on_demand if billing_mode == PAY_PER_REQUEST else _check_warm_provisioned
    for place, element in elements:
        check(place, element)


def _check_warm_on_demand(place: str, element: Document) -> None:
    warm = element.get("WarmThroughput", {})
    for unit, least in _ON_DEMAND_WARM:
        if warm.get(unit, least) < least:
            raise errors.WARM_THROUGHPUT_TOO_LOW(unit=unit, place=place)


def _check_warm_provisioned(place: str, element: Document) -> None:
    warm, provisioned = element.get("WarmThroughput", {}), element["ProvisionedThroughput"]
    for unit, capacity in _PROVISIONED_WARM:
        if warm.get(unit, provisioned[capacity]) < provisioned[capacity]:
            raise errors.WARM_THROUGHPUT_BELOW_UNITS(unit=unit, place=place, provisioned=capacity)


def warm_throughput(element: Document) -> tuple[int | None, int | None] | None:
    """(ReadUnitsPerSecond, WriteUnitsPerSecond) asked for a table or index; None if not asked."""
    requested = element.get("WarmThroughput")
    if not requested:
        return None
    return requested.get("ReadUnitsPerSecond"), requested.get("WriteUnitsPerSecond")
