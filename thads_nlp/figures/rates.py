"""Bare amounts of đồng that are prices for each: "tăng 50 đồng lên 22.590 VND/USD".

Rule of the annotation guidelines: a bare "đồng" is a price for each only where its sentence names what each.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from thads_nlp.figures.lexicon import CHANGES, vocabulary
from thads_nlp.schema import Quantity

_BARE, _RATE = "VND", "VND/USD"
# How an exchange rate is named without an amount.
_RATE_NAMES = ("USD/VND", "VND/USD")
# Đồng for a dollar since 2000, and the most that it moves in a day; their sentence may name the rate alone.
_RATES = Decimal(10_000), Decimal(40_000)
_MOVE = Decimal(1_000)
# Another price of the same goods lies within this factor; a change of it is at most this part of it.
_FACTOR, _PART = 2, 10
# Words that make an amount a change of a price, and how many words before it they may stand.
_MOVES = CHANGES | vocabulary("thêm nâng hạ cộng")
_REACH = 8


def with_rates(text: str, quantities: Sequence[Quantity]) -> list[Quantity]:
    """The quantities of a sentence, bare prices with the unit of the one price for each that it names.

    Args:
        text: the sentence.
        quantities: what it states, with offsets in ``text``.
    """
    levels = [quantity for quantity in quantities if quantity.unit.startswith(f"{_BARE}/")]
    units = {quantity.unit for quantity in levels}
    if not units and any(name in text for name in _RATE_NAMES):
        return [replace(one, unit=_RATE) if _is_rate(text, one) else one for one in quantities]
    if len(units) != 1:
        return list(quantities)
    (unit,) = units
    return [replace(one, unit=unit) if _is_price(text, one, levels) else one for one in quantities]


def _is_rate(text: str, quantity: Quantity) -> bool:
    """Whether an amount is an exchange rate, or moves one."""
    if quantity.unit not in {"", _BARE}:
        return False
    return _RATES[0] <= quantity.value <= _RATES[1] or (quantity.value <= _MOVE and _is_change(text, quantity))


def _is_price(text: str, quantity: Quantity, levels: Sequence[Quantity]) -> bool:
    """Whether a bare amount is as large as one of the prices, or a change that is small beside them."""
    if quantity.unit != _BARE:
        return False
    like = any(level.value / _FACTOR <= quantity.value <= level.value * _FACTOR for level in levels)
    small = all(quantity.value <= level.value / _PART for level in levels)
    return like or (small and _is_change(text, quantity))


def _is_change(text: str, quantity: Quantity) -> bool:
    """Whether a word of change stands before the amount, in its clause."""
    clause = text[: quantity.start].replace("; ", ", ").rpartition(", ")[2]
    return any(word in _MOVES for word in clause.casefold().split()[-_REACH:])
