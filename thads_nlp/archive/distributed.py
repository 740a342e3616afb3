"""The same run on Ray Data: one streaming dataset whose rows are tasks, mapped by a pool of actors with the model.

The driver plans the batches and keeps the journal, so a cluster gives the bytes that one machine gives; scheduling,
restarts and retries are Ray's own. Files that are inputs have to be reachable under the same path from every node;
records and archive members are sent by the driver.
"""

from __future__ import annotations

import logging
import pickle
import signal
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, wait
from contextlib import contextmanager
from itertools import count
from types import TracebackType
from typing import Any, Literal

from thads_nlp.archive.items import Item, Reading
from thads_nlp.archive.ray_tasks import Briefer, Feed, Task, numbers
from thads_nlp.archive.tasks import Outcome, RunnerError, Settings
from thads_nlp.errors import MissingExtraError, ModelError, ThadsError
from thads_nlp.model.engine import available_cpus
from thads_nlp.schema import Article, Failure

# Tasks of a dataset; the next one takes over, because Ray Data keeps some hundred bytes of statistics for each.
_ROUND_TASKS = 200_000
# Tasks that an actor is given at a time: one in work, one that waits.
_IN_FLIGHT = 2
# Seconds that the dataset may take to end after the last task, or after a failure of the run.
_END_SECONDS = 20.0
# Ray Data's blocks are one row each, so that a result comes when it is done and not when a block is full.
_CONTEXT = {"target_max_block_size": 1, "enable_progress_bars": False, "print_on_execution_start": False}


