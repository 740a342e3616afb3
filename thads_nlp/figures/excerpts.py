"""Stretches of a sentence, as written, that can stand as a statement of some of its figures."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from thads_nlp.figures.listing import list_commas
from thads_nlp.figures.phrases import PhraseTable, Syllable, Words, syllables
from thads_nlp.text.segment import segment_words

# A stretch goes on behind its last figure up to the next of these, at most so many syllables on.
MAX_SYLLABLES = 16
_END_WORDS = frozenset("nhưng song khi để do nhờ vì sau trước nhằm nếu mà nên".split())
# Before these only where a number follows or the phrase is long: they also join what belongs together.
_LOOSE_WORDS = frozenset("và hoặc với cho theo của trên bằng về tại ở trong từ so".split())
_TIMES = frozenset({"năm", "tháng", "quý", "tuần", "phiên", "kỳ", "ngày"})
# Characters that hold the words that open a clause.
_OPENING_CHARS = 40
_MARKS = frozenset(",;:.!?…–—-()")
# A clause that opens so is a part of the one before it.
_TORSO = re.compile(r"(?:với|gồm|bao gồm|cùng|và|từ|của|hoặc|cũng như|kể cả)\b", re.IGNORECASE)
# Verbs and adjectives that say nothing without the subject that the clause before them has.
_SUBJECTLESS = PhraseTable.of([(True, """
    cao|dài|rộng|nặng|sâu|dày|rất|khá|quá|cách|ngoài khơi|nơi|nằm|trúng|giết|giết chết|vượt qua|lọt|giành|nhận|chứa|chở
    mang|mang theo|đeo|kéo|thuộc|khiến|làm|giúp|gây|gây ra|dẫn|dẫn đến|dẫn tới|đưa|góp phần|lấy|nợ|trả|đổi mới|đòi|ký|tự
    đánh|đạt|có giá|trị giá|tương đương|chạy|đi|đến|về|ra|vào|rút|ném|chém|đâm|tông|hơn|kém|không thể|chưa|không
    vẫn|còn|đang|đã|sẽ|được|bị|phải|đều|luôn|từng|cũng|mới|rồi|nên|thì|mà|sử dụng|dùng|giám sát|kinh doanh|thể hiện
    chiếm|tạo|tạo ra|mất|đẩy|nâng|kéo theo|xuất sắc|nguyên|trú|ngụ|quê|thực chất|trước|sau|quyết định|cắt|mở
    thực hiện|để lại|vừa|là|làm rõ|xác minh|tiến hành|tăng|giảm|tương đối|sụt|hạ|cộng
""")])
# What opens a sentence so says of what alone the rest is true.
LIMITS = re.compile(r"(?:với|đối với|nếu|riêng|trường hợp|theo (?:chúng )?tôi)\b", re.IGNORECASE)
_BRACKET = re.compile(r"\s*\([^()]*\)")
# Where a statement may begin inside a sentence: behind a mark that parts clauses.
_OPENINGS = re.compile(r"[;:,]\s+(?=[^\W\d])|(?<=[^\WA-ZĐ\d_]\s)[-–—]\s+(?=[A-ZĐÀ-ỸƠƯ])")


def excerpts(sentence: str, texts: Sequence[str]) -> Iterator[str]:
    """Stretches that hold all ``texts``, the fullest first: from the sentence's head, then from each clause.

    Brackets without any of the figures are left out; a stretch ends where the sentence has a natural end.
    """
    for plain in dict.fromkeys((sentence, _unbracketed(sentence, texts))):
        spans = _spans(plain, texts)
        if spans is None:
            continue
        stop = natural_end(plain, spans[-1][1])
        if stop is None:
            continue
        if plain == sentence and plain.startswith("(", stop + 1) and _unbracketed(plain, texts) != plain:
            continue
        limited = LIMITS.match(plain) is not None
        starts = [0, *(match.end() for match in _OPENINGS.finditer(plain, 0, spans[0][0]) if not limited)]
        yield from (plain[start:stop] for start in starts if start == 0 or not is_torso(plain, start))


def is_torso(sentence: str, start: int) -> bool:
    """Whether a clause inside a sentence has its subject in the clause before it."""
    if _TORSO.match(sentence, start):
        return True
    opening = sentence[start : start + _OPENING_CHARS].strip()
    items = syllables(opening)
    return bool(items) and _SUBJECTLESS.starting_at(items, 0, Words.of(segment_words(opening))) is not None


def natural_end(sentence: str, end: int) -> int | None:
    """Where the phrase that holds ``end`` ends: before a mark, preposition or conjunction; None if a number comes."""
    window = min(len(sentence), end + 12 * MAX_SYLLABLES)
    items = syllables(sentence, end, window)
    words = Words.of(segment_words(sentence))
    lists = list_commas(sentence)
    stop, loose = end, None
    for index, item in enumerate(items[:MAX_SYLLABLES]):
        whole = not words.splits(items, index)
        dated = index > 0 and items[index - 1].key in _TIMES and item.key in ("trước", "sau")
        dated = dated or _is_then(items, index)
        marks = item.text in _MARKS and item.start not in lists and not _is_hyphen(items, index)
        if marks or (item.key in _END_WORDS and whole and not dated):
            return stop
        if item.text[0].isdigit() and not (index and items[index - 1].text == "-"):
            return loose
        loose = stop if item.key in _LOOSE_WORDS and whole else loose
        stop = item.end
    return stop if len(items) <= MAX_SYLLABLES and window == len(sentence) else loose


def _is_hyphen(items: Sequence[Syllable], index: int) -> bool:
    """Whether a dash joins two words of a pair ("mua vào - bán ra") or a name and its number ("Type -094")."""
    if items[index].text != "-" or not 0 < index < len(items) - 1:
        return False
    before, after = items[index - 1], items[index + 1]
    return after.text[0].isdigit() if before.is_name else before.text[0].islower() and after.text[0].islower()


def _is_then(items: Sequence[Syllable], index: int) -> bool:
    """Whether "sau đó" or "trước đó" goes on with the clause."""
    following = items[index + 1].key if index + 1 < len(items) else ""
    return items[index].key in ("trước", "sau") and following == "đó"


def _unbracketed(sentence: str, texts: Sequence[str]) -> str:
    """The sentence without the brackets that hold none of the figures."""
    return _BRACKET.sub(lambda match: match.group() if any(text in match.group() for text in texts) else "", sentence)


def _spans(sentence: str, texts: Sequence[str]) -> list[tuple[int, int]] | None:
    """Where the figures stand, in order."""
    spans: list[tuple[int, int]] = []
    for text in texts:
        start = sentence.find(text, spans[-1][1] if spans else 0)
        if start < 0:
            return None
        spans.append((start, start + len(text)))
    return spans
