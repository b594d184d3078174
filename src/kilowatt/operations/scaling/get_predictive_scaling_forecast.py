"""GetPredictiveScalingForecast. Source: API reference, GetPredictiveScalingForecast."""

from kilowatt.errors import scaling as errors
from kilowatt.operations.context import Context
from kilowatt.operations.scaling.named_target import Request


async def get_predictive_scaling_forecast(context: Context, request: Request) -> bytes:
    """Always refused: nothing of DynamoDB is scaled by forecasts."""
    raise errors.UNSUPPORTED_DIMENSION()
