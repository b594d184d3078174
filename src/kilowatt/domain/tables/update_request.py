"""What an UpdateTable asks for: the checks of the request for itself, whatever the table is.

One request makes one change: of the settings only those that belong to the billing mode go together, and a
stream goes with a switch to on-demand.

Source: AWS API reference, UpdateTable; measured on AWS, 2026-10 (AWS Controllers for Kubernetes, api-quirks
of DynamoDB: DDB-TABLE-015, 160, 162, 174, 359, 382, 433, 456); the order where nothing was measured is ours.
"""

from typing import Any

from kilowatt.domain.tables.admission import Asked
from kilowatt.domain.tables.definition import units
from kilowatt.domain.tables.table import PROVISIONED
from kilowatt.domain.tables.table_class import check_class
from kilowatt.domain.tables.throughput import Throughput
from kilowatt.errors import table_updates as errors

Request = dict[str, Any]

_INDEX_UPDATES = "GlobalSecondaryIndexUpdates"
_ACTIONS = ("Update", "Create", "Delete")
# Any of these is something to do. MultiRegionConsistency alone is not.
_CHANGES = (
    "ProvisionedThroughput",
    "BillingMode",
    "StreamSpecification",
    _INDEX_UPDATES,
    "SSESpecification",
    "ReplicaUpdates",
    "TableClass",
    "DeletionProtectionEnabled",
    "OnDemandThroughput",
    "WarmThroughput",
    "GlobalTableWitnessUpdates",
    "GlobalTableSettingsReplicationMode",
    "DisassociationProtectionEnabled",
    "VectorIndexUpdates",
)
# Structures that say nothing when they are empty.
_MAY_BE_EMPTY = frozenset({"OnDemandThroughput", "WarmThroughput"})
# What goes with nothing, the one first that is named if there are several.
_ALONE = (
    ("SSESpecification", errors.ENCRYPTION_ALONE),
    ("TableClass", errors.CLASS_ALONE),
    ("DeletionProtectionEnabled", errors.PROTECTION_ALONE),
)
# The billing mode and what it is about.
_OF_BILLING = frozenset({"BillingMode", "ProvisionedThroughput", "OnDemandThroughput", _INDEX_UPDATES})


def check_request(request: Request) -> Throughput | None:
    """The throughput asked for. Raises the refusals of `errors.table_updates`."""
    check_class(request)
    asked = _asked_changes(request)
    if not asked:
        consistency = "" if "MultiRegionConsistency" in request else "MultiRegionConsistency, "
        raise errors.NOTHING_TO_UPDATE(multi_region_consistency=consistency)
    requested = request.get("ProvisionedThroughput")
    if request.get("BillingMode") == PROVISIONED and requested is None:
        raise errors.UNITS_MISSING()
    throughput = None if requested is None else units(requested)
    _check_index_updates(request)
    _check_goes_together(request, asked)
    return throughput


def _asked_changes(request: Request) -> set[str]:
    return {
        name
        for name in _CHANGES
        if request.get(name) not in (None, []) and not (name in _MAY_BE_EMPTY and not request[name])
    }


def _check_index_updates(request: Request) -> None:
    updates = request.get(_INDEX_UPDATES)
    if updates is None:
        return
    if not updates:
        raise errors.INDEX_UPDATES_EMPTY()
    if any(not any(name in update for name in _ACTIONS) for update in updates):
        raise errors.EMPTY_INDEX_UPDATE()
    if any(sum(name in update for name in _ACTIONS) > 1 for update in updates):
        raise errors.SEVERAL_INDEX_ACTIONS()
    seen: set[str] = set()
    for update in updates:
        (name,) = (action["IndexName"] for action in update.values())
        if name in seen:
            raise errors.DUPLICATE_INDEX_UPDATE(index=name)
        seen.add(name)
    for update in updates:
        if "Update" in update and update["Update"].get("WarmThroughput") == {}:
            raise errors.INDEX_WARM_EMPTY(index=update["Update"]["IndexName"])
        if "Create" in update and "AttributeDefinitions" not in request:
            raise errors.INDEX_DEFINITIONS_MISSING(index=update["Create"]["IndexName"])


def _check_goes_together(request: Request, asked: set[str]) -> None:
    for name, refusal in _ALONE:
        if name in asked and len(asked) > 1:
            raise refusal()
    if "OnDemandThroughput" in asked and not asked <= _OF_BILLING:
        raise errors.ON_DEMAND_LIMITS_WITH_MODE_ONLY()
    if "WarmThroughput" not in asked:
        return
    if not asked <= {"WarmThroughput", _INDEX_UPDATES}:
        raise errors.WARM_ALONE()
    if any("Create" in update for update in request.get(_INDEX_UPDATES, ())):
        raise errors.NO_CREATION_WITH_WARM()


def asked_of(request: Request) -> Asked:
    """What may have to wait for what is under way already."""
    updates = request.get(_INDEX_UPDATES, ())
    named = {
        action: frozenset(update[action]["IndexName"] for update in updates if action in update)
        for action in _ACTIONS
    }
    return Asked(
        "ProvisionedThroughput" in request,
        request.get("BillingMode"),
        "StreamSpecification" in request,
        "TableClass" in request,
        bool(request.get("OnDemandThroughput")),
        named["Create"],
        named["Update"],
        named["Delete"],
    )


def touched_indexes(request: Request) -> frozenset[str]:
    """The indexes that are UPDATING for a moment: warm throughput alone leaves them ACTIVE."""
    updates = [update["Update"] for update in request.get(_INDEX_UPDATES, ()) if "Update" in update]
    return frozenset(
        update["IndexName"]
        for update in updates
        if "ProvisionedThroughput" in update or update.get("OnDemandThroughput")
    )


def asks_units(request: Request) -> bool:
    """Whether the request provisions units, be it for the table or for an index."""
    actions = (action for update in request.get(_INDEX_UPDATES, ()) for action in update.values())
    return any("ProvisionedThroughput" in part for part in (request, *actions))
