"""Sums of terms with scale words: "1 triệu 200 nghìn", "ba nghìn hai trăm tỷ", "2 tỉ rưỡi"."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import NamedTuple

from thads_nlp.figures.digits import EXACT, DigitLiteral, read_digits
from thads_nlp.figures.fractions import read_fraction
from thads_nlp.figures.lexer import MARGIN, Token, is_joined
from thads_nlp.figures.lexicon import COUNTERS
from thads_nlp.figures.number_words import (
    BOUND_DIGITS,
    HALF,
    NOT_SCALES,
    ODD,
    SCALE_WORDS,
    SHORT_UNITS,
    read_behind_hundred,
    read_small,
)
from thads_nlp.figures.reading import HALF_VALUE, ONE, TEN, ZERO, Reading, form_of

# Letters set right behind digits, as in "100K", "1.2M", ".0012G".
_SUFFIXES = {"K": 3, "k": 3, "M": 6, "G": 9}

_POINTS = frozenset({"phẩy", "chấm"})


class _Term(NamedTuple):
    """A number before its scale words."""

    value: Decimal
    stop: int
    literal: DigitLiteral | None = None
    formal: bool = False


def read_sum(tokens: Sequence[Token], index: int) -> Reading | None:
    """Longest numeral that begins at token ``index``, without its sign; or None."""
    fraction = read_fraction(tokens, index)
    if fraction is not None:
        return fraction
    term = _read_term(tokens, index)
    if term is None:
        return None
    return _sum_terms(tokens, index, term)


def _read_term(tokens: Sequence[Token], index: int) -> _Term | None:
    token = tokens[index]
    if token.kind == "word":
        return _read_spelled_term(tokens, index)
    literal = read_digits(tokens, index)
    if literal is None:
        return None
    term = _Term(literal.value, literal.stop, literal)
    return _with_point(tokens, _with_suffix(tokens, term))


def _read_spelled_term(tokens: Sequence[Token], index: int) -> _Term | None:
    if tokens[index].key == "nửa":
        follower = tokens[index + 1].key
        return _Term(HALF_VALUE, index + 1) if follower in SCALE_WORDS else None
    small = read_small(tokens, index)
    if small is None:
        return None
    term = _with_point(tokens, _Term(Decimal(small.value), small.stop, formal=small.formal))
    if tokens[index].key == "không" and term.stop == index + 1:
        return None
    if small.value < 10 and term.stop == small.stop and tokens[term.stop].key in HALF:
        return term._replace(value=term.value + HALF_VALUE, stop=term.stop + 1)
    return term


def _with_suffix(tokens: Sequence[Token], term: _Term) -> _Term:
    """Digits with "K", "M", "G" right behind them, or "trăm"/"chục" as the next word."""
    token, literal = tokens[term.stop], term.literal
    if is_joined(tokens, term.stop) and token.text in _SUFFIXES and not _continues(tokens, term.stop + 1):
        return _Term(_scaled(term.value, _SUFFIXES[token.text]), term.stop + 1)
    if literal is None or literal.form != "integer" or literal.length > 2:
        return term
    if token.key == "chục":
        return _Term(_scaled(term.value, 1), term.stop + 1)
    if token.key == "trăm":
        small = read_behind_hundred(tokens, 100 * int(term.value), term.stop + 1)
        return _Term(Decimal(small.value), small.stop, formal=True)
    return term


def _continues(tokens: Sequence[Token], index: int) -> bool:
    """Whether letters or digits go on at ``index`` without a space."""
    return is_joined(tokens, index) and tokens[index].kind in {"word", "number"}


def _with_point(tokens: Sequence[Token], term: _Term) -> _Term:
    """Decimals said with "phẩy" or "chấm": "ba phẩy không năm", "hai phẩy 23", "ba phẩy mười bốn"."""
    if tokens[term.stop].key not in _POINTS or term.value != term.value.to_integral_value():
        return term
    digits: list[str] = []
    index = term.stop + 1
    while len(digits) <= MARGIN * 4:
        token = tokens[index]
        small = read_small(tokens, index)
        if token.kind == "number" and len(token.text) <= 9:
            digits.append(token.text)
            index += 1
            break
        if small is None:
            break
        digits.append(str(small.value))
        index = small.stop
        if small.value >= 10:
            break
    if not digits:
        return term
    return _Term(Decimal(f"{term.value.to_integral_value():f}.{''.join(digits)}"), index)


def _scaled(value: Decimal, exponent: int) -> Decimal:
    return EXACT.multiply(value, TEN**exponent)


class _Sum:
    """Terms of a sum with their scale exponents, largest first; a larger scale word takes in all smaller terms."""

    def __init__(self) -> None:
        self.terms: list[tuple[int, Decimal]] = []

    def add(self, exponent: int, value: Decimal | None) -> bool:
        """Scale ``value`` and the smaller terms by ``exponent``; False if there is nothing to scale."""
        if self.terms and self.terms[-1][0] == exponent:
            return False
        amount = value
        while self.terms and self.terms[-1][0] < exponent:
            smaller = self.terms.pop()[1]
            amount = smaller if amount is None else EXACT.add(smaller, amount)
        if amount is None:
            return False
        self.terms.append((exponent, _scaled(amount, exponent)))
        return True

    def total(self, rest: Decimal = ZERO) -> Decimal:
        """Value of all terms and ``rest``."""
        for _, amount in self.terms:
            rest = EXACT.add(rest, amount)
        return rest


def _sum_terms(tokens: Sequence[Token], first: int, term: _Term) -> Reading:
    """Scale words and further terms behind the first term."""
    parts, stop, scale = _Sum(), term.stop, ONE
    value: Decimal | None = _unambiguous(tokens, term)
    while True:
        exponent = _scale_word(tokens, stop)
        if exponent is None or not parts.add(exponent, value):
            break
        scale = TEN**exponent if value is not None else _scaled(scale, exponent)
        stop, value = stop + 1, None
        tail = _read_tail(tokens, stop, exponent)
        if tail is not None:
            return _finish(tokens, first, tail.stop, parts.total(tail.value), scale, term)
        further = _read_further(tokens, stop, exponent)
        if further is not None:
            stop, value = further.stop, further.value
    rest = _Term(value or ZERO, stop)
    if parts.terms:
        rest = _with_point(tokens, rest)
    return _finish(tokens, first, rest.stop, parts.total(rest.value), scale, term)


def _unambiguous(tokens: Sequence[Token], term: _Term) -> Decimal:
    """Value of a term; before a scale word a comma is always a decimal comma ("1,230 tỷ" is 1.23 billion)."""
    literal = term.literal
    if literal is None or literal.other is None or term.stop != literal.stop or literal.value <= literal.other:
        return term.value
    comma = tokens[term.stop - 2].key == ","
    return literal.other if comma and _scale_word(tokens, term.stop) is not None else term.value


def _scale_word(tokens: Sequence[Token], index: int) -> int | None:
    """Exponent of the scale word at ``index``; "tr" counts right behind digits or before "đ"/"đồng"."""
    key = tokens[index].key
    if key == "tr" and (is_joined(tokens, index) or tokens[index + 1].key in {"đ", "đồng"}):
        return 6
    exponent = SCALE_WORDS.get(key)
    return None if exponent is None or tokens[index + 1].key in NOT_SCALES.get(key, ()) else exponent


def _read_tail(tokens: Sequence[Token], index: int, exponent: int) -> _Term | None:
    """What "rưỡi", "lẻ hai" or a short digit behind a scale word adds."""
    key, after = tokens[index].key, tokens[index + 1]
    if key in HALF:
        return _Term(EXACT.multiply(HALF_VALUE, TEN**exponent), index + 1)
    if key in ODD:
        small = read_small(tokens, index + 1)
        digit = BOUND_DIGITS.get(after.key) if small is None else small.value
        stop = index + 2 if small is None else small.stop
        if digit is None or _scale_word(tokens, stop) is not None:
            return None
        return _with_point(tokens, _Term(Decimal(digit), stop))
    if key in SHORT_UNITS and (key in BOUND_DIGITS or _stands_alone(tokens, index)):
        return _Term(_scaled(Decimal(SHORT_UNITS[key]), exponent - 1), index + 1)
    return None


def _stands_alone(tokens: Sequence[Token], index: int) -> bool:
    """Whether the digit word at ``index`` is no part of a longer numeral and counts no noun of its own."""
    small = read_small(tokens, index)
    after = tokens[index + 1]
    if small is None or small.stop != index + 1 or _scale_word(tokens, index + 1) is not None:
        return False
    return after.key not in COUNTERS and after.key not in _POINTS and after.key != "phần"


def _read_further(tokens: Sequence[Token], index: int, exponent: int) -> _Term | None:
    """Next term of a sum behind a scale word of 10^``exponent``, if it belongs to the same number."""
    token = tokens[index]
    if token.kind == "word":
        # "hai triệu lẻ ba nghìn": the odd word may also stand before a term that has a scale word.
        return _read_further_words(tokens, index + (token.key in ODD), exponent)
    if token.kind != "number":
        return None
    term = _read_term(tokens, index)
    if term is None or term.value >= TEN**exponent:
        return None
    following = _scale_word(tokens, term.stop)
    if following is not None:
        return term if following < exponent or (exponent == 3 < following and term.value < 1000) else None
    if term.literal is None or term.literal.form != "integer":
        return None
    grouped = term.literal.stop - index > 1
    return term if grouped or (exponent == 3 and term.literal.length == 3) else None


def _read_further_words(tokens: Sequence[Token], index: int, exponent: int) -> _Term | None:
    small = read_small(tokens, index)
    if small is None:
        return None
    following = _scale_word(tokens, small.stop)
    term = _Term(Decimal(small.value), small.stop, formal=small.formal)
    if following is not None:
        return term if following != exponent else None
    return term if small.formal or small.value >= 10 else None


def _finish(tokens: Sequence[Token], first: int, stop: int, value: Decimal, scale: Decimal, term: _Term) -> Reading:
    literal = term.literal
    if literal is None:
        spelled = all(token.kind == "word" for token in tokens[first:stop])
        return Reading(first, stop, value, scale, spelled=spelled, form=form_of(value))
    plain = stop == literal.stop
    return Reading(
        first, stop, value, scale,
        other=literal.other if plain else None,
        form=literal.form if plain or literal.form == "broken" else form_of(value),
        length=literal.length,
        padded=len(tokens[first].text) > 1 and tokens[first].text[0] == "0",
    )  # fmt: skip
