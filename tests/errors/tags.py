"""How the texts of `kilowatt.errors.tags` are provoked."""

from typing import Any

from tests.errors.provocation import Provocation, invalid
from tests.operations.calls import PARAMETERS
from tests.operations.standing import HASH, MISSING

ARN = f"arn:aws:dynamodb:us-east-1:000000000000:table/{HASH}"
MISSING_ARN = f"arn:aws:dynamodb:us-east-1:000000000000:table/{MISSING}"
TAG = {"Key": "k", "Value": "v"}


def _tag(refusal: str, tags: list[dict[str, Any]]) -> Provocation:
    return Provocation("TagResource", {"ResourceArn": ARN, "Tags": tags}, refusal)


def _list(refusal: str, arn: str) -> Provocation:
    return Provocation("ListTagsOfResource", {"ResourceArn": arn}, refusal)


PROVOCATIONS = {
    "NOT_AN_ARN": _list(invalid(PARAMETERS + "ARNs must start with 'arn:': not-an-arn"), "not-an-arn"),
    "NOT_A_RESOURCE": _list(
        invalid(PARAMETERS + f"Provided Arn is not a DynamoDB resource arn: {ARN}/backup/1"),
        ARN + "/backup/1",
    ),
    "NOT_A_TABLE": _list(
        invalid(
            PARAMETERS + "Invalid resource arn provided, only table or stream is accepted. Provided resource "
            f"arn: {ARN}/index/idx"
        ),
        ARN + "/index/idx",
    ),
    "ANOTHER_REGION": _list(
        invalid(
            "Invalid TableArn: Invalid ResourceArn provided as input arn:aws:dynamodb:eu-west-1:1:table/abc"
        ),
        "arn:aws:dynamodb:eu-west-1:1:table/abc",
    ),
    "RESOURCE_UNKNOWN": _list(
        f"ResourceNotFoundException: Requested resource not found: ResourceArn: {MISSING_ARN} not found",
        MISSING_ARN,
    ),
    "NO_TAGS": _tag(invalid("Atleast one Tag needs to be provided as Input."), []),
    "NO_TAG_KEYS": Provocation(
        "UntagResource",
        {"ResourceArn": ARN, "TagKeys": []},
        invalid("Atleast one Tag Key needs to be provided as Input."),
    ),
    "INVALID_TAG_KEY": _tag(invalid("The Tag Key provided is invalid, Key: a#b"), [{**TAG, "Key": "a#b"}]),
    "INVALID_TAG_VALUE": _tag(
        invalid("The Tag Value provided is invalid, Value: null"), [TAG, {"Key": "another"}]
    ),
    "RESERVED_TAG_KEY": _tag(
        invalid("Tag Key cannot be prefixed with aws:, Key: aws:k"), [{**TAG, "Key": "aws:k"}]
    ),
    "DUPLICATE_TAG_KEY": _tag(
        invalid("Duplicate Tag Keys provided as input: Duplicate Tag Key found k"), [TAG, TAG]
    ),
    "TOO_MANY_TAGS": _tag(
        invalid("Number of Tags exceed the current limit for the provided ResourceArn"),
        [{**TAG, "Key": f"k{number}"} for number in range(51)],
    ),
    "TAGS_TOO_LARGE": _tag(
        invalid("Tag set size 10368 bytes is above max size limit of 10240 bytes"),
        [{"Key": f"k{number}".ljust(128, "k"), "Value": "v" * 256} for number in range(27)],
    ),
}
