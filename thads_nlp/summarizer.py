"""``Summarizer``: composes reading, figures, model and verification into briefings; owns no rule of its own."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from thads_nlp.errors import InputError, OptionError, ThadsError
from thads_nlp.figures.bullets import make_bullets
from thads_nlp.figures.finding import find_figures
from thads_nlp.model.engine import DecodingOptions, Device
from thads_nlp.model.generate import Generator, Work, extracted, summarize
from thads_nlp.model.loading import EngineName, load_generator
from thads_nlp.model.verify import SourceIndex
from thads_nlp.schema import Article, Briefing, Failure, KeyFigure, Length, Stage, Summary
from thads_nlp.text.content import check_article, separated_parts
from thads_nlp.text.reading import TitleLine, read_article

SummarizerName = Literal["model", "extractive"]
EXTRACTIVE_LABEL = "extractive"
# Articles taken together: enough that prompts of equal length meet in a batch, few enough to stay lazy.
CHUNK_ARTICLES = 32


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


class Summarizer:
    """Briefs Vietnamese news articles. Thread-safe: all state is set on loading."""

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
            threads: of the arithmetic of one article; None takes the CPUs that this process may use.
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
        return cls(loaded.generator, loaded.label, length=length, title_line=title_line)

    def brief(self, article: str | Article) -> Briefing:
        """Headline, summary and key figures of one article.

        Raises:
            InputError: there is nothing to brief in it.
            ModelError: the model failed on it.
        """
        prepared = self._prepare(article)
        return self._finish(prepared, self._drafted([prepared])[0])

    def brief_many(self, articles: Iterable[str | Article]) -> Iterator[Briefing | Failure]:
        """Briefings in input order, lazily, ``CHUNK_ARTICLES`` at a time; what cannot be briefed is a Failure."""
        stream = enumerate(articles)
        while chunk := list(itertools.islice(stream, CHUNK_ARTICLES)):
            yield from self._brief_chunk(chunk)

    def _brief_chunk(self, chunk: Sequence[tuple[int, str | Article]]) -> Iterator[Briefing | Failure]:
        """One chunk: prepare each, generate together, finish each."""
        ready: list[Prepared | Failure] = [self._try_prepare(index, article) for index, article in chunk]
        good = [item for item in ready if isinstance(item, Prepared)]
        try:
            summaries: Iterator[Summary | None] = iter(self._drafted(good))
        except ThadsError:
            # One article may have spoilt the batch: each alone, so that only that one fails.
            summaries = iter([None] * len(good))
        for item in ready:
            yield item if isinstance(item, Failure) else self._try_finish(item, next(summaries))

    def _prepare(self, article: str | Article) -> Prepared:
        """Read, find figures, index, choose the model's input."""
        read = read_article(article, self._title_line)
        check_article(read)
        figures = find_figures(read)
        jobs = tuple(self._generator.jobs(read, self._length)) if self._generator else ()
        return Prepared(Work(read, SourceIndex.build(read), jobs, figures))

    def _drafted(self, items: Sequence[Prepared]) -> list[Summary]:
        """Verified summaries of prepared articles, generated in shared batches."""
        if self._generator is None:
            return [extracted(item.article, item.work.source, item.figures, self._length) for item in items]
        works = [item.work for item in items]
        written = self._generator.write(works, self._decoding)
        return [
            summarize(item.work, tried, self._length)
            for item, tried in zip(items, written, strict=True)
        ]

    def _finish(self, item: Prepared, summary: Summary) -> Briefing:
        """The briefing record."""
        article = item.article
        return Briefing(
            id=article.id,
            source=article.source,
            published=article.published,
            title=summary.title,
            title_origin=summary.title_origin,
            summary=summary.text,
            summary_origin=summary.origin,
            length=self._length,
            bullets=make_bullets(item.figures, article),
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
        except ThadsError as error:
            return failure_of(named, error)

    def _try_finish(self, item: Prepared, summary: Summary | None) -> Briefing | Failure:
        """``_finish``, with an error made a Failure."""
        try:
            return self._finish(item, summary or self._drafted([item])[0])
        except ThadsError as error:
            return failure_of(item.article, error)


def failure_of(article: Article, error: ThadsError) -> Failure:
    """The record of an article that could not be briefed."""
    stage: Stage = error.stage if isinstance(error, InputError) else "generate"
    return Failure(article.id, stage, str(error), article.source)


def _warnings(summary: Summary, article: Article) -> tuple[str, ...]:
    """What a reader of the briefing should know beside it."""
    warnings = []
    if (parts := separated_parts(article)) > 1:
        warnings.append(f"lines of marks part the text into {parts}: several articles may stand in one file")
    if summary.truncated:
        warnings.append("sentences were left out of the model's input: the article is longer than its window")
    if summary.title is None:
        warnings.append("no headline could be made whose every word the article supports")
    return tuple(warnings)


def _check_choice(name: str, value: str, choices: Sequence[str]) -> None:
    """OptionError for a value outside its choices."""
    if value not in choices:
        raise OptionError(f"{name} is {value!r}; it must be one of {', '.join(choices)}")
