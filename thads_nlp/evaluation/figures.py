"""How well the figures of articles are found, read and ranked, against annotated articles.

Matching: within an article, in gold order, each prediction once, on equal value, preferring equal unit; what is said of
a figure is scored on matched pairs, "key" on sets of (value, unit).
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any, get_type_hints

from thads_nlp.errors import InputError
from thads_nlp.figures.finding import find_figures
from thads_nlp.schema import Article, KeyFigure, canonical
from thads_nlp.text.normalize import compare_key

# Token-F1 from which a baseline or period counts as found.
FOUND = 0.5
FIRST_ROWS = (6, 10)


@dataclass(frozen=True, slots=True)
class GoldFigure:
    """One annotated figure; ``value`` is canonical, ranges as ``a..b``."""

    sent: int
    text: str
    value: str
    unit: str
    approx: str | None
    measure: str | None
    direction: str | None
    role: str
    baseline: str | None
    period: str | None
    key: bool


@dataclass(frozen=True, slots=True)
class GoldArticle:
    """An annotated article: its title, the sentences of its body, the figures of the body in reading order."""

    id: str
    title: str
    body: tuple[str, ...]
    figures: tuple[GoldFigure, ...]


@dataclass(frozen=True, slots=True)
class Ratio:
    """Hits of a number of cases."""

    hits: float
    cases: float

    @property
    def value(self) -> float:
        """Their quotient; 0 without cases."""
        return self.hits / self.cases if self.cases else 0.0


@dataclass(frozen=True, slots=True)
class Mistake:
    """One thing that was read otherwise than annotated."""

    kind: str
    article: str
    found: str
    expected: str
    sentence: str


@dataclass(frozen=True, slots=True)
class FigureScores:
    """All measures, between 0 and 1; ``rows`` are (name, key F1) of trivial rankings to compare with."""

    articles: int
    value_unit_f1: float
    value_f1: float
    direction_accuracy: float
    direction_recall: float
    role_accuracy: float
    measure_f1: float
    baseline_recall: float
    baseline_precision: float
    period_recall: float
    approx_accuracy: float
    key_f1: float
    average_precision: float
    reading_order_precision: float
    constant_role: float
    constant_direction: float
    rows: tuple[tuple[str, float], ...]
    mistakes: tuple[Mistake, ...]

    def to_dict(self) -> dict[str, Any]:
        """JSON object without the mistakes."""
        record = {item.name: getattr(self, item.name) for item in fields(self)}
        del record["mistakes"]
        return {**record, "rows": dict(self.rows)}


@dataclass(frozen=True, slots=True)
class Matched:
    """An article with its predictions and the pairs (gold, prediction) among them."""

    gold: GoldArticle
    figures: tuple[KeyFigure, ...]
    pairs: tuple[tuple[GoldFigure, KeyFigure], ...]


def read_gold(path: Path) -> list[GoldArticle]:
    """Annotated articles of a JSON Lines file.

    Raises:
        InputError: a line is no annotated article; the message names it.
    """
    articles = []
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{path}: cannot be read ({error})") from error
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            articles.append(_gold_article(json.loads(line)))
        except (ValueError, KeyError, TypeError) as error:
            raise InputError(f"{path}, line {number}: not an annotated article ({error!r})") from error
    return articles


def _gold_article(record: dict[str, Any]) -> GoldArticle:
    """One record of the gold."""
    figures = tuple(map(_gold_figure, record["figures"]))
    return GoldArticle(str(record["id"]), record["title"], tuple(record["body"]), figures)


def _gold_figure(record: dict[str, Any]) -> GoldFigure:
    """One annotated figure; a TypeError names a field of another type than ``GoldFigure`` has."""
    types = get_type_hints(GoldFigure)
    values = {item.name: record[item.name] for item in fields(GoldFigure)}
    for name, value in values.items():
        if not isinstance(value, types[name]):
            raise TypeError(f"{name} is {value!r}, expected {types[name]}")
    return GoldFigure(**values)


def score_figures(articles: Iterable[GoldArticle]) -> FigureScores:
    """Find the figures of every article and compare them with the annotation."""
    return score_matched([match_article(article, predict(article)) for article in articles])


def predict(article: GoldArticle) -> tuple[KeyFigure, ...]:
    """The figures of the body, found as for any article; those of the title are not annotated."""
    found = find_figures(article_of(article))
    return tuple(figure for figure in found if figure.section != "title")


def article_of(gold: GoldArticle) -> Article:
    """The article that was annotated, with its title."""
    return Article("\n".join(gold.body), id=gold.id, title=gold.title)


def match_article(gold: GoldArticle, figures: Sequence[KeyFigure]) -> Matched:
    """Pair gold figures with predictions of equal value, those of equal unit first."""
    left = list(figures)
    pairs = []
    for expected in gold.figures:
        same = [figure for figure in left if value_of(figure) == gold_value(expected.value)]
        if not same:
            continue
        best = next((figure for figure in same if unit_key(figure.unit) == unit_key(expected.unit)), same[0])
        left.remove(best)
        pairs.append((expected, best))
    return Matched(gold, tuple(figures), tuple(pairs))


def score_matched(matched: Sequence[Matched]) -> FigureScores:
    """All measures over matched articles."""
    pairs = [pair for item in matched for pair in item.pairs]
    gold = sum(len(item.gold.figures) for item in matched)
    predicted = sum(len(item.figures) for item in matched)
    same_unit = sum(unit_key(g.unit) == unit_key(p.unit) for g, p in pairs)
    directed = [(g, p) for g, p in pairs if g.direction]
    measured = [token_f1(p.measure, g.measure) for g, p in pairs if g.measure]
    return FigureScores(
        articles=len(matched),
        value_unit_f1=_f1(same_unit, predicted, gold),
        value_f1=_f1(len(pairs), predicted, gold),
        direction_accuracy=_share(g.direction == p.direction for g, p in pairs),
        direction_recall=_share(g.direction == p.direction for g, p in directed),
        role_accuracy=_share(g.role == p.role for g, p in pairs),
        measure_f1=sum(measured) / max(len(measured), 1),
        baseline_recall=_share(token_f1(p.baseline, g.baseline) >= FOUND for g, p in pairs if g.baseline),
        baseline_precision=_share(token_f1(p.baseline, g.baseline) >= FOUND for g, p in pairs if p.baseline),
        period_recall=_share(token_f1(p.period, g.period) >= FOUND for g, p in pairs if g.period),
        approx_accuracy=_share(g.approx == p.approx for g, p in pairs),
        key_f1=_key_f1([(item.gold, [f for f in item.figures if f.key]) for item in matched]),
        average_precision=_mean_precision(matched, by_score=True),
        reading_order_precision=_mean_precision(matched, by_score=False),
        constant_role=_share(g.role == "level" for g, _ in pairs),
        constant_direction=_share(g.direction is None for g, _ in pairs),
        rows=_rows(matched),
        mistakes=tuple(mistake for item in matched for mistake in _mistakes(item)),
    )


def gold_value(value: str) -> tuple[Decimal, Decimal | None]:
    """A gold value as (value, upper end of a range)."""
    low, _, high = value.partition("..")
    try:
        return Decimal(low), Decimal(high) if high else None
    except InvalidOperation as error:
        raise InputError(f"the gold has the value {value!r}; expected a decimal number or a..b") from error


def value_of(figure: KeyFigure) -> tuple[Decimal, Decimal | None]:
    """A prediction's value in the same form."""
    return figure.value, figure.value_high


