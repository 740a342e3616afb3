"""Figures of a briefed archive over time: the same measure in many articles, and where two articles contradict.

A series holds one measure of one entity in one unit and one kind (levels, changes, shares, targets): a rate and its
change never meet. Measures are the same when their content words are, up to abbreviations and the words that only
count ("tổng số", "lượng").
"""

from __future__ import annotations

import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from itertools import takewhile
from typing import Literal

from thads_nlp.archive.relative_periods import dated_figures
from thads_nlp.errors import InputError
from thads_nlp.figures.units import normalize_unit
from thads_nlp.schema import Briefing, KeyFigure, canonical

Status = Literal["", "contradiction", "ambiguous", "unresolved"]

# Share of the content words, rare ones counting more, that two measures must have in common.
SAME_MEASURE = 0.72
# An approximate figure stands for values this near (share of the value).
APPROXIMATE = Decimal("0.05")
# Rounding: half of the last digit that a figure shows, with a margin for truncation.
_ROUNDING = Decimal("1.0")
# Words before a bare count that say what was done: "đã thi hành xong 3.101 việc".
_ACTION_WORDS = 4

_WORD = re.compile(r"[^\W_]+")
# Words of a measure that say how it is counted or told, not what it is.
_EMPTY = frozenset(
    "số tổng lượng mức con cả toàn các những là của về trong với và đã được bị có đạt cho tại ở từ này đó nói chung "
    "khoảng hiện kết quả ước tính phải".split()
)
# "tỷ lệ thi hành xong" is another measure than "thi hành xong" only where the unit does not say so already.
_RATE = frozenset("tỷ tỉ lệ suất".split())


@dataclass(frozen=True, slots=True)
class Point:
    """A figure of an article in its series; ``value`` is negative for falls and negative levels."""

    series: int
    measure: str
    unit: str
    kind: str
    period_start: str
    period_end: str
    period: str
    value: Decimal
    value_high: Decimal | None
    approximate: bool
    text: str
    sentence: str
    article: str
    source: str
    status: Status = ""


@dataclass(frozen=True, slots=True)
class Series:
    """Points of one measure by period; ``name`` is its most frequent wording."""

    number: int
    name: str
    unit: str
    kind: str
    points: tuple[Point, ...]


@dataclass(frozen=True, slots=True)
class _Key:
    """What a measure is matched by: content words, and the names in it."""

    words: frozenset[str]
    names: frozenset[str]
    initials: frozenset[str]


def read_briefings(lines: Iterable[str], name: str) -> Iterator[Briefing]:
    """Briefings of a JSONL archive.

    Raises:
        InputError: a line is no briefing record, with its number.
    """
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            yield _checked(Briefing.from_dict(json.loads(line)))
        except (ValueError, KeyError, TypeError, AttributeError, ArithmeticError) as error:
            raise InputError(
                f"{name}, line {number}: no briefing record ({type(error).__name__}: {error}); expected the JSONL that "
                "`thads-nlp batch` or `thads-nlp brief --format json` writes"
            ) from error


def _checked(briefing: Briefing) -> Briefing:
    """The briefing, or the ValueError of one whose days, values or references are none."""
    days = [day for figure in briefing.figures for day in (figure.period_start, figure.period_end)]
    for day in (briefing.published, *days):
        if day is not None:
            date.fromisoformat(day)
    for figure in briefing.figures:
        if not (figure.value.is_finite() and (figure.value_high is None or figure.value_high.is_finite())):
            raise ValueError(f"the value of {figure.text!r} is no number")
        if figure.change_of is not None and not 0 <= figure.change_of < len(briefing.figures):
            raise ValueError(f"{figure.text!r} is the change of a figure {figure.change_of} that is not there")
    return briefing


def build_series(briefings: Iterable[Briefing], fewest_points: int = 2) -> tuple[Series, ...]:
    """Series with at least ``fewest_points`` different periods, longest first.

    Points of one article that give one period two values are marked ``ambiguous``; points of different articles that
    cannot both be true are marked ``contradiction``; those without a dated period ``unresolved``.
    """
    points = [point for briefing in briefings for point in _points(briefing)]
    numbered = _numbered(points)
    groups: dict[int, list[Point]] = defaultdict(list)
    for point in numbered:
        groups[point.series].append(point)
    built = [_series(number, group) for number, group in groups.items()]
    # What no period is known of is listed, however short its series.
    kept = [one for one in built if len(_periods(one)) >= fewest_points or _unresolved(one)]
    kept.sort(key=lambda one: (-len(_periods(one)), one.name, one.unit, one.kind))
    return tuple(
        replace(one, number=number, points=tuple(replace(point, series=number) for point in one.points))
        for number, one in enumerate(kept)
    )


