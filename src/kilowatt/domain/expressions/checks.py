"""What is wrong with an expression before any item is looked at: how that is kept, and what is made of it.

Some of it depends on the values of a request; the rest always fails or never does, and is kept in the same
list so that the first one in AWS's order is reported.
"""

from collections.abc import Callable

from kilowatt.domain.expressions.nodes import Kind
from kilowatt.domain.expressions.paths import Names, Path
from kilowatt.domain.expressions.placeholders import Usage
from kilowatt.domain.values.types import Values
from kilowatt.errors import ErrorSpec, ServiceError
from kilowatt.errors import expressions as errors

Check = Callable[[Values], None]

NO_VALUES: Values = {}


class Checks:
    """The checks of one expression, as they are gathered.

    `all` is every check in order; `types` those of them that can still fail when all values are there;
    `sound` is False if one of the others fails whatever the values.
    """

    __slots__ = ("_kind", "all", "sound", "types", "usage")

    def __init__(self, kind: Kind, names: Names) -> None:
        self._kind = kind
        self.usage = Usage(names)
        self.all: list[Check] = []
        self.types: list[Check] = []
        self.sound = True

    def _fail(self, spec: ErrorSpec, **fields: object) -> None:
        self._fail_with(spec, spec(kind=self._kind, **fields).text)

    def _fail_with(self, spec: ErrorSpec, text: str) -> None:
        def check(_values: Values) -> None:
            raise ServiceError(spec, text)

        self.all.append(check)
        self.sound = False

    def _value(self, placeholder: str) -> None:
        def check(values: Values) -> None:
            if placeholder not in values:
                raise errors.UNDEFINED_VALUE(kind=self._kind, value=placeholder)

        self.usage.values.add(placeholder)
        self.all.append(check)

    def _add_type_check(self, check: Check) -> None:
        self.all.append(check)
        self.types.append(check)


class Checked:
    """An expression that was compiled with its checks.

    `names_used` and `values_used` are its placeholders; `paths` its document paths, each once, in order;
    `sound` is False if `check` refuses it whatever the values.
    """

    __slots__ = ("_all", "_types", "names_used", "paths", "sound", "values_used")

    def __init__(self, checks: Checks) -> None:
        self._all = checks.all
        self._types = checks.types
        self.sound = checks.sound
        self.names_used = frozenset(checks.usage.names)
        self.values_used = frozenset(checks.usage.values)
        self.paths: tuple[Path, ...] = checks.usage.paths

    @property
    def checks_values(self) -> bool:
        """Whether `check` may refuse values for what they are, though all are there."""
        return bool(self._types)

    def check(self, values: Values | None) -> None:
        """Refuse what is wrong whatever the item: undefined placeholders, operand counts and types."""
        given = NO_VALUES if values is None else values
        for check in self._types if self._complete(given) else self._all:
            check(given)

    def _complete(self, values: Values) -> bool:
        for placeholder in self.values_used:
            if placeholder not in values:
                return False
        return self.sound
