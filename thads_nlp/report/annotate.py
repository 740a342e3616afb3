"""Texts cut where something begins or ends: what a page marks, links and shades."""

from __future__ import annotations

import itertools
import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from thads_nlp.schema import Briefing, Evidence, KeyFigure

_WORD = re.compile(r"\w")
# A line's end, or a mark with a capital behind it: close enough to shade by.
_SENTENCE_END = re.compile(r"\n+|[.!?…][”\"]?\s+(?=[^\W\d_a-z])")


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of the article without a mark inside: its figure, if any, and whether the summary drew on it.

    ``anchor`` is the id that links go to; ``is_first`` is True for the piece that opens its figure's place.
    """

    text: str
    figure: int | None = None
    is_first: bool = False
    is_shaded: bool = False
    anchor: str | None = None


@dataclass(frozen=True, slots=True)
class Link:
    """A stretch of the summary and the id in the article that it is supported by; None for plain text."""

    text: str
    target: str | None = None


@dataclass(frozen=True, slots=True)
class _Marks:
    """Where the article is marked: figures and evidence by their cuts, and the sentences drawn on."""

    cuts: tuple[int, ...]
    drawn: tuple[tuple[int, int], ...]


def article_lines(briefing: Briefing) -> tuple[tuple[Piece, ...], ...]:
    """The article's lines that hold words, each cut into pieces."""
    lines: list[tuple[Piece, ...]] = []
    drawn = _drawn(briefing)
    marks = _Marks(_cuts(briefing, drawn), drawn)
    start = 0
    for line in briefing.text.split("\n"):
        end = start + len(line)
        if _WORD.search(line):
            lines.append(_pieces(briefing, start, end, marks))
        start = end + 1
    return tuple(lines)


def summary_links(briefing: Briefing) -> tuple[Link, ...]:
    """The summary with its quantities, names and quotes tied to the article."""
    links: list[Link] = []
    position = 0
    for item in sorted(_narrow(briefing), key=lambda e: (e.start, -e.end)):
        if item.start < position:
            continue
        links += [Link(briefing.summary[position : item.start])] if item.start > position else []
        links.append(Link(briefing.summary[item.start : item.end], target_of(briefing.figures, item)))
        position = item.end
    return (*links, Link(briefing.summary[position:])) if position < len(briefing.summary) else tuple(links)


def target_of(figures: Sequence[KeyFigure], item: Evidence) -> str:
    """The id of the figure at the evidence's place, else of the place itself."""
    for index, figure in enumerate(figures):
        if figure.start < item.source_end and item.source_start < figure.end:
            return f"f{index}"
    return f"s{item.source_start}"


def _narrow(briefing: Briefing) -> list[Evidence]:
    """Evidence that is worth a link: whole sentences shade the article instead, a lone capitalised word says little."""
    named = [(item, briefing.summary[item.start : item.end]) for item in briefing.evidence]
    return [item for item, text in named if item.kind in ("quantity", "quote") or (item.kind == "name" and " " in text)]


def _drawn(briefing: Briefing) -> tuple[tuple[int, int], ...]:
    """Places of the article's sentences that hold something the summary says."""
    ends = [0, *(match.end() for match in _SENTENCE_END.finditer(briefing.text)), len(briefing.text)]
    spans = {
        (ends[bisect_right(ends, item.source_start) - 1], ends[bisect_left(ends, item.source_end)])
        for item in _narrow(briefing)
        if item.source_end <= len(briefing.text)
    }
    return tuple(sorted(spans))


def _cuts(briefing: Briefing, drawn: Sequence[tuple[int, int]]) -> tuple[int, ...]:
    """Offsets in the article where a mark begins or ends."""
    cuts = {offset for figure in briefing.figures for offset in (figure.start, figure.end)}
    cuts |= {offset for item in briefing.evidence for offset in (item.source_start, item.source_end)}
    cuts |= {offset for span in drawn for offset in span}
    return tuple(sorted(cuts))


def _pieces(briefing: Briefing, start: int, end: int, marks: _Marks) -> tuple[Piece, ...]:
    """``text[start:end]`` between the cuts."""
    inner = marks.cuts[bisect_right(marks.cuts, start) : bisect_left(marks.cuts, end)]
    edges = (start, *inner, end)
    return tuple(_piece(briefing, left, right, marks) for left, right in itertools.pairwise(edges))


def _piece(briefing: Briefing, start: int, end: int, marks: _Marks) -> Piece:
    """What is known of one stretch."""
    figure = next((i for i, f in enumerate(briefing.figures) if f.start <= start and end <= f.end), None)
    is_first = figure is not None and briefing.figures[figure].start == start
    is_drawn = any(left <= start and end <= right for left, right in marks.drawn)
    named = any(e.source_start == start and e.kind != "sentence" for e in briefing.evidence)
    anchor = f"f{figure}" if is_first else f"s{start}" if named and figure is None else None
    return Piece(briefing.text[start:end], figure, is_first, is_drawn, anchor)
