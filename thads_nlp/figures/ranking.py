"""Which figures are key: at most six statements of an article, with all figures of each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from thads_nlp.schema import Article, KeyFigure
from thads_nlp.text.normalize import compare_key

MAX_GROUPS = 6
MAX_KEY_FIGURES = 10


def rank(figures: Sequence[KeyFigure], article: Article) -> tuple[KeyFigure, ...]:
    """The figures with ``score`` and ``key`` set; repeats of a figure are collected in ``places`` of the first."""
    merged = _with_places(figures)
    title = set(compare_key(article.title or "").split())
    body = max((figure.sentence_index for figure in merged), default=0) + 1
    scored = [replace(figure, score=_score(figure, title, body)) for figure in merged]
    return _marked(scored)


def _with_places(figures: Sequence[KeyFigure]) -> list[KeyFigure]:
    """Each figure with the places where its value and unit stand again."""
    places: dict[tuple[object, ...], list[tuple[int, int]]] = {}
    for figure in figures:
        places.setdefault((figure.value, figure.value_high, figure.unit), []).append((figure.start, figure.end))
    return [replace(f, places=tuple(places[f.value, f.value_high, f.unit])) for f in figures]


def _score(figure: KeyFigure, title: set[str], body: int) -> float:
    """Between 0 and 1: early, repeated, in the title's words, with a measure, a change with its baseline."""
    score = 0.45 * (1 - figure.sentence_index / body)
    measure = set(compare_key(figure.measure or "").split())
    score += 0.2 * bool(len(measure & title) >= 2) + 0.1 * (len(figure.places) > 1)
    score += 0.1 * bool(figure.measure) + 0.05 * (figure.role == "change") + 0.05 * bool(figure.baseline)
    score += 0.05 * (figure.unit in ("%", "VND", "USD"))
    return round(min(score, 1.0), 4)


def _marked(figures: Sequence[KeyFigure]) -> tuple[KeyFigure, ...]:
    """Key marks for the best groups, whole groups at a time; of a repeated figure only the first is key."""
    best: dict[int, float] = {}
    for figure in figures:
        if figure.section == "body" and figure.places[0] == (figure.start, figure.end):
            best[figure.group] = max(best.get(figure.group, 0.0), figure.score)
    chosen: set[int] = set()
    count = 0
    for group in sorted(best, key=lambda g: (-best[g], g))[:MAX_GROUPS]:
        size = sum(f.group == group and f.places[0] == (f.start, f.end) for f in figures)
        if count + size <= MAX_KEY_FIGURES or not chosen:
            chosen.add(group)
            count += size
    return tuple(
        replace(f, key=f.group in chosen and f.section == "body" and f.places[0] == (f.start, f.end)) for f in figures
    )