def unit_key(unit: str) -> str:
    """A unit without case and tone placement."""
    return compare_key(unit)


def token_f1(found: str | None, expected: str | None) -> float:
    """F1 of the bags of syllables of two phrases; 0 where one is missing."""
    if not found or not expected:
        return 0.0
    one, other = Counter(compare_key(found).split()), Counter(compare_key(expected).split())
    shared = sum((one & other).values())
    return 2 * shared / (sum(one.values()) + sum(other.values()))


def _share(cases: Iterable[bool]) -> float:
    """Share of cases that hold."""
    held = list(cases)
    return Ratio(sum(held), len(held)).value


def _f1(hits: int, predicted: int, gold: int) -> float:
    """Harmonic mean of precision and recall."""
    return 2 * hits / (predicted + gold) if predicted + gold else 0.0


def _key_f1(chosen: Sequence[tuple[GoldArticle, Sequence[KeyFigure]]]) -> float:
    """F1 of the sets of (value, unit), summed over articles."""
    hits = predicted = gold = 0
    for article, figures in chosen:
        expected = {(gold_value(f.value), unit_key(f.unit)) for f in article.figures if f.key}
        found = {(value_of(f), unit_key(f.unit)) for f in figures}
        hits, predicted, gold = hits + len(expected & found), predicted + len(found), gold + len(expected)
    return _f1(hits, predicted, gold)


