"""Ways to spoil a request, on four levels: HTTP bytes, JSON text, JSON values, expressions; and sizes.

Each takes a `random.Random` and gives an operation's name and bytes, so that a seed repeats it.
"""

import json
import random
from base64 import b64encode
from collections.abc import Callable
from copy import deepcopy
from typing import Any

from tests.faults.wire import http_request
from tests.fuzz.requests import ITEM, KEY, REQUESTS, TABLE, Request

Chance = random.Random
Mutation = Callable[[Chance], bytes]
"""Draws the bytes of one request."""


def _request(chance: Chance) -> tuple[str, Request]:
    operation, request = chance.choice(REQUESTS)
    return operation, deepcopy(request)


def _bytes_of(operation: str, request: Any) -> bytes:
    return http_request(operation, json.dumps(request, ensure_ascii=False).encode("utf-8", "surrogatepass"))


# -- HTTP

_SNIPPETS = [
    b"\r\n",
    b"\r\n\r\n",
    b"\0",
    b"\xff",
    b": ",
    b"HTTP/1.1",
    b"Content-Length: 5\r\n",
    b"Content-Length: -1\r\n",
    b"Content-Length: 99999999999999999999\r\n",
    b"Transfer-Encoding: chunked\r\n",
    b"Content-Encoding: gzip\r\n",
    b"Expect: 100-continue\r\n",
    b"Connection: close\r\n",
    b"X-Amz-Target: DynamoDB_20120810.Nothing\r\n",
    b"X-Amz-Target: \xff\r\n",
    b"Authorization: AWS4-HMAC-SHA256 Credential=\r\n",
    b"A: " + b"a" * 70_000 + b"\r\n",
    b"Origin: x\r\n",
]


def http_bytes(chance: Chance) -> bytes:
    """Good requests with bytes cut out, put in and changed; the connection ends after them."""
    data = bytearray(b"".join(_bytes_of(*_request(chance)) for _ in range(chance.choice([1, 1, 1, 3]))))
    for _ in range(chance.randint(1, 4)):
        # Mostly in the head: the body has fuzz tests of its own.
        place = (
            chance.randrange(len(data)) if chance.random() < 0.2 else chance.randrange(min(len(data), 450))
        )
        match chance.randrange(5):
            case 0:
                data[place:place] = chance.choice(_SNIPPETS)
            case 1:
                del data[place : place + chance.randint(1, 40)]
            case 2:
                data[place] = chance.randrange(256)
            case 3:
                data[place:place] = chance.randbytes(chance.randint(1, 20))
            case _:
                line = data.find(b"\r\n", place) + 2
                data[line:line] = chance.choice(_SNIPPETS)
    return bytes(data[: chance.randrange(1, len(data) + 1)]) if chance.random() < 0.1 else bytes(data)


# -- JSON text

_TEXTS = [
    b"\xff",
    b"\xc0\x80",
    b"\xed\xa0\x80",
    b"\\ud800",
    b"\\udc00\\ud800",
    b"\\u0000",
    b"\0",
    b"\n",
    b"\\x",
    b'"',
    b"{",
    b"}",
    b"[",
    b"]",
    b",",
    b":",
    b"null",
    b"NaN",
    b"-Infinity",
    b"1e400",
    b"-0",
    b"01",
    b"1" * 5_000,
    b"1." + b"3" * 400,
    b"1e" + b"9" * 30,
    b"// comment\n",
    b"\xef\xbb\xbf",
    b"'",
    b"18446744073709551616",
    b"-9223372036854775809",
]
_DEPTHS = [(b"[", b"]"), (b'{"a":', b"}"), (b'{"M":{"a":', b"}}"), (b'{"L":[', b"]}")]


def json_text(chance: Chance) -> bytes:
    """Text that is hardly JSON any more."""
    operation, request = _request(chance)
    data = json.dumps(request, ensure_ascii=chance.random() < 0.5).encode()
    for _ in range(chance.randint(1, 3)):
        data = _spoiled(chance, data)
    return http_request(operation, data)


