"""What changes are compared with: "so với cùng kỳ năm 2019" and its like, behind or before the figures."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from thads_nlp.schema import Quantity

# Heads of a comparison, longest first; "cao hơn 5% so với năm trước" and "tăng 5% so cùng kỳ".
_HEAD = re.compile(
    r"\b(?:nếu\s+)?so\s+(?:với|cùng(?=\s+k[ỳì]))\s*|\bso\s+(?=(?:cùng|năm|tháng|quý|kế hoạch|dự toán)\b)"
    r"|(?<=hơn)\s+(?=(?:cùng k[ỳì]|năm (?:trước|ngoái|\d{4})|tháng trước|quý trước|mức |trung bình"
    r"|bình quân|kế hoạch)\b)",
    re.IGNORECASE,
)
# Comparisons without a head: what stands right behind the quantity ("cao hơn 2,8 điểm % cùng kỳ").
_BARE = re.compile(r"\s+(?=(?:của\s+)?cùng (?:kỳ|kì|thời kỳ|thời điểm)\b)", re.IGNORECASE)
# Behind a multiple any standard does: "gấp đôi năm 2016", "gấp 3 lần mức bình quân".
_BEHIND_MULTIPLE = re.compile(r"\s+(?=(?:năm|quý|tháng|mức|trung bình|bình quân|kế hoạch|cùng)\b)", re.IGNORECASE)
# When a figure was that is compared with.
_DATED = re.compile(
    r"(?:\s[^\W\d]+){0,6}?\s(?:của\s|trong\s|vào\s)?"
    r"(cùng k[ỳì](?:\s(?:năm|tháng|quý)\s(?:\d{4}|trước|ngoái))?|năm\s(?:\d{4}|trước|ngoái)"
    r"|(?:tháng|quý|tuần)\strước)\b",
    re.IGNORECASE,
)
_END = re.compile(
    r"[;()!?…]|,(?!\d)|\.(?!\d)|\s[-–—]\s"
    r"|\s(?:cả về|cả|nhưng|song|còn|thì|lại|đạt|do|nhờ|khi|trong khi|tuy nhiên|đồng thời"
    r"|và(?=\s+(?:tăng|giảm|đạt|vượt|bằng|chiếm|cao|thấp)))\b"
    r"|\s(?=(?:tăng|giảm|sụt|vượt|thu nhập|số\s+\w+\s+(?:tăng|giảm))\b)",
    re.IGNORECASE,
)
# A comparison with a figure: "so với mức 40 tỷ đồng".
_HEDGED = re.compile(r"(?:mức|con số|hơn|khoảng|gần|chỉ tiêu|chỉ|mức bình quân|\s)*$", re.IGNORECASE)
# The standard of a comparison between its adjective and the amount: "rẻ hơn giá bán lẻ khoảng 2.000 đồng".
_COMPARED = re.compile(
    r"(?<!không )\b(?:cao|thấp|nhiều|ít|lớn|nhỏ|rẻ|đắt|dài|ngắn|nhanh|chậm|nặng|nhẹ)\s+hơn(?P<gap>\s+)"
    r"(?!so\b|là\b|hẳn\b)"
    r"(?P<standard>[^\W\d_](?:(?!\b(?:hơn|là|đạt|còn|có|tăng|giảm|nên|thì|khi|nhưng|và|để)\b)[^\d,;:()]){1,60}?)"
    r"(?:\s+(?:khoảng|gần|hơn|trên|dưới|tới|đến|từ|chừng|xấp xỉ))*\s*$",
    re.IGNORECASE,
)
_TRAILING = re.compile(r"(?:\s+(?:khoảng|gần|hơn|trên|dưới|tới|đến|từ|chừng|xấp xỉ|là|thêm))+$", re.IGNORECASE)
# No standard: only what hedges the amount.
_HEDGES = frozenset("gần khoảng trên dưới tới đến từ chừng xấp xỉ gấp mức cả những".split())
COMPARED_CHARS = 90
_EMPTY = frozenset({"mức", "con số", "mức tăng", "mức giảm", "tỷ lệ", "tỉ lệ"})
_FILLERS = re.compile(r"^(?:của\s+|con số\s+|mức\s+(?=của))", re.IGNORECASE)
MAX_BASELINE_CHARS = 90
# Farther behind a change a comparison belongs to something else.
MAX_DISTANCE_CHARS = 160


@dataclass(frozen=True, slots=True)
class Baseline:
    """What is compared with, as written at ``[start, end)``.

    ``head`` is where the comparison opens; ``gap`` is how many characters may part it from an amount behind it.
    """

    text: str
    start: int
    end: int
    head: int
    gap: int = 1


def find_baselines(sentence: str, quantities: Sequence[Quantity]) -> tuple[Baseline, ...]:
    """The comparisons of a sentence in reading order."""
    found = [standard for quantity in quantities if (standard := _standard(sentence, quantity))]
    heads = [(match.start(), match.end()) for match in _HEAD.finditer(sentence)]
    for quantity in quantities:
        multiple = quantity.unit == "lần" and quantity.value > 1
        bare = _BARE.match(sentence, quantity.end) or (multiple and _BEHIND_MULTIPLE.match(sentence, quantity.end))
        if bare:
            heads.append((bare.start(), bare.end()))
    for head, start in sorted(heads):
        if any(b.head <= head < b.end or head <= b.head < start for b in found):
            continue
        baseline = _read(sentence, head, start, quantities)
        if baseline:
            found.append(baseline)
    return tuple(sorted(found, key=lambda b: b.head))


def _standard(sentence: str, quantity: Quantity) -> Baseline | None:
    """What a comparative right before a quantity compares with."""
    shift = max(quantity.start - COMPARED_CHARS, 0)
    match = _COMPARED.search(sentence[shift : quantity.start])
    if match is None or match.group("standard").split()[0].lower() in _HEDGES:
        return None
    start, end = shift + match.start("standard"), shift + match.end("standard")
    return Baseline(sentence[start:end], start, end, shift + match.start("gap"), quantity.start - end)


def _read(sentence: str, head: int, start: int, quantities: Sequence[Quantity]) -> Baseline | None:
    """The phrase behind a head, to the end of its clause; a figure ("so với 17,26 tỉ đồng") is no baseline."""
    stop = _END.search(sentence, start)
    end = stop.start() if stop else len(sentence)
    inner = next((q for q in quantities if start <= q.start < end), None)
    if inner is not None and _HEDGED.match(sentence[start : inner.start]):
        return _dated(sentence, head, inner.end)
    end = inner.start if inner is not None else end
    text = sentence[start:end].strip()
    filler = _FILLERS.match(text)
    if filler:
        start, text = start + filler.end(), text[filler.end() :]
    text = _TRAILING.sub("", text)
    if not 2 < len(text) <= MAX_BASELINE_CHARS or text.lower() in _EMPTY:
        return None
    gap = inner.start - start - len(text) if inner is not None else 1
    return Baseline(text, start, start + len(text), head, max(gap, 1))


def _dated(sentence: str, head: int, end: int) -> Baseline | None:
    """The time of a figure that is compared with: "so với 6,6% của năm 2018"."""
    match = _DATED.match(sentence, end)
    return Baseline(match.group(1), match.start(1), match.end(1), head) if match else None


def baseline_of(sentence: str, quantity: Quantity, baselines: Sequence[Baseline]) -> str | None:
    """The comparison that a change belongs to: the next one behind it in its sentence part, else the last before it."""
    after = next((b for b in baselines if b.head >= quantity.end), None)
    if after and after.head - quantity.end <= MAX_DISTANCE_CHARS and "; " not in sentence[quantity.end : after.head]:
        return after.text
    before = [b for b in baselines if b.end <= quantity.start]
    return before[-1].text if before else None
