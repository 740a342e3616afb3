"""The words right before a quantity that say how it belongs to its subject: "đạt", "tăng thêm gần", "xuống còn"."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from thads_nlp.figures import clause_words as vocabulary
from thads_nlp.figures.phrases import PhraseTable, Syllable, Words
from thads_nlp.schema import Direction

# filler: adverbs and approximations; arrive: "lên", "còn"; state: "đạt", "là"; hold: "có", "ghi nhận" (the quantity is
# their object); own: "nắm giữ"; per: "chiếm", "bằng"; match: "tương đương"; plan: "dự kiến"; from: "từ";
# side: "bán ra".
Kind = Literal["filler", "up", "down", "arrive", "state", "hold", "per", "match", "plan", "from", "own", "side"]

_TABLE: PhraseTable[Kind] = PhraseTable.of([
    ("filler", vocabulary.FILLER), ("up", vocabulary.UP), ("down", vocabulary.DOWN), ("arrive", vocabulary.ARRIVE),
    ("state", vocabulary.STATE), ("hold", vocabulary.HOLD), ("per", vocabulary.PER), ("own", vocabulary.OWN),
    ("match", vocabulary.MATCH), ("plan", vocabulary.PLAN), ("from", vocabulary.FROM), ("side", vocabulary.SIDE),
])  # fmt: skip


@dataclass(frozen=True, slots=True)
class Predicate:
    """The chain of words before a quantity, from syllable ``first``; ``kinds`` are in reading order."""

    first: int
    kinds: tuple[Kind, ...]

    @property
    def direction(self) -> Direction | None:
        """Up or down where the nearest verb of the chain is one of change."""
        if self.verb == "up":
            return "up"
        return "down" if self.verb == "down" else None

    @property
    def verb(self) -> Kind | None:
        """The nearest word that is no filler."""
        return next((kind for kind in reversed(self.kinds) if kind != "filler"), None)

    def has(self, *kinds: Kind) -> bool:
        """Whether one of the kinds is in the chain."""
        return any(kind in self.kinds for kind in kinds)


# Before a word of change these make it a noun: "mức tăng", "tốc độ tăng trưởng"; before an adjective, "độ cao".
_NOMINALS = frozenset({"mức", "độ", "đà", "lệ", "sự", "chiều", "tầm"})
_DIMENSIONS = frozenset({"độ", "chiều", "tầm"})
# Nouns that a verb right behind them names more closely: "giá bán", "lãi suất cho vay".
_NAMED_BY_VERBS = frozenset({"giá", "suất"})


def _is_noun(items: Sequence[Syllable], start: int, floor: int) -> bool:
    """Whether what looks like a verb of change at ``start`` is a noun with the word before it."""
    if start <= floor or items[start - 1].key not in _NOMINALS:
        return False
    return items[start].key in ("tăng", "giảm") or items[start - 1].key in _DIMENSIONS


def read_predicate(items: Sequence[Syllable], stop: int, floor: int, words: Words) -> Predicate:
    """The chain that ends before syllable ``stop`` and begins at ``floor`` or later, in whole words."""
    kinds: list[Kind] = []
    first = stop
    while first > floor:
        match = _TABLE.ending_at(items, first, floor, words)
        if match is None:
            break
        start, kind = match
        if kind in ("up", "down") and _is_noun(items, start, floor):
            break
        if kind in ("hold", "own", "state") and start > floor and items[start - 1].key in _NAMED_BY_VERBS:
            break
        if kind in ("hold", "own", "side") and any(other != "filler" for other in kinds):
            break
        first = start
        kinds.append(kind)
        if kind == "hold":
            break
    return Predicate(first, tuple(reversed(kinds)))
