"""Scan. Source: AWS API reference, Scan; the order of checks as recorded."""

from typing import Any

from kilowatt.domain.reads.key_range import check_scan_start_key, scan_range
from kilowatt.errors import reads as errors
from kilowatt.operations.context import Context
from kilowatt.operations.expression_parameters import SCAN, check_mixing, read_expressions
from kilowatt.operations.legacy_parameters import read_legacy
from kilowatt.operations.page_of_items import (
    ItemPage,
    accept_start_key,
    check_projected,
    check_select,
    find_index,
)


async def scan(context: Context, request: dict[str, Any]) -> bytes:
    """Reads a page of all items of a table, an index, or one segment of it, in hash order."""
    legacy = check_mixing(request, SCAN)
    check_select(request)
    expressions = read_legacy(request, SCAN) if legacy else None
    start_key = accept_start_key(request)
    segment, total_segments = _segment(request)
    if expressions is None:
        expressions = read_expressions(request, SCAN)
    table = await context.table(request["TableName"])
    index = find_index(table, request)
    check_scan_start_key(table, index, start_key)
    check_projected(index, table, request, expressions)
    range_ = scan_range(table, index, segment, total_segments, start_key)
    if expressions.projection is not None:
        expressions.check_key_paths(table, expressions.projection.paths)
    if expressions.filter is not None:
        expressions.check_key_paths(table, expressions.filter.paths)
    return await ItemPage(table, index, range_, True, expressions).answer(context, request)


def _segment(request: dict[str, Any]) -> tuple[int, int]:
    segment, total = request.get("Segment"), request.get("TotalSegments")
    if segment is None and total is None:
        return 0, 1
    if total is None:
        raise errors.TOTAL_SEGMENTS_REQUIRED()
    if segment is None:
        raise errors.SEGMENT_REQUIRED()
    if segment >= total:
        raise errors.SEGMENT_OUT_OF_RANGE(segment=segment, total=total)
    return segment, total
