"""ListTagsOfResource. Source: AWS API reference, ListTagsOfResource; the checks as measured."""

from typing import Any

from kilowatt.operations.answer import document
from kilowatt.operations.context import Context
from kilowatt.operations.tagged_table import check_arn, find


async def list_tags_of_resource(context: Context, request: dict[str, Any]) -> bytes:
    """The tags of a table, all of them: AWS has NextToken in the model, but never pages."""
    arn = check_arn(context, request)
    table = await find(context, arn)
    return document({"Tags": [{"Key": key, "Value": value} for key, value in table.tags]})
