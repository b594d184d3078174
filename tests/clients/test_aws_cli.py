"""The AWS CLI: the sample tables, loaded by the example's script, and a tutorial's commands on them."""

import json
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.clients.outside import AwsCli, client_environment, eventually

SAMPLES = Path(__file__).parents[2] / "examples" / "sample_tables"
COUNTS = {"ProductCatalog": 8, "Forum": 2, "Thread": 3, "Reply": 4, "Music": 4}


@pytest.fixture(scope="module")
def samples(server: Any, client: Any) -> Iterator[None]:
    """The five sample tables, loaded; gone after the module."""
    sh = shutil.which("sh")
    assert sh is not None
    done = subprocess.run(
        [sh, str(SAMPLES / "load.sh"), server.endpoint],
        env=client_environment(),
        capture_output=True,
        text=True,
        timeout=180,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert sorted(done.stdout.splitlines()) == sorted(f"{table}: loaded" for table in COUNTS)
    yield
    for table in COUNTS:
        client.delete_table(TableName=table)


pytestmark = pytest.mark.usefixtures("samples")


def test_the_tables_are_listed(aws: AwsCli) -> None:
    assert set(COUNTS) <= set(aws("list-tables")["TableNames"])


@pytest.mark.parametrize("table", COUNTS)
def test_a_scan_returns_what_was_loaded(aws: AwsCli, table: str) -> None:
    puts = json.loads((SAMPLES / f"{table}.json").read_text(encoding="utf-8"))[table]
    scanned = aws("scan", "--table-name", table)
    assert scanned["Count"] == scanned["ScannedCount"] == COUNTS[table]
    loaded = [put["PutRequest"]["Item"] for put in puts]
    assert sorted(map(_comparable, scanned["Items"])) == sorted(map(_comparable, loaded))


def _comparable(item: dict[str, Any]) -> str:
    """Sets have no order, neither have items."""
    sets = {
        name: {tag: sorted(value)} if (tag := next(iter(value))) == "SS" else value
        for name, value in item.items()
    }
    return json.dumps(sets, sort_keys=True)


def test_a_query_returns_an_artist_s_songs_in_order(aws: AwsCli) -> None:
    answer = aws(
        "query",
        "--table-name=Music",
        "--key-condition-expression=Artist = :artist",
        '--expression-attribute-values={":artist": {"S": "The Long Tails"}}',
    )
    assert [song["SongTitle"]["S"] for song in answer["Items"]] == ["Call Me Tomorrow", "Page by Page"]


def test_the_cli_s_own_paging_crosses_pages(aws: AwsCli) -> None:
    first = aws("scan", "--table-name=ProductCatalog", "--page-size=3", "--max-items=5")
    assert len(first["Items"]) == 5
    rest = aws("scan", "--table-name=ProductCatalog", f"--starting-token={first['NextToken']}")
    found = {item["Id"]["N"] for item in first["Items"] + rest["Items"]}
    assert (len(rest["Items"]), len(found)) == (3, 8)


def test_a_nested_value_is_reached_by_its_path(aws: AwsCli) -> None:
    answer = aws(
        "get-item",
        "--table-name=ProductCatalog",
        '--key={"Id": {"N": "205"}}',
        "--projection-expression=Title, Color[1]",
    )
    assert answer["Item"] == {"Title": {"S": "Otter"}, "Color": {"L": [{"S": "Silver"}]}}


def test_a_filter_selects_by_price(aws: AwsCli) -> None:
    answer = aws(
        "scan",
        "--table-name=ProductCatalog",
        "--filter-expression=ProductCategory = :category AND Price < :price",
        '--expression-attribute-values={":category": {"S": "Bicycle"}, ":price": {"N": "500"}}',
    )
    assert sorted(item["Id"]["N"] for item in answer["Items"]) == ["201", "205"]
    assert answer["ScannedCount"] == 8


def test_the_index_finds_a_user_s_replies(aws: AwsCli) -> None:
    def replies() -> list[str]:
        answer = aws(
            "query",
            "--table-name=Reply",
            "--index-name=PostedBy-Message-Index",
            "--key-condition-expression=PostedBy = :user",
            '--expression-attribute-values={":user": {"S": "User A"}}',
        )
        return [reply["Message"]["S"] for reply in answer["Items"]]

    eventually(
        replies,
        ["A global index on the author, with the time as its sort key.", "Thank you, that is what I needed."],
    )


def test_an_item_is_put_updated_and_deleted(aws: AwsCli) -> None:
    key = '--key={"Artist": {"S": "Ion"}, "SongTitle": {"S": "Charge"}}'
    item = '--item={"Artist": {"S": "Ion"}, "SongTitle": {"S": "Charge"}, "Awards": {"N": "1"}}'
    aws("put-item", "--table-name=Music", item, "--condition-expression=attribute_not_exists(Artist)")
    updated = aws(
        "update-item",
        "--table-name=Music",
        key,
        "--update-expression=SET Awards = Awards + :one",
        '--expression-attribute-values={":one": {"N": "1"}}',
        "--return-values=UPDATED_NEW",
    )
    assert updated["Attributes"] == {"Awards": {"N": "2"}}
    deleted = aws("delete-item", "--table-name=Music", key, "--return-values=ALL_OLD")
    assert deleted["Attributes"]["Awards"] == {"N": "2"}


def test_a_failed_condition_is_told_by_name(aws: AwsCli) -> None:
    item = '--item={"Name": {"S": "Kilowatt"}}'
    with pytest.raises(subprocess.CalledProcessError) as failed:
        aws(
            "put-item",
            "--table-name=Forum",
            item,
            "--condition-expression=attribute_not_exists(#name)",
            '--expression-attribute-names={"#name": "Name"}',
        )
    assert "(ConditionalCheckFailedException)" in failed.value.stderr
    assert "The conditional request failed" in failed.value.stderr
