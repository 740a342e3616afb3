"""What a headline or summary claims that its article does not say.

Rules that never bend: every value must stand in the article with its unit, every name as one span, every quote
verbatim, a change in its direction. Where a name or number stands there but the article has another one in its place,
the learned ``judge`` refuses it. No negation or hedge of the supporting clause may be dropped.

Kinds of claims: "quantity" (value and unit stand nowhere), "name" (stands nowhere as one span), "quote", "direction",
"hedge", and "quantity in context" and "name in context" (they stand in the article, but not in this place).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from thads_nlp.model.claims import FillerClaim, Said, find_claims, read_hypothesis
from thads_nlp.model.judge import best_place, shipped_judges
from thads_nlp.model.polarity import find_gaps, turned_directions
from thads_nlp.model.quotes import find_quotes
from thads_nlp.model.source import SourceIndex
from thads_nlp.schema import Claim, Evidence, EvidenceKind
from thads_nlp.text.normalize import clean

__all__ = ["UNFOUND", "SourceIndex", "Verdict", "verify"]

# Kinds of claims about which the article says nothing anywhere.
UNFOUND = frozenset({"quantity", "name"})
# A quantity's name stands in its sentence, the two before or the one behind.
NAME_REACH = (-2, -1, 0, 1)
# A name of so many sentences, or of the title and the opening ones, is what the article is about and may go unsaid.
TOPIC_SENTENCES, OPENING_SENTENCES = 5, 2
# A clause is read back so far at most, which keeps a table in one line linear.
MAX_CLAUSE_CHARS = 240
# Words between two quantities that are told in one breath.
_JOINED = re.compile(r"\s*(?:và|hoặc|,|-|–|lên|đến|tới)\s*(?:(?:hơn|gần|khoảng|trên|dưới|còn)\s+)?", re.IGNORECASE)
_CLAUSE_MARKS = re.compile(r"[,;:.!?()]")


@dataclass(frozen=True, slots=True)
class Verdict:
    """Where a text is supported, and what in it is not."""

    evidence: tuple[Evidence, ...]
    unsupported: tuple[Claim, ...]

    @property
    def supported(self) -> bool:
        """Whether the text may be shown."""
        return not self.unsupported


def verify(hypothesis: str, source: SourceIndex) -> Verdict:
    """Check a headline, summary or statement against its article; what is verbatim in the article passes."""
    text = clean(hypothesis, 0).text
    evidence: list[Evidence] = []
    claims: list[Claim] = []
    for item in (*_sentences(text, source), *find_quotes(text, source)):
        if isinstance(item, Claim):
            claims.append(item)
        else:
            evidence.append(item)
    ordered = sorted(evidence, key=lambda item: (item.start, item.end))
    return Verdict(tuple(ordered), tuple(dict.fromkeys(claims)))


def _sentences(text: str, source: SourceIndex) -> Iterator[Claim | Evidence]:
    """Claims and evidence of all sentences."""
    for base, said in read_hypothesis(text):
        verbatim = next(source.runs(said.keys), None) is not None
        found = tuple(find_claims(said, source))
        items = (_judged(claim, said, base, source, verbatim=verbatim) for claim in found)
        yield from (item for item in items if not (verbatim and isinstance(item, Claim)))
        if not verbatim:
            yield from _torn_pairs(said, found, source)
            yield from _strangers(said, found, source)
            yield from _polarity(said, source)


def _judged(claim: FillerClaim, said: Said, base: int, source: SourceIndex, *, verbatim: bool) -> Claim | Evidence:
    """A name or quantity refused or tied to its place; ``base`` is the start of its sentence."""
    text = _around(said.text, claim) if claim.kind == "quantity" else said.text[claim.start : claim.end]
    if not claim.places:
        return Claim(text, claim.kind)
    judge = shipped_judges()[claim.kind]
    if not verbatim and (claim.leaves_its_time or judge.refuses(claim, source)):
        return Claim(text, f"{claim.kind} in context")
    start, end = source.offsets(best_place(claim, judge.fit, source))
    kind: EvidenceKind = "name" if claim.kind == "name" else "quantity"
    return Evidence(base + claim.start, base + claim.end, start, end, kind)


def _torn_pairs(said: Said, found: Sequence[FillerClaim], source: SourceIndex) -> Iterator[Claim]:
    """Quantities told in one breath ("A và B") that no sentence of the article tells together."""
    quantities = [claim for claim in found if claim.kind == "quantity"]
    for one, other in pairwise(quantities):
        if _JOINED.fullmatch(said.text[one.end : other.start]) and one.places and other.places:
            homes = ({source.sentence_of[place.start] for place in claim.places} for claim in (one, other))
            if frozenset.intersection(*map(frozenset, homes)) == frozenset():
                yield Claim(said.text[one.start : other.end], "quantity in context")


def _strangers(said: Said, found: Sequence[FillerClaim], source: SourceIndex) -> Iterator[Claim]:
    """Quantities told of a name (before it in the clause) that the article names nowhere near that quantity."""
    for quantity in found:
        if quantity.kind != "quantity" or not quantity.is_counted:
            continue
        homes = {source.sentence_of[place.start] + step for place in quantity.places for step in NAME_REACH}
        for name in found:
            apart = _CLAUSE_MARKS.search(said.text, name.end, quantity.start)
            if name.kind != "name" or name.end > quantity.start or apart or not name.places or not homes:
                continue
            where = {source.sentence_of[place.start] for place in name.places}
            if homes.isdisjoint(where) and len(where) < TOPIC_SENTENCES and min(where) >= OPENING_SENTENCES:
                yield Claim(said.text[name.start : quantity.end], "quantity in context")


def _polarity(said: Said, source: SourceIndex) -> Iterator[Claim]:
    """Directions turned round, negations and hedges dropped."""
    judges = shipped_judges()
    for word in turned_directions(said, judges["quantity"].fit, source):
        yield Claim(f"{word}: {said.text}", "direction")
    for gap in find_gaps(said, source):
        if judges["polarity"].refuses(gap, source):
            yield Claim(f"{said.text[gap.start : gap.end]}: {said.text}", "hedge")


def _clause_before(text: str, end: int) -> str:
    """Text from the last clause mark to ``end``; a comma inside a number is none."""
    start = max(0, end - MAX_CLAUSE_CHARS)
    for match in _CLAUSE_MARKS.finditer(text, start, end):
        if not (text[match.end() : match.end() + 1].isdigit() and text[match.start() - 1 : match.start()].isdigit()):
            start = match.end()
    return text[start:end]


def _around(sentence: str, claim: FillerClaim) -> str:
    """The quantity with the clause before it, for the report."""
    return (_clause_before(sentence, claim.start) + sentence[claim.start : claim.end]).strip()
