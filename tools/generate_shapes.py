"""Writes the modules of src/kilowatt/shapes that hold service models, from those that botocore carries.

    python tools/generate_shapes.py            write the modules
    python tools/generate_shapes.py --check    exit with 1 if a module differs from what would be written

Only what a request can hold is kept: the shapes reachable from the operations' inputs, without documentation.
The server itself never needs botocore.
"""

import argparse
import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import botocore
from botocore.loaders import Loader

SHAPES = Path(__file__).parent.parent / "src" / "kilowatt" / "shapes"
LINE_LENGTH = 110
HEADER = '''"""{title}, as far as requests need {pronoun}.

Written by tools/generate_shapes.py from botocore {version}; do not edit. How to read a row: shapes/schema.py.

Source: {source}.
"""

from typing import Any

# X-Amz-Target prefix -> operation -> name of its input shape.
OPERATIONS: dict[str, dict[str, str]] = {operations}

# Shape name -> row: kind, then what that kind has.
SHAPES: dict[str, tuple[Any, ...]] = {shapes}
'''

Json = dict[str, Any]


@dataclass(frozen=True)
class Module:
    """What goes into a module. `prefix` sets its names apart from those of the others."""

    file: str
    services: tuple[str, ...]
    title: str
    pronoun: str
    source: str
    prefix: str = ""


MODULES = (
    Module(
        "model.py",
        ("dynamodb", "dynamodbstreams"),
        "The service models of DynamoDB and DynamoDB Streams",
        "them",
        "service models of both services, API version 2012-08-10",
    ),
    Module(
        "scaling_model.py",
        ("application-autoscaling",),
        "The service model of Application Auto Scaling",
        "it",
        "the service model, API version 2016-02-06",
        "scaling.",
    ),
)


def main() -> int:
    arguments = argparse.ArgumentParser(description="Generate the tables of request shapes.")
    arguments.add_argument("--check", action="store_true", help="only compare with the modules in the tree")
    check = arguments.parse_args().check
    stale = 0
    for module in MODULES:
        path, text = SHAPES / module.file, generated(module)
        if not check:
            path.write_text(text, encoding="utf-8")
        elif path.read_text(encoding="utf-8") != text:
            print(f"{path} is not what {Path(__file__).name} writes: run it again", file=sys.stderr)
            stale = 1
    return stale


def generated(module: Module) -> str:
    """The text of the module."""
    models = [Loader().load_service_model(service, "service-2") for service in module.services]
    operations = {model["metadata"]["targetPrefix"]: inputs_of(model) for model in models}
    shapes: dict[str, tuple[Any, ...]] = {}
    for model in models:
        for name in reachable(model):
            row = row_of(model["shapes"][name], module.prefix)
            if shapes.setdefault(name, row) != row:
                raise SystemExit(f"the services disagree about the shape {name}")
    return HEADER.format(
        title=module.title,
        pronoun=module.pronoun,
        source=module.source,
        version=botocore.__version__,
        operations=literal({target: prefixed(inputs, module) for target, inputs in operations.items()}),
        shapes=literal({module.prefix + name: row for name, row in sorted(shapes.items())}),
    )


def prefixed(inputs: dict[str, str], module: Module) -> dict[str, str]:
    return {module.prefix + operation: module.prefix + shape for operation, shape in inputs.items()}


def inputs_of(model: Json) -> dict[str, str]:
    return {name: model["operations"][name]["input"]["shape"] for name in sorted(model["operations"])}


def reachable(model: Json) -> set[str]:
    """The names of all shapes that a request of this service can hold."""
    found: set[str] = set()
    waiting = list(inputs_of(model).values())
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting.extend(references(model["shapes"][name]))
    return found


def references(shape: Json) -> Iterator[str]:
    for member in shape.get("members", {}).values():
        yield member["shape"]
    for part in ("member", "key", "value"):
        if part in shape:
            yield shape[part]["shape"]


def row_of(shape: Json, prefix: str) -> tuple[Any, ...]:
    """The row of a shape; `prefix` goes before the names of others."""
    kind, bounds = shape["type"], (shape.get("min"), shape.get("max"))
    if kind == "structure":
        required = shape.get("required", ())
        members = shape["members"].items()
        return kind, tuple((name, prefix + member["shape"], name in required) for name, member in members)
    if kind == "list":
        return kind, prefix + shape["member"]["shape"], *bounds
    if kind == "map":
        return kind, prefix + shape["key"]["shape"], prefix + shape["value"]["shape"], *bounds
    if kind == "string":
        return kind, *bounds, shape.get("pattern"), tuple(shape.get("enum", ()))
    return kind, *bounds


def literal(value: object, indent: int = 0, room: int = LINE_LENGTH) -> str:
    """The value as Python source, broken over lines the way the formatter would break it."""
    line = on_one_line(value)
    if len(line) <= room or not isinstance(value, dict | tuple):
        return line
    blank = " " * (indent + 4)
    inner = LINE_LENGTH - indent - 5
    if isinstance(value, dict):
        heads = [f"{json.dumps(key)}: " for key in value]
        parts = [literal(part, indent + 4, inner - len(heads[i])) for i, part in enumerate(value.values())]
        lines = [f"{blank}{head}{part},\n" for head, part in zip(heads, parts, strict=True)]
        return "{\n" + "".join(lines) + " " * indent + "}"
    lines = [f"{blank}{literal(part, indent + 4, inner)},\n" for part in value]
    return "(\n" + "".join(lines) + " " * indent + ")"


def on_one_line(value: object) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{json.dumps(k)}: {on_one_line(v)}" for k, v in value.items()) + "}"
    if isinstance(value, tuple):
        return "(" + ", ".join(map(on_one_line, value)) + ("," if len(value) == 1 else "") + ")"
    return json.dumps(value) if isinstance(value, str) else repr(value)


if __name__ == "__main__":
    sys.exit(main())
