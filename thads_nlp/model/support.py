"""Whether two places speak of the same quantity: the words beside it, and the times before it.

Equal numbers are not enough: "hai người bị thương nặng" is not supported by "hai người mất tích, 5 người bị thương
nặng". What stands in a hypothesis beside a quantity must stand beside the same quantity in the source.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Container, Sequence
from dataclasses import dataclass

from thads_nlp.model.salience import content_keys
from thads_nlp.schema import Quantity
from thads_nlp.text.normalize import compare_key

# Content syllables compared before and behind a quantity.
WORDS_BEFORE, WORDS_BEHIND = 8, 3
SOURCE_WORDS_BEHIND = 10
# Fewer own words than this before a source quantity: its subject stands earlier in the sentence.
OWN_WORDS = 2
# Letters of a sentence that are looked at on either side, which keeps a table in one line linear.
REACH_CHARS = 320
_MARK = re.compile(r"[;:()!?]|,(?!\d)|\.(?!\d)")
_TIME = re.compile(
    r"\b(?:(?:quý|tháng|năm)\s+(?:\d{1,4}|[ivx]{1,3}\b|nay|ngoái|trước|tới)|(?:\w+)\s+(?:tháng|quý|năm)\s+(?:đầu|cuối|tới|qua)"
    r"|(?:ngày|sáng|chiều|tối)\s+\d{1,2}[-/]\d{1,2})"
)
_TIME_HEADS = ("trong", "vào", "năm", "tháng", "quý", "ngày", "hồi", "từ")
# Words for one thing that summaries exchange.
_SYNONYMS = re.compile(r"\b(?:thiệt mạng|tử vong|qua đời|tử nạn|bỏ mạng)\b")
# Verbs between subject and amount say nothing of what is measured.
_PREDICATES = frozenset(
    "đạt tăng giảm lên xuống còn là chiếm hơn gần khoảng ước trên dưới tới đến bằng gồm thêm mức ghi nhận có".split()
)


@dataclass(frozen=True, slots=True)
class Surroundings:
    """Content words around one quantity of a sentence, and the times said before and after it."""

    own: tuple[str, ...]
    lead: tuple[str, ...]
    behind: tuple[str, ...]
    times_before: frozenset[str]
    times_behind: frozenset[str]


def surroundings(text: str, quantity: Quantity, before: Quantity | None, after: Quantity | None) -> Surroundings:
    """The surroundings of a quantity; ``before`` and ``after`` are its neighbours in the sentence."""
    low = max(0, quantity.start - REACH_CHARS)
    floor = max(low, before.end if before else 0)
    marks = [match.end() for match in _MARK.finditer(text, floor, quantity.start)]
    stop = min(after.start if after else len(text), quantity.end + REACH_CHARS)
    mark = _MARK.search(text, quantity.end, stop)
    behind = text[quantity.end : mark.start() if mark else stop]
    tail = text[quantity.end : quantity.end + REACH_CHARS]
    return Surroundings(
        own=_words(text[marks[-1] if marks else floor : quantity.start]),
        lead=_words(text[low : quantity.start]),
        behind=_words(behind),
        times_before=frozenset(_TIME.findall(compare_key(text[low : quantity.start]))),
        times_behind=frozenset(match.group() for match in _TIME.finditer(compare_key(tail)) if _is_own(tail, match)),
    )


@dataclass(frozen=True, slots=True)
class Agreement:
    """How far a hypothesis says of a quantity what the source says of it, 0 to 1 each."""

    before: float
    behind: float
    times: bool


def agreement(
    hypothesis: Surroundings, source: Surroundings, earlier: Container[str], is_earlier_time: Callable[[str], bool]
) -> Agreement:
    """Compare what stands around two equal quantities.

    Args:
        hypothesis: surroundings in the hypothesis.
        source: surroundings of an equal quantity in the article.
        earlier: content words of the sentence before the source's.
        is_earlier_time: whether a sentence before the source's names a time.
    """
    beside = frozenset(source.behind[:SOURCE_WORDS_BEHIND])
    own = frozenset(source.own)
    lead: Container[str] = () if len(source.own) >= OWN_WORDS else frozenset(source.lead)
    near = earlier if len(source.own) < OWN_WORDS else ()
    # "17 người bị thương" in a list says by what follows what it counts.
    said = (hypothesis.own or (() if hypothesis.behind else hypothesis.lead))[-WORDS_BEFORE:]
    known = source.times_before | source.times_behind
    return Agreement(
        _share([word in own or word in beside or word in lead or word in near for word in said]),
        _share([word in beside or word in own for word in hypothesis.behind[:WORDS_BEHIND]]),
        all(time in known or (not source.times_before and is_earlier_time(time)) for time in hypothesis.times_before),
    )


def _share(found: Sequence[bool]) -> float:
    """Share of the words that are known, 1 where nothing is asked."""
    return sum(found) / len(found) if found else 1.0


def times_of(text: str) -> frozenset[str]:
    """Times that a text names, as comparison keys."""
    return frozenset(_TIME.findall(compare_key(text)))


def _is_own(text: str, match: re.Match[str]) -> bool:
    """Whether a time behind a quantity is the quantity's: "… trong năm 2020", not "… của năm 2020"."""
    words = compare_key(text)[: match.start()].split()
    return not words or words[-1] in _TIME_HEADS


def _words(text: str) -> tuple[str, ...]:
    """Content syllables without numbers and predicates, synonyms made one."""
    keys = content_keys(_SYNONYMS.sub("chết", compare_key(text)))
    return tuple(key for key in keys if not key[0].isdigit() and key not in _PREDICATES)
