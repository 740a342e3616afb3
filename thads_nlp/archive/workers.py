"""Worker processes with a time limit a task; a task that kills its worker harms no other."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from concurrent.futures import TimeoutError as FutureTimeoutError
from types import TracebackType
from typing import Any, Protocol, TypeVar

from thads_nlp.archive.items import Item, Reading
from thads_nlp.archive.tasks import Outcome, RunnerError, Settings, brief_articles, load_items, summarizer_of
from thads_nlp.errors import MissingExtraError, ModelError, ThadsError
from thads_nlp.schema import Article, Failure

# Seconds between looks at whether the run that a worker belongs to still lives.
_WATCH_SECONDS = 2.0
# Seconds that loading a model may take on a slow disk.
_STARTUP_SECONDS = 300.0

# Time limits that items which are loaded together have together: what they need is far below, and when one stalls, each
# is loaded again alone.
LOAD_LIMITS = 2

Made = TypeVar("Made")


class Runner(Protocol):
    """Where tasks run. Futures raise TaskFailedError when the task could not be finished there."""

    def load(self, items: Sequence[Item]) -> Future[list[Article | Failure]]:
        """Articles of items, in order."""
        ...

    def brief(self, articles: Sequence[Article]) -> Future[list[Outcome]]:
        """Briefings of articles, in order."""
        ...

    def cancel(self, futures: Sequence[Future[Any]]) -> None:
        """Give up what has not begun."""
        ...

    def check(self) -> None:
        """Nothing, as long as tasks can be done; else RunnerError."""
        ...


class LocalRunner:
    """Processes of this machine."""

    def __init__(self, workers: int, seconds: float, reading: Reading, settings: Settings) -> None:
        """Start the workers and load the model in one, so that a bad one is found at once.

        Args:
            workers: processes, each with one thread of arithmetic.
            seconds: that one article may take.
            reading: how items are loaded.
            settings: how articles are briefed.
        """
        try:
            from pebble import ProcessPool
        except ImportError as error:
            raise MissingExtraError("thads-nlp batch", "archive", "pebble") from error
        self._reading, self._settings, self._seconds = reading, settings, seconds
        context = multiprocessing.get_context("spawn")
        self._pool: Any = ProcessPool(workers, initializer=_begin, initargs=[os.getpid()], context=context)
        try:
            self._schedule(_probe, (settings,), _STARTUP_SECONDS).result()
        except Exception as error:  # a worker can die of anything
            self._pool.stop()
            self._pool.join()
            raise error if isinstance(error, ThadsError) else ModelError(
                f"no worker could load the model: {failure_reason(error)}"
            ) from error

    def __enter__(self) -> LocalRunner:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._pool.stop() if error else self._pool.close()
        self._pool.join()

    def load(self, items: Sequence[Item]) -> Future[list[Article | Failure]]:
        """Articles of items, in order."""
        return self._schedule(load_items, (tuple(items), self._reading), self._seconds * min(len(items), LOAD_LIMITS))

    def brief(self, articles: Sequence[Article]) -> Future[list[Outcome]]:
        """Briefings of articles, in order."""
        limit = _STARTUP_SECONDS + self._seconds * len(articles)
        return self._schedule(brief_articles, (tuple(articles), self._settings), limit)

    def cancel(self, futures: Sequence[Future[Any]]) -> None:
        """Give up what has not begun."""
        for future in futures:
            if not future.running():
                future.cancel()

    def check(self) -> None:
        """Nothing, as long as workers can be started.

        Raises:
            RunnerError: they cannot.
        """
        if not self._pool.active:
            raise RunnerError(
                "worker processes ended between tasks or could not be started, most often for want of memory; nothing "
                "that was finished is lost: give the same command again, with fewer --workers"
            )

    def _schedule(self, task: Callable[..., Made], args: tuple[Any, ...], seconds: float) -> Future[Made]:
        """A task in the pool."""
        try:
            future: Future[Made] = self._pool.schedule(task, args=list(args), timeout=seconds)
        except RuntimeError:  # of a pool that has broken down
            self.check()
            raise
        return future


def worker_died(error: Exception) -> bool:
    """Whether the process that a task ran in ended, which may be no fault of the task."""
    from pebble import ProcessExpired

    return isinstance(error, ProcessExpired)


def failure_reason(error: Exception) -> str:
    """Why a task was not finished, in words for an archivist."""
    from pebble import ProcessExpired

    if isinstance(error, (FutureTimeoutError, TimeoutError)):
        return "took longer than the time limit for an article; raise --time-limit if it is worth it"
    if isinstance(error, ProcessExpired):
        return f"its worker process died (exit code {error.exitcode}), most often for want of memory"
    cause = getattr(error, "cause", None)
    if isinstance(error, ThadsError) or isinstance(cause, ThadsError):
        return str(cause or error)
    return f"an error of the program ({type(error).__name__}: {error}); please report it with the article"


def _probe(settings: Settings) -> str:
    """Load the model."""
    return summarizer_of(settings).label


def _begin(parent: int) -> None:
    """In a new worker: leave interruptions to the run, and end when it has gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_watch, args=(parent,), daemon=True).start()


def _watch(parent: int) -> None:
    """End this process soon after its parent died, however that came."""
    while os.getppid() == parent:
        time.sleep(_WATCH_SECONDS)
    os._exit(1)
