"""What workers do, whichever runner starts them: load items, brief articles. Pure functions of their arguments."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from thads_nlp.archive.items import Item
from thads_nlp.archive.journal import Kind, to_line
from thads_nlp.archive.loading import Reading, load_item
from thads_nlp.errors import ThadsError
from thads_nlp.schema import Article, Failure, Length
from thads_nlp.text.reading import TitleLine

if TYPE_CHECKING:
    from thads_nlp.model.engine import Device
    from thads_nlp.model.loading import EngineName
    from thads_nlp.summarizer import Summarizer, SummarizerName

# Of arithmetic in a worker. More processes instead: sums are then made in the same order on every machine.
THREADS = 1


class RunnerError(ThadsError):
    """The workers cannot go on, whatever they are given: the run ends, and goes on when they can."""


@dataclass(frozen=True, slots=True)
class Settings:
    """How every worker summarizes."""

    model: str | None = None
    length: Length = "standard"
    summarizer: SummarizerName = "model"
    engine: EngineName | None = None
    title_line: TitleLine = "auto"
    with_text: bool = True
    device: Device = "cpu"


@dataclass(frozen=True, slots=True)
class Outcome:
    """A finished article as a line of JSON."""

    kind: Kind
    record: bytes


def load_items(items: Sequence[Item], reading: Reading) -> list[Article | Failure]:
    """The articles of items."""
    return [load_item(item, reading) for item in items]


def brief_articles(articles: Sequence[Article], settings: Settings) -> list[Outcome]:
    """Briefings of articles, in order.

    Raises:
        RunnerError: the model cannot be loaded, which no article is to blame for.
    """
    try:
        summarizer = summarizer_of(settings)
    except ThadsError as error:
        raise RunnerError(f"no worker can load the model any more: {error}") from error
    made = summarizer.brief_many(articles)
    return [
        failed(item) if isinstance(item, Failure)
        else Outcome("briefing", to_line(item.to_dict(with_text=settings.with_text)))
        for item in made
    ]  # fmt: skip


def failed(failure: Failure) -> Outcome:
    """A failure as an outcome."""
    return Outcome("failure", to_line(failure.to_dict()))


@lru_cache(maxsize=1)
def summarizer_of(settings: Settings) -> Summarizer:
    """The worker's summarizer, loaded once."""
    from thads_nlp.summarizer import Summarizer

    return Summarizer.load(
        settings.model,
        length=settings.length,
        summarizer=settings.summarizer,
        engine=settings.engine,
        title_line=settings.title_line,
        threads=THREADS,
        device=settings.device,
    )
