"""A sentence as clause rules read it, and stretches of its syllables as text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from thads_nlp.figures.phrases import Syllable, Words

Spans = Sequence[tuple[int, int]]


@dataclass(frozen=True, slots=True)
class Text:
    """A sentence as measures are read from it: its syllables, words and the spans that are times or comparisons."""

    sentence: str
    items: Sequence[Syllable]
    words: Words
    times: Spans


def joined(sentence: str, items: Sequence[Syllable]) -> str:
    """The syllables as written; stretches left out between them become one space."""
    parts: list[str] = []
    last: Syllable | None = None
    for item in items:
        if last is not None:
            gap = sentence[last.end : item.start]
            parts.append(gap if len(gap) <= 1 and not gap.strip() else " ")
        parts.append(item.text)
        last = item
    return "".join(parts).strip(" ,.;:-–\"“”'")


def inside(item: Syllable, spans: Spans) -> bool:
    """Whether a syllable lies in one of the spans."""
    return any(start <= item.start < end for start, end in spans)
