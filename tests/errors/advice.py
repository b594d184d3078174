"""How the texts of `kilowatt.errors.advice` are provoked."""

from tests.errors.provocation import Provocation, invalid
from tests.operations.standing import HASH

PROVOCATIONS = {
    "PRICE_OUT_OF_BOUNDS": Provocation(
        "DescribeAdvice",
        {
            "TableName": HASH,
            "Prices": {
                "Currency": "EUR",
                "MillionReadUnits": 1,
                "MillionWriteUnits": 1.25,
                "ReadUnitHour": -0.001,
                "WriteUnitHour": 0.001,
            },
        },
        invalid("ReadUnitHour in Prices must be from 0 to 1000000"),
    ),
}
