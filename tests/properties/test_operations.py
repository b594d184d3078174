"""Random operations against a model: a dict of items, and conditions and updates that are plain functions."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test
from tests.conftest import running_server
from tests.properties.bounds import bounded, rounds
from tests.properties.conditions import Condition, conditions
from tests.properties.model import order_of, plain, text, texts
from tests.properties.pool import contents, parameters
from tests.properties.service import Document, InProcess, OverHttp, Refused, Service, ask, items_of, pages
from tests.properties.shapes import TABLE, IndexShape, Item, TableShape
from tests.properties.updates import Change, Invalid, applied, update_expression, updates

_SHAPE = TableShape(
    {"pk": "S", "sk": "N", "g": "S"},
    ("sk",),
    (IndexShape("by-g", False, ("g",), ("sk",), "KEYS_ONLY", ()),),
)
_PARTITION_KEYS = st.sampled_from([{"S": "p"}, {"S": "q"}])
_SORT_KEYS = st.sampled_from([{"N": number} for number in ("-1", "0", "1", "2.5", "10")])
_KEYS = st.fixed_dictionaries({"pk": _PARTITION_KEYS, "sk": _SORT_KEYS})
_INDEXED = st.fixed_dictionaries({}, optional={"g": st.sampled_from([{"S": "x"}, {"S": "y"}])})
_ITEMS = st.builds(lambda key, indexed, others: {**key, **indexed, **others}, _KEYS, _INDEXED, contents())
_BATCHES = st.lists(_ITEMS, min_size=1, max_size=4, unique_by=lambda item: text(_key_of(item)))
_CONDITIONS = st.none() | conditions()


def _key_of(item: Item) -> Item:
    return {"pk": item["pk"], "sk": item["sk"]}


class Table(RuleBasedStateMachine):
    """One table of a service, and the items that ought to be in it."""

    examples = 0
    steps = 0

    def __init__(self, service: Service) -> None:
        super().__init__()
        Table.examples += 1
        Table.steps -= 1  # the invariant is looked at before the first step as well
        self.service = service
        self.items: dict[str, Item] = {}
        ask(service, "CreateTable", **_SHAPE.request())

    def teardown(self) -> None:
        whole = list(self.items.values())
        self._assert_holds(whole, pages(self.service, "Scan", TableName=TABLE))
        entries = [{**_key_of(item), "g": item["g"]} for item in whole if "g" in item]
        self._assert_holds(entries, pages(self.service, "Scan", TableName=TABLE, IndexName="by-g"))
        ask(self.service, "DeleteTable", TableName=TABLE)

    @rule(item=_ITEMS, condition=_CONDITIONS)
    def put(self, item: Item, condition: Condition | None) -> None:
        old = self._old(item)
        answer = self._write("PutItem", old, condition, [], Item=item, ReturnValues="ALL_OLD")
        if answer is not None:
            assert plain(answer.get("Attributes")) == plain(old)
            self.items[text(_key_of(item))] = item

    @rule(key=_KEYS, condition=_CONDITIONS)
    def delete(self, key: Item, condition: Condition | None) -> None:
        old = self._old(key)
        answer = self._write("DeleteItem", old, condition, [], Key=key, ReturnValues="ALL_OLD")
        if answer is not None:
            assert plain(answer.get("Attributes")) == plain(old)
            self.items.pop(text(key), None)

    @rule(key=_KEYS, changes=updates(), condition=_CONDITIONS)
    def update(self, key: Item, changes: list[Change], condition: Condition | None) -> None:
        old = self._old(key)
        request = {"Key": key, "ReturnValues": "ALL_NEW", "UpdateExpression": update_expression(changes)}
        try:
            new = applied(changes, old, key)
        except Invalid:
            if condition is None or condition.holds(old or {}):
                with pytest.raises(Refused, match="ValidationException"):
                    self._write("UpdateItem", old, condition, changes, **request)
                return
            new = old
        answer = self._write("UpdateItem", old, condition, changes, **request)
        if answer is not None:
            assert plain(answer.get("Attributes")) == plain(new)
            if new is not None:
                self.items[text(key)] = new

    @rule(key=_KEYS, consistent=st.booleans())
    def get(self, key: Item, consistent: bool) -> None:
        answer = ask(self.service, "GetItem", TableName=TABLE, Key=key, ConsistentRead=consistent)
        assert plain(answer.get("Item")) == plain(self._old(key))

    @rule(
        items=st.lists(_ITEMS, min_size=1, max_size=4, unique_by=lambda it: text(_key_of(it))),
        put=st.booleans(),
    )
    def batch_write(self, items: list[Item], put: bool) -> None:
        requests: list[Document] = [
            {"PutRequest": {"Item": item}} if put else {"DeleteRequest": {"Key": _key_of(item)}}
            for item in items
        ]
        ask(self.service, "BatchWriteItem", RequestItems={TABLE: requests})
        for item in items:
            self.items.pop(text(_key_of(item)), None)
            if put:
                self.items[text(_key_of(item))] = item

    @rule(keys=st.lists(_KEYS, min_size=1, max_size=5, unique_by=text))
    def batch_get(self, keys: list[Item]) -> None:
        answer = ask(self.service, "BatchGetItem", RequestItems={TABLE: {"Keys": keys}})
        assert answer["UnprocessedKeys"] == {}
        assert texts(answer["Responses"][TABLE]) == texts([old for key in keys if (old := self._old(key))])

    @rule(pk=_PARTITION_KEYS, backward=st.booleans(), limit=st.integers(1, 6), filter_=_CONDITIONS)
    def query(self, pk: Any, backward: bool, limit: int, filter_: Condition | None) -> None:
        key_condition = Condition("pk = :pk", lambda _: True, {}, {":pk": pk})
        request: Document = {
            "TableName": TABLE,
            "KeyConditionExpression": key_condition.text,
            "ScanIndexForward": not backward,
            "Limit": limit,
            **_filter(key_condition, filter_),
        }
        collection = [item for item in self.items.values() if item["pk"] == pk]
        expected = sorted(collection, key=lambda item: order_of(item["sk"]), reverse=backward)
        found = items_of(pages(self.service, "Query", **request))
        assert plain(found) == plain([it for it in expected if filter_ is None or filter_.holds(it)])

    @rule(filter_=_CONDITIONS, limit=st.integers(1, 12))
    def scan(self, filter_: Condition | None, limit: int) -> None:
        request = {"TableName": TABLE, "Limit": limit, **_filter(filter_)}
        expected = [item for item in self.items.values() if filter_ is None or filter_.holds(item)]
        self._assert_holds(expected, pages(self.service, "Scan", **request))

    @invariant()
    def count(self) -> None:
        Table.steps += 1

    def _old(self, key: Item) -> Item | None:
        return self.items.get(text(_key_of(key)))

    def _write(
        self,
        operation: str,
        old: Item | None,
        condition: Condition | None,
        changes: list[Change],
        **request: Any,
    ) -> Document | None:
        """The answer to a write, or None if its condition fails, as it must then."""
        request |= {"TableName": TABLE, "ReturnValuesOnConditionCheckFailure": "ALL_OLD"}
        if condition is None:
            return ask(self.service, operation, **request, **parameters(*changes))
        request |= {"ConditionExpression": condition.text, **parameters(condition, *changes)}
        if condition.holds(old or {}):
            return ask(self.service, operation, **request)
        with pytest.raises(Refused, match="ConditionalCheckFailedException") as refused:
            ask(self.service, operation, **request)
        assert plain(refused.value.document.get("Item")) == plain(old)
        return None

    @staticmethod
    def _assert_holds(expected: list[Item], answers: list[Document]) -> None:
        assert texts(items_of(answers)) == texts(expected)


def _filter(*parts: Condition | None) -> Document:
    """FilterExpression of the last part, with the placeholders of all."""
    used = [part for part in parts if part is not None]
    request = parameters(*used)
    return request if parts[-1] is None else {**request, "FilterExpression": parts[-1].text}


class TableInProcess(Table):
    def __init__(self) -> None:
        super().__init__(InProcess())


def test_operations_do_what_the_model_does() -> None:
    for _ in rounds():
        run_state_machine_as_test(TableInProcess, settings=bounded(60, quick_failure=True))
    print(f"{Table.examples} examples, {Table.steps} steps")  # noqa: T201  for those who run it for long


def test_operations_do_what_the_model_does_over_http(tmp_path: Path) -> None:
    with running_server("--data-dir", str(tmp_path / "data")) as server:
        service = OverHttp(server.endpoint)

        class TableOverHttp(Table):
            def __init__(self) -> None:
                super().__init__(service)

        for _ in rounds():
            run_state_machine_as_test(TableOverHttp, settings=bounded(15, quick_failure=True))
        service.close()
    print(f"{TableOverHttp.examples} examples, {TableOverHttp.steps} steps")  # noqa: T201  as above