def _rows(matched: Sequence[Matched]) -> tuple[tuple[str, float], ...]:
    """Key F1 of taking everything, or the first few."""
    rows = [("all are key", _key_f1([(item.gold, item.figures) for item in matched]))]
    rows += [(f"first {n}", _key_f1([(item.gold, item.figures[:n]) for item in matched])) for n in FIRST_ROWS]
    return tuple(rows)


def _mean_precision(matched: Sequence[Matched], *, by_score: bool) -> float:
    """Mean over articles of the average precision of the predictions' order; unmatched key figures count as missed."""
    values = []
    for item in matched:
        keys = {id(p) for g, p in item.pairs if g.key}
        ranked = sorted(item.figures, key=lambda f: -f.score) if by_score else item.figures
        expected = sum(g.key for g in item.gold.figures)
        if expected:
            values.append(_average_precision([id(f) in keys for f in ranked], expected))
    return sum(values) / max(len(values), 1)


def _average_precision(relevant: Sequence[bool], expected: int) -> float:
    """Mean precision at the ranks of the relevant ones."""
    hits, total = 0, 0.0
    for rank, good in enumerate(relevant, 1):
        if good:
            hits += 1
            total += hits / rank
    return total / expected


def _mistakes(item: Matched) -> Iterable[Mistake]:
    """What differs, by kind."""
    paired = {id(p) for _, p in item.pairs}
    matched_gold = {id(g) for g, _ in item.pairs}
    for gold in item.gold.figures:
        if id(gold) not in matched_gold:
            stated = f"{gold.text} = {gold.value} {gold.unit}"
            yield Mistake("missed", item.gold.id, "", stated, item.gold.body[gold.sent])
    for figure in item.figures:
        if id(figure) not in paired:
            yield Mistake("invented", item.gold.id, f"{figure.text} = {canonical(figure.value)} {figure.unit}", "",
                          figure.sentence)  # fmt: skip
    for gold, figure in item.pairs:
        yield from _pair_mistakes(item.gold.id, gold, figure)


def _pair_mistakes(article: str, gold: GoldFigure, figure: KeyFigure) -> Iterable[Mistake]:
    """Differences in what is said of one figure."""
    exact = (("unit", unit_key(figure.unit), unit_key(gold.unit)), ("direction", figure.direction, gold.direction),
             ("role", figure.role, gold.role), ("approx", figure.approx, gold.approx),
             ("key", figure.key, gold.key))  # fmt: skip
    for kind, found, expected in exact:
        if found != expected:
            yield Mistake(kind, article, f"{figure.text}: {found}", str(expected), figure.sentence)
    phrases = (("measure", figure.measure, gold.measure), ("baseline", figure.baseline, gold.baseline),
               ("period", figure.period, gold.period))  # fmt: skip
    for kind, phrase, wanted in phrases:
        if (phrase or wanted) and token_f1(phrase, wanted) < FOUND:
            yield Mistake(kind, article, f"{figure.text}: {phrase}", str(wanted), figure.sentence)
