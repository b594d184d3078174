"""Tables whose changes take time: what shows meanwhile, what has to wait, and what need not."""

from typing import Any

import pytest
from tests.background.site import TABLE, MovedClock, Refused, Site

from kilowatt.engine.memory import MemoryEngine
from kilowatt.settings import Settings

SECONDS = 10
IN_USE = "Attempt to change a resource which is still in use: "
UNITS = {"ReadCapacityUnits": 5, "WriteCapacityUnits": 5}
MORE = {"ReadCapacityUnits": 9, "WriteCapacityUnits": 9}
DEFINITIONS = [{"AttributeName": name, "AttributeType": "S"} for name in ("pk", "a")]

Request = dict[str, Any]


def index(name: str, **parameters: Any) -> Request:
    return {
        "IndexName": name,
        "KeySchema": [{"AttributeName": "a", "KeyType": "HASH"}],
        "Projection": {"ProjectionType": "ALL"},
        **parameters,
    }


def of_index(**action: Any) -> Request:
    return {"GlobalSecondaryIndexUpdates": [action]}


CREATION: Request = {"AttributeDefinitions": DEFINITIONS, **of_index(Create=index("new"))}
PROVISIONED_CREATION: Request = {
    "AttributeDefinitions": DEFINITIONS,
    **of_index(Create=index("new", ProvisionedThroughput=UNITS)),
}
DELETION = of_index(Delete={"IndexName": "old"})
STREAM: Request = {"StreamSpecification": {"StreamEnabled": True, "StreamViewType": "KEYS_ONLY"}}
CLASS: Request = {"TableClass": "STANDARD_INFREQUENT_ACCESS"}
RAISED: Request = {"ProvisionedThroughput": MORE}
SWITCH: Request = {"BillingMode": "PAY_PER_REQUEST"}
BACK: Request = {"BillingMode": "PROVISIONED", "ProvisionedThroughput": UNITS}
LIMITS: Request = {"OnDemandThroughput": {"MaxReadRequestUnits": 5}}
WARM: Request = {"WarmThroughput": {"ReadUnitsPerSecond": 13_000}}
PROTECTION: Request = {"DeletionProtectionEnabled": True}


async def site_with(mode: str, *, indexed: bool) -> Site:
    """A site whose changes take SECONDS, with TABLE in a billing mode, ACTIVE; and perhaps an index `old`."""
    site = Site(MemoryEngine(), MovedClock(), Settings(table_delay_seconds=SECONDS))
    units = {"ProvisionedThroughput": UNITS} if mode == "PROVISIONED" else {}
    indexes = {"GlobalSecondaryIndexes": [index("old", **units)]} if indexed else {}
    await site.call(
        "CreateTable",
        TableName=TABLE,
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
        AttributeDefinitions=DEFINITIONS if indexed else DEFINITIONS[:1],
        BillingMode=mode,
        **units,
        **indexes,
    )
    site.clock.move(SECONDS)
    return site


async def update(site: Site, change: Request) -> Request:
    answer: Request = (await site.call("UpdateTable", TableName=TABLE, **change))["TableDescription"]
    return answer


async def described(site: Site) -> Request:
    answer: Request = (await site.call("DescribeTable", TableName=TABLE))["Table"]
    return answer


async def refused(site: Site, operation: str, change: Request) -> str:
    """`code: text`; the label of the table's stream is written <label>."""
    label = (await described(site)).get("LatestStreamLabel", "<label>")
    with pytest.raises(Refused) as caught:
        await site.call(operation, TableName=TABLE, **change)
    return f"{caught.value.code}: {caught.value.text}".replace(label, "<label>")


