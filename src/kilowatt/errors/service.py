"""Refusals that are about the server itself rather than the request."""

from kilowatt.errors.base import INTERNAL_SERVER_ERROR, UNKNOWN_OPERATION, ErrorSpec, Stage

NOT_BUILT = ErrorSpec(UNKNOWN_OPERATION, "Kilowatt does not support {operation} yet.", "ours")
INTERNAL_ERROR = ErrorSpec(
    INTERNAL_SERVER_ERROR, "Internal server error", "service model; the text is ours", Stage.EXECUTION
)
STORAGE_FULL = ErrorSpec(
    INTERNAL_SERVER_ERROR,
    "Internal server error: no room to write in the data directory; nothing was written",
    "ours",
    Stage.EXECUTION,
)
CONTENTION = ErrorSpec(
    INTERNAL_SERVER_ERROR,
    "Internal server error: too many writers of the same items; nothing was written",
    "ours",
    Stage.EXECUTION,
)
