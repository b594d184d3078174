"""How the texts of `kilowatt.errors.table_states` are provoked."""

from typing import Any

from tests.errors.provocation import Elsewhere, Provocation, Server, invalid
from tests.operations.table_requests import table

IN_USE = "ResourceInUseException: Attempt to change a resource which is still in use: "
CHANGES = "tests/background/test_table_changes.py::"


def _delete(refusal: str, name: str, server: Server, **parameters: Any) -> Provocation:
    return Provocation(
        "DeleteTable",
        {"TableName": name},
        refusal,
        before=[("CreateTable", table("pk", TableName=name, **parameters))],
        server=server,
    )


PROVOCATIONS = {
    "TABLE_IN_CHANGE": _delete(
        IN_USE + "Table is being created: errors-creating", "errors-creating", Server.SLOW
    ),
    "DELETION_PROTECTED": _delete(
        invalid(
            "Resource cannot be deleted as it is currently protected against deletion. Disable deletion "
            "protection first."
        ),
        "errors-protected",
        Server.PLAIN,
        DeletionProtectionEnabled=True,
    ),
}

_WHY = "takes a table that was created a while ago and is being changed now"
_NOT_DELETED = Elsewhere(_WHY, CHANGES + "test_a_table_that_is_changing_is_not_deleted")
_WAITS = Elsewhere(_WHY, CHANGES + "test_a_change_waits_for_what_is_under_way")
_INDEX_WAITS = Elsewhere(_WHY, CHANGES + "test_an_index_that_is_changing_waits_for_itself")

ELSEWHERE = {
    "NOT_DELETED_IN_UPDATE": _NOT_DELETED,
    "NOT_DELETED_WITH_STREAM": _NOT_DELETED,
    "NOT_DELETED_WITH_INDEXES": _NOT_DELETED,
    "UNITS_IN_UPDATE": _WAITS,
    "NOT_WITH_UNITS": _WAITS,
    "STREAM_IN_CHANGE": _WAITS,
    "NOT_WITH_STREAM": _WAITS,
    "NOT_WITH_CLASS": _WAITS,
    "NOT_WITH_NEW_INDEX": _WAITS,
    "NOT_WITH_OLD_INDEX": _WAITS,
    "ON_DEMAND_LIMITS_WAIT": _WAITS,
    "INDEX_IN_UPDATE": _INDEX_WAITS,
    "INDEX_IN_DELETION": _INDEX_WAITS,
    "INDEX_NOT_YET_FILLED": _INDEX_WAITS,
    "INDEX_IN_ALLOCATION": _INDEX_WAITS,
}
