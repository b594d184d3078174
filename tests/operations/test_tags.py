"""TagResource, UntagResource, ListTagsOfResource."""

from typing import Any

import pytest
from tests.conftest import MakeTable
from tests.operations.calls import LEAD, PARAMETERS, Request, Wire, call, invalid, refusal
from tests.operations.standing import MISSING

ARN = "arn:aws:dynamodb:us-east-1:000000000000:table/"
MISSING_ARN = ARN + MISSING
TAG = {"Key": "k", "Value": "v"}


def tags(**pairs: str) -> list[dict[str, str]]:
    return [{"Key": key, "Value": value} for key, value in pairs.items()]


def listed(client: Any, table: str) -> dict[str, str]:
    answer = call(client, "ListTagsOfResource", ResourceArn=ARN + table)
    assert answer.keys() == {"Tags"}
    return {tag["Key"]: tag["Value"] for tag in answer["Tags"]}


def test_a_table_has_the_tags_it_was_created_with(client: Any, make_table: MakeTable) -> None:
    assert listed(client, make_table("pk")) == {}
    assert listed(client, make_table("pk", Tags=tags(a="1", b=""))) == {"a": "1", "b": ""}


def test_tags_are_added_replaced_and_removed(client: Any, make_table: MakeTable) -> None:
    table = make_table("pk", Tags=tags(a="1", b="2"))
    assert call(client, "TagResource", ResourceArn=ARN + table, Tags=tags(b="new", c="3")) == {}
    assert listed(client, table) == {"a": "1", "b": "new", "c": "3"}
    assert call(client, "UntagResource", ResourceArn=ARN + table, TagKeys=["a", "none"]) == {}
    assert listed(client, table) == {"b": "new", "c": "3"}


def test_all_fifty_tags_come_in_one_answer(client: Any, make_table: MakeTable) -> None:
    table = make_table("pk")
    fifty = {f"key-{number}": str(number) for number in range(50)}
    client.tag_resource(ResourceArn=ARN + table, Tags=tags(**fifty))
    assert listed(client, table) == fifty


@pytest.mark.parametrize(
    ("operation", "members"), [("TagResource", {"Tags": [TAG]}), ("UntagResource", {"TagKeys": ["k"]})]
)
def test_the_answer_has_no_body(wire: Wire, make_table: MakeTable, operation: str, members: Request) -> None:
    answer = wire.answer(operation, {"ResourceArn": ARN + make_table("pk"), **members})
    assert (answer.status, answer.getheader("Content-Length"), answer.read()) == (200, "0", b"")
    assert answer.getheader("x-amz-crc32") == "0"


def not_allowed(operation: str, arn: str) -> str:
    return (
        "AccessDeniedException: User: arn:aws:iam::000000000000:root is not authorized to perform: "
        f"dynamodb:{operation} on resource: {arn}"
    )


def bad_arn(arn: str) -> str:
    return invalid(f"Invalid TableArn: Invalid ResourceArn provided as input {arn}")


def null(member: str) -> str:
    return invalid(LEAD + f"Value null at '{member}' failed to satisfy constraint: Member must not be null")


UNKNOWN = f"ResourceNotFoundException: Requested resource not found: ResourcArn: {MISSING_ARN} not found"
INDEX_ARN = f"{MISSING_ARN}/index/idx"
NO_TAG = invalid("Atleast one Tag needs to be provided as Input.")
NO_KEY = invalid("Atleast one Tag Key needs to be provided as Input.")

