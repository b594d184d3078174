"""UpdateContributorInsights, DescribeContributorInsights and ListContributorInsights.

What is counted is in tests/capacity/test_contributors.py, and how it is read in
tests/operations/test_describe_contributors.py.
"""

import re
import time
from pathlib import Path
from typing import Any

import pytest
from tests.conftest import MakeTable, client_of, running_server
from tests.operations.calls import call, invalid, refusal
from tests.operations.standing import index
from tests.operations.table_requests import table as requested

_RULE = re.compile(r"DynamoDBContributorInsights-([PS]K[CT])-(.*)-(\d{13})")


def _update(client: Any, table: str, action: str = "ENABLE", **parameters: Any) -> dict[str, Any]:
    return call(
        client, "UpdateContributorInsights", TableName=table, ContributorInsightsAction=action, **parameters
    )


def _describe(client: Any, table: str, **parameters: Any) -> dict[str, Any]:
    return call(client, "DescribeContributorInsights", TableName=table, **parameters)


def _rules(description: dict[str, Any]) -> list[tuple[str, str]]:
    """Kind and resource of each rule, without the times at which they were made."""
    found = [_RULE.fullmatch(rule) for rule in description["ContributorInsightsRuleList"]]
    return [(rule[1], rule[2]) for rule in found if rule is not None]


def _times(description: dict[str, Any]) -> dict[str, str]:
    found = [_RULE.fullmatch(rule) for rule in description["ContributorInsightsRuleList"]]
    return {rule[1]: rule[3] for rule in found if rule is not None}


def _indexed(make_table: MakeTable, hash_key: str = "pk", range_key: str | None = None) -> str:
    return make_table(
        hash_key, range_key, attributes=["group"], GlobalSecondaryIndexes=[index("by-group", "group")]
    )


def test_a_table_without_them_says_disabled(client: Any, make_table: MakeTable) -> None:
    table = make_table()
    assert _describe(client, table) == {"TableName": table, "ContributorInsightsStatus": "DISABLED"}


def test_they_are_enabled_at_once_and_described(client: Any, make_table: MakeTable) -> None:
    table = make_table("pk", "sk")
    assert _update(client, table) == {
        "TableName": table,
        "ContributorInsightsStatus": "ENABLING",
        "ContributorInsightsMode": "ACCESSED_AND_THROTTLED_KEYS",
    }
    description = _describe(client, table)
    assert description["ContributorInsightsStatus"] == "ENABLED"
    assert description["ContributorInsightsMode"] == "ACCESSED_AND_THROTTLED_KEYS"
    assert description["LastUpdateDateTime"].timestamp() == pytest.approx(time.time(), abs=60)
    assert _rules(description) == [("PKC", table), ("SKC", table), ("PKT", table), ("SKT", table)]


def test_a_table_without_sort_key_has_rules_for_partition_keys_only(
    client: Any, make_table: MakeTable
) -> None:
    table = make_table()
    _update(client, table)
    assert _rules(_describe(client, table)) == [("PKC", table), ("PKT", table)]


def test_an_index_has_its_own_setting(client: Any, make_table: MakeTable) -> None:
    table = _indexed(make_table, "pk", "sk")
    answer = _update(client, table, IndexName="by-group", ContributorInsightsMode="THROTTLED_KEYS")
    assert answer == {
        "TableName": table,
        "IndexName": "by-group",
        "ContributorInsightsStatus": "ENABLING",
        "ContributorInsightsMode": "THROTTLED_KEYS",
    }
    description = _describe(client, table, IndexName="by-group")
    assert description["IndexName"] == "by-group"
    assert _rules(description) == [("PKT", f"{table}-by-group")]
    assert _describe(client, table)["ContributorInsightsStatus"] == "DISABLED"


def test_a_change_of_mode_makes_and_removes_the_rules_for_accesses(
    client: Any, make_table: MakeTable
) -> None:
    table = make_table()
    _update(client, table)
    both = _times(_describe(client, table))
    time.sleep(0.005)
    assert _update(client, table, ContributorInsightsMode="THROTTLED_KEYS")["ContributorInsightsStatus"] == (
        "ENABLING"
    )
    assert _times(_describe(client, table)) == {"PKT": both["PKT"]}
    _update(client, table, ContributorInsightsMode="ACCESSED_AND_THROTTLED_KEYS")
    again = _times(_describe(client, table))
    assert again["PKT"] == both["PKT"]
    assert again["PKC"] > both["PKC"]


