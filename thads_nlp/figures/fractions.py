"""Fractions, halves, multiples and Roman numerals."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal

from thads_nlp.figures.digits import EXACT, divide, read_vulgar
from thads_nlp.figures.lexer import Token, is_capital, is_joined
from thads_nlp.figures.lexicon import WHOLES, vocabulary
from thads_nlp.figures.number_words import DIGITS, read_small
from thads_nlp.figures.reading import HALF_VALUE, Reading

# Longest numerator or denominator; longer digits beside a slash are addresses or codes.
_LONGEST_PART = 8

# Words before which or behind which "nửa" is the number one half.
_HALF_HEADS = vocabulary("một quá hơn gần khoảng chừng ngót giảm còn mất chiếm bằng đến tới")

# "gấp đôi" and "gấp ba" have no "lần"; behind these a digit word goes on as a numeral of its own.
_MULTIPLES = {"đôi": Decimal(2), "rưỡi": Decimal("1.5")}
_GOES_ON = vocabulary("lần mươi trăm nghìn ngàn phẩy chấm rưỡi chục , hoặc đến -")

_ROMAN = re.compile(r"(?=[IVX])X{0,3}(?:IX|IV|V?I{0,3})")
_ROMAN_DIGITS = {"I": 1, "V": 5, "X": 10}
_ROMAN_HEADS = vocabulary("quý kỷ khóa khoá thứ lần chương phần cấp đợt hạng loại kỳ")


def read_fraction(tokens: Sequence[Token], index: int) -> Reading | None:
    """Fraction in digits or words, or a half, that begins at token ``index``."""
    token = tokens[index]
    if token.kind == "word":
        return _read_half(tokens, index) or _read_spelled(tokens, index)
    vulgar = read_vulgar(token)
    if vulgar is not None:
        return Reading(index, index + 1, vulgar, form="fraction")
    if token.kind != "number" or len(token.text) > _LONGEST_PART:
        return None
    return _read_digits(tokens, index) or _read_spelled(tokens, index)


def _read_digits(tokens: Sequence[Token], index: int) -> Reading | None:
    """Fraction such as "3/76" or "1½"; not a part of "29/5/2020" or "84/2020/NQ"."""
    head, slash, tail = tokens[index], tokens[index + 1], tokens[index + 2]
    vulgar = read_vulgar(slash)
    if vulgar is not None:
        return Reading(index, index + 2, EXACT.add(Decimal(head.text), vulgar), form="fraction")
    if slash.key not in {"/", "⁄"} or tail.kind != "number" or slash.spaced != tail.spaced:
        return None
    if len(tail.text) > _LONGEST_PART or tokens[index - 1].key == "/" or _is_longer_code(tokens, index + 3):
        return None
    numerator, denominator = Decimal(head.text), Decimal(tail.text)
    if not denominator:
        return None
    padded = head.text[0] == "0" or tail.text[0] == "0"
    parts = (numerator, denominator)
    return Reading(index, index + 3, divide(*parts), form="fraction", parts=parts, padded=padded)


def _is_longer_code(tokens: Sequence[Token], index: int) -> bool:
    """Whether a slash, hyphen, letter or decimal mark goes on right behind a fraction."""
    sign, after = tokens[index], tokens[index + 1]
    if not is_joined(tokens, index):
        return sign.key == "/" and after.kind == "number"
    if sign.key in {".", ","}:
        return after.kind == "number" and not after.spaced
    return sign.key in {"/", "-"} and not after.spaced and after.kind != "edge"


def _read_spelled(tokens: Sequence[Token], index: int) -> Reading | None:
    """Fraction such as "hai phần ba" or "1 phần 3"; "ba phần trăm" is a percentage."""
    if tokens[index + 1].key != "phần" or tokens[index + 2].key == "trăm":
        return None
    numerator, denominator = _part(tokens, index), _part(tokens, index + 2)
    if numerator is None or denominator is None or not 0 < numerator[0] < denominator[0]:
        return None
    parts = (Decimal(numerator[0]), Decimal(denominator[0]))
    spelled = tokens[index].kind == "word"
    return Reading(index, denominator[1], divide(*parts), form="fraction", spelled=spelled, parts=parts)


def _part(tokens: Sequence[Token], index: int) -> tuple[int, int] | None:
    """Value of a part of a spelled fraction and the token behind it."""
    token = tokens[index]
    if token.kind == "number" and len(token.text) <= 2:
        return int(token.text), index + 1
    if token.key == "tư" and not is_capital(token):
        return 4, index + 1
    small = None if is_capital(token) and tokens[index - 1].kind == "word" else read_small(tokens, index)
    return None if small is None else (small.value, small.stop)


def _read_half(tokens: Sequence[Token], index: int) -> Reading | None:
    """One half: "một nửa", "quá nửa", "nửa số hộ"; the text is the half without its hedge."""
    if tokens[index].key == "một" and tokens[index + 1].key == "nửa":
        return Reading(index, index + 2, HALF_VALUE, form="fraction", spelled=True)
    if tokens[index].key != "nửa":
        return None
    before, after = tokens[index - 1].key, tokens[index + 1].key
    if after not in WHOLES and not (before in _HALF_HEADS and (after == "trong" or tokens[index + 1].kind != "word")):
        return None
    return Reading(index, index + 1, HALF_VALUE, form="fraction", spelled=True)


def read_multiple(tokens: Sequence[Token], index: int) -> Reading | None:
    """Multiple without "lần": "gấp đôi", "nhân đôi", "gấp ba"."""
    key, word = tokens[index].key, tokens[index + 1].key
    if key not in {"gấp", "nhân"}:
        return None
    value = _MULTIPLES.get(word)
    if value is None and key == "gấp" and DIGITS.get(word, 0) > 1 and tokens[index + 2].key not in _GOES_ON:
        value = Decimal(DIGITS[word])
    return None if value is None else Reading(index, index + 2, value, spelled=True, form="multiple")


def read_roman(tokens: Sequence[Token], index: int) -> Reading | None:
    """Roman numeral behind a noun that takes one ("quý III", "khóa XIV")."""
    text = tokens[index].text
    if tokens[index - 1].key not in _ROMAN_HEADS or not _ROMAN.fullmatch(text):
        return None
    values = [_ROMAN_DIGITS[letter] for letter in text]
    value = sum(-one if one < after else one for one, after in zip(values, [*values[1:], 0], strict=True))
    return Reading(index, index + 1, Decimal(value), spelled=True, form="roman")
