"""The setting of contributor insights in a table's descriptor."""

from dataclasses import replace

from tests.domain.capacity.test_rates import table

from kilowatt.domain.keys.schema import KeyAttribute, KeySchema
from kilowatt.domain.tables.insights import Insights, disabled, enabled
from kilowatt.domain.tables.table import Index, Table, from_document, to_document

_INDEX = Index("index", 1, KeySchema((KeyAttribute("group", "S"),)), False, "ALL")


def _stored(given: Table) -> Table:
    return from_document(to_document(given), b"")


def test_it_is_stored_with_the_table_and_with_each_index() -> None:
    insights = enabled(None, "THROTTLED_KEYS", 1.5, 2.5)
    given = table(insights=insights, indexes=(replace(_INDEX, insights=disabled(insights, 3.0, 4.0)),))
    assert _stored(given) == given


def test_a_descriptor_from_before_is_one_without_it() -> None:
    document = to_document(table(indexes=(_INDEX,)))
    del document["insights"]
    del document["indexes"][0]["insights"]
    read = from_document(document, b"")
    assert (read.insights, read.indexes[0].insights) == (None, None)


def test_what_was_disabled_begins_anew_when_it_is_enabled() -> None:
    first = enabled(None, "THROTTLED_KEYS", 1.0, 1.0)
    again = enabled(disabled(first, 2.0, 2.0), None, 3.0, 3.0)
    assert again == Insights(True, "ACCESSED_AND_THROTTLED_KEYS", 3.0, 3.0, 3.0, 3.0)
