"""The words behind a quantity that complete its noun: "12 ca (tử vong)"."""

from __future__ import annotations

from collections.abc import Sequence

from thads_nlp.figures import clause_words as vocabulary
from thads_nlp.figures.phrases import PhraseTable, Syllable, syllables
from thads_nlp.figures.stretches import Text, inside, joined

MAX_TAIL_SYLLABLES = 9
# No syllable or code has more than about twenty characters.
MAX_TAIL_CHARS = 20 * (MAX_TAIL_SYLLABLES + 1)

_TAIL_STOPS = PhraseTable.of([(True, vocabulary.TAIL_STOPS)])
_PASSIVE_STOPS = PhraseTable.of([(True, vocabulary.PASSIVE_STOPS)])
# Passive verbs may stay inside a counted noun: "vụ án được xét xử".
_PASSIVES = frozenset({"được", "bị"})
# Behind a count they open what it has or is about: "việc có điều kiện", "46% về tiền".
_RELATIVES = frozenset({"có", "về"})
# Prepositions that "liên quan" and "nằm" take.
_TOWARDS = frozenset({"đến", "tới"})
_LOCATIONS = frozenset({"trong", "tại", "ở"})


def counted(text: Text, unit: str, start: int, end: int | None) -> str:
    """A counted noun with what follows it up to the next preposition or verb: "ca tử vong", "lượt khách đi tàu"."""
    return " ".join(filter(None, (unit, tail(text, start, end))))


def tail(text: Text, start: int, end: int | None) -> str:
    """The words behind a quantity that complete its noun; "" where the clause goes on with something else."""
    items = _behind(text, start, end)
    kept: list[Syllable] = []
    for index, item in enumerate(items[:MAX_TAIL_SYLLABLES]):
        if item.is_mark or item.text[0].isdigit() or inside(item, text.times):
            break
        within = text.words.splits(items, index)
        done_to = any(word.key in _PASSIVES for word in kept)
        table = _PASSIVE_STOPS if done_to else _TAIL_STOPS
        stops = not within and table.starting_at(items, index, text.words)
        if stops and not _goes_on(item, index) and not _is_governed(kept, item):
            break
        if within and not kept:
            return ""
        kept.append(item)
    kept = _whole(kept, items, text)
    while kept and (kept[-1].key in _PASSIVES or kept[-1].key == "của"):
        kept.pop()
    return joined(text.sentence, kept)


def said_of(text: Text, start: int, end: int | None) -> str:
    """What a clause says of a count that names no more than its unit: "(56 trạm) đang thu"."""
    items = _behind(text, start, end)
    kept: list[Syllable] = []
    for index, item in enumerate(items[:MAX_TAIL_SYLLABLES]):
        if item.is_mark or item.text[0].isdigit() or inside(item, text.times):
            break
        if _PASSIVE_STOPS.starting_at(items, index, text.words) and not text.words.splits(items, index):
            break
        kept.append(item)
    kept = _whole(kept, items, text)
    return joined(text.sentence, kept) if len(kept) > 1 else ""


def _behind(text: Text, start: int, end: int | None) -> Sequence[Syllable]:
    """Syllables from ``start`` on, one more than a tail may have."""
    stop = len(text.sentence) if end is None else end
    return syllables(text.sentence, start, min(stop, start + MAX_TAIL_CHARS))[: MAX_TAIL_SYLLABLES + 1]


def _whole(kept: Sequence[Syllable], items: Sequence[Syllable], text: Text) -> list[Syllable]:
    """What was kept, without a last syllable whose word goes on behind it."""
    cut = len(kept) < len(items) and text.words.splits(items, len(kept))
    return list(kept[:-1] if cut else kept)


def _goes_on(item: Syllable, index: int) -> bool:
    """Whether a word that stops a noun goes on with it here: "vụ được xét xử", "việc có điều kiện", "46% về tiền"."""
    return item.key in _PASSIVES or (index == 0 and item.key in _RELATIVES)


def _is_governed(kept: Sequence[Syllable], item: Syllable) -> bool:
    """Whether the word before a preposition says nothing without it: "vụ việc liên quan đến an ninh"."""
    if not kept:
        return False
    pair = " ".join(word.key for word in kept[-2:])
    return (pair == "liên quan" and item.key in _TOWARDS) or (kept[-1].key == "nằm" and item.key in _LOCATIONS)
