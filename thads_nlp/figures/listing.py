"""Commas within a list of bare nouns, which part no clauses: "nông, lâm, thủy sản"."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

from thads_nlp.figures import clause_words as vocabulary
from thads_nlp.figures.phrases import PhraseTable, Syllable, syllables

# A member of such a list has hardly more syllables.
MOST_SYLLABLES = 2
_OTHERS = PhraseTable.of([(True, vocabulary.LEADS), (True, vocabulary.TRAILS), (True, vocabulary.VERBS),
                          (True, vocabulary.UP), (True, vocabulary.DOWN), (True, vocabulary.STATE)])  # fmt: skip


def list_commas(sentence: str) -> frozenset[int]:
    """Offsets of the commas on both sides of a short noun between commas."""
    if sentence.count(",") < 2:
        return frozenset()
    return frozenset(offset for offset in _found(syllables(sentence)))


def _found(items: list[Syllable]) -> Iterator[int]:
    """Both commas of each member."""
    commas = [index for index, item in enumerate(items) if item.text == ","]
    for left, right in itertools.pairwise(commas):
        member = items[left + 1 : right]
        if 0 < len(member) <= MOST_SYLLABLES and _is_noun(member):
            yield items[left].start
            yield items[right].start


def _is_noun(member: list[Syllable]) -> bool:
    """Whether a member is in small letters, without figures, and no adverb, verb or conjunction."""
    if not all(item.text.isalpha() and item.text.islower() for item in member):
        return False
    match = _OTHERS.starting_at(member, 0)
    return match is None
