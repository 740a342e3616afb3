"""What a sentence says of each of its quantities: measure, direction, role, baseline, period.

A clause grammar read leftwards from each quantity: the predicate before it (``predicates``), the subject before that
(``measures``); what a clause leaves out it takes over from the figure before it. Comparisons and times close over all
figures of their part of the sentence (``baselines``, ``periods``).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from thads_nlp.figures.baselines import Baseline, baseline_of, find_baselines
from thads_nlp.figures.measures import (
    Text,
    clause_subject,
    counted,
    ends_in_report,
    market_side,
    names_fall,
    names_growth,
    noun_before,
    side_of,
    subject,
    tail,
    with_side,
)
from thads_nlp.figures.periods import Period, find_periods
from thads_nlp.figures.phrases import Syllable, Words, syllables
from thads_nlp.figures.plans import is_planned
from thads_nlp.figures.predicates import Predicate, read_predicate
from thads_nlp.figures.units import unit_kind
from thads_nlp.schema import Direction, Quantity, Role
from thads_nlp.text.segment import segment_words

_BREAKS = frozenset(",;:()[]!?…")
# A clause part that opens with one of these says when, where or why, not what.
_ADVERBIAL_HEADS = frozenset("trong tại theo đến tính từ với trên sau qua cùng ngoài nhờ do khi để".split())
_CONJUNCTIONS = frozenset({"nhưng", "song"})
# Letters between a figure and a bracketed restatement of it.
_NEAR_CHARS = 60
MAX_ACTION_SYLLABLES = 5
# A "sentence" with more is a table in one line; it is read in parts, so that time stays linear.
MAX_QUANTITIES = 40
MAX_OBJECT_SYLLABLES = 5
# Before a verb and behind its subject.
_ASPECTS = frozenset({"đã", "đang", "sẽ", "vừa", "mới"})
# What a fraction is of: the rest of its clause.
_WHOLE = re.compile(r"\s+[^\W\d][^,.;:()]{2,60}")
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


@dataclass(frozen=True, slots=True)
class Clause:
    """Where a quantity stands: syllables ``[first, at)`` before it in its clause, and what opened the clause."""

    first: int
    at: int
    opener: str
    predicate: Predicate

    @property
    def is_bare(self) -> bool:
        """Whether nothing but its predicate stands before the quantity."""
        return self.predicate.first <= self.first


@dataclass(frozen=True, slots=True)
class _Context:
    """A sentence with all that its quantities are read against."""

    text: Text
    quantities: Sequence[Quantity]
    baselines: Sequence[Baseline]
    periods: Sequence[Period]

    @property
    def sentence(self) -> str:
        return self.text.sentence

    @property
    def items(self) -> Sequence[Syllable]:
        return self.text.items

    def next_start(self, index: int) -> int | None:
        """Where the quantity after ``index`` starts."""
        return self.quantities[index + 1].start if index + 1 < len(self.quantities) else None


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
    context = _context(sentence, quantities)
    relations: list[Relation] = []
    for index in range(len(quantities)):
        relations.append(_relation(context, index, _clause(context, index), relations))
    return _in_order(context, relations)


def _context(sentence: str, quantities: Sequence[Quantity]) -> _Context:
    """Parse the parts that all quantities share."""
    baselines = find_baselines(sentence, quantities)
    periods = find_periods(sentence, [(b.head, b.end) for b in baselines])
    times = [(p.start, p.end) for p in periods] + [(b.head, b.end) for b in baselines]
    words = Words.of(segment_words(sentence))
    return _Context(Text(sentence, syllables(sentence), words, times), quantities, baselines, periods)


def _clause(context: _Context, index: int) -> Clause:
    """The clause part before a quantity, from the mark, conjunction or figure that opens it."""
    items, quantity = context.items, context.quantities[index]
    at = next((i for i, item in enumerate(items) if item.end > quantity.start), len(items))
    floor = context.quantities[index - 1].end if index else 0
    first, opener = at, "figure" if index else ""
    while first > 0 and items[first - 1].start >= floor:
        before = items[first - 1]
        if before.text == ")" and (opening := _opening(items, first - 1, floor)) is not None:
            first = opening
            continue
        if _is_break(context, before):
            opener = before.text
            break
        first -= 1
    # A comparison may stand between a verb and its amount: "cao hơn cùng kỳ 2,8 điểm".
    inner = next((b for b in context.baselines if b.start < quantity.start and quantity.start - b.end <= 1), None)
    stop = next((i for i in range(first, at) if inner and items[i].end > inner.head), at)
    return Clause(first, at, opener, read_predicate(items, stop, first, context.text.words))


def _opening(items: Sequence[Syllable], closing: int, floor: int) -> int | None:
    """Index of the bracket that ``closing`` closes, where no figure stands between them."""
    for index in range(closing - 1, -1, -1):
        if items[index].start < floor:
            return None
        if items[index].text == "(":
            return index
    return None


def _relation(context: _Context, index: int, clause: Clause, done: Sequence[Relation]) -> Relation:
    """Everything said of one quantity."""
    quantity = context.quantities[index]
    before = done[-1] if done else None
    if before is not None and _is_restatement(context, index, clause):
        period = _period(context, clause, quantity) or before.period
        return replace(before, baseline=None, period=period, parted=False)
    own = _own_measure(context, index, clause, before)
    measure = own or (before.measure if before and before.measure else _earlier_subject(context, clause))
    measure = _sided(context, index, measure, before)
    direction = _direction(context, clause, measure, quantity)
    if direction is None and own is None and before is not None and clause.predicate.has("match"):
        direction = before.direction
    role = _role(context, index, clause, direction, own)
    if role in ("level", "share"):
        direction = None
    baseline = _baseline(context, index) if direction else None
    parted = index > 0 and ";" in context.sentence[context.quantities[index - 1].end : quantity.start]
    return Relation(measure, direction, role, baseline, _period(context, clause, quantity), parted)


def _own_measure(context: _Context, index: int, clause: Clause, before: Relation | None) -> str | None:
    """What the clause itself says is measured; None where it leaves that out."""
    quantity, text, predicate = context.quantities[index], context.text, clause.predicate
    named = subject(text, clause.first, predicate.first)
    verb = predicate.verb
    if quantity.unit and unit_kind(quantity.unit) == "count":
        if named and verb in ("up", "down", "arrive", "state", "per", "plan", "own"):
            return f"{named} {_verb(context, clause)}" if verb == "own" else named
        if verb in ("up", "down", "match") and not named and index:
            return None
        noun = counted(text, quantity.unit, quantity.end, context.next_start(index))
        if noun == quantity.unit and verb in (None, "hold"):
            return " ".join(filter(None, (noun, _action(context, clause))))
        return noun
    if clause.opener == "(" and not named:
        return _named_item(context, clause, before)
    if verb == "own" and named:
        return f"{named} {_verb(context, clause)}"
    if verb in (None, "hold") and not clause.is_bare:
        bare = verb is None
        if bare and not _is_partitive(context, index):
            return noun_before(text, clause.first, predicate.first)
        return _held(context, index, clause)
    if named:
        return named
    if verb in (None, "hold") and index == 0:
        return tail(text, quantity.end, context.next_start(index)) or None
    return None


def _action(context: _Context, clause: Clause) -> str | None:
    """The verb that a count is the object of, without its own subject: "(toàn tỉnh) phải thi hành 8.450 việc"."""
    items = context.items[clause.first : clause.at]
    marks = [index for index, item in enumerate(items) if item.key in _ASPECTS]
    named = subject(context.text, clause.first + (marks[-1] + 1 if marks else 0), clause.at)
    if named is None or named[0].isupper():
        return None
    return named if len(named.split()) <= MAX_ACTION_SYLLABLES else None


def _verb(context: _Context, clause: Clause) -> str:
    """The verb of holding as written, without the hedge behind it."""
    items = context.items[clause.predicate.first : clause.at]
    verbs = [item.text for item in items if item.key in ("nắm", "giữ", "sở", "hữu")]
    return " ".join(verbs)


def _held(context: _Context, index: int, clause: Clause) -> str | None:
    """The measure of an amount that is a verb's object: subject and verb, and what the amount consists of."""
    text = context.text
    head = subject(text, clause.first, clause.at)
    rest = tail(text, context.quantities[index].end, context.next_start(index))
    return " ".join(filter(None, (head, rest))) or None


