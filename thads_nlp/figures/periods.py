"""Periods that figures cover: "quý III năm 2020", "6 tháng đầu năm", "hôm nay 27/7", with their dates where plain."""

from __future__ import annotations

import calendar
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

_YEAR = r"(?:19|20)\d\d"
_NUMBER = r"(?:\d{1,2}|một|hai|ba|bốn|năm|sáu|bảy|tám|chín|mười(?: một)?)"
_OF_YEAR = rf"(?:\s*[-/]\s*{_YEAR}|\s+(?:của\s+)?năm\s+(?:{_YEAR}|nay|ngoái|trước|qua)|\s+{_YEAR})?"
_DAY = r"\d{1,2}\s?[-/]\s?\d{1,2}(?:\s?[-/]\s?\d{4})?"
_NOW = r"(?:nay|qua|này|trước)"
_PERIOD = re.compile(
    rf"\b(?:"
    rf"(?:kể )?từ (?:đầu )?năm {_YEAR}"
    rf"(?: (?:đến|tới) (?:nay|hết năm {_YEAR}|(?:đầu |giữa |cuối )?năm {_YEAR}|{_YEAR}))?"
    rf"|(?:từ ngày {_DAY} |từ {_DAY} )(?:đến|tới)(?: hết)?(?: ngày)? {_DAY}"
    rf"|(?:kể )?từ ngày {_DAY}(?: (?:đến|tới) nay)?"
    rf"|(?:kể )?từ (?:đầu |giữa |cuối )?tháng \d{{1,2}}{_OF_YEAR}(?: (?:đến|tới) nay)?(?![-/\d])"
    rf"|(?:đầu |giữa |cuối )?thế kỷ (?:\d\d|[IVX]+)|(?:trong )?dịp (?:Tết|lễ|hè|nghỉ lễ|cuối năm)"
    rf"|(?:tính )?(?:cho )?(?:đến|tới)(?: hết)?(?: ngày)? {_DAY}(?:\s?[-/]\s?\d{{2,4}})?"
    rf"|(?:tính )?(?:cho )?(?:đến|tới) (?:nay|thời điểm (?:này|hiện tại))"
    rf"|(?<=\()(?:1[0-2]|0?[1-9])[-/]{_YEAR}(?=\))|"
    rf"cùng k[ỳì](?:\s+năm\s+(?:{_YEAR}|trước|ngoái))?"
    rf"|từ đầu (?:năm|tháng|quý|tuần)(?:\s+{_YEAR})? (?:đến|tới) "
    rf"(?:nay|hết [^,.;]{{3,20}}|ngày {_DAY}|cuối tháng \d{{1,2}})"
    rf"|{_NUMBER}\s+tháng (?:đầu|cuối)(?:\s+năm)?(?:\s+{_YEAR}|\s+nay)?"
    rf"|{_NUMBER}\s+tháng(?:\s+năm)?(?:\s*/\s*|\s+){_YEAR}"
    rf"|{_NUMBER}\s+tháng (?:kết thúc|tính đến|qua)(?:\s+(?:vào\s+)?ngày\s+{_DAY})?"
    rf"|{_NUMBER}\s+quý (?:đầu|cuối)(?:\s+năm)?(?:\s+{_YEAR}|\s+nay)?"
    rf"|(?:nửa|giữa|đầu|cuối|hết|cả)\s+(?:đầu\s+|cuối\s+)?(?:năm|tháng|quý)(?:\s+(?:{_YEAR}|[IVX]+|\d{{1,2}}|nay|ngoái|này))?{_OF_YEAR}"
    rf"|(?<!loại )(?<!đá )quý\s+(?:[IVX]{{1,3}}|[1-4]|này|trước|vừa qua|một|hai|ba|tư|đầu){_OF_YEAR}"
    rf"|giai đoạn(?:\s+năm)?\s+{_YEAR}\s*[-–]\s*(?:{_YEAR}|\d\d)"
    rf"|(?:niên vụ|niên độ|năm học|vụ đông xuân|vụ hè thu|vụ|mùa vụ)\s+{_YEAR}(?:\s*[-–/]\s*{_YEAR})?"
    rf"|năm tài (?:chính|khóa|khoá)\s+{_YEAR}"
    rf"|{_YEAR}\s*[-–]\s*{_YEAR}"
    rf"|(?:các |hai |ba )?năm\s+{_YEAR}(?:\s*[-–,]\s*{_YEAR})*"
    rf"|năm\s+(?:nay|ngoái|qua|vừa qua|trước)(?!\s+đó)"
    rf"|tháng\s+(?:\d{{1,2}}(?!\s?[-/]\s?\d{{1,2}}\b(?!\d))|giêng|chạp|này|trước|qua|vừa qua){_OF_YEAR}"
    rf"|(?:đầu giờ )?(?:sáng|trưa|chiều|tối|đêm)?\s*(?:hôm (?:nay|qua)|sáng nay|chiều nay|tối nay)"
    rf"(?:,?\s*\(?(?:ngày )?{_DAY}\)?)?"
    rf"|(?:đầu giờ )?(?:sáng|trưa|chiều|tối|đêm)\s+(?:nay|qua|ngày\s+{_DAY}|{_DAY})"
    rf"|phiên\s+(?:{_NOW}|sáng|chiều|giao dịch|cuối tuần|ngày\s+{_DAY}|{_DAY})(?:\s+(?:nay|qua|ngày\s+{_DAY}|{_DAY}))?"
    rf"|tuần\s+(?:qua|này|trước|tới|vừa qua)"
    rf"|ngày\s+{_DAY}|(?:hằng|hàng|mỗi)\s+(?:năm|tháng|ngày|quý|tuần)"
    rf"|(?:những|các|\d+|hai|ba|vài)\s+(?:năm|tháng|ngày|tuần)\s+(?:qua|gần đây|trở lại đây|vừa qua|tới)"
    rf"|24 giờ qua"
    rf")(?![^\W_])(?:\s\((?:tính |kể )?từ [^()]{{3,40}}\))?",
    re.IGNORECASE,
)
# What makes a time expression locate something else than the figure's own period.
_FOREIGN_HEADS = re.compile(
    r"(?:so với|so|kể từ|cùng kỳ|cùng kì|cùng thời kỳ|cùng thời điểm|trong vòng|nhất (?:trong|kể từ|từ)|trong \d+|của"
    r"|từ|(?:tại|theo|trong) (?:hội nghị|nghị quyết|báo cáo(?! tài chính)|cuộc họp|kế hoạch)[^,]{0,60}|số\s+\S+)"
    r"\s*(?:cùng kỳ\s+|cùng kì\s+|với\s+)?$",
    re.IGNORECASE,
)
# Characters before a time that hold such a head.
_HEAD_CHARS = 120
# Sentences whose times are remembered while their figures are read.
_CACHED_SENTENCES = 64
# Every period has one of these; most sentences have none.
_HINT = re.compile(
    r"đến \d|tới \d|thời điểm|thế kỷ|dịp |"
    r"năm|tháng|quý|cùng k|ngày|tuần|phiên|nay|qua|giai đoạn|niên|vụ|sáng|trưa|chiều|tối|đêm|giờ|\d{4}", re.IGNORECASE
)
_PASSING = re.compile(
    r"(?:tính )?(?:cho )?(?:đến|tới) (?:nay|thời)|"
    r"(?:hằng|hàng|mỗi)\s|cùng k|(?:năm|tháng|quý|tuần|phiên) (?:trước|ngoái)\b|\d+ (?:năm|tháng|ngày)",
    re.IGNORECASE,
)
_LONG = re.compile(r"\b(?:đến|tới|năm|quý|tháng|giai đoạn|niên|vụ|tuần)\b|^\d{4}", re.IGNORECASE)
_ROMAN = {"I": 1, "II": 2, "III": 3, "IV": 4, "1": 1, "2": 2, "3": 3, "4": 4, "một": 1, "hai": 2, "ba": 3, "tư": 4}
_WORDS = {"một": 1, "hai": 2, "ba": 3, "bốn": 4, "năm": 5, "sáu": 6, "bảy": 7, "tám": 8, "chín": 9, "mười": 10,
          "mười một": 11}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Period:
    """A period as written at ``[start, end)`` of its sentence."""

    text: str
    start: int
    end: int

    @property
    def carries(self) -> bool:
        """Whether later sentences can be meant by it: no rate ("mỗi tháng"), no look back ("năm trước")."""
        return not _PASSING.match(self.text)


    @property
    def is_day(self) -> bool:
        """Whether it is a day or a part of one."""
        return not _LONG.search(self.text)


