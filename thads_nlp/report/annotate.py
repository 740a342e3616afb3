"""Texts cut where something begins or ends: what a page marks, links and shades."""

from __future__ import annotations

import itertools
import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from thads_nlp.report.trace import trace
from thads_nlp.schema import Briefing, Evidence, KeyFigure

_WORD = re.compile(r"\w")
# Longest sub-heading in characters; a line without a stop that is longer is a paragraph cut off.
_HEADING_CHARS = 110
_NO_HEADING_END = ".!?…:;,”\")|"


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of the article without a mark inside: its figure, if any, and whether the summary drew on it.

    ``anchor`` is the id that links go to.
    """

    text: str
    figure: int | None = None
    anchor: str | None = None
    is_shaded: bool = False


@dataclass(frozen=True, slots=True)
class TextLine:
    """A line of the article; ``is_heading`` where it reads like a sub-heading."""

    pieces: tuple[Piece, ...]
    is_heading: bool


@dataclass(frozen=True, slots=True)
class Link:
    """A stretch of the summary and the id in the article that it is supported by; None for plain text."""

    text: str
    target: str | None = None


@dataclass(frozen=True, slots=True)
class _Place:
    """A stretch of the article that links can go to; ``figure`` is an index, None for a name or a quote."""

    start: int
    end: int
    anchor: str
    figure: int | None = None


class Annotated:
    """A briefing's article and summary with their marks; each mark is made once and every link has its place."""

    def __init__(self, briefing: Briefing) -> None:
        """Cut nothing yet; find the places."""
        traced = trace(briefing)
        self._text = briefing.text
        self._summary = briefing.summary
        self._figures = briefing.figures
        self._evidence = [item for item in traced.evidence if _is_narrow(item, briefing.summary)]
        self._drawn = traced.drawn
        self._places = _places(briefing.text, briefing.figures, self._evidence)
        self._starts = [place.start for place in self._places]
        self._cuts = sorted({o for p in self._places for o in (p.start, p.end)} | set(self._shading_cuts()))

    def lines(self) -> tuple[TextLine, ...]:
        """The article's lines that hold words, each cut into pieces."""
        texts = self._text.split("\n")
        ends = itertools.accumulate(len(text) + 1 for text in texts)
        kept = [(text, end - len(text) - 1) for text, end in zip(texts, ends, strict=True) if _WORD.search(text)]
        followed = [*(len(text) for text, _ in kept[1:]), 0][: len(kept)]
        return tuple(
            TextLine(tuple(self._pieces(start, start + len(text))), _is_heading(text) and after > len(text))
            for (text, start), after in zip(kept, followed, strict=True)
        )

    def summary_links(self) -> tuple[Link, ...]:
        """The summary with its quantities, names and quotes tied to the article."""
        links: list[Link] = []
        position = 0
        for item in sorted(self._evidence, key=lambda e: (e.start, -e.end)):
            if item.start < position or item.end > len(self._summary):
                continue
            links += [Link(self._summary[position : item.start])] if item.start > position else []
            target = self._anchor(item.source_start, item.source_end)
            links.append(Link(self._summary[item.start : item.end], target))
            position = item.end
        return (*links, Link(self._summary[position:])) if position < len(self._summary) else tuple(links)

    def figure_anchor(self, index: int) -> str | None:
        """The id that a figure, by its index, is found at."""
        figure = self._figures[index]
        return self._anchor(figure.start, figure.end)

    def _anchor(self, start: int, end: int) -> str | None:
        """The id of the first place that overlaps ``[start, end)``."""
        for place in self._places[max(0, bisect_right(self._starts, start) - 1) :]:
            if place.start >= end:
                return None
            if place.end > start:
                return place.anchor
        return None

    def _shading_cuts(self) -> Iterator[int]:
        """Edges of shaded sentences; not inside a figure, which is one piece."""
        for offset in itertools.chain.from_iterable(self._drawn):
            at = bisect_right(self._starts, offset) - 1
            if at < 0 or not self._places[at].start < offset < self._places[at].end:
                yield offset

    def _pieces(self, start: int, end: int) -> Iterator[Piece]:
        """``text[start:end]`` between the cuts."""
        inner = self._cuts[bisect_right(self._cuts, start) : bisect_left(self._cuts, end)]
        for left, right in itertools.pairwise((start, *inner, end)):
            at = bisect_right(self._starts, left) - 1
            place = self._places[at] if at >= 0 and self._places[at].start == left else None
            shaded = any(first <= left < last for first, last in self._drawn)
            yield Piece(
                self._text[left:right], place.figure if place else None, place.anchor if place else None, shaded
            )


def _is_narrow(item: Evidence, summary: str) -> bool:
    """Whether evidence is worth a link: sentences shade the article instead, a lone capitalised word says little."""
    is_name = item.kind == "name" and " " in summary[item.start : item.end]
    return item.start < item.end and (item.kind in ("quantity", "quote") or is_name)


def _is_heading(line: str) -> bool:
    """Whether a line reads like a sub-heading."""
    stripped = line.strip()
    return len(stripped) <= _HEADING_CHARS and stripped[-1] not in _NO_HEADING_END


def _places(text: str, figures: Sequence[KeyFigure], evidence: Iterable[Evidence]) -> tuple[_Place, ...]:
    """Places in order, none overlapping another: of figures, then of their repeats, then of what evidence names."""
    own = [_Place(figure.start, figure.end, f"f{index}", index) for index, figure in enumerate(figures)]
    repeats = [
        _Place(start, end, f"f{index}-{start}", index)
        for index, figure in enumerate(figures)
        for start, end in figure.places
    ]
    named = [_Place(item.source_start, item.source_end, f"s{item.source_start}") for item in evidence]
    places: list[_Place] = []
    for layer in (own, repeats, named):
        places = sorted([*places, *_free(_apart(text, layer), places)], key=lambda place: place.start)
    return tuple(places)


def _free(places: Iterable[_Place], taken: Sequence[_Place]) -> Iterator[_Place]:
    """Places that overlap none of those taken, which are in order."""
    starts = [place.start for place in taken]
    for place in places:
        at = bisect_left(starts, place.end) - 1
        if at < 0 or taken[at].end <= place.start:
            yield place


def _apart(text: str, places: Iterable[_Place]) -> list[_Place]:
    """Places that lie in a line of the text and do not overlap, in order; the longer of two goes first."""
    kept: list[_Place] = []
    for place in sorted(places, key=lambda p: (p.start, -p.end)):
        free = not kept or place.start >= kept[-1].end
        if free and 0 <= place.start < place.end <= len(text) and "\n" not in text[place.start : place.end]:
            kept.append(place)
    return kept