# Situation, operation, request, refusal; in AWS's order.
REFUSED: list[tuple[str, str, Request, str]] = [
    ("no_arn", "TagResource", {}, invalid("Invalid TableArn")),
    ("no_arn_to_untag", "UntagResource", {}, invalid("Invalid TableArn")),
    ("no_arn_to_list", "ListTagsOfResource", {}, invalid("Invalid TableArn")),
    ("empty_arn", "TagResource", {"ResourceArn": ""}, not_allowed("TagResource", "*")),
    ("no_arn_at_all", "UntagResource", {"ResourceArn": "a:b:c"}, not_allowed("UntagResource", "a:b:c")),
    (
        "arn_without_slash",
        "ListTagsOfResource",
        {"ResourceArn": "a:b:c:d:e:f"},
        not_allowed("ListTagsOfResource", "a:b:c:d:e:f"),
    ),
    ("no_tags", "TagResource", {"ResourceArn": "a:b:c:d:e:f/g"}, null("tags")),
    ("no_keys", "UntagResource", {"ResourceArn": "a:b:c:d:e:f/g"}, null("tagKeys")),
    (
        "long_key",
        "TagResource",
        {"ResourceArn": "a:b:c:d:e:f/g", "Tags": [{"Key": "k" * 129, "Value": "v"}]},
        invalid(
            LEAD + f"Value '{'k' * 129}' at 'tags.1.member.key' failed to satisfy constraint: Member must "
            "have length less than or equal to 128"
        ),
    ),
    (
        "other_arn",
        "TagResource",
        {"ResourceArn": "a:b:c:d:e:f/g", "Tags": [TAG]},
        bad_arn("a:b:c:d:e:f/g"),
    ),
    ("index_arn", "ListTagsOfResource", {"ResourceArn": INDEX_ARN}, bad_arn(INDEX_ARN)),
    ("short_name", "ListTagsOfResource", {"ResourceArn": ARN + "ab"}, bad_arn(ARN + "ab")),
    ("empty_tags", "TagResource", {"ResourceArn": MISSING_ARN, "Tags": []}, NO_TAG),
    ("empty_keys", "UntagResource", {"ResourceArn": MISSING_ARN, "TagKeys": []}, NO_KEY),
    (
        "other_arn_before_empty_tags",
        "TagResource",
        {"ResourceArn": INDEX_ARN, "Tags": []},
        bad_arn(INDEX_ARN),
    ),
    (
        "key_twice",
        "TagResource",
        {"ResourceArn": MISSING_ARN, "Tags": [TAG, TAG]},
        invalid(PARAMETERS + "Duplicate tag key: k"),
    ),
    (
        "reserved_key",
        "TagResource",
        {"ResourceArn": MISSING_ARN, "Tags": [{"Key": "aws:k", "Value": ""}]},
        invalid(PARAMETERS + "Tag keys that begin with aws: are reserved: aws:k"),
    ),
    ("missing_table", "TagResource", {"ResourceArn": MISSING_ARN, "Tags": [TAG]}, UNKNOWN),
    ("missing_table_to_list", "ListTagsOfResource", {"ResourceArn": MISSING_ARN}, UNKNOWN),
    (
        "missing_table_to_untag",
        "UntagResource",
        {"ResourceArn": MISSING_ARN, "TagKeys": ["k"]},
        "ResourceNotFoundException: Requested resource not found",
    ),
]


@pytest.mark.parametrize(
    ("operation", "request_", "expected"), [pytest.param(*case[1:], id=case[0]) for case in REFUSED]
)
def test_a_bad_request_is_refused(wire: Wire, operation: str, request_: Request, expected: str) -> None:
    assert wire.refusal(operation, request_) == expected


def test_more_than_fifty_tags_are_refused(client: Any, make_table: MakeTable) -> None:
    table = make_table("pk", Tags=tags(**{f"key-{number}": "" for number in range(50)}))
    text = invalid(PARAMETERS + "Number of tags exceeds the per-resource limit of 50")
    assert refusal(client, "TagResource", ResourceArn=ARN + table, Tags=tags(one_more="")) == text
    client.tag_resource(ResourceArn=ARN + table, Tags=tags(**{"key-0": "replaced"}))
    assert listed(client, table)["key-0"] == "replaced"


def test_more_than_ten_kilobytes_of_tags_are_refused(client: Any, make_table: MakeTable) -> None:
    table = make_table("pk", Tags=tags(**{f"key-{number}": "v" * 250 for number in range(40)}))
    text = invalid(PARAMETERS + "Size of all tags exceeds the per-resource limit of 10240 bytes")
    assert refusal(client, "TagResource", ResourceArn=ARN + table, Tags=tags(more="v" * 250)) == text


def test_a_table_with_bad_tags_is_not_created(client: Any) -> None:
    request = {
        "TableName": MISSING,
        "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}],
        "AttributeDefinitions": [{"AttributeName": "pk", "AttributeType": "S"}],
        "BillingMode": "PAY_PER_REQUEST",
    }
    fifty_one = tags(**{f"key-{number}": "" for number in range(51)})
    text = invalid(PARAMETERS + "Number of tags exceeds the per-resource limit of 50")
    assert refusal(client, "CreateTable", **request, Tags=fifty_one) == text
    assert MISSING not in client.list_tables()["TableNames"]
