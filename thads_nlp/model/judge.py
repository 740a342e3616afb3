"""A learned judge of who did what: is a claimed name or number the one that the article has in this place?

Two steps, both fitted by ``scripts/train_verifier.py`` on abstracts of news articles and the same abstracts with one
name or number exchanged for another one of the article. A linear *fit* scores each place by the measures of ``fit``;
the best place of the claim and the best place of any rival then go, with the traits of the claim, to boosted trees,
which give the odds that the claim is false. ``judge.json`` holds weights, trees and thresholds.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from typing import Any

from thads_nlp.model.claims import NAME_TRAITS, QUANTITY_TRAITS, ClaimKind, FillerClaim
from thads_nlp.model.fit import MEASURES, measure, weigh
from thads_nlp.model.names import is_person_name, is_place_name
from thads_nlp.model.polarity import POLARITY_TRAITS
from thads_nlp.model.source import SourceIndex, Span

# Score of the best rival where there is none.
_NO_RIVAL = -8.0
# Log-odds by which a count is trusted more where all words behind it agree, and less where none does
# but another count has them.
_COUNTED_ALIKE, _COUNTED_OTHERWISE = 1.2, -4.5
# Places of a filler whose distance to a rival's is looked at.
_COMPARED_PLACES = 8
_COMPARED = (
    "own",
    "rival",
    "lead over rival",
    "better rivals",
    "rivals",
    "alignment",
    "beside rival",
    "support",
    "rival support",
)
_STANDING = ("first", "titled", "count", "person", "place", "company", "company times slot")
TRAITS: Mapping[ClaimKind, tuple[str, ...]] = {
    "name": NAME_TRAITS,
    "quantity": QUANTITY_TRAITS,
    "polarity": POLARITY_TRAITS,
}
COLUMNS: Mapping[ClaimKind, tuple[str, ...]] = {
    kind: (
        *_COMPARED,
        *(f"own {name}" for name in MEASURES),
        *(f"rival {name}" for name in MEASURES),
        "slot company",
        *(f"own {name}" for name in _STANDING),
        *(f"rival {name}" for name in _STANDING),
        *traits,
    )
    for kind, traits in TRAITS.items()
}


@dataclass(frozen=True, slots=True)
class Tree:
    """A regression tree in parallel tuples; a node whose feature is negative is a leaf with ``values``."""

    features: tuple[int, ...]
    thresholds: tuple[float, ...]
    left: tuple[int, ...]
    right: tuple[int, ...]
    values: tuple[float, ...]

    def value(self, row: Sequence[float]) -> float:
        """The leaf that a row falls into."""
        node = 0
        while self.features[node] >= 0:
            node = self.left[node] if row[self.features[node]] <= self.thresholds[node] else self.right[node]
        return self.values[node]


@dataclass(frozen=True, slots=True)
class Company:
    """Words right before and behind names: positive beside persons, negative beside places."""

    before: Mapping[str, float]
    behind: Mapping[str, float]

    def of(self, left: str | None, right: str | None) -> float:
        """What the two words beside a name say of it; None where there is no word."""
        return self.before.get(left or "", 0.0) + self.behind.get(right or "", 0.0)


@dataclass(frozen=True, slots=True)
class Judge:
    """One kind of claim: weights of measures, company of names, trees, and log-odds above which it is refused."""

    fit: tuple[float, ...]
    company: Company
    bias: float
    trees: tuple[Tree, ...]
    threshold: float

    def doubt(self, row: Sequence[float]) -> float:
        """Log-odds that a claim with this row is false."""
        return self.bias + sum(tree.value(row) for tree in self.trees)

    def refuses(self, claim: FillerClaim, source: SourceIndex) -> bool:
        """Whether another filler belongs where the claim is."""
        row = describe(claim, self.fit, self.company, source)
        return self.doubt(row) > self.threshold + _leaning(claim, row)


@dataclass(frozen=True, slots=True)
class _Filler:
    """A filler with its places and the best of them."""

    keys: tuple[str, ...]
    places: tuple[Span, ...]
    score: float
    row: tuple[float, ...]


_NOBODY = _Filler((), (), _NO_RIVAL, (0.0,) * len(MEASURES))


def _leaning(claim: FillerClaim, row: Sequence[float]) -> float:
    """What the words right behind a count move its threshold: they say what it counts."""
    if claim.kind != "quantity" or claim.trait("measured"):
        return 0.0
    behind = claim.trait("said behind")
    if behind == 1.0:
        return _COUNTED_ALIKE
    columns = COLUMNS["quantity"]
    counted = row[columns.index("rival same two behind")] > row[columns.index("own same two behind")]
    return _COUNTED_OTHERWISE if counted and behind == 0.0 else 0.0


def describe(claim: FillerClaim, fit: Sequence[float], company: Company, source: SourceIndex) -> tuple[float, ...]:
    """The row of a claim, in the order of ``COLUMNS``."""
    own = _filler(claim, claim.places, fit, source) if claim.places else _NOBODY
    places: dict[object, list[Span]] = {}
    for rival in claim.rivals:
        places.setdefault(rival.key, []).append(rival.place)
    rivals = [_filler(claim, found, fit, source) for found in places.values()]
    best = max(rivals, key=lambda one: one.score, default=_NOBODY)
    better = sum(one.score > own.score for one in rivals)
    slot = company.of(next(iter(claim.slot.left), None), next(iter(claim.slot.right), None))
    return (
        own.score, best.score, own.score - best.score, min(better, 10), min(len(rivals), 20), claim.slot.best,
        _beside(own, best, source), _support(claim, claim.places, source),
        _support(claim, [rival.place for rival in claim.rivals], source),
        *own.row, *best.row, slot, *_standing(own, slot, company, source), *_standing(best, slot, company, source),
        *claim.traits,
    )  # fmt: skip


def _filler(claim: FillerClaim, places: Sequence[Span], fit: Sequence[float], source: SourceIndex) -> _Filler:
    """A filler with the place that fits the claim's slot best."""
    rows = [measure(claim.slot, place, source) for place in places]
    score, row = max(((weigh(row, fit), row) for row in rows), key=lambda scored: scored[0])
    return _Filler(source.keys[places[0].start : places[0].end], tuple(places), score, row)


