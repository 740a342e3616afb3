"""What a quantity measures: the subject before its predicate, or the counted noun with what follows it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from thads_nlp.figures import clause_words as vocabulary
from thads_nlp.figures.phrases import PhraseTable, Syllable, Words
from thads_nlp.figures.stretches import Text, inside, joined

MAX_MEASURE_SYLLABLES = 16

_REPORTS = PhraseTable.of([(True, vocabulary.REPORTS)])
_HEADS = PhraseTable.of([(True, vocabulary.REPORTS), (True, vocabulary.PLAN_HEADS)])
_LEADS = PhraseTable.of([(True, vocabulary.LEADS)])
_TRAILS = PhraseTable.of([(True, vocabulary.TRAILS)])
_NOUN_BREAKS = PhraseTable.of([(True, vocabulary.NOUN_BREAKS)])
_VERBS = PhraseTable.of([(True, vocabulary.VERBS)])
_FINITE = PhraseTable.of([(True, vocabulary.VERBS), (True, vocabulary.UP), (True, vocabulary.DOWN)])
_CHANGES = PhraseTable.of([(True, vocabulary.UP), (True, vocabulary.DOWN)])
# What stands before them only prepares the clause behind them.
_TOPIC_MARKS = frozenset({"thì", "giúp", "khiến", "nhưng", "song", "nên", "như"})
_TIME_PREPOSITIONS = frozenset({"trong", "vào", "hồi", "suốt"})
# "với" that opens the name of what is measured: "đấu giá cổ phần với mức định giá".
_AMOUNTS = frozenset("mức giá tổng số doanh lợi vốn tỷ tỉ diện lãi công thu tiền kinh chi quy sản khối trị".split())
# Heads of amounts that a verb before them has as its object, unless a preposition makes them part of a longer name.
_AMOUNT_HEADS = PhraseTable.of([(True, """
    mức|tỷ lệ|tỉ lệ|số tiền|tổng số tiền|khoản|mục tiêu|lãi suất|tổng vốn|giá trị
