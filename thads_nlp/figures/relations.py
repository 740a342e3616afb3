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
from thads_nlp.figures.measures import names_fall, names_growth, subject
from thads_nlp.figures.naming import is_fraction, measure_of
from thads_nlp.figures.plans import is_expected, is_proposed_end, plan_word
from thads_nlp.figures.predicates import read_predicate
from thads_nlp.figures.tails import tail
from thads_nlp.figures.units import unit_kind
from thads_nlp.schema import Direction, Quantity, Role

# Letters between a figure and a bracketed restatement of it.
_NEAR_CHARS = 60
# A "sentence" with more is a table in one line; it is read in parts, so that time stays linear.
MAX_QUANTITIES = 40
MAX_OBJECT_SYLLABLES = 5
# A member of a list whose verb is said once is a short name.
MAX_LISTED_SYLLABLES = 8
# Before the next of those that are told in their order.
_NEXT_IN_RANK = re.compile(r"[,;] (?:tiếp|thứ|kế|sau đó)\b", re.IGNORECASE)
# Nothing but this stands between the members of a list of amounts.
_LISTED = re.compile(r"(?: số [^\W\d]+)?(?:,| và|, và)\s+")
# What a fraction is of: the rest of its clause.
_WHOLE = re.compile(r"\s+[^\W\d][^,.;:()]{2,60}")
_BACKWARD = re.compile(r"(?:con số|mức|tỷ lệ|tỉ lệ|số|khoản|số tiền|số lượng)(?: (?:này|đó|trên|nói trên))|con số",
                       re.IGNORECASE)  # fmt: skip
_COMPARED = re.compile(r"\bso với (?:tỷ lệ|tỉ lệ|mức|con số|mục tiêu)\s*$", re.IGNORECASE)
_OF_TIME = re.compile(r"\s+(?:của|trong|vào)\s+(?:năm|quý|tháng|cùng k[ỳì])\b", re.IGNORECASE)
# Measures whose percentages are levels, whatever stands before them in a list.
_LEVEL_NOUN = re.compile(r"(?:tỷ|tỉ) (?:lệ|trọng|suất)|lãi suất|thị phần|lạm phát|thuế|mức", re.IGNORECASE)
_PART = re.compile(r"^[^,;:()]{0,30}\b(?:trên|trong)(?: tổng)?(?: số)?(?: [^\W\d]+){0,5}\s*$", re.IGNORECASE)
_CHANGE_NOUN = re.compile(r"\bmức (?:tăng|giảm)", re.IGNORECASE)
_OF_PLAN = re.compile(r"\s+(?:so với )?(?:kế hoạch|dự toán|mục tiêu|chỉ tiêu)\b", re.IGNORECASE)
_SHARE_NOUN = re.compile(r"^(?:thị phần|tỷ trọng|tỉ trọng)\b|\b(?:tỷ|tỉ) lệ (?:sở hữu|nắm giữ|góp vốn|cổ phần)\b",
                         re.IGNORECASE)  # fmt: skip


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
    if last is not None and last > 0 and clause.predicate.has("per") and _is_part(scene, last):
        shown = done[last - 1]
    measure, named = measure_of(scene, index, clause, shown.measure if shown else None)
    if before is not None and before.measure and refers_back(measure):
        measure = before.measure
    direction = _direction(scene, clause, measure, quantity)
    if direction is None and not named and before is not None and clause.predicate.has("match"):
        direction = before.direction
    if direction is None and before is not None and last is not None and _leaves_out_verb(scene, last, index, clause):
        direction = before.direction
    if direction is None and before is not None and last is not None and _shares_change(scene, last, index, clause):
        direction = before.direction
    role = _role(scene, index, clause, direction, measure if named else None)
    standard = _standard_in_bracket(scene, clause)
    if standard is not None and direction is None:
        return Relation(measure, None, "level", None, standard)
    if role == "level" and clause.predicate.has("arrive") and len(done) > 1 and _repeats_pair(scene, index, done):
        role = "target"
    if role == "level" and last is not None and done[last].role == "share" and _is_percent_pair(scene, last, index):
        role = "share"
    if role in ("level", "share"):
        direction = None
    if role == "target" and direction is None and (last is None or done[last].direction is None):
        direction = _towards(scene, clause)
    baseline = _baseline(scene, index) if direction else None
    parted = index > 0 and ";" in scene.sentence[scene.quantities[index - 1].end : quantity.start]
    return Relation(measure, direction, role, baseline, _period(scene, quantity), parted)


