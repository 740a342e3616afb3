"""Where in the body the content of the reference stands, and what that does to scores."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from thads_nlp.model.salience import content_keys

if TYPE_CHECKING:
    from thads_nlp.evaluation.summaries import Results

# Edges of the groups, as shares of the body's sentences; half of the corpus' references lie between 0.3 and 0.5.
EDGES = (0.0, 0.2, 0.3, 0.4, 0.5, 0.6, 1.0)
LEAD = "LEAD-2"
SHOWN = ("model shown, body", "extraction, body")


@dataclass(frozen=True, slots=True)
class PositionGroup:
    """Articles whose reference draws on places between ``low`` and ``high``; mean place and mean ROUGE-1 by system."""

    low: float
    high: float
    articles: int
    position: float
    rouge1: Mapping[str, float]


def reference_position(reference: str, sentences: Sequence[str]) -> float | None:
    """Mean place, 0 the first sentence and 1 the last, of the sentences that hold the reference's content words.

    A word counts the less, the more sentences hold it: one that stands everywhere tells nothing of where the reference
    draws on. None where no sentence holds any.
    """
    wanted = frozenset(content_keys(reference))
    held = [wanted & frozenset(content_keys(sentence)) for sentence in sentences]
    spread = Counter(key for keys in held for key in keys)
    last = max(len(sentences) - 1, 1)
    weights = [sum(spread[key] ** -2 for key in keys) for keys in held]
    if not any(weights):
        return None
    return sum(weight * index / last for index, weight in enumerate(weights)) / sum(weights)


def by_position(results: Results) -> tuple[PositionGroup, ...]:
    """ROUGE-1 of what is shown and of the lead, by where the reference's content stands; empty groups left out."""
    shown = next((name for name in SHOWN if name in results.systems), None)
    scores = {
        name: {one.article: one.syllables.one for one in results.systems[name]}
        for name in (shown, LEAD)
        if name is not None and name in results.systems
    }
    groups = []
    for low, high in itertools.pairwise(EDGES):
        inside = {
            article: place
            for article, place in results.positions.items()
            if low <= place < high or place == high == EDGES[-1]
        }
        if inside:
            means = {name: _mean([found[article] for article in inside]) for name, found in scores.items()}
            groups.append(PositionGroup(low, high, len(inside), _mean(list(inside.values())), means))
    return tuple(groups)


def _mean(values: Sequence[float]) -> float:
    """The mean of at least one value."""
    return sum(values) / len(values)
