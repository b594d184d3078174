"""What the tag operations have in common: the table that their ResourceArn names.

Source: measured on AWS, 2026-10 (AWS Controllers for Kubernetes, api-quirks of DynamoDB: DDB-TABLE-071, 104,
446, DDB-BACKUP-013).
"""

import re
from typing import Any

from kilowatt.domain.tables.lifecycle import CREATING, DELETING, status
from kilowatt.domain.tables.table import Table
from kilowatt.errors import tables, tags
from kilowatt.operations.context import Context

_TABLE_ARN = re.compile(
    r"arn:aws[a-z-]*:dynamodb:(?P<region>[a-z0-9-]+):(?P<account>[0-9]+):table/[a-zA-Z0-9_.-]{3,255}"
    r"(?P<below>/(?P<kind>index|stream)/.+)?",
    re.ASCII,
)


def check_arn(context: Context, request: dict[str, Any]) -> str:
    """The ARN of what a tag operation is about: a table, or a stream, which has no tags.

    Raises `NOT_AN_ARN`, `NOT_A_RESOURCE`, `NOT_A_TABLE`, `ANOTHER_REGION`, `tables.ANOTHER_ACCOUNT`.
    """
    arn: str = request["ResourceArn"]
    if not arn.startswith("arn:"):
        raise tags.NOT_AN_ARN(arn=arn)
    parts = _TABLE_ARN.fullmatch(arn)
    if parts is None:
        raise tags.NOT_A_RESOURCE(arn=arn)
    if parts["kind"] == "index":
        raise tags.NOT_A_TABLE(arn=arn)
    if parts["region"] != context.region:
        raise tags.ANOTHER_REGION(arn=arn)
    if parts["account"] != context.account:
        raise tables.ANOTHER_ACCOUNT()
    return arn


async def find(context: Context, arn: str) -> Table:
    """The table of the ARN, once it is there and until it goes; raises `RESOURCE_UNKNOWN`."""
    table = None if "/stream/" in arn else await context.find(arn)
    if table is None or status(table, context.services.clock.now()) in {CREATING, DELETING}:
        raise tags.RESOURCE_UNKNOWN(arn=arn)
    return table
