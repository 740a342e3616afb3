"""Two numbers that belong together: ranges, from-to pairs and pairs that share one unit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from thads_nlp.figures.amounts import Amount, read_amount
from thads_nlp.figures.digits import EXACT
from thads_nlp.figures.lexer import Token, is_lower_word
from thads_nlp.figures.numerals import Reading

_DASHES = frozenset({"-", "–", "—", "~", "−"})
_UP_TO = frozenset({"đến", "tới"})
_FROM_TO = frozenset({"lên", "xuống", "còn"})
_JOINS = frozenset({",", "và", "hoặc", "hay"})


class Pair(NamedTuple):
    """Two amounts with one unit; ``is_range`` if they are the ends of one figure."""

    low: Amount
    high: Amount
    is_range: bool


def read_pair(
    text: str, tokens: Sequence[Token], amount: Amount, following: Reading, ends: Mapping[int, int] | None
) -> Pair | None:
    """Range or pair of ``amount`` and the numeral ``following`` it, or None where they have nothing in common."""
    if amount.reading.parts is not None:
        return None
    between = tokens[amount.stop : following.first]
    joint = between[0].key if len(between) == 1 else ""
    if joint not in _DASHES | _UP_TO | _FROM_TO | _JOINS:
        return None
    second = read_amount(text, tokens, following, ends)
    if not second.unit or (amount.unit and amount.kind != "none" and not _comparable(amount, second)):
        return None
    first = _share(amount, second)
    ranged = joint in _DASHES or joint in _UP_TO or (joint == "và" and tokens[first.first - 1].key == "giữa")
    if not ranged:
        return None if amount.unit else Pair(first, second, False)
    second = _carry(first, second)
    if first.value >= second.value:
        return None
    return Pair(first, second, not _is_labelled_pair(tokens, second.stop))


def _comparable(amount: Amount, second: Amount) -> bool:
    return amount.unit == second.unit


def _share(amount: Amount, second: Amount) -> Amount:
    """First amount with the unit and, where it has none, the scale of the second."""
    if amount.kind not in {"none"} and amount.unit:
        return amount
    value = amount.value
    scale = second.reading.scale
    if amount.reading.scale == 1 and scale != 1 and value <= EXACT.divide(second.value, scale):
        value = EXACT.multiply(value, scale)
    return amount._replace(value=value, unit=second.unit, kind=second.kind)


def _carry(first: Amount, second: Amount) -> Amount:
    """Second end of a shortened range: "16 – 7%" is 16 to 17."""
    low, high = first.value, second.value
    if not (10 <= low < 100 and 0 <= high < 10 and high > low % 10) or low != low.to_integral_value():
        return second
    return second._replace(value=low - low % 10 + high)


def _is_labelled_pair(tokens: Sequence[Token], index: int) -> bool:
    """Whether "(mua vào - bán ra)" or the like follows, so that both numbers make a claim."""
    if tokens[index].key != "(":
        return False
    at, dashes = index + 1, 0
    while at < index + 10 and (is_lower_word(tokens[at]) or tokens[at].key in _DASHES | {"/"}):
        dashes += tokens[at].key in _DASHES | {"/"}
        at += 1
    return dashes == 1 and tokens[at].key == ")"
