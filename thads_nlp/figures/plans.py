"""Which quantities are planned or proposed rather than reached."""

from __future__ import annotations

import re

from thads_nlp.schema import Quantity

_PLAN = re.compile(
    r"\b(?:mục tiêu|kế hoạch|phấn đấu|dự kiến|đề xuất|dự báo|đặt ra|kỳ vọng|đề ra|dự toán|giao chỉ tiêu|đặt chỉ tiêu"
    r"|cam kết|đề nghị|kiến nghị|đăng ký (?:mua|bán)|dự chi|sẽ (?!được|bị)|chỉ tiêu (?:năm|đến)"
    r"|đến năm 20\d\d (?:đạt|có|sẽ))\b",
    re.IGNORECASE,
)
# These tell what will happen or be asked for; the others set an aim.
_EXPECTED = frozenset({"sẽ", "dự kiến"})
# What was reached ends a plan's reach; so does a plan that is only compared with or fulfilled.
_REACHED = re.compile(r"\b(?:mới|chỉ đạt|thực tế|đã|hiện nay|hiện|đến nay|tới nay|kết quả)\b", re.IGNORECASE)
_FULFILLED = re.compile(
    r"(?:so với|so|bằng|vượt|đạt|%|hoàn thành|theo|trong|cả|của|trước|công tác|đài|trung tâm|nếu|năng lực"
    r"|bản tin|giải ngân|thực hiện|giao|vốn|điều chỉnh|phân bổ)\s*(?:các |những |toàn bộ )?$",
    re.IGNORECASE,
)


# Where something is proposed to go: "sẽ tăng từ A lên B", "đề nghị nâng tỷ lệ lên B".
_PROPOSED = re.compile(
    r"\b(?:sẽ|đề nghị|đề xuất|kiến nghị|xin|dự định|nếu|chủ trương)\b[^;]*?"
    r"\b(?:tăng|giảm|nâng|hạ|đưa|điều chỉnh|mở rộng)\b[^;]*$",
    re.IGNORECASE,
)


def is_proposed_end(sentence: str, quantity: Quantity) -> bool:
    """Whether a quantity is what a proposed change leads to; the caller knows that it is an end ("lên", "xuống")."""
    return _PROPOSED.search(sentence[: quantity.start]) is not None


def plan_word(sentence: str, quantity: Quantity) -> str | None:
    """The plan word that governs a quantity: before it, not as what it is compared with, nothing reached between."""
    governing = None
    for match in _PLAN.finditer(sentence, 0, quantity.start):
        if match.start() and match.group()[0].isupper():
            continue  # a name: "Sở Kế hoạch và Đầu tư"
        fulfilled = _FULFILLED.search(sentence, 0, match.start())
        if not fulfilled or match.group().lower().startswith(("sẽ", "đặt", "mục tiêu")):
            governing = match
    if governing is None or _REACHED.search(sentence, governing.end(), quantity.start):
        return None
    return governing.group().casefold().strip()


def is_expected(word: str) -> bool:
    """Whether a plan word only tells what will happen: the amount of a rise to come is a change, no aim."""
    return word in _EXPECTED
