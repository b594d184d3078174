"""NextToken: where a SELECT goes on, bound to the statement and its parameters.

    base64( version 1 B | digest of statement and parameters 16 B | LastEvaluatedKey as JSON )

Source: the format is ours; AWS's is opaque.
"""

from base64 import b64decode, b64encode
from binascii import Error as Base64Error
from collections.abc import Sequence
from hashlib import blake2b

import orjson

from kilowatt.domain.values.accept import accept_item
from kilowatt.domain.values.types import AttributeValue, Item
from kilowatt.errors import ServiceError
from kilowatt.errors import partiql as errors

_VERSION = b"\x01"
_DIGEST_BYTES = 16


def write_token(statement: str, parameters: Sequence[AttributeValue], last: Item) -> str:
    """The token of a page that ended at the key `last`."""
    token = _VERSION + _digest(statement, parameters) + orjson.dumps(last)
    return b64encode(token).decode()


def read_token(token: str, statement: str, parameters: Sequence[AttributeValue]) -> Item:
    """The key that a token of this request holds; whether it fits the table is the caller's to check.

    Raises: INVALID_NEXT_TOKEN, NEXT_TOKEN_OF_ANOTHER.
    """
    try:
        data = b64decode(token.encode(), validate=True)
        digest, key = data[1 : 1 + _DIGEST_BYTES], orjson.loads(data[1 + _DIGEST_BYTES :])
    except (Base64Error, UnicodeEncodeError, orjson.JSONDecodeError) as error:
        raise errors.INVALID_NEXT_TOKEN() from error
    if data[:1] != _VERSION or b64encode(data).decode() != token or not isinstance(key, dict):
        raise errors.INVALID_NEXT_TOKEN()
    if digest != _digest(statement, parameters):
        raise errors.NEXT_TOKEN_OF_ANOTHER()
    try:
        accept_item(key)
    except ServiceError as error:
        raise errors.INVALID_NEXT_TOKEN() from error
    return key


def _digest(statement: str, parameters: Sequence[AttributeValue]) -> bytes:
    content = orjson.dumps([statement, parameters], option=orjson.OPT_SORT_KEYS)
    return blake2b(content, digest_size=_DIGEST_BYTES).digest()
