"""Numbers and dates of a source become placeholders that a model can only copy, and come back as written.

A target can therefore state no number that its source does not have. Equal strings share a slot; at most
``MAX_SLOTS`` of a kind are given out, later numbers stay as written.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

# Size of each kind in the shipped vocabulary: <num1..20>, <date1..20>.
MAX_SLOTS = 20

_NUMERAL = re.compile(r"\d[\d.,]*(?:[-/]\d[\d.,]*)?")
_CALENDAR = re.compile(r"(\d{1,2})[-/.](\d{1,2})(?:[-/.](?:19|20)?\d{2})?|(\d{1,2})[-/](?:19|20)\d{2}")
_YEAR = re.compile(r"(?:19|20)\d{2}")
_SLOT = re.compile(r"<(?:num|date)\d{1,2}>")
# Words after which a bare number or "20-1" counts days, months or years.
_DATE_HEADS = frozenset(
    {"ngày", "tháng", "năm", "mùng", "sáng", "trưa", "chiều", "tối", "đêm", "khuya", "hôm", "rạng_sáng"}
)
_LONGEST_NUMERAL = 40  # characters; longer digit runs are data, not text


def is_slot(token: str) -> bool:
    """Whether ``token`` is a number or date placeholder."""
    return _SLOT.fullmatch(token) is not None


def is_numeral(word: str) -> bool:
    """Whether a word (as segmented) is written in digits only, with separators."""
    return len(word) <= _LONGEST_NUMERAL and _NUMERAL.fullmatch(word) is not None


@dataclass(frozen=True, slots=True)
class SlotTable:
    """Which written number stands behind which slot, in order of first appearance in the source."""

    surfaces: tuple[tuple[str, str], ...]

    @classmethod
    def build(cls, sentences: Iterable[Sequence[str]]) -> SlotTable:
        """Slots for the numbers of segmented sentences (words with ``_`` between syllables)."""
        slot_of: dict[str, str] = {}
        counts = {"num": 0, "date": 0}
        for words in sentences:
            for position, word in enumerate(words):
                if word in slot_of or not is_numeral(word):
                    continue
                kind = _kind(word, words[position - 1] if position else "")
                if counts[kind] < MAX_SLOTS:
                    counts[kind] += 1
                    slot_of[word] = f"<{kind}{counts[kind]}>"
        return cls(tuple((slot, surface) for surface, slot in slot_of.items()))

    def mask(self, words: Sequence[str]) -> tuple[str, ...]:
        """The words with every known number replaced by its slot."""
        slot_of = {surface: slot for slot, surface in self.surfaces}
        return tuple(slot_of.get(word, word) for word in words)

    def fill(self, words: Sequence[str]) -> tuple[str, ...]:
        """Inverse of ``mask``; a slot that the table does not have stays, for verification to refuse."""
        surface_of = dict(self.surfaces)
        return tuple(surface_of.get(word, word) for word in words)


def _kind(word: str, previous: str) -> str:
    """The kind "date" for calendar forms and for numbers that a date word introduces, else "num"."""
    if _YEAR.fullmatch(word):
        return "date"
    calendar = _CALENDAR.fullmatch(word)
    if previous.lower() in _DATE_HEADS:
        return "date" if calendar or len(word) <= 2 else "num"
    if calendar and "/" in word:
        day, month = calendar.group(1), calendar.group(2)
        return "date" if day is None or (1 <= int(day) <= 31 and 1 <= int(month) <= 12) else "num"
    return "num"
