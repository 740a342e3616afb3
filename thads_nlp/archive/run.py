"""A batch run: items in chunks to workers, every result into the journal, outputs from the journal at the end.

What is generated together depends on the order of the input alone, so a run that was cut, or had more workers, or a
worker that died, gives the same bytes as any other.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, as_completed
from dataclasses import dataclass
from typing import Any, TypeVar

from thads_nlp.archive.items import Item
from thads_nlp.archive.journal import Journal, Result, to_line
from thads_nlp.archive.tasks import Outcome, failed
from thads_nlp.archive.workers import Runner, failure_reason
from thads_nlp.schema import Article, Failure
from thads_nlp.text.decode import canonical_text

# Items whose articles are sorted by length together.
CHUNK_ITEMS = 512
# Characters of a batch: about a dozen articles, so that a batch takes seconds and little is made twice after a cut.
BATCH_CHARS = 40_000
BATCH_ARTICLES = 16
# Items that a worker loads at a time.
LOAD_ITEMS = 16

Loading = tuple[Future[list[Article | Failure]], tuple[Item, ...]]
Report = Callable[[int, int], None]
Made = TypeVar("Made")


@dataclass(frozen=True, slots=True)
class Loaded:
    """An item with what it held."""

    item: Item
    found: Article | Failure


@dataclass(frozen=True, slots=True)
class Batch:
    """Articles that are briefed together, with their numbers."""

    numbers: tuple[int, ...]
    articles: tuple[Article, ...]


class Run:
    """One pass over the items of a journal's input."""

    def __init__(self, journal: Journal, runner: Runner, report: Report, stopping: Callable[[], bool]) -> None:
        """``report(done, failed)`` is called with what came to it; ``stopping`` says when to end early."""
        self._journal, self._runner, self._report, self._stopping = journal, runner, report, stopping

    def process(self, items: Iterator[Item]) -> bool:
        """Brief all items that have no result yet; False when it was stopped before the end."""
        chunks = self._open_chunks(items)
        ahead = self._start_loading(next(chunks, ()))
        before: dict[Future[list[Outcome]], Batch] = {}
        while ahead and not self._stopping():
            loaded = self._finish_loading(ahead)
            ahead = self._start_loading(next(chunks, ()))
            batches = self._plan(loaded)
            futures = {self._runner.brief(batch.articles): batch for batch in batches}
            self._collect(before)
            before = futures
        self._runner.cancel([future for future, _ in ahead])
        self._collect(before)
        return not self._stopping()

    def _open_chunks(self, items: Iterator[Item]) -> Iterator[tuple[Item, ...]]:
        """Chunks in which something is left to do."""
        while chunk := tuple(itertools.islice(items, CHUNK_ITEMS)):
            done = self._journal.done(chunk[0].number, chunk[-1].number + 1)
            self._report(len(done), 0)
            if len(done) < len(chunk):
                yield chunk

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
        self._journal.add(settled)
        self._report(len(settled), sum(result.kind == "failure" for result in settled))
        return [batch for batch in _batches(good) if not done.issuperset(batch.numbers)]

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
                reason = f"the id was given before, by item {owner_of[number]} of the input; only that one is briefed"
                yield number, Result(number, "failure", failed(Failure(found.id, "read", reason, found.source)).record)
            elif origin_of[number] != number:
                copy = to_line({"of": origin_of[number], "id": found.id, "source": found.source})
                yield number, Result(number, "copy", copy)
            else:
                yield number, found

    def _collect(self, tasks: dict[Future[list[Outcome]], Batch]) -> None:
        """Results of batches into the journal as they come; on a stop, what has not begun is given up."""
        waiting = dict(tasks)
        for future in as_completed(list(tasks)):
            batch = waiting.pop(future)
            if self._stopping():
                self._runner.cancel(list(waiting))
            if future.cancelled():
                continue
            outcomes = self._each(future, batch.articles, self._runner.brief, _unbriefed)
            results = [Result(n, o.kind, o.record) for n, o in zip(batch.numbers, outcomes, strict=True)]
            self._journal.add(results)
            self._report(len(results), sum(result.kind == "failure" for result in results))

    def _each(
        self,
        future: Future[list[Made]],
        inputs: Sequence[Any],
        again: Callable[[Sequence[Any]], Future[list[Made]]],
        give_up: Callable[[Any, str], Made],
    ) -> list[Made]:
        """Results of a task; when it failed, of each of its inputs alone, so that only the guilty one fails."""
        try:
            return future.result()
        except Exception as error:  # whatever a worker died of is named in the Failure
            if len(inputs) == 1:
                return [give_up(inputs[0], failure_reason(error))]
        return [self._each(again((one,)), (one,), again, give_up)[0] for one in inputs]


def _batches(articles: Sequence[tuple[int, Article]]) -> Iterator[Batch]:
    """Articles of a chunk, longest first, in batches of bounded size."""
    ordered = sorted(articles, key=lambda pair: (-len(pair[1].text), pair[0]))
    batch: list[tuple[int, Article]] = []
    chars = 0
    for number, article in ordered:
        if batch and (chars + len(article.text) > BATCH_CHARS or len(batch) == BATCH_ARTICLES):
            yield _batch(batch)
            batch, chars = [], 0
        batch.append((number, article))
        chars += len(article.text)
    if batch:
        yield _batch(batch)


def _batch(pairs: Sequence[tuple[int, Article]]) -> Batch:
    """A batch of numbered articles."""
    return Batch(tuple(number for number, _ in pairs), tuple(article for _, article in pairs))


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
