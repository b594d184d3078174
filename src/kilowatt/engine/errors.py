"""What can go wrong in an engine. The wire's errors are none of its business (see `kilowatt.errors`)."""


class EngineError(Exception):
    """Base of all engine errors."""


class Conflict(EngineError):
    """The transaction lost against others more often than the engine is willing to try again."""


class Busy(EngineError):
    """The engine cannot take more work now; nothing was done."""


class Full(EngineError):
    """No room to write; nothing was done, reads go on."""


class Corrupt(EngineError):
    """Stored bytes are not what was written."""


class Closed(EngineError):
    """The engine is closed or has failed for good; whether a commit under way became durable is unknown."""


class DirectoryLocked(EngineError):
    """Another server holds the data directory."""


class NotADataDirectory(EngineError):
    """The directory holds other things than Kilowatt's data."""


class FormatTooNew(EngineError):
    """The directory was written by a newer version of the data format."""
