"""Briefing records of a file that anybody may have written: checked before a page is made of them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from decimal import Decimal
from typing import Any, get_args

from thads_nlp.errors import InputError
from thads_nlp.schema import Briefing, Direction, KeyFigure, Role, SummaryOrigin, TitleOrigin

# Digits before or behind the comma; no figure of the news comes near.
_MOST_DIGITS = 60
_TEXTS = ("id", "source", "summary", "model", "text")


def read_briefing(line: str) -> Briefing:
    """The briefing of one JSON line.

    Raises:
        InputError: the line holds none, or one whose fields cannot be.
    """
    try:
        briefing = Briefing.from_dict(json.loads(line))
        fault = next(_faults(briefing), None)
    except (ValueError, KeyError, TypeError, AttributeError, ArithmeticError, RecursionError) as error:
        raise InputError(f"no briefing record ({type(error).__name__}: {error})") from error
    if fault:
        raise InputError(f"no briefing record ({fault})")
    return briefing


def _faults(briefing: Briefing) -> Iterator[str]:
    """What no page can be made of; types are those of the contract."""
    yield from (f"{name} is no text" for name in _TEXTS if not isinstance(getattr(briefing, name), str))
    yield from (f"{name} is no text" for name in ("title", "published") if not _is_text(getattr(briefing, name)))
    if briefing.title_origin not in get_args(TitleOrigin) or briefing.summary_origin not in get_args(SummaryOrigin):
        yield f"unknown origin {briefing.title_origin!r}, {briefing.summary_origin!r}"
    for bullet in briefing.bullets:
        if not isinstance(bullet.text, str):
            yield "a bullet is no text"
        if not all(_is_offset(index, len(briefing.figures) - 1) for index in bullet.figures):
            yield f"a bullet names figures {list(bullet.figures)}, there are {len(briefing.figures)}"
    for item in briefing.evidence:
        if not all(_is_offset(offset) for offset in (item.start, item.end, item.source_start, item.source_end)):
            yield "offsets of evidence are no numbers"
    yield from (f"a claim is {claim!r}" for claim in briefing.unsupported if not isinstance(claim.text, str))
    yield from ("a warning is no text" for warning in briefing.warnings if not isinstance(warning, str))
    for figure in briefing.figures:
        yield from _figure_faults(figure)


def _figure_faults(figure: KeyFigure) -> Iterator[str]:
    """What is wrong with a figure."""
    if not isinstance(figure.text, str) or not isinstance(figure.unit, str):
        yield "text or unit of a figure is no text"
    named = (figure.measure, figure.baseline, figure.period, figure.period_start, figure.period_end)
    if not all(_is_text(value) for value in named):
        yield "measure, baseline or period of a figure is no text"
    if not all(number is None or _is_printable(number) for number in (figure.value, figure.value_high)):
        yield f"the value of a figure is {figure.value}"
    if figure.role not in get_args(Role) or figure.direction not in (None, *get_args(Direction)):
        yield f"role {figure.role!r}, direction {figure.direction!r} of a figure"
    if not all(_is_offset(offset) for place in (*figure.places, (figure.start, figure.end)) for offset in place):
        yield "offsets of a figure are no numbers"


def _is_printable(number: Decimal) -> bool:
    """Whether a value can be written out in full: "1E+999999999" would fill the memory."""
    return number.is_finite() and -_MOST_DIGITS <= number.adjusted() <= _MOST_DIGITS


def _is_text(value: Any) -> bool:
    """Whether a value is a text or absent."""
    return value is None or isinstance(value, str)


def _is_offset(value: Any, top: int | None = None) -> bool:
    """Whether a value is a whole number from 0 (to ``top``)."""
    return isinstance(value, int) and value >= 0 and (top is None or value <= top)
