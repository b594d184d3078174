"""The pace of background jobs that go through many items."""

import asyncio

_LEAST_SECONDS = 0.001


class Pace:
    """Rests between the steps of a job, for as long as the last step took.

    So requests have half of the loop to themselves, and where processor or disk are short, the job slows down
    before they do.
    """

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._begin = self._loop.time()

    async def rest(self) -> None:
        """Call it after each step."""
        await asyncio.sleep(max(self._loop.time() - self._begin, _LEAST_SECONDS))
        self._begin = self._loop.time()