def contradictions(series: Sequence[Series]) -> tuple[tuple[Point, Point], ...]:
    """Pairs of points that cannot both be true, each with the first one that it disagrees with."""
    found = []
    for one in series:
        by_period = _by_period(p for p in one.points if p.status == "contradiction")
        for points in by_period.values():
            for index, point in enumerate(points):
                other = next((p for p in points[:index] if not _agree(p, point)), None)
                if other is not None:
                    found.append((other, point))
    return tuple(found)


def _points(briefing: Briefing) -> Iterator[Point]:
    """Body figures with a measure; a figure and its repeats count once."""
    for figure in dated_figures(briefing):
        if figure.measure is None or figure.section in ("title", "caption") or figure.role == "target":
            continue
        base = figure if figure.change_of is None else briefing.figures[figure.change_of]
        yield _point(figure, _wording(figure, base), briefing)


def _wording(figure: KeyFigure, base: KeyFigure) -> str:
    """The measure; where it is hardly more than the unit, with the words before the figure that it is counted by."""
    measure = figure.measure or ""
    said = [word for word in _WORD.findall(measure.lower()) if word not in _EMPTY]
    at = base.sentence.find(base.text)
    if len(said) > len(base.unit.split()) or at < 0:
        return measure
    before = [word for word in _WORD.findall(base.sentence[:at]) if word.lower() not in _EMPTY]
    action = list(takewhile(str.islower, reversed(before[-_ACTION_WORDS:])))
    return " ".join((*reversed(action), measure))


def _point(figure: KeyFigure, measure: str, briefing: Briefing) -> Point:
    """A figure as a point."""
    sign = -1 if figure.direction == "down" else 1
    dated = figure.period_start is not None and figure.period_end is not None
    return Point(
        series=-1,
        measure=measure,
        unit=normalize_unit(figure.unit),
        kind=_kind(figure),
        period_start=figure.period_start or "",
        period_end=figure.period_end or "",
        period=figure.period or "",
        value=sign * figure.value,
        value_high=None if figure.value_high is None else sign * figure.value_high,
        approximate=figure.approx is not None,
        text=figure.text,
        sentence=figure.sentence,
        article=briefing.id,
        source=briefing.source,
        status="" if dated else "unresolved",
    )


def _kind(figure: KeyFigure) -> str:
    """Levels and shares of the same unit are told alike ("đạt tỷ lệ 61%", "chiếm 61%"); changes never are."""
    return "change" if figure.role == "change" else "level"


def _numbered(points: Sequence[Point]) -> list[Point]:
    """Points with the number of their series: each measure joins the nearest one before it, if near enough."""
    keys = {point.measure: _key(point.measure) for point in points}
    weights = _weights(keys.values())
    heads: dict[tuple[str, str], list[tuple[int, _Key]]] = defaultdict(list)
    known: dict[tuple[str, str, str], int] = {}
    numbered, count = [], 0
    for point in points:
        place = (point.unit, point.kind, point.measure)
        if place not in known:
            number = _nearest(keys[point.measure], heads[point.unit, point.kind], weights)
            if number is None:
                number, count = count, count + 1
                heads[point.unit, point.kind].append((number, keys[point.measure]))
            known[place] = number
        numbered.append(replace(point, series=known[place]))
    return numbered


def _nearest(key: _Key, heads: Sequence[tuple[int, _Key]], weights: dict[str, float]) -> int | None:
    """The series whose measure is most alike."""
    scored = [(similarity(key, head, weights), -number) for number, head in heads]
    best = max(scored, default=(0.0, 0))
    return -best[1] if best[0] >= SAME_MEASURE else None


def similarity(first: _Key, second: _Key, weights: dict[str, float]) -> float:
    """Weighted share of common content words (0 to 1); 0 where the names differ."""
    if not _same_names(first, second) or not (first.words and second.words):
        return 0.0
    shared = sum(weights.get(word, 1.0) for word in first.words & second.words)
    smaller = min(sum(weights.get(word, 1.0) for word in key.words) for key in (first, second))
    joint = sum(weights.get(word, 1.0) for word in first.words | second.words)
    # Half overlap of the shorter, half of both: "tiền thi hành xong" is in "tổng số tiền đã thi hành xong".
    return 0.5 * shared / smaller + 0.5 * shared / joint


