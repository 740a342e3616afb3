"""A batch run: items in chunks to workers, every result into the journal, outputs from the journal at the end.

What is generated together depends on the order of the input alone, so a run that was cut, or had more workers, or a
worker that died, gives the same bytes as any other.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, wait
from dataclasses import dataclass, replace
from typing import Any, Protocol, TypeVar

from thads_nlp.archive.items import Item
from thads_nlp.archive.journal import Journal, Result, to_line
from thads_nlp.archive.listed import MAX_FILE_ITEMS
from thads_nlp.archive.tasks import Outcome, RunnerError, failed
from thads_nlp.archive.workers import Runner, failure_reason, worker_died
from thads_nlp.schema import Article, Failure
from thads_nlp.text.decode import canonical_text

# Items whose articles are sorted by length together.
CHUNK_ITEMS = 512
# Bytes of such a chunk, which holds fewer articles only where they are longer than books; three are in memory.
CHUNK_BYTES = 64_000_000
# Tokens of a batch, which are words between spaces (syllables in Vietnamese): about a dozen articles, so that a batch
# takes seconds and little is made twice after a cut.
BATCH_TOKENS = 8_192
BATCH_ARTICLES = 16
# No token counts for more characters than this, so that a text without spaces is as long as it looks.
_TOKEN_CHARS = 8
# Items that a worker loads at a time.
LOAD_ITEMS = 16
# How often a task is tried whose worker dies.
_TRIES = 3
# Seconds between looks at whether the run is to stop, and at whether the workers still work.
_POLL_SECONDS = 0.25
_CHECK_SECONDS = 5.0

Loading = tuple[Future[list[Article | Failure]], tuple[Item, ...]]
Made = TypeVar("Made")


@dataclass(frozen=True, slots=True)
class Loaded:
    """An item with what it held."""

    item: Item
    found: Article | Failure


@dataclass(frozen=True, slots=True)
class Batch:
    """Articles that are briefed together, with their numbers, and which of them have a result already."""

    numbers: tuple[int, ...]
    articles: tuple[Article, ...]
    done: frozenset[int] = frozenset()


class Progress(Protocol):
    """Who is told how far a run is."""

    def earlier(self, count: int) -> None:
        """``count`` items were done by an earlier run."""
        ...

    def made(self, count: int, failed: int) -> None:
        """``count`` items are done, ``failed`` of them failures."""
        ...


class Run:
    """One pass over the items of a journal's input."""

    def __init__(self, journal: Journal, runner: Runner, progress: Progress, stopping: Callable[[], bool]) -> None:
        """``stopping`` says when to end early: what is in work is finished, nothing more is begun."""
        self._journal, self._runner, self._progress, self._stopping = journal, runner, progress, stopping
        self._in_work: dict[Future[list[Outcome]], Batch] = {}

    def process(self, items: Iterator[Item]) -> bool:
        """Brief all items that have no result yet; False when it was stopped before the end."""
        chunks = self._open_chunks(items)
        ahead = self._start_loading(next(chunks, ()))
        before: list[Future[list[Outcome]]] = []
        while ahead and not self._stopping():
            loaded = self._finish_loading(ahead)
            # Queued before the batches of this chunk, so that workers never wait for articles.
            ahead = self._start_loading(next(chunks, ()))
            begun = [self._begin(batch) for batch in self._plan(loaded)]
            self._collect(before)
            before = begun
        self._collect(before)
        self._runner.cancel([future for future, _ in ahead])
        return not self._stopping()

    def _open_chunks(self, items: Iterator[Item]) -> Iterator[tuple[Item, ...]]:
        """Chunks in which something is left to do."""
        for chunk in _chunks(items):
            done = self._journal.done(chunk[0].number, chunk[-1].number + 1)
            self._progress.earlier(len(done))
            if len(done) < len(chunk):
                yield chunk

    def _begin(self, batch: Batch) -> Future[list[Outcome]]:
        """A batch to the workers."""
        future = self._runner.brief(batch.articles)
        self._in_work[future] = batch
        return future

    def _start_loading(self, chunk: Sequence[Item]) -> list[Loading]:
        """Loading tasks of a chunk."""
        parts = [tuple(chunk[at : at + LOAD_ITEMS]) for at in range(0, len(chunk), LOAD_ITEMS)]
        return [(self._runner.load(part), part) for part in parts]

    def _finish_loading(self, tasks: Sequence[Loading]) -> list[Loaded]:
        """What the items held; an item that kills or stalls a worker is a Failure, its neighbours are loaded again."""
        loaded: list[Loaded] = []
        for future, items in tasks:
            found = self._each(future, items, self._runner.load, _unloaded)
            loaded += [Loaded(item, one) for item, one in zip(items, found, strict=True)]
        return loaded

    def _plan(self, loaded: Sequence[Loaded]) -> list[Batch]:
        """Batches with something left to do; failures and copies go to the journal at once."""
        first, stop = loaded[0].item.number, loaded[-1].item.number + 1
        done = self._journal.done(first, stop)
        good: list[tuple[int, Article]] = []
        settled: list[Result] = []
        for number, found in self._sorted_out(loaded):
            if isinstance(found, Article):
                good.append((number, found))
            elif number not in done:
                settled.append(found)
        self._add(settled, frozenset())
        return [
            replace(batch, done=done.intersection(batch.numbers))
            for batch in _batches(good)
            if not done.issuperset(batch.numbers)
        ]

    def _add(self, results: Sequence[Result], done: frozenset[int]) -> None:
        """Results to the journal; those made before count no second time."""
        self._journal.add(results)
        fresh = [result for result in results if result.number not in done]
        self._progress.made(len(fresh), sum(result.kind == "failure" for result in fresh))

    def _sorted_out(self, loaded: Sequence[Loaded]) -> Iterator[tuple[int, Article | Result]]:
        """Articles to brief, and results of what is none: failures, second ids, repeated texts."""
        named = [(item.item.number, item.found) for item in loaded if isinstance(item.found, Article)]
        owners = self._journal.claim_ids([(article.id, number) for number, article in named])
        single = [pair for pair, owner in zip(named, owners, strict=True) if owner == pair[0]]
        origins = self._journal.claim_texts([(_text_key(article), number) for number, article in single])
        origin_of = {number: origin for (number, _), origin in zip(single, origins, strict=True)}
        owner_of = {number: owner for (number, _), owner in zip(named, owners, strict=True)}
        for one in loaded:
            number, found = one.item.number, one.found
            if isinstance(found, Failure):
                yield number, Result(number, "failure", failed(found).record)
            elif owner_of[number] != number:
                file, item = divmod(owner_of[number], MAX_FILE_ITEMS)
                reason = f"the id was given before, by item {item} of file {file} of the input; only that is briefed"
                yield number, Result(number, "failure", failed(Failure(found.id, "read", reason, found.source)).record)
            elif origin_of[number] != number:
                own = to_line({"id": found.id, "source": found.source})
                yield number, Result(number, "copy", own, origin_of[number])
            else:
                yield number, found

    def _collect(self, futures: Sequence[Future[list[Outcome]]]) -> None:
        """Results of batches into the journal as they come; on a stop, what has not begun is given up."""
        waiting = set(futures)
        while waiting:
            done, waiting = wait(waiting, _POLL_SECONDS, FIRST_COMPLETED)
            if self._stopping():
                self._runner.cancel([future for future in self._in_work if not future.done()])
                waiting = {future for future in waiting if not future.cancelled()}
            for future in done:
                self._finish(future, self._in_work.pop(future))
            self._runner.check()

    def _finish(self, future: Future[list[Outcome]], batch: Batch) -> None:
        """What came of a batch; one that a stop has hit is left for when the run goes on."""
        if future.cancelled() or (self._stopping() and future.exception() is not None):
            return
        outcomes = self._each(future, batch.articles, self._runner.brief, _unbriefed)
        results = [Result(n, o.kind, o.record) for n, o in zip(batch.numbers, outcomes, strict=True)]
        self._add(results, batch.done)

    def _each(
        self,
        future: Future[list[Made]],
        inputs: Sequence[Any],
        again: Callable[[Sequence[Any]], Future[list[Made]]],
        give_up: Callable[[Any, str], Made],
    ) -> list[Made]:
        """Results of a task; when it fails, of each of its inputs alone, so that only the guilty one fails.

        After the death of its worker the same inputs are tried together first: a worker that died by chance must not
        change what is generated together.
        """
        for tries in range(_TRIES):
            while not wait((future,), _CHECK_SECONDS).done:
                self._runner.check()
            try:
                return future.result()
            except RunnerError:
                raise
            except Exception as error:  # whatever a worker died of is named in the Failure
                self._runner.check()
                if worker_died(error) and tries + 1 < _TRIES:
                    future = again(inputs)
                elif len(inputs) == 1:
                    return [give_up(inputs[0], failure_reason(error))]
                else:
                    break
        return [self._each(again((one,)), (one,), again, give_up)[0] for one in inputs]


