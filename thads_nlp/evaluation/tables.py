"""Scores as plain text tables."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from thads_nlp.evaluation.corruptions import VerifierScores
from thads_nlp.evaluation.figures import FigureScores, Mistake
from thads_nlp.evaluation.positions import by_position
from thads_nlp.evaluation.rouge import Interval, bootstrap
from thads_nlp.evaluation.summaries import (
    Outcome,
    Results,
    Scored,
    briefing_outcomes,
    comparisons,
    faithfulness,
    novelty,
)

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


def summary_tables(results: Results) -> str:
    """Systems over all articles and over those like briefings, comparisons, and what became of raw hypotheses."""
    lines = _systems(results, frozenset(results.sources), "all articles")
    if results.briefings:
        lines += ["", *_systems(results, frozenset(results.briefings), "articles like briefings")]
    compared = comparisons(results)
    lines += ["", "difference with paired 95 % intervals, syllables"] if compared else []
    for one in compared:
        named = (("R-1", one.rouge1), ("R-2", one.rouge2), ("R-L", one.rouge_l))
        told = "  ".join(f"{name} {_told(interval)}" for name, interval in named)
        lines.append(f"  {one.system} against {one.baseline}: {told}")
    lines += _positions(results)
    lines += [f"{count} articles left out: {reason}" for reason, count in results.skipped.most_common()]
    briefings = briefing_outcomes(results)
    for mode, outcomes in results.outcomes.items():
        lines += ["", f"{mode}: {_shares(outcomes)}"]
        if briefings[mode]:
            lines.append(f"  like briefings: {_shares(briefings[mode])}")
        lines.append(f"  {len(outcomes) / max(results.seconds[mode], 1e-9):.2f} articles/s generated")
    return "\n".join(lines)


def _shares(outcomes: Sequence[Outcome]) -> str:
    """What became of raw hypotheses, and how much of the sources was read, in one line."""
    return "  ".join(f"{name} {share:.1%}" for name, share in faithfulness(outcomes).items())


def _positions(results: Results) -> list[str]:
    """One line a group of articles by where their references' content stands."""
    groups = by_position(results)
    lines = ["", "ROUGE-1 (syllables) by the place of the reference's content in the body"] if groups else []
    for group in groups:
        told = "  ".join(f"{name} {score:.1f}" for name, score in group.rouge1.items())
        lines.append(f"  {group.low:.2f}–{group.high:.2f}  {group.articles:5d} articles  {told}")
    return lines


def _systems(results: Results, articles: frozenset[str], name: str) -> list[str]:
    """One line a system: both scales, length, novelty."""
    width = max(len(system) for system in results.systems)
    head = f"{name} ({len(articles)})"
    lines = [f"{head:<{width}}  {'syllables R-1/R-2/R-L':<34}  {'published':<16}  words  new bigrams"]
    for system, scored in results.systems.items():
        chosen = [one for one in scored if one.article in articles]
        lines.append(f"{system:<{width}}  {_system(chosen, results)}")
    return lines


def _system(scored: Sequence[Scored], results: Results) -> str:
    """Means of one system, with the half width of the interval of ROUGE-1."""
    one = bootstrap([s.syllables.one for s in scored])
    count = len(scored)
    two, long = (sum(getattr(s.syllables, name) for s in scored) / count for name in ("two", "long"))
    published = [sum(getattr(s.published, name) for s in scored) / count for name in ("one", "two", "long")]
    words = sum(len(s.text.split()) for s in scored) / count
    new = sum(novelty(results.sources[s.article], s.text) for s in scored) / count
    told = f"{one.mean:.1f} ({one.low:.1f}–{one.high:.1f}) / {two:.1f} / {long:.1f}"
    return f"{told:<34}  {'/'.join(f'{value:.1f}' for value in published):<16}  {words:5.1f}  {new:.1%}"


def _told(interval: Interval) -> str:
    """A difference with its sign and interval."""
    return f"{interval.mean:+.2f} ({interval.low:+.2f} to {interval.high:+.2f})"


def verifier_table(scores: VerifierScores) -> str:
    """One line a kind: tried, refused, share."""
    rows = scores.rows()
    width = max(len(row.kind) for row in rows)
    lines = [f"{scores.articles} supported references", f"{'':<{width}}  tried  refused"]
    lines += [f"{row.kind:<{width}}  {row.tried:5d}  {row.share:7.1%}" for row in rows]
    rules = ", ".join(f"{kind} {count}" for kind, count in scores.clean_kinds.most_common())
    return "\n".join([*lines, f"clean refused by rule: {rules or 'none'}"])
