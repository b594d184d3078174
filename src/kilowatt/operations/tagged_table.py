"""What the tag operations have in common: the table that their ResourceArn names.

Source of the order of checks: recorded on AWS.
"""

import re
from typing import Any

from kilowatt.domain.tables.table import Table
from kilowatt.errors import ServiceError, tags
from kilowatt.operations.context import Context

_ANY_ARN = re.compile(r"([^:]*:){5}.*/.*", re.DOTALL)
_TABLE_ARN = re.compile(r"arn:aws[a-z-]*:dynamodb:[a-z0-9-]+:[0-9]+:table/[a-zA-Z0-9_.-]{3,255}", re.ASCII)


def check_arn(context: Context, operation: str, request: dict[str, Any]) -> str:
    """The ARN of the table that a tag operation is about.

    Raises `NOT_AN_ARN` (what no ARN names, IAM does not allow), `INVALID_ARN`.
    """
    arn: str = request["ResourceArn"]
    if _ANY_ARN.fullmatch(arn) is None:
        raise tags.NOT_AN_ARN(account=context.account, operation=operation, arn=arn or "*")
    if _TABLE_ARN.fullmatch(arn) is None:
        raise tags.INVALID_ARN(arn=arn)
    return arn


async def find(context: Context, arn: str, missing: ServiceError) -> Table:
    """The table of the ARN; raises `missing` if there is none."""
    table = await context.find(arn)
    if table is None:
        raise missing
    return table