def _spoiled(chance: Chance, data: bytes) -> bytes:
    place = chance.randrange(len(data) + 1)
    match chance.randrange(6):
        case 0:
            return data[:place]
        case 1:
            return data[:place] + chance.choice(_TEXTS) + data[place:]
        case 2:
            return data[:place] + chance.choice(_TEXTS) + data[place + chance.randint(1, 10) :]
        case 3:
            return _with_depth(chance, data)
        case 4:
            # A member twice.
            return (
                data[:1]
                + b'"TableName":'
                + chance.choice([b'"fuzz"', b"null", b"7", b"[]"])
                + b","
                + data[1:]
            )
        case _:
            return data[:place] + chance.randbytes(chance.randint(1, 8)) + data[place:]


def _with_depth(chance: Chance, data: bytes) -> bytes:
    """Something nested very deeply in the place of some value."""
    before, after = chance.choice(_DEPTHS)
    levels = chance.choice([31, 33, 200, 1_000, 10_000, 100_000])
    deep = before * levels + b"1" + after * (levels if chance.random() < 0.8 else 0)
    places = [place for place in range(len(data)) if data[place : place + 1] in {b"{", b'"', b"["}]
    if not places:
        return deep
    place = chance.choice(places)
    return data[:place] + deep + data[place + 1 :] if chance.random() < 0.5 else deep


# -- JSON values

_VALUES: list[Any] = [
    None,
    True,
    False,
    0,
    -1,
    1,
    2**31,
    2**63,
    -(2**63) - 1,
    10**30,
    1.5,
    -0.0,
    1e300,
    "",
    "a",
    " ",
    "\0",
    "\ud800",
    "é",
    "🦊",
    "1",
    "AQ==",
    "AQ=",
    "=",
    "true",
    "HASH",
    "BEGINS_WITH",
    "ADD",
    "x" * 300,
    "x" * 70_000,
    [],
    [None],
    [[]],
    {},
    {"": {}},
    {"S": "a"},
    {"S": None},
    {"S": 1},
    {"N": "1"},
    {"N": 1},
    {"N": ""},
    {"N": "1e999999999"},
    {"N": "-1e-999999999"},
    {"N": "9" * 39},
    {"N": "0" * 5000},
    {"N": "1_000"},
    {"N": "١"},
    {"N": "NaN"},
    {"N": "Infinity"},
    {"N": "+1"},
    {"N": " 1"},
    {"B": "AQ"},
    {"B": 7},
    {"B": "é"},
    {"B": ""},
    {"SS": []},
    {"SS": ["a", "a"]},
    {"SS": [None]},
    {"NS": ["1", "1.0"]},
    {"NS": [1]},
    {"BS": ["AQ==", "AQ=="]},
    {"L": None},
    {"L": [{}]},
    {"M": {"a": {}}},
    {"M": {"": {"S": ""}}},
    {"NULL": False},
    {"NULL": "true"},
    {"BOOL": "true"},
    {"BOOL": None},
    {"S": "a", "N": "1"},
    {"X": "a"},
    ITEM,
    KEY,
]
_NAMES = ["S", "N", "B", "SS", "NS", "BS", "L", "M", "NULL", "BOOL"]
_NAMES += ["", "#a", ":a", "Key", "Item", "TableName", "\0"]


def json_values(chance: Chance) -> bytes:
    """Good JSON with wrong members and types at random places."""
    operation, request = _request(chance)
    if chance.random() < 0.05:
        return _bytes_of(operation, chance.choice(_VALUES))
    if chance.random() < 0.05:
        operation = chance.choice(REQUESTS)[0]
    for _ in range(chance.choice([1, 1, 1, 2, 4])):
        parent, place = chance.choice(_places(request))
        _change(chance, parent, place)
    return _bytes_of(operation, request)


def _places(document: Any) -> list[tuple[Any, Any]]:
    """Every (container, key or index) in the document."""
    entries = document.items() if isinstance(document, dict) else enumerate(document)
    found = []
    for place, content in entries:
        found.append((document, place))
        if isinstance(content, dict | list):
            found += _places(content)
    return found or [({"": None}, "")]


