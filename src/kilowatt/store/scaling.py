"""What is kept of auto scaling: scalable targets with all that belongs to them, and scaling activities."""

from collections.abc import AsyncIterator, Callable, Sequence

from kilowatt import limits
from kilowatt.domain.keys.encoding import successor
from kilowatt.domain.scaling.activity import Activity
from kilowatt.domain.scaling.target import Target
from kilowatt.engine.base import Engine, Outcome, Pair
from kilowatt.errors import ErrorSpec
from kilowatt.errors import scaling as errors
from kilowatt.store import layout
from kilowatt.store.prefixes import all_under

_ALL_BYTES = 1 << 40
_CHUNK = 500
_FEW = 50

Changed = tuple[Target, Sequence[Activity]]


class ScalingStore:
    """The records of auto scaling."""

    def __init__(self, engine: Engine, most_targets: int = limits.SCALABLE_TARGETS) -> None:
        self._engine = engine
        self._most_targets = most_targets

    # --- targets

    async def all_targets(self) -> AsyncIterator[Target]:
        """The targets of all accounts and regions, as they are when their turn comes."""
        start, end = layout.SCALABLE_TARGETS, successor(layout.SCALABLE_TARGETS)
        while pairs := await self._engine.scan(start, end, _FEW, _ALL_BYTES):
            for _, record in pairs:
                yield Target.from_record(record)
            start = pairs[-1][0] + b"\0"

    async def targets(self, account: str, region: str, resource: str = "") -> list[Target]:
        """The targets of an account in a region, or of one resource of it, in their order."""
        prefix = layout.scalable_target_prefix(account, region, resource)
        pairs = await all_under(self._engine, prefix)
        return [Target.from_record(record) for _, record in pairs]

    async def register(
        self, account: str, region: str, place: tuple[str, str], change: Callable[[Target | None], Target]
    ) -> Target:
        """Stores what `change` makes of the target at `place` (resource and dimension), or of none.

        Raises `TOO_MANY_TARGETS` and what `change` raises.
        """
        key = layout.scalable_target_key(account, region, *place)
        prefix = layout.scalable_target_prefix(account, region)
        others = len(await self._engine.scan(prefix, successor(prefix), self._most_targets, _ALL_BYTES))

        def decide(values: list[bytes | None]) -> Outcome[Target]:
            if values[0] is None and others >= self._most_targets:
                raise errors.TOO_MANY_TARGETS(limit=self._most_targets)
            target = change(None if values[0] is None else Target.from_record(values[0]))
            return Outcome(target, puts=[(key, target.record())])

        return await self._engine.transact([key], decide)

    async def change(
        self,
        account: str,
        region: str,
        place: tuple[str, str],
        missing: ErrorSpec,
        change: Callable[[Target], Target],
    ) -> Target:
        """Stores what `change` makes of a target. Raises `missing` and what `change` raises."""
        key = layout.scalable_target_key(account, region, *place)

        def decide(values: list[bytes | None]) -> Outcome[Target]:
            target = change(_present(values[0], missing, place))
            return Outcome(target, puts=[(key, target.record())])

        return await self._engine.transact([key], decide)

    async def deregister(self, account: str, region: str, place: tuple[str, str]) -> None:
        """Removes a target with all that belongs to it. Raises `TARGET_NOT_FOUND`."""
        key = layout.scalable_target_key(account, region, *place)

        def decide(values: list[bytes | None]) -> Outcome[None]:
            _present(values[0], errors.TARGET_NOT_FOUND, place)
            return Outcome(None, deletes=[key])

        await self._engine.transact([key], decide)

    async def note(self, target: Target, change: Callable[[Target], Changed]) -> Target | None:
        """Stores what `change` makes of a target, and the activities of it; None if the target is gone."""
        key = layout.scalable_target_key(target.account, target.region, target.resource_id, target.dimension)

        def decide(values: list[bytes | None]) -> Outcome[Target | None]:
            if values[0] is None:
                return Outcome(None)
            changed, activities = change(Target.from_record(values[0]))
            return Outcome(changed, puts=[(key, changed.record()), *_records(changed, activities)])

        return await self._engine.transact([key], decide)

    # --- activities

    async def activities(
        self,
        account: str,
        region: str,
        before: bytes | None,
        limit: int,
        is_wanted: Callable[[Activity], bool],
    ) -> tuple[list[Activity], bytes | None]:
        """Up to `limit` activities, the newest first; and the place before which there are more, if so.

        `before` is such a place.
        """
        prefix = layout.scaling_activity_prefix(account, region)
        end = successor(prefix) if before is None else prefix + before
        found: list[Activity] = []
        last = b""
        while True:
            pairs = await self._engine.scan(prefix, end, _CHUNK, _ALL_BYTES, reverse=True)
            for key, record in pairs:
                activity = Activity.from_record(record)
                if is_wanted(activity):
                    if len(found) == limit:
                        return found, last
                    found.append(activity)
                    last = key[len(prefix) :]
            if len(pairs) < _CHUNK:
                return found, None
            end = pairs[-1][0]

    async def forget_activities(self, account: str, region: str, now: float) -> None:
        """Removes activities that are too old, and those beyond the number that is kept."""
        prefix = layout.scaling_activity_prefix(account, region)
        end = layout.scaling_activity_time(account, region, now - limits.SCALING_ACTIVITY_SECONDS)
        newest = await self._engine.scan(
            end, successor(prefix), limits.SCALING_ACTIVITIES, _ALL_BYTES, reverse=True
        )
        if len(newest) == limits.SCALING_ACTIVITIES:
            end = newest[-1][0]
        if await self._engine.scan(prefix, end, 1, 1):
            await self._engine.transact((), lambda _: Outcome(None, range_deletes=[(prefix, end)]))


def _present(record: bytes | None, missing: ErrorSpec, place: tuple[str, str]) -> Target:
    if record is None:
        resource, dimension = place
        raise missing(namespace="dynamodb", resource=resource, dimension=dimension)
    return Target.from_record(record)


def _records(target: Target, activities: Sequence[Activity]) -> list[Pair]:
    return [
        (
            layout.scaling_activity_key(target.account, target.region, activity.started, activity.id),
            activity.record(),
        )
        for activity in activities
    ]
