"""What a request may look like, by the service model: a fast yes, or AWS's reasons for a no."""

from kilowatt.shapes.model import OPERATIONS
from kilowatt.shapes.validate import validate

__all__ = ["OPERATIONS", "validate"]