""")])
_LINKS = frozenset("của về cho theo trên và hoặc với trong".split())
# Names of amounts that say nothing alone: "chia cổ tức bằng tiền với tỷ lệ 8%".
_BARE_AMOUNTS = frozenset({"tỷ lệ", "tỉ lệ", "mức", "giá", "giá trị", "trị giá", "mức giá", "số tiền"})
# Before a verb of change they make it a noun: "tốc độ tăng trưởng".
_NOMINALS = frozenset({"độ", "mức", "đà", "lệ", "sự", "tiêu"})
_ADVERBS_OF_LIKENESS = frozenset({"gần", "hầu", "cũng", "dường", "giống", "tương", "tự"})
_DURATIONS = frozenset({"năm", "tháng", "tuần", "ngày", "giờ"})
_MANNERS = frozenset({"mạnh", "nhẹ", "cao", "sâu", "nhanh", "dần", "đều", "lên", "xuống", "đáng", "kể"})
# Where a change leads.
_LEVELS = frozenset({"xuống", "lên", "còn", "mức", "về", "đến", "tới"})
# Nouns that belong to whoever is said to have them.
_OWNED = re.compile(
    r"(?:tổng )?(?:doanh thu|doanh số|lợi nhuận|thị phần|tài sản|vốn|nợ|lãi|lỗ|sản lượng|kim ngạch|quy mô"
    r"|diện tích|dân số|thu nhập|công suất|chiều dài|giá trị|vốn hóa|vốn hoá|khối lượng)\b",
    re.IGNORECASE,
)
MAX_OWNER_SYLLABLES = 9
# Words between an owner and an amount of theirs.
_HAVING = frozenset({"với", "đạt", "báo", "ghi"})
MAX_BRACKETED_SYLLABLES = 5
_PLACE_HEADS = frozenset({"tại", "ở"})
# "trên" heads a place only before these; elsewhere it says of what a rate is ("trên số có điều kiện").
_PLACES = frozenset({"địa", "thị", "cả", "toàn", "thế", "sàn", "khắp", "cao", "các", "tuyến"})
_CLAUSE_BREAKS = frozenset({"nhưng", "khi", "để", "khiến", "nên", "giúp", "làm"})
# Behind these "có" opens a relative clause: "số có điều kiện thi hành".
_COUNT_NOUNS = frozenset({"số", "người", "việc", "hộ", "vụ", "đơn"})
# Behind the last syllable of "giải ngân", "thực hiện", "hoàn thành" a plan is what is fulfilled.
_FULFILLERS = frozenset({"ngân", "hiện", "thành", "giao", "vốn"})
# Two directions of a market, said beside or behind the price.
_SIDES = ("mua vào", "bán ra")
_SIDE = re.compile(r"\s*\(\s*(mua vào|bán ra)(?:\s*[-–]\s*(mua vào|bán ra))?\s*\)", re.IGNORECASE)
_GROWTH = re.compile(r"^(?:tăng trưởng|tăng)\b|\b(?:mức|tốc độ|tỷ lệ|tỉ lệ|đà) tăng\b", re.IGNORECASE)
_FALL = re.compile(r"\b(?:mức|tốc độ|tỷ lệ|tỉ lệ|đà) (?:giảm|sụt giảm)\b", re.IGNORECASE)
_QUOTES = frozenset('"“”')
_LINK = re.compile(r"\s+là\s+")

@dataclass(frozen=True, slots=True)
class Noun:
    """A noun phrase and the index of the word before it that it depends on."""

    first: int
    text: str


def subject(text: Text, first: int, stop: int) -> str | None:
    """The measure that syllables ``[first, stop)`` name, cleaned of reports, openings, times and adverbs; else None."""
    first = _after_clause(text, _after_report(text, first, stop), stop)
    kept = _unbracketed(_timeless(text, first, stop))
    kept = _trimmed(kept, text.words)
    kept = _trimmed(_without_place(_without_relative(_before_change(kept, text.words))), text.words)
    if len(kept) > MAX_MEASURE_SYLLABLES:
        kept = _trimmed(kept[_last_break(kept) :], text.words)[-MAX_MEASURE_SYLLABLES:]
    named = joined(text.sentence, kept)
    head = _LINK.split(named, maxsplit=1)[0]
    named = head if len(head.split()) >= 2 else named
    return named if len(named.split()) >= 2 or (len(named) > 1 and named[0].isupper()) else None


def noun_before(text: Text, first: int, stop: int) -> Noun | None:
    """The noun phrase that ends at a quantity without verb: "(với) doanh thu", "(tạo ra) khoản lỗ"."""
    for index in range(stop - 1, first - 1, -1):
        match = _NOUN_BREAKS.starting_at(text.items, index, text.words)
        if match is None or match[0] > stop or inside(text.items[index], text.times):
            continue
        if text.words.splits(text.items, index):
            continue
        if match[0] == stop and text.items[index].key == "với":
            head = object_noun(text, first, index)
            return Noun(index, head) if head else None
        named = subject(text, _amount_head(text, match[0], stop), stop) if match[0] < stop else None
        if named and named.lower() in _BARE_AMOUNTS:
            break
        if named:
            return Noun(index, named)
    named = subject(text, _amount_head(text, first, stop), stop)
    return Noun(first, named) if named else None


def _amount_head(text: Text, first: int, stop: int) -> int:
    """Index of "mức", "số tiền" or the like that a verb has as its object: "(hai bên thống nhất) mức tăng"."""
    for index in range(stop - 2, first, -1):
        match = _AMOUNT_HEADS.starting_at(text.items, index, text.words)
        if match is None or text.words.splits(text.items, index) or inside(text.items[index], text.times):
            continue
        return first if text.items[index - 1].key in _LINKS else index
    return first


def owned(text: Text, first: int, noun: Noun, before: str | None) -> str:
    """The noun with whose it is: "(Hãng A dẫn đầu với) doanh thu" is "doanh thu của Hãng A".

    ``before`` is the measure of the figure that the clause goes on from, None where a mark opens the clause.
    """
    key = text.items[noun.first].key
    if key == "có" and (whole := subject(text, first, noun.first)):
        return f"{whole} có {noun.text}" if len(whole.split()) <= MAX_OWNER_SYLLABLES else noun.text
    if key not in _HAVING or not _OWNED.match(noun.text) or " của " in noun.text:
        return noun.text
    owner = clause_subject(text, first, noun.first) if key == "với" else subject(text, first, noun.first)
    if owner is None and before is not None:
        owner = before.partition(" của ")[2] if _OWNED.match(before) else before
    return f"{noun.text} của {owner}" if owner and len(owner.split()) <= MAX_OWNER_SYLLABLES else noun.text


def object_noun(text: Text, first: int, stop: int) -> str | None:
    """What stands behind the last verb of a clause part, or the part where it has none."""
    while first < stop and text.items[first].is_mark:
        first += 1
    for index in range(stop - 1, first, -1):
        match = _FINITE.starting_at(text.items, index, text.words)
        within = text.words.splits(text.items, index) or _is_nominal(text.items, index)
        if match and match[0] < stop and not within:
            named = subject(text, match[0], stop)
            if named:
                return named
    return subject(text, first, stop)


def clause_subject(text: Text, first: int, stop: int) -> str | None:
    """The subject of a whole clause: what stands before its first verb of change or state; None if it has no verb."""
    for index in range(first + 1, stop):
        match = _VERBS.starting_at(text.items, index, text.words)
        relative = text.items[index].key == "có" and text.items[index - 1].key in _COUNT_NOUNS
        relative = relative or _is_nominal(text.items, index)
        if match and match[0] <= stop and not relative and not text.words.splits(text.items, index):
            return subject(text, first, index)
    return None


def market_side(text: Text, start: int, *, second: bool) -> str | None:
    """Which side of a market a price states, said in brackets behind it; ``second`` of two prices before them."""
    match = _SIDE.match(text.sentence, start)
    if match is None:
        return None
    return (match.group(2) if second and match.group(2) else match.group(1)).lower()


def with_side(measure: str, side: str) -> str:
    """A measure with the side of the market instead of another one in it."""
    for other in _SIDES:
        measure = measure.replace(f" {other}", "").removeprefix(other).strip()
    return f"{measure} {side}".strip()


def side_of(measure: str) -> str | None:
    """The side of the market where a measure says nothing else."""
    key = measure.lower().removeprefix("chiều ").removeprefix("giá ")
    return key if key in _SIDES else None


def names_growth(measure: str) -> bool:
    """Whether a measure is itself a rise: "mức tăng trưởng GDP đạt 7,08%" is a change."""
    return _GROWTH.search(measure) is not None


def names_fall(measure: str) -> bool:
    """Whether a measure is itself a fall: "mức giảm"."""
    return _FALL.search(measure) is not None


def ends_in_report(text: Text, first: int, stop: int) -> bool:
    """Whether a clause only says who reports: "…, Cục trưởng … cho biết"."""
    return _REPORTS.ending_at(text.items, stop, first) is not None


def has_report(text: Text, first: int, stop: int) -> bool:
    """Whether a clause part says who reports before it says what: "Cục trưởng cho biết Sở đã chuyển"."""
    return any(
        (match := _REPORTS.starting_at(text.items, index, text.words)) is not None and match[0] <= stop
        for index in range(first, stop)
    )


def after_report(items: Sequence[Syllable]) -> int:
    """Index of the first syllable behind the last words that only say who reports."""
    matches = (_REPORTS.starting_at(items, index) for index in range(len(items)))
    return max((match[0] for match in matches if match and match[0] < len(items)), default=0)


def _after_report(text: Text, first: int, stop: int) -> int:
    """Index behind the last report word of a clause."""
    best = first
    for index in range(first, stop):
        match = _HEADS.starting_at(text.items, index, text.words)
        if match and match[0] < stop and not (index > first and text.items[index - 1].key in _FULFILLERS):
            best = max(best, match[0])
    return best


def _after_clause(text: Text, first: int, stop: int) -> int:
    """Index behind what a clause is only put under: "khi … thì", "giúp", "… tăng và"."""
    best = first
    for index in range(first + 1, stop - 1):
        key = text.items[index].key
        topic = key in _TOPIC_MARKS and not text.words.splits(text.items, index)
        topic = topic and not (key == "như" and text.items[index - 1].key in _ADVERBS_OF_LIKENESS)
        amount = key == "với" and text.items[index + 1].key in _AMOUNTS
        if topic or amount or (key == "và" and _ends_in_change(text, best, index)):
            best = _whole_amount(text, best, index, stop) if amount else index + 1
    return best if subject_words(text.items[best:stop]) else first


def _whole_amount(text: Text, first: int, index: int, stop: int) -> int:
    """Index behind "với", or what was before it where the noun behind it says nothing alone."""
    noun = " ".join(item.key for item in text.items[index + 1 : stop])
    return first if noun in _BARE_AMOUNTS else index + 1


def subject_words(items: Sequence[Syllable]) -> int:
    """Number of syllables that can be part of a name for something."""
    return sum(not item.is_mark and _TRAILS.starting_at([item], 0) is None for item in items)


def _ends_in_change(text: Text, first: int, stop: int) -> bool:
    """Whether a clause part ends with a verb of rise or fall, adverbs aside."""
    while stop > first and text.items[stop - 1].key in _MANNERS:
        stop -= 1
    return stop > first + 1 and _CHANGES.ending_at(text.items, stop, first + 1, text.words) is not None


def _timeless(text: Text, first: int, stop: int) -> list[Syllable]:
    """The syllables that are no time or comparison, nor the preposition of one."""
    kept: list[Syllable] = []
    for item in text.items[first:stop]:
        if not inside(item, text.times):
            kept.append(item)
        elif kept and kept[-1].key in _TIME_PREPOSITIONS:
            kept.pop()
    return kept


def _before_change(items: Sequence[Syllable], words: Words) -> list[Syllable]:
    """Cut at a verb of rise or fall that goes on to a level: "giá … đã giảm xuống mức thấp nhất là"."""
    for index in range(2, len(items) - 1):
        match = _CHANGES.starting_at(items, index, words)
        if match and match[0] < len(items) and items[match[0]].key in _LEVELS and not words.splits(items, index):
            return list(items[:index])
    return list(items)


def _unbracketed(items: Sequence[Syllable]) -> list[Syllable]:
    """Without long bracketed additions; a bracket without its other half ends or begins what is kept."""
    kept: list[Syllable] = []
    opened: list[int] = []
    for item in items:
        kept.append(item)
        if item.text == "(":
            opened.append(len(kept) - 1)
        elif item.text == ")" and opened:
            start = opened.pop()
            if not 0 < len(kept) - start - 2 <= MAX_BRACKETED_SYLLABLES:
                del kept[start:]
        elif item.text == ")":
            kept.clear()
    return kept[: opened[0]] if opened else kept


def _trimmed(items: Sequence[Syllable], words: Words) -> list[Syllable]:
    """Without openings at the head and adverbs at the end."""
    kept = list(items)
    size = -1
    while kept and len(kept) != size:
        size = len(kept)
        if kept[0].is_mark and not _opens_quote(kept):
            kept = kept[1:]
            continue
        if len(kept) > 2 and kept[0].text.isdigit() and kept[1].key in _DURATIONS:
            kept = kept[2:]
            continue
        if kept[-1].is_mark and kept[-1].text not in ')"”':
            kept = kept[:-1]
            continue
        lead = _LEADS.starting_at(kept, 0, words)
        kept = kept[lead[0] :] if lead else kept
        trail = _TRAILS.ending_at(kept, len(kept), 0, words)
        kept = kept[: trail[0]] if trail and not _is_nominal(kept, trail[0]) else kept
    return kept


def _opens_quote(items: Sequence[Syllable]) -> bool:
    """Whether a quotation that is closed again begins: "“ông lớn” ngành sữa"."""
    return items[0].text in _QUOTES and sum(item.text in _QUOTES for item in items[:-1]) > 1


def _is_nominal(items: Sequence[Syllable], index: int) -> bool:
    """Whether the word of change at ``index`` is part of a noun: "tốc độ tăng trưởng"."""
    return 0 < index < len(items) and items[index - 1].key in _NOMINALS and items[index].key in ("tăng", "giảm")


def _without_relative(items: Sequence[Syllable]) -> list[Syllable]:
    """Cut a relative clause at the end: "mức lợi nhuận mà công ty ước đạt"."""
    cut = next((index for index in range(2, len(items) - 1) if items[index].key == "mà"), len(items))
    return list(items[:cut])


def _without_place(items: Sequence[Syllable]) -> list[Syllable]:
    """Cut a place at the end: "giá vàng SJC tại thị trường Hà Nội"."""
    for index in range(2, len(items) - 1):
        heads = items[index].key in _PLACE_HEADS or (items[index].key == "trên" and items[index + 1].key in _PLACES)
        if heads and not any(item.is_mark and item.text != "." for item in items[index:]):
            return list(items[:index])
    return list(items)


def _last_break(items: Sequence[Syllable]) -> int:
    """Index behind the last conjunction or mark that leaves at least two syllables."""
    for index in range(len(items) - 3, -1, -1):
        parts = items[index].is_mark and items[index].text != "."
        if parts or items[index].key in _CLAUSE_BREAKS:
            return index + 1
    return 0