def _is_partitive(context: _Context, index: int) -> bool:
    """Whether a percentage is of a noun behind it: "thi hành xong 83,5% số việc"."""
    quantity = context.quantities[index]
    of_noun = unit_kind(quantity.unit) == "percent" or quantity.unit == "phần"
    return of_noun and bool(tail(context.text, quantity.end, context.next_start(index)))


def _named_item(context: _Context, clause: Clause, before: Relation | None) -> str | None:
    """In a list of names with figures in brackets, "doanh thu" of the list's head and the name."""
    if before is None or before.measure is None:
        return None
    stop = first = clause.first - 1
    while first > 0 and not _is_break(context, before_item := context.items[first - 1]):
        if before_item.key in ("là", "và"):
            break
        first -= 1
    name = subject(context.text, first, stop)
    last = context.quantities[max(i for i, q in enumerate(context.quantities) if q.start < context.items[stop].end)]
    if not name or not name[0].isupper() or (first < stop and context.items[first].start < last.end):
        return None
    head = before.measure.split(" có ")[-1]
    words = head.split()
    lower = [word for word in words if not word[0].isupper()]
    return f"{' '.join(lower[:4]) or head} {name}" if name not in head else head


def _earlier_subject(context: _Context, clause: Clause) -> str | None:
    """The subject in an earlier part of the sentence, where commas part it from its predicate."""
    stop = clause.first - 1
    best: str | None = None
    while stop > 0:
        first = stop
        while first > 0 and not _is_break(context, context.items[first - 1]):
            first -= 1
        if ends_in_report(context.text, first, stop):
            break
        whole = clause_subject(context.text, first, stop)
        if whole:
            return whole
        named = subject(context.text, first, stop)
        adverbial = context.items[first].key in _ADVERBIAL_HEADS
        best = named if named and len(named.split()) >= 2 and not (adverbial and best) else best
        stop = first - 1
    return best


