"""How the texts of `kilowatt.errors.tags` are provoked."""

from typing import Any

from tests.errors.provocation import Provocation, invalid
from tests.operations.calls import PARAMETERS
from tests.operations.standing import HASH, MISSING

ARN = f"arn:aws:dynamodb:us-east-1:000000000000:table/{HASH}"
MISSING_ARN = f"arn:aws:dynamodb:us-east-1:000000000000:table/{MISSING}"
TAG = {"Key": "k", "Value": "v"}


def _tag(refusal: str, tags: list[dict[str, Any]], arn: str = ARN) -> Provocation:
    return Provocation("TagResource", {"ResourceArn": arn, "Tags": tags}, refusal)


PROVOCATIONS = {
    "NOT_AN_ARN": _tag(
        "AccessDeniedException: User: arn:aws:iam::000000000000:root is not authorized to perform: "
        "dynamodb:TagResource on resource: a:b:c",
        [TAG],
        "a:b:c",
    ),
    "INVALID_ARN": _tag(
        invalid("Invalid TableArn: Invalid ResourceArn provided as input a:b:c:d:e:f/g"),
        [TAG],
        "a:b:c:d:e:f/g",
    ),
    "NO_TAGS": _tag(invalid("Atleast one Tag needs to be provided as Input."), []),
    "NO_TAG_KEYS": Provocation(
        "UntagResource",
        {"ResourceArn": ARN, "TagKeys": []},
        invalid("Atleast one Tag Key needs to be provided as Input."),
    ),
    "RESOURCE_UNKNOWN": _tag(
        f"ResourceNotFoundException: Requested resource not found: ResourcArn: {MISSING_ARN} not found",
        [TAG],
        MISSING_ARN,
    ),
    "DUPLICATE_TAG_KEY": _tag(invalid(PARAMETERS + "Duplicate tag key: k"), [TAG, TAG]),
    "RESERVED_TAG_KEY": _tag(
        invalid(PARAMETERS + "Tag keys that begin with aws: are reserved: aws:k"), [{**TAG, "Key": "aws:k"}]
    ),
    "TOO_MANY_TAGS": _tag(
        invalid(PARAMETERS + "Number of tags exceeds the per-resource limit of 50"),
        [{**TAG, "Key": f"k{number}"} for number in range(51)],
    ),
    "TAGS_TOO_LARGE": _tag(
        invalid(PARAMETERS + "Size of all tags exceeds the per-resource limit of 10240 bytes"),
        [{"Key": f"k{number}".ljust(128, "k"), "Value": "v" * 256} for number in range(27)],
    ),
}
