"""What a sentence says of each of its quantities: measure, direction, role, baseline, period.

A clause grammar read leftwards from each quantity: the predicate before it (``predicates``), the subject before that
(``measures``); what a clause leaves out it takes over from the figure before it. Comparisons and times close over all
figures of their part of the sentence (``baselines``, ``periods``).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from thads_nlp.figures.baselines import baseline_of
from thads_nlp.figures.clauses import Clause, Scene, read_clause, read_scene
from thads_nlp.figures.measures import names_fall, names_growth, subject, tail
from thads_nlp.figures.naming import is_fraction, measure_of
from thads_nlp.figures.plans import is_planned
from thads_nlp.figures.predicates import read_predicate
from thads_nlp.figures.units import unit_kind
from thads_nlp.schema import Direction, Quantity, Role

# Letters between a figure and a bracketed restatement of it.
_NEAR_CHARS = 60
# A "sentence" with more is a table in one line; it is read in parts, so that time stays linear.
MAX_QUANTITIES = 40
MAX_OBJECT_SYLLABLES = 5
# What a fraction is of: the rest of its clause.
_WHOLE = re.compile(r"\s+[^\W\d][^,.;:()]{2,60}")
_BACKWARD = re.compile(r"(?:con số|mức|tỷ lệ|tỉ lệ|số|khoản|số tiền|số lượng)(?: (?:này|đó|trên|nói trên))|con số",
                       re.IGNORECASE)  # fmt: skip
_OF_TIME = re.compile(r"\s+(?:của|trong|vào)\s+(?:năm|quý|tháng|cùng k[ỳì])\b", re.IGNORECASE)
_SHARE_NOUN = re.compile(r"^(?:thị phần|tỷ trọng|tỉ trọng)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Relation:
    """What the sentence says of one quantity; ``parted``: a semicolon stands between it and the one before."""

    measure: str | None
    direction: Direction | None
    role: Role
    baseline: str | None
    period: str | None
    parted: bool = False


def relate(sentence: str, quantities: Sequence[Quantity]) -> tuple[Relation, ...]:
    """Relations of the reported quantities of one sentence, in their order."""
    relations: list[Relation] = []
    start = 0
    for first in range(0, len(quantities), MAX_QUANTITIES):
        part = quantities[first : first + MAX_QUANTITIES]
        last = first + MAX_QUANTITIES >= len(quantities)
        end = len(sentence) if last else quantities[first + MAX_QUANTITIES].start
        moved = [replace(q, start=q.start - start, end=q.end - start) for q in part]
        relations += _relate(sentence[start:end], moved)
        start = part[-1].end
    return tuple(relations)


def _relate(sentence: str, quantities: Sequence[Quantity]) -> list[Relation]:
    """Relations of the quantities of one sentence, or of a part of one that is too long to be one."""
    scene = read_scene(sentence, quantities)
    relations: list[Relation] = []
    for index in range(len(quantities)):
        relations.append(_relation(scene, index, read_clause(scene, index), relations))
    return _in_order(scene, relations)


def _relation(scene: Scene, index: int, clause: Clause, done: Sequence[Relation]) -> Relation:
    """Everything said of one quantity."""
    quantity, last = scene.quantities[index], scene.before[index]
    before = done[last] if last is not None else None
    if before is not None and last is not None and _is_restatement(scene, last, index, clause):
        period = _period(scene, quantity) or before.period
        return replace(before, baseline=None, period=period, parted=False)
    shown = before or (done[-1] if done and clause.opener == "(" and clause.predicate.direction else None)
    measure, named = measure_of(scene, index, clause, shown.measure if shown else None)
    if before is not None and before.measure and refers_back(measure):
        measure = before.measure
    direction = _direction(scene, clause, measure, quantity)
    if direction is None and not named and before is not None and clause.predicate.has("match"):
        direction = before.direction
    role = _role(scene, index, clause, direction, measure if named else None)
    if role in ("level", "share"):
        direction = None
    baseline = _baseline(scene, index) if direction else None
    parted = index > 0 and ";" in scene.sentence[scene.quantities[index - 1].end : quantity.start]
    return Relation(measure, direction, role, baseline, _period(scene, quantity), parted)


def refers_back(measure: str | None) -> bool:
    """Whether a measure only points at one before it: "con số này"."""
    return measure is not None and _BACKWARD.fullmatch(measure) is not None


def _direction(
    scene: Scene, clause: Clause, measure: str | None, quantity: Quantity
) -> Direction | None:
    """Rise or fall: a change verb right before, or a subject that is itself a rise."""
    if clause.predicate.direction and _is_standard(scene, clause, quantity):
        return None
    direct = clause.predicate.direction or _governing(scene, clause)
    if direct is None and quantity.unit == "lần" and quantity.value > 1 and _is_multiple(scene, quantity):
        return "up"
    if direct:
        return direct
    if measure and unit_kind(quantity.unit) == "percent" and not clause.predicate.has("arrive", "per"):
        if names_growth(measure):
            return "up"
        if names_fall(measure):
            return "down"
    return None


def _is_standard(scene: Scene, clause: Clause, quantity: Quantity) -> bool:
    """Whether a comparative is followed by the level that it compares with: "thấp hơn 6,8% của năm 2017"."""
    said = scene.items[clause.predicate.first : clause.at]
    return any(item.key == "hơn" for item in said) and _OF_TIME.match(scene.sentence, quantity.end) is not None


def _is_multiple(scene: Scene, quantity: Quantity) -> bool:
    """Whether a number of times says how much something grew: "gấp đôi", "gấp 3 lần"."""
    before = scene.sentence[max(quantity.start - _NEAR_CHARS, 0) : quantity.start].split()
    return quantity.text.lower().startswith("gấp") or "gấp" in [word.lower() for word in before[-3:]]


def _governing(scene: Scene, clause: Clause) -> Direction | None:
    """The change verb whose object stands between it and the amount: "cắt giảm chi phí 20 tỷ đồng"."""
    if clause.predicate.verb is not None:
        return None
    low = max(clause.first, clause.predicate.first - MAX_OBJECT_SYLLABLES)
    for stop in range(clause.predicate.first - 1, low, -1):
        verb = read_predicate(scene.items, stop, clause.first, scene.text.words)
        if verb.verb in ("up", "down") and verb.kinds[-1] != "filler":
            return verb.direction
        if verb.verb is not None:
            return None
    return None


def _role(scene: Scene, index: int, clause: Clause, direction: Direction | None, own: str | None) -> Role:
    """Target in a plan; change where something rises or falls by it; else share or level."""
    quantity, predicate = scene.quantities[index], clause.predicate
    if is_planned(scene.sentence, quantity):
        return "target"
    if direction is not None:
        return "change"
    if is_fraction(quantity) or unit_kind(quantity.unit) == "percent":
        if predicate.has("per", "own") or tail(scene.text, quantity.end, scene.next_start(index)):
            return "share"
        if own and _SHARE_NOUN.match(own):
            return "share"
        if scene.sentence.startswith(" là ", quantity.end):
            return "share"
        if index and not own and scene.quantities[index - 1].unit != quantity.unit:
            return "share"
    return "level"


def _is_restatement(scene: Scene, last: int, index: int, clause: Clause) -> bool:
    """Whether a quantity says the figure before it again: in another currency, or of another year in brackets."""
    before, this = scene.quantities[last], scene.quantities[index]
    if not clause.is_bare or clause.predicate.has("up", "down", "per", "arrive"):
        return False
    if unit_kind(before.unit) == "money" and unit_kind(this.unit) == "money" and before.unit != this.unit:
        return clause.opener == "(" or clause.predicate.has("match")
    near = this.start - before.end < _NEAR_CHARS
    return clause.opener == "(" and before.unit == this.unit and not clause.predicate.kinds and near


def _baseline(scene: Scene, index: int) -> str | None:
    """What a change is compared with; a fraction's whole is one ("giảm 1/2 mức hiện nay")."""
    quantity = scene.quantities[index]
    found = baseline_of(scene.sentence, quantity, scene.baselines)
    if found is None and is_fraction(quantity):
        whole = _WHOLE.match(scene.sentence, quantity.end)
        return whole.group().strip() if whole else None
    return found