class RayRunner:
    """Workers of a Ray cluster, or of one started on this machine."""

    def __init__(
        self, workers: int | None, address: str | None, seconds: float, reading: Reading, settings: Settings
    ) -> None:
        """Connect, start the dataset and load the model in its actors.

        Args:
            workers: actors, each with one thread of arithmetic; None is one a CPU.
            address: of the cluster; None starts one here.
            seconds: that one article may take.
            reading: how items are loaded.
            settings: how articles are briefed.

        Raises:
            MissingExtraError: Ray is not installed.
            ModelError: Ray cannot be reached, or no actor can load the model.
        """
        self._ray = ray = _ray()
        self._futures: dict[int, Future[Any]] = {}
        self._given, self._closing = 0, False
        self._error: Exception | None = None
        self._started = not ray.is_initialized()
        try:
            if self._started:
                _connect(ray, workers, address)
            self._feed = ray.remote(Feed).options(num_cpus=0, scheduling_strategy=_here(ray)).remote()
            size = workers or int(ray.cluster_resources().get("CPU", 1))
            made = (self._feed, reading, settings, seconds)
            self._thread = threading.Thread(target=self._follow, args=(size, made), daemon=True)
            self._thread.start()
            self._await_model(size)
        except Exception as error:  # Ray has errors of many families
            self._end()
            if isinstance(error, ModelError):
                raise
            raise ModelError(f"Ray cannot run the model ({error or type(error).__name__})") from error

    def __enter__(self) -> RayRunner:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._end()

    def load(self, items: Sequence[Item]) -> Future[list[Article | Failure]]:
        """Articles of items, in order."""
        return self._ask("load", items)

    def brief(self, articles: Sequence[Article]) -> Future[list[Outcome]]:
        """Briefings of articles, in order."""
        return self._ask("brief", articles)

    def cancel(self, futures: Sequence[Future[Any]]) -> None:
        """Give up what has not begun."""
        wanted = {id(future) for future in futures}
        asked = [number for number, future in list(self._futures.items()) if id(future) in wanted]
        try:
            dropped = self._ray.get(self._feed.drop.remote(asked))
        except self._ray.exceptions.RayError:  # the next check says so
            return
        for number in dropped:
            if future := self._futures.pop(number, None):
                future.cancel()

    def check(self) -> None:
        """Nothing, as long as Ray works.

        Raises:
            RunnerError: it does not any more.
        """
        if self._error is not None:
            raise RunnerError(
                f"Ray cannot go on ({self._error or type(self._error).__name__}); nothing that was finished is lost: "
                "give the same command again"
            ) from self._error

    def _ask(self, kind: Literal["load", "brief"], inputs: Sequence[Any]) -> Future[Any]:
        """The result of the next task."""
        self.check()
        future: Future[Any] = Future()
        number, self._given = self._given, self._given + 1
        self._futures[number] = future
        self._feed.add.remote(number, Task(kind, tuple(inputs)))
        return future

    def _await_model(self, size: int) -> None:
        """Tasks of no article, one an actor: their results say that the model is loaded, or why not."""
        for done in wait([self.brief(()) for _ in range(size)]).done:
            if error := done.exception():
                raise ModelError(str(error)) from error

    def _follow(self, size: int, made: tuple[Any, ...]) -> None:
        """Results as they come, in a thread of its own."""
        try:
            for first in count(0, _ROUND_TASKS):
                if self._closing:
                    return
                for number, result in self._results(first, size, made):
                    self._settle(number, result)
        except Exception as error:  # Ray has errors of many families
            self._error = error
            for future in list(self._futures.values()):
                if future.set_running_or_notify_cancel():
                    future.set_exception(RunnerError(str(error)))

    def _results(self, first: int, size: int, made: tuple[Any, ...]) -> Iterator[tuple[int, Any]]:
        """The dataset of the tasks from number ``first`` on: each number with its result."""
        data, settings = self._ray.data, made[2]
        with _context(data):
            rows = data.from_items([{"first": first, "stop": first + _ROUND_TASKS}])
            tasks = rows.flat_map(numbers, fn_kwargs={"feed": self._feed}, num_cpus=0)
            pool = data.ActorPoolStrategy(size=size, max_tasks_in_flight_per_actor=_IN_FLIGHT)
            gpus = 1 if settings.device == "cuda" else 0
            mapped = tasks.map_batches(
                Briefer, fn_constructor_args=made, compute=pool, batch_size=1, batch_format="pyarrow", num_cpus=1,
                num_gpus=gpus,
            )  # fmt: skip
            # Without looking ahead: a result is handed on when it is there, not when the next one is.
            batches = iter(mapped.iter_batches(prefetch_batches=0, batch_size=None, batch_format="pyarrow"))
        for table in batches:
            for row in table.to_pylist():
                yield row["number"], pickle.loads(row["made"])

    def _settle(self, number: int, result: list[Any] | ThadsError) -> None:
        """A result to who waits for it."""
        self._feed.forget.remote([number])
        future = self._futures.pop(number, None)
        if future is None or not future.set_running_or_notify_cancel():
            return
        if isinstance(result, ThadsError):
            future.set_exception(result)
        else:
            future.set_result(result)

    def _end(self) -> None:
        """Let the dataset end, and what was started for it."""
        self._closing = True
        if thread := getattr(self, "_thread", None):
            self._feed.close.remote()
            thread.join(_END_SECONDS)
            self._ray.kill(self._feed)
        if self._started:
            self._ray.shutdown()


@contextmanager
def _context(data: Any) -> Iterator[None]:
    """Ray Data's settings as ours within; a dataset keeps those that it was made with."""
    context = data.DataContext.get_current()
    before = {name: getattr(context, name) for name in _CONTEXT}
    for name, value in _CONTEXT.items():
        setattr(context, name, value)
    try:
        yield
    finally:
        for name, value in before.items():
            setattr(context, name, value)


def _here(ray: Any) -> Any:
    """Scheduling onto the driver's node, with which everything ends anyway."""
    from ray.util.scheduling_strategies import NodeAffinitySchedulingStrategy

    return NodeAffinitySchedulingStrategy(ray.get_runtime_context().get_node_id(), soft=False)


def _connect(ray: Any, workers: int | None, address: str | None) -> None:
    """Join a cluster or start one here; Ray's own way with signals would end a run without finishing its batches."""
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    local = {} if address else {"num_cpus": max(workers or available_cpus(), 2), "include_dashboard": False}
    ray.init(address=address or "local", logging_level="warning", log_to_driver=False, **local)
    for number, handler in before.items():
        signal.signal(number, handler)


def _ray() -> Any:
    """Ray with Ray Data, or the error that names its extra."""
    try:
        import ray
        import ray.data
    except ImportError as error:
        raise MissingExtraError("--runner ray", "ray", "ray[data]") from error
    logging.getLogger("ray.data").setLevel(logging.ERROR)
    return ray
