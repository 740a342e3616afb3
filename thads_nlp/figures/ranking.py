"""Which figures are key: a learned order, cut at six statements and ten figures.

The order is a logistic model over ``features``, fitted by ``scripts/train_ranker.py`` on figures that the abstracts of
news articles repeat; ``ranker.json`` holds its weights and the cut, which was chosen on annotated articles.
"""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from importlib import resources

from thads_nlp.figures.features import NAMES, describe
from thads_nlp.figures.units import normalize_unit
from thads_nlp.schema import Article, KeyFigure

MAX_GROUPS = 6
MAX_KEY_FIGURES = 10
# Repeats of one value that a figure names: no article has as many, a table of thousands would square its own size.
MAX_PLACES = 200
# The cut leaves at least so many statements: an article with few figures is told whole.
MIN_GROUPS = 3


@dataclass(frozen=True, slots=True)
class Ranker:
    """Weights of the features, the intercept, and the score below which a statement is not key."""

    weights: tuple[float, ...]
    intercept: float
    cut: float

    def score(self, row: Sequence[float]) -> float:
        """Probability-like score between 0 and 1."""
        total = self.intercept + sum(weight * value for weight, value in zip(self.weights, row, strict=True))
        return 1 / (1 + math.exp(-max(min(total, 30.0), -30.0)))


@lru_cache(maxsize=1)
def shipped_ranker() -> Ranker:
    """The ranker of ``ranker.json``."""
    text = resources.files("thads_nlp.figures").joinpath("ranker.json").read_text(encoding="utf-8")
    record = json.loads(text)
    weights = tuple(float(record["weights"][name]) for name in NAMES)
    return Ranker(weights, float(record["intercept"]), float(record["cut"]))


def rank(figures: Sequence[KeyFigure], article: Article, ranker: Ranker | None = None) -> tuple[KeyFigure, ...]:
    """The figures with ``places``, ``score`` and ``key`` set."""
    merged = with_places(figures)
    ranker = ranker or shipped_ranker()
    scores = _as_statements(merged, [ranker.score(row) for row in describe(merged, article)])
    keys = _key_marks(merged, scores, ranker.cut)
    marked = zip(merged, scores, keys, strict=True)
    return tuple(replace(figure, score=score, key=key) for figure, score, key in marked)


def with_places(figures: Sequence[KeyFigure]) -> list[KeyFigure]:
    """Each figure with the places where its value and unit stand, those in the body first, at most MAX_PLACES."""
    places: dict[tuple[object, ...], list[tuple[int, int]]] = {}
    identities = [_identity(figure) for figure in figures]
    order = sorted(range(len(figures)), key=lambda i: (figures[i].section == "title", figures[i].start))
    for index in order:
        places.setdefault(identities[index], []).append((figures[index].start, figures[index].end))
    shared = {identity: tuple(found[:MAX_PLACES]) for identity, found in places.items()}
    return [replace(figure, places=shared[key]) for figure, key in zip(figures, identities, strict=True)]


def is_first(figure: KeyFigure) -> bool:
    """Whether a figure is the first statement of its value."""
    return figure.places[0] == (figure.start, figure.end)


def _as_statements(figures: Sequence[KeyFigure], own: Sequence[float]) -> list[float]:
    """Scores: the mean of a figure's own and its statement's best, since statements are what is printed."""
    best: dict[int, float] = {}
    for figure, score in zip(figures, own, strict=True):
        if is_first(figure):
            best[figure.group] = max(best.get(figure.group, 0.0), score)
    return [
        round((score + best.get(figure.group, 0.0) * is_first(figure)) / 2, 4)
        for figure, score in zip(figures, own, strict=True)
    ]


def key_groups(figures: Sequence[KeyFigure]) -> tuple[tuple[int, ...], ...]:
    """Indices of the key figures by statement, the best statement first."""
    groups: dict[int, list[int]] = {}
    for index, figure in enumerate(figures):
        if figure.key:
            groups.setdefault(figure.group, []).append(index)
    ranked = sorted(groups.values(), key=lambda group: (-max(figures[i].score for i in group), group[0]))
    return tuple(tuple(group) for group in ranked)


def _identity(figure: KeyFigure) -> tuple[object, ...]:
    """What two statements of one figure share."""
    return figure.value, figure.value_high, normalize_unit(figure.unit), figure.direction


def _key_marks(figures: Sequence[KeyFigure], scores: Sequence[float], cut: float) -> list[bool]:
    """Key marks for the best statements, whole statements at a time; of a repeated figure only the first is key."""
    eligible = [figure.section in ("body", "caption") and is_first(figure) for figure in figures]
    sizes = Counter(figure.group for figure, fits in zip(figures, eligible, strict=True) if fits)
    best: dict[int, float] = {}
    for figure, score, fits in zip(figures, scores, eligible, strict=True):
        if fits:
            best[figure.group] = max(best.get(figure.group, 0.0), score)
    chosen: set[int] = set()
    count = 0
    for group in sorted(best, key=lambda g: (-best[g], g)):
        size = sizes[group]
        if len(chosen) == MAX_GROUPS or (len(chosen) >= MIN_GROUPS and best[group] < cut):
            break
        if count + size <= MAX_KEY_FIGURES:
            chosen.add(group)
            count += size
    return [fits and figure.group in chosen for figure, fits in zip(figures, eligible, strict=True)]
