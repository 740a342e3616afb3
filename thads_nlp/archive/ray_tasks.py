"""What runs on the nodes of a Ray cluster: the feed of tasks, the rows that name them, the actors that do them."""

from __future__ import annotations

import asyncio
import faulthandler
import os
import pickle
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Literal

from thads_nlp.archive.items import Reading
from thads_nlp.archive.tasks import RunnerError, Settings, brief_articles, load_items, summarizer_of
from thads_nlp.archive.workers import LOAD_LIMITS, failure_reason
from thads_nlp.errors import ThadsError

# How often a task may begin; Ray starts again whatever died, and would do so for ever.
TRIES = 3
# Seconds after the time limit at which a process that does not even notice the limit is ended.
_GRACE_SECONDS = 10.0


class TaskError(ThadsError):
    """A task could not be done; the message says why."""


@dataclass(frozen=True, slots=True)
class Task:
    """Items to load or articles to brief."""

    kind: Literal["load", "brief"]
    inputs: tuple[Any, ...]


class Feed:
    """Tasks by number, kept until their results have come; an actor on the driver's node.

    Rows of the dataset are numbers alone, so whatever Ray starts again finds the same task here.
    """

    def __init__(self) -> None:
        """No task yet."""
        self._tasks: dict[int, Task] = {}
        self._begun: Counter[int] = Counter()
        self._late: set[int] = set()
        # Calls may arrive in another order than they were made in: numbers beyond a gap wait here.
        self._early: set[int] = set()
        self._count, self._closed, self._more = 0, False, asyncio.Event()

    async def add(self, number: int, task: Task) -> None:
        """A task under the next number."""
        self._tasks[number] = task
        self._early.add(number)
        while self._count in self._early:
            self._early.remove(self._count)
            self._count += 1
        self._wake()

    async def beyond(self, number: int) -> int:
        """How many tasks there are, as soon as there are more than ``number`` or there will be none."""
        while self._count <= number and not self._closed:
            await self._more.wait()
        return self._count

    async def take(self, number: int) -> Task | TaskError:
        """A task that begins now, or why it does not."""
        if number not in self._tasks:
            return TaskError("given up or done before")
        if number in self._late:
            return TaskError(failure_reason(TimeoutError()))
        self._begun[number] += 1
        if self._begun[number] > TRIES:
            return TaskError(f"its worker process died {TRIES} times, most often for want of memory or time")
        return self._tasks[number]

    async def late(self, number: int) -> None:
        """A task took longer than it may; it will not begin again."""
        self._late.add(number)

    async def drop(self, numbers: Sequence[int]) -> list[int]:
        """Give up tasks that have not begun; these."""
        dropped = [number for number in numbers if number in self._tasks and not self._begun[number]]
        await self.forget(dropped)
        return dropped

    async def forget(self, numbers: Sequence[int]) -> None:
        """Tasks that nobody waits for any more."""
        for number in numbers:
            self._tasks.pop(number, None)
            self._begun.pop(number, None)
            self._late.discard(number)

    async def close(self) -> None:
        """No task will come, and none begins."""
        self._closed = True
        self._tasks.clear()
        self._wake()

    def _wake(self) -> None:
        """Whoever waits looks again."""
        self._more.set()
        self._more = asyncio.Event()


def numbers(row: dict[str, int], feed: Any) -> Iterator[dict[str, int]]:
    """Rows with the numbers of tasks from ``first`` to ``stop``, as the feed comes to know them."""
    import ray

    number, stop = int(row["first"]), int(row["stop"])
    while number < stop:
        known = min(ray.get(feed.beyond.remote(number)), stop)
        if known <= number:
            return
        yield from ({"number": one} for one in range(number, known))
        number = known


class Briefer:
    """An actor with a loaded model; called with rows of task numbers, it gives rows of their results."""

    def __init__(self, feed: Any, reading: Reading, settings: Settings, seconds: float) -> None:
        """Load the model, once in the life of the process; ``seconds`` is what one article may take."""
        self._feed, self._reading, self._settings, self._seconds = feed, reading, settings, seconds
        try:
            summarizer_of(settings)
        except ThadsError:  # told again, in its own words, to the first that asks for a briefing
            return

    def __call__(self, rows: Any) -> Any:
        """Rows with ``number`` and ``made``, the pickled results or the error of each task."""
        import pyarrow as pa

        asked = rows["number"].to_pylist()
        made = [pickle.dumps(self._result(number)) for number in asked]
        return pa.table({"number": pa.array(asked, pa.int64()), "made": pa.array(made, pa.large_binary())})

    def _result(self, number: int) -> list[Any] | ThadsError:
        """What came of a task."""
        import ray

        task = ray.get(self._feed.take.remote(number))
        if isinstance(task, ThadsError):
            return task
        try:
            with _limited(self._limit(task), lambda: ray.get(self._feed.late.remote(number))):
                return self._do(task)
        except RunnerError as error:
            return error
        except Exception as error:  # named in the Failure
            return TaskError(failure_reason(error))

    def _limit(self, task: Task) -> float:
        """Seconds that a task may take."""
        count = min(len(task.inputs), LOAD_LIMITS) if task.kind == "load" else len(task.inputs)
        return self._seconds * max(count, 1)

    def _do(self, task: Task) -> list[Any]:
        """Articles or outcomes, in order."""
        if task.kind == "load":
            return list(load_items(task.inputs, self._reading))
        return list(brief_articles(task.inputs, self._settings))


@contextmanager
def _limited(seconds: float, late: Callable[[], object]) -> Iterator[None]:
    """Call ``late`` from another thread when what is within takes longer, and end the process.

    Where even threads are kept from running, the process is ended a little later without a word.
    """
    timer = threading.Timer(seconds, _leave, (late,))
    timer.daemon = True
    timer.start()
    faulthandler.dump_traceback_later(seconds + _GRACE_SECONDS, exit=True)
    try:
        yield
    finally:
        faulthandler.cancel_dump_traceback_later()
        timer.cancel()


def _leave(late: Callable[[], object]) -> None:
    """End this process, which Ray starts again."""
    try:
        late()
    finally:
        os._exit(1)
