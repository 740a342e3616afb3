"""Syllables of a sentence with offsets, and phrase tables matched over them from either side."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from thads_nlp.text.segment import Word

# A syllable or code ("TP.HCM", "SJC", "18K"), a number with its separators, or one mark.
_SYLLABLE = re.compile(r"\d[\d.,/]*\d|[^\W_]+(?:[-.&][^\W_]+)*|[^\w\s]|_")
Label = TypeVar("Label")


@dataclass(frozen=True, slots=True)
class Syllable:
    """``key`` is the lower-case text; ``[start, end)`` are offsets into the sentence."""

    text: str
    key: str
    start: int
    end: int

    @property
    def is_mark(self) -> bool:
        """Whether it is punctuation."""
        return not self.text[0].isalnum()

    @property
    def is_name(self) -> bool:
        """Whether it opens with a capital letter."""
        return self.text[0].isupper()


@dataclass(frozen=True, slots=True)
class Words:
    """Where the words of a segmented sentence begin and end; offsets that it does not know are free."""

    inner: frozenset[int] = frozenset()

    @classmethod
    def of(cls, words: Iterable[Word]) -> Words:
        """The offsets of syllables that do not begin a word.

        Segmenters draw the syllables beside numbers and names into one word ("25/7 lượng", "Hang Seng giảm"): where a
        word goes on from digits, or in lower case from a name of two syllables, it is free to part.
        """
        # Most words have one syllable, in which nothing begins.
        joint = (word for word in words if not word.text.isalnum())
        return cls(frozenset(start for word in joint for start in _inner(syllables(word.text, shift=word.start))))

    def splits(self, items: Sequence[Syllable], index: int) -> bool:
        """Whether the place before syllable ``index`` lies inside a word."""
        return index < len(items) and items[index].start in self.inner


def _inner(parts: Sequence[Syllable]) -> Iterable[int]:
    """Where the syllables of a word behind the first begin, but for those that do not belong to it."""
    for index in range(1, len(parts)):
        before, this = parts[index - 1], parts[index]
        named = index > 1 and before.is_name and parts[index - 2].is_name and not this.is_name
        if not named and not before.text[0].isdigit() and not this.text[0].isdigit():
            yield this.start


def syllables(text: str, start: int = 0, end: int | None = None, shift: int = 0) -> list[Syllable]:
    """Syllables of ``text[start:end]`` with offsets into ``text``, each moved by ``shift``."""
    matches = _SYLLABLE.finditer(text, start, len(text) if end is None else end)
    return [Syllable(m.group(), m.group().lower(), m.start() + shift, m.end() + shift) for m in matches]


_ANY = Words()


@dataclass(frozen=True, slots=True)
class PhraseTable(Generic[Label]):
    """Phrases (syllable keys) with labels; the longest match wins."""

    entries: Mapping[tuple[str, ...], Label]
    longest: int
    heads: frozenset[str]
    ends: frozenset[str]

    @classmethod
    def of(cls, groups: Iterable[tuple[Label, str]]) -> PhraseTable[Label]:
        """From (label, phrases) groups; phrases are separated by "|" or line ends."""
        entries = {
            tuple(phrase.split()): label
            for label, text in groups
            for phrase in text.replace("\n", "|").split("|")
            if phrase.strip()
        }
        heads, ends = frozenset(key[0] for key in entries), frozenset(key[-1] for key in entries)
        return cls(entries, max(map(len, entries)), heads, ends)

    def ending_at(
        self, items: Sequence[Syllable], stop: int, floor: int = 0, words: Words = _ANY
    ) -> tuple[int, Label] | None:
        """The longest phrase between ``floor`` and ``stop`` that ends at ``stop``: its first index and label."""
        if stop <= floor or items[stop - 1].key not in self.ends:
            return None
        for size in range(min(self.longest, stop - floor), 0, -1):
            label = self.entries.get(tuple(item.key for item in items[stop - size : stop]))
            if label is not None and not words.splits(items, stop - size):
                return stop - size, label
        return None

    def starting_at(
        self, items: Sequence[Syllable], first: int, words: Words = _ANY
    ) -> tuple[int, Label] | None:
        """The longest phrase that starts at ``first``: the index behind it and its label."""
        if first >= len(items) or items[first].key not in self.heads:
            return None
        for size in range(min(self.longest, len(items) - first), 0, -1):
            label = self.entries.get(tuple(item.key for item in items[first : first + size]))
            if label is not None and not words.splits(items, first + size):
                return first + size, label
        return None
