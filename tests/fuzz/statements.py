"""Random PartiQL statements: good ones by the grammar, and those with their tokens spoiled."""

import random
from collections.abc import Callable

Chance = random.Random

_NAMES = [
    "pk",
    "sk",
    "rank",
    "team",
    "text",
    "list",
    "map",
    '"map"',
    '"select"',
    '"#a"',
    '""',
    "a1",
    "_x",
    "$y",
]
_KEYWORDS = (
    "SELECT FROM WHERE AND OR NOT IN BETWEEN IS NULL MISSING TRUE FALSE INSERT INTO VALUE UPDATE SET "
    "REMOVE DELETE "
    "RETURNING ALL MODIFIED OLD NEW ORDER BY ASC DESC EXISTS LIMIT LIKE size key"
)
_SYMBOLS = (
    "( ) [ ] { } << >> , . : ; ? * = <> != < <= > >= + - [0] [1] '' ' \" -- /* */ 'x' 1 -1 1e400 .5 0x1 "
    "\0 \u00a0 \U0001f98a"
)
_COMPARATORS = ["=", "<>", "!=", "<", "<=", ">", ">="]
_TOKENS = _KEYWORDS.split() + _SYMBOLS.split(" ")
_TYPES = ["NULL", "STRING", "INT", "BOOL", "LIST", "STRUCT", "BAG", "BLOB", "WRONG"]
_PARAMETERS: list[dict[str, object]] = [
    {"S": "p"},
    {"S": ""},
    {"N": "1"},
    {"N": "-0.5"},
    {"B": "YQ=="},
    {"BOOL": True},
    {"NULL": True},
    {"SS": ["a"]},
    {"NS": ["1", "2"]},
    {"BS": ["YQ=="]},
    {"L": [{"N": "1"}]},
    {"M": {"pk": {"S": "p"}, "sk": {"N": "1"}}},
]