def _sided(context: _Context, index: int, measure: str | None, before: Relation | None) -> str | None:
    """A price's measure with the side of the market that stands beside it."""
    if measure is None:
        return None
    quantity = context.quantities[index]
    after = context.next_start(index)
    pair = after is not None and context.sentence[quantity.end : after].strip() in ("-", "–")
    side = market_side(context.text, context.quantities[index + 1].end if pair else quantity.end, second=not pair)
    lone = side_of(measure)
    if lone and before is not None and before.measure:
        return with_side(before.measure, lone)
    return with_side(measure, side) if side else measure


def _direction(
    context: _Context, clause: Clause, measure: str | None, quantity: Quantity
) -> Direction | None:
    """Rise or fall: a change verb right before, or a subject that is itself a rise."""
    direct = clause.predicate.direction or _governing(context, clause)
    if direct:
        return direct
    if measure and unit_kind(quantity.unit) == "percent" and not clause.predicate.has("arrive", "per"):
        if names_growth(measure):
            return "up"
        if names_fall(measure):
            return "down"
    return None


def _governing(context: _Context, clause: Clause) -> Direction | None:
    """The change verb whose object stands between it and the amount: "cắt giảm chi phí 20 tỷ đồng"."""
    if clause.predicate.verb is not None:
        return None
    low = max(clause.first, clause.predicate.first - MAX_OBJECT_SYLLABLES)
    for stop in range(clause.predicate.first - 1, low, -1):
        verb = read_predicate(context.items, stop, clause.first, context.text.words)
        if verb.verb in ("up", "down") and verb.kinds[-1] != "filler":
            return verb.direction
        if verb.verb is not None:
            return None
    return None


