"""``Summarizer``: composes reading, figures, model and verification into briefings; owns no rule of its own."""

from __future__ import annotations

import itertools
import logging
import warnings
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from types import TracebackType
from typing import Literal

from thads_nlp.errors import ClosedError, InputError, OptionError, ThadsError, TruncationWarning
from thads_nlp.figures.bullets import make_bullets, unstated
from thads_nlp.figures.finding import find_figures
from thads_nlp.memory import give_back
from thads_nlp.model.engine import DecodingOptions, Device
from thads_nlp.model.generate import Generator, Work, extracted, summarize
from thads_nlp.model.loading import EngineName, load_generator
from thads_nlp.model.statements import StatementRequest
from thads_nlp.model.verify import SourceIndex
from thads_nlp.schema import Article, Briefing, Failure, KeyFigure, Length, Stage, Summary
from thads_nlp.text.content import check_article, separated_parts
from thads_nlp.text.reading import TitleLine, read_article

SummarizerName = Literal["model", "extractive"]
EXTRACTIVE_LABEL = "extractive"
# Articles taken together: enough that prompts of equal length meet in a batch, few enough to stay lazy.
CHUNK_ARTICLES = 32
_TRUNCATED = "sentences were left out of the model's input: the article is longer than its window"
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Prepared:
    """An article that is read, with its figures and the index that hypotheses are verified against."""

    work: Work

    @property
    def figures(self) -> tuple[KeyFigure, ...]:
        """All figures of the article."""
        return self.work.figures

    @property
    def article(self) -> Article:
        """The article as read."""
        return self.work.article


@dataclass(frozen=True, slots=True)
class Written:
    """What was written of an article: its summary, and the model's statements by group of figures."""

    summary: Summary
    statements: Mapping[int, str]

    def statement(self, figures: Sequence[KeyFigure], article: Article) -> str | None:
        """The model's statement of a group, as ``make_bullets`` asks for it."""
        return self.statements.get(figures[0].group)


