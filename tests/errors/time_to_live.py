"""How the texts of `kilowatt.errors.time_to_live` are provoked."""

from typing import Any

from tests.errors.provocation import Provocation, Server, invalid
from tests.operations.standing import HASH
from tests.operations.table_requests import table


def _specification(name: str, enabled: bool, attribute: str = "expires") -> dict[str, Any]:
    return {"TableName": name, "TimeToLiveSpecification": {"Enabled": enabled, "AttributeName": attribute}}


def _update(refusal: str, name: str, enabled: bool, attribute: str = "expires") -> Provocation:
    """Asked for a new table of that name on which time to live was just enabled for `expires`."""
    return Provocation(
        "UpdateTimeToLive",
        _specification(name, enabled, attribute),
        invalid(refusal),
        before=[
            ("CreateTable", table("pk", TableName=name)),
            ("UpdateTimeToLive", _specification(name, True)),
        ],
    )


PROVOCATIONS = {
    "ALREADY_ENABLED": _update("TimeToLive is already enabled", "expiring-1", True),
    "ALREADY_DISABLED": Provocation(
        "UpdateTimeToLive", _specification(HASH, False), invalid("TimeToLive is already disabled")
    ),
    "ANOTHER_ATTRIBUTE": _update(
        "TimeToLive is active on a different AttributeName: current AttributeName is expires",
        "expiring-2",
        True,
        "ends",
    ),
    "CHANGED_TOO_SOON": _update(
        "Time to live has been modified multiple times within a fixed interval", "expiring-3", False
    ),
    "TABLE_IN_CREATION": Provocation(
        "UpdateTimeToLive",
        _specification("expiring-5", True),
        "ResourceInUseException: Attempt to change a resource which is still in use: Table expiring-5 is "
        "being created",
        before=[("CreateTable", table("pk", TableName="expiring-5"))],
        server=Server.SLOW,
    ),
    "NOT_DESCRIBED": Provocation(
        "DescribeTimeToLive",
        {"TableName": "expiring-4"},
        invalid(
            "Cannot describe time to live while table is in CREATING state: Current table state is CREATING"
        ),
        before=[("CreateTable", table("pk", TableName="expiring-4"))],
        server=Server.SLOW,
    ),
}
