"""What the ranker sees of each figure: place, role, unit, size, links, and what it shares with the title."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from thads_nlp.figures.quantities import find_quantities
from thads_nlp.figures.units import normalize_unit, unit_kind
from thads_nlp.schema import Article, KeyFigure
from thads_nlp.text.normalize import compare_key

NAMES = (
    "first_sentence", "early", "place", "order", "figures_before", "change", "share", "target", "baseline", "linked",
    "has_change", "money", "percent", "count", "physical", "times", "magnitude", "largest", "small_count", "in_title",
    "title_measure", "title_sentence", "common_unit", "group", "alone", "repeated", "period", "no_measure",
    "short_measure", "range", "heading", "lead_overlap", "quoted",
    "dense", "main_period", "no_period", "said_before", "restated", "later", "main_measure",
    "odd_small_count", "opens_with_source", "past_year", "named_measure", "amount", "single_unit",
    "sentence_length", "bracketed", "compared_change", "free_percent",
)  # fmt: skip
# Counts below this are small beside amounts of money; sentences count as long from so many characters on.
_SMALL_COUNT, _LONG_SENTENCE = 20, 400
# Of a table in one line only the head is searched for brackets, so that time stays linear.
_SEARCHED_CHARS = 2_000
# Powers of ten of the largest amounts of money.
_LARGEST_AMOUNT = 14
# Figures from which a unit that occurs once is an outsider.
_FEW = 4
_SOURCE = re.compile(
    r"(?:theo|cụ thể|tính đến|đến nay|trong \d|năm \d|quý|tháng|ngày|kết quả|báo cáo|thống kê)", re.IGNORECASE
)
_YEAR = re.compile(r"\b(?:19|20)\d\d\b")
# Measures, titles and leads whose words are remembered: those of one long article.
_CACHED_TEXTS = 2_048
_STOPWORDS = frozenset("của và các những trong là có được cho với tại từ đến về một năm".split())


@dataclass(frozen=True, slots=True)
class _View:
    """An article as features are read from it."""

    figures: Sequence[KeyFigure]
    body: int
    title: frozenset[str]
    title_values: frozenset[tuple[object, str]]
    lead: frozenset[str]
    largest: dict[str, float]
    units: Counter[str]
    groups: Counter[int]
    changed: frozenset[int]
    sentences: Counter[int]
    periods: Counter[str]
    measures: Counter[str]
    first_said: dict[str, int]
    title_shares: dict[int, float]
    quoted: frozenset[int]
    kinds: Counter[str]
    year: int


def describe(figures: Sequence[KeyFigure], article: Article) -> list[tuple[float, ...]]:
    """One row of ``NAMES`` for each figure, all values between 0 and 1; figures of the title get a row of zeros."""
    body = [figure for figure in figures if figure.section != "title"]
    view = _view(body, article, frozenset(f.change_of for f in figures if f.change_of is not None))
    rows = iter([_row(view, index, figure) for index, figure in enumerate(body)])
    changed = NAMES.index("has_change")
    result = []
    for index, figure in enumerate(figures):
        row = (0.0,) * len(NAMES) if figure.section == "title" else next(rows)
        result.append((*row[:changed], float(index in view.changed), *row[changed + 1 :]))
    return result


def _view(figures: Sequence[KeyFigure], article: Article, changed: frozenset[int]) -> _View:
    """What all rows share."""
    body = [s for s in article.sentences if s.section == "body"]
    title = article.title or ""
    quantities = [q for q in find_quantities(title) if q.kind == "quantity"]
    texts = {figure.sentence_index: figure.sentence for figure in figures}
    largest: dict[str, float] = {}
    for figure in figures:
        unit = normalize_unit(figure.unit)
        largest[unit] = max(largest.get(unit, 0.0), abs(float(figure.value)))
    return _View(
        figures=figures,
        body=max(len(article.sentences), 1),
        title=_content(title),
        title_values=frozenset((q.value, normalize_unit(q.unit)) for q in quantities),
        lead=_content(body[0].text if body else ""),
        largest=largest,
        units=Counter(normalize_unit(figure.unit) for figure in figures),
        groups=Counter(figure.group for figure in figures),
        changed=changed,
        sentences=Counter(figure.sentence_index for figure in figures),
        periods=Counter(compare_key(figure.period) for figure in figures if figure.period),
        measures=Counter(_measure_key(figure) for figure in figures),
        title_shares={number: _overlap(_content(title), _content(text)) for number, text in texts.items()},
        quoted=frozenset(number for number, text in texts.items() if '"' in text or "“" in text),
        first_said={_measure_key(figure): figure.sentence_index for figure in reversed(figures)},
        kinds=Counter(unit_kind(figure.unit) for figure in figures),
        year=_main_year(figures),
    )


def _main_year(figures: Sequence[KeyFigure]) -> int:
    """The year that most periods name; 0 where none does."""
    years = Counter(year for figure in figures for year in _years(figure))
    return years.most_common(1)[0][0] if years else 0


def _years(figure: KeyFigure) -> list[int]:
    """The years of a figure's period."""
    return [int(year) for year in _YEAR.findall(figure.period or "")]


