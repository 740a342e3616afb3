"""ROUGE by Vietnamese syllables and on the scale that papers publish, and bootstrap intervals."""

from __future__ import annotations

import random
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from thads_nlp.errors import MissingExtraError

_SYLLABLE = re.compile(r"\w+")
RESAMPLES = 1_000
_METRICS = ("rouge1", "rouge2", "rougeL")


@dataclass(frozen=True, slots=True)
class Rouge:
    """F1 of ROUGE-1, ROUGE-2 and ROUGE-L in percent."""

    one: float
    two: float
    long: float


@dataclass(frozen=True, slots=True)
class Interval:
    """A mean with its 95 % bootstrap interval."""

    mean: float
    low: float
    high: float


class _Syllables:
    """Tokens of Vietnamese text: whole syllables with their marks, in lower case."""

    def tokenize(self, text: str) -> list[str]:
        """Runs of letters and digits."""
        return _SYLLABLE.findall(text.lower())


class RougeScales:
    """Both scales: syllables, and the package's default, which takes every accented letter for a break.

    The default scale is what published Vietnamese results use; it counts pieces of syllables and so is higher.
    Source of the measure: Lin (2004), ROUGE: A Package for Automatic Evaluation of Summaries.
    """

    def __init__(self) -> None:
        """Load the scorers.

        Raises:
            MissingExtraError: rouge-score is not installed.
        """
        try:
            from rouge_score.rouge_scorer import RougeScorer
        except ImportError as error:
            raise MissingExtraError("evaluate summaries", "train", "rouge-score") from error
        self._syllables: Any = RougeScorer(list(_METRICS), tokenizer=_Syllables())
        self._published: Any = RougeScorer(list(_METRICS))

    def by_syllables(self, reference: str, hypothesis: str) -> Rouge:
        """Scores over syllables."""
        return _rouge(self._syllables.score(reference, hypothesis))

    def as_published(self, reference: str, hypothesis: str) -> Rouge:
        """Scores as papers give them."""
        return _rouge(self._published.score(reference, hypothesis))


def _rouge(scores: Any) -> Rouge:
    """F1 in percent."""
    return Rouge(*(100.0 * scores[name].fmeasure for name in _METRICS))


def bootstrap(values: Sequence[float], seed: int = 0) -> Interval:
    """Mean and percentile interval over articles drawn with replacement; zeros for no values."""
    if not values:
        return Interval(0.0, 0.0, 0.0)
    rng = random.Random(seed)
    count = len(values)
    means = sorted(sum(rng.choices(values, k=count)) / count for _ in range(RESAMPLES))
    return Interval(sum(values) / count, means[int(0.025 * RESAMPLES)], means[int(0.975 * RESAMPLES) - 1])


def paired(first: Sequence[float], second: Sequence[float], seed: int = 0) -> Interval:
    """Interval of the difference of two systems on the same articles."""
    return bootstrap([a - b for a, b in zip(first, second, strict=True)], seed)
