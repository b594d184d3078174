"""From an expression's text to its tokens, and from an offending token to AWS's syntax error.

A token is its text. Its first character tells what it is: a letter begins an identifier, a digit a list
index, `#` or `:` with more behind it a placeholder; operators and brackets stand for themselves. A character
that begins nothing is a token of its own, which no rule of the grammar accepts. The end is the empty string.

Source: AWS guide, "Condition and filter expressions, operators, and functions"; near-texts recorded on AWS.
"""

import re

from kilowatt.errors import ServiceError
from kilowatt.errors import expressions as errors

END = ""
_END_NAME = "<EOF>"
_TOKEN = re.compile(r"[A-Za-z][A-Za-z0-9_]*|[#:][A-Za-z0-9_]+|[0-9]+|<>|<=|>=|\S", re.ASCII)


def tokenize(text: str) -> list[str]:
    """All tokens in order, then END."""
    tokens: list[str] = _TOKEN.findall(text)
    tokens.append(END)
    return tokens


def syntax_error(kind: str, text: str, index: int, pattern: re.Pattern[str] = _TOKEN) -> ServiceError:
    """The refusal of token number `index` of `text`; `pattern` is what found the tokens.

    `near` runs from the token before the offending one to the token after it, blanks between them included;
    at the end it is the last token and all that follows.
    """
    spans = [match.span() for match in pattern.finditer(text)]
    start = spans[index - 1][0] if index > 0 else 0
    if index >= len(spans):
        return errors.SYNTAX(kind=kind, token=_END_NAME, near=text[start:])
    token = text[slice(*spans[index])]
    end = spans[min(index + 1, len(spans) - 1)][1]
    return errors.SYNTAX(kind=kind, token=token, near=text[start:end])
