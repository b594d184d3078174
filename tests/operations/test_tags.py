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


def bad_arn(arn: str) -> str:
    return invalid(f"Invalid TableArn: Invalid ResourceArn provided as input {arn}")


def no_arn(arn: str) -> str:
    return invalid(PARAMETERS + f"ARNs must start with 'arn:': {arn}")


def no_resource(arn: str) -> str:
    return invalid(PARAMETERS + f"Provided Arn is not a DynamoDB resource arn: {arn}")


def no_table(arn: str) -> str:
    return invalid(
        PARAMETERS
        + "Invalid resource arn provided, only table or stream is accepted. Provided resource arn: "
        f"{arn}"
    )


def unknown(arn: str) -> str:
    return f"ResourceNotFoundException: Requested resource not found: ResourceArn: {arn} not found"


def null(member: str) -> str:
    return invalid(LEAD + f"Value null at '{member}' failed to satisfy constraint: Member must not be null")


INDEX_ARN = f"{MISSING_ARN}/index/idx"
STREAM_ARN = f"{MISSING_ARN}/stream/2026-01-01T00:00:00.000"
BACKUP_ARN = f"{MISSING_ARN}/backup/01791525400213-63b4d36a"
ELSEWHERE_ARN = MISSING_ARN.replace("us-east-1", "eu-west-1")
OTHERS_ARN = MISSING_ARN.replace("000000000000", "111111111111")
NO_TAG = invalid("Atleast one Tag needs to be provided as Input.")
NO_KEY = invalid("Atleast one Tag Key needs to be provided as Input.")

# Situation, operation, request, refusal; in the order of the checks.
REFUSED: list[tuple[str, str, Request, str]] = [
    ("no_arn", "TagResource", {}, invalid("Invalid TableArn")),
    ("no_arn_to_untag", "UntagResource", {}, invalid("Invalid TableArn")),
    ("no_arn_to_list", "ListTagsOfResource", {}, invalid("Invalid TableArn")),
    ("empty_arn", "ListTagsOfResource", {"ResourceArn": ""}, no_arn("")),
    ("name_instead_of_arn", "TagResource", {"ResourceArn": MISSING, "Tags": [TAG]}, no_arn(MISSING)),
    ("no_tags", "TagResource", {"ResourceArn": "a:b:c:d:e:f/g"}, null("tags")),
    ("no_keys", "UntagResource", {"ResourceArn": "a:b:c:d:e:f/g"}, null("tagKeys")),
    (
        "arn_before_long_key",
        "TagResource",
        {"ResourceArn": "a:b:c", "Tags": [{"Key": "k" * 129, "Value": "v"}]},
        no_arn("a:b:c"),
    ),
    (
        "arn_of_another_service",
        "ListTagsOfResource",
        {"ResourceArn": "arn:aws:s3:::b"},
        no_resource("arn:aws:s3:::b"),
    ),
    ("arn_of_a_backup", "ListTagsOfResource", {"ResourceArn": BACKUP_ARN}, no_resource(BACKUP_ARN)),
    ("index_arn", "ListTagsOfResource", {"ResourceArn": INDEX_ARN}, no_table(INDEX_ARN)),
    ("stream_arn", "ListTagsOfResource", {"ResourceArn": STREAM_ARN}, unknown(STREAM_ARN)),
    ("other_region", "ListTagsOfResource", {"ResourceArn": ELSEWHERE_ARN}, bad_arn(ELSEWHERE_ARN)),
    (
        "other_account",
        "ListTagsOfResource",
        {"ResourceArn": OTHERS_ARN},
        "AccessDeniedException: Access is denied",
    ),
    ("empty_tags", "TagResource", {"ResourceArn": MISSING_ARN, "Tags": []}, NO_TAG),
    ("empty_keys", "UntagResource", {"ResourceArn": MISSING_ARN, "TagKeys": []}, NO_KEY),
    (
        "other_arn_before_empty_tags",
        "TagResource",
        {"ResourceArn": INDEX_ARN, "Tags": []},
        no_table(INDEX_ARN),
    ),
    (
        "key_twice",
        "TagResource",
        {"ResourceArn": MISSING_ARN, "Tags": [TAG, TAG]},
        invalid("Duplicate Tag Keys provided as input: Duplicate Tag Key found k"),
    ),
    (
        "reserved_key",
        "TagResource",
        {"ResourceArn": MISSING_ARN, "Tags": [{"Key": "AWS:k", "Value": ""}]},
        invalid("Tag Key cannot be prefixed with aws:, Key: AWS:k"),
    ),
    (
        "reserved_key_to_untag",
        "UntagResource",
        {"ResourceArn": MISSING_ARN, "TagKeys": ["aws:k"]},
        invalid("Tag Key cannot be prefixed with aws:, Key: aws:k"),
    ),
    (
        "more_keys_to_untag_than_there_can_be",
        "UntagResource",
        {"ResourceArn": MISSING_ARN, "TagKeys": [f"k{number}" for number in range(51)]},
        invalid("Number of Tags exceed the current limit for the provided ResourceArn"),
    ),
    ("missing_table", "TagResource", {"ResourceArn": MISSING_ARN, "Tags": [TAG]}, unknown(MISSING_ARN)),
    ("missing_table_to_list", "ListTagsOfResource", {"ResourceArn": MISSING_ARN}, unknown(MISSING_ARN)),
    (
        "missing_table_to_untag",
        "UntagResource",
        {"ResourceArn": MISSING_ARN, "TagKeys": ["k"]},
        unknown(MISSING_ARN),
    ),
]