def _is_percent_pair(scene: Scene, last: int, index: int) -> bool:
    """Whether two quantities are percentages: parts of one whole are listed ("A chiếm 74%, B chỉ có 9%")."""
    return scene.quantities[last].unit == scene.quantities[index].unit == "%"


def _standard_in_bracket(scene: Scene, clause: Clause) -> str | None:
    """The standard of a comparison whose own figure the bracket behind it gives: "so với đầu năm (2 triệu con)"."""
    if clause.opener != "(" or not clause.is_bare:
        return None
    opening = scene.items[clause.first - 1].start
    return next((b.text for b in scene.baselines if b.end + 1 == opening), None)


def _is_part(scene: Scene, whole: int) -> bool:
    """Whether the figure before ``whole`` is a part of it: "147 chuyến chậm trên 975 chuyến"."""
    between = scene.sentence[scene.quantities[whole - 1].end : scene.quantities[whole].start]
    return _PART.search(between) is not None


def _repeats_pair(scene: Scene, index: int, done: Sequence[Relation]) -> bool:
    """Whether a pair goes on a list of planned ones: "vùng 1 sẽ tăng từ A lên B; vùng 2 từ C lên D"."""
    if index < 3 or done[index - 2].role != "target":
        return False
    between = scene.sentence[scene.quantities[index - 2].end : scene.quantities[index - 1].start]
    return re.search(r"[;,][^;,]*\btừ\s*$", between) is not None


def _leaves_out_verb(scene: Scene, last: int, index: int, clause: Clause) -> bool:
    """Whether a percentage in a list has the verb of the one before it: "bán lẻ tăng 8%, vận tải 9%"."""
    this, before = scene.quantities[index], scene.quantities[last]
    if unit_kind(this.unit) != "percent" or this.unit != before.unit or clause.opener not in (",", ";"):
        return False
    if clause.is_bare or clause.predicate.verb is not None or clause.at - clause.first > MAX_LISTED_SYLLABLES:
        return False
    named = "".join(scene.sentence[scene.items[clause.first].start : this.start])
    return _LEVEL_NOUN.match(named) is None and _names_noun(scene, clause)


def _shares_change(scene: Scene, last: int, index: int, clause: Clause) -> bool:
    """Whether a bare amount has the verb of change before it: "giảm 600 đồng (2,39%)", "tăng 700 đồng và 900 đồng"."""
    this, before = scene.quantities[index], scene.quantities[last]
    if this.unit == before.unit:
        return _LISTED.fullmatch(scene.sentence, before.end, this.start) is not None
    bare = clause.is_bare and not any(kind != "filler" for kind in clause.predicate.kinds)
    return bare and clause.opener == "(" and unit_kind(this.unit) == "percent"


def _names_noun(scene: Scene, clause: Clause) -> bool:
    """Whether a clause part without predicate has no verb of its own either."""
    return subject(scene.text, clause.first, clause.at) is not None and _governing(scene, clause) is None


def refers_back(measure: str | None) -> bool:
    """Whether a measure only points at one before it: "con số này"."""
    return measure is not None and _BACKWARD.fullmatch(measure) is not None


def _direction(
    scene: Scene, clause: Clause, measure: str | None, quantity: Quantity
) -> Direction | None:
    """Rise or fall: a change verb right before, or a subject that is itself a rise."""
    if clause.predicate.direction and _is_standard(scene, clause, quantity):
        return None
    direct = clause.predicate.direction or _governing(scene, clause) or _by_range(clause, quantity)
    if direct is None and clause.opener == "(" and clause.is_bare and not clause.predicate.kinds:
        direct = _before_bracket(scene, clause, quantity)
    if direct is None and quantity.unit == "lần" and quantity.value > 1 and _is_multiple(scene, quantity):
        return "up"
    if direct:
        return direct
    if measure and not clause.predicate.has("arrive", "per"):
        if names_growth(measure):
            return "up"
        if names_fall(measure):
            return "down"
    return None


