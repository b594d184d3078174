"""Many writers, one write and one sync: how decided outcomes become durable, and who has to wait for that.

An outcome is first only *staged*: noted in the *open* group, in memory. The group is handed to the database
in one write, right before the sync that makes it durable. One thread runs the sync; meanwhile the loop goes
on and fills the next group; when the sync is over, everybody in the synced group is told, and the next one
is written. A sync costs as much processor time as a few requests, so it does not start before two rounds of
the loop have brought nothing more to share it with (or the first has waited for 4 ms): a lone writer waits
for some microseconds more, and under load the syncs are few. One round would not do: those who were just told
send their answers in it, and write again after it. Without them there would be two crowds that take turns,
with each other's sync in the way of both, instead of one crowd and half of the syncs.

    loop    stage stage | write 1 | stage stage stage     | write 2, tell 1 | stage ...
    thread                        |        sync 1         |                 |    sync 2

So a group is open, then written (two states, kept in `open` and `written`), then durable and forgotten. Say
that a, b and c hold 1, and in one round of the loop

    T1 puts a = 2, and adds 1 to the counter n        open.records  a: 2                 open.counters  n: 1
    T2 finds a = 2 (decisions see what is staged),    open.records  a: 2, b: deleted                    n: 2
       deletes b, and adds 1 to n
    T3 puts a = 3                                     open.records  a: 3, b: deleted                    n: 2

then the database gets one batch: put a = 3, delete b, put n = 2. Until that write, a `get` still gives
a = 1: nobody was told of T1 to T3 yet, so a read may come before them all. (What the database holds is at
any time what a prefix of the outcomes, in commit order, made of it, and has in it whatever anybody was told
of.) From the write to the end of the sync, a read of a or b waits, for it sees what a crash could take
back; so does, from the start, a decision that saw something staged and has nothing to write.

If the write fails because the disk is full, the open group is dropped: all of T1 to T3 get the error (T2
must, as it was decided on what T1 wrote), and the engine forgets what it keeps in memory about counters and
logs. If the write would have to wait for compaction, it is tried again for a while, and others go on staging
until the group has grown to its bound; then they wait too. A failed sync fails the engine for good.

A sync makes everything durable that was written before it started. So a group waits for at most one sync
that was already running, plus its own. Everything but the sync happens on the event loop's thread; one
engine belongs to one event loop.
"""

import asyncio
import copy
import threading
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress

from kilowatt.engine.base import Pair
from kilowatt.engine.counters import Counter
from kilowatt.engine.errors import Busy, Closed, EngineError

_PATIENCE_SECONDS = 5.0
# For so long does an outcome wait for others to share its sync, as long as others come: until so many rounds
# of the loop have brought none.
_GATHERING_SECONDS = 0.004
_QUIET_ROUNDS = 2
# A group is written early when it has grown to this, so that neither its write holds up the loop nor the
# memory that it takes matters. The second number stands for what a staged record takes beside its value.
_GROUP_BYTES = 4 << 20
_RECORD_BYTES = 64
# How often, and after what pauses, a write is tried that would have to wait: for 10 seconds in all.
_STALLS = 1000
_STALL_PAUSE_SECONDS = 0.01


