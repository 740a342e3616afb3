"""What the grammar of numerals reads: a value over tokens, with all that later steps ask about its form."""

from __future__ import annotations

from decimal import Decimal
from typing import Literal, NamedTuple

# "broken" are digits with separators that make no number; "multiple" is "gấp đôi".
NumeralForm = Literal["integer", "decimal", "fraction", "multiple", "roman", "broken"]

ZERO, ONE, TEN = Decimal(0), Decimal(1), Decimal(10)
HALF_VALUE = Decimal("0.5")


class Reading(NamedTuple):
    """A numeral over token indices ``first`` to ``stop`` (exclusive).

    ``scale`` is the product of the scale words of its last term ("3 nghìn tỷ": 10^12), 1 without any; ``other`` the
    second reading of an ambiguous separator; ``spelled`` says that there is no digit in it; ``length`` counts written
    digits; ``parts`` are numerator and denominator of a fraction in digits; ``padded`` digits begin with a zero.
    """

    first: int
    stop: int
    value: Decimal
    scale: Decimal = ONE
    other: Decimal | None = None
    spelled: bool = False
    form: NumeralForm = "integer"
    length: int = 0
    parts: tuple[Decimal, Decimal] | None = None
    padded: bool = False


def form_of(value: Decimal) -> NumeralForm:
    """Whether a value is whole."""
    return "integer" if value == value.to_integral_value() else "decimal"
