"""Numerals: digits and number words to exact decimals, with offsets.

The grammar, over tokens::

    numeral  := [sign] (fraction | sum)
    sum      := term scale* (term scale+)* [tail]          "1 triệu 200 nghìn", "ba nghìn hai trăm tỷ"
    term     := digits [suffix | "trăm" | "chục"] | small | small ("phẩy" | "chấm") decimals | "nửa" before a scale
    tail     := "rưỡi" | ("linh" | "lẻ") digit | short     "2 tỉ rưỡi", "một nghìn lẻ hai", "nghìn tám"
    fraction := digits "/" digits | "¼" | small "phần" small
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal, NamedTuple

from thads_nlp.figures.classifiers import COUNTERS
from thads_nlp.figures.digits import EXACT, DigitLiteral, divide, read_digits, read_vulgar
from thads_nlp.figures.lexer import MARGIN, Token, is_capital, is_joined, is_lower_word, tokenize
from thads_nlp.figures.number_words import (
    BOUND_DIGITS,
    DIGITS,
    HALF,
    ODD,
    SCALE_WORDS,
    SHORT_UNITS,
    read_behind_hundred,
    read_small,
)

NumeralForm = Literal["integer", "decimal", "fraction", "broken", "roman"]

ZERO, ONE, TEN = Decimal(0), Decimal(1), Decimal(10)
_HALF = Decimal("0.5")

_BEGINNINGS = frozenset({*DIGITS, "mười", "hăm", "nửa"})

# Letters set right behind digits, as in "100K", "1.2M", ".0012G".
_SUFFIXES = {"K": 3, "k": 3, "M": 6, "G": 9}

_SIGNS = frozenset({"-", "−", "–", "âm"})
_POINTS = frozenset({"phẩy", "chấm"})

# Single words that are a number wherever a lower-case word follows them; the other digits need a counter.
_FREE_WORDS = frozenset({"một", "hai", "bốn", "sáu", "bảy", "bẩy", "tám", "mười"})

# Words that are a number only where nothing else is said.
_LONE_WORDS = BOUND_DIGITS | {"không": 0, "trăm": 100, "chục": 10}

# "một" before these is an article or part of a pronoun, no count.
_INDEFINITE = frozenset(
    {"số", "vài", "ít", "chút", "cách", "mình", "loạt", "mực", "chiều", "mạch", "khi", "bên", "mặt"}
)

# Behind these every digit word is a number: "thứ ba", "tháng năm".
_CALENDAR_HEADS = frozenset({"thứ", "tháng"})

_ROMAN = re.compile(r"(?=[IVXL])X{0,3}(?:IX|IV|V?I{0,3})")
_ROMAN_DIGITS = {"I": 1, "V": 5, "X": 10}
_ROMAN_HEADS = frozenset({"quý", "kỷ", "khóa", "khoá", "thứ", "lần", "chương", "phần", "cấp", "đợt", "hạng", "loại"})


class Reading(NamedTuple):
    """A numeral as the grammar reads it, over token indices ``first`` to ``stop`` (exclusive).

    ``scale`` is the product of the scale words that its last term has ("3 nghìn tỷ": 10^12), 1 without any;
    ``other`` the second reading of an ambiguous separator; ``spelled`` says that there is no digit in it;
    ``length`` counts written digits; ``parts`` are numerator and denominator of a fraction in digits.
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
    leading_zero: bool = False


@dataclass(frozen=True, slots=True)
class Numeral:
    """A number of a text: ``text`` is the slice ``start:end``, ``value`` its exact decimal (fractions: 6 places)."""

    start: int
    end: int
    text: str
    value: Decimal


class _Term(NamedTuple):
    """A number before its scale words."""

    value: Decimal
    stop: int
    literal: DigitLiteral | None = None
    formal: bool = False


def find_numerals(text: str) -> tuple[Numeral, ...]:
    """All numerals of ``text`` in reading order, without overlap; words such as "năm" only where they are numbers.

    Raises nothing; time is linear in the length of ``text``.
    """
    tokens = tokenize(text)
    return tuple(
        Numeral(tokens[item.first].start, tokens[item.stop - 1].end, _surface(text, tokens, item), item.value)
        for item in read_numerals(tokens)
    )


def parse_number(text: str) -> Decimal | None:
    """Value of a text that is one numeral and nothing else ("1 triệu 200 nghìn", "âm 5", ",77"), or None."""
    tokens = tokenize(text)
    count = len(tokens) - 2 * MARGIN
    if not count:
        return None
    stop = MARGIN + count
    if count == 1 and tokens[MARGIN].key in SCALE_WORDS:
        return TEN ** SCALE_WORDS[tokens[MARGIN].key]
    if count == 1 and tokens[MARGIN].key in _LONE_WORDS:
        return Decimal(_LONE_WORDS[tokens[MARGIN].key])
    sign = tokens[MARGIN].key
    first = MARGIN + (sign in _SIGNS or sign == "+")
    reading = read_numeral(tokens, first)
    if reading is None or reading.stop != stop or reading.form == "broken":
        return None
    return -reading.value if sign in _SIGNS else reading.value