@dataclass(frozen=True, slots=True)
class Span:
    """First and last day of a period, ISO dates."""

    start: str
    end: str


def find_periods(sentence: str, baselines: Sequence[tuple[int, int]] = ()) -> tuple[Period, ...]:
    """Time expressions that can be the period of the sentence's figures; those inside a baseline are none."""
    found = _all_periods(sentence)
    if not baselines:
        return found
    return tuple(p for p in found if not any(start <= p.start < end for start, end in baselines))


@lru_cache(maxsize=_CACHED_SENTENCES)
def _all_periods(sentence: str) -> tuple[Period, ...]:
    """Time expressions that do not locate something else than the figures."""
    if not _HINT.search(sentence):
        return ()
    return tuple(
        Period(match.group().strip(), match.start(), match.end())
        for match in _PERIOD.finditer(sentence)
        if not _FOREIGN_HEADS.search(sentence, max(match.start() - _HEAD_CHARS, 0), match.start())
    )


def resolve(text: str, published: str | None = None) -> Span | None:
    """First and last day of a period whose year is written, or plain from the day of publication.

    "năm nay", "quý III", "6 tháng đầu năm" need ``published`` (ISO date); without it they stay unresolved (None).
    """
    lowered = " ".join(text.lower().split())
    day = re.search(r"(\d{1,2})\s?[-/]\s?(\d{1,2})(?:\s?[-/]\s?(\d{4}))?", lowered)
    if day and not re.search(r"quý|tháng \d", lowered) and int(day.group(2)) <= 12:
        return _day_span(day, published)
    year = _year(lowered, published)
    if year is None:
        return None
    spans = re.search(rf"({_YEAR})\s*[-–]\s*({_YEAR})", lowered)
    if spans:
        return Span(f"{spans.group(1)}-01-01", f"{spans.group(2)}-12-31")
    return _part_of_year(lowered, year)


