"""Numerals: digits and number words to exact decimals, with offsets.

The grammar, over tokens::

    numeral  := [sign] (fraction | sum) | multiple | roman
    sum      := term scale* (term scale+)* [tail]          "1 triệu 200 nghìn", "ba nghìn hai trăm tỷ"
    term     := digits [suffix | "trăm" | "chục"] | small | small ("phẩy" | "chấm") decimals | "nửa" before a scale
    tail     := "rưỡi" | ("linh" | "lẻ") digit | short     "2 tỉ rưỡi", "một nghìn lẻ hai", "nghìn tám"
    fraction := digits "/" digits | "¼" | small "phần" small | "một nửa"

Digits are read in ``digits``, words below a thousand in ``number_words``, sums in ``sums``, the rest in ``fractions``.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from thads_nlp.figures.fractions import read_multiple, read_roman
from thads_nlp.figures.lexer import MARGIN, Token, is_capital, is_lower_word, tokenize
from thads_nlp.figures.lexicon import COUNTERS, vocabulary
from thads_nlp.figures.number_words import BOUND_DIGITS, DIGITS, NOT_SCALES, SCALE_WORDS
from thads_nlp.figures.reading import TEN, Reading
from thads_nlp.figures.sums import read_sum
from thads_nlp.figures.units import read_unit

_BEGINNINGS = frozenset({*DIGITS, *BOUND_DIGITS, "mười", "hăm", "nửa"})

# A digit, a vulgar fraction, a Roman digit, or a word that can begin a numeral; "không" alone never is one.
_ANY_NUMBER = re.compile(
    rf"[0-9\u00bc-\u00be\u2150-\u2189]|\b[IVX]+\b|không\s+(?:trăm|phẩy|chấm)"
    rf"|\b(?:{'|'.join(sorted((_BEGINNINGS | {'gấp', 'nhân'}) - {'không'}))})\b",
    re.IGNORECASE,
)

_SIGNS = vocabulary("- − – âm")

# Words that are a number only where nothing else is said.
_LONE_WORDS = BOUND_DIGITS | {"không": 0, "trăm": 100, "chục": 10}

# Scale words that may open a number without its "một": "trăm hai", "tỷ rưỡi".
_OPENING_SCALES = frozenset({"trăm", *SCALE_WORDS})

# Single words that are a number wherever a lower-case word follows them; the other digits need a counter.
_FREE_WORDS = vocabulary("một hai bốn sáu bảy bẩy tám mười")

# "một" before these is an article or part of a pronoun, no count.
_INDEFINITE = vocabulary("số vài ít chút cách mình loạt mực chiều mạch khi bên mặt lúc trong cái cõi thể")

# First syllables behind which "năm" is a year: "năm công tác", "năm học", "năm đối tác".
_YEAR_NOUNS = vocabulary(
    "công học đối thành quốc doanh gia giải tiêu yếu bị nạn đơn chương việc tài phần trường máy thế"
)

# Behind these every digit word is a number: "thứ ba", "tháng năm".
_CALENDAR_HEADS = vocabulary("thứ tháng")

# Behind these a digit word is part of a vague number: "vài ba", "hàng chục năm", "mỗi năm".
_VAGUE_HEADS = vocabulary(
    """
    vài dăm đôi mấy nhiều chục trăm nghìn ngàn vạn triệu tỷ tỉ mươi trong mỗi cả nửa từng hàng hằng các những đầu cuối
    giữa suốt qua sang
    """
)


@dataclass(frozen=True, slots=True)
class Numeral:
    """A number of a text: ``text`` is the slice ``start:end``, ``value`` its exact decimal (fractions: 6 places)."""

    start: int
    end: int
    text: str
    value: Decimal


def find_numerals(text: str) -> tuple[Numeral, ...]:
    """All numerals of ``text`` in reading order, without overlap; words such as "năm" only where they are numbers.

    Raises nothing; time is linear in the length of ``text``.
    """
    tokens = tokenize(text)
    found = []
    for reading in read_numerals(tokens):
        start, end = tokens[reading.first].start, tokens[reading.stop - 1].end
        found.append(Numeral(start, end, text[start:end], reading.value))
    return tuple(found)


def may_hold_number(text: str) -> bool:
    """Whether any numeral can be in ``text``: False only where ``find_numerals`` finds none, and much faster."""
    return _ANY_NUMBER.search(text) is not None or not unicodedata.is_normalized("NFC", text)


def parse_number(text: str) -> Decimal | None:
    """Value of a text that is one numeral and nothing else ("1 triệu 200 nghìn", "âm 5", ",77"), or None."""
    tokens = tokenize(text)
    stop = len(tokens) - MARGIN
    if stop == MARGIN + 1:
        key = tokens[MARGIN].key
        if key in SCALE_WORDS:
            return TEN ** SCALE_WORDS[key]
        if key in _LONE_WORDS:
            return Decimal(_LONE_WORDS[key])
    sign = tokens[MARGIN].key
    if sign in _OPENING_SCALES:
        return parse_number(f"một {text}")
    reading = read_sum(tokens, MARGIN + (sign in _SIGNS or sign == "+"))
    if reading is None or reading.stop != stop or reading.form == "broken":
        return _parse_digit_pair(tokens, stop)
    return reading.value.copy_negate() if sign in _SIGNS else reading.value


def _parse_digit_pair(tokens: Sequence[Token], stop: int) -> Decimal | None:
    """Tens and unit said as two bare digits where nothing else is said: "hai sáu" is 26; None for anything else."""
    tens, unit = (DIGITS.get(token.key) for token in tokens[MARGIN : MARGIN + 2])
    return Decimal(10 * tens + unit) if tens and unit and stop == MARGIN + 2 else None


def read_numerals(tokens: Sequence[Token]) -> list[Reading]:
    """Readings of all numerals among ``tokens``, in order."""
    readings: list[Reading] = []
    index, end = MARGIN, len(tokens) - MARGIN
    while index < end:
        reading = _read_at(tokens, index)
        if reading is None:
            index += 1
            continue
        index = reading.stop
        if reading.spelled and not _is_number_here(tokens, reading):
            index = _skip_vague(tokens, reading)
            continue
        readings.append(_with_sign(tokens, reading))
    return readings


def _read_at(tokens: Sequence[Token], index: int) -> Reading | None:
    """Numeral of any form that begins at token ``index``."""
    token = tokens[index]
    if token.kind == "number":
        return read_sum(tokens, index)
    if token.kind == "symbol":
        return read_sum(tokens, index) if token.key in {".", ","} or not token.key.isascii() else None
    if token.key not in _BEGINNINGS:
        if token.key in {"gấp", "nhân"}:
            return read_multiple(tokens, index)
        return read_roman(tokens, index) if token.text[0] in "IVX" else None
    if token.key in BOUND_DIGITS:
        return _read_fourth(tokens, index)
    return read_sum(tokens, index)


def _read_fourth(tokens: Sequence[Token], index: int) -> Reading | None:
    """The four of "thứ tư" and "tháng tư"."""
    if tokens[index].key != "tư" or tokens[index - 1].key not in _CALENDAR_HEADS or is_capital(tokens[index]):
        return None
    return Reading(index, index + 1, Decimal(4), spelled=True)


def _with_sign(tokens: Sequence[Token], reading: Reading) -> Reading:
    """Take in "âm" or a minus sign that is glued to the number and to nothing else."""
    before, earlier = tokens[reading.first - 1], tokens[reading.first - 2]
    minus = before.key in _SIGNS and before.kind == "symbol" and not tokens[reading.first].spaced
    free = before.spaced or earlier.key in {"(", "[", ""}
    dash = is_capital(earlier) or "number" in {earlier.kind, tokens[reading.first - 3].kind}
    if before.key != "âm" and not (minus and free and not dash):
        return reading
    other = None if reading.other is None else reading.other.copy_negate()
    return reading._replace(first=reading.first - 1, value=reading.value.copy_negate(), other=other)


def _is_number_here(tokens: Sequence[Token], reading: Reading) -> bool:
    """Whether a spelled numeral is meant as a number: compounds always, single words by their neighbours."""
    if reading.stop - reading.first > 1 or reading.form != "integer":
        return True
    token, after, before = tokens[reading.first], tokens[reading.stop], tokens[reading.first - 1]
    if before.key in _CALENDAR_HEADS:
        return True
    if is_capital(token) and before.kind == "word":
        return False
    if after.key in DIGITS and after.key not in {"không", "năm"} and not _begins_compound(tokens, reading.stop):
        return False
    if token.key == "một":
        return after.key not in _INDEFINITE and is_lower_word(after)
    if before.key in {"vài", "dăm", "đôi", "mấy"}:
        return False
    if token.key in _FREE_WORDS:
        return is_lower_word(after) or after.text in {"%", "USD"}
    if is_lower_word(after) and after.key in NOT_SCALES:
        return True
    if token.key == "năm" and after.key in _YEAR_NOUNS:
        return False
    counts = after.key in COUNTERS or read_unit(tokens, reading.stop) is not None
    return counts and before.key not in _VAGUE_HEADS


def _begins_compound(tokens: Sequence[Token], index: int) -> bool:
    """Whether a compound numeral stands at ``index``, so that the word before it is none of its digits."""
    reading = read_sum(tokens, index)
    return reading is not None and reading.stop > index + 1


def _skip_vague(tokens: Sequence[Token], reading: Reading) -> int:
    """Token behind a word that is no number; both words of a vague pair ("hai ba người") are skipped."""
    after = tokens[reading.stop]
    if reading.stop - reading.first == 1 and after.key in DIGITS and after.key not in {"không", "năm"}:
        return reading.stop + (not _begins_compound(tokens, reading.stop))
    return reading.stop
