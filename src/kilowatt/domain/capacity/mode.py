"""What a server does with capacity: nothing, count it, or hold programs to it.

A tag of the table goes before the server's own setting. So a program can choose through any SDK, and a table
that is to throttle does so on whichever server it is.

Source: ours.
"""

from enum import StrEnum

from kilowatt.domain.tables.tags import CAPACITY_MODE, Tags


class Mode(StrEnum):
    """`observe` meters and counts what would have been throttled, but refuses nothing."""

    OFF = "off"
    OBSERVE = "observe"
    ENFORCE = "enforce"


def mode_of(tags: Tags, default: Mode) -> Mode:
    """The mode of a table with these tags."""
    for key, value in tags:
        if key == CAPACITY_MODE:
            return Mode(value)
    return default