def _part_of_year(text: str, year: int) -> Span | None:
    """Quarter, months or the whole of a year."""
    quarter = re.search(r"quý\s+(iii|iv|ii|i|[1-4]|một|hai|ba|tư)\b", text)
    if quarter:
        number = _ROMAN[quarter.group(1) if quarter.group(1) in _ROMAN else quarter.group(1).upper()]
        return _months(year, 3 * number - 2, 3 * number)
    count = re.search(rf"({_NUMBER})\s+tháng", text)
    if count and not re.search(r"kết thúc|tính đến|qua", text):
        months = int(count.group(1)) if count.group(1).isdigit() else _WORDS[count.group(1)]
        if not 1 <= months <= 12:
            return None
        return _months(year, 13 - months, 12) if "cuối" in text else _months(year, 1, months)
    if "nửa đầu" in text:
        return _months(year, 1, 6)
    if "nửa cuối" in text:
        return _months(year, 7, 12)
    month = re.search(r"tháng\s+(\d{1,2})\b", text)
    if month and 1 <= int(month.group(1)) <= 12:
        return _months(year, int(month.group(1)), int(month.group(1)))
    whole = re.fullmatch(rf"(?:cả |hết |trong )?năm(?: tài chính)? (?:{_YEAR}|nay|ngoái|trước|qua)", text)
    return _months(year, 1, 12) if whole else None


def _year(text: str, published: str | None) -> int | None:
    """The year that a period names, or that publication gives it."""
    written = re.search(_YEAR, text)
    if written:
        return int(written.group())
    if published is None:
        return None
    year = date.fromisoformat(published).year
    return year - 1 if re.search(r"năm (?:ngoái|trước|qua)", text) else year


def _day_span(match: re.Match[str], published: str | None) -> Span | None:
    """One day; the year is written or that of publication."""
    year = int(match.group(3)) if match.group(3) else date.fromisoformat(published).year if published else None
    if year is None:
        return None
    try:
        day = date(year, int(match.group(2)), int(match.group(1)))
    except ValueError:
        return None
    if published and not match.group(3) and day > date.fromisoformat(published) + timedelta(days=180):
        day = day.replace(year=year - 1)
    return Span(day.isoformat(), day.isoformat())


def _months(year: int, first: int, last: int) -> Span:
    """From the first day of one month to the last of another."""
    return Span(f"{year}-{first:02}-01", f"{year}-{last:02}-{calendar.monthrange(year, last)[1]:02}")
