"""Auto scaling: follows scheduled actions, keeps throughput between its bounds, and tracks targets.

Each run looks at every scalable target once: actions that are due set its bounds; bounds that changed move
the throughput between them; its policy looks at what was consumed. A throughput is changed as UpdateTable
changes it, with the same refusals, which are told as failed activities. What is done is noted in the target's
record after it: a server that stops between both may forget a cooldown, but loses no change.
"""

import asyncio
import logging
from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import Protocol

from kilowatt.clock import Clock
from kilowatt.domain.capacity.minutes import Minute
from kilowatt.domain.scaling import activity as activities
from kilowatt.domain.scaling.activity import Activity
from kilowatt.domain.scaling.target import Policy, ScheduledAction, Target
from kilowatt.domain.scaling.tracking import (
    HIGH,
    MINUTE,
    WINDOW_MINUTES,
    History,
    Point,
    Step,
    next_step,
)
from kilowatt.domain.tables.admission import Asked
from kilowatt.domain.tables.lifecycle import ACTIVE, status
from kilowatt.domain.tables.table import Table
from kilowatt.errors import ServiceError
from kilowatt.operations.context import Context, Services
from kilowatt.operations.table_change import TableChange, change_table
from kilowatt.store.scaling import Changed, ScalingStore

_LOG = logging.getLogger("kilowatt")
# What a table refused is tried again after this long.
_RETRY_SECONDS = 300.0
_FORGET_SECONDS = 3600.0
# Activities have times of their own, so that they stay in order.
_TICK_SECONDS = 0.000_002


class Consumption(Protocol):
    """Knows what was consumed of tables and global indexes."""

    def consumed(self, table: Table, index_name: str | None, start: float, end: float) -> Sequence[Minute]:
        """The minutes that begin at `start` or later and before `end`, of the table itself or of an index.

        In any order; minutes without consumption may be left out.
        """
        ...


class _NotScalable(Exception):
    """The table is on demand by now, or the index is gone."""