def _period(scene: Scene, quantity: Quantity) -> str | None:
    """The time named in the quantity's clause, else the nearest before it, else the first of the sentence."""
    if not scene.periods:
        return None
    after = [p for p in scene.periods if p.start >= quantity.end]
    if after:
        parted = any(mark in scene.sentence[quantity.end : after[0].start] for mark in ",;()")
        if not parted and not any(quantity.end <= q.start < after[0].start for q in scene.quantities):
            return after[0].text
    before = [p for p in scene.periods if p.end <= quantity.start]
    return before[-1].text if before else scene.periods[0].text


def _in_order(scene: Scene, relations: Sequence[Relation]) -> list[Relation]:
    """"A 5, B 6, lần lượt tăng 3% và 4%": measures of an ordered list are those of the figures before it."""
    result = list(relations)
    start = scene.sentence.lower().find("lần lượt")
    if start < 0:
        return result
    later = [i for i, q in enumerate(scene.quantities) if q.start > start]
    earlier = list(dict.fromkeys(relations[i].measure for i, q in enumerate(scene.quantities) if q.start < start))
    if len(later) < 2:
        return result
    if not earlier:
        return _shared(scene, start, result)
    if len(earlier) != len(later):
        return result
    lead = relations[later[0]]
    for index, measure in zip(later, earlier, strict=True):
        result[index] = replace(lead, measure=measure, period=relations[index].period)
    return result


def _shared(scene: Scene, start: int, relations: Sequence[Relation]) -> list[Relation]:
    """"Tỷ lệ của huyện B, C và thành phố D lần lượt là 21%, 24% và 27%": all have the whole subject."""
    stop = next(i for i, item in enumerate(scene.items) if item.start >= start)
    whole = subject(scene.text, 0, stop)
    return [replace(relation, measure=whole or relation.measure) for relation in relations]