class Statement:
    """The text of a random statement and its parameters."""

    def __init__(self, chance: Chance, table: str) -> None:
        self._chance = chance
        self._table = table
        self.parameters: list[dict[str, object]] = []
        kinds: list[Callable[[], str]] = [
            self._select,
            self._select,
            self._insert,
            self._update,
            self._delete,
        ]
        self.text = chance.choice(kinds)()
        if chance.random() < 0.02:
            self.text = f"EXISTS({self.text})"

    def spoil(self) -> None:
        """Replaces, repeats or drops some tokens, or parameters."""
        chance, words = self._chance, self.text.split(" ")
        for _ in range(chance.randint(1, 3)):
            place = chance.randrange(len(words))
            match chance.randrange(5):
                case 0:
                    words[place] = chance.choice(_TOKENS)
                case 1:
                    words[place:place] = [chance.choice(_TOKENS)] * chance.choice([1, 2, 200])
                case 2:
                    words[place : place + chance.randint(1, 4)] = []
                    words = words or [""]
                case 3:
                    words[place] = words[place] * chance.choice([2, 50])
                case _:
                    word = words[place]
                    cut = chance.randrange(len(word) + 1)
                    words[place] = word[:cut] + chance.choice(_TOKENS) + word[cut:]
        self.text = chance.choice([" ", " ", " ", "", "\n"]).join(words)
        if chance.random() < 0.1:
            self.parameters = self.parameters[1:] or [{"N": "1"}]

    # -- statements

    def _select(self) -> str:
        columns = "*" if self._one_in(2) else self._list(self._path)
        text = f"SELECT {columns} FROM {self._source()} {self._where()}"
        return text + (f" ORDER BY {self._list(self._order)}" if self._one_in(4) else "")

    def _order(self) -> str:
        return f"{self._chance.choice(_NAMES)} {self._chance.choice(['', 'ASC', 'DESC'])}"

    def _insert(self) -> str:
        if self._one_in(10):
            return f"INSERT INTO {self._source()} VALUE {self._value(2)}"
        key = f"'pk' : {self._string()} , 'sk' : {self._number()}"
        return f"INSERT INTO {self._source()} VALUE {{ {key} , 'a' : {self._value(3)} }}"

    def _update(self) -> str:
        clauses = " ".join(self._clause() for _ in range(self._chance.randint(1, 3)))
        return f"UPDATE {self._source()} {clauses} {self._key_where()} {self._returning()}"

    def _clause(self) -> str:
        if self._one_in(4):
            return f"REMOVE {self._list(self._path)}"
        return f"SET {self._list(self._assignment)}"

    def _assignment(self) -> str:
        path = self._path()
        if self._one_in(6):
            return f"{path} = {self._chance.choice(['set_add', 'SET_DELETE'])}( {path} , {self._value(1)} )"
        return f"{path} = {self._sum(2)}"

    def _sum(self, depth: int) -> str:
        match self._chance.randrange(5 if depth else 2):
            case 0:
                return self._path()
            case 1:
                return self._value(2)
            case 2:
                return f"{self._sum(depth - 1)} {self._chance.choice('+-')} {self._sum(depth - 1)}"
            case 3:
                return f"list_append( {self._sum(depth - 1)} , {self._sum(depth - 1)} )"
            case _:
                return f"( {self._sum(depth - 1)} )"

    def _delete(self) -> str:
        return f"DELETE FROM {self._source()} {self._key_where()} {self._returning()}"

    def _returning(self) -> str:
        if not self._one_in(3):
            return ""
        return f"RETURNING {self._chance.choice(['ALL', 'MODIFIED'])} {self._chance.choice(['OLD', 'NEW'])} *"

    def _source(self) -> str:
        index = self._chance.choice([""] * 4 + ['."local"', '."global"', ".none"])
        return f'"{self._table}"{index}'

    def _key_where(self) -> str:
        rest = f" AND {self._condition(2)}" if self._one_in(3) else ""
        return (
            f"WHERE pk = {self._string()} AND sk = {self._number()}{rest}"
            if not self._one_in(8)
            else self._where()
        )

    def _where(self) -> str:
        return "" if self._one_in(5) else f"WHERE {self._condition(3)}"

    # -- conditions

    def _condition(self, depth: int) -> str:
        match self._chance.randrange(5 if depth else 1):
            case 0 | 1:
                return self._test()
            case 2:
                word = self._chance.choice(["AND", "OR"])
                return f"{self._condition(depth - 1)} {word} {self._condition(depth - 1)}"
            case 3:
                return f"NOT {self._condition(depth - 1)}"
            case _:
                return f"( {self._condition(depth - 1)} )"

    def _test(self) -> str:
        operand = self._operand
        match self._chance.randrange(8):
            case 0:
                return f"pk = {self._string()}"
            case 1:
                return f"sk {self._chance.choice(['=', '<', '>='])} {self._number()}"
            case 2:
                return f"{operand()} {self._not()}BETWEEN {operand()} AND {operand()}"
            case 3:
                left, right = self._chance.choice([("[", "]"), ("(", ")")])
                return f"{self._path()} {self._not()}IN {left} {self._list(operand)} {right}"
            case 4:
                return f"{operand()} IS {self._not()}{self._chance.choice(['MISSING', *_TYPES])}"
            case 5:
                function = self._chance.choice(
                    ["begins_with", "CONTAINS", "attribute_type", "size", "exists"]
                )
                return f"{function}( {operand()} , {operand()} )"
            case _:
                return f"{operand()} {self._chance.choice(_COMPARATORS)} {operand()}"

    def _not(self) -> str:
        return self._chance.choice(["", "NOT "])

    def _operand(self) -> str:
        match self._chance.randrange(5):
            case 0 | 1:
                return self._path()
            case 2:
                return f"size( {self._path()} )"
            case _:
                return self._value(1)

    # -- values

    def _path(self) -> str:
        path = self._chance.choice(_NAMES)
        while self._one_in(4):
            path += self._chance.choice([f".{self._chance.choice(_NAMES)}", "[0]", "[17]"])
        return path

    def _string(self) -> str:
        return self._chance.choice(["'p'", "'q'", "''", "'it''s'", self._parameter()])

    def _number(self) -> str:
        return self._chance.choice(["1", "2", "-1", "0.5", "1e3", ".5", self._parameter()])

    def _parameter(self) -> str:
        if self._one_in(2):
            return "TRUE"
        self.parameters.append(self._chance.choice(_PARAMETERS))
        return "?"

    def _value(self, depth: int) -> str:
        match self._chance.randrange(8 if depth else 4):
            case 0:
                return self._string()
            case 1:
                return self._number()
            case 2:
                return self._chance.choice(["TRUE", "false", "NULL"])
            case 3:
                self.parameters.append(self._chance.choice(_PARAMETERS))
                return "?"
            case 4 | 5:
                return f"[ {self._list(lambda: self._value(depth - 1))} ]"
            case 6:
                return f"<< {self._list(self._chance.choice([self._string, self._number]))} >>"
            case _:
                return f"{{ 'a' : {self._value(depth - 1)} , 'b' : {self._value(depth - 1)} }}"

    def _list(self, part: Callable[[], str]) -> str:
        return " , ".join(part() for _ in range(self._chance.randint(1, 3)))

    def _one_in(self, count: int) -> bool:
        return self._chance.randrange(count) == 0
