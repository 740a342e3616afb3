"""Numbers written in digits: Vietnamese and foreign separators, leading separators, vulgar fractions."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from decimal import Context, Decimal
from typing import Literal, NamedTuple

from thads_nlp.figures.lexer import Token, is_joined

# Longest literal that is read as a number; longer runs are codes of which the first digits are kept.
MAX_DIGITS = 40

# Exact for MAX_DIGITS digits times every chain of scale words (nghìn · triệu · tỷ adds 18 digits).
EXACT = Context(prec=120, Emax=999_999, Emin=-999_999)

DigitForm = Literal["integer", "decimal", "broken"]


class DigitLiteral(NamedTuple):
    """A number in digits from one token up to ``stop``.

    ``value`` is the reading that Vietnamese practice prefers; ``other`` is the second reading of an ambiguous
    separator ("1,298" is 1.298 or 1298), None where there is only one. ``form`` "broken" are digits with separators
    that make no number ("192.168.1.1", "12.4.2019"). ``length`` counts digits.
    """

    stop: int
    value: Decimal
    other: Decimal | None
    form: DigitForm
    length: int


def read_digits(tokens: Sequence[Token], index: int) -> DigitLiteral | None:
    """Number in digits that begins at token ``index``, or None."""
    if tokens[index].kind != "number":
        return _read_leading_separator(tokens, index)
    spaced = _read_spaced_groups(tokens, index)
    if spaced is not None:
        return spaced
    groups, separators, stop = _collect(tokens, index)
    return _interpret(groups, separators, stop)


def read_vulgar(token: Token) -> Decimal | None:
    """Value of a one-character fraction such as "¼", or None."""
    if token.kind != "symbol" or token.text.isascii() or unicodedata.category(token.text) != "No":
        return None
    value = unicodedata.numeric(token.text, 0.0)
    return round_fraction(Decimal(str(value))) if 0 < value < 1 else None


def round_fraction(value: Decimal) -> Decimal:
    """Value to 6 decimals without trailing zeros: 2/3 gives 0.666667."""
    return EXACT.quantize(value, Decimal("0.000001")).normalize()


def divide(numerator: Decimal, denominator: Decimal) -> Decimal:
    """Quotient to 6 decimals; ``denominator`` is not zero."""
    return round_fraction(EXACT.divide(numerator, denominator))


def _collect(tokens: Sequence[Token], index: int) -> tuple[list[str], str, int]:
    """Groups of digits from ``index`` on, the separators between them and the token after them."""
    groups, separators = [tokens[index].text], []
    stop = index + 1
    while tokens[stop].key in {".", ","} and is_joined(tokens, stop):
        if tokens[stop + 1].kind != "number" or tokens[stop + 1].spaced:
            break
        separators.append(tokens[stop].key)
        groups.append(tokens[stop + 1].text)
        stop += 2
    return groups, "".join(separators), stop


def _read_spaced_groups(tokens: Sequence[Token], index: int) -> DigitLiteral | None:
    """Number with spaces between groups of three ("1 200 000"): two groups at least, one with no-break spaces."""
    head = tokens[index].text
    if len(head) > 3 or head.startswith("0"):
        return None
    stop, hard = index + 1, True
    while tokens[stop].kind == "number" and len(tokens[stop].text) == 3 and _one_space(tokens, stop):
        hard = hard and tokens[stop].start - tokens[stop - 1].end == 1
        stop += 1
    if stop - index < 3 or (tokens[stop].key in {".", ",", "/"} and is_joined(tokens, stop)):
        return None
    digits = "".join(token.text for token in tokens[index:stop])
    return _whole(digits, stop)


def _one_space(tokens: Sequence[Token], index: int) -> bool:
    return tokens[index].start - tokens[index - 1].end == 1


def _read_leading_separator(tokens: Sequence[Token], index: int) -> DigitLiteral | None:
    """Decimal without its zero (",77", ".5") where no word or number stands right before it."""
    token, digits = tokens[index], tokens[index + 1]
    if token.key not in {".", ","} or digits.kind != "number" or digits.spaced or len(digits.text) > MAX_DIGITS:
        return None
    before = tokens[index - 1]
    opens = before.kind == "edge" or before.key in {"(", "[", "-", "−", "+", "$", "£", "€", "¥"}
    if not opens and not (token.key == "." and token.spaced and before.kind == "word"):
        return None
    if tokens[index + 2].key in {".", ","} and is_joined(tokens, index + 2) and tokens[index + 3].kind == "number":
        return None
    return DigitLiteral(index + 2, Decimal("0." + digits.text), None, "decimal", len(digits.text))


def _interpret(groups: Sequence[str], separators: str, stop: int) -> DigitLiteral:
    length = sum(map(len, groups))
    if length > MAX_DIGITS:
        return DigitLiteral(stop, Decimal("".join(groups)[:MAX_DIGITS]), None, "broken", length)
    if not separators:
        return _whole(groups[0], stop)
    if len(separators) == 1:
        return _one_separator(groups[0], separators, groups[1], stop)
    return _many_separators(groups, separators, stop)


def _whole(digits: str, stop: int) -> DigitLiteral:
    if len(digits) > MAX_DIGITS:
        return DigitLiteral(stop, Decimal(digits[:MAX_DIGITS]), None, "broken", len(digits))
    return DigitLiteral(stop, Decimal(digits), None, "integer", len(digits))


def _one_separator(head: str, separator: str, tail: str, stop: int) -> DigitLiteral:
    """One separator: only three digits behind one to three make it ambiguous.

    A dot is then a thousands mark. A comma is one where the last digit is zero: nobody writes "1,250" for 1,25.
    """
    length = len(head) + len(tail)
    decimal, whole = Decimal(f"{head}.{tail}"), Decimal(head + tail)
    if len(tail) != 3 or len(head) > 3 or head.startswith("0"):
        return DigitLiteral(stop, decimal, None, "decimal", length)
    if separator == "." or tail.endswith("0"):
        return DigitLiteral(stop, whole, decimal, "integer", length)
    return DigitLiteral(stop, decimal, whole, "decimal", length)


def _many_separators(groups: Sequence[str], separators: str, stop: int) -> DigitLiteral:
    """Two or more separators: thousands, and at most one decimal mark at the end.

    "2.552.1" is read as meant, 2,552.1: thousands in front and a last group that is none.
    """
    length = sum(map(len, groups))
    grouped = len(groups[0]) <= 3 and groups[0][0] != "0" and all(len(group) == 3 for group in groups[1:-1])
    same = len(set(separators)) == 1
    if grouped and same and len(groups[-1]) == 3:
        return DigitLiteral(stop, Decimal("".join(groups)), None, "integer", length)
    alike = len(set(separators[:-1])) == 1
    if grouped and alike and (not same or len(groups[-1]) < 3):
        return DigitLiteral(stop, Decimal("".join(groups[:-1]) + "." + groups[-1]), None, "decimal", length)
    return DigitLiteral(stop, Decimal(groups[0]), None, "broken", length)
