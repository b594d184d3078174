"""Recording: of Kilowatt, which then must agree with itself."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tools.conformance import recording, replay
from tools.conformance.__main__ import main
from tools.conformance.record import RecordingError, record
from tools.conformance.replay import Verdict
from tools.conformance.run import Endpoint, local
from tools.conformance.scenario import Scenario, load
from tools.conformance.servers import servers

SCENARIOS = load()
TABLE = {
    "operation": "CreateTable",
    "parameters": {
        "TableName": "${table}",
        "AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "N"}],
        "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
        "BillingMode": "PAY_PER_REQUEST",
    },
}
PUTS = [
    {"operation": "PutItem", "parameters": {"TableName": "${table}", "Item": {"id": {"N": str(number)}}}}
    for number in range(5)
]


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with servers() as started:
        yield started.url(2026)


@pytest.fixture
def endpoint(url: str) -> Iterator[Endpoint]:
    endpoint = local(url)
    patience = endpoint.patience_seconds
    yield endpoint
    endpoint.patience_seconds = patience


@pytest.fixture
def credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")


def _scenario(*steps: dict[str, Any], **fields: Any) -> Scenario:
    return Scenario.of("trial", "trial.json", {"about": "A trial.", "steps": [TABLE, *steps], **fields})


@pytest.mark.usefixtures("credentials")
@pytest.mark.parametrize("name", ["table_crud", "data_encoding_consistency", "create_duplicate_table"])
def test_the_command_records_what_a_replay_agrees_with(
    url: str, name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    options = ["--endpoint", url, "--recordings", str(tmp_path)]
    assert main(["record", name, "--region", "eu-west-1", *options]) == 0
    assert capsys.readouterr().out == f"{name}: {tmp_path / SCENARIOS[name].file}\n"
    made = recording.load(SCENARIOS[name], tmp_path)
    outcomes = replay.replay(SCENARIOS[name], made, local(url))
    assert [(one.verdict, one.differences) for one in outcomes] == [(Verdict.AGREES, ())] * len(outcomes)
    assert made.wording == 2026
    main(["replay", name, *options])
    *_, total = capsys.readouterr().out.splitlines()
    assert total.split() == ["all", str(len(outcomes)), str(len(outcomes))]


@pytest.mark.usefixtures("credentials")
def test_a_recording_tells_neither_names_nor_account(url: str, tmp_path: Path) -> None:
    options = ["--endpoint", url, "--recordings", str(tmp_path)]
    main(["record", "table_crud", "--region", "eu-west-1", *options])
    document = json.loads((tmp_path / "tables_and_items.json").read_text())["table_crud"]
    description = document["answers"]["create-table"]["TableDescription"]
    assert description["TableName"] == "<table-name:1>"
    assert description["TableArn"] == "arn:<partition>:dynamodb:<region>:111111111111:table/<table-name:1>"
    assert (description["TableId"], description["CreationDateTime"]) == ("<uuid:1>", "datetime")
    text = json.dumps(document["answers"])
    assert "conformance-" not in text
    assert "000000000000" not in text
    assert document["region"] == "eu-west-1"


@pytest.mark.usefixtures("credentials")
def test_a_new_recording_replaces_only_its_own(url: str, tmp_path: Path) -> None:
    path = tmp_path / "tables_and_items.json"
    path.write_text(json.dumps({"table_crud": {"recorded": "old"}, "another": {"recorded": "kept"}}))
    options = ["--endpoint", url, "--recordings", str(tmp_path)]
    main(["record", "table_crud", "--region", "eu-west-1", *options])
    documents = json.loads(path.read_text())
    assert documents["another"] == {"recorded": "kept"}
    assert documents["table_crud"]["answers"].keys() == recording.load(SCENARIOS["table_crud"]).answers.keys()


def test_a_list_is_collected_over_pages(endpoint: Endpoint) -> None:
    scan = {
        "operation": "Scan",
        "parameters": {"TableName": "${table}", "Limit": 2},
        "answer": "all",
        "collect": {"list": "Items", "count": 9, "next": "LastEvaluatedKey", "as": "ExclusiveStartKey"},
    }
    found = record(_scenario(*PUTS, scan), endpoint).answers["all"]
    assert sorted(item["id"]["N"] for item in found["Items"]) == ["0", "1", "2", "3", "4"]


def test_a_saved_value_is_asked_with(endpoint: Endpoint) -> None:
    describe = {"operation": "DescribeTable", "parameters": {"TableName": "${table}"}}
    saving = describe | {"save": {"arn": "Table.TableArn"}}
    by_arn = {"parameters": {"TableName": "${arn}"}, "part": "Table.TableName", "answer": "name"}
    made = record(_scenario(saving, describe | by_arn), endpoint)
    assert made.answers == {"name": "<table-name:1>"}


def test_a_scenario_that_fails_records_nothing_and_leaves_no_table(endpoint: Endpoint) -> None:
    before = endpoint.call("ListTables", {})["TableNames"]
    missing = {"operation": "DescribeTable", "parameters": {"TableName": "not-there"}}
    with pytest.raises(RecordingError, match="ResourceNotFoundException"):
        record(_scenario(missing), endpoint)
    waiting = {"operation": "DescribeTable", "parameters": {"TableName": "${table}"}}
    endpoint.patience_seconds = 0.2
    with pytest.raises(RecordingError, match="waited in vain"):
        record(_scenario(waiting | {"until": {"Table.TableStatus": "ARCHIVED"}}), endpoint)
    assert endpoint.call("ListTables", {})["TableNames"] == before


def test_an_unknown_scenario_is_named() -> None:
    with pytest.raises(SystemExit, match="no such scenario: nothing"):
        main(["replay", "nothing"])


def test_a_scenario_with_an_unknown_field_is_refused() -> None:
    with pytest.raises(TypeError):
        _scenario(TABLE | {"expect": "x"})