def test_what_is_enabled_keeps_its_mode_if_none_is_named(client: Any, make_table: MakeTable) -> None:
    table = make_table()
    _update(client, table, ContributorInsightsMode="THROTTLED_KEYS")
    before = _describe(client, table)
    answer = _update(client, table)
    assert (answer["ContributorInsightsStatus"], answer["ContributorInsightsMode"]) == (
        "ENABLED",
        "THROTTLED_KEYS",
    )
    assert _describe(client, table) == before


def test_they_are_disabled(client: Any, make_table: MakeTable) -> None:
    table = make_table()
    assert _update(client, table, "DISABLE")["ContributorInsightsStatus"] == "DISABLED"
    _update(client, table)
    assert _update(client, table, "DISABLE") == {
        "TableName": table,
        "ContributorInsightsStatus": "DISABLING",
    }
    description = _describe(client, table)
    assert set(description) == {"TableName", "ContributorInsightsStatus", "LastUpdateDateTime"}
    assert description["ContributorInsightsStatus"] == "DISABLED"


def test_the_table_can_be_named_by_its_arn(client: Any, make_table: MakeTable) -> None:
    table = make_table()
    arn = client.describe_table(TableName=table)["Table"]["TableArn"]
    assert _update(client, arn)["TableName"] == table
    assert _describe(client, arn)["TableName"] == table


@pytest.mark.parametrize("operation", ["UpdateContributorInsights", "DescribeContributorInsights"])
def test_a_table_or_index_that_is_not_there_is_not_found(
    client: Any, make_table: MakeTable, operation: str
) -> None:
    table = make_table("pk", "sk", attributes=["a"], LocalSecondaryIndexes=[index("local-a", "pk", "a")])
    action = {"ContributorInsightsAction": "ENABLE"} if operation.startswith("Update") else {}
    missing = "ResourceNotFoundException: Requested resource not found: "
    assert refusal(client, operation, TableName="no-such-table", **action) == (
        f"{missing}Table: no-such-table not found"
    )
    for name in ("no-such-index", "local-a"):
        assert refusal(client, operation, TableName=table, IndexName=name, **action) == (
            f"{missing}Index {name} for table {table}"
        )


def test_what_is_enabled_is_listed_page_by_page() -> None:
    with running_server("--in-memory") as server:
        client = client_of(server.endpoint)
        parts = [(name, index_name) for name in ("bees", "wasps") for index_name in (None, "by-group")]
        for name in ("bees", "wasps", "ants"):
            definitions = [{"AttributeName": each, "AttributeType": "S"} for each in ("pk", "group")]
            parameters = {"AttributeDefinitions": definitions, "TableName": name}
            client.create_table(
                **table_with(GlobalSecondaryIndexes=[index("by-group", "group")], **parameters)
            )
        for name, index_name in reversed(parts):
            _update(client, name, **({} if index_name is None else {"IndexName": index_name}))
        _update(client, "ants")
        _update(client, "ants", "DISABLE")
        listed: list[dict[str, Any]] = []
        token: dict[str, str] = {}
        while True:
            page = call(client, "ListContributorInsights", MaxResults=3, **token)
            listed += page["ContributorInsightsSummaries"]
            if "NextToken" not in page:
                break
            token = {"NextToken": page["NextToken"]}
        assert [(one["TableName"], one.get("IndexName")) for one in listed] == parts
        assert {one["ContributorInsightsStatus"] for one in listed} == {"ENABLED"}
        assert {one["ContributorInsightsMode"] for one in listed} == {"ACCESSED_AND_THROTTLED_KEYS"}
        of_one = call(client, "ListContributorInsights", TableName="wasps")
        assert of_one == {"ContributorInsightsSummaries": listed[2:]}
        elsewhere = client_of(server.endpoint, region_name="eu-west-1")
        assert call(elsewhere, "ListContributorInsights") == {"ContributorInsightsSummaries": []}


def test_a_list_of_a_table_that_is_not_there_or_with_a_wrong_token_is_refused(client: Any) -> None:
    assert refusal(client, "ListContributorInsights", TableName="no-such-table").startswith(
        "ResourceNotFoundException: "
    )
    for token in ("", "wrong", "!", "d3Jvbmc="):
        assert refusal(client, "ListContributorInsights", NextToken=token) == invalid("Invalid NextToken")


def test_the_setting_outlives_the_server(tmp_path: Path) -> None:
    with running_server("--data-dir", str(tmp_path / "data")) as server:
        client = client_of(server.endpoint)
        client.create_table(**table_with(TableName="kept"))
        _update(client, "kept", ContributorInsightsMode="THROTTLED_KEYS")
        before = _describe(client, "kept")
    with running_server("--data-dir", str(tmp_path / "data")) as server:
        assert _describe(client_of(server.endpoint), "kept") == before


def table_with(**parameters: Any) -> dict[str, Any]:
    return requested("pk", **parameters)