def read_numerals(tokens: Sequence[Token]) -> list[Reading]:
    """Readings of all numerals among ``tokens``, in order."""
    readings: list[Reading] = []
    index, end = MARGIN, len(tokens) - MARGIN
    while index < end:
        token = tokens[index]
        reading = read_numeral(tokens, index) if _may_begin(token) else _read_roman(tokens, index)
        if reading is None:
            index += 1
            continue
        index = reading.stop
        if reading.spelled and not _is_number_here(tokens, reading):
            index = _skip_vague(tokens, reading)
            continue
        readings.append(_with_sign(tokens, reading))
    return readings


def read_numeral(tokens: Sequence[Token], index: int) -> Reading | None:
    """Longest numeral that begins at token ``index``, without its sign; or None."""
    fraction = _read_fraction(tokens, index)
    if fraction is not None:
        return fraction
    term = _read_term(tokens, index)
    if term is None:
        return None
    return _read_sum(tokens, index, term)


def _surface(text: str, tokens: Sequence[Token], reading: Reading) -> str:
    return text[tokens[reading.first].start : tokens[reading.stop - 1].end]


def _may_begin(token: Token) -> bool:
    if token.kind == "number":
        return True
    if token.kind == "word":
        return token.key in _BEGINNINGS
    return token.key in {".", ","} or not token.key.isascii()


def _read_roman(tokens: Sequence[Token], index: int) -> Reading | None:
    """Roman numeral behind a noun that takes one ("quý III", "khóa XIV")."""
    text = tokens[index].text
    if tokens[index - 1].key not in _ROMAN_HEADS or not _ROMAN.fullmatch(text):
        return None
    values = [_ROMAN_DIGITS[letter] for letter in text]
    value = sum(-one if one < following else one for one, following in zip(values, [*values[1:], 0], strict=True))
    return Reading(index, index + 1, Decimal(value), spelled=True, form="roman")


def _read_fraction(tokens: Sequence[Token], index: int) -> Reading | None:
    token = tokens[index]
    vulgar = read_vulgar(token)
    if vulgar is not None:
        return Reading(index, index + 1, vulgar, form="fraction")
    if token.kind == "number" and len(token.text) < 9:
        return _read_digit_fraction(tokens, index)
    return _read_spelled_fraction(tokens, index)


def _read_digit_fraction(tokens: Sequence[Token], index: int) -> Reading | None:
    """ "3/76" and "1½"; not a part of "29/5/2020" or "84/2020/NQ"."""
    head, slash, tail = tokens[index], tokens[index + 1], tokens[index + 2]
    vulgar = read_vulgar(slash)
    if vulgar is not None:
        return Reading(index, index + 2, EXACT.add(Decimal(head.text), vulgar), form="fraction")
    if slash.key not in {"/", "⁄"} or tail.kind != "number" or len(tail.text) >= 9 or slash.spaced != tail.spaced:
        return None
    if tokens[index - 1].key == "/" or (tokens[index + 3].key in {"/", "-"} and is_joined(tokens, index + 3)):
        return None
    numerator, denominator = Decimal(head.text), Decimal(tail.text)
    if not denominator or (tokens[index + 3].key in {",", "."} and tokens[index + 4].kind == "number"):
        return None
    value = divide(numerator, denominator)
    return Reading(index, index + 3, value, form="fraction", length=9, parts=(numerator, denominator))


def _read_spelled_fraction(tokens: Sequence[Token], index: int) -> Reading | None:
    """ "hai phần ba", "1 phần 3"; "ba phần trăm" is a percentage."""
    if tokens[index + 1].key != "phần" or tokens[index + 2].key == "trăm":
        return None
    numerator = read_small(tokens, index)
    denominator = read_small(tokens, index + 2)
    if denominator is None and tokens[index + 2].key == "tư":
        return _spelled_fraction(index, index + 3, numerator.value if numerator else 0, 4)
    if numerator is None or denominator is None or numerator.stop != index + 1 or is_capital(tokens[index + 2]):
        return None
    return _spelled_fraction(index, denominator.stop, numerator.value, denominator.value)