class AutoScaling:
    """The job."""

    def __init__(self, services: Services, consumption: Consumption) -> None:
        self._services = services
        self._clock: Clock = services.clock
        self._store = ScalingStore(services.engine)
        self._consumption = consumption
        # It is run at intervals, and at once when bounds change.
        self._running = asyncio.Lock()
        self._forget_at = 0.0
        self._last_time = 0.0

    async def run(self) -> None:
        async with self._running:
            places = set()
            async for target in self._store.all_targets():
                try:
                    await self._look_at(target)
                except ValueError:  # as of a time zone that the machine no longer has
                    _LOG.exception("The scalable target of %s could not be followed.", target.resource_id)
                places.add((target.account, target.region))
                await asyncio.sleep(0)  # an engine that never suspends would let nobody else in
            await self._forget(places)

    async def _look_at(self, target: Target) -> None:
        if any(action.latest(self._clock.now()) is not None for action in target.actions):
            followed = await self._follow(target)
            if followed is None:
                return
            target = followed
        now = self._clock.now()
        table = await self._services.catalog.find(target.account, target.region, target.units.table)
        if table is None or now < target.retry or status(table, now) != ACTIVE:
            return
        units = target.units.of(table)
        if units is None:
            return
        if target.enforce:
            await self._enforce(target, units)
        elif target.policy is not None:
            await self._track(target, target.policy, table, units)

    # --- scheduled actions

    async def _follow(self, target: Target) -> Target | None:
        """The target after the actions that are due, in their order; None if it is gone."""
        now = self._clock.now()

        def change(current: Target) -> Changed:
            due = [(time, action) for action in current.actions if (time := action.latest(now)) is not None]
            made: list[Activity] = []
            for _, action in sorted(due, key=_time_and_name):
                current = current.with_action(replace(action, done=now))
                if not current.suspended.scheduled:
                    current, told = self._with_bounds(current, action)
                    made.append(told)
            return current, made

        return await self._store.note(target, change)

    def _with_bounds(self, target: Target, action: ScheduledAction) -> tuple[Target, Activity]:
        minimum = target.minimum if action.minimum is None else action.minimum
        maximum = target.maximum if action.maximum is None else action.maximum
        id, time = self._services.ids.uuid(), self._moment()
        if minimum > maximum:
            return target, activities.bounds_not_set(target, id, action, time)
        changed = replace(target, minimum=minimum, maximum=maximum, enforce=True, retry=0.0, held="")
        return changed, activities.bounds_set(changed, id, action.name, time)

    # --- bounds

    async def _enforce(self, target: Target, units: int) -> None:
        wanted = max(target.minimum, min(units, target.maximum))
        if wanted == units:
            await self._store.note(target, lambda current: (_enforced(current, target), ()))
            return
        cause_of = activities.cause_of_minimum if wanted > units else activities.cause_of_maximum
        if await self._set(target, units, wanted, cause_of(target)):
            await self._store.note(target, lambda current: (_enforced(current, target), ()))

    # --- policies

    async def _track(self, target: Target, policy: Policy, table: Table, units: int) -> None:
        now = self._clock.now()
        suspended = target.suspended
        rule = replace(
            policy.rule,
            scales_in=policy.rule.scales_in and not suspended.scaling_in,
            scales_out=not suspended.scaling_out,
        )
        bounds = target.minimum, target.maximum
        points = self._points(target, table, int(now // MINUTE) * MINUTE)
        step = next_step(points, units, bounds, rule, target.history, now)
        if step is not None and step.units != units:
            cause = activities.cause_of_alarm(target, policy, step.alarm)
            await self._set(target, units, step.units, cause, by_policy=True)
            return
        await self._note_held(target, policy, step)

    def _points(self, target: Target, table: Table, end: int) -> list[Point]:
        start = end - WINDOW_MINUTES * MINUTE
        minutes = self._consumption.consumed(table, target.units.index, start, end)
        reads = target.units.reads
        return [Point(minute.start, (minute.read if reads else minute.write) / 2) for minute in minutes]

    async def _note_held(self, target: Target, policy: Policy, step: Step | None) -> None:
        """Notes that a bound keeps the policy from scaling, once for as long as it does."""
        held = ""
        if step is not None:
            held = activities.AT_MAXIMUM if step.alarm == HIGH else activities.AT_MINIMUM
        if held == target.held:
            return

        def change(current: Target) -> Changed:
            changed = replace(current, held=held)
            if step is None:
                return changed, ()
            cause = activities.cause_of_alarm(current, policy, step.alarm)
            id, time = self._services.ids.uuid(), self._moment()
            return changed, [activities.not_scaled(current, id, held, cause, time)]

        await self._store.note(target, change)

    # --- changes

    async def _set(
        self, target: Target, before: int, units: int, cause: str, by_policy: bool = False
    ) -> bool:
        """Changes the throughput as UpdateTable would; whether that was done.

        What a policy does has a cooldown.
        """
        services, scaled = self._services, target.units
        context = Context(services, target.account, target.region)
        touched = frozenset() if scaled.index is None else frozenset({scaled.index})
        asked = Asked(units=scaled.index is None, updated=touched)

        def ask(table: Table, change: TableChange) -> Table:
            if scaled.of(table) is None:
                raise _NotScalable
            return scaled.set(table, units, change.until)

        try:
            await change_table(context, scaled.table, touched, asked, True, ask)
        except ServiceError as refusal:
            await self._note_refused(target, units, cause, refusal)
            return False
        except _NotScalable:
            return False
        now = self._clock.now()
        id, time = services.ids.uuid(), self._moment()

        def change(current: Target) -> Changed:
            history = _later(current.history, before, units, now) if by_policy else current.history
            changed = replace(current, history=history, retry=0.0, held="")
            return changed, [activities.units_set(current, id, units, cause, time)]

        await self._store.note(target, change)
        return True

    async def _note_refused(self, target: Target, units: int, cause: str, refusal: ServiceError) -> None:
        id, time = self._services.ids.uuid(), self._moment()
        retry = self._clock.now() + _RETRY_SECONDS
        text, code = refusal.text, refusal.type.code

        def change(current: Target) -> Changed:
            failed = activities.units_not_set(current, id, units, cause, time, text, code)
            return replace(current, retry=retry), [failed]

        await self._store.note(target, change)

    def _moment(self) -> float:
        self._last_time = max(self._clock.now(), self._last_time + _TICK_SECONDS)
        return self._last_time

    async def _forget(self, places: Collection[tuple[str, str]]) -> None:
        """Removes old activities of these accounts and regions, now and then."""
        now = self._clock.now()
        if self._forget_at - _FORGET_SECONDS <= now < self._forget_at:
            return
        self._forget_at = now + _FORGET_SECONDS
        for account, region in places:
            await self._store.forget_activities(account, region, now)


def _time_and_name(due: tuple[float, ScheduledAction]) -> tuple[float, str]:
    time, action = due
    return time, action.name


def _enforced(current: Target, target: Target) -> Target:
    """The target as it is now, its bounds enforced unless they changed meanwhile."""
    same = (current.minimum, current.maximum) == (target.minimum, target.maximum)
    return replace(current, enforce=current.enforce and not same)


def _later(history: History, before: int, units: int, now: float) -> History:
    if units > before:
        return replace(history, rose=now, rise=units - before)
    return replace(history, fell=now)
