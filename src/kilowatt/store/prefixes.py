"""What is stored under a prefix of keys, as `store.layout` names them: all of it, or whether there is any.

For kinds of records of which there are few; items are read in steps.
"""

from kilowatt.domain.keys.encoding import successor
from kilowatt.engine.base import Engine, Pair

# More than there are.
_RECORDS = 1 << 30
_BYTES = 1 << 40


async def all_under(engine: Engine, prefix: bytes) -> list[Pair]:
    """The records whose keys begin with `prefix`, in the order of their keys."""
    return await engine.scan(prefix, successor(prefix), _RECORDS, _BYTES)


async def any_under(engine: Engine, prefix: bytes) -> bool:
    """Whether there is a record whose key begins with `prefix`."""
    return bool(await engine.scan(prefix, successor(prefix), 1, 1))