def _change(chance: Chance, parent: Any, place: Any) -> None:
    match chance.randrange(6):
        case 0:
            del parent[place]
        case 1 if isinstance(parent, dict):
            parent[chance.choice(_NAMES)] = parent.pop(place)
        case 2 if isinstance(parent, dict):
            parent[chance.choice(_NAMES)] = deepcopy(chance.choice(_VALUES))
        case 3 if isinstance(parent, list) and len(parent) < 100:
            parent *= chance.choice([2, 30, 200])
        case 4:
            parent[place] = chance.choice([[parent[place]], {"a": parent[place]}, {"L": [parent[place]]}])
        case _:
            parent[place] = deepcopy(chance.choice(_VALUES))


# -- expressions

_WORDS = r"""
SET REMOVE ADD DELETE AND OR NOT BETWEEN IN size contains begins_with if_not_exists list_append foo
attribute_exists attribute_not_exists attribute_type ( ) [ ] . , = <> < <= > >= + - * / # $ % & !
[0] [99999999999999999999] [-1] a number list map.x map.y.z list[2] #n #t #missing :low :a :missing
pk sk size(list) attribute_exists(a) contains(list,:a) if_not_exists(a,:low) 1 'a' é 🦊 select name
" \ ; ~ ` | ? @ ^ { } : date set
"""
_TOKENS = [*_WORDS.split(), "\0", "\t", "\n", "\u00a0", "\u2028"]
_REPEATED = ["(", "NOT ", "a.", "a[0]", "a = :a AND ", "a, ", "size("]
_MEMBERS = [
    "ConditionExpression",
    "UpdateExpression",
    "FilterExpression",
    "KeyConditionExpression",
    "ProjectionExpression",
    "Statement",
]


def expressions(chance: Chance) -> bytes:
    """Good requests whose expressions are spoiled, made of random tokens, or very deep."""
    operation, request = _request(chance)
    members = [name for name in _MEMBERS if name in request]
    while not members:
        operation, request = _request(chance)
        members = [name for name in _MEMBERS if name in request]
    for name in members:
        if chance.random() < 0.8:
            request[name] = _expression(chance, request[name])
    if chance.random() < 0.5:
        # Lets more through to the parts that judge types and paths.
        _complete(request, members)
    return _bytes_of(operation, request)


def _expression(chance: Chance, text: str) -> str:
    match chance.randrange(6):
        case 0:
            return " ".join(chance.choices(_TOKENS, k=chance.randint(0, 12)))
        case 1:
            return chance.choice(["(", "NOT ", "a.", "a[0]", "a = :a AND ", "a, ", "size("]) * chance.choice(
                [3, 60, 3000]
            )
        case 2:
            levels = chance.choice([5, 50, 290, 400, 2_000])
            return "(" * levels + text + ")" * levels
        case 3:
            return f" {chance.choice(['AND', 'OR', ',', '+'])} ".join([text] * chance.choice([2, 5, 40, 400]))
        case 4:
            place = chance.randrange(len(text) + 1)
            return text[:place] + chance.choice(_TOKENS) + text[place + chance.randint(0, 3) :]
        case _:
            words = text.split(" ")
            for _ in range(chance.randint(1, 3)):
                words[chance.randrange(len(words))] = chance.choice(_TOKENS)
            return " ".join(words)


def _complete(request: Request, members: list[str]) -> None:
    """Only the placeholders that the expressions use, and all of them."""
    text = " ".join(request[name] for name in members)
    names = {**request.get("ExpressionAttributeNames", {}), "#missing": "list"}
    values = {**request.get("ExpressionAttributeValues", {}), ":missing": {"M": {}}}
    request["ExpressionAttributeNames"] = {name: value for name, value in names.items() if name in text}
    request["ExpressionAttributeValues"] = {name: value for name, value in values.items() if name in text}
    for member in ("ExpressionAttributeNames", "ExpressionAttributeValues"):
        if not request[member]:
            del request[member]


