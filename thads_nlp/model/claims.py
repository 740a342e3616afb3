"""The names and quantities that a hypothesis claims, the places of the article where they stand, and their rivals."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from heapq import nlargest
from itertools import islice, pairwise
from typing import Literal

from thads_nlp.figures.quantities import same_quantity
from thads_nlp.model.fit import Slot, make_slot
from thads_nlp.model.names import CUES, capital_runs, cue_of, names_nobody
from thads_nlp.model.source import SourceIndex, Span, Stated, Statement, number_span, sort_of, statement_of, surrounded
from thads_nlp.model.support import Agreement, Surroundings, agreement
from thads_nlp.model.tokens import Token, tokenize
from thads_nlp.schema import Quantity
from thads_nlp.text.normalize import compare_key
from thads_nlp.text.segment import split_sentences

# Places of the claimed filler and of rivals that are compared; the rest stand in sentences that share less.
MAX_OWN, MAX_RIVALS = 24, 60
# Sentences whose names are rivals, and names of one of them.
RIVAL_SENTENCES, RIVALS_A_SENTENCE = 24, 20
# Quantities of one sort among which rivals are sought: more are a table.
RIVAL_QUANTITIES = 1_000
# Places of one name that are looked at.
MOST_PLACES = 200

# Nouns that are two by themselves, and words behind "một người" that make it a count.
_PAIRS = frozenset({("vợ", "chồng"), ("mẹ", "con"), ("cha", "con"), ("bố", "con"), ("anh", "em"), ("chị", "em")})
_HARM = frozenset({"chết", "tử", "thiệt", "thương", "mất"})

ClaimKind = Literal["name", "quantity", "polarity"]
QUANTITY_KINDS = ("quantity", "incidental", "date", "time", "duration", "age", "ordinal", "code")
NAME_TRAITS = (
    "words", "opens the sentence", *(f"cue {cue}" for cue in CUES), "places", "same cue", "word before",
    "word behind",
)  # fmt: skip
QUANTITY_TRAITS = (
    *(f"kind {kind}" for kind in QUANTITY_KINDS), "same unit", "said before", "said behind", "times", "small",
    "measured", "approx", "places",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Rival:
    """A place of another filler, which ``key`` identifies."""

    key: object
    place: Span


@dataclass(frozen=True, slots=True)
class FillerClaim:
    """A name or quantity of a hypothesis sentence, or a gap where a negation may be missing.

    Attributes:
        kind: what it is.
        start: offset in the sentence.
        end: offset in the sentence.
        keys: its tokens.
        slot: the rest of the sentence.
        places: where the article has it; empty if nowhere.
        rivals: places of other fillers of its kind, at most ``MAX_RIVALS``.
        traits: what else is known of it, in the order of ``NAME_TRAITS`` or ``QUANTITY_TRAITS``.
    """

    kind: ClaimKind
    start: int
    end: int
    keys: tuple[str, ...]
    slot: Slot
    places: tuple[Span, ...]
    rivals: tuple[Rival, ...]
    traits: tuple[float, ...]

    @property
    def is_counted(self) -> bool:
        """Whether a quantity is a reported figure: no date, age, duration or number in passing."""
        return self.kind == "quantity" and self.trait("kind quantity") == 1.0

    @property
    def leaves_its_time(self) -> bool:
        """Whether an amount, rate or measurement is told of a time that the article names at none of its places."""
        if self.kind != "quantity" or not self.places:
            return False
        return self.trait("measured") == 1.0 and self.trait("times") == 0.0

    def trait(self, name: str) -> float:
        """One of the ``QUANTITY_TRAITS`` of a quantity."""
        return self.traits[QUANTITY_TRAITS.index(name)]


@dataclass(frozen=True, slots=True)
class Said:
    """A sentence of a hypothesis with its tokens; ``known`` are the keys of the whole hypothesis."""

    text: str
    tokens: tuple[Token, ...]
    keys: tuple[str, ...]
    known: frozenset[str]
    values: frozenset[Statement]


def read_hypothesis(text: str) -> Iterator[tuple[int, Said]]:
    """The sentences of a cleaned text, each with its start."""
    known = frozenset(token.key for token in tokenize(text))
    values = frozenset(statement_of(quantity) for quantity, _ in surrounded(text))
    for span in split_sentences(text):
        tokens = tokenize(text[span.start : span.end])
        keys = tuple(token.key for token in tokens)
        yield span.start, Said(text[span.start : span.end], tokens, keys, known, values)


def find_claims(said: Said, source: SourceIndex) -> Iterator[FillerClaim]:
    """All names and quantities of a hypothesis sentence."""
    yield from _quantity_claims(said, source)
    yield from _name_claims(said, source)


def _name_claims(said: Said, source: SourceIndex) -> Iterator[FillerClaim]:
    """Names: whole runs of capitalised tokens, without a common word that opens the sentence."""
    for start, end in capital_runs(said.text, said.tokens):
        span, places = _named(said, Span(start, end), source)
        if span is None or (not places and span.start == 0 and span.end == 1):
            continue
        slot = make_slot(said.keys, span, source)
        own = _best(places, slot, source)
        rivals = tuple(_name_rivals(said, span, slot, source))
        traits = _name_traits(said, span, places, slot, source)
        yield FillerClaim(
            "name", said.tokens[span.start].start, said.tokens[span.end - 1].end, said.keys[span.start : span.end],
            slot, own, rivals, traits,
        )  # fmt: skip


def _named(said: Said, span: Span, source: SourceIndex) -> tuple[Span | None, list[Span]]:
    """The tokens that are the name, and its places.

    A first token may be no part of the name: a common word that opens the sentence, or "TP." before a town. What is
    left must then open a name of the article, else "Nguyễn Văn B" would pass for a "Văn B" of another family.
    """
    if span.end - span.start == 1:
        places = _whole(said.keys[span.start : span.end], source)
        common = span.start == 0 and not any(source.tokens[place.start].is_capital for place in places)
        return (None, []) if common else (span, places)
    headed = names_nobody(said.keys[span.start])
    places = [] if headed else _whole(said.keys[span.start : span.end], source)
    if not places and (headed or span.start == 0):
        rest = Span(span.start + 1, span.end)
        opened = [p for p in _whole(said.keys[rest.start : rest.end], source) if _opens_name(p, source)]
        if opened:
            return rest, opened
    return span, places or _whole(said.keys[span.start : span.end], source)


def _whole(keys: Sequence[str], source: SourceIndex) -> list[Span]:
    """Places where a name stands as one span: no comma, bracket or quote inside, written as a name somewhere."""
    found: list[Span] = []
    for place in source.occurrences(keys):
        if all(source.text_between(at, at + 1).strip(" -–.&/'") == "" for at in range(place.start, place.end - 1)):
            found.append(place)
            if len(found) == MOST_PLACES:
                break
    return found


def _opens_name(place: Span, source: SourceIndex) -> bool:
    """Whether no capitalised token stands right before a place, "TP." and first words of sentences left out."""
    before = place.start - 1
    if before < source.bounds[source.sentence_of[place.start]].start:
        return True
    token = source.tokens[before]
    apart = source.text_between(before, place.start) != " "
    return apart or not token.is_capital or names_nobody(token.key)


def _best(places: Sequence[Span], slot: Slot, source: SourceIndex) -> tuple[Span, ...]:
    """The places whose sentences share most with the slot, in reading order where they share the same."""
    return tuple(nlargest(MAX_OWN, places, key=lambda place: slot.shares.get(source.sentence_of[place.start], 0.0)))


def _name_rivals(said: Said, span: Span, slot: Slot, source: SourceIndex) -> Iterator[Rival]:
    """Names of the sentences that share most with the slot, which are not said in the hypothesis anyway."""
    own = frozenset(said.keys[span.start : span.end])
    count = 0
    for index in nlargest(RIVAL_SENTENCES, slot.shares, key=slot.shares.__getitem__):
        for place in source.names[index][:RIVALS_A_SENTENCE]:
            keys = source.keys[place.start : place.end]
            common = len(keys) == 1 and _is_common(keys[0], source)
            if not common and own.isdisjoint(keys) and not said.known.issuperset(keys):
                yield Rival(keys, place)
                count += 1
                if count == MAX_RIVALS:
                    return


def _is_common(key: str, source: SourceIndex) -> bool:
    """Whether the article also writes a token small, so that it is no name."""
    return any(not source.tokens[at].is_capital for at in source.first[key][:MOST_PLACES])


def _name_traits(
    said: Said, span: Span, places: Sequence[Span], slot: Slot, source: SourceIndex
) -> tuple[float, ...]:
    """``NAME_TRAITS`` of a name."""
    cue = cue_of(slot.left[0] if slot.left else None)
    beside = [source.beside(place) for place in places]
    count = max(len(places), 1)
    return (
        min(span.end - span.start, 6),
        float(span.start <= 1),
        *(float(cue == other) for other in CUES),
        min(len(places), 20),
        sum(cue_of(before) == cue for before, _ in beside) / count,
        float((slot.left[0] if slot.left else None) in {before for before, _ in beside}),
        float((slot.right[0] if slot.right else None) in {behind for _, behind in beside}),
    )


def _quantity_claims(said: Said, source: SourceIndex) -> Iterator[FillerClaim]:
    """Quantities with the places that state the same value in a unit of the same sort."""
    for quantity, around in surrounded(said.text):
        if is_article(quantity) or not said.tokens:
            continue
        span = number_span(said.tokens, quantity)
        slot = make_slot(said.keys, span, source)
        same = [one for one in source.by_value.get(statement_of(quantity), ()) if _is_bound_alike(quantity, one)]
        places = [one.span for one in same] or _literal(said, span, source)
        if not places and _counts_nothing(quantity, slot):
            continue
        own = _best(places, slot, source)
        rivals = tuple(_quantity_rivals(said, quantity, slot, source))
        traits = _quantity_traits(quantity, around, same, slot, source)
        keys = said.keys[span.start : span.end]
        yield FillerClaim("quantity", quantity.start, quantity.end, keys, slot, own, rivals, traits)


def is_article(quantity: Quantity) -> bool:
    """Whether "một" only introduces a noun."""
    return quantity.kind == "incidental" and quantity.value == 1


def _counts_nothing(quantity: Quantity, slot: Slot) -> bool:
    """Whether a number tells no more than its noun: "một đêm", "một phụ nữ", "2 vợ chồng"; victims are counted."""
    behind = slot.right[:4]
    if quantity.value == 1 and compare_key(quantity.text).startswith("một"):
        return _HARM.isdisjoint(behind)
    return quantity.value == 2 and any(pair in _PAIRS for pair in pairwise(behind))


def _is_bound_alike(quantity: Quantity, stated: Stated) -> bool:
    """Whether not one says "over" and the other "under"."""
    return not {quantity.approx, stated.quantity.approx} >= {"over", "under"}


def _literal(said: Said, span: Span, source: SourceIndex) -> list[Span]:
    """Places that have the number behind the same word: "lớp 9", "quận 12", however they are read."""
    if span.start == 0 or span.end - span.start > 1:
        return []
    found = islice(source.occurrences(said.keys[span.start - 1 : span.end]), MOST_PLACES)
    return [Span(place.start + 1, place.end) for place in found]


def _quantity_rivals(said: Said, quantity: Quantity, slot: Slot, source: SourceIndex) -> Iterator[Rival]:
    """Other values of the same sort, those in sentences that share most with the slot."""
    known = source.by_sort.get(sort_of(quantity), ())[:RIVAL_QUANTITIES]
    others = [one for one in known if statement_of(one.quantity) not in said.values]
    for one in nlargest(MAX_RIVALS, others, key=lambda one: slot.shares.get(one.sentence, 0.0)):
        yield Rival(statement_of(one.quantity), one.span)


def _quantity_traits(
    quantity: Quantity, around: Surroundings, same: Sequence[Stated], slot: Slot, source: SourceIndex
) -> tuple[float, ...]:
    """``QUANTITY_TRAITS`` of a quantity."""
    near = nlargest(MAX_OWN, same, key=lambda one: slot.shares.get(one.sentence, 0.0))
    agreed = [_agreement(around, one, source) for one in near]
    best = max(agreed, key=lambda a: (a.times, a.before + a.behind), default=Agreement(0.5, 0.5, True))
    return (
        *(float(quantity.kind == kind) for kind in QUANTITY_KINDS),
        float(any(same_quantity(quantity, one.quantity) for one in near)),
        best.before,
        best.behind,
        float(best.times),
        float(quantity.value <= 3),
        float(sort_of(quantity) != "count"),
        float(any(quantity.approx == one.quantity.approx for one in near)),
        min(len(same), 10),
    )


def _agreement(around: Surroundings, stated: Stated, source: SourceIndex) -> Agreement:
    """What a hypothesis says of a quantity against what the article says of it."""
    index = stated.sentence
    earlier: Mapping[str, None] = {}
    if index:
        bounds = source.bounds[index - 1]
        earlier = dict.fromkeys(source.keys[bounds.start : bounds.end])
    return agreement(around, stated.around, earlier, lambda time: source.first_times.get(time, index) < index)
