"""Many writers, one sync: how writes that are applied become durable, and who has to wait for it.

The event loop applies writes to the database at once, without a sync, and notes in the *open* group which
keys they touched. One thread runs the sync. While it does, the loop goes on and fills the next group; when
the sync is over, everybody in the synced group is told, and the next one starts:

    loop    apply apply | apply apply apply | apply ...
    thread      sync(group 1)   |   sync(group 2)   |

A sync makes everything durable that was applied before it started, so a group never has to wait for more
than one sync that was already running, plus its own. Who reads something that a group still holds waits for
that group (rule 2 of `base`).

Everything but the sync itself happens on the event loop's thread; one engine belongs to one event loop.
"""

import asyncio
import threading
from collections.abc import Callable, Sequence

from kilowatt.engine.base import Pair
from kilowatt.engine.errors import Closed, EngineError

_PATIENCE_SECONDS = 5.0


class Group:
    """Writes that become durable with the same sync: what they touched, and who waits."""

    __slots__ = ("counters", "keys", "logs", "ranges", "waiters")

    def __init__(self) -> None:
        self.keys: set[bytes] = set()
        self.ranges: list[Pair] = []
        self.counters: set[bytes] = set()
        self.logs: set[bytes] = set()
        self.waiters: list[asyncio.Future[None]] = []

    def touches_keys(self, keys: Sequence[bytes]) -> bool:
        """Whether one of `keys` was put or deleted."""
        if not self.keys.isdisjoint(keys):
            return True
        return any(start <= key < end for start, end in self.ranges for key in keys)

    def touches_range(self, start: bytes, end: bytes) -> bool:
        """Whether a key with `start` <= key < `end` was put or deleted, or may have been."""
        for key in self.keys:
            if start <= key < end:
                return True
        return any(start < other_end and other_start < end for other_start, other_end in self.ranges)


class GroupCommit:
    """Runs `sync` on a thread of its own, for one group of writes after the other.

    `unsynced` holds the groups whose writes a crash could still take back, oldest first: the one that is
    being synced and the open one, as far as there are any. `refusal` is None while all is well; afterwards
    every call on the engine raises it.
    """

    def __init__(self, sync: Callable[[], None]) -> None:
        self._sync = sync
        self._syncing: Group | None = None
        self._open: Group | None = None
        self._stopping = False
        self._wanted = threading.Lock()  # released to start a sync; a Semaphore is many times slower
        self._wanted.acquire()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread = threading.Thread(target=self._run, name="kilowatt-sync", daemon=True)
        self._thread.start()
        self.unsynced: list[Group] = []
        self.refusal: EngineError | None = None

    def open_group(self) -> Group:
        """The group that a write applied just now belongs to; its sync starts soon."""
        group = self._open
        if group is None:
            group = self._open = Group()
            self.unsynced.append(group)
            if self._syncing is None:
                # Not at once: who else is ready to run in this round of the loop joins the same sync.
                self._loop = asyncio.get_running_loop()
                self._loop.call_soon(self._start)
        return group

    def durable(self, group: Group) -> asyncio.Future[None]:
        """To be awaited: done when what `group` holds is durable, or `Closed` if that failed."""
        assert self._loop is not None
        # A future for each waiter: the cancellation of one must not reach the others.
        waiter = self._loop.create_future()
        group.waiters.append(waiter)
        return waiter

    def holding_keys(self, keys: Sequence[bytes]) -> Group | None:
        """The newest group that holds one of `keys`."""
        return next((group for group in reversed(self.unsynced) if group.touches_keys(keys)), None)

    def holding_range(self, start: bytes, end: bytes) -> Group | None:
        """The newest group that holds a key in the half-open range."""
        return next((group for group in reversed(self.unsynced) if group.touches_range(start, end)), None)

    def holding_counters(self, keys: Sequence[bytes]) -> Group | None:
        """The newest group that holds one of these counters."""
        return next((group for group in reversed(self.unsynced) if not group.counters.isdisjoint(keys)), None)

    def holding_log(self, log: bytes) -> Group | None:
        """The newest group that holds a record of, or a trim of, `log`."""
        return next((group for group in reversed(self.unsynced) if log in group.logs), None)

    def refuse(self) -> None:
        """Raises why no call can be served any more, if that is so."""
        if self.refusal is not None:
            # A fresh one every time: an exception that is raised again and again hoards tracebacks.
            raise type(self.refusal)(*self.refusal.args)

    def fail(self, reason: str) -> None:
        """From now on every call raises `Closed`; so does everybody who is waiting."""
        if self.refusal is None:
            self.refusal = Closed(reason)
        for group in self.unsynced:
            for waiter in group.waiters:
                if not waiter.done():
                    waiter.set_exception(Closed(reason))
        self.unsynced.clear()
        self._open = None

    async def finish(self) -> None:
        """Waits until nothing is unsynced (or has failed), then ends the thread."""
        while self.unsynced:
            try:
                await self.durable(self.unsynced[-1])
            except Closed:
                break
        self._stopping = True
        if self._wanted.locked():
            self._wanted.release()
        # Ends at once, unless a sync still runs after a failure; on a device that hangs, it stays behind.
        if self._syncing is None:
            self._thread.join()
        else:
            await asyncio.to_thread(self._thread.join, _PATIENCE_SECONDS)

    def _start(self) -> None:
        if self._open is not None and self._syncing is None:
            self._syncing, self._open = self._open, None
            self._wanted.release()

    def _synced(self, error: BaseException | None) -> None:
        group, self._syncing = self._syncing, None
        if error is not None:
            # Never tried again: after a failed fsync the kernel may have dropped the very pages that the next
            # one would report as written.
            self.fail(f"Making writes durable failed: {error}")
        elif group in self.unsynced:
            self.unsynced.remove(group)
            self._start()
            for waiter in group.waiters:
                if not waiter.done():
                    waiter.set_result(None)

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
