"""What a statement of figures must hold to be printed, whoever made it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from thads_nlp.figures.quantities import find_quantities
from thads_nlp.schema import KeyFigure, Quantity

MAX_BULLET_CHARS = 220
# Clauses that cannot stand without a main clause, which a comma would open.
_SUBORDINATE = re.compile(
    r"(?:với|gồm|để|khi|qua|ngay khi|ngay sau khi|trong khi|liên quan đến"
    r"|nếu|vì|do|nhờ|mặc dù|dù|sau khi|trước khi|nhằm|tuy)\b(?!.*,\s)", re.IGNORECASE
)
POINTERS = re.compile(
    r"^(?:xem thêm|và|nhưng|song|còn|tuy nhiên|theo đó|nhờ đó|trong đó|do đó|đồng thời|ông|bà|anh|chị|họ|nó|này|đó|đây"
    r"|đang|sẽ|đã|lại|vẫn|cũng|được|bị|phải|rồi|nên|thì|mà|hoặc|hay|tôi|ta|mình|chúng|của|giờ đây|việc này"
    r"|cùng(?! (?:tháng|ngày|năm|kỳ|thời|lúc))"
    r"|điều này|y|hắn|gã|cô|cậu|em|cháu|cũng may|dựa trên|(?:[^\W\d]+\s){1,2}(?:này|ấy|kia|đó))\b",
    re.IGNORECASE,
)
_INNER_POINTERS = re.compile(
    r"\b(?:trong số (?:này|đó|trên)|nói trên|nêu trên|tôi|chúng ta|theo (?:ông|bà|anh|chị)(?=,))\b", re.IGNORECASE
)
# A statement says something of its figures: it has a verb or label, or at least so many syllables beside them.
FEWEST_OTHER_SYLLABLES = 3
_SAYS = re.compile(r":|\b(?:tăng|giảm|đạt|là|có|còn|chiếm|gồm|vượt|lãi|lỗ|thu|chi|mất|phạt)\b", re.IGNORECASE)
# A figure that opens its clause is the subject of a verb behind it.
_OPENS_CLAUSE = re.compile(
    r"(?:^|,\s)\s*(?:(?:hơn|gần|khoảng|trên|dưới|có|ước|chừng|ít nhất|tổng cộng|toàn bộ|tất cả|chỉ|dường như"
    r"|hiện|(?:một|hai|ba) trong số)\s+)*$",
    re.IGNORECASE,
)
_HAPPENS = re.compile(
    r":|\b(?:tăng|giảm|đạt|là|có|còn|chiếm|gồm|vượt|được|đã|đang|sẽ|phải|chưa|chết"
    r"|(?<!thiết )(?<!chuẩn )(?<!trang )bị|không(?! (?:lưu|gian|khí|quân))"
    r"|tử vong|thiệt mạng|mất tích"
    r"|tham gia|dự|mất|đến|từ|thuộc|cho|làm|gây|khiến|cần|muốn|ủng hộ|phản đối|đồng ý|cho rằng|cho biết|xin|trở|cùng"
    r"|hoạt động|tốn|dùng|vào|ra|lên|xuống|về|trong|mỗi|bằng)\b",
    re.IGNORECASE,
)
# Kinds of numbers that a sentence names in passing: they are no figures, and a statement may keep them.
_NAMED_KINDS = frozenset({"date", "time", "age", "ordinal", "code"})
# What a number is part of a name behind: a word with a capital, or "số".
_NAME_BEFORE = re.compile(r"(?:\b[A-ZĐÀ-ỸƠƯ][^\W\d]*|\bsố)[ -]{1,2}$")
# Longer "sentences" are tables in one line; their numbers are all taken for claims, so that time stays linear.
MAX_NAMED_CHARS = 2_000
# Sentences whose numbers are remembered: those of one article's key figures.
_CACHED_SENTENCES = 256
_NUMBER = re.compile(r"\d(?:[\d.,/]*\d)?")
_DIRECTION_WORDS = {
    "up": re.compile(r"\b(?:tăng|gấp|vượt|hơn|nâng|thêm|leo|nhích|cao|gia tăng|mở rộng|lên)\b", re.IGNORECASE),
    "down": re.compile(
        r"\b(?:giảm|sụt|thấp|ít|hạ|bớt|lùi|tụt|mất|rơi|rớt|hụt|kém|rẻ|trừ|bốc hơi|thu hẹp|ngắn|xuống)\b", re.IGNORECASE
    ),
}
_PLANNED = re.compile(
    r"\b(?:mục tiêu|kế hoạch|phấn đấu|dự kiến|đề xuất|dự báo|kỳ vọng|dự toán|chỉ tiêu|sẽ|đặt ra|đề ra|cam kết|đề nghị"
    r"|kiến nghị)\b",
    re.IGNORECASE,
)


def is_printable(text: str, figures: Sequence[KeyFigure]) -> bool:
    """Whether a statement can be printed: all figures with their directions, no other number, short, well opened."""
    if not text or len(text) > MAX_BULLET_CHARS or (not text[0].isupper() and not text[0].isdigit()):
        return False
    if text.endswith("?") or POINTERS.match(text) or _SUBORDINATE.match(text) or not _is_paired(text):
        return False
    if any(figure.text not in text for figure in figures) or _INNER_POINTERS.search(text) or _is_thin(text, figures):
        return False
    if any(figure.role == "target" for figure in figures) and not _PLANNED.search(text):
        return False
    if any(figure.direction and not _DIRECTION_WORDS[figure.direction].search(text) for figure in figures):
        return False
    return not _foreign_numbers(text, figures)


def _is_paired(text: str) -> bool:
    """Whether all brackets and quotes of a text are closed."""
    return text.count("(") == text.count(")") and text.count("“") == text.count("”") and text.count('"') % 2 == 0


def _is_thin(text: str, figures: Sequence[KeyFigure]) -> bool:
    """Whether a statement only names what it counts: "Ôtô 50 chỗ", "Khoảng 6.000 thành viên của quân đội"."""
    rest = text
    for figure in figures:
        rest = rest.replace(figure.text, " ", 1)
    if len(re.findall(r"[^\W_]+", rest)) < FEWEST_OTHER_SYLLABLES and _SAYS.search(rest) is None:
        return True
    place = text.find(figures[0].text)
    opens = _OPENS_CLAUSE.search(text[:place]) is not None
    return opens and _HAPPENS.search(text, place + len(figures[0].text)) is None


def _foreign_numbers(text: str, figures: Sequence[KeyFigure]) -> list[str]:
    """Numbers of a statement that are neither its figures' nor of their measures, baselines, periods, nor named."""
    known = " ".join(part for f in figures for part in (f.text, f.measure, f.baseline, f.period) if part is not None)
    allowed = set(_NUMBER.findall(known))
    foreign = [number for number in _NUMBER.findall(text) if number not in allowed]
    return [number for number in foreign if number not in _named_numbers(figures[0].sentence)] if foreign else []


@lru_cache(maxsize=_CACHED_SENTENCES)
def _named_numbers(sentence: str) -> frozenset[str]:
    """Numbers that a sentence has in dates, times, ages and names alone: "ngày 7/8", "bão số 12", "Miss World 2018"."""
    if len(sentence) > MAX_NAMED_CHARS:
        return frozenset()
    quantities = find_quantities(sentence)
    plain = {match.group() for match in _NUMBER.finditer(sentence) if _is_named(sentence, match, quantities)}
    claims = " ".join(q.text for q in quantities if q.kind not in _NAMED_KINDS)
    return frozenset(plain - set(_NUMBER.findall(claims)))


def _is_named(sentence: str, match: re.Match[str], quantities: Sequence[Quantity]) -> bool:
    """Whether a number belongs to a date, a time, an age or a name."""
    holder = next((q for q in quantities if q.start <= match.start() < q.end), None)
    if holder is not None:
        return holder.kind in _NAMED_KINDS
    before = sentence[: match.start()]
    return bool(before) and (before[-1].isalpha() or _NAME_BEFORE.search(before) is not None)