def _same_names(first: _Key, second: _Key) -> bool:
    """Whether the names that only one of them has are abbreviations of words in the other, or nothing is left."""
    left, right = first.names - second.names, second.names - first.names
    return all(name in second.initials for name in left) and all(name in first.initials for name in right)


def _key(measure: str) -> _Key:
    """Content words and names of a measure."""
    words = _WORD.findall(measure)
    names = {word.lower() for index, word in enumerate(words) if word[0].isupper() and (index or word.isupper())}
    lower = [word.lower() for word in words]
    content = frozenset(word for word in lower if word not in _EMPTY and word not in _RATE and word not in names)
    return _Key(content, frozenset(names), frozenset(_initials(lower)))


def _initials(words: Sequence[str]) -> Iterator[str]:
    """First letters of all runs of two to six words: "thads" of "thi hành án dân sự"."""
    for first in range(len(words)):
        for stop in range(first + 2, min(first + 7, len(words) + 1)):
            yield "".join(word[0] for word in words[first:stop])


def _weights(keys: Iterable[_Key]) -> dict[str, float]:
    """Weight of each word: rare ones tell measures apart."""
    listed = list(keys)
    counts = Counter(word for key in listed for word in key.words)
    return {word: 1.0 / (1.0 + (count / max(len(listed), 1)) * 2.0) for word, count in counts.items()}


def _series(number: int, points: Sequence[Point]) -> Series:
    """Points in order of period, with what disagrees marked."""
    ordered = sorted(points, key=lambda p: (p.period_start, p.period_end, p.article, p.text))
    marked = [_marked(point, ordered) for point in ordered]
    name = Counter(point.measure for point in ordered).most_common(1)[0][0]
    return Series(number, name, ordered[0].unit, ordered[0].kind, tuple(marked))


def _marked(point: Point, points: Sequence[Point]) -> Point:
    """A point with its status among those of the same period."""
    if point.status == "unresolved":
        return point
    same = [p for p in points if _period(p) == _period(point) and p.status != "unresolved" and not _agree(p, point)]
    if any(p.article == point.article for p in same):
        return replace(point, status="ambiguous")
    clear = [p for p in same if not _is_ambiguous(p, points)]
    return replace(point, status="contradiction") if clear else point


def _is_ambiguous(point: Point, points: Sequence[Point]) -> bool:
    """Whether its own article gives its period another value."""
    return any(
        p.article == point.article and _period(p) == _period(point) and not _agree(p, point) for p in points
    )


def _agree(first: Point, second: Point) -> bool:
    """Whether two statements can both be true, given how roughly each is told."""
    if first.value_high is not None or second.value_high is not None:
        low, high = sorted((first, second), key=lambda p: p.value)
        return (low.value_high or low.value) >= high.value
    difference = abs(first.value - second.value)
    if first.approximate or second.approximate:
        return difference <= APPROXIMATE * max(abs(first.value), abs(second.value))
    return difference < _ROUNDING * max(_step(first), _step(second)) if _rounded(first, second) else difference == 0


def _rounded(first: Point, second: Point) -> bool:
    """Whether one is told in coarser steps than the other."""
    return _step(first) != _step(second)


def _step(point: Point) -> Decimal:
    """Size of the last digit that is shown, in units of the value: 0.1 tỷ for "612,5 tỷ"."""
    digits = canonical(abs(point.value))
    whole = digits.partition(".")
    if whole[2]:
        return Decimal(1).scaleb(-len(whole[2]))
    zeros = len(digits) - len(digits.rstrip("0"))
    return Decimal(1).scaleb(zeros)


def _period(point: Point) -> tuple[str, str]:
    """The dates that a point covers."""
    return point.period_start, point.period_end


def _unresolved(series: Series) -> bool:
    """Whether a series holds a point whose period is told and not known."""
    return any(point.status == "unresolved" and point.period for point in series.points)


def _periods(series: Series) -> frozenset[tuple[str, str]]:
    """Different dated periods of a series."""
    return frozenset(_period(point) for point in series.points if point.period_start)


def _by_period(points: Iterable[Point]) -> dict[tuple[str, str], list[Point]]:
    """Points of each period in order."""
    grouped: dict[tuple[str, str], list[Point]] = defaultdict(list)
    for point in points:
        grouped[_period(point)].append(point)
    return grouped
