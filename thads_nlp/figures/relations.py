"""What a sentence says of each of its quantities: measure, direction, role, baseline, period.

A clause grammar by marks and head words: a quantity's measure is the phrase before its verb, taken over from the
clause before where its own has none; "so với …" closes over all changes before it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from thads_nlp.schema import Direction, Quantity, Role

_UP = r"tăng|vượt|cao hơn|nhiều hơn|nâng|thêm|leo|nhích"
_DOWN = r"giảm|sụt|thấp hơn|ít hơn|hạ|bớt|lùi|mất giá|cắt"
_STEP = re.compile(rf"\b(?:(?P<up>{_UP})|(?P<down>{_DOWN}))\b", re.IGNORECASE)
_VERB = re.compile(
    rf"\b(?:đạt(?: được)?|là|ước(?: tính)?(?: đạt)?|gồm|có|chiếm|lên(?: tới| đến)?|xuống(?: còn)?|còn|khoảng|hơn|gần|"
    r"trên|dưới|"
    rf"{_UP}|{_DOWN}|ở mức|tới|đến|với|thu(?: về| được| hồi được)?|làm|bằng|lần lượt|tương (?:ứng|đương)|cho|ghi nhận|"
    r"phải|đã|được|bị|xong|cả|tổng cộng|trị giá|từ|tại|khoản|mức)\s*$",
    re.IGNORECASE,
)
_LEADING = re.compile(
    r"^(?:(?:trong đó|đồng thời|ngoài ra|tuy nhiên|bên cạnh đó|cụ thể|theo đó|nhờ đó|riêng|còn|và|với|nhưng|"
    r"song|trong khi đó|đặc biệt|tính đến [^,]*|theo [^,]{1,60}|trong [^,]{1,40}|đến [^,]{1,30}"
    r"|nay|hiện(?: nay)?)[,:]?\s+)+",
    re.IGNORECASE,
)
_BASELINE = re.compile(
    r"\bso với (?P<baseline>(?:[^,.;()]|(?<=\d)[.,](?=\d)){2,70}?)(?=\s*(?:[,.;()]|$| (?:và|nhưng|song|còn|thì|lại)\b))"
)
_TARGET = re.compile(
    r"\b(?:mục tiêu|phấn đấu|dự kiến|kế hoạch|sẽ|đặt ra|chỉ tiêu|đề ra|tới năm|đến năm)\b", re.IGNORECASE
)
_SHARE = re.compile(r"\b(?:chiếm|tỷ lệ|tỉ lệ|tỷ trọng|tỉ trọng|bằng|kế hoạch|dự toán)\b", re.IGNORECASE)
_PERIOD = re.compile(
    r"\b(?:quý\s+(?:[IVX]{1,3}|[1-4])(?:(?:/|\s+năm\s+)\d{4})?|(?:\d{1,2}|chín|sáu|ba|mười một)\s+tháng(?:\s+đầu)?"
    r"(?:\s+năm\s+\d{4}|\s+năm nay)?|tháng\s+\d{1,2}(?:/\d{4}|\s+năm\s+\d{4})?|năm\s+(?:\d{4}|nay|ngoái)|"
    r"nửa đầu năm(?:\s+\d{4})?)",
    re.IGNORECASE,
)
MAX_MEASURE_WORDS = 14


@dataclass(frozen=True, slots=True)
class Relation:
    """What the sentence says of one quantity."""

    measure: str | None
    direction: Direction | None
    role: Role
    baseline: str | None
    period: str | None


def relate(sentence: str, quantities: Sequence[Quantity]) -> tuple[Relation, ...]:
    """Relations of the reported quantities of one sentence, in their order."""
    relations: list[Relation] = []
    previous_end, measure = 0, None
    for quantity in quantities:
        before = sentence[previous_end : quantity.start]
        direction = _direction(before)
        own = _measure(before)
        measure = own or measure
        role = _role(sentence, quantity, before, direction)
        baseline = _baseline(sentence, quantity) if role == "change" else None
        relations.append(Relation(measure, direction, role, baseline, _period(sentence)))
        previous_end = quantity.end
    return tuple(relations)


def _direction(before: str) -> Direction | None:
    """The last word of rise or fall before the quantity, in its clause."""
    steps = list(_STEP.finditer(re.split(r"[;.]\s", before)[-1]))
    if not steps or len(before) - steps[-1].end() > 40:
        return None
    return "up" if steps[-1].group("up") else "down"


def _measure(before: str) -> str | None:
    """The phrase before the quantity without its verbs and openings; None if nothing is left."""
    clause = re.split(r"[,;:(]\s*|\.\s", before)
    for text in reversed(clause):
        phrase = text.strip(' -"')
        while match := _VERB.search(phrase):
            phrase = phrase[: match.start()].strip(' -"')
        phrase = _LEADING.sub("", phrase).strip(' -"')
        words = phrase.split()
        if len(words) >= 2 and not phrase[0].isdigit():
            return " ".join(words[-MAX_MEASURE_WORDS:])
        if "(" in before and text is clause[-1]:
            return None
    return None


def _role(sentence: str, quantity: Quantity, before: str, direction: Direction | None) -> Role:
    """Change where a step word governs the quantity, else target, share or level by head words."""
    tail = before[-60:]
    arrives = re.search(r"\b(?:lên|xuống|còn|đạt|là|lên mức|xuống mức)\s*(?:hơn|gần|khoảng|còn|mức)?\s*$", tail)
    if direction is not None and not arrives:
        return "change"
    if _TARGET.search(tail):
        return "target"
    if quantity.unit in ("%", "phần") and (_SHARE.search(tail) or "%" in quantity.text):
        return "share"
    return "level"


def _baseline(sentence: str, quantity: Quantity) -> str | None:
    """The first "so với …" behind the quantity in its sentence."""
    match = _BASELINE.search(sentence, quantity.end)
    return match.group("baseline").strip() if match else None


def _period(sentence: str) -> str | None:
    """The first period that the sentence names."""
    match = _PERIOD.search(sentence)
    return match.group(0) if match else None
