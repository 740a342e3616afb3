"""What a statement of figures must hold to be printed, whoever made it."""

from __future__ import annotations

import re
from collections.abc import Sequence

from thads_nlp.schema import KeyFigure

MAX_BULLET_CHARS = 220
# Clauses that cannot stand without a main clause, which a comma would open.
_SUBORDINATE = re.compile(
    r"(?:với|gồm|để|khi|nếu|vì|do|nhờ|mặc dù|dù|sau khi|trước khi|nhằm|tuy)\b(?!.*,\s)", re.IGNORECASE
)
POINTERS = re.compile(
    r"^(?:và|nhưng|song|còn|tuy nhiên|theo đó|nhờ đó|trong đó|do đó|đồng thời|ông|bà|anh|chị|họ|nó|này|đó|đây"
    r"|đang|sẽ|đã|lại|vẫn|cũng|được|bị|phải|rồi|nên|thì|mà|hoặc|hay|tôi|ta|mình|chúng|của|giờ đây|việc này"
    r"|cùng(?! (?:tháng|ngày|năm|kỳ|thời|lúc))"
    r"|điều này|y|hắn|gã|cô|cậu|em|cháu|cũng may|dựa trên|(?:[^\W\d]+\s){1,2}(?:này|ấy|kia))\b",
    re.IGNORECASE,
)
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
    if POINTERS.match(text) or _SUBORDINATE.match(text) or not _is_paired(text):
        return False
    if any(figure.text not in text for figure in figures):
        return False
    if any(figure.role == "target" for figure in figures) and not _PLANNED.search(text):
        return False
    if any(figure.direction and not _DIRECTION_WORDS[figure.direction].search(text) for figure in figures):
        return False
    return not _foreign_numbers(text, figures)


def _is_paired(text: str) -> bool:
    """Whether all brackets and quotes of a text are closed."""
    return text.count("(") == text.count(")") and text.count("“") == text.count("”") and text.count('"') % 2 == 0


def _foreign_numbers(text: str, figures: Sequence[KeyFigure]) -> list[str]:
    """Numbers of a statement that are neither its figures' nor of their measures, baselines and periods."""
    known = " ".join(
        part for f in figures for part in (f.text, f.measure, f.baseline, f.period) if part is not None
    )
    allowed = set(_NUMBER.findall(known))
    return [number for number in _NUMBER.findall(text) if number not in allowed]
