"""What each line of an article is: title, heading, body, caption, byline, debris or page furniture.

A line break always separates: a sub-heading is never glued to the sentence after it, crawl debris gives no sentence.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from thads_nlp.text.normalize import clean

LineKind = Literal["title", "heading", "body", "caption", "byline", "debris", "furniture"]
TitleLine = Literal["auto", "first", "none"]

# Longest headings, titles and bylines in words; a line beyond is running text (corpus titles: median 12, p99 22).
MAX_HEADING_WORDS = 20
MAX_TITLE_WORDS = 30
MAX_BYLINE_WORDS = 7
# Lines at the top and at the end among which a byline may stand.
BYLINE_ZONE = 3

_SENTENCE_END = (".", "!", "?", "…", ":", ";", '."', '!"', '?"', '…"', ".)", ",")
_FURNITURE = re.compile(
    r"(?:xem thêm|đọc thêm|tin liên quan|bài liên quan|tin cùng chuyên mục|chia sẻ|bình luận|từ khóa|từ khoá|tags?|"
    r"in bài|gửi (?:email|bình luận)|theo dõi (?:báo|chúng tôi)|quảng cáo|facebook|twitter|zalo|trang chủ|lượt xem|"
    r"cập nhật lúc|đăng lúc|ngày đăng|bản in|mời (?:độc giả|quý độc giả) xem)(?:\b|$)[^.]{0,120}",
    re.IGNORECASE,
)
_STAMP = re.compile(
    r"(?:(?:thứ \w+|chủ nhật),?\s*)?(?:ngày\s*)?\d{1,2}[/.-]\d{1,2}[/.-]\d{4}[\s,|-]*(?:\d{1,2}[:h]\d{2}(?::\d{2})?)?"
    r"\s*(?:\(?gmt\s*\+?\s*7\)?)?",
    re.IGNORECASE,
)
_PAGE_NUMBER = re.compile(r"(?:trang\s*)?\d{1,4}(?:\s*/\s*\d{1,4})?", re.IGNORECASE)
_CAPTION = re.compile(
    r".{0,300}\(?\b(?:ảnh|đồ họa|đồ hoạ|video|clip|infographic)\s*"
    r"(?::|minh họa|minh hoạ|tư liệu|internet)[^.]{0,60}\.?\)?"
    r"|\(?ảnh[^.]{0,60}\)|(?:quang cảnh|toàn cảnh) [^.]{3,120}\.?",
    re.IGNORECASE,
)
_BYLINE_MARK = re.compile(
    r"\(?(?:theo|nguồn|bài(?: và ảnh)?|tổng hợp|thực hiện|tin,? ?ảnh|tác giả)\b\s*:?[^.,;]{0,60}\)?|pv\.?|p\.v\.?"
    r"|(?:nhóm )?(?:pv|phóng viên)(?:\b[^.,;]{0,40})?|btv\.?"
    r"|[^.,;]{2,40}\((?:tổng hợp|lược dịch|theo [^()]{2,40}|t\.?h)\)",
    re.IGNORECASE,
)
_NAME = re.compile(r"(?:[A-ZĐÀ-Ỹ][\w.]*)(?:[ \-–&,/]+(?:và )?[A-ZĐÀ-Ỹ][\w.]*){0,6}\.?")
_NUMBERED = re.compile(r"(?:[IVX]{1,5}|\d{1,2}(?:\.\d{1,2})*|[a-zđ])[.)/\-]\s+\S")
_DATELINE = re.compile(
    r"\s*(?:\([^()]{2,25}\)\s*[-:,.]*\s*|(?:[A-ZĐ]{2,6}O?|[A-ZĐ][\w.]{1,15} Online)\s*-\s+"
    r"|[A-ZĐ][^\W\d_]*(?: [A-ZĐ][^\W\d_]*){0,3},?\s+"
    r"(?:ngày\s+)?\d{1,2}/\d{1,2}(?:/\d{4})?\s*(?:\([^()]{2,20}\))?\s*-\s+)"
)

# Words that open a sentence and, capitalised after a lower-case word, can only open one.
_OPENING = (
    r"(?:Từ|Theo|Trong|Tính|Đến|Trước|Sau|Với|Về|Để|Cùng|Nhờ|Tuy|Bên|Hiện|Đối|Những|Nhiều|Cụ|Ngoài|Khi|Nếu|Mặc|Do|Vì"
    r"|Báo cáo tại|Phát biểu|Kết luận|Chỉ số|Tổng (?:số|diện|mức|thu|chi|kim|giá|vốn|sản)|Tai nạn|Tỷ lệ|Tỉ lệ)"
)
_RUN_IN = re.compile(rf"([A-ZĐÀ-Ỹ][^.,;:!?\"()\d]{{8,90}}?[a-zđà-ỹ]) (?={_OPENING} [a-zđà-ỹ\d])")


@dataclass(frozen=True, slots=True)
class Line:
    """One line: ``text`` is cleaned, ``[start:end]`` its place in the article, ``offsets`` as in ``Sentence``."""

    text: str
    start: int
    end: int
    kind: LineKind
    offsets: tuple[int, ...] | None = None

    def cut(self, start: int, end: int) -> Line:
        """The part ``text[start:end]`` with its own place."""
        if self.offsets is None:
            return replace(self, text=self.text[start:end], start=self.start + start, end=self.start + end)
        kept = self.offsets[start:end]
        first, last = (kept[0], kept[-1] + 1) if kept else (self.start, self.start)
        return replace(self, text=self.text[start:end], start=first, end=last, offsets=kept)


def split_lines(text: str, title_line: TitleLine = "auto") -> tuple[Line, ...]:
    """Lines of a canonical text with their kinds; blank lines give none, edge spaces and bars are cut off."""
    lines = [part for line in _raw_lines(text) for part in _without_run_in_heading(_trimmed(line))]
    kinds = _kinds([line for line in lines if line.text])
    return _with_title(tuple(_without_dateline(kinds)), title_line)


def _raw_lines(text: str) -> Iterator[Line]:
    """Every line of the text, cleaned."""
    start = 0
    for raw in text.split("\n"):
        cleaned = clean(raw, start)
        yield Line(cleaned.text, start, start + len(raw), "body", cleaned.offsets)
        start += len(raw) + 1


def _trimmed(line: Line) -> Line:
    """A line without spaces and crawl bars at its ends; a line of nothing else keeps one mark as debris."""
    inner = line.text.strip(" |¦•▪■►▶»>*_~=#")
    if not inner:
        return replace(line, text=line.text.strip(), kind="debris") if line.text.strip() else replace(line, text="")
    start = line.text.index(inner)
    return line.cut(start, start + len(inner))


def _without_run_in_heading(line: Line) -> tuple[Line, ...]:
    """A heading that a crawl ran into its paragraph ("Giá xăng dầu Từ 15 giờ…") as a line of its own."""
    match = _RUN_IN.match(line.text)
    if not match or len(line.text) - match.end(1) < 60 or not 3 <= len(match.group(1).split()) <= 12:
        return (line,)
    end = match.end(1)
    return line.cut(0, end), line.cut(end + 1, len(line.text))


def _kinds(lines: Sequence[Line]) -> Iterator[Line]:
    """Each line with its kind, decided from itself and its neighbours."""
    for number, line in enumerate(lines):
        if line.kind == "debris":
            yield line
            continue
        edge = number < BYLINE_ZONE or number >= len(lines) - BYLINE_ZONE
        yield replace(line, kind=_kind(line.text, edge=edge, last=number == len(lines) - 1))


def _kind(text: str, *, edge: bool, last: bool) -> LineKind:
    """Kind of one cleaned line; ``edge`` says that a byline may stand here."""
    words = text.split()
    if not any(char.isalnum() for char in text):
        return "debris"
    if _STAMP.fullmatch(text) or _PAGE_NUMBER.fullmatch(text):
        return "furniture"
    if len(words) <= MAX_HEADING_WORDS and _FURNITURE.fullmatch(text):
        return "furniture"
    if edge and len(words) <= MAX_BYLINE_WORDS and is_byline(text, last=last):
        return "byline"
    if len(words) <= 45 and _CAPTION.fullmatch(text):
        return "caption"
    return "heading" if is_heading(text) else "body"


def is_byline(text: str, *, last: bool) -> bool:
    """A mark ("PV", "Theo TTXVN", "K.Quy", "Hà My (Tổng hợp)") at the edge, or a bare name on the last line."""
    return bool(_BYLINE_MARK.fullmatch(text)) or (last and bool(_NAME.fullmatch(text)))


def is_heading(text: str) -> bool:
    """Whether a line is a sub-heading: short and without the punctuation that closes a sentence."""
    words = text.split()
    if len(words) > MAX_HEADING_WORDS:
        return False
    if text.endswith(_SENTENCE_END):
        return bool(_NUMBERED.match(text)) and text.endswith((":", ".")) and len(words) <= 12 and "," not in text
    head = text.lstrip("\"'([-+ ")[:1]
    return head.isupper() or head.isdigit() or bool(_NUMBERED.match(text))


def _without_dateline(lines: Iterator[Line]) -> Iterator[Line]:
    """Cut "(PLVN) -" or "Hà Nội, 17/6 -" off the first body line: it opens no summary."""
    pending = True
    for line in lines:
        if pending and line.kind == "body":
            pending = False
            match = _DATELINE.match(line.text)
            if match and len(line.text) - match.end() > 40:
                line = line.cut(match.end(), len(line.text))
        yield line


def _with_title(lines: tuple[Line, ...], title_line: TitleLine) -> tuple[Line, ...]:
    """Mark the title: the first line that is text, if it looks like one or the caller says so."""
    first = next((i for i, line in enumerate(lines) if line.kind not in ("debris", "furniture", "byline")), None)
    if title_line == "none" or first is None:
        return lines
    if title_line == "auto" and not _looks_like_title(lines, first):
        return lines
    return (*lines[:first], replace(lines[first], kind="title"), *lines[first + 1 :])


def _looks_like_title(lines: tuple[Line, ...], first: int) -> bool:
    """Short, no full stop, and followed by running text that is longer."""
    line = lines[first]
    body = [other for other in lines[first + 1 :] if other.kind == "body"]
    words = len(line.text.split())
    closed = line.text.endswith((".", ";", ":", ",", '."', "…"))
    return line.kind in ("heading", "body") and 2 <= words <= MAX_TITLE_WORDS and not closed and bool(body)