UNITS_WAIT = f"Table IOPS are currently being updated. Table: {TABLE}"
STREAM_IS = f"Table: {TABLE} Stream: <label> Operation: ENABLE"
CLASS_IS = "TableClassUpdateInProgress: STANDARD_INFREQUENT_ACCESS"
# The billing mode, what is under way, what is asked meanwhile, and what it is refused with.
WAITING = [
    ("PROVISIONED", RAISED, RAISED, UNITS_WAIT),
    ("PROVISIONED", RAISED, SWITCH, UNITS_WAIT),
    (
        "PROVISIONED",
        RAISED,
        STREAM,
        f"Can't enable or disable stream while table IOPS are being updated. Table: {TABLE}",
    ),
    (
        "PROVISIONED",
        RAISED,
        PROVISIONED_CREATION,
        f"Can't create or delete indexes while table IOPS are being updated. Table: {TABLE}",
    ),
    ("PROVISIONED", SWITCH, BACK, UNITS_WAIT),
    ("PROVISIONED", SWITCH, SWITCH, UNITS_WAIT),
    ("PAY_PER_REQUEST", BACK, SWITCH, UNITS_WAIT),
    (
        "PROVISIONED",
        SWITCH,
        LIMITS,
        "OnDemandThroughput cannot be updated while BillingMode update is in progress",
    ),
    (
        "PROVISIONED",
        STREAM,
        RAISED,
        f"Can't change table IOPS when stream status is being updated. {STREAM_IS}",
    ),
    ("PAY_PER_REQUEST", STREAM, STREAM, f"A stream status change is currently in progress. {STREAM_IS}"),
    (
        "PAY_PER_REQUEST",
        STREAM,
        CLASS,
        f"Can't update table class when stream status is being updated. {STREAM_IS}",
    ),
    (
        "PAY_PER_REQUEST",
        STREAM,
        CREATION,
        f"Can't create or delete an index when stream status is being updated. {STREAM_IS}",
    ),
    (
        "PAY_PER_REQUEST",
        STREAM,
        LIMITS,
        "OnDemandThroughput cannot be updated while stream status update is in progress",
    ),
    (
        "PAY_PER_REQUEST",
        CLASS,
        CLASS,
        f"Can't update table class when a table class update is in progress. Table: {TABLE} {CLASS_IS}",
    ),
    (
        "PAY_PER_REQUEST",
        CLASS,
        STREAM,
        f"Can't change stream status when a table class update is in progress. Table: {TABLE} {CLASS_IS}",
    ),
    (
        "PAY_PER_REQUEST",
        CLASS,
        CREATION,
        "Can't create or delete an index when a table class update is in progress. "
        f"Table: {TABLE} {CLASS_IS}",
    ),
    (
        "PAY_PER_REQUEST",
        CLASS,
        LIMITS,
        f"OnDemandThroughput cannot be updated while TableClass update is in progress. {CLASS_IS}",
    ),
    (
        "PROVISIONED",
        PROVISIONED_CREATION,
        RAISED,
        f"Can't change table IOPS when an index is being created. Table: {TABLE} Indexes: [new]",
    ),
    (
        "PAY_PER_REQUEST",
        CREATION,
        STREAM,
        f"Can't change stream status when an index is being created. Table: {TABLE} Indexes: [new]",
    ),
    (
        "PAY_PER_REQUEST",
        CREATION,
        LIMITS,
        "OnDemandThroughput cannot be updated while index creation is in progress for indexes: [new]",
    ),
    (
        "PROVISIONED",
        DELETION,
        SWITCH,
        f"Can't change table IOPS when an index is being deleted. Table: {TABLE} Indexes: [old]",
    ),
    (
        "PAY_PER_REQUEST",
        DELETION,
        LIMITS,
        "OnDemandThroughput cannot be updated while index deletion is in progress for indexes: [old]",
    ),
]


@pytest.mark.parametrize(("mode", "change", "asked", "text"), WAITING)
async def test_a_change_waits_for_what_is_under_way(
    mode: str, change: Request, asked: Request, text: str
) -> None:
    site = await site_with(mode, indexed=change is DELETION)
    await update(site, change)
    assert await refused(site, "UpdateTable", asked) == f"ResourceInUseException: {IN_USE}{text}"
    site.clock.move(SECONDS)
    assert (await described(site))["TableStatus"] == "ACTIVE"


