"""Which sentences of an article a summary drew on, and where in them each of its words is supported."""

from __future__ import annotations

import itertools
import re
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from thads_nlp.schema import Briefing, Evidence

_WORD = re.compile(r"\w+")
_STOP = re.compile(r"\n+|[.!?…]+[”’\"»)]*\s+")
_OPENERS = "“‘\"«("
# A further sentence counts as drawn on when it brings this share of a summary sentence's word pairs, and so many.
_LEAST_SHARE = 0.2
_LEAST_PAIRS = 3
# A summary sentence condenses a few sentences of an article at most.
_MOST_SOURCES = 3

Span = tuple[int, int]
Pair = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Trace:
    """Spans of the article that the summary drew on, in order, and its evidence, moved into them where it can be."""

    drawn: tuple[Span, ...]
    evidence: tuple[Evidence, ...]


@dataclass(frozen=True, slots=True)
class _Source:
    """The article's sentences and the word pairs that each holds."""

    text: str
    spans: tuple[Span, ...]
    holders: Mapping[Pair, Sequence[int]]


def trace(briefing: Briefing) -> Trace:
    """Follow a summary back to its article.

    A sentence is drawn on when the summary repeats its word pairs or states a quantity or quotation that stands
    there alone. Evidence outside of these moves to the same words inside, where there are any: an editor wants the
    sentence, not the first place that names the year.
    """
    source = _index(briefing.text)
    drawn: set[int] = set()
    moved: list[Evidence] = []
    for span in sentence_spans(briefing.summary):
        chosen = _chosen(briefing.summary[slice(*span)], source)
        for item in briefing.evidence:
            if span[0] <= item.start < span[1]:
                inside = _moved(item, chosen, source)
                moved.append(inside)
                if inside.kind in ("quantity", "quote"):
                    chosen = [*chosen, *_holding(inside, source)]
        drawn.update(chosen)
    return Trace(tuple(source.spans[index] for index in sorted(drawn)), tuple(moved))


def sentence_spans(text: str) -> tuple[Span, ...]:
    """Spans of a text's sentences without the spaces around them; close enough to shade by."""
    ends = [match.end() for match in _STOP.finditer(text) if _closes(text, match)]
    edges = [0, *ends, len(text)]
    spans = []
    for start, end in itertools.pairwise(edges):
        part = text[start:end]
        if stripped := part.strip():
            left = start + len(part) - len(part.lstrip())
            spans.append((left, left + len(stripped)))
    return tuple(spans)


def _closes(text: str, match: re.Match[str]) -> bool:
    """Whether a stop ends a sentence: a capital, digit or quote follows, and no short abbreviation precedes."""
    if match.group()[0] == "\n" or match.end() == len(text):
        return True
    before = text[: match.start()][-4:].rsplit(" ", 1)[-1]
    if match.group()[0] == "." and before[:1].isupper() and len(before) <= 3 and not before.isdigit():
        return False
    following = text[match.end()]
    return following.isupper() or following.isdigit() or following in _OPENERS


def _index(text: str) -> _Source:
    """The article cut into sentences, looked up by word pairs."""
    spans = sentence_spans(text)
    holders: defaultdict[Pair, list[int]] = defaultdict(list)
    for index, (start, end) in enumerate(spans):
        for pair in _pairs(text[start:end]):
            holders[pair].append(index)
    return _Source(text, spans, holders)


def _pairs(text: str) -> set[Pair]:
    """Neighbouring words of a text, lower case."""
    words = [match.group().lower() for match in _WORD.finditer(text)]
    return set(itertools.pairwise(words))


def _chosen(sentence: str, source: _Source) -> list[int]:
    """The sentences that together hold most of a summary sentence, the best first."""
    left = _pairs(sentence)
    least = max(_LEAST_PAIRS, _LEAST_SHARE * len(left))
    chosen: list[int] = []
    while len(chosen) < _MOST_SOURCES:
        counts = Counter(index for pair in left for index in source.holders.get(pair, ()))
        best, gain = max(counts.items(), key=lambda item: (item[1], -item[0]), default=(0, 0))
        if gain < least:
            break
        chosen.append(best)
        left = {pair for pair in left if best not in source.holders.get(pair, ())}
    return chosen


def _holding(item: Evidence, source: _Source) -> list[int]:
    """The sentence that evidence stands in, if any."""
    found = (i for i, (start, end) in enumerate(source.spans) if start <= item.source_start < end)
    return list(found)[:1]


def _moved(item: Evidence, chosen: Sequence[int], source: _Source) -> Evidence:
    """Evidence at the same words inside the chosen sentences; as it is where they stand in none of them."""
    spans = [source.spans[index] for index in chosen]
    if any(start <= item.source_start < end for start, end in spans):
        return item
    words = source.text[item.source_start : item.source_end]
    if not words:
        return item
    # Figures run on over dots, commas and dashes: "20" is no part of "20,5".
    whole = re.compile(rf"(?<![\w])(?<!\d[.,/-]){re.escape(words)}(?![\w])(?![.,/-]\d)")
    for start, end in spans:
        if match := whole.search(source.text, start, end):
            return replace(item, source_start=match.start(), source_end=match.end())
    return item