def _role(context: _Context, index: int, clause: Clause, direction: Direction | None, own: str | None) -> Role:
    """Target in a plan; change where something rises or falls by it; else share or level."""
    quantity, predicate = context.quantities[index], clause.predicate
    if is_planned(context.sentence, quantity):
        return "target"
    if direction is not None:
        return "change"
    if quantity.unit == "phần" or unit_kind(quantity.unit) == "percent":
        if predicate.has("per", "own") or tail(context.text, quantity.end, context.next_start(index)):
            return "share"
        if own and _SHARE_NOUN.match(own):
            return "share"
        if index and not own and context.quantities[index - 1].unit != quantity.unit:
            return "share"
    return "level"


def _is_restatement(context: _Context, index: int, clause: Clause) -> bool:
    """Whether a quantity says the figure before it again: in another currency, or of another year in brackets."""
    last, this = context.quantities[index - 1], context.quantities[index]
    if not clause.is_bare or clause.predicate.has("up", "down", "per", "arrive"):
        return False
    if unit_kind(last.unit) == "money" and unit_kind(this.unit) == "money" and last.unit != this.unit:
        return clause.opener == "(" or clause.predicate.has("match")
    near = this.start - last.end < _NEAR_CHARS
    return clause.opener == "(" and last.unit == this.unit and not clause.predicate.kinds and near


def _baseline(context: _Context, index: int) -> str | None:
    """What a change is compared with; a fraction's whole is one ("giảm 1/2 mức hiện nay")."""
    quantity = context.quantities[index]
    found = baseline_of(context.sentence, quantity, context.baselines)
    if found is None and quantity.unit == "phần":
        whole = _WHOLE.match(context.sentence, quantity.end)
        return whole.group().strip() if whole else None
    return found


def _period(context: _Context, clause: Clause, quantity: Quantity) -> str | None:
    """The time named in the quantity's clause, else the nearest before it, else the first of the sentence."""
    if not context.periods:
        return None
    after = [p for p in context.periods if p.start >= quantity.end]
    if after:
        parted = any(mark in context.sentence[quantity.end : after[0].start] for mark in ",;()")
        if not parted and not any(quantity.end <= q.start < after[0].start for q in context.quantities):
            return after[0].text
    before = [p for p in context.periods if p.end <= quantity.start]
    return before[-1].text if before else context.periods[0].text


def _in_order(context: _Context, relations: Sequence[Relation]) -> list[Relation]:
    """"A 5, B 6, lần lượt tăng 3% và 4%": measures of an ordered list are those of the figures before it."""
    result = list(relations)
    start = context.sentence.lower().find("lần lượt")
    if start < 0:
        return result
    later = [i for i, q in enumerate(context.quantities) if q.start > start]
    earlier = list(dict.fromkeys(relations[i].measure for i, q in enumerate(context.quantities) if q.start < start))
    if len(later) < 2:
        return result
    if not earlier:
        return _shared(context, start, result)
    if len(earlier) != len(later):
        return result
    lead = relations[later[0]]
    for index, measure in zip(later, earlier, strict=True):
        result[index] = replace(lead, measure=measure, period=relations[index].period)
    return result


def _shared(context: _Context, start: int, relations: Sequence[Relation]) -> list[Relation]:
    """"Tỷ lệ của huyện B, C và thành phố D lần lượt là 21%, 24% và 27%": all have the whole subject."""
    stop = next(i for i, item in enumerate(context.items) if item.start >= start)
    whole = subject(context.text, 0, stop)
    return [
        replace(relation, measure=whole or relation.measure)
        for relation in relations
    ]


def _is_break(context: _Context, item: Syllable) -> bool:
    """Whether a syllable parts clauses."""
    return item.text in _BREAKS or item.key in _CONJUNCTIONS or _is_dash(context.sentence, item)


def _is_dash(text: str, item: Syllable) -> bool:
    """Whether a syllable is a dash between spaces."""
    return item.text in "-–—" and text[item.start - 1 : item.start] == " " and text[item.end : item.end + 1] == " "