def _support(claim: FillerClaim, places: Sequence[Span], source: SourceIndex) -> float:
    """The largest share of the slot's content that a sentence with one of these places has."""
    return max((claim.slot.shares.get(source.sentence_of[place.start], 0.0) for place in places), default=0.0)


def _beside(own: _Filler, rival: _Filler, source: SourceIndex) -> float:
    """How near both stand somewhere in one sentence, as parts of one address or office do: 1 side by side, 0 apart."""
    gaps = [
        min(abs(mine.start - other.end), abs(other.start - mine.end))
        for other in rival.places[:_COMPARED_PLACES]
        for mine in own.places[:_COMPARED_PLACES]
        if source.sentence_of[mine.start] == source.sentence_of[other.start]
    ]
    return 1.0 / (1.0 + min(gaps)) if gaps else 0.0


def _standing(filler: _Filler, slot: float, company: Company, source: SourceIndex) -> tuple[float, ...]:
    """What the article makes of a filler, whatever the slot: where it comes first, how often, in what company."""
    if not filler.places:
        return (0.0,) * len(_STANDING)
    sentences = [source.sentence_of[place.start] for place in filler.places]
    beside = [company.of(*source.beside(place)) for place in filler.places]
    mean = sum(beside) / len(beside)
    return (
        min(sentences) / len(source.bounds),
        float(source.article.sentences[min(sentences)].section == "title"),
        float(len(filler.places)),
        float(is_person_name(filler.keys)),
        float(is_place_name(filler.keys)),
        mean,
        mean * slot,
    )


def best_place(claim: FillerClaim, fit: Sequence[float], source: SourceIndex) -> Span:
    """The place of the article that fits a claim best, the first where several do."""
    return max(claim.places, key=lambda place: weigh(measure(claim.slot, place, source), fit))


@lru_cache(maxsize=1)
def shipped_judges() -> Mapping[ClaimKind, Judge]:
    """The judges of ``judge.json``."""
    text = resources.files("thads_nlp.model").joinpath("judge.json").read_text(encoding="utf-8")
    record = json.loads(text)
    return {kind: read_judge(kind, record[kind]) for kind in TRAITS}


def read_judge(kind: ClaimKind, record: Mapping[str, Any]) -> Judge:
    """A judge from its JSON object.

    Raises:
        ValueError: it was fitted for other columns than this version computes.
    """
    if tuple(record["columns"]) != COLUMNS[kind]:
        raise ValueError(f"judge.json was fitted for other columns of {kind}; run scripts/train_verifier.py again")
    fit = tuple(float(record["fit"][name]) for name in MEASURES)
    trees = tuple(_tree(nodes) for nodes in record["trees"])
    company = Company(record["company"]["before"], record["company"]["behind"])
    return Judge(fit, company, float(record["bias"]), trees, float(record["threshold"]))


def _tree(nodes: Sequence[Sequence[float]]) -> Tree:
    """A tree from its nodes: ``[feature, threshold, left, right]`` or ``[value]``."""
    inner = [node if len(node) == 4 else (-1, 0.0, 0, 0) for node in nodes]
    return Tree(
        tuple(int(node[0]) for node in inner),
        tuple(float(node[1]) for node in inner),
        tuple(int(node[2]) for node in inner),
        tuple(int(node[3]) for node in inner),
        tuple(float(node[0]) if len(node) == 1 else 0.0 for node in nodes),
    )