@pytest.mark.parametrize(
    "asked", [CREATION, of_index(Delete={"IndexName": "another"})], ids=["create", "delete"]
)
@pytest.mark.parametrize("change", [CREATION, DELETION], ids=["creating", "deleting"])
async def test_one_index_comes_or_goes_at_a_time(change: Request, asked: Request) -> None:
    site = await site_with("PAY_PER_REQUEST", indexed=True)
    await update(site, change)
    if asked is CREATION:
        asked = {"AttributeDefinitions": DEFINITIONS, **of_index(Create=index("another"))}
    assert await refused(site, "UpdateTable", asked) == (
        "LimitExceededException: Subscriber limit exceeded: Only 1 online index can be created or deleted "
        "simultaneously per table"
    )


@pytest.mark.parametrize(
    "change", [RAISED, STREAM, CLASS, DELETION], ids=["units", "stream", "class", "index"]
)
async def test_other_changes_do_not_wait_and_end_nothing(change: Request) -> None:
    site = await site_with("PROVISIONED", indexed=True)
    await update(site, change)
    before = await described(site)
    assert before["TableStatus"] == "UPDATING"
    assert (await update(site, PROTECTION))["TableStatus"] == "UPDATING"
    assert (await update(site, WARM))["TableStatus"] == "UPDATING"
    during = await described(site)
    assert (during["TableStatus"], during["DeletionProtectionEnabled"]) == ("UPDATING", True)
    assert during["ProvisionedThroughput"] == before["ProvisionedThroughput"]
    await site.call(
        "UpdateTimeToLive", TableName=TABLE, TimeToLiveSpecification={"Enabled": True, "AttributeName": "e"}
    )
    site.clock.move(SECONDS)
    assert (await described(site))["TableStatus"] == "ACTIVE"


async def test_a_mode_that_the_table_has_is_no_change_to_wait_for() -> None:
    site = await site_with("PAY_PER_REQUEST", indexed=False)
    assert (await update(site, SWITCH))["TableStatus"] == "UPDATING"
    assert (await described(site))["TableStatus"] == "ACTIVE"
    await update(site, STREAM)
    await update(site, SWITCH)


NEW = of_index(Update={"IndexName": "new", **LIMITS})
OLD = of_index(Update={"IndexName": "old", **LIMITS})
OF_INDEXES = [
    (CREATION, NEW, f"Index is being created but is not backfilling yet.  Table: {TABLE} Index: new"),
    (
        CREATION,
        of_index(Delete={"IndexName": "new"}),
        "Index creation is in resource allocation phase. Retry deletion during backfilling phase or when the "
        f"index is active. Table: {TABLE} Index: new",
    ),
    (DELETION, OLD, f"Index is being deleted.  Table: {TABLE} Index: old"),
    (DELETION, DELETION, f"Index is being deleted.  Table: {TABLE} Index: old"),
    (OLD, OLD, f"Index is being updated.  Table: {TABLE} Index: old"),
]


@pytest.mark.parametrize(("change", "asked", "text"), OF_INDEXES)
async def test_an_index_that_is_changing_waits_for_itself(change: Request, asked: Request, text: str) -> None:
    site = await site_with("PAY_PER_REQUEST", indexed=True)
    await update(site, change)
    assert await refused(site, "UpdateTable", asked) == f"ResourceInUseException: {IN_USE}{text}"


async def test_another_index_does_not_wait() -> None:
    site = await site_with("PAY_PER_REQUEST", indexed=True)
    await update(site, CREATION)
    answer = await update(site, OLD)
    statuses = {part["IndexName"]: part["IndexStatus"] for part in answer["GlobalSecondaryIndexes"]}
    assert statuses == {"old": "UPDATING", "new": "CREATING"}
    assert (await described(site))["TableStatus"] == "UPDATING"


NOT_DELETED = [
    (RAISED, f"Table: {TABLE} is in the process of being updated."),
    (SWITCH, f"Table: {TABLE} is in the process of being updated."),
    (CLASS, f"Table: {TABLE} is in the process of being updated."),
    (STREAM, "Cannot delete table while stream is being enabled/disabled."),
    (DELETION, "Cannot delete table while indexes are being created, updated, or deleted."),
    (PROVISIONED_CREATION, "Cannot delete table while indexes are being created, updated, or deleted."),
    (
        of_index(Update={"IndexName": "old", "ProvisionedThroughput": MORE}),
        "Cannot delete table while indexes are being created, updated, or deleted.",
    ),
]


