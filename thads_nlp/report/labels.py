"""What the page says of a figure, a claim and a warning, in Vietnamese and English."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from thads_nlp.rendering import vietnamese_warning
from thads_nlp.schema import KeyFigure, canonical


@dataclass(frozen=True, slots=True)
class Words:
    """A label of the interface in both languages."""

    vi: str
    en: str


@dataclass(frozen=True, slots=True)
class Detail:
    """A line of a figure's tooltip; a value in the article's own words is the same in both languages."""

    label: Words
    value: Words


_ROLES = {
    "level": Words("mức", "level"), "change": Words("thay đổi", "change"), "share": Words("tỷ trọng", "share"),
    "target": Words("mục tiêu", "target"),
}  # fmt: skip
_DIRECTIONS = {"up": Words("tăng", "up"), "down": Words("giảm", "down")}
_APPROX = {"about": Words("khoảng", "about"), "over": Words("hơn", "over"), "under": Words("dưới", "under")}
_CLAIMS = {
    "quantity": Words("số liệu không có trong bài", "a quantity that the article does not have"),
    "direction": Words("sai chiều tăng, giảm", "the wrong direction"),
    "name": Words("tên không có trong bài", "a name that the article does not have"),
    "quote": Words("trích dẫn không nguyên văn", "no verbatim quotation"),
    "hedge": Words("mức độ chắc chắn khác bài", "a hedge or negation that differs"),
}
_MEASURE, _VALUE, _KIND = Words("Chỉ tiêu", "Measure"), Words("Giá trị", "Value"), Words("Loại", "Kind")
_BASELINE, _PERIOD = Words("So với", "Against"), Words("Kỳ", "Period")
_UNKNOWN = Words("chưa rõ", "unknown")


def details(figure: KeyFigure) -> tuple[Detail, ...]:
    """Lines of a tooltip: measure, value, kind, baseline, period."""
    lines = [
        Detail(_MEASURE, _same(figure.measure) if figure.measure else _UNKNOWN),
        Detail(_VALUE, value(figure)),
        Detail(_KIND, kind(figure)),
    ]
    lines += [Detail(_BASELINE, _same(figure.baseline))] if figure.baseline else []
    lines += [Detail(_PERIOD, _same(_period(figure)))] if figure.period else []
    return tuple(lines)


def value(figure: KeyFigure) -> Words:
    """A figure's value in full with its unit."""
    high = f" – {grouped(figure.value_high)}" if figure.value_high is not None else ""
    unit = "" if figure.unit == "%" else " "
    number = f"{grouped(figure.value)}{high}{unit}{figure.unit}".strip()
    near = _APPROX.get(figure.approx or "", Words("", ""))
    return Words(f"{near.vi} {number}".strip(), f"{near.en} {number}".strip())


def kind(figure: KeyFigure) -> Words:
    """Role and direction of a figure."""
    role = _ROLES[figure.role]
    if figure.direction is None:
        return role
    direction = _DIRECTIONS[figure.direction]
    return Words(f"{role.vi}, {direction.vi}", f"{role.en}, {direction.en}")


def claim_kind(name: str) -> Words:
    """The rule that a rejected draft broke."""
    return _CLAIMS.get(name, _same(name))


def warnings(texts: Sequence[str]) -> tuple[Words, ...]:
    """The warnings of a briefing."""
    return tuple(Words(vietnamese_warning(text), text) for text in texts)


def grouped(number: Decimal) -> str:
    """A number as Vietnamese print shows it: dots between thousands, a comma before decimals."""
    whole, _, decimals = canonical(number).partition(".")
    sign, digits = ("−", whole[1:]) if whole.startswith("-") else ("", whole)
    return f"{sign}{int(digits):,}".replace(",", ".") + (f",{decimals}" if decimals else "")


def day(iso: str) -> str:
    """An ISO date as Vietnamese print shows it; anything else stays as it is."""
    parts = iso.split("-")
    return "/".join(reversed(parts)) if len(parts) == 3 and all(part.isdigit() for part in parts) else iso


def _period(figure: KeyFigure) -> str:
    """A period in the article's words, and the days that these mean."""
    if not (figure.period_start and figure.period_end):
        return figure.period or ""
    first, last = day(figure.period_start), day(figure.period_end)
    return f"{figure.period} ({first if first == last else f'{first} – {last}'})"


def _same(text: str) -> Words:
    """Words of the article, which are not translated."""
    return Words(text, text)
