"""Two numbers that belong together: ranges, from-to pairs, counts out of a whole, lists that share one unit."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import NamedTuple

from thads_nlp.figures.amounts import Amount, read_amount, read_prefixed
from thads_nlp.figures.digits import EXACT
from thads_nlp.figures.lexer import Source, Token, is_lower_word
from thads_nlp.figures.lexicon import CHANGES, WHOLES, vocabulary
from thads_nlp.figures.reading import Reading

_DASHES = vocabulary("- – — ~ −")

# How far "tăng" may stand before ", từ A đến B", in tokens; margins of the text are wider than half of it.
_CHANGE_REACH = 8

# What may stand between the two numbers, by what it makes of them.
_RANGE_JOINTS = frozenset({*_DASHES, "đến", "tới"})
_SHARING_JOINTS = frozenset({
    "lên", "xuống", "còn", "xuống còn", "lên đến", "lên tới", "và", "hoặc", "hay", ",", "trên", "trên tổng số",
    "/", "trong số", "trong tổng số", "trên số", "/ tổng số", "trên tổng",
})  # fmt: skip
_LONGEST_JOINT = 4

# Hedges before the second number, which do not part it from the first ("từ 4 đến trên 9 m").
_HEDGES = vocabulary("hơn trên dưới gần khoảng mức tận")

# Most members of a list that share the unit of the last one.
LONGEST_LIST = 5

# Least denominator of "3/76 cây cầu"; smaller ones are shares ("2/3 đại biểu").
_LEAST_WHOLE = 6

# How many tokens around two numbers are searched for the labels of both ("mua vào - bán ra").
_LABEL_REACH = 12


_TEN, _THOUSAND = Decimal(10), Decimal(1000)


class Pair(NamedTuple):
    """Two amounts with one unit; ``is_range`` if they are the ends of one figure."""

    low: Amount
    high: Amount
    is_range: bool


def read_pair(source: Source, amount: Amount, following: Reading) -> Pair | None:
    """Range or pair of ``amount`` and the numeral ``following`` it, or None where they have nothing in common."""
    tokens = source.tokens
    joint = _joint(tokens, amount.stop, following)
    if joint is None or amount.reading.form in {"fraction", "multiple", "roman", "broken"}:
        return None
    second = read_amount(source, following, amount.stop)
    if not second.unit or second.kind == "fraction" or (amount.unit and amount.unit != second.unit):
        return None
    if joint not in _RANGE_JOINTS and (joint != "và" or tokens[amount.first - 1].key != "giữa"):
        return None
    first = _share(amount, second)
    second = _carry(first, second)
    if first.value >= second.value:
        return None
    two = _has_two_labels(tokens, first.first, second.stop) or (amount.unit and _is_change(tokens, amount.first, joint))
    return Pair(first, second, not two)


def _is_change(tokens: Sequence[Token], first: int, joint: str) -> bool:
    """Whether "tăng từ A đến B" moves from one value to another, each with its unit."""
    if joint in _DASHES or tokens[first - 1].key != "từ":
        return False
    before = [token.key for token in tokens[first - _CHANGE_REACH : first - 1]]
    return bool(CHANGES & set(before[-2:])) or (before[-1] == "," and bool(CHANGES & set(before)))


def borrow_unit(source: Source, amount: Amount, following: Sequence[Reading]) -> Amount:
    """Bare ``amount`` with the unit of the list that it opens ("5, 7 và 10%", "từ 3 lên 5 tỷ USD"), or as it is."""
    if amount.unit or amount.reading.form not in {"integer", "decimal"} or amount.reading.spelled:
        return amount
    stop = amount.stop
    for reading in following:
        joint = _joint(source.tokens, stop, reading)
        if joint is None or (joint == "/" and reading.value < amount.value):
            break
        member = read_amount(source, reading, stop)
        if member.unit:
            return amount if member.kind == "fraction" else _share(amount, member)
        stop = member.stop
    return amount


def _joint(tokens: Sequence[Token], stop: int, following: Reading) -> str | None:
    """Words between token ``stop`` and the next number if they can join two numbers."""
    prefixed = read_prefixed(tokens, following, stop)
    between = tokens[stop : following.first if prefixed is None else prefixed.first]
    if not between or len(between) > _LONGEST_JOINT:
        return None
    keys = [token.key for token in between]
    while len(keys) > 1 and keys[-1] in _HEDGES:
        keys.pop()
    joint = " ".join(keys)
    return joint if joint in _RANGE_JOINTS or joint in _SHARING_JOINTS else None


def read_part_of_whole(source: Source, reading: Reading) -> Pair | None:
    """Both counts of "3/76 cây cầu", or None where the fraction is a share, a day or an address."""
    tokens = source.tokens
    if reading.parts is None or reading.spelled or reading.padded:
        return None
    part, whole = reading.parts
    if not 0 < part <= whole or whole < _LEAST_WHOLE or (part == 1 and whole <= 10):
        return None
    if tokens[reading.stop].key in WHOLES:
        return None
    first = Reading(reading.first, reading.first + 1, part, length=len(tokens[reading.first].text))
    second = Reading(reading.first + 2, reading.stop, whole, length=len(tokens[reading.first + 2].text))
    high = read_amount(source, second, second.first)
    if high.kind not in {"noun", "physical", "count"}:
        return None
    return Pair(Amount(first.first, first.stop, part, high.unit, high.kind, first), high, False)


def _share(amount: Amount, second: Amount) -> Amount:
    """First amount with the unit and, where it has none, the scale of the second."""
    if amount.unit:
        return amount
    value, scale = amount.value, second.reading.scale
    if amount.reading.scale == 1 and scale != 1 and value <= EXACT.divide(second.value, scale):
        value = EXACT.multiply(value, scale)
    elif _leaves_out_thousands(amount, second):
        value = EXACT.multiply(value, _THOUSAND)
    elif amount.reading.other is not None and second.kind in {"money", "noun"} and scale == 1:
        value = max(value, amount.reading.other)
    return amount._replace(value=value, unit=second.unit, kind=second.kind)


def _leaves_out_thousands(amount: Amount, second: Amount) -> bool:
    """Whether the thousands of a price are written once: "50-60.000 đồng/kg"."""
    whole = amount.reading.form == second.reading.form == "integer" and amount.reading.scale == 1
    low, high = EXACT.multiply(amount.value, _THOUSAND), second.value
    return second.kind == "money" and whole and high % 1000 == 0 and low < high <= EXACT.multiply(low, _TEN)


def _carry(first: Amount, second: Amount) -> Amount:
    """Second end of a shortened range: "16 – 7%" is 16 to 17."""
    low, high = first.value, second.value
    if not (10 <= low < 100 and 0 <= high < 10 and high > low % 10) or low != low.to_integral_value():
        return second
    return second._replace(value=low - low % 10 + high)


def _has_two_labels(tokens: Sequence[Token], first: int, stop: int) -> bool:
    """Whether "(mua vào - bán ra)" or the like stands behind or before, so that both numbers make a claim.

    Prices that are "niêm yết" are a bid and an ask too.
    """
    if tokens[stop].key == "(" and _label_pair_stop(tokens, stop + 1) is not None:
        return True
    for index in range(first - 1, max(first - _LABEL_REACH, 0), -1):
        token = tokens[index]
        if token.key == "yết" and tokens[index - 1].key == "niêm":
            return True
        if token.kind in {"number", "edge"} or token.key in {",", ";", ".", ":"}:
            return False
        if token.key in _DASHES or token.key == "/":
            return token.spaced and is_lower_word(tokens[index - 1]) and is_lower_word(tokens[index + 1])
    return False


def _label_pair_stop(tokens: Sequence[Token], index: int) -> int | None:
    """Closing bracket of a pair of labels that opens at ``index``."""
    dashes = 0
    for at in range(index, index + _LABEL_REACH):
        if at >= len(tokens):
            return None
        token = tokens[at]
        if token.key == ")":
            return at if dashes == 1 else None
        if token.key in _DASHES or token.key == "/":
            dashes += 1
        elif not is_lower_word(token) and not token.text.isupper():
            return None
    return None
