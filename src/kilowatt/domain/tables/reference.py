"""Which table something is of that may outlive it: a stream that ended, changes that are yet to be sent."""

from dataclasses import dataclass
from typing import Any

from kilowatt.domain.keys.schema import KeySchema
from kilowatt.domain.tables.table import Table, schema_document, schema_of, table_arn


@dataclass(frozen=True, slots=True)
class TableReference:
    """A table that may be gone, and then another may have its name; none ever has its `number` or `id`."""

    account: str
    region: str
    name: str
    number: int
    id: str
    key: KeySchema

    @classmethod
    def to(cls, table: Table) -> "TableReference":
        return cls(table.account, table.region, table.name, table.number, table.id, table.key)

    @property
    def arn(self) -> str:
        return table_arn(self.account, self.region, self.name)

    def to_document(self) -> dict[str, Any]:
        """The members of a record that say which table it is of; `from_document` reads them back."""
        return {
            "account": self.account,
            "region": self.region,
            "table_name": self.name,
            "table_number": self.number,
            "table_id": self.id,
            "key": schema_document(self.key),
        }

    @classmethod
    def from_document(cls, document: dict[str, Any]) -> "TableReference":
        return cls(
            document["account"],
            document["region"],
            document["table_name"],
            document["table_number"],
            document["table_id"],
            schema_of(document["key"]),
        )
