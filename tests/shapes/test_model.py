"""The generated table: what the script would write today, and what the rest of the package relies on."""

import subprocess
import sys
from pathlib import Path

import pytest

from kilowatt.shapes import OPERATIONS, scaling_model
from kilowatt.shapes.fast import compiled_check
from kilowatt.shapes.model import SHAPES
from kilowatt.shapes.schema import ATTRIBUTE_VALUE, SCALING, compiled, input_shape, shape

GENERATOR = Path(__file__).parents[2] / "tools" / "generate_shapes.py"
ALL_OPERATIONS = [operation for inputs in OPERATIONS.values() for operation in inputs]
(OF_SCALING,) = scaling_model.OPERATIONS.values()


def test_module_is_what_the_generator_writes() -> None:
    run = subprocess.run(
        [sys.executable, str(GENERATOR), "--check"], capture_output=True, text=True, check=False
    )
    assert run.returncode == 0, run.stderr


def test_operations_of_both_services_are_listed() -> None:
    assert set(OPERATIONS) == {"DynamoDB_20120810", "DynamoDBStreams_20120810"}
    assert {"GetItem", "TransactWriteItems", "ExecuteStatement"} <= OPERATIONS["DynamoDB_20120810"].keys()
    assert set(OPERATIONS["DynamoDBStreams_20120810"]) == {
        "DescribeStream",
        "GetRecords",
        "GetShardIterator",
        "ListStreams",
    }
    assert len(ALL_OPERATIONS) == len(set(ALL_OPERATIONS))


def test_names_of_auto_scaling_are_set_apart() -> None:
    assert all(name.startswith(SCALING) for name in (*OF_SCALING, *scaling_model.SHAPES))
    assert input_shape("TagResource") != input_shape("scaling.TagResource")
    assert len(OF_SCALING) == 14


def test_the_model_of_auto_scaling_is_not_loaded_before_it_is_needed() -> None:
    program = "import sys, kilowatt.app; sys.exit('kilowatt.shapes.scaling_model' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


@pytest.mark.parametrize("operation", [*ALL_OPERATIONS, *OF_SCALING])
def test_every_operation_compiles(operation: str) -> None:
    assert compiled_check(operation)([]) is False


@pytest.mark.parametrize(
    "pattern",
    {row[3] for row in (SHAPES | scaling_model.SHAPES).values() if row[0] == "string"} - {None},
)
def test_every_pattern_compiles(pattern: str) -> None:
    assert compiled(pattern).fullmatch("") is None or pattern.endswith("*")


def test_only_attribute_values_nest() -> None:
    assert [name for name in SHAPES if name in below(name)] == [
        ATTRIBUTE_VALUE,
        "ListAttributeValue",
        "MapAttributeValue",
    ]


def below(name: str) -> set[str]:
    """The names of all shapes that a value of this one can hold."""
    found: set[str] = set()
    waiting = [name]
    while waiting:
        wanted = shape(waiting.pop())
        parts = {member.shape for member in wanted.members} | ({wanted.element} - {""})
        waiting.extend(parts - found)
        found |= parts
    return found
