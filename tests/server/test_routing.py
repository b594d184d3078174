"""The operation table against the service model and the files that hold the operations."""

import inspect

from kilowatt.server import routing
from kilowatt.shapes import own
from kilowatt.shapes.model import OPERATIONS


def test_every_operation_of_the_service_model_is_in_the_table_once() -> None:
    for prefix, operations in OPERATIONS.items():
        listed = routing.BUILT[prefix] + routing.NOT_BUILT_YET[prefix]
        assert sorted(listed) == sorted(operations)


def test_kilowatts_own_operations_are_all_there() -> None:
    for prefix, operations in own.OPERATIONS.items():
        assert sorted(routing.BUILT[prefix]) == sorted(operations)


def test_every_built_operation_loads_and_takes_a_context_and_a_request() -> None:
    loaded = list(routing.load_in_turn())
    assert loaded == [name for names in routing.BUILT.values() for name in names]
    for prefix, names in routing.BUILT.items():
        for name in names:
            routed = routing.route(f"{prefix}.{name}".encode())
            assert routed is not None
            assert routed[0] == name
            assert inspect.iscoroutinefunction(routed[1])
            assert len(inspect.signature(routed[1]).parameters) == 2


def test_what_is_not_built_is_known_without_a_function() -> None:
    assert routing.route(b"DynamoDB_20120810.CreateBackup") == ("CreateBackup", None)


def test_unknown_targets_have_no_route() -> None:
    for target in (None, b"", b"GetItem", b"DynamoDB_20120810.", b"DynamoDBStreams_20120810.GetItem"):
        assert routing.route(target) is None
