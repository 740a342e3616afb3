"""How a statement opens: without conjunctions and without who reports it, where it stands so."""

from __future__ import annotations

import re

from thads_nlp.figures.excerpts import is_torso
from thads_nlp.figures.measures import after_report
from thads_nlp.figures.periods import find_periods
from thads_nlp.figures.phrases import PhraseTable, syllables
from thads_nlp.figures.printable import POINTERS

# Openings that tie a clause to what stands before it; prepositions stay, they say where and when.
_LEADS = PhraseTable.of([(True, """
    trong đó|trong số này|trong số đó|đồng thời|ngoài ra|tuy nhiên|tuy vậy|song|nhưng|bên cạnh đó|cụ thể|cụ thể là
    theo đó|nhờ đó|qua đó|từ đó|còn|và|trong khi|trong khi đó|đặc biệt|đặc biệt là|đáng chú ý|đáng chú ý là|như vậy
    mà|thì|cùng với đó|tương tự|chẳng hạn|ví dụ|là|này|đó|cũng|như|kết quả là|khiến|khiến cho|làm cho|giúp cho
    bởi|bởi vì|thêm vào đó|vậy|vì vậy|vì thế|do vậy|như thế|hơn nữa|mặt khác|ngược lại|thậm chí|chưa kể
    không chỉ vậy|không chỉ thế|sau đó|trước đó|thế nhưng|chẳng vậy mà|khi đó|lúc đó|lúc này|song song đó
    trong khi ấy|ngay sau đó
""")])
# What they report is a thing and no clause.
_OF_THING = re.compile(r"\b(?:công bố|chứng kiến)\s*$", re.IGNORECASE)
# Before a report they make it open or untrue: "không có dấu hiệu nào cho thấy".
_DENIED = re.compile(r"\b(?:không|chưa|chẳng|phủ nhận|bác bỏ|nếu|liệu|nghi ngờ)\b", re.IGNORECASE)
# Characters before a time that opens a clause ("trong năm 2019"), and what behind it shows that its subject is missing.
_TIME_OPENING = 8
_ASPECT = re.compile(r"\s*,?\s*(?:đã|sẽ|đang|cũng|được|bị)\b", re.IGNORECASE)


def without_lead(text: str) -> str:
    """A clause without its opening conjunctions."""
    items = syllables(text)
    told = items[after_report(items) :]
    items = items if told and _needs_report(text, told[0].start) else told
    match = _LEADS.starting_at(items, 0)
    while match and match[0] < len(items):
        items = items[match[0] :]
        match = _LEADS.starting_at(items, 0)
    while items and items[0].is_mark:
        items = items[1:]
    return text[items[0].start :] if items else text


def _needs_report(text: str, start: int) -> bool:
    """Whether what is said from ``start`` on stands only with who says it, or is denied there."""
    rest = text[start:]
    timed = next((period for period in find_periods(rest) if period.start <= _TIME_OPENING), None)
    subjectless = timed is not None and _ASPECT.match(rest, timed.end) is not None
    said = text[:start]
    tied = _OF_THING.search(said) or _DENIED.search(said)
    return bool(subjectless or tied or POINTERS.match(rest) or is_torso(text, start))
