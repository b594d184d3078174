"""The check of a request against the service model: the first thing that happens to its members.

Types come first, for the whole request (SerializationException), then the model's constraints
(ValidationException). What an attribute value holds is checked later, by `domain/values/accept.py`: an empty
value, one of two types or an unknown type passes here, and values too deeply nested are not even looked at.

Source: the order is recorded on AWS; the service model.
"""

from typing import Any

from kilowatt.errors.wording import Wording
from kilowatt.shapes.constraints import enforce
from kilowatt.shapes.fast import Check, compiled_check
from kilowatt.shapes.schema import input_shape
from kilowatt.shapes.serialization import converted

_CHECKS: dict[str, Check] = {}


def validate(operation: str, request: Any, wording: Wording) -> dict[str, Any]:
    """The request, if the service model allows it, but for the types within items to put.

    Whoever is refused afterwards may have such a type at fault, which comes first: see `validate_exactly`.

    `operation` is one of `OPERATIONS`, `request` what its body's JSON holds, object or not. A plainly good
    request comes back as it is; else the answer is a copy without null and unknown members, with booleans and
    integers where strings and fractions stood for them.

    Raises: UNREADABLE_BODY and the errors of `errors/shapes.py`; KeyError for operations of neither service.
    """
    if is_plainly_good(operation, request):
        plainly_good: dict[str, Any] = request
        return plainly_good
    return validate_exactly(operation, request, wording)


def is_plainly_good(operation: str, request: Any) -> bool:
    """Whether the request needs no exact check; raises KeyError for operations of neither service."""
    check = _CHECKS.get(operation)
    if check is None:
        check = _CHECKS[operation] = compiled_check(operation)
    return check(request)


def validate_exactly(operation: str, request: Any, wording: Wording) -> dict[str, Any]:
    """As `validate`, with all types checked, and always a copy."""
    good = converted(input_shape(operation), request)
    enforce(operation, good, wording)
    return good
