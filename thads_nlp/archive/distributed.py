"""The same run on Ray: tasks load items, actors that hold the model brief them; retries are Ray's own.

The journal stays with the driver, so a cluster gives the bytes that one machine gives. Files that are inputs have to be
reachable under the same path from every node; records and archive members are sent by the driver.
"""

from __future__ import annotations

import signal
from collections.abc import Iterator, Sequence
from concurrent.futures import Future
from contextlib import contextmanager
from types import TracebackType
from typing import Any

from thads_nlp.archive.items import Item, Reading
from thads_nlp.archive.tasks import Outcome, Settings, brief_articles, load_items, summarizer_of
from thads_nlp.archive.workers import failure_reason
from thads_nlp.errors import MissingExtraError, ModelError
from thads_nlp.schema import Article, Failure

# How often Ray may start a task again after its process or node died.
_RETRIES = 3


class Briefer:
    """An actor with a loaded model."""

    def __init__(self, settings: Settings, seconds: float) -> None:
        """Load the model, once in the life of the process; ``seconds`` is what one article may take."""
        self._settings, self._seconds = settings, seconds
        summarizer_of(settings)

    def brief(self, articles: Sequence[Article]) -> list[Outcome]:
        """Briefings of articles, in order.

        Raises:
            TimeoutError: they took longer than they may.
        """
        with _limited(self._seconds * len(articles)):
            return brief_articles(articles, self._settings)

    def ready(self) -> bool:
        """True once the model is loaded."""
        return True


@contextmanager
def _limited(seconds: float) -> Iterator[None]:
    """TimeoutError in what is within after so much time; for the main thread of a process, where Ray runs actors."""

    def end(number: int, frame: object) -> None:
        raise TimeoutError(f"longer than {seconds:.0f} s")

    before = signal.signal(signal.SIGALRM, end)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def _load_within(items: Sequence[Item], reading: Reading, seconds: float) -> list[Article | Failure]:
    """The articles of items, each in its time."""
    with _limited(seconds * len(items)):
        return load_items(items, reading)


class RayRunner:
    """Workers of a Ray cluster, or of one started on this machine."""

    def __init__(
        self, workers: int, address: str | None, seconds: float, reading: Reading, settings: Settings
    ) -> None:
        """Connect, start the actors and load the model in each; ``seconds`` is what one article may take.

        Raises:
            MissingExtraError: Ray is not installed.
            ModelError: Ray cannot be reached, or no actor can load the model.
        """
        ray = _ray()
        self._reading, self._seconds, self._ray = reading, seconds, ray
        self._started = not ray.is_initialized()
        try:
            if self._started:
                _connect(ray, workers, address)
            options = {"num_cpus": 1, "max_restarts": -1, "max_task_retries": _RETRIES}
            actor = ray.remote(Briefer).options(**options)
            self._actors = [actor.remote(settings, seconds) for _ in range(workers)]
            # Loading is light and may share the processors of the actors.
            self._load = ray.remote(_load_within).options(num_cpus=0, max_retries=_RETRIES)
            ray.get([one.ready.remote() for one in self._actors])
        except (ray.exceptions.RayError, ConnectionError, ValueError) as error:
            if self._started:
                ray.shutdown()
            raise ModelError(f"Ray cannot run the model ({failure_reason(error)})") from error
        self._queues: list[list[Future[list[Outcome]]]] = [[] for _ in self._actors]

    def __enter__(self) -> RayRunner:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for actor in self._actors:
            self._ray.kill(actor)
        if self._started:
            self._ray.shutdown()

    def load(self, items: Sequence[Item]) -> Future[list[Article | Failure]]:
        """Articles of items, in order."""
        future: Future[list[Article | Failure]] = self._load.remote(tuple(items), self._reading, self._seconds).future()
        return future

    def brief(self, articles: Sequence[Article]) -> Future[list[Outcome]]:
        """Briefings of articles, in order, by the actor that has least to do."""
        for queue in self._queues:
            queue[:] = [future for future in queue if not future.done()]
        index = min(range(len(self._actors)), key=lambda one: len(self._queues[one]))
        future: Future[list[Outcome]] = self._actors[index].brief.remote(tuple(articles)).future()
        self._queues[index].append(future)
        return future

    def cancel(self, futures: Sequence[Future[Any]]) -> None:
        """Give up what has not begun; an actor works on the first that it was given and that is not done."""
        in_work = [next((future for future in queue if not future.done()), None) for queue in self._queues]
        for future in futures:
            if not any(future is one for one in in_work):
                future.cancel()


def _connect(ray: Any, workers: int, address: str | None) -> None:
    """Join a cluster or start one here; Ray's own way with signals would end a run without finishing its batches."""
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    local = {} if address else {"num_cpus": max(workers, 2), "include_dashboard": False}
    ray.init(address=address, logging_level="warning", log_to_driver=False, **local)
    for number, handler in before.items():
        signal.signal(number, handler)


def _ray() -> Any:
    """Ray, or the error that names its extra."""
    try:
        import ray
    except ImportError as error:
        raise MissingExtraError("--runner ray", "ray", "ray") from error
    return ray