def _row(view: _View, index: int, figure: KeyFigure) -> tuple[float, ...]:
    """The features of one figure in the order of ``NAMES``."""
    kind, unit = unit_kind(figure.unit), normalize_unit(figure.unit)
    measure, value = _content(figure.measure or ""), abs(float(figure.value))
    largest = view.largest[unit]
    share = math.log1p(value) / math.log1p(largest) if largest > 0 else 1.0
    rank = figure.sentence_index
    return (
        float(rank <= 1), 1.0 / (1.0 + rank), rank / view.body, 1.0 / (1.0 + index), index / max(len(view.figures), 1),
        float(figure.role == "change"), float(figure.role == "share"), float(figure.role == "target"),
        float(figure.baseline is not None), float(figure.change_of is not None), 0.0,
        float(kind == "money"), float(kind == "percent"), float(kind == "count"), float(kind == "physical"),
        float(kind == "times"), share, float(value == largest), float(kind == "count" and value < 10),
        float((figure.value, unit) in view.title_values), _overlap(measure, view.title),
        view.title_shares[rank], view.units[unit] / len(view.figures),
        min(view.groups[figure.group], 4) / 4, float(view.groups[figure.group] == 1), float(len(figure.places) > 1),
        float(figure.period is not None), float(not measure), float(len(measure) == 1),
        float(figure.value_high is not None), float(figure.section != "body"), _overlap(measure, view.lead),
        float(rank in view.quoted),
        min(view.sentences[figure.sentence_index], 6) / 6, _is_main_period(figure, view),
        float(figure.period is None), _said_before(view, index), _is_restated(view, index),
        float(figure.places[0] != (figure.start, figure.end)),
        view.measures[_measure_key(figure)] / len(view.figures),
        *_row_of_news(view, figure, kind, unit),
    )  # fmt: skip


def _row_of_news(view: _View, figure: KeyFigure, kind: str, unit: str) -> tuple[float, ...]:
    """Features of what editors leave out: small counts beside amounts, the past, asides in brackets."""
    value, total = abs(float(figure.value)), len(view.figures)
    before = figure.sentence[: max(figure.sentence.find(figure.text, 0, _SEARCHED_CHARS), 0)]
    years, words = _years(figure), (figure.measure or "").split()
    small = kind == "count" and value < _SMALL_COUNT
    return (
        (1 - view.kinds[kind] / total) * small,
        float(_SOURCE.match(figure.sentence) is not None),
        float(bool(years) and max(years) < view.year),
        float(any(word[0].isupper() for word in words[1:])),
        min(math.log10(1 + value) / _LARGEST_AMOUNT, 1.0) if kind == "money" else 0.0,
        float(total > _FEW and view.units[unit] == 1),
        min(len(figure.sentence), _LONG_SENTENCE) / _LONG_SENTENCE,
        float(before.count("(") > before.count(")")),
        float(figure.role == "change" and figure.baseline is not None),
        float(kind == "percent" and figure.change_of is None),
    )


def _measure_key(figure: KeyFigure) -> str:
    """A measure for counting."""
    return compare_key(figure.measure or "")


def _is_main_period(figure: KeyFigure, view: _View) -> float:
    """Whether a figure is of the period that most figures are of."""
    if not figure.period or not view.periods:
        return 0.0
    return float(compare_key(figure.period) == view.periods.most_common(1)[0][0])


def _said_before(view: _View, index: int) -> float:
    """Whether an earlier sentence has a figure of the same measure."""
    figure = view.figures[index]
    key = _measure_key(figure)
    return float(bool(key) and view.first_said.get(key, figure.sentence_index) < figure.sentence_index)


def _is_restated(view: _View, index: int) -> float:
    """Whether a figure gives the amount before it in another currency."""
    figure, before = view.figures[index], view.figures[index - 1] if index else None
    if before is None or before.sentence_index != figure.sentence_index or before.measure != figure.measure:
        return 0.0
    return float(unit_kind(before.unit) == unit_kind(figure.unit) == "money" and before.unit != figure.unit)


@lru_cache(maxsize=_CACHED_TEXTS)
def _content(text: str) -> frozenset[str]:
    """Content syllables of a text, in comparison form."""
    return frozenset(w for w in _words(text) if w not in _STOPWORDS and any(c.isalpha() for c in w))


def _words(text: str) -> frozenset[str]:
    """Syllables of a text, in comparison form."""
    return frozenset(compare_key(text).split())


def _overlap(part: frozenset[str], whole: frozenset[str]) -> float:
    """Share of ``part`` that is in ``whole``."""
    return len(part & whole) / len(part) if part else 0.0
