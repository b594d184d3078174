"""Create-, Get-, List-, Update- and DeleteEventSourceMapping.

A change holds as soon as the invocations under way have ended; its answer says Creating, Enabling and the
like, as on AWS, where it takes seconds.
Source: AWS Lambda API reference; answers as recorded.
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any, TypeVar

from kilowatt.auth.caller import Caller
from kilowatt.clock import Clock
from kilowatt.domain.triggers import mapping as mappings
from kilowatt.domain.triggers import parameters
from kilowatt.domain.triggers.function import name_of
from kilowatt.domain.triggers.parameters import Whole
from kilowatt.errors import triggers as errors
from kilowatt.ids import Ids
from kilowatt.store.streams import StreamReader
from kilowatt.store.triggers import TriggerStore
from kilowatt.triggers.host import Triggers
from kilowatt.triggers.rest import RestAnswer, document

Request = dict[str, Any]
Query = Mapping[str, str]
T = TypeVar("T")

_MAX_ITEMS = Whole("MaxItems", "", 1, 10_000, 100)


class MappingsApi:
    """The operations of event source mappings."""

    def __init__(
        self, store: TriggerStore, streams: StreamReader, triggers: Triggers, clock: Clock, ids: Ids
    ) -> None:
        self._store = store
        self._streams = streams
        self._triggers = triggers
        self._clock = clock
        self._ids = ids
        # That a pair has one mapping is not told by any key.
        self._creating = asyncio.Lock()

    async def create(self, caller: Caller, _: str, query: Query, request: Request) -> RestAnswer:
        mappings.checked_creation(request)
        arn = parameters.text(request, "EventSourceArn")
        if not arn:
            raise errors.NO_EVENT_SOURCE()
        position = mappings.starting_position(request)
        name = await self._function(caller, parameters.required(request, "FunctionName"))
        new = mappings.Mapping(
            self._ids.uuid(), caller.account, caller.region, arn, name, position, self._clock.now()
        )
        mapping = mappings.changed(new, request)
        self._check_destination(mapping)
        source = await self._streams.find(caller.account, caller.region, arn)
        if source is None:
            raise errors.STREAM_NOT_FOUND(arn=arn)
        async with self._creating:
            await self._refuse_twice(mapping)
            await self._store.create_mapping(mapping, source)
        self._triggers.changed(mapping)
        return _answer(202, mapping, "Creating")

    async def get(self, caller: Caller, uuid: str, query: Query, request: Request) -> RestAnswer:
        mapping = await self._store.mapping(caller.account, caller.region, uuid)
        return _answer(200, self._triggers.current(mapping), self._triggers.state(mapping))

    async def list(self, caller: Caller, _: str, query: Query, request: Request) -> RestAnswer:
        found = await self._store.mappings(caller.account, caller.region)
        if arn := query.get("EventSourceArn"):
            found = [mapping for mapping in found if mapping.source_arn == arn]
        if given := query.get("FunctionName"):
            name = name_of(given, caller.account, caller.region)
            found = [mapping for mapping in found if mapping.function_name == name]
        shown, marker = page(found, query, lambda mapping: mapping.uuid)
        answer: dict[str, Any] = {
            "EventSourceMappings": [
                mappings.description(self._triggers.current(it), self._triggers.state(it)) for it in shown
            ]
        }
        if marker is not None:
            answer["NextMarker"] = marker
        return RestAnswer(200, document(answer))

    async def update(self, caller: Caller, uuid: str, query: Query, request: Request) -> RestAnswer:
        mappings.checked_update(request)
        before = await self._store.mapping(caller.account, caller.region, uuid)
        given = parameters.text(request, "FunctionName")
        name = before.function_name if given is None else await self._function(caller, given)
        self._check_destination(mappings.changed(before, request))
        now = self._clock.now()

        def change(current: mappings.Mapping) -> mappings.Mapping:
            return replace(mappings.changed(current, request), function_name=name, modified=now)

        mapping = await self._store.change_mapping(caller.account, caller.region, uuid, change)
        shown = self._triggers.current(mapping)
        self._triggers.changed(shown)
        state = "Updating"
        if mapping.enabled is not before.enabled:
            state = "Enabling" if mapping.enabled else "Disabling"
        return _answer(202, shown, state)

    async def delete(self, caller: Caller, uuid: str, query: Query, request: Request) -> RestAnswer:
        mapping = await self._store.delete_mapping(caller.account, caller.region, uuid)
        shown = self._triggers.current(mapping)
        self._triggers.deleted(mapping)
        return _answer(202, shown, "Deleting")

    async def _function(self, caller: Caller, given: str) -> str:
        """The name of the function that is to be invoked. Raises `NO_FUNCTION`."""
        name = name_of(given, caller.account, caller.region)
        if name is None or await self._triggers.functions.find(caller.account, caller.region, name) is None:
            raise errors.NO_FUNCTION()
        return name

    def _check_destination(self, mapping: mappings.Mapping) -> None:
        if mapping.destination is not None:
            self._triggers.destinations.check(mapping.destination)

    async def _refuse_twice(self, mapping: mappings.Mapping) -> None:
        for other in await self._store.mappings(mapping.account, mapping.region):
            if (other.source_arn, other.function_name) == (mapping.source_arn, mapping.function_name):
                raise errors.MAPPING_EXISTS(
                    source=mapping.source_arn, function=mapping.function_name, uuid=other.uuid
                )


def page(found: Sequence[T], query: Query, mark: Callable[[T], str]) -> tuple[Sequence[T], str | None]:
    """The part of a list that a request asks for, and the marker with which the next goes on."""
    asked = query.get("MaxItems", "")
    most = _MAX_ITEMS.of({"MaxItems": int(asked) if asked.lstrip("-").isdecimal() else None})
    after = query.get("Marker", "")
    rest = [it for it in found if mark(it) > after]
    shown = rest[:most]
    return shown, mark(shown[-1]) if len(rest) > len(shown) else None


def _answer(status: int, mapping: mappings.Mapping, state: str | None = None) -> RestAnswer:
    return RestAnswer(status, document(mappings.description(mapping, state)))
