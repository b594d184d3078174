"""What a test wants to know of a refused request."""

from typing import Any

from kilowatt.errors import ServiceError
from kilowatt.errors.wording import Wording
from kilowatt.shapes.validate import validate_exactly


def refused(operation: str, request: Any, wording: Wording = Wording.W2026) -> ServiceError:
    """The refusal of a request; fails the test if the request is accepted."""
    try:
        accepted = validate_exactly(operation, request, wording)
    except ServiceError as error:
        return error
    raise AssertionError(f"{operation} accepted {accepted!r}")


def text(operation: str, request: Any, wording: Wording = Wording.W2026) -> str:
    return refused(operation, request, wording).text


def entries(operation: str, request: Any) -> set[str]:
    """The entries of a refusal in the wording of 2025, whose order AWS does not keep."""
    head, _, listed = text(operation, request, Wording.W2025).partition(" detected: ")
    found = set(listed.split("; "))
    assert head == ("1 validation error" if len(found) == 1 else f"{len(found)} validation errors")
    return found
