"""From a statement's text to its shape, its literals, and the tokens of the shape.

The *shape* is the text with every string replaced by `''`, every number by `'0'` and every comment by a
blank: statements that differ only in their literals have one shape, and one parse serves them all. List
indexes stay in it, as in `a[0]`: they are part of a path. (A list of one whole number looks the same and
stays too.)

A token is its text. Its first character tells what it is: a letter begins a keyword or a name, `"` a quoted
name, a digit a list index, `'` one of the two markers. Everything else is an operator or a bracket, or a
character that no rule of the grammar accepts. The end is the empty string.

Source: AWS guide, "PartiQL data types for DynamoDB"; comments: the PartiQL specification.
"""

import re
from collections.abc import Sequence

from kilowatt.domain.values.accept import accept_value
from kilowatt.domain.values.types import AttributeValue
from kilowatt.errors import partiql as errors

STRING = "''"
NUMBER = "'0'"
END = ""

# What is not plain text: quoted names, strings, comments, list indexes, numbers; what is unterminated, to the
# end.
_PIECE = re.compile(
    r"""("[^"]*+(?:""[^"]*+)*+" | '[^']*+(?:''[^']*+)*+' | \[\s*[0-9]+\s*\]
    | (?<![\w$.")\]])(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?
    | --[^\n]*+ | /\*(?s:.*?)\*/ | ['"](?s:.*) | /\*(?s:.*))""",
    re.VERBOSE,
)
_TOKEN = re.compile(
    r"""[A-Za-z_$][A-Za-z0-9_$]*|"(?:[^"]|"")*"|'0'|''|[0-9]+|<<|>>|<>|!=|<=|>=|\S""", re.ASCII
)


def shape_of(text: str) -> tuple[str, list[AttributeValue]]:
    """The statement's shape, and its strings and numbers in the order of the text, accepted as values.

    Raises: UNTERMINATED, and the number errors of `errors/values.py`.
    """
    pieces = _PIECE.split(text)
    literals: list[AttributeValue] = []
    for number in range(1, len(pieces), 2):
        piece = pieces[number]
        first = piece[0]
        if first == "'":
            pieces[number] = STRING
            literals.append({"S": _content(piece, "'")})
        elif first == '"':
            _content(piece, '"')
        elif first in "-/":
            if first == "/" and not (len(piece) > 3 and piece.endswith("*/")):
                raise errors.UNTERMINATED(what="comment")
            pieces[number] = " "
        elif first != "[":
            pieces[number] = NUMBER
            value = {"N": piece}
            accept_value(value)
            literals.append(value)
    return "".join(pieces), literals


def _content(piece: str, quote: str) -> str:
    """What is between the quotes, of which one inside is written twice."""
    if len(piece) < 2 or piece[-1] != quote:
        raise _unterminated(quote)
    content = piece[1:-1]
    if quote not in content:
        return content
    whole = content.replace(quote * 2, "")
    if quote in whole:
        raise _unterminated(quote)
    return content.replace(quote * 2, quote)


def _unterminated(quote: str) -> Exception:
    return errors.UNTERMINATED(what="string" if quote == "'" else "identifier")


def tokenize(shape: str) -> list[str]:
    """All tokens of a shape in order, then END."""
    tokens: list[str] = _TOKEN.findall(shape)
    tokens.append(END)
    return tokens


def place_of(shape: str, number: int) -> tuple[int, int, int]:
    """Line, column (both from 1) and length of token `number` of a shape."""
    spans: Sequence[tuple[int, int]] = [match.span() for match in _TOKEN.finditer(shape)]
    start, end = spans[min(number, len(spans) - 1)]
    before = shape[:start]
    return before.count("\n") + 1, start - (before.rfind("\n") + 1) + 1, end - start


def quoted_name(token: str) -> str:
    """The name that a token in double quotes spells."""
    return token[1:-1].replace('""', '"')
