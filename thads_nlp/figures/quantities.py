"""Quantities: every number expression of a text with its unit, range, approximation and kind.

``find_quantities`` reads numerals in order and asks of each, in turn: is it a date or time (``calendar``), a unit
behind or before it (``amounts``), a name or label (``references``), a counted noun (``nouns``)? What has a unit is a
reported figure unless its unit or its place says otherwise.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING

from thads_nlp.figures.amounts import Amount, read_amount
from thads_nlp.figures.calendar import read_moment
from thads_nlp.figures.hedges import read_hedge
from thads_nlp.figures.kinds import kind_of
from thads_nlp.figures.lexer import Token, tokenize
from thads_nlp.figures.numerals import Reading, read_numerals
from thads_nlp.figures.ranges import Pair, read_pair
from thads_nlp.figures.references import read_reference
from thads_nlp.figures.units import normalize_unit
from thads_nlp.schema import Approx, Quantity, QuantityKind

if TYPE_CHECKING:
    from thads_nlp.text.segment import Word


def find_quantities(text: str, words: Sequence[Word] | None = None) -> tuple[Quantity, ...]:
    """All number expressions of ``text`` in reading order, without overlap.

    Args:
        text: One sentence, or any text; NFC as the rest of the package has it.
        words: Its words if it is segmented already; else the few syllables behind bare counts are segmented here.

    Returns:
        Quantities whose ``start`` and ``end`` are offsets into ``text``. ``kind`` is "quantity" for reported figures.
        Two numbers that share a unit ("36,50 - 36,68 triệu đồng/lượng") are two quantities; the first has the number
        alone as its text. Values of dates and times are those of ``figures.calendar``.
    """
    ends = None if words is None else {word.start: word.end for word in words}
    return tuple(_Finder(text, ends).run())


def same_quantity(a: Quantity, b: Quantity) -> bool:
    """Whether two quantities state the same: equal values (and upper ends) and units that compare equal."""
    if a.value != b.value or a.value_high != b.value_high:
        return False
    return a.unit == b.unit or normalize_unit(a.unit) == normalize_unit(b.unit)


class _Finder:
    """One pass over the numerals of a text."""

    def __init__(self, text: str, ends: Mapping[int, int] | None) -> None:
        self.text = text
        self.ends = ends
        self.tokens: list[Token] = tokenize(text)
        self.readings: list[Reading] = read_numerals(self.tokens)
        self.found: list[Quantity] = []
        self.stop = 0

    def run(self) -> list[Quantity]:
        """Quantities of the text in order."""
        index = 0
        while index < len(self.readings):
            if self.readings[index].first < self.stop:
                index += 1
                continue
            index += self._take(index)
        return self.found

    def _take(self, index: int) -> int:
        """Read the expression at reading ``index``; returns how many readings it used."""
        reading = self.readings[index]
        moment = read_moment(self.tokens, reading)
        if moment is not None:
            self._add(moment.first, moment.stop, moment.value, moment.unit, moment.kind)
            return 1
        amount = read_amount(self.text, self.tokens, reading, self.ends)
        following = self.readings[index + 1] if index + 1 < len(self.readings) else None
        if following is not None:
            pair = read_pair(self.text, self.tokens, amount, following, self.ends)
            if pair is not None:
                self._add_pair(pair)
                return 2
        reference = read_reference(self.tokens, reading) if not amount.unit or amount.kind == "noun" else None
        if reference is not None:
            self._add(reference.first, reference.stop, reading.value, "", reference.kind)
            return 1
        self._add_amount(amount)
        return 1

    def _add_pair(self, pair: Pair) -> None:
        low, high = pair.low, pair.high
        if pair.is_range:
            approx = read_hedge(self.tokens, low.first, high.stop)
            kind = kind_of(self.tokens, low, approx)
            self._add(low.first, high.stop, low.value, high.unit, kind, approx, high.value)
            return
        for amount in (low, high):
            self._add_amount(amount)

    def _add_amount(self, amount: Amount) -> None:
        approx = read_hedge(self.tokens, amount.first, amount.stop)
        self._add(amount.first, amount.stop, amount.value, amount.unit, kind_of(self.tokens, amount, approx), approx)

    def _add(
        self,
        first: int,
        stop: int,
        value: Decimal,
        unit: str,
        kind: QuantityKind,
        approx: Approx | None = None,
        high: Decimal | None = None,
    ) -> None:
        start, end = self.tokens[first].start, self.tokens[stop - 1].end
        self.found.append(Quantity(start, end, self.text[start:end], value, unit, high, approx, kind))
        self.stop = stop
