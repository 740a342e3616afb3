"""Dates and clock times among the numerals of a text.

Values: a day is its number (``d/m`` gives 100·m + d, ``d/m/y`` gives yyyymmdd), a month its number or yyyymm, a quarter
its number or yyyyq, a year itself, a clock time hhmm. The unit names which it is: "ngày", "tháng", "quý", "năm", "giờ".
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import NamedTuple

from thads_nlp.figures.lexer import Token, is_joined, is_lower_word
from thads_nlp.figures.lexicon import CLASSIFIERS, WHOLES, vocabulary
from thads_nlp.figures.reading import Reading
from thads_nlp.figures.units import is_prefixed, read_unit
from thads_nlp.schema import QuantityKind

_YEARS = range(1500, 2200)
_BARE_YEARS = range(1900, 2101)

# Words right before a day; a comma or bracket may stand between ("sáng nay, 26-8").
_DAY_HEADS = vocabulary(
    "ngày sáng trưa chiều tối đêm khuya hôm mùng mồng phiên nay qua rằm dịp lễ khánh nhật hai ba tư năm sáu bảy"
)

# Prepositions before a day that has no head ("từ 1/7", "tính đến 30/6").
_DAY_PREPOSITIONS = frozenset({*vocabulary("từ đến tới vào trước sau hết kể"), "-", "–", ","})

# Before "ngày", "tháng", "năm" these make a rate of what is counted: "mỗi tháng 3 ca".
_EACH = vocabulary("mỗi một hàng hằng bình quân từng nửa mấy nhiều")

_PERIOD_HEADS = vocabulary("tháng quý năm kỷ niên hè xuân tuần tết khóa khoá")
# What a calendar number is part of: "tháng 9 năm nay" counts no years.
_WHOLE_OF = {"ngày": "tháng", "tháng": "năm", "quý": "năm"}
_HIGHEST = {"năm": 100, "kỷ": 30, "niên": 2100, "tuần": 53}
_DASHES = vocabulary("- – — −")
_CLOCK_WORDS = vocabulary("sáng trưa chiều tối đêm khuya kém rưỡi hôm ngày cùng")
_CLOCK_HEADS = vocabulary("lúc vào hồi")

# Nouns that four digits without a dot do count even if they could be a year.
_COUNTED_HEADS = vocabulary("người hộ vụ con chiếc căn ca xe lượt trẻ em cây quả viên tấm suất phòng cổ trường_hợp")

_LUNAR_MONTHS = {"giêng": 1, "chạp": 12, "một": 11}


class Moment(NamedTuple):
    """A date or time over tokens ``first`` to ``stop``, with the value and unit that the module states."""

    kind: QuantityKind
    first: int
    stop: int
    value: Decimal
    unit: str


def read_moment(tokens: Sequence[Token], reading: Reading) -> Moment | None:
    """Date or clock time that begins with ``reading``, or None."""
    if reading.form == "roman":
        return _read_roman(tokens, reading)
    if reading.spelled:
        return _read_spelled_month(tokens, reading)
    if reading.scale != 1 or reading.value < 0:
        return None
    return _read_clock(tokens, reading) or _read_date(tokens, reading)


def _read_roman(tokens: Sequence[Token], reading: Reading) -> Moment | None:
    head = tokens[reading.first - 1].key
    if head == "quý":
        return _with_year(tokens, reading, "quý", int(reading.value), reading.stop)
    return Moment("date", reading.first, reading.stop, reading.value, "thế kỷ") if head == "kỷ" else None


def _read_spelled_month(tokens: Sequence[Token], reading: Reading) -> Moment | None:
    head = tokens[reading.first - 1].key
    if head not in {"tháng", "quý"} or reading.value > 12 or tokens[reading.first - 2].key in _EACH:
        return None
    return _with_year(tokens, reading, head, int(reading.value), reading.stop)


def _read_clock(tokens: Sequence[Token], reading: Reading) -> Moment | None:
    """Clock time: "9h", "9h30", "9 giờ 30 phút sáng", "21:15"."""
    hour, sign = reading.value, tokens[reading.stop]
    if reading.form != "integer" or hour > 24 or reading.length > 2:
        return None
    after = tokens[reading.stop + 1]
    minutes = after.kind == "number" and len(after.text) == 2 and int(after.text) < 60
    if sign.key == ":" and is_joined(tokens, reading.stop) and minutes and not after.spaced:
        return _clock(reading, int(after.text), reading.stop + 2)
    if sign.text == "h" or (sign.text == "g" and is_joined(tokens, reading.stop)):
        glued = minutes and not after.spaced
        clock = after.key in _CLOCK_WORDS or tokens[reading.first - 1].key in _CLOCK_HEADS
        if sign.key == "g" and not glued and not clock:
            return None
        return _clock(reading, int(after.text) if glued else 0, reading.stop + 1 + glued)
    if sign.key != "giờ":
        return None
    if after.kind == "number" and len(after.text) <= 2 and tokens[reading.stop + 2].key in _CLOCK_WORDS | {"phút"}:
        return _clock(reading, int(after.text), reading.stop + 2 + (tokens[reading.stop + 2].key == "phút"))
    if after.key in _CLOCK_WORDS or tokens[reading.first - 1].key in _CLOCK_HEADS:
        return _clock(reading, 0, reading.stop + 1)
    return None


def _clock(reading: Reading, minutes: int, stop: int) -> Moment:
    return Moment("time", reading.first, stop, reading.value * 100 + minutes, "giờ")


def _read_date(tokens: Sequence[Token], reading: Reading) -> Moment | None:
    if reading.parts is not None:
        return _read_slashed(tokens, reading)
    if reading.form == "broken":
        return _read_dotted(tokens, reading)
    full = _read_full(tokens, reading)
    if full is not None:
        return full
    if reading.form == "decimal" and tokens[reading.first - 1].key in {"ngày", "sáng", "chiều", "tối"}:
        return _read_dotted(tokens, reading)
    if reading.form != "integer" or reading.stop != reading.first + 1:
        return None
    return _read_month_year(tokens, reading) or _read_headed(tokens, reading) or _read_bare_year(tokens, reading)


def _read_full(tokens: Sequence[Token], reading: Reading) -> Moment | None:
    """Day with its year: "29/5/2020", "28-11-2018", "2020-05-29"."""
    first, stop = reading.first, reading.stop
    sign = tokens[stop].key
    if stop != first + 1 or sign not in {"/", "-"} or tokens[stop + 2].key != sign:
        return None
    members = tokens[stop + 1], tokens[stop + 3]
    if any(member.kind != "number" or len(member.text) > 4 for member in members):
        return None
    if any(token.spaced for token in tokens[first + 1 : stop + 4]):
        return None
    value = _full_value(int(reading.value), int(members[0].text), int(members[1].text))
    return None if value is None else Moment("date", first, stop + 4, Decimal(value), "ngày")


def _full_value(day: int, month: int, year: int) -> int | None:
    if day in _YEARS:
        day, year = year, day
    if year < 100:
        year += 1900 if year > 40 else 2000
    if not (1 <= day <= 31 and 1 <= month <= 12 and year in _YEARS):
        return None
    return 10000 * year + 100 * month + day


def _read_dotted(tokens: Sequence[Token], reading: Reading) -> Moment | None:
    """Day with dots: "12.4.2019"; "12.4" only behind a word for day."""
    groups = [token.text for token in tokens[reading.first : reading.stop] if token.kind == "number"]
    if any(len(group) > 4 for group in groups) or tokens[reading.first + 1].key != ".":
        return None
    if len(groups) == 3:
        value = _full_value(*map(int, groups))
        return None if value is None else Moment("date", reading.first, reading.stop, Decimal(value), "ngày")
    if len(groups) == 2 and _is_day(int(groups[0]), int(groups[1])):
        return Moment("date", reading.first, reading.stop, Decimal(int(groups[1]) * 100 + int(groups[0])), "ngày")
    return None


def _is_day(day: int, month: int) -> bool:
    return 1 <= day <= 31 and 1 <= month <= 12


def read_day(reading: Reading) -> Moment | None:
    """Day "1/5" of a list of days, where no fraction can be meant."""
    if reading.parts is None or reading.spelled or not _is_day(int(reading.parts[0]), int(reading.parts[1])):
        return None
    value = 100 * reading.parts[1] + reading.parts[0]
    return Moment("date", reading.first, reading.stop, value, "ngày")


def _read_slashed(tokens: Sequence[Token], reading: Reading) -> Moment | None:
    """Month "8/2017" or day "29/5", the latter only where no fraction is meant."""
    if reading.parts is None:
        return None
    left, right = map(int, reading.parts)
    head = tokens[reading.first - 1].key
    if 1 <= left <= 12 and right in _YEARS:
        unit = "quý" if head == "quý" else "tháng"
        value = right * (10 if unit == "quý" else 100) + left
        return Moment("date", reading.first, reading.stop, Decimal(value), unit)
    if not _is_day(left, right) or not _is_day_place(tokens, reading, left, right):
        return None
    return Moment("date", reading.first, reading.stop, Decimal(100 * right + left), "ngày")


def _is_day_place(tokens: Sequence[Token], reading: Reading, left: int, right: int) -> bool:
    """Whether "a/b" is a day here: by the word before it, and by what follows where it could be a fraction."""
    before, after = tokens[reading.first - 1].key, tokens[reading.stop].key
    if _is_behind_day_head(tokens, reading.first):
        return True
    if after in WHOLES or read_unit(tokens, reading.stop) is not None:
        return False
    if left >= right:
        return before in _DAY_PREPOSITIONS or after not in CLASSIFIERS
    return before in _DAY_PREPOSITIONS


def _is_behind_day_head(tokens: Sequence[Token], index: int) -> bool:
    before = tokens[index - 1]
    return (tokens[index - 2] if before.key in {",", "("} else before).key in _DAY_HEADS


def _read_month_year(tokens: Sequence[Token], reading: Reading) -> Moment | None:
    """Month "8-2017", quarter "1-2017" behind "quý", day "30-6" behind a word for day."""
    dash, tail = tokens[reading.stop], tokens[reading.stop + 1]
    if dash.key not in _DASHES or tail.kind != "number" or dash.spaced or tail.spaced or len(tail.text) > 4:
        return None
    head, left, right = tokens[reading.first - 1].key, int(reading.value), int(tail.text)
    stop = reading.stop + 2
    if head == "quý" and left <= 4 and right in _YEARS:
        return Moment("date", reading.first, stop, Decimal(10 * right + left), "quý")
    if 1 <= left <= 12 and right in _YEARS and len(tokens[reading.first].text) <= 2:
        return Moment("date", reading.first, stop, Decimal(100 * right + left), "tháng")
    headed = _is_behind_day_head(tokens, reading.first) and not _is_each(tokens, reading)
    if _is_day(left, right) and (headed or _is_day_to_day(tokens, reading.first, stop)):
        return Moment("date", reading.first, stop, Decimal(100 * right + left), "ngày")
    return None


def _is_day_to_day(tokens: Sequence[Token], first: int, stop: int) -> bool:
    """Whether "13-3 đến 12-4" goes on or came before, with hyphens glued to both."""
    for joint, start in ((stop, stop + 1), (first - 1, first - 4)):
        days = tokens[start : start + 3]
        hyphen = days[1].key in _DASHES and not days[1].spaced and not days[2].spaced
        if tokens[joint].key in {"đến", "tới"} and hyphen and days[0].kind == days[2].kind == "number":
            return True
    return False


def _is_each(tokens: Sequence[Token], reading: Reading) -> bool:
    """Whether a rate is meant ("mỗi ngày 5-7 ca"): a quantifier before the word for day and something counted."""
    return tokens[reading.first - 2].key in _EACH and is_lower_word(tokens[reading.stop + 2])


def _read_headed(tokens: Sequence[Token], reading: Reading) -> Moment | None:
    """A number behind "ngày", "tháng", "quý", "năm", "thế kỷ" …, with the month and year that follow it."""
    head, value = tokens[reading.first - 1].key, int(reading.value)
    if head in {"ngày", "mùng", "mồng"} and 1 <= value <= 31:
        return _with_month(tokens, reading, value)
    if head not in _PERIOD_HEADS:
        return None
    if head == "năm" and value in _YEARS:
        kind: QuantityKind = "age" if tokens[reading.first - 2].key == "sinh" else "date"
        return Moment(kind, reading.first, reading.stop, reading.value, "năm")
    if _is_counted(tokens, reading):
        return None
    if head in {"tháng", "quý"} and 1 <= value <= (12 if head == "tháng" else 4):
        return _with_year(tokens, reading, head, value, reading.stop)
    if value <= _HIGHEST.get(head, 0) or (value in _YEARS and head in {"hè", "xuân", "tết", "khóa", "khoá"}):
        return Moment("date", reading.first, reading.stop, reading.value, head)
    return None


def _is_counted(tokens: Sequence[Token], reading: Reading) -> bool:
    """Whether a unit follows, or behind "mỗi tháng" a noun, so that the number is no calendar number."""
    stop = reading.stop
    if tokens[stop].key in _DASHES and tokens[stop + 1].kind == "number":
        stop += 2
    unit = read_unit(tokens, stop)
    if unit is not None:
        whole = _WHOLE_OF.get(tokens[reading.first - 1].key)
        return unit.name != whole and (unit.kind != "time" or tokens[unit.stop].kind != "number")
    return tokens[reading.first - 2].key in _EACH and tokens[stop].key in CLASSIFIERS


def _with_month(tokens: Sequence[Token], reading: Reading, day: int) -> Moment | None:
    """Day behind its word: "ngày 5", "ngày 5 tháng 7", "ngày 5 tháng 7 năm 1954"."""
    stop = reading.stop
    month = tokens[stop + 1]
    if tokens[stop].key == "tháng" and month.key in _LUNAR_MONTHS:
        value = 100 * _LUNAR_MONTHS[month.key] + day
        return Moment("date", reading.first, stop + 2, Decimal(value), "ngày")
    if tokens[stop].key != "tháng" or month.kind != "number" or len(month.text) > 2 or not 1 <= int(month.text) <= 12:
        return None if _is_counted(tokens, reading) else Moment("date", reading.first, stop, Decimal(day), "ngày")
    value, stop = 100 * int(month.text) + day, stop + 2
    year = tokens[stop + (tokens[stop].key in {"năm", "/", "-"})]
    if year is not tokens[stop] and year.kind == "number" and len(year.text) == 4 and int(year.text) in _YEARS:
        value, stop = value + 10000 * int(year.text), stop + 2
    return Moment("date", reading.first, stop, Decimal(value), "ngày")


def _with_year(tokens: Sequence[Token], reading: Reading, unit: str, number: int, stop: int) -> Moment:
    """Month or quarter with the year that follows it ("III năm 2020", "IV/2020", "5 năm 2019")."""
    sign, year = tokens[stop].key, tokens[stop + 1]
    if sign in {"năm", "/", "-", "."} and year.kind == "number" and len(year.text) == 4 and int(year.text) in _YEARS:
        value = int(year.text) * (10 if unit == "quý" else 100) + number
        return Moment("date", reading.first, stop + 2, Decimal(value), unit)
    return Moment("date", reading.first, stop, Decimal(number), unit)


def _read_bare_year(tokens: Sequence[Token], reading: Reading) -> Moment | None:
    """Four digits that can be a year and that count nothing."""
    if reading.length != 4 or int(reading.value) not in _BARE_YEARS or is_prefixed(tokens, reading.first):
        return None
    after = tokens[reading.stop]
    if tokens[reading.first - 1].key == "sn":
        return Moment("age", reading.first, reading.stop, reading.value, "năm")
    if read_unit(tokens, reading.stop) is not None or after.key in _COUNTED_HEADS:
        return None
    return Moment("date", reading.first, reading.stop, reading.value, "năm")
