"""Negations, hedges and directions of a hypothesis: said as in the article, neither dropped nor turned round.

A dropped "không" or "nghi" leaves a gap. Each word that the article somewhere negates or hedges makes such a gap in
the hypothesis; the article's bare uses of the word support it, the negated ones rival them, and the ``judge`` compares
both as it does names. A direction ("tăng", "giảm") is compared with the nearest of its own and of the other kind.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from heapq import nlargest
from itertools import islice
from types import MappingProxyType
from typing import Final

from thads_nlp.model.claims import FillerClaim, Rival, Said
from thads_nlp.model.fit import make_slot, measure, weigh
from thads_nlp.model.source import SourceIndex, Span

# What negates, and what only suspects, plans or asks.
MARKERS: Final = MappingProxyType(
    {
        "negation": (("không",), ("chưa",), ("chẳng",)),
        "hedge": (
            ("nghi",), ("nghi", "ngờ"), ("bị", "cáo", "buộc"), ("dự", "kiến"), ("có", "thể"), ("có", "khả", "năng"),
            ("đề", "nghị"), ("đề", "xuất"), ("sẽ",), ("được", "cho", "là"), ("dường", "như"),
        ),
    }
)  # fmt: skip
POLARITY_TRAITS: Final = ("hedge", "marks said", "marks there", "bare uses", "position")
# Tokens before a word in which a marker is its own: "không thể nào tin".
MARKER_REACH = 3
# Marked places in sentences that share less with the hypothesis than this part of the best say nothing of it.
RELATED = 0.5
MAX_BARE, MAX_MARKED = 12, 12

_UP: Final = frozenset({"tăng"})
_DOWN: Final = frozenset({"giảm", "sụt"})
# Places of direction words that are looked at.
_MAX_STEPS = 40


def find_gaps(said: Said, source: SourceIndex) -> Iterator[FillerClaim]:
    """The gaps of a sentence where the article negates or hedges the word behind; places may be empty."""
    for kind, markers in MARKERS.items():
        own = frozenset(end for marker in markers for end in _ends(said.keys, marker))
        marked: dict[str, list[Span]] = {}
        for marker in markers:
            for span in islice(source.occurrences(marker), 200):
                behind = source.beside(span)[1]
                if behind is not None:
                    marked.setdefault(behind, []).append(span)
        for at, key in enumerate(said.keys):
            if key in marked and not any(at - back in own for back in range(MARKER_REACH)):
                claim = _gap(said, at, kind, marked[key], len(own), source)
                if claim is not None:
                    yield claim


def _ends(keys: Sequence[str], marker: Sequence[str]) -> Iterator[int]:
    """Positions right behind a marker."""
    size = len(marker)
    return (at + size for at in range(len(keys) - size + 1) if tuple(keys[at : at + size]) == tuple(marker))


def _gap(
    said: Said, at: int, kind: str, marked: Sequence[Span], own: int, source: SourceIndex
) -> FillerClaim | None:
    """The gap before token ``at``, None where no related sentence of the article marks the word."""
    slot = make_slot(said.keys, Span(at, at), source)
    shares = [(slot.shares.get(source.sentence_of[span.start], 0.0), span) for span in marked]
    related = [pair for pair in shares if pair[0] >= RELATED * slot.best]
    if not related:
        return None
    rivals = nlargest(MAX_MARKED, related, key=lambda pair: pair[0])
    ends = {span.end for span in marked}
    bare = [(slot.shares.get(source.sentence_of[p], 0.0), Span(p, p)) for p in _bare(said.keys[at], ends, source)]
    places = tuple(span for _, span in nlargest(MAX_BARE, bare, key=lambda pair: pair[0]))
    token = said.tokens[at]
    traits = (
        float(kind == "hedge"), float(own), float(min(len(marked), 10)), float(min(len(bare), 10)),
        at / len(said.keys),
    )  # fmt: skip
    found = tuple(Rival(kind, span) for _, span in rivals)
    return FillerClaim("polarity", token.start, token.end, (said.keys[at],), slot, places, found, traits)


def _bare(key: str, marked: set[int], source: SourceIndex) -> Iterator[int]:
    """Places of a word that no marker stands right before."""
    return (place for place in islice(source.first.get(key, ()), 200) if place not in marked)


def turned_directions(said: Said, fit: Sequence[float], source: SourceIndex) -> Iterator[str]:
    """Direction words where the article, in the place most like it, says the opposite or no direction at all."""
    for at, key in enumerate(said.keys):
        own, other = (_UP, _DOWN) if key in _UP else (_DOWN, _UP)
        if key not in own:
            continue
        slot = make_slot(said.keys, Span(at, at + 1), source)
        scores = [
            max(
                (
                    weigh(measure(slot, Span(p, p + 1), source), fit)
                    for word in words
                    for p in source.first.get(word, ())[:_MAX_STEPS]
                ),
                default=None,
            )
            for words in (own, other)
        ]
        same, opposite = scores
        if same is None or (opposite is not None and opposite > same):
            yield said.tokens[at].text
