"""How well a place of the article fits the place of a claim in a hypothesis: words beside it, on either side.

A claim is a *filler* (a name, a number) in a *slot*, the rest of its sentence. Each place of the article where the
filler stands, and each where another filler of its kind stands, is compared with the slot by the same measures, so
that a filler can be seen to stand where another one belongs.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from thads_nlp.model.names import cue_of
from thads_nlp.model.source import SourceIndex, Span, is_content

# Tokens on either side of a hypothesis' slot and of an article's place that are compared.
SLOT_REACH, PLACE_REACH = 8, 12
# Tokens right beside the slot, and where they may stand in the article.
BESIDE_REACH, BESIDE_PLACE_REACH = 4, 8
# Title and first sentences, which abstracts retell.
LEAD_SENTENCES = 3

MEASURES = (
    "same word before", "same two before", "same word behind", "same two behind", "before", "behind", "around",
    "closeness", "sentence", "sentences around", "best sentence", "title", "lead", "same cue", "starts alike",
    "starts a name", "ends a name",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Slot:
    """What surrounds a claim in its sentence, weighted by how telling each word is in the article.

    Attributes:
        left: keys before the claim, nearest first.
        right: keys behind it, nearest first.
        weights: weight of each content key of ``left`` and ``right``; function words are missing.
        shares: for each sentence of the article the share of the slot's content that it has; others have none.
        best: the largest of them.
        opens: whether the claim stands in the first tokens of its sentence.
    """

    left: tuple[str, ...]
    right: tuple[str, ...]
    weights: Mapping[str, float]
    shares: Mapping[int, float]
    best: float
    opens: bool


def make_slot(keys: Sequence[str], span: Span, source: SourceIndex) -> Slot:
    """The slot that remains of a hypothesis sentence when the claim ``span`` is taken out."""
    rest = [*keys[: span.start], *keys[span.end :]]
    weights = {key: source.weight(key) for key in dict.fromkeys(rest) if is_content(key)}
    total = sum(weights.values())
    shares: dict[int, float] = {}
    for key, weight in weights.items():
        for sentence in source.postings.get(key, ()):
            shares[sentence] = shares.get(sentence, 0.0) + weight / total
    return Slot(
        tuple(keys[max(0, span.start - SLOT_REACH) : span.start][::-1]),
        tuple(keys[span.end : span.end + SLOT_REACH]),
        weights,
        shares,
        max(shares.values(), default=0.0),
        span.start <= 1,
    )


def measure(slot: Slot, place: Span, source: SourceIndex) -> tuple[float, ...]:
    """The ``MEASURES`` of one place of the article, 0 to 1 each."""
    index = source.sentence_of[place.start]
    bounds = source.bounds[index]
    before = source.keys[max(bounds.start, place.start - PLACE_REACH) : place.start][::-1]
    behind = source.keys[place.end : min(bounds.end, place.end + PLACE_REACH)]
    share = slot.shares.get(index, 0.0)
    neighbours = max(slot.shares.get(index - 1, 0.0), slot.shares.get(index + 1, 0.0))
    section = source.article.sentences[index].section
    near, closeness = _closeness(slot, before, behind)
    return (
        *_same(slot.left, before),
        *_same(slot.right, behind),
        _covered(slot.left[:BESIDE_REACH], before[:BESIDE_PLACE_REACH], slot.weights),
        _covered(slot.right[:BESIDE_REACH], behind[:BESIDE_PLACE_REACH], slot.weights),
        near,
        closeness,
        share,
        min(1.0, share + 0.5 * neighbours),
        share / slot.best if slot.best else 0.0,
        float(section == "title"),
        float(index <= LEAD_SENTENCES),
        float(_cue(slot.left) == _cue(before)),
        float(slot.opens == (place.start - bounds.start <= 1)),
        float(not _continues(source, place.start - 1, place.start, bounds)),
        float(not _continues(source, place.end - 1, place.end, bounds)),
    )


def weigh(row: Sequence[float], fit: Sequence[float]) -> float:
    """Score of a place: the sum of its ``MEASURES``, weighted."""
    return sum(map(float.__mul__, fit, row))


def _same(slot: Sequence[str], place: Sequence[str]) -> tuple[float, float]:
    """Whether the nearest word on one side is the same, and the nearest two; no word is like no word."""
    one = slot[:1] == place[:1]
    return float(one), float(one and slot[:2] == place[:2])


def _cue(before: Sequence[str]) -> str:
    """What the word before a filler announces."""
    return cue_of(before[0] if before else None)


def _covered(slot: Sequence[str], place: Sequence[str], weights: Mapping[str, float]) -> float:
    """Share by weight of the slot's words on one side that the place has on that side; half where nothing is asked."""
    total = found = 0.0
    for key in slot:
        weight = weights.get(key, 0.0)
        total += weight
        if key in place:
            found += weight
    return found / total if total else 0.5


def _closeness(slot: Slot, before: Sequence[str], behind: Sequence[str]) -> tuple[float, float]:
    """Share of the slot's words that are near the place at all, and the same damped by differing distance."""
    here: dict[str, int] = {}
    for side, keys in ((-1, before), (1, behind)):
        for distance, key in enumerate(keys, 1):
            here.setdefault(key, side * distance)
    total = near = close = 0.0
    for side, keys in ((-1, slot.left), (1, slot.right)):
        for distance, key in enumerate(keys, 1):
            weight = slot.weights.get(key, 0.0) / (1.0 + distance / 4.0)
            total += weight
            at = here.get(key)
            if at is not None:
                near += weight
                close += weight / (1.0 + abs(at - side * distance) / 3.0)
    return (near / total, close / total) if total else (0.5, 0.5)


def _continues(source: SourceIndex, left: int, right: int, bounds: Span) -> bool:
    """Whether two neighbouring tokens of a sentence are one name: both capital, nothing but a space between."""
    if left < bounds.start or right >= bounds.end:
        return False
    return (
        source.tokens[left].is_capital and source.tokens[right].is_capital and source.text_between(left, right) == " "
    )