class Summarizer:
    """Briefs Vietnamese news articles.

    Thread-safe: one summarizer serves any number of threads, which share one copy of the model. The candidates of one
    article already take all of up to four CPUs, so more threads answer sooner only where they wait for something else.
    ``close`` frees the model, and so does leaving a ``with`` block.
    """

    def __init__(
        self,
        generator: Generator | None,
        label: str,
        *,
        length: Length = "standard",
        title_line: TitleLine = "auto",
        decoding: DecodingOptions | None = None,
    ) -> None:
        """Compose a loaded model (None: extraction only); most callers use ``load``."""
        self._generator = generator
        self.label = label
        self._length: Length = length
        self._title_line: TitleLine = title_line
        self._decoding = decoding or DecodingOptions()
        self._closed = False

    def __enter__(self) -> Summarizer:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Free the model; calls that run in other threads may end in ``ClosedError``. Closing twice is harmless."""
        if self._closed:
            return
        # First the mark, then the model: who finds no model sees why (``_open_generator``).
        self._closed = True
        self._generator = None
        give_back()
        _log.info("closed %s", self.label)

    @classmethod
    def load(
        cls,
        model: str | Path | None = None,
        *,
        length: Length = "standard",
        summarizer: SummarizerName = "model",
        engine: EngineName | None = None,
        title_line: TitleLine = "auto",
        threads: int | None = None,
        device: Device = "cpu",
    ) -> Summarizer:
        """Load the shipped model, a model folder, or a Hub id of any ``AutoModelForSeq2SeqLM``.

        Args:
            model: None for the shipped model; a folder; or a Hub id (needs the extra ``transformers``).
            length: ``short`` one sentence, ``standard`` one to three, ``long`` one a section.
            summarizer: ``extractive`` loads no model and takes sentences of the article.
            engine: what runs the model; None takes what fits the folder.
            title_line: whether the first line is the title: ``auto``, ``first`` or ``none``.
            threads: of the model; None takes the CPUs that this process may use. Up to four candidates or articles
                are written side by side.
            device: where CTranslate2 runs the model: ``cpu``, ``cuda`` or ``auto``.

        Raises:
            ModelError: the model is missing, damaged or of a kind that cannot run.
            MissingExtraError: it needs packages that are not installed.
        """
        _check_choice("length", length, ("short", "standard", "long"))
        _check_choice("summarizer", summarizer, ("model", "extractive"))
        _check_choice("title_line", title_line, ("auto", "first", "none"))
        if summarizer == "extractive":
            return cls(None, EXTRACTIVE_LABEL, length=length, title_line=title_line)
        loaded = load_generator(model, engine, threads, device)
        _log.info("loaded %s", loaded.label)
        return cls(loaded.generator, loaded.label, length=length, title_line=title_line)

    def brief(self, article: str | Article) -> Briefing:
        """Headline, summary and key figures of one article; warns (``TruncationWarning``) if it was read in part.

        Raises:
            InputError: there is nothing to brief in it.
            ModelError: the model failed on it.
            ClosedError: the summarizer was closed.
        """
        prepared = self._prepare(article)
        briefing = self._finish(prepared, self._drafted([prepared])[0])
        if briefing.truncated:
            warnings.warn(f"article {briefing.id or '(no id)'}: {_TRUNCATED}", TruncationWarning, stacklevel=2)
        return briefing

    async def abrief(self, article: str | Article) -> Briefing:
        """``brief`` in a worker thread, so that an event loop stays free; a call that is cancelled runs to its end."""
        import asyncio  # late: 30 ms that no other use needs

        return await asyncio.to_thread(self.brief, article)

    def brief_many(self, articles: Iterable[str | Article]) -> Iterator[Briefing | Failure]:
        """Briefings in input order, lazily, ``CHUNK_ARTICLES`` at a time; what cannot be briefed is a Failure."""
        self._open_generator()
        stream = enumerate(articles)
        while chunk := list(itertools.islice(stream, CHUNK_ARTICLES)):
            yield from self._brief_chunk(chunk)

    def _brief_chunk(self, chunk: Sequence[tuple[int, str | Article]]) -> Iterator[Briefing | Failure]:
        """One chunk: prepare each, generate together, finish each."""
        ready: list[Prepared | Failure] = [self._try_prepare(index, article) for index, article in chunk]
        good = [item for item in ready if isinstance(item, Prepared)]
        try:
            written: Iterator[Written | None] = iter(self._drafted(good))
        except ClosedError:
            raise
        except ThadsError:
            # One article may have spoilt the batch: each alone, so that only that one fails.
            written = iter([None] * len(good))
        for item in ready:
            yield item if isinstance(item, Failure) else self._try_finish(item, next(written))

    def _prepare(self, article: str | Article) -> Prepared:
        """Read, find figures, index, choose the model's input."""
        generator = self._open_generator()
        read = read_article(article, self._title_line)
        check_article(read)
        figures = find_figures(read)
        jobs = tuple(generator.jobs(read, self._length)) if generator else ()
        return Prepared(Work(read, SourceIndex.build(read), jobs, figures))

    def _drafted(self, items: Sequence[Prepared]) -> list[Written]:
        """Verified summaries and statements of prepared articles, generated in shared batches."""
        generator = self._open_generator()
        if generator is None:
            return [Written(extracted(i.article, i.work.source, i.figures, self._length), {}) for i in items]
        written = generator.write([item.work for item in items], self._decoding)
        summaries = [summarize(item.work, tried, self._length) for item, tried in zip(items, written, strict=True)]
        statements = self._stated(generator, items)
        return [Written(summary, said) for summary, said in zip(summaries, statements, strict=True)]

    def _stated(self, generator: Generator, items: Sequence[Prepared]) -> list[dict[int, str]]:
        """The model's statements of what the grammar has no good words for, by article and group."""
        asked = [(at, group) for at, item in enumerate(items) for group in unstated(item.figures, item.article)]
        requests = [StatementRequest(items[at].work.source, group) for at, group in asked]
        found: list[dict[int, str]] = [{} for _ in items]
        for (at, group), text in zip(asked, generator.state(requests, self._decoding), strict=True):
            if text is not None:
                found[at][group[0].group] = text
        return found

    def _open_generator(self) -> Generator | None:
        """The model, None for extraction only.

        Raises:
            ClosedError: the summarizer was closed.
        """
        generator = self._generator
        if self._closed:
            raise ClosedError(f"the summarizer of {self.label} is closed; load another, or close it later")
        return generator

    def _finish(self, item: Prepared, written: Written) -> Briefing:
        """The briefing record."""
        article, summary = item.article, written.summary
        _log.debug(
            "article %r: title %s, summary %s, %d figures, %d claims refused",
            article.id, summary.title_origin, summary.origin, len(item.figures), len(summary.unsupported),
        )  # fmt: skip
        return Briefing(
            id=article.id,
            source=article.source,
            published=article.published,
            title=summary.title,
            title_origin=summary.title_origin,
            summary=summary.text,
            summary_origin=summary.origin,
            length=self._length,
            bullets=make_bullets(item.figures, article, written.statement),
            figures=item.figures,
            evidence=summary.evidence,
            unsupported=summary.unsupported,
            truncated=summary.truncated,
            warnings=_warnings(summary, article),
            model=self.label,
            text=article.text,
        )

    def _try_prepare(self, index: int, article: str | Article) -> Prepared | Failure:
        """``_prepare``, with an error made a Failure; an article without id gets its number in the input."""
        named = article if isinstance(article, Article) else Article(article)
        named = named if named.id else replace(named, id=str(index))
        try:
            return self._prepare(named)
        except ClosedError:
            raise
        except ThadsError as error:
            return _failed(named, error)

    def _try_finish(self, item: Prepared, written: Written | None) -> Briefing | Failure:
        """``_finish``, with an error made a Failure."""
        try:
            return self._finish(item, written or self._drafted([item])[0])
        except ClosedError:
            raise
        except ThadsError as error:
            return _failed(item.article, error)


def failure_of(article: Article, error: ThadsError) -> Failure:
    """The record of an article that could not be briefed."""
    stage: Stage = error.stage if isinstance(error, InputError) else "generate"
    return Failure(article.id, stage, str(error), article.source)


def _failed(article: Article, error: ThadsError) -> Failure:
    """``failure_of``, told to the log too."""
    failure = failure_of(article, error)
    _log.warning("article %r failed (%s): %s", failure.id, failure.stage, failure.reason)
    return failure


def _warnings(summary: Summary, article: Article) -> tuple[str, ...]:
    """What a reader of the briefing should know beside it."""
    found = []
    if (parts := separated_parts(article)) > 1:
        found.append(f"lines of marks part the text into {parts}: several articles may stand in one file")
    if summary.truncated:
        found.append(_TRUNCATED)
    if summary.title is None:
        found.append("no headline could be made whose every word the article supports")
    return tuple(found)


def _check_choice(name: str, value: str, choices: Sequence[str]) -> None:
    """OptionError for a value outside its choices."""
    if value not in choices:
        raise OptionError(f"{name} is {value!r}; it must be one of {', '.join(choices)}")