@pytest.mark.parametrize(("change", "text"), NOT_DELETED)
async def test_a_table_that_is_changing_is_not_deleted(change: Request, text: str) -> None:
    site = await site_with("PROVISIONED", indexed=True)
    await update(site, change)
    assert await refused(site, "DeleteTable", {}) == f"ResourceInUseException: {IN_USE}{text}"


async def test_a_table_whose_index_is_being_filled_is_active_and_not_deleted() -> None:
    """Nothing fills it here."""
    site = await site_with("PROVISIONED", indexed=True)
    answer = await update(site, PROVISIONED_CREATION)
    for shown in (answer, await described(site)):
        assert (shown["TableStatus"], shown["GlobalSecondaryIndexes"][1]["Backfilling"]) == (
            "UPDATING",
            False,
        )
    site.clock.move(SECONDS)
    shown = await described(site)
    assert (shown["TableStatus"], shown["GlobalSecondaryIndexes"][1]["Backfilling"]) == ("ACTIVE", True)
    assert await refused(site, "DeleteTable", {}) == (
        f"ResourceInUseException: {IN_USE}Cannot delete table while indexes are being created, updated, or "
        "deleted."
    )
    assert (await refused(site, "UpdateTable", DELETION)).startswith("LimitExceededException: ")
    await update(site, RAISED)
    site.clock.move(SECONDS)
    await update(site, of_index(Delete={"IndexName": "new"}))


async def test_an_index_that_goes_is_shown_until_it_is_gone() -> None:
    site = await site_with("PROVISIONED", indexed=True)
    answer = await update(site, DELETION)
    for shown in (answer, await described(site)):
        assert shown["TableStatus"] == "UPDATING"
        assert [part["IndexStatus"] for part in shown["GlobalSecondaryIndexes"]] == ["DELETING"]
    site.clock.move(SECONDS)
    assert "GlobalSecondaryIndexes" not in await described(site)


async def test_the_class_shows_once_it_has_changed() -> None:
    site = await site_with("PROVISIONED", indexed=False)
    for shown in (await update(site, CLASS), await described(site)):
        assert shown["TableStatus"] == "UPDATING"
        assert "TableClassSummary" not in shown
    site.clock.move(SECONDS)
    assert (await described(site))["TableClassSummary"]["TableClass"] == "STANDARD_INFREQUENT_ACCESS"


async def test_a_switch_shows_the_new_units_at_once() -> None:
    site = await site_with("PAY_PER_REQUEST", indexed=False)
    for shown in (await update(site, BACK), await described(site)):
        assert (shown["TableStatus"], shown["ProvisionedThroughput"]["ReadCapacityUnits"]) == ("UPDATING", 5)


async def test_a_switch_to_on_demand_is_a_decrease_of_the_indexes_alone() -> None:
    site = await site_with("PROVISIONED", indexed=True)
    assert "LastDecreaseDateTime" in (await update(site, SWITCH))["ProvisionedThroughput"]
    site.clock.move(SECONDS)
    after = await described(site)
    counts = [
        part["ProvisionedThroughput"]["NumberOfDecreasesToday"]
        for part in (after, *after["GlobalSecondaryIndexes"])
    ]
    assert counts == [0, 1]
    assert "LastDecreaseDateTime" not in after["ProvisionedThroughput"]


async def test_a_table_has_no_tags_before_it_is_there_and_when_it_goes() -> None:
    site = Site(MemoryEngine(), MovedClock(), Settings(table_delay_seconds=SECONDS))
    arn = f"arn:aws:dynamodb:us-east-1:000000000000:table/{TABLE}"

    async def check_unknown() -> None:
        with pytest.raises(Refused) as caught:
            await site.call("ListTagsOfResource", ResourceArn=arn)
        assert caught.value.text == f"Requested resource not found: ResourceArn: {arn} not found"

    await site.create()
    await check_unknown()
    site.clock.move(SECONDS)
    assert (await site.call("ListTagsOfResource", ResourceArn=arn))["Tags"] == []
    await site.call("DeleteTable", TableName=TABLE)
    await check_unknown()
