"""What is kept of triggers: mappings, how far each is in each shard, functions and their code."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import orjson

from kilowatt.domain.keys.encoding import successor
from kilowatt.domain.triggers.function import Function
from kilowatt.domain.triggers.mapping import LATEST, Mapping
from kilowatt.domain.triggers.windows import Window
from kilowatt.engine.base import Engine, Outcome, Pair
from kilowatt.errors import triggers as errors
from kilowatt.store import layout
from kilowatt.store.ended_streams import StreamSource
from kilowatt.store.prefixes import all_under


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """How far a mapping is in a shard: `after` is the number of the last record that is done with all before
    it; `done`: so is the shard. `window` is the one that is open.
    """

    after: int = 0
    done: bool = False
    window: Window | None = field(default=None)

    def record(self) -> bytes:
        document: dict[str, Any] = {"after": self.after, "done": self.done}
        if self.window is not None:
            document["window"] = [self.window.start, self.window.state]
        return orjson.dumps(document)

    @classmethod
    def from_record(cls, record: bytes) -> "Checkpoint":
        document = orjson.loads(record)
        window = document.get("window")
        return cls(document["after"], document["done"], None if window is None else Window(*window))


class TriggerStore:
    """The records of all triggers."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    # --- mappings

    async def all_mappings(self) -> list[Mapping]:
        """The mappings of all accounts and regions."""
        return [Mapping.from_record(record) for _, record in await all_under(self._engine, layout.MAPPINGS)]

    async def mappings(self, account: str, region: str) -> list[Mapping]:
        """The mappings of an account in a region, in the order of their UUIDs."""
        pairs = await all_under(self._engine, layout.mapping_prefix(account, region))
        return [Mapping.from_record(record) for _, record in pairs]

    async def mapping(self, account: str, region: str, uuid: str) -> Mapping:
        """The mapping. Raises `MAPPING_NOT_FOUND`."""
        record = (await self._engine.get([layout.mapping_key(account, region, uuid)]))[0]
        if record is None:
            raise errors.MAPPING_NOT_FOUND()
        return Mapping.from_record(record)

    async def create_mapping(self, mapping: Mapping, source: StreamSource) -> None:
        """Stores a new mapping, with its places in the shards that there are."""
        places = await self._starting_places(mapping, source) if mapping.starting_position == LATEST else []
        key = layout.mapping_key(mapping.account, mapping.region, mapping.uuid)
        puts = [(key, mapping.record()), *places]
        await self._engine.transact((), lambda _: Outcome(None, puts=puts))

    async def _starting_places(self, mapping: Mapping, source: StreamSource) -> list[Pair]:
        places = []
        for shard in source.stream.shards:
            last = await self._engine.last(layout.change_log(source.table.number, shard.number))
            place = Checkpoint(last, done=shard.closed is not None)
            places.append((layout.checkpoint_key(mapping.uuid, shard.number), place.record()))
        return places

    async def change_mapping(
        self, account: str, region: str, uuid: str, change: Callable[[Mapping], Mapping]
    ) -> Mapping:
        """Stores what `change` makes of a mapping. Raises `MAPPING_NOT_FOUND` and what `change` raises."""
        key = layout.mapping_key(account, region, uuid)

        def decide(values: list[bytes | None]) -> Outcome[Mapping]:
            if values[0] is None:
                raise errors.MAPPING_NOT_FOUND()
            mapping = change(Mapping.from_record(values[0]))
            return Outcome(mapping, puts=[(key, mapping.record())])

        return await self._engine.transact([key], decide)

    async def note_result(self, mapping: Mapping, result: str) -> None:
        """Keeps the last result of a mapping, if it is still there."""
        key = layout.mapping_key(mapping.account, mapping.region, mapping.uuid)

        def decide(values: list[bytes | None]) -> Outcome[None]:
            if values[0] is None:
                return Outcome(None)
            noted = replace(Mapping.from_record(values[0]), result=result)
            return Outcome(None, puts=[(key, noted.record())])

        await self._engine.transact([key], decide)

    async def delete_mapping(self, account: str, region: str, uuid: str) -> Mapping:
        """Removes a mapping and its places. Raises `MAPPING_NOT_FOUND`."""
        key = layout.mapping_key(account, region, uuid)
        prefix = layout.checkpoint_prefix(uuid)

        def decide(values: list[bytes | None]) -> Outcome[Mapping]:
            if values[0] is None:
                raise errors.MAPPING_NOT_FOUND()
            return Outcome(
                Mapping.from_record(values[0]), deletes=[key], range_deletes=[(prefix, successor(prefix))]
            )

        return await self._engine.transact([key], decide)

    # --- checkpoints

    async def checkpoints(self, mapping_uuid: str) -> dict[int, Checkpoint]:
        """The places of a mapping, by the number of the shard."""
        pairs = await all_under(self._engine, layout.checkpoint_prefix(mapping_uuid))
        return {layout.shard_number(key): Checkpoint.from_record(record) for key, record in pairs}

    async def save_checkpoint(self, mapping: Mapping, shard_number: int, checkpoint: Checkpoint) -> None:
        """Stores a place, unless the mapping is gone."""
        key = layout.mapping_key(mapping.account, mapping.region, mapping.uuid)
        place = (layout.checkpoint_key(mapping.uuid, shard_number), checkpoint.record())
        await self._engine.transact(
            [key], lambda values: Outcome(None, puts=() if values[0] is None else [place])
        )

    async def forget_checkpoints(self, mapping_uuid: str, shard_numbers: Sequence[int]) -> None:
        """Removes places in shards that are no more."""
        keys = [layout.checkpoint_key(mapping_uuid, number) for number in shard_numbers]
        await self._engine.transact((), lambda _: Outcome(None, deletes=keys))

    # --- functions

    async def functions(self, account: str, region: str) -> list[Function]:
        """The functions of an account in a region, in the order of their names."""
        pairs = await all_under(self._engine, layout.function_prefix(account, region))
        return [Function.from_record(record) for _, record in pairs]

    async def function(self, account: str, region: str, name: str) -> Function | None:
        record = (await self._engine.get([layout.function_key(account, region, name)]))[0]
        return None if record is None else Function.from_record(record)

    async def create_function(self, function: Function, code: bytes) -> None:
        """Stores a new function and its code. Raises `FUNCTION_EXISTS`."""
        key = layout.function_key(function.account, function.region, function.name)

        def decide(values: list[bytes | None]) -> Outcome[None]:
            if values[0] is not None:
                raise errors.FUNCTION_EXISTS(name=function.name)
            return Outcome(None, puts=[(key, function.record()), (_code_key(function), code)])

        await self._engine.transact([key], decide)

    async def change_function(
        self,
        account: str,
        region: str,
        name: str,
        change: Callable[[Function], Function],
        code: bytes | None = None,
    ) -> Function | None:
        """Stores what `change` makes of a function, with new code if there is some; None if it is gone."""
        key = layout.function_key(account, region, name)

        def decide(values: list[bytes | None]) -> Outcome[Function | None]:
            if values[0] is None:
                return Outcome(None)
            function = change(Function.from_record(values[0]))
            puts = [(key, function.record())]
            return Outcome(function, puts=puts if code is None else [*puts, (_code_key(function), code)])

        return await self._engine.transact([key], decide)

    async def delete_function(self, account: str, region: str, name: str) -> Function | None:
        """Removes a function and its code; None if there is none."""
        key = layout.function_key(account, region, name)

        def decide(values: list[bytes | None]) -> Outcome[Function | None]:
            if values[0] is None:
                return Outcome(None)
            code = layout.code_key(account, region, name)
            return Outcome(Function.from_record(values[0]), deletes=[key, code])

        return await self._engine.transact([key], decide)

    async def code(self, function: Function) -> bytes | None:
        """The zip of a function's code."""
        return (await self._engine.get([_code_key(function)]))[0]


def _code_key(function: Function) -> bytes:
    return layout.code_key(function.account, function.region, function.name)
