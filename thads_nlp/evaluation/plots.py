"""Plots of evaluation runs (extra: plots)."""

from __future__ import annotations

import itertools
import re
from pathlib import Path
from typing import Any

from thads_nlp.evaluation.panels import two_panels
from thads_nlp.evaluation.positions import by_position
from thads_nlp.evaluation.summaries import Results

_WORD = re.compile(r"\w+")
# Syllables of the source: edges of the groups that are averaged.
LENGTHS = (0, 200, 350, 500, 700, 1_000, 100_000)


def draw_scores(results: Results, path: Path) -> None:
    """Syllable ROUGE-1 of each system against the length of its source, and by the place of the reference's content.

    Raises:
        MissingExtraError: matplotlib is not installed.
        OptionError: a form that matplotlib does not write.
    """
    with two_panels(path) as (lengths, places):
        _draw_lengths(results, lengths)
        _draw_positions(results, places)


def _draw_lengths(results: Results, axes: Any) -> None:
    """A line a system over the lengths of sources."""
    for system in results.systems:
        points = _by_length(results, system)
        axes.plot([x for x, _ in points], [y for _, y in points], marker="o", markersize=3, label=system)
    axes.set_xlabel("syllables of the source (mean of the group)")
    axes.set_ylabel("ROUGE-1 F1, syllables")
    axes.legend(fontsize=7, frameon=False)


def _draw_positions(results: Results, axes: Any) -> None:
    """What is shown and the lead over the places of the references' content, with the number of articles at each."""
    groups = by_position(results)
    for system in groups[0].rouge1 if groups else ():
        points = [(group.position, group.rouge1[system]) for group in groups]
        axes.plot([x for x, _ in points], [y for _, y in points], marker="o", markersize=3, label=system)
    for group in groups:
        axes.annotate(str(group.articles), (group.position, 0.01), xycoords=("data", "axes fraction"), fontsize=7)
    axes.set_xlabel("place of the reference's content in the body (0 first sentence, 1 last; mean of the group)")
    if groups:
        axes.legend(fontsize=7, frameon=False)


def _by_length(results: Results, system: str) -> list[tuple[float, float]]:
    """Mean length and score of each group that has articles."""
    points = []
    sized = [(len(_WORD.findall(results.sources[s.article])), s.syllables.one) for s in results.systems[system]]
    for low, high in itertools.pairwise(LENGTHS):
        group = [(size, score) for size, score in sized if low <= size < high]
        if group:
            points.append((sum(s for s, _ in group) / len(group), sum(v for _, v in group) / len(group)))
    return points