def _chunks(items: Iterator[Item]) -> Iterator[tuple[Item, ...]]:
    """Items in order, bounded in number and size."""
    chunk: list[Item] = []
    size = 0
    for item in items:
        if chunk and (len(chunk) == CHUNK_ITEMS or size + item.size > CHUNK_BYTES):
            yield tuple(chunk)
            chunk, size = [], 0
        chunk.append(item)
        size += item.size
    if chunk:
        yield tuple(chunk)


def _batches(articles: Sequence[tuple[int, Article]]) -> Iterator[Batch]:
    """Articles of a chunk, longest first, in batches of bounded size."""
    tokens = {number: _tokens(article.text) for number, article in articles}
    batch: list[tuple[int, Article]] = []
    total = 0
    for number, article in sorted(articles, key=lambda pair: (-tokens[pair[0]], pair[0])):
        if batch and (total + tokens[number] > BATCH_TOKENS or len(batch) == BATCH_ARTICLES):
            yield _batch(batch)
            batch, total = [], 0
        batch.append((number, article))
        total += tokens[number]
    if batch:
        yield _batch(batch)


def _batch(pairs: Sequence[tuple[int, Article]]) -> Batch:
    """A batch of numbered articles."""
    return Batch(tuple(number for number, _ in pairs), tuple(article for _, article in pairs))


def _tokens(text: str) -> int:
    """Length of a text as a batch counts it."""
    return max(len(text.split()), len(text) // _TOKEN_CHARS)


def _text_key(article: Article) -> str:
    """Equal for articles that give the same briefing: title, date and text but for spaces."""
    words = " ".join(canonical_text(article.text).split())
    return "\n".join((canonical_text(article.title or ""), article.published or "", words))


def _unloaded(item: Item, reason: str) -> Failure:
    """An item whose loading failed."""
    return Failure(item.default_id, "read", reason, item.source)


def _unbriefed(article: Article, reason: str) -> Outcome:
    """An article whose briefing failed."""
    return failed(Failure(article.id, "generate", reason, article.source))
