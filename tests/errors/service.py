"""How the texts of `kilowatt.errors.service` are provoked: what the server itself cannot do."""

from tests.errors.provocation import Elsewhere, Provocation

PROVOCATIONS = {
    "NOT_BUILT": Provocation(
        "SearchVectors", {}, "UnknownOperationException: Kilowatt does not support SearchVectors yet."
    ),
}

_ENGINE = "tests/server/test_engine_errors.py::test_what_the_engine_cannot_do_is_an_internal_error"
ELSEWHERE = {
    "INTERNAL_ERROR": Elsewhere("takes an engine that fails", _ENGINE),
    "STORAGE_FULL": Elsewhere("takes a full disk", _ENGINE),
    "CONTENTION": Elsewhere("takes an engine that loses against others again and again", _ENGINE),
}
