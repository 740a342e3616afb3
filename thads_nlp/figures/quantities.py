"""Quantities: every number expression of a text with its unit, range, approximation and kind.

``find_quantities`` reads numerals in order and asks of each, in turn: is it a date or time (``calendar``)? has it a
unit behind or before it, or a counted noun (``amounts``, ``nouns``)? is it a name or label (``references``)? does it
share a unit with the number behind it (``ranges``), or take one from what was said before (``context``)? What has a
unit is a reported figure unless its unit or its place says otherwise (``kinds``).
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from thads_nlp.figures.amounts import Amount, read_amount
from thads_nlp.figures.calendar import Moment, read_moment
from thads_nlp.figures.context import Said, continue_list, inherit_unit, is_whole_of
from thads_nlp.figures.hedges import is_place, read_hedge
from thads_nlp.figures.kinds import kind_of
from thads_nlp.figures.lexer import Source, tokenize
from thads_nlp.figures.lexicon import COUNTERS
from thads_nlp.figures.numerals import may_hold_number, read_numerals
from thads_nlp.figures.ranges import LONGEST_LIST, Pair, borrow_unit, read_pair, read_part_of_whole
from thads_nlp.figures.reading import Reading
from thads_nlp.figures.references import Reference, is_exponent, is_part_of_name, read_reference
from thads_nlp.figures.units import normalize_unit
from thads_nlp.schema import Approx, Quantity, QuantityKind
from thads_nlp.text.segment import Word


def find_quantities(text: str, words: Sequence[Word] | None = None) -> tuple[Quantity, ...]:
    """All number expressions of ``text`` in reading order, without overlap; linear in ``len(text)``.

    Args:
        text: One sentence, or any text; NFC as the rest of the package has it.
        words: Its words if it is segmented already; else the few syllables behind bare counts are segmented here.

    Returns:
        Quantities whose ``start`` and ``end`` are offsets into ``text``. ``kind`` is "quantity" for reported figures.
        Two numbers that share a unit ("36,50 - 36,68 triệu đồng/lượng") are two quantities; the first has the number
        alone as its text. Values of dates and times are those of ``figures.calendar``.
    """
    if not may_hold_number(text):
        return ()
    ends = None if words is None else {word.start: word.end for word in words}
    return tuple(_Finder(Source(text, tokenize(text), ends)).run())


def same_quantity(a: Quantity, b: Quantity) -> bool:
    """Whether two quantities state the same: equal values (and upper ends) and units that compare equal."""
    if a.value != b.value or a.value_high != b.value_high:
        return False
    return a.unit == b.unit or normalize_unit(a.unit) == normalize_unit(b.unit)


class _Finder:
    """One pass over the numerals of a text."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.text = source.text
        self.tokens = source.tokens
        self.readings: list[Reading] = read_numerals(self.tokens)
        self.found: list[Quantity] = []
        self.stop = 0
        self.moment: Moment | None = None
        self.said = Said()

    def run(self) -> list[Quantity]:
        """Quantities of the text in order."""
        for index, reading in enumerate(self.readings):
            if reading.first >= self.stop:
                self._take(index, reading)
        return self.found

    def _take(self, index: int, reading: Reading) -> None:
        """Read the expression that begins with a numeral."""
        moment = read_moment(self.tokens, reading) or continue_list(self.tokens, reading, self.moment)
        if is_exponent(self.tokens, reading):
            return
        if moment is not None:
            self.moment = moment
            self._add(moment.first, moment.stop, moment.value, moment.unit, moment.kind)
            return
        amount = read_amount(self.source, reading, self.stop)
        reference = None
        if amount.kind in {"none", "fraction", "noun"}:
            reference = read_reference(self.tokens, reading, counts=amount.kind == "noun")
            if reference is None and self._is_label_list(reading, amount):
                reference = Reference("code", reading.first, reading.stop)
        elif amount.first == reading.first and is_part_of_name(self.tokens, reading):
            reference = Reference("code", reading.first, reading.stop)
        if reference is not None:
            self._add(reference.first, reference.stop, reading.value, "", reference.kind)
            return
        pair = self._pair(index, amount)
        if pair is not None:
            self._add_pair(pair)
            return
        followers = self.readings[index + 1 : index + 1 + LONGEST_LIST]
        amount = borrow_unit(self.source, amount, followers)
        self._add_amount(inherit_unit(self.source, amount, self.said))

    def _is_label_list(self, reading: Reading, amount: Amount) -> bool:
        """Whether a number goes on a list of labels ("tiểu khu 83, 90") and counts nothing by a classifier."""
        if not self.found or self.found[-1].kind != "code" or reading.first != self.stop + 1:
            return False
        joint, counted = self.tokens[self.stop].key, self.tokens[reading.stop].key in COUNTERS
        return joint in {",", "và", "-", "–"} and not counted and amount.reading.scale == 1

    def _pair(self, index: int, amount: Amount) -> Pair | None:
        if amount.kind in {"fraction", "none"}:
            split = read_part_of_whole(self.source, amount.reading)
            if split is not None:
                return split
        if index + 1 == len(self.readings):
            return None
        return read_pair(self.source, amount, self.readings[index + 1])

    def _add_pair(self, pair: Pair) -> None:
        if not pair.is_range:
            self._add_amount(pair.low)
            self._add_amount(pair.high)
            return
        approx = self._hedge(pair.low._replace(stop=pair.high.stop))
        kind = kind_of(self.tokens, pair.low._replace(stop=pair.high.stop), approx)
        self._add(pair.low.first, pair.high.stop, pair.low.value, pair.high.unit, kind, approx, pair.high.value)
        self._remember(pair.high)

    def _add_amount(self, amount: Amount) -> None:
        if amount.kind == "none" and amount.reading.spelled:
            return
        approx = self._hedge(amount)
        self._add(amount.first, amount.stop, amount.value, amount.unit, kind_of(self.tokens, amount, approx), approx)
        self._remember(amount)

    def _remember(self, amount: Amount) -> None:
        """Keep the last amount and the last level, from which a bare number may take its unit."""
        if amount.unit:
            self.said = self.said.followed_by(amount)

    def _hedge(self, amount: Amount) -> Approx | None:
        if amount.kind in {"noun", "none"} and is_place(self.tokens, amount.first, int(amount.value)):
            return None
        if amount.kind == "noun" and is_whole_of(self.tokens, amount, self.said.last):
            return None
        return read_hedge(self.tokens, amount.first, amount.stop, amount.kind)

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
