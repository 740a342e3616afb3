"""Where a quantity stands in its sentence: the clause before it, the brackets around it, the figure it goes on from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from thads_nlp.figures.baselines import Baseline, find_baselines
from thads_nlp.figures.listing import list_commas
from thads_nlp.figures.periods import Period, find_periods
from thads_nlp.figures.phrases import Syllable, Words, syllables
from thads_nlp.figures.predicates import Predicate, read_predicate
from thads_nlp.figures.stretches import Text
from thads_nlp.figures.tails import tail
from thads_nlp.schema import Quantity
from thads_nlp.text.segment import segment_words

_BREAKS = frozenset(",;:()[]!?…")
_CONJUNCTIONS = frozenset({"nhưng", "song"})


@dataclass(frozen=True, slots=True)
class Clause:
    """Syllables ``[first, at)`` before a quantity in its clause, and the mark or "figure" that opened the clause."""

    first: int
    at: int
    opener: str
    predicate: Predicate

    @property
    def is_bare(self) -> bool:
        """Whether nothing but its predicate stands before the quantity."""
        return self.predicate.first <= self.first


@dataclass(frozen=True, slots=True)
class Scene:
    """A sentence with all that its quantities are read against.

    ``before`` gives for each quantity the index of the one that it goes on from, None for the first: what stands in a
    bracket that is closed is passed over.
    """

    text: Text
    quantities: Sequence[Quantity]
    baselines: Sequence[Baseline]
    periods: Sequence[Period]
    before: Sequence[int | None]

    @property
    def sentence(self) -> str:
        """The sentence as read."""
        return self.text.sentence

    @property
    def items(self) -> Sequence[Syllable]:
        """Its syllables."""
        return self.text.items

    def next_start(self, index: int) -> int | None:
        """Where the quantity after ``index`` starts."""
        return self.quantities[index + 1].start if index + 1 < len(self.quantities) else None


def read_scene(sentence: str, quantities: Sequence[Quantity]) -> Scene:
    """Parse what all quantities of a sentence share."""
    baselines = find_baselines(sentence, quantities)
    periods = find_periods(sentence, [(b.head, b.end) for b in baselines])
    times = [(p.start, p.end) for p in periods] + [(b.head, b.end) for b in baselines]
    words = Words.of(segment_words(sentence))
    listing = list_commas(sentence)
    items = [item for item in syllables(sentence) if item.start not in listing]
    return Scene(Text(sentence, items, words, times), quantities, baselines, periods, _visible(items, quantities))


def read_clause(scene: Scene, index: int) -> Clause:
    """The clause part before a quantity, from the mark, conjunction or figure that opens it."""
    items, quantity = scene.items, scene.quantities[index]
    at = next((i for i, item in enumerate(items) if item.end > quantity.start), len(items))
    floor = scene.quantities[index - 1].end if index else 0
    first, opener = at, "figure" if index else ""
    while first > 0 and items[first - 1].start >= floor:
        before = items[first - 1]
        if before.text == ")" and (opening := _opening(items, first - 1, floor)) is not None:
            first = opening
            continue
        if is_break(scene, first - 1):
            opener = before.text
            break
        first -= 1
    if opener == "figure":
        first = _behind_noun(scene, index, _behind_bracket(items, first, at), at)
    # A comparison may stand between a verb and its amount: "cao hơn cùng kỳ 2,8 điểm".
    inner = next((b for b in scene.baselines if b.start < quantity.start and quantity.start - b.end <= b.gap), None)
    stop = next((i for i in range(first, at) if inner and items[i].end > inner.head), at)
    return Clause(first, at, opener, read_predicate(items, stop, first, scene.text.words))


def is_break(scene: Scene, index: int) -> bool:
    """Whether a syllable parts clauses."""
    item = scene.items[index]
    if item.text in _BREAKS or item.key in _CONJUNCTIONS:
        return True
    if item.text == ".":
        return scene.sentence[item.start - 1 : item.start] == "."
    return _is_dash(scene, index)


def _visible(items: Sequence[Syllable], quantities: Sequence[Quantity]) -> tuple[int | None, ...]:
    """For each quantity the last one before it whose brackets are all still open."""
    scopes = _scopes(items, quantities)
    found: list[int | None] = []
    for index, scope in enumerate(scopes):
        earlier = (i for i in range(index - 1, -1, -1) if scope[: len(scopes[i])] == scopes[i])
        found.append(next(earlier, None))
    return tuple(found)


def _scopes(items: Sequence[Syllable], quantities: Sequence[Quantity]) -> list[tuple[int, ...]]:
    """The places of the brackets that are open at each quantity; one that nothing closes counts as no bracket."""
    pairs = _pairs(items)
    return [tuple(start for start, end in pairs if start < q.start < end) for q in quantities]


def _pairs(items: Sequence[Syllable]) -> list[tuple[int, int]]:
    """Places of brackets that belong together, outer ones first."""
    pairs: list[tuple[int, int]] = []
    opened: list[int] = []
    for item in items:
        if item.text == "(":
            opened.append(item.start)
        elif item.text == ")" and opened:
            pairs.append((opened.pop(), item.start))
    return sorted(pairs)


def _opening(items: Sequence[Syllable], closing: int, floor: int) -> int | None:
    """Index of the bracket that ``closing`` closes, where no figure stands between them."""
    for index in range(closing - 1, -1, -1):
        if items[index].start < floor:
            return None
        if items[index].text == "(":
            return index
    return None


def _behind_bracket(items: Sequence[Syllable], first: int, at: int) -> int:
    """Index behind a bracket right at the head of a clause: it belongs to the figure before it."""
    if first < at and items[first].text == "(":
        return next((index + 1 for index in range(first, at) if items[index].text == ")"), first)
    return first


def _behind_noun(scene: Scene, index: int, first: int, at: int) -> int:
    """Index behind the rest of the noun of the figure before, where the clause goes on with "và"."""
    rest = len(syllables(tail(scene.text, scene.quantities[index - 1].end, scene.quantities[index].start)))
    joined = rest and first + rest < at and scene.items[first + rest].key in ("và", "hoặc")
    return first + rest if joined else first


def _is_dash(scene: Scene, index: int) -> bool:
    """Whether a syllable is a dash between spaces that parts more than two names ("châu Á - Thái Bình Dương")."""
    item, text = scene.items[index], scene.sentence
    if item.text not in "-–—" or text[item.start - 1 : item.start] != " " or text[item.end : item.end + 1] != " ":
        return False
    around = scene.items[max(index - 1, 0) : index + 2]
    return not (len(around) == 3 and around[2].is_name and (around[0].is_name or around[0].text[0].isdigit()))
