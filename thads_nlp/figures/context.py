"""Units that a bare number takes from what was said before: lists of dates, "số ca … lên 25", "từ 12 vụ xuống 9"."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import NamedTuple

from thads_nlp.figures.amounts import Amount
from thads_nlp.figures.calendar import Moment, read_day
from thads_nlp.figures.digits import EXACT
from thads_nlp.figures.lexer import Source, Token, is_lower_word
from thads_nlp.figures.lexicon import TURNS, WHOLES, vocabulary
from thads_nlp.figures.nouns import read_noun
from thads_nlp.figures.reading import Reading
from thads_nlp.figures.units import read_unit

_MILLION = Decimal(10**6)
_THOUSAND = Decimal(10**3)

_LIST_JOINTS = vocabulary(", và - – đến tới hoặc hay")
_HIGHEST = {"ngày": 31, "tháng": 12, "quý": 4}

# Sums of money that "số" heads, and words before "số" or "lượng" that make it part of another word.
_MONEY_NOUNS = vocabulary("tiền vốn nợ thuế lãi lỗ thu chi tài_sản kinh_phí ngân_sách dư_nợ doanh_thu")
_PAY_HEADS = vocabulary("lương giá tiền phí cước thưởng")
_NOT_HEADS = vocabulary("một con chỉ đa dân doanh tỷ tỉ chất sản khối trọng dung năng đo số lực")

# A bare level takes the unit of the change before it ("tăng 12,4 điểm, đạt 1.845,3") within so many tokens.
_LEVEL_LEADS = TURNS | {"đạt", "mức"}
_LEVEL_KINDS = frozenset({"noun", "count", "physical"})
_REACH = 25

# Between a part and "trên" with its whole stand hardly more words than one that says what is counted.
_PART_REACH = 4

# How far "số ca" may stand before its number, and the words that lead to the number.
_HEAD_REACH = 14
_LEADS = vocabulary("là lên tới đến đạt còn hơn gần khoảng : chỉ xuống thành mức trên dưới ở gồm")


def continue_list(tokens: Sequence[Token], reading: Reading, moment: Moment | None) -> Moment | None:
    """Next day, month or quarter of a list ("tháng 7, 8, 9"), or None."""
    if moment is None or moment.unit not in _HIGHEST:
        return None
    if reading.first != moment.stop + 1 or tokens[moment.stop].key not in _LIST_JOINTS:
        return None
    if reading.parts is not None:
        return read_day(reading) if moment.unit == "ngày" and tokens[reading.stop].key not in WHOLES else None
    if moment.value > _HIGHEST[moment.unit]:
        return None
    plain = reading.form == "integer" and reading.stop == reading.first + 1 and not reading.spelled
    if not plain or not 1 <= reading.value <= _HIGHEST[moment.unit]:
        return None
    if is_lower_word(tokens[reading.stop]) and tokens[reading.stop].key not in _AFTER_DATES:
        return None
    if read_unit(tokens, reading.stop) is not None:
        return None
    return Moment("date", reading.first, reading.stop, reading.value, moment.unit)


_AFTER_DATES = vocabulary("và đến tới là của này vừa tại ở thì sẽ đã mới năm tháng nhưng do với cho có trong hằng hàng")


class Said(NamedTuple):
    """Amounts before a number: the last of all, and the last that is no percentage."""

    last: Amount | None = None
    level: Amount | None = None

    def followed_by(self, amount: Amount) -> Said:
        """What was said once ``amount`` has been."""
        return Said(amount, self.level if amount.kind == "percent" else amount)


def inherit_unit(source: Source, amount: Amount, said: Said) -> Amount:
    """``amount`` with the unit that it takes from the words before it, or as it is."""
    tokens = source.tokens
    if amount.kind == "money" and amount.stop == amount.reading.stop and amount.first == amount.reading.first:
        return _inherit_scaled(source, amount, _within_reach(said.level, amount))
    if amount.kind != "none" or amount.reading.form not in {"integer", "decimal"} or amount.reading.spelled:
        return amount
    before = tokens[amount.first - 1].key
    if said.last is not None and said.last.unit and _is_turn(tokens, said.last.stop, amount.first):
        return amount._replace(unit=said.last.unit, kind=said.last.kind)
    if before in _LEADS:
        head = _read_head(source, amount.first)
        if head is not None:
            return amount._replace(unit=head, kind="noun")
    if _is_grouped(tokens, amount) and _is_money(tokens, amount.first):
        return amount._replace(unit="VND", kind="money")
    level = _within_reach(said.level, amount)
    if level is not None and before in _LEVEL_LEADS and level.kind in _LEVEL_KINDS and level.reading.scale == 1:
        return amount._replace(unit=level.unit, kind=level.kind)
    if amount.reading.scale == _THOUSAND:
        counted = level is not None and level.kind in _LEVEL_KINDS and level.value > amount.value
        return amount._replace(unit=level.unit if level and counted else "VND", kind="noun" if counted else "money")
    return amount


def is_whole_of(tokens: Sequence[Token], amount: Amount, part: Amount | None) -> bool:
    """Whether "trên" before a count says what the count before it is a part of: "147 chuyến chậm trên 975 chuyến"."""
    if part is None or part.kind != "noun" or tokens[amount.first - 1].key != "trên":
        return False
    between = tokens[part.stop : amount.first]
    near = len(between) <= _PART_REACH and all(token.kind == "word" for token in between)
    return near and part.unit.split()[0] == amount.unit.split()[0]


def _within_reach(amount: Amount | None, following: Amount) -> Amount | None:
    """``amount`` if it stands near enough before ``following`` to share a clause chain with it."""
    return amount if amount is not None and following.first - amount.stop <= _REACH else None


def _inherit_scaled(source: Source, amount: Amount, previous: Amount | None) -> Amount:
    """Bare millions and billions: the unit of the last amount of that size, or what "số khách" names, else đồng."""
    if previous is not None and previous.reading.scale >= _MILLION and previous.kind in {"money", "physical", "noun"}:
        if EXACT.divide(amount.value, _THOUSAND) <= previous.value:
            return amount._replace(unit=previous.unit, kind=previous.kind)
        return amount
    head = _read_head(source, amount.first) if amount.reading.scale == _MILLION else None
    return amount if head is None or head in _MONEY_NOUNS else amount._replace(unit=head, kind="noun")


def _is_grouped(tokens: Sequence[Token], amount: Amount) -> bool:
    """Whether whole thousands are written with their marks: "3.980.000"."""
    marked = any(token.key == "." for token in tokens[amount.reading.first : amount.reading.stop])
    return marked and amount.reading.form == "integer" and amount.value % 1000 == 0


def _is_money(tokens: Sequence[Token], first: int) -> bool:
    """Whether the clause before token ``first`` speaks of pay or a price ("lương tối thiểu … là")."""
    for index in range(first - 1, max(first - _HEAD_REACH, 0), -1):
        if tokens[index].kind == "edge" or tokens[index].key in {";", "."}:
            return False
        if tokens[index].key in _PAY_HEADS:
            return True
    return False


def _is_turn(tokens: Sequence[Token], stop: int, first: int) -> bool:
    """Whether only directions stand between two numbers ("12 vụ xuống còn 9")."""
    return 0 < first - stop <= 2 and all(token.key in TURNS for token in tokens[stop:first])


def _read_head(source: Source, first: int) -> str | None:
    """Noun behind "số" in "số ca tử vong lên 25" within the clause before token ``first``."""
    tokens = source.tokens
    for index in range(first - 1, max(first - _HEAD_REACH, 0), -1):
        token = tokens[index]
        if token.kind in {"number", "edge"} or token.key in {";", ".", "(", ")"}:
            return None
        if token.key in {"số", "lượng"} and tokens[index - 1].key not in _NOT_HEADS:
            start = index + 1 + (tokens[index + 1].key == "lượng")
            noun = read_noun(source, start)
            return None if noun is None else noun.name
    return None
