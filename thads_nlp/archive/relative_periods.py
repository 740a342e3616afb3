"""Days of periods told from the day of publication or from another period: "tháng trước", "quý này", "cùng kỳ"."""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date

from thads_nlp.schema import Briefing, KeyFigure

_STEPS = {"này": 0, "nay": 0, "trước": 1, "qua": 1, "rồi": 1}
_RELATIVE = re.compile(rf"(?:trong |của )?(tháng|quý) ({'|'.join(_STEPS)})", re.IGNORECASE)
_SAME = re.compile(r"cùng kỳ(?: (?:của )?năm (?:trước|ngoái|(\d{4})))?", re.IGNORECASE)


def dated_figures(briefing: Briefing) -> Iterator[KeyFigure]:
    """Figures of a briefing in their order; relative periods get their days where publication tells them."""
    before: tuple[str, str] | None = None
    for figure in briefing.figures:
        if figure.period_start is not None and figure.period_end is not None:
            before = figure.period_start, figure.period_end
            yield figure
            continue
        span = _span(figure.period, briefing.published, before)
        yield replace(figure, period_start=span[0], period_end=span[1]) if span else figure


def _span(period: str | None, published: str | None, before: tuple[str, str] | None) -> tuple[str, str] | None:
    """First and last day of a relative period; None where nothing tells them."""
    told = " ".join((period or "").split())
    if published is None or not told:
        return None
    if match := _RELATIVE.fullmatch(told):
        return _months_back(date.fromisoformat(published), match[1].lower(), _STEPS[match[2].lower()])
    same = _SAME.fullmatch(told)
    if same and before:
        first, last = (date.fromisoformat(day) for day in before)
        years = last.year - int(same[1]) if same[1] else 1
        return _years_back(first, years).isoformat(), _years_back(last, years).isoformat()
    return None


def _months_back(day: date, unit: str, steps: int) -> tuple[str, str]:
    """The month or quarter that a day lies in, or that many before it."""
    length = 3 if unit == "quý" else 1
    first = (day.year * 12 + day.month - 1) // length * length - steps * length
    last = first + length - 1
    end = calendar.monthrange(last // 12, last % 12 + 1)[1]
    return f"{first // 12}-{first % 12 + 1:02}-01", f"{last // 12}-{last % 12 + 1:02}-{end:02}"


def _years_back(day: date, years: int) -> date:
    """The same day of an earlier year; the end of February stays the end."""
    year = day.year - years
    is_end = day.day == calendar.monthrange(day.year, day.month)[1]
    return date(max(year, 1), day.month, calendar.monthrange(year, day.month)[1] if is_end else day.day)
