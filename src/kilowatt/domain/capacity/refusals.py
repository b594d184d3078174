"""Which refusal stands for a limit that was met.

Source: AWS guide, "Troubleshooting throttling in Amazon DynamoDB"; service model, ThrottlingReason.
"""

from kilowatt.domain.capacity.rates import Limit
from kilowatt.domain.capacity.resource import Resource
from kilowatt.domain.capacity.units import WRITE
from kilowatt.errors import ErrorSpec, ServiceError
from kilowatt.errors import capacity as errors

_KINDS = ("Read", "Write")


def refusal(resource: Resource, kind: int, limit: Limit) -> ServiceError:
    """The refusal of an access (READ or WRITE) that met `limit`, with its one ThrottlingReason."""
    of, arn = "Table", resource.table.arn
    if resource.index is not None:
        of, arn = "Index", f"{arn}/index/{resource.index.name}"
    return errors.throttled(_spec(resource, kind, limit), f"{of}{_KINDS[kind]}{limit}", arn)


def _spec(resource: Resource, kind: int, limit: Limit) -> ErrorSpec:
    of_index = resource.index is not None
    if not resource.table.on_demand:
        return errors.INDEX_OVER_PROVISIONED if of_index else errors.TABLE_OVER_PROVISIONED
    if limit is Limit.ACCOUNT:
        return errors.OVER_ACCOUNT_QUOTA
    # Reads of an index get the text that says table or index: the other one is told of writes only.
    return errors.INDEX_OVER_ON_DEMAND if of_index and kind == WRITE else errors.TABLE_OVER_ON_DEMAND