def _towards(scene: Scene, clause: Clause) -> Direction | None:
    """The way that an end aimed at lies: "sẽ nâng lên 4.000 đồng", "sẽ hạ xuống còn 51%"."""
    said = {item.key for item in scene.items[clause.predicate.first : clause.at]}
    if not clause.predicate.has("arrive") or {"lên", "xuống"} <= said:
        return None
    return "up" if "lên" in said else "down" if "xuống" in said else None


def _before_bracket(scene: Scene, clause: Clause, quantity: Quantity) -> Direction | None:
    """The verb whose extent a lone percentage in brackets is: "giảm hết biên độ (40%)"."""
    stop = clause.first - 1
    low = max(stop - MAX_OBJECT_SYLLABLES, 0)
    if unit_kind(quantity.unit) != "percent" or any(item.text[0].isdigit() for item in scene.items[low:stop]):
        return None
    for end in range(stop, low, -1):
        if scene.items[end - 1].is_mark:
            return None
        verb = read_predicate(scene.items, end, low, scene.text.words)
        if verb.direction and verb.kinds[-1] != "filler":
            return verb.direction
    return None


def _by_range(clause: Clause, quantity: Quantity) -> Direction | None:
    """Rise or fall by an amount between two ends: "tăng từ 160.000 đến 200.000 đồng"."""
    kinds = [kind for kind in clause.predicate.kinds if kind != "filler"]
    if quantity.value_high is None or kinds[-1:] != ["from"] or len(kinds) < 2:
        return None
    return {"up": "up", "down": "down"}.get(kinds[-2])  # type: ignore[return-value]


def _is_standard(scene: Scene, clause: Clause, quantity: Quantity) -> bool:
    """Whether a comparative is followed by what it compares with: "thấp hơn 6,8% của năm 2017", "so với mức 18%"."""
    if _COMPARED.search(scene.sentence, 0, quantity.start):
        return True
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
    if _OF_PLAN.match(scene.sentence, quantity.end) and unit_kind(quantity.unit) == "percent" and direction is None:
        return "share"
    grows = own is not None and direction is not None and _CHANGE_NOUN.search(own) is not None
    plan = plan_word(scene.sentence, quantity)
    expected = plan is not None and is_expected(plan) and (predicate.direction or predicate.verb == "from")
    if plan is not None and not expected and not (grows and predicate.direction is None):
        return "target"
    if predicate.has("arrive") and is_proposed_end(scene.sentence, quantity):
        return "target"
    if direction is not None:
        return "change"
    if is_fraction(quantity) or unit_kind(quantity.unit) == "percent":
        if predicate.has("per", "own") or tail(scene.text, quantity.end, scene.next_start(index)):
            return "share"
        if own and _SHARE_NOUN.search(own):
            return "share"
        if clause.is_bare and not predicate.kinds and clause.opener in ("", ";"):
            return "share"
        if clause.is_bare and scene.sentence.startswith(" là ", quantity.end):
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
    between = scene.sentence[before.end : this.start]
    near = len(between) < _NEAR_CHARS and _NEXT_IN_RANK.search(between) is None
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
    if before:
        return before[-1].text
    return scene.periods[0].text if scene.periods[0].carries else None


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


def _conjuncts(whole: str) -> list[str]:
    """The members of "doanh thu và lợi nhuận", without the subject and verb before them."""
    listed = whole.split(" đạt ")[-1].split(" có ")[-1]
    return [name.strip() for name in re.split(r",| và ", listed) if len(name.split()) >= 2]


def _shared(scene: Scene, start: int, relations: Sequence[Relation]) -> list[Relation]:
    """"Tỷ lệ của huyện B, C và thành phố D lần lượt là 21%, 24% và 27%": all have the whole subject."""
    stop = next(i for i, item in enumerate(scene.items) if item.start >= start)
    whole = subject(scene.text, 0, stop)
    later = [i for i, q in enumerate(scene.quantities) if q.start > start]
    names = _conjuncts(whole or "")
    if 2 <= len(names) <= len(later):
        told = dict(zip(later, names, strict=False))
        return [replace(r, measure=told.get(i, r.measure)) for i, r in enumerate(relations)]
    return [replace(relation, measure=whole or relation.measure) for relation in relations]
