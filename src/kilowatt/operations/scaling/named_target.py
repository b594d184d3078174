"""What the operations have in common: the scalable target that a request names, and pages of answers."""

import base64
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from kilowatt import limits
from kilowatt.domain.scaling.target import Target
from kilowatt.domain.scaling.units import NAMESPACE, ScaledUnits, scaled_units
from kilowatt.errors import ErrorSpec, ServiceError
from kilowatt.errors import scaling as errors
from kilowatt.operations.context import Context
from kilowatt.store.scaling import ScalingStore

Request = dict[str, Any]
T = TypeVar("T")


def store_of(context: Context) -> ScalingStore:
    return ScalingStore(context.services.engine)


def named_units(request: Request) -> ScaledUnits:
    """Raises `UNSUPPORTED_DIMENSION`."""
    units = scaled_units(request["ResourceId"], request["ScalableDimension"])
    if units is None or request["ServiceNamespace"] != NAMESPACE:
        raise errors.UNSUPPORTED_DIMENSION()
    return units


def place(request: Request) -> tuple[str, str]:
    """Resource and dimension of the target. Raises `UNSUPPORTED_DIMENSION`."""
    named_units(request)
    return request["ResourceId"], request["ScalableDimension"]


def refusal(spec: ErrorSpec, request: Request, **fields: object) -> ServiceError:
    """The refusal with the target that the request names."""
    return spec(
        namespace=NAMESPACE, resource=request["ResourceId"], dimension=request["ScalableDimension"], **fields
    )


async def described(context: Context, request: Request) -> list[Target]:
    """The targets that a Describe operation is about. Raises `DIMENSION_WITHOUT_RESOURCE`."""
    resources = request.get("ResourceIds") or [request[name] for name in ("ResourceId",) if name in request]
    dimension = request.get("ScalableDimension")
    if dimension is not None and not resources:
        raise errors.DIMENSION_WITHOUT_RESOURCE()
    if request["ServiceNamespace"] != NAMESPACE:
        return []
    store = store_of(context)
    return [
        target
        for resource in dict.fromkeys(resources) or [""]
        for target in await store.targets(context.account, context.region, resource)
        if dimension in {None, target.dimension}
    ]


async def tagged(context: Context, request: Request) -> Target:
    """The target of the ResourceARN. Raises `RESOURCE_NOT_FOUND`."""
    arn = request["ResourceARN"]
    for target in await store_of(context).targets(context.account, context.region):
        if target.arn == arn:
            return target
    raise errors.RESOURCE_NOT_FOUND(arn=arn).with_members(ResourceName=arn)


def page_size(request: Request) -> int:
    """Raises `MAX_RESULTS`."""
    size: int = request.get("MaxResults", limits.SCALING_PAGE)
    if not 1 <= size <= limits.SCALING_PAGE:
        raise errors.MAX_RESULTS(limit=limits.SCALING_PAGE)
    return size


def token_of(place: bytes) -> str:
    return base64.urlsafe_b64encode(place).decode()


def place_of(request: Request) -> bytes | None:
    """The place in the request's NextToken. Raises `INVALID_TOKEN`."""
    token: str | None = request.get("NextToken")
    if token is None:
        return None
    try:
        return base64.b64decode(token.encode(), b"-_", validate=True)
    except ValueError as error:
        raise errors.INVALID_TOKEN() from error


def page(
    request: Request, name: str, found: Sequence[T], mark: Callable[[T], str], shown: Callable[[T], Any]
) -> Request:
    """The answer with those elements that the request asks for, as `shown`; they are in the order of `mark`.

    Raises `MAX_RESULTS`, `INVALID_TOKEN`.
    """
    size, after = page_size(request), place_of(request)
    rest = sorted((it for it in found if after is None or mark(it).encode() > after), key=mark)
    answer: Request = {name: [shown(it) for it in rest[:size]]}
    if len(rest) > size:
        answer["NextToken"] = token_of(mark(rest[size - 1]).encode())
    return answer


def place_mark(target: Target) -> str:
    """Puts targets, and what belongs to them, in their order."""
    return f"{target.resource_id}\0{target.dimension}"
