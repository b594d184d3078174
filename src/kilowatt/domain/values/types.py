"""The shapes that the whole domain speaks: attribute values and items as the wire writes them."""

from typing import Any

# One tag and its content: {"S": "x"}, {"N": "12"}, {"L": [...]}. Numbers are canonical text once accepted.
AttributeValue = dict[str, Any]
Item = dict[str, AttributeValue]
# Placeholder (with its colon) to value: the request's ExpressionAttributeValues.
Values = dict[str, AttributeValue]
