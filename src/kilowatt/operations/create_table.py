"""CreateTable. Source: AWS API reference, CreateTable; the order of checks as recorded."""

from typing import Any

from kilowatt.domain.tables.definition import Definition, define, warm_throughput
from kilowatt.domain.tables.description import describe
from kilowatt.domain.tables.lifecycle import CREATING
from kilowatt.domain.tables.on_demand_limits import limits_at_creation
from kilowatt.domain.tables.table import PAY_PER_REQUEST, PROVISIONED, Table
from kilowatt.operations.answer import document
from kilowatt.operations.context import Context
from kilowatt.operations.not_yet import refuse_unsupported
from kilowatt.operations.stream_specification import view_type_at_creation
from kilowatt.operations.table_change import TableChange

Request = dict[str, Any]


async def create_table(context: Context, request: Request) -> bytes:
    """Creates a table with its indexes. The answer says CREATING, as on AWS, also if it is ready at once."""
    definition = define(request)
    refuse_unsupported("CreateTable", request)
    view_type = view_type_at_creation(request)
    services = context.services
    name = context.table_name(request["TableName"])
    change = await TableChange.begin(context)
    reserved = (0, 0)
    if definition.billing_mode == PROVISIONED:
        reserved = await services.catalog.reserved(context.account, context.region)
    table_id = services.ids.table_id()

    def build(number: int) -> Table:
        change.check_simultaneous()
        table = _table(context, request, definition, name, number, table_id, change)
        if view_type is not None:
            table = table.with_stream(view_type, change.now)
        services.quotas.check(None, table, reserved)
        return table

    table = await services.catalog.create(build, context.account, context.region, name)
    return document({"TableDescription": describe(table, CREATING, {})})


def _table(
    context: Context,
    request: Request,
    definition: Definition,
    name: str,
    number: int,
    table_id: str,
    change: TableChange,
) -> Table:
    return Table(
        name=name,
        account=context.account,
        region=context.region,
        number=number,
        id=table_id,
        created=change.now,
        key=definition.key,
        definitions=definition.definitions,
        indexes=definition.indexes,
        billing_mode=definition.billing_mode,
        on_demand_since=change.until if definition.billing_mode == PAY_PER_REQUEST else None,
        throughput=definition.throughput,
        on_demand_limits=limits_at_creation(request, definition.billing_mode),
        warm=warm_throughput(request),
        table_class=request.get("TableClass"),
        deletion_protection=request.get("DeletionProtectionEnabled", False),
        tags=definition.tags,
        next_index_number=len(definition.indexes) + 1,
        transition=change.transition(CREATING),
    )
