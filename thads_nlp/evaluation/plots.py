"""Plots of evaluation runs (extra: plots)."""

from __future__ import annotations

import itertools
import re
from pathlib import Path
from typing import Any

from thads_nlp.errors import MissingExtraError, OptionError
from thads_nlp.evaluation.summaries import Results

_WORD = re.compile(r"\w+")
# Syllables of the source: edges of the groups that are averaged.
LENGTHS = (0, 200, 350, 500, 700, 1_000, 100_000)


def draw_lengths(results: Results, path: Path) -> None:
    """Syllable ROUGE-1 of each system against the length of its source.

    Raises:
        MissingExtraError: matplotlib is not installed.
        OptionError: a form that matplotlib does not write.
    """
    try:
        from matplotlib.figure import Figure
    except ImportError as error:
        raise MissingExtraError("--plot", "plots", "matplotlib") from error
    figure = Figure(figsize=(7, 4.2), layout="constrained")
    axes: Any = figure.subplots()
    for system in results.systems:
        points = _by_length(results, system)
        axes.plot([x for x, _ in points], [y for _, y in points], marker="o", markersize=3, label=system)
    axes.set_xlabel("syllables of the source (mean of the group)")
    axes.set_ylabel("ROUGE-1 F1, syllables")
    axes.legend(fontsize=7, frameon=False)
    try:
        figure.savefig(path)
    except (OSError, ValueError) as error:
        raise OptionError(f"{path}: the plot cannot be written ({error})") from error


def _by_length(results: Results, system: str) -> list[tuple[float, float]]:
    """Mean length and score of each group that has articles."""
    points = []
    sized = [(len(_WORD.findall(results.sources[s.article])), s.syllables.one) for s in results.systems[system]]
    for low, high in itertools.pairwise(LENGTHS):
        group = [(size, score) for size, score in sized if low <= size < high]
        if group:
            points.append((sum(s for s, _ in group) / len(group), sum(v for _, v in group) / len(group)))
    return points