# -- sizes


def sizes(chance: Chance) -> bytes:
    """Good requests with keys, items, sets, batches and nesting about their limits, and far beyond."""
    return _bytes_of(*chance.choice(_SIZES)(chance))


def _around(chance: Chance, limit: int) -> int:
    return max(0, chance.choice([limit - 1, limit, limit + 1, 2 * limit, 10 * limit]))


def _put(**attributes: Any) -> tuple[str, Request]:
    return "PutItem", {"TableName": TABLE, "Item": {**KEY, **attributes}}


def _keys_of_size(chance: Chance) -> tuple[str, Request]:
    key = {
        "pk": {"S": "p" * _around(chance, 2048)},
        "sk": {"N": "1" * _around(chance, 38)},
        "rank": {"B": b64encode(bytes(_around(chance, 1024))).decode()},
        "team": {"S": "é" * _around(chance, 1024)},
    }
    return _put(**{name: key[name] for name in chance.sample(list(key), chance.randint(1, 3))})


def _item_of_size(chance: Chance) -> tuple[str, Request]:
    return _put(text={"S": "x" * _around(chance, 409_600 - 20)})


def _many_attributes(chance: Chance) -> tuple[str, Request]:
    return _put(**{f"a{number}": {"NULL": True} for number in range(chance.choice([1_000, 50_000, 100_000]))})


def _set_of_size(chance: Chance) -> tuple[str, Request]:
    count = chance.choice([1_000, 50_000])
    tag = chance.choice(["SS", "NS"])
    return _put(many={tag: [str(number) for number in range(count)] + ["1"] * chance.randint(0, 1)})


def _deep_value(chance: Chance) -> tuple[str, Request]:
    value: dict[str, Any] = {"S": "deep"}
    for _ in range(chance.choice([31, 32, 33, 100, 400])):
        value = chance.choice([{"L": [value]}, {"M": {"a": value}}])
    place = chance.choice(["item", "value"])
    if place == "item":
        return _put(deep=value)
    request = {"KeyConditionExpression": "pk = :pk", "ExpressionAttributeValues": {":pk": value}}
    return "Query", {"TableName": TABLE, **request}


def _batch_of_size(chance: Chance) -> tuple[str, Request]:
    count = _around(chance, chance.choice([25, 100]))
    keys = [{"pk": {"S": "p"}, "sk": {"N": str(number)}} for number in range(count)]
    if chance.random() < 0.5:
        return "BatchGetItem", {"RequestItems": {TABLE: {"Keys": keys}}}
    puts = [
        {"PutRequest": {"Item": {**key, "text": {"S": "x" * chance.choice([1, 50_000])}}}} for key in keys
    ]
    return "BatchWriteItem", {"RequestItems": {TABLE: puts}}


def _body_of_size(chance: Chance) -> tuple[str, Request]:
    return "GetItem", {"TableName": TABLE, "Key": KEY, "Unknown": "x" * _around(chance, (16 << 20) - 100)}


def _placeholders(chance: Chance) -> tuple[str, Request]:
    count = _around(chance, 100)
    names = [f":v{number}" for number in range(count)]
    return "Scan", {
        "TableName": TABLE,
        "FilterExpression": f"number IN ({', '.join(names)})",
        "ExpressionAttributeValues": {name: {"N": "1"} for name in names},
    }


def _names_of_size(chance: Chance) -> tuple[str, Request]:
    name = "n" * _around(chance, chance.choice([255, 65_535]))
    request = {"ExpressionAttributeNames": {"#n": name}, "ProjectionExpression": "#n"}
    return "GetItem", {"TableName": TABLE, "Key": KEY, **request}


_SIZES: list[Callable[[Chance], tuple[str, Request]]] = [
    _keys_of_size,
    _item_of_size,
    _set_of_size,
    _deep_value,
    _batch_of_size,
    _placeholders,
    _names_of_size,
]
# These take long.
_SIZES = [*_SIZES * 4, _many_attributes, _body_of_size]
