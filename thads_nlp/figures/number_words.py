"""Vietnamese number words below a thousand, in the spellings of both dialects."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from thads_nlp.figures.lexer import Token
from thads_nlp.figures.lexicon import vocabulary

# 0 to 9 where they begin a number.
DIGITS = {
    "không": 0, "một": 1, "hai": 2, "ba": 3, "bốn": 4, "năm": 5, "sáu": 6, "bảy": 7, "bẩy": 7, "tám": 8, "chín": 9,
}  # fmt: skip

# Forms that a unit takes only behind "mươi", "trăm", "linh" and the like.
BOUND_DIGITS = {"mốt": 1, "tư": 4, "lăm": 5, "nhăm": 5}

# "năm" is left out behind tens: "mười năm" and "hai mươi năm" are years; five is "lăm" or "nhăm" there.
_TEEN_UNITS = {key: digit for key, digit in DIGITS.items() if key not in {"không", "năm"}} | {
    "tư": 4, "lăm": 5, "nhăm": 5,
}  # fmt: skip
_TENS_UNITS = _TEEN_UNITS | {"mốt": 1}

# Behind "linh"/"lẻ" every digit is one, "năm" too: "một trăm lẻ năm" is 105.
_ODD_UNITS = {key: digit for key, digit in DIGITS.items() if key != "không"} | BOUND_DIGITS

# Tens (or hundreds) said by one digit behind a larger unit: "trăm hai" is 120, "nghìn tám" 1,800. "một" and "năm"
# are not among them: "một nghìn một cái" is a price for each, "hai trăm năm" two hundred years.
SHORT_UNITS = {key: digit for key, digit in DIGITS.items() if key not in {"không", "một", "năm"}} | BOUND_DIGITS

ODD = frozenset({"linh", "lẻ"})
HALF = frozenset({"rưỡi", "rưởi"})
SCALE_WORDS = {"nghìn": 3, "ngàn": 3, "vạn": 4, "triệu": 6, "tỷ": 9, "tỉ": 9}

# Second syllables of words that begin like a scale word: "hai tỷ phú", "ba triệu chứng", "một tỉ lệ".
_RATIOS = vocabulary("lệ số giá trọng phú suất mỉ thí phần")
NOT_SCALES = {
    "tỷ": _RATIOS,
    "tỉ": _RATIOS,
    "triệu": vocabulary("chứng tập phú hồi phong sơn vân"),
    "vạn": vocabulary("vật sự tuế hạnh thọ ninh thịnh phúc lý"),
}


class SmallNumber(NamedTuple):
    """A spelled number below a thousand up to token ``stop``; ``formal`` has its hundreds said ("không trăm …")."""

    value: int
    stop: int
    formal: bool


def read_small(tokens: Sequence[Token], index: int) -> SmallNumber | None:
    """Spelled number from 0 to 999 that begins at token ``index``, the longest that grammar allows; or None."""
    digit = DIGITS.get(tokens[index].key)
    if digit is not None and tokens[index + 1].key == "trăm":
        return read_behind_hundred(tokens, digit * 100, index + 2)
    return _read_below_hundred(tokens, index)


def read_behind_hundred(tokens: Sequence[Token], hundreds: int, index: int) -> SmallNumber:
    """What stands behind "trăm": "linh năm", "hai mươi mốt", "rưỡi", short tens ("trăm hai")."""
    key = tokens[index].key
    if key in ODD and tokens[index + 1].key in _ODD_UNITS:
        return SmallNumber(hundreds + _ODD_UNITS[tokens[index + 1].key], index + 2, True)
    if key in HALF:
        return SmallNumber(hundreds + 50, index + 1, True)
    rest = _read_below_hundred(tokens, index)
    if rest is not None and rest.value >= 10:
        return SmallNumber(hundreds + rest.value, rest.stop, True)
    if key in SHORT_UNITS and hundreds and tokens[index + 1].key != "trăm":
        unit = _bare_unit(tokens, index + 1)
        return SmallNumber(hundreds + 10 * SHORT_UNITS[key] + unit, index + 1 + (unit > 0), True)
    return SmallNumber(hundreds, index, True)


def _bare_unit(tokens: Sequence[Token], index: int) -> int:
    """Unit behind a short ten ("trăm hai ba" is 123); 0 where the word is none or begins another number."""
    after = tokens[index + 1].key
    goes_on = after in SCALE_WORDS or after in DIGITS or after in {"trăm", "mươi", "chục", "phần"}
    return 0 if goes_on else SHORT_UNITS.get(tokens[index].key, 0)


def _read_below_hundred(tokens: Sequence[Token], index: int) -> SmallNumber | None:
    key, after = tokens[index].key, tokens[index + 1].key
    if key == "mười":
        return _with_unit(tokens, 10, _TEEN_UNITS, index + 1)
    if key == "hăm" and after in _TENS_UNITS:
        return _with_unit(tokens, 20, _TENS_UNITS, index + 1)
    digit = DIGITS.get(key)
    if digit is None:
        return None
    if digit >= 2 and after == "mươi":
        return _with_unit(tokens, 10 * digit, _TENS_UNITS, index + 2)
    if digit >= 1 and after == "chục":
        return SmallNumber(10 * digit, index + 2, False)
    if digit >= 2 and after in BOUND_DIGITS:
        return SmallNumber(10 * digit + BOUND_DIGITS[after], index + 2, False)
    return SmallNumber(digit, index + 1, False)


def _with_unit(tokens: Sequence[Token], tens: int, units: dict[str, int], index: int) -> SmallNumber:
    """Tens with the unit behind them; "năm" counts as five only before a scale word ("hai mươi năm nghìn")."""
    key = tokens[index].key
    if key in units and tokens[index + 1].key != "trăm":
        return SmallNumber(tens + units[key], index + 1, False)
    if key == "năm" and tokens[index + 1].key in SCALE_WORDS:
        return SmallNumber(tens + 5, index + 1, False)
    return SmallNumber(tens, index, False)