class Group:
    """Outcomes that are written, and become durable, together; and who waits for that.

    What the group does to the store's records is: delete `ranges`, then put `records` (None: delete). To the
    engine's own: put `internal` (log records) and the totals of `counters`, then delete `trims`. `logs` names
    the logs that this changes. `size` is about what all this takes in memory, in bytes (not counting
    counters: they are small and few); `stalls` counts how often the database would not take it yet.
    """

    __slots__ = ("counters", "internal", "logs", "ranges", "records", "size", "stalls", "trims", "waiters")

    def __init__(self) -> None:
        self.records: dict[bytes, bytes | None] = {}
        self.ranges: list[Pair] = []
        self.internal: dict[bytes, bytes] = {}
        self.counters: dict[bytes, Counter] = {}
        self.trims: list[Pair] = []
        self.logs: set[bytes] = set()
        self.waiters: list[asyncio.Future[None]] = []
        self.size = 0
        self.stalls = 0

    def put(self, pairs: Sequence[Pair]) -> None:
        for key, value in pairs:
            self.records[key] = value
            self.size += len(value) + _RECORD_BYTES

    def delete(self, keys: Sequence[bytes]) -> None:
        self.size += _RECORD_BYTES * len(keys)
        self.records.update(dict.fromkeys(keys))

    def delete_range(self, start: bytes, end: bytes) -> None:
        if start < end:
            self.size += _RECORD_BYTES
            self.ranges.append((start, end))
            for key in [key for key in self.records if start <= key < end]:
                del self.records[key]

    def append(self, log: bytes, key: bytes, record: bytes) -> None:
        self.internal[key] = record
        self.logs.add(log)
        self.size += len(record) + _RECORD_BYTES

    def is_in_range(self, key: bytes) -> bool:
        """Whether `key` is in a range that was deleted; it may have been put again since."""
        return any(start <= key < end for start, end in self.ranges)

    def touches_keys(self, keys: Sequence[bytes]) -> bool:
        """Whether one of `keys` was put or deleted."""
        if not self.records.keys().isdisjoint(keys):
            return True
        return bool(self.ranges) and any(map(self.is_in_range, keys))

    def touches_range(self, start: bytes, end: bytes) -> bool:
        """Whether a key with `start` <= key < `end` was put or deleted, or may have been."""
        for key in self.records:
            if start <= key < end:
                return True
        return any(start < other_end and other_start < end for other_start, other_end in self.ranges)

    def end(self, error: Exception | None = None) -> None:
        """Tells everybody who waits."""
        for waiter in self.waiters:
            if waiter.done():
                continue
            if error is None:
                waiter.set_result(None)
            else:
                waiter.set_exception(copy.copy(error))  # one each, as each collects its own traceback