@pytest.mark.parametrize(
    ("operation", "request_", "expected"), [pytest.param(*case[1:], id=case[0]) for case in REFUSED]
)
def test_a_bad_request_is_refused(wire: Wire, operation: str, request_: Request, expected: str) -> None:
    assert wire.refusal(operation, request_) == expected


@pytest.mark.parametrize(
    "key", ["k" * 129, "", None, "a#b", "100%", "a,b", "~a", "key\U0001f511", "a\nb"], ids=ascii
)
def test_an_invalid_key_is_refused(wire: Wire, key: str | None) -> None:
    tag = {"Value": "v"} if key is None else {"Key": key, "Value": "v"}
    text = invalid(f"The Tag Key provided is invalid, Key: {'null' if key is None else key}")
    assert wire.refusal("TagResource", {"ResourceArn": MISSING_ARN, "Tags": [TAG, tag]}) == text
    if key is not None:
        assert wire.refusal("UntagResource", {"ResourceArn": MISSING_ARN, "TagKeys": [key]}) == text


@pytest.mark.parametrize("value", ["v" * 257, None, "a#b", "a&b", "it's"], ids=ascii)
def test_an_invalid_value_is_refused(wire: Wire, value: str | None) -> None:
    tag = {"Key": "a"} if value is None else {"Key": "a", "Value": value}
    text = invalid(f"The Tag Value provided is invalid, Value: {'null' if value is None else value}")
    assert wire.refusal("TagResource", {"ResourceArn": MISSING_ARN, "Tags": [TAG, tag]}) == text


def test_letters_and_spaces_of_any_script_are_good(client: Any, make_table: MakeTable) -> None:
    good = {
        "k" * 128: "v" * 256,
        "\u043a\u043b\u044e\u0447": "caf\u00e9",
        " \u00a0\u3000": "\u8868",
        "myaws:k": "a+b-c=d.e_f:g/h@i",
    }
    table = make_table("pk", Tags=tags(**good))
    assert listed(client, table) == good


def test_more_than_fifty_tags_are_refused(client: Any, make_table: MakeTable) -> None:
    table = make_table("pk", Tags=tags(**{f"key-{number}": "" for number in range(50)}))
    text = invalid("Number of Tags exceed the current limit for the provided ResourceArn")
    assert refusal(client, "TagResource", ResourceArn=ARN + table, Tags=tags(one_more="")) == text
    client.tag_resource(ResourceArn=ARN + table, Tags=tags(**{"key-0": "replaced"}))
    assert listed(client, table)["key-0"] == "replaced"


def test_more_than_ten_kilobytes_of_tags_are_refused(client: Any, make_table: MakeTable) -> None:
    table = make_table("pk", Tags=tags(**{f"key-{number}": "v" * 250 for number in range(40)}))
    text = invalid("Tag set size 10438 bytes is above max size limit of 10240 bytes")
    assert refusal(client, "TagResource", ResourceArn=ARN + table, Tags=tags(more="v" * 204)) == text


def test_a_table_with_bad_tags_is_not_created(client: Any) -> None:
    request = {
        "TableName": MISSING,
        "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}],
        "AttributeDefinitions": [{"AttributeName": "pk", "AttributeType": "S"}],
        "BillingMode": "PAY_PER_REQUEST",
    }
    assert refusal(client, "CreateTable", **request, Tags=tags(**{"aws:k": ""})) == invalid(
        "Tag Key cannot be prefixed with aws:, Key: aws:k"
    )
    fifty_one = tags(**{f"key-{number}": "" for number in range(51)})
    text = invalid("Number of Tags exceed the current limit for the provided ResourceArn")
    assert refusal(client, "CreateTable", **request, Tags=fifty_one) == text
    assert MISSING not in client.list_tables()["TableNames"]