def _spelled_fraction(first: int, stop: int, numerator: int, denominator: int) -> Reading | None:
    if not 0 < numerator < denominator:
        return None
    parts = (Decimal(numerator), Decimal(denominator))
    return Reading(first, stop, divide(*parts), form="fraction", spelled=True, parts=parts)


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
        return _Term(_HALF, index + 1) if follower in SCALE_WORDS else None
    small = read_small(tokens, index)
    if small is None:
        return None
    term = _with_point(tokens, _Term(Decimal(small.value), small.stop, formal=small.formal))
    if tokens[index].key == "không" and term.stop == index + 1:
        return None
    if small.value < 10 and term.stop == small.stop and tokens[term.stop].key in HALF:
        return term._replace(value=term.value + _HALF, stop=term.stop + 1)
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
    digits, index = [], term.stop + 1
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
    return _Term(Decimal(f"{term.value:f}.{''.join(digits)}"), index)


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

    @property
    def lowest(self) -> int:
        """Exponent of the last scale word."""
        return self.terms[-1][0] if self.terms else 0

    def total(self, rest: Decimal = ZERO) -> Decimal:
        """Value of all terms and ``rest``."""
        for _, amount in self.terms:
            rest = EXACT.add(rest, amount)
        return rest


def _read_sum(tokens: Sequence[Token], first: int, term: _Term) -> Reading:
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
    return _finish(tokens, first, stop, parts.total(value or ZERO), scale, term)


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
    return SCALE_WORDS.get(key)


def _read_tail(tokens: Sequence[Token], index: int, exponent: int) -> _Term | None:
    """ "rưỡi", "lẻ hai" or a short digit behind a scale word; its value is what it adds."""
    key, after = tokens[index].key, tokens[index + 1]
    if key in HALF:
        return _Term(EXACT.multiply(_HALF, TEN**exponent), index + 1)
    if key in ODD:
        small = read_small(tokens, index + 1)
        digit = BOUND_DIGITS.get(after.key) if small is None else small.value
        return None if digit is None else _Term(Decimal(digit), small.stop if small else index + 2)
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
        return _read_further_words(tokens, index, exponent)
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
        return term if following < exponent or exponent == 3 < following else None
    return term if small.formal or small.value >= 10 else None


def _finish(tokens: Sequence[Token], first: int, stop: int, value: Decimal, scale: Decimal, term: _Term) -> Reading:
    literal = term.literal
    if literal is None:
        spelled = all(token.kind == "word" for token in tokens[first:stop])
        return Reading(first, stop, value, scale, spelled=spelled, form=_form(value))
    plain = stop == literal.stop
    return Reading(
        first, stop, value, scale,
        other=literal.other if plain else None,
        form=literal.form if plain or literal.form == "broken" else _form(value),
        length=literal.length,
        leading_zero=len(tokens[first].text) > 1 and tokens[first].text[0] == "0",
    )  # fmt: skip


def _form(value: Decimal) -> NumeralForm:
    return "integer" if value == value.to_integral_value() else "decimal"


def _with_sign(tokens: Sequence[Token], reading: Reading) -> Reading:
    """Take in "âm" or a minus sign that is glued to the number and to nothing else."""
    before, earlier = tokens[reading.first - 1], tokens[reading.first - 2]
    minus = before.key in _SIGNS and not tokens[reading.first].spaced and before.kind == "symbol"
    glued = not before.spaced and earlier.key not in {"(", "[", ""}
    if before.key == "âm" or (minus and not glued and not _is_model(earlier)):
        other = None if reading.other is None else -reading.other
        return reading._replace(first=reading.first - 1, value=-reading.value, other=other)
    return reading


def _is_model(token: Token) -> bool:
    """Whether a hyphen behind this word joins a model number ("S -400", "Su -35")."""
    return is_capital(token)


def _is_number_here(tokens: Sequence[Token], reading: Reading) -> bool:
    """Whether a spelled numeral is meant as a number: compounds always, single words by their neighbours."""
    if reading.stop - reading.first > 1:
        return True
    token, after, before = tokens[reading.first], tokens[reading.stop], tokens[reading.first - 1]
    if before.key in _CALENDAR_HEADS:
        return True
    if is_capital(token) and before.kind == "word":
        return False
    if after.key in DIGITS and after.key != "không" and not read_scaled(tokens, reading.stop):
        return False
    if token.key == "một":
        return after.key not in _INDEFINITE and is_lower_word(after)
    if token.key in _FREE_WORDS:
        return is_lower_word(after) or after.text in {"%", "USD"}
    return after.key in COUNTERS and before.key not in {"trong", "mỗi", "cả", "nửa"}


def read_scaled(tokens: Sequence[Token], index: int) -> bool:
    """Whether a compound numeral stands at ``index``, so that the word before it is none of its digits."""
    reading = read_numeral(tokens, index)
    return reading is not None and reading.stop > index + 1


def _skip_vague(tokens: Sequence[Token], reading: Reading) -> int:
    """Token behind a word that is no number; both words of a vague pair ("hai ba người") are skipped."""
    after = tokens[reading.stop]
    if reading.stop - reading.first == 1 and after.key in DIGITS and after.key not in {"không", "năm"}:
        return reading.stop + (not read_scaled(tokens, reading.stop))
    return reading.stop