class GroupCommit:
    """Runs `write` for one group after the other, and then `sync`, on a thread of its own.

    `write` raises `Busy` if it is to be tried again later, `Closed` if the engine has failed for good;
    after any other error `drop` is called, and nothing of the group has happened.

    `open` is the group that is being staged, and `written` holds those that a crash could still take back,
    oldest first. `refusal` is None while all is well; afterwards every call on the engine raises it.
    """

    def __init__(
        self, write: Callable[[Group], None], drop: Callable[[], None], sync: Callable[[], None]
    ) -> None:
        self._write = write
        self._drop = drop
        self._sync = sync
        self._syncing = 0  # so many of `written`, from the oldest, does the sync cover that runs
        self._stopping = False
        self._wanted = threading.Lock()  # released to start a sync; a Semaphore is many times slower
        self._wanted.acquire()
        self._loop: asyncio.AbstractEventLoop | None = None
        # While outcomes are gathered: how many there were in the last round, for how many rounds there have
        # been no more, and until when it may take.
        self._gathered = 0
        self._quiet = 0
        self._gathers_until = 0.0
        self._thread = threading.Thread(target=self._run, name="kilowatt-sync", daemon=True)
        self._thread.start()
        self.open: Group | None = None
        self.written: list[Group] = []
        self.refusal: EngineError | None = None

    def open_group(self) -> Group:
        """The group in which an outcome is to be staged now; its write and sync start soon."""
        group = self.open
        if group is None:
            group = self.open = Group()
            if not self.written:  # else a start is on its way already
                self._loop = asyncio.get_running_loop()
                self._gather(self._loop)
        return group

    def has_room(self) -> bool:
        """Whether more may be staged. Writes the open group if it has grown to its bound."""
        group = self.open
        if group is None or group.size < _GROUP_BYTES:
            return True
        if not group.stalls:  # else `_start` is trying already
            self._write_open()
        return self.open is None

    def durable(self, group: Group) -> asyncio.Future[None]:
        """To be awaited: done when what `group` holds is durable; raises why it is not.

        `group` has to be the open one or among `written`.
        """
        assert self._loop is not None
        # A future for each waiter: the cancellation of one must not reach the others.
        waiter = self._loop.create_future()
        group.waiters.append(waiter)
        return waiter

    def holding_keys(self, keys: Sequence[bytes]) -> Group | None:
        """The newest written group that holds one of `keys`."""
        return next((group for group in reversed(self.written) if group.touches_keys(keys)), None)

    def seen_in(self, keys: Sequence[bytes]) -> Group | None:
        """The newest group, written or not, that holds one of `keys`: what a decision on them depends on."""
        if self.open is not None and self.open.touches_keys(keys):
            return self.open
        return self.holding_keys(keys)

    def holding_range(self, start: bytes, end: bytes) -> Group | None:
        """The newest written group that holds a key in the half-open range."""
        return next((group for group in reversed(self.written) if group.touches_range(start, end)), None)

    def holding_counters(self, counters: Iterable[bytes]) -> Group | None:
        """The newest written group that changes one of `counters`."""
        return next(
            (group for group in reversed(self.written) if not group.counters.keys().isdisjoint(counters)),
            None,
        )

    def holding_log(self, log: bytes) -> Group | None:
        """The newest written group that holds a record of, or a trim of, `log`."""
        return next((group for group in reversed(self.written) if log in group.logs), None)

    def appending(self, log: bytes) -> Group | None:
        """The newest group, written or not, that holds a record of `log`."""
        return next((group for group in reversed(self._unfinished()) if log in group.logs), None)

    def refuse(self) -> None:
        """Raises why no call can be served any more, if that is so."""
        if self.refusal is not None:
            # A fresh one every time: an exception that is raised again and again hoards tracebacks.
            raise type(self.refusal)(*self.refusal.args)

    def fail(self, reason: str) -> None:
        """From now on every call raises `Closed`; so does everybody who is waiting."""
        if self.refusal is None:
            self.refusal = Closed(reason)
        groups = self._unfinished()
        self.open = None
        self.written = []
        for group in groups:
            group.end(Closed(reason))

    async def finish(self) -> None:
        """Waits until everything staged is durable (or has failed), then ends the thread."""
        while groups := self._unfinished():
            # Who staged it is told of the failure. After that of an open group, others may go on.
            with suppress(Exception):
                await self.durable(groups[-1])
        self._stopping = True
        if self._wanted.locked():
            self._wanted.release()
        # Ends at once, unless a sync still runs after a failure; on a device that hangs, it stays behind.
        if not self._syncing:
            self._thread.join()
        else:
            await asyncio.to_thread(self._thread.join, _PATIENCE_SECONDS)

    def _unfinished(self) -> list[Group]:
        return self.written if self.open is None else [*self.written, self.open]

    def _gather(self, loop: asyncio.AbstractEventLoop) -> None:
        """Has the next write and sync start once rounds of the loop stage nothing more."""
        self._gathered = 0
        self._quiet = 0
        self._gathers_until = loop.time() + _GATHERING_SECONDS
        loop.call_soon(self._start_when_gathered, loop)

    def _start_when_gathered(self, loop: asyncio.AbstractEventLoop) -> None:
        gathered = 0 if self.open is None else len(self.open.waiters)
        self._quiet = self._quiet + 1 if gathered == self._gathered else 0
        self._gathered = gathered
        if self._quiet >= _QUIET_ROUNDS or loop.time() >= self._gathers_until:
            self._start()
        else:
            loop.call_soon(self._start_when_gathered, loop)

    def _start(self) -> None:
        """Writes the open group, and has the thread sync everything written."""
        if self._syncing:
            return
        self._write_open()
        if self.written:
            self._syncing = len(self.written)
            self._wanted.release()
        elif self.open is not None:  # it stalls
            assert self._loop is not None
            self._loop.call_later(_STALL_PAUSE_SECONDS, self._start)

    def _write_open(self) -> None:
        """Afterwards the group is written, or its waiters know why not, or it stalls and is still open."""
        group = self.open
        if group is None:
            return
        try:
            self._write(group)
        except Closed as error:
            self.fail(f"Writing failed: {error}")
        except Exception as error:
            if isinstance(error, Busy):
                group.stalls += 1
                if group.stalls < _STALLS:
                    return
            self.open = None
            self._drop()
            group.end(error)
        else:
            self.open = None
            self.written.append(group)

    def _synced(self, error: BaseException | None) -> None:
        count, self._syncing = self._syncing, 0
        if error is not None:
            # Never tried again: after a failed fsync the kernel may have dropped the very pages that the next
            # one would report as written.
            self.fail(f"Making writes durable failed: {error}")
            return
        durable = self.written[:count]  # none, if the engine failed meanwhile
        del self.written[:count]
        for group in durable:
            group.end()
        if self._unfinished():
            assert self._loop is not None
            self._gather(self._loop)  # last, so that those who were told come first in the next round

    def _run(self) -> None:
        while True:
            self._wanted.acquire()
            if self._stopping:
                return
            error: BaseException | None = None
            try:
                self._sync()
            except BaseException as caught:
                error = caught
            self._report(error)

    def _report(self, error: BaseException | None) -> None:
        assert self._loop is not None
        try:
            self._loop.call_soon_threadsafe(self._synced, error)
        except RuntimeError:
            # The loop was closed without closing the engine: nobody is left to tell.
            return
