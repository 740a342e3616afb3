"""The same run on Ray: tasks load items, actors that hold the model brief them; retries are Ray's own.

The journal stays with the driver, so a cluster gives the bytes that one machine gives. Files that are inputs have to be
reachable under the same path from every node; records and archive members are sent by the driver.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Future
from types import TracebackType
from typing import Any

from thads_nlp.archive.items import Item
from thads_nlp.archive.loading import Reading
from thads_nlp.archive.tasks import Outcome, Settings, brief_articles, load_items, summarizer_of
from thads_nlp.errors import MissingExtraError
from thads_nlp.schema import Article, Failure

# How often Ray may start a task again after its process or node died.
_RETRIES = 3


class Briefer:
    """An actor with a loaded model."""

    def __init__(self, settings: Settings) -> None:
        """Load the model, once in the life of the process."""
        self._settings = settings
        summarizer_of(settings)

    def brief(self, articles: Sequence[Article]) -> list[Outcome]:
        """Briefings of articles, in order."""
        return brief_articles(articles, self._settings)

    def process_id(self) -> int:
        """The actor's process, for those who look after a cluster."""
        import os

        return os.getpid()


class RayRunner:
    """Workers of a Ray cluster, or of one started on this machine."""

    def __init__(self, workers: int, address: str | None, reading: Reading, settings: Settings) -> None:
        """Connect, start the actors and load the model in each.

        Raises:
            MissingExtraError: Ray is not installed.
        """
        ray = _ray()
        self._started = not ray.is_initialized()
        if self._started:
            local = {} if address else {"num_cpus": max(workers, 2), "include_dashboard": False}
            ray.init(address=address, logging_level="warning", log_to_driver=False, **local)
        options = {"num_cpus": 1, "max_restarts": -1, "max_task_retries": _RETRIES}
        actor = ray.remote(Briefer).options(**options)
        self._actors = [actor.remote(settings) for _ in range(workers)]
        self._waiting = [0] * workers
        # Loading is light and may share the processors of the actors.
        self._load = ray.remote(load_items).options(num_cpus=0, max_retries=_RETRIES)
        self._reading, self._ray = reading, ray
        self.process_ids = tuple(ray.get([one.process_id.remote() for one in self._actors]))

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
        future: Future[list[Article | Failure]] = self._load.remote(tuple(items), self._reading).future()
        return future

    def brief(self, articles: Sequence[Article]) -> Future[list[Outcome]]:
        """Briefings of articles, in order, by the actor that has least to do."""
        index = min(range(len(self._actors)), key=lambda one: self._waiting[one])
        self._waiting[index] += 1
        future: Future[list[Outcome]] = self._actors[index].brief.remote(tuple(articles)).future()
        future.add_done_callback(self._finished(index))
        return future

    def cancel(self, futures: Sequence[Future[Any]]) -> None:
        """Leave what was not begun; leaving the runner ends the actors."""
        for future in futures:
            future.cancel()

    def _finished(self, index: int) -> Callable[[Future[Any]], None]:
        """Count a task of an actor as done."""

        def count(_: Future[Any]) -> None:
            self._waiting[index] -= 1

        return count


def _ray() -> Any:
    """Ray, or the error that names its extra."""
    try:
        import ray
    except ImportError as error:
        raise MissingExtraError("--runner ray", "ray", "ray") from error
    return ray
