"""TableClass, the parameter: its values have a refusal of their own."""

from typing import Any

from kilowatt.errors import tables as errors

STANDARD = "STANDARD"
_CLASSES = (STANDARD, "STANDARD_INFREQUENT_ACCESS")


def check_class(request: dict[str, Any]) -> None:
    """Raises `UNKNOWN_CLASS`."""
    if request.get("TableClass", STANDARD) not in _CLASSES:
        raise errors.UNKNOWN_CLASS(values=", ".join(_CLASSES))
