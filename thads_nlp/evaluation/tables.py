"""Scores as plain text tables."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from thads_nlp.evaluation.figures import FigureScores, Mistake

_LABELS = (
    ("value + unit F1", "value_unit_f1"),
    ("value F1", "value_f1"),
    ("direction accuracy", "direction_accuracy"),
    ("direction recall", "direction_recall"),
    ("role accuracy", "role_accuracy"),
    ("measure token-F1", "measure_f1"),
    ("baseline found", "baseline_recall"),
    ("baseline precision", "baseline_precision"),
    ("period found", "period_recall"),
    ("approx accuracy", "approx_accuracy"),
    ("key F1", "key_f1"),
    ("ranking, average precision", "average_precision"),
    ("reading order, average precision", "reading_order_precision"),
    ("constant role level, accuracy", "constant_role"),
    ("constant direction none, accuracy", "constant_direction"),
)


def figure_table(scores: FigureScores) -> str:
    """One line a measure, trivial rankings last."""
    rows = [(label, getattr(scores, name)) for label, name in _LABELS]
    rows += [(f"key F1, {name}", value) for name, value in scores.rows]
    width = max(len(label) for label, _ in rows)
    lines = [f"{scores.articles} articles", *(f"{label:<{width}}  {value:.3f}" for label, value in rows)]
    return "\n".join(lines)


def mistake_list(mistakes: Sequence[Mistake], most: int) -> str:
    """Mistakes by kind, at most ``most`` of each with their sentences."""
    lines: list[str] = []
    for kind, count in Counter(mistake.kind for mistake in mistakes).most_common():
        lines.append(f"\n{kind}: {count}")
        for mistake in [m for m in mistakes if m.kind == kind][:most]:
            lines.append(f"  [{mistake.article}] found: {mistake.found or '-'} | expected: {mistake.expected or '-'}")
            lines.append(f"      {mistake.sentence}")
    return "\n".join(lines)
