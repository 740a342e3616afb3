"""An article prepared for verification: tokens in one sequence, names, quantities and the weight of its words."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import TypeVar

from thads_nlp.figures.quantities import find_quantities
from thads_nlp.figures.units import normalize_unit, unit_kind
from thads_nlp.model.names import LONGEST_NAME, capital_runs, names_nobody
from thads_nlp.model.salience import content_keys
from thads_nlp.model.support import Surroundings, surroundings, times_of
from thads_nlp.model.tokens import Token, tokenize
from thads_nlp.schema import Article, Quantity, Sentence

Key = TypeVar("Key", bound=Hashable)


@dataclass(frozen=True, slots=True)
class Span:
    """Tokens ``[start, end)`` of an article's or hypothesis' token sequence."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Stated:
    """A quantity with its sort, its sentence, the tokens of its number, and its surroundings."""

    quantity: Quantity
    sort: str
    sentence: int
    span: Span
    around: Surroundings


@dataclass(frozen=True, slots=True)
class SourceIndex:
    """An article prepared for verification; built in time linear in its length.

    Attributes:
        article: the article that was read.
        stated: its quantities in reading order.
        keys: comparison keys of all tokens of all sentences, in order.
        tokens: the tokens themselves, offsets relative to their sentence.
        sentence_of: for each token the index of its sentence.
        bounds: for each sentence the tokens that are its.
        first: positions of each key.
        names: runs of capitalised tokens that can be other names than the one claimed, by sentence.
        postings: sentences that hold a content key, ascending.
        first_times: the first sentence that names a time ("quý iii", "năm 2019").
    """

    article: Article
    stated: tuple[Stated, ...]
    keys: tuple[str, ...]
    tokens: tuple[Token, ...]
    sentence_of: tuple[int, ...]
    bounds: tuple[Span, ...]
    first: Mapping[str, tuple[int, ...]]
    names: tuple[tuple[Span, ...], ...]
    postings: Mapping[str, tuple[int, ...]]
    first_times: Mapping[str, int]
    by_value: Mapping[Statement, tuple[Stated, ...]]
    by_sort: Mapping[str, tuple[Stated, ...]]

    @classmethod
    def build(cls, article: Article) -> SourceIndex:
        """Index all sentences of a read article."""
        tokens: list[Token] = []
        sentence_of: list[int] = []
        bounds: list[Span] = []
        names: list[tuple[Span, ...]] = []
        stated: list[Stated] = []
        postings: dict[str, list[int]] = defaultdict(list)
        for sentence in article.sentences:
            own = tokenize(sentence.text)
            base = len(tokens)
            bounds.append(Span(base, base + len(own)))
            tokens += own
            sentence_of += [sentence.index] * len(own)
            names.append(tuple(_names(sentence, own, base)))
            stated += _stated(sentence, own, base)
            for key in dict.fromkeys(token.key for token in own if is_content(token.key)):
                postings[key].append(sentence.index)
        keys = tuple(token.key for token in tokens)
        return cls(
            article, tuple(stated), keys, tuple(tokens), tuple(sentence_of), tuple(bounds), _positions(keys),
            tuple(names), {key: tuple(found) for key, found in postings.items()}, _first_times(article),
            _grouped((implied, one) for one in stated for implied in statements(one.quantity)),
            _grouped((one.sort, one) for one in stated),
        )  # fmt: skip

    def runs(self, keys: Sequence[str]) -> Iterator[Span]:
        """Places of a token sequence in reading order, whatever sentences end inside."""
        wanted, size = tuple(keys), len(keys)
        for start in self.first.get(wanted[0], ()) if wanted else ():
            if self.keys[start : start + size] == wanted:
                yield Span(start, start + size)

    def occurrences(self, keys: Sequence[str]) -> Iterator[Span]:
        """Places of a token sequence within one sentence, in reading order."""
        for span in self.runs(keys):
            if self.sentence_of[span.start] == self.sentence_of[span.end - 1]:
                yield span

    def find(self, keys: Sequence[str]) -> Span | None:
        """First place of a token sequence within one sentence, None if it does not occur."""
        return next(self.occurrences(keys), None)

    def offsets(self, span: Span) -> tuple[int, int]:
        """Article offsets of tokens of one sentence."""
        sentence = self.article.sentences[self.sentence_of[span.start]]
        return sentence.place(self.tokens[span.start].start, self.tokens[span.end - 1].end)

    def text_between(self, start: int, end: int) -> str:
        """What the sentence has between token ``start`` and token ``end``, both left out."""
        sentence = self.article.sentences[self.sentence_of[start]]
        return sentence.text[self.tokens[start].end : self.tokens[end].start]

    def beside(self, span: Span) -> tuple[str | None, str | None]:
        """Keys right before and behind tokens of one sentence, None at its ends."""
        bounds = self.bounds[self.sentence_of[span.start]]
        before = self.keys[span.start - 1] if span.start > bounds.start else None
        return before, self.keys[span.end] if span.end < bounds.end else None

    def weight(self, key: str) -> float:
        """How much a content word tells about its sentence: the fewer sentences have it, the more."""
        return math.log(1.0 + (len(self.bounds) + 1) / (len(self.postings.get(key, ())) + 0.5))


def number_span(tokens: Sequence[Token], quantity: Quantity) -> Span:
    """Tokens of a quantity's number, with its unit unless that is a counted noun (which is context).

    At least one token; a number glued to letters counts as the token it is in.
    """
    end = quantity.end
    if quantity.unit and quantity.text.casefold().endswith(f" {quantity.unit.casefold()}"):
        end -= len(quantity.unit) + 1
    start = _token_at(tokens, quantity.start)
    stop = start + 1
    while stop < len(tokens) and tokens[stop].start < end:
        stop += 1
    return Span(start, stop)


def surrounded(text: str) -> Iterator[tuple[Quantity, Surroundings]]:
    """The quantities of a sentence with their surroundings."""
    found = find_quantities(text)
    for before, quantity, after in zip((None, *found), found, (*found[1:], None), strict=False):
        yield quantity, surroundings(text, quantity, before, after)


def _token_at(tokens: Sequence[Token], offset: int) -> int:
    """Index of the token that holds or follows an offset."""
    low, high = 0, len(tokens) - 1
    while low < high:
        middle = (low + high) // 2
        if tokens[middle].end <= offset:
            low = middle + 1
        else:
            high = middle
    return low


def _stated(sentence: Sentence, tokens: Sequence[Token], base: int) -> Iterator[Stated]:
    """The quantities of a sentence."""
    if not tokens:
        return
    for quantity, around in surrounded(sentence.text):
        span = number_span(tokens, quantity)
        yield Stated(quantity, sort_of(quantity), sentence.index, Span(base + span.start, base + span.end), around)


def _names(sentence: Sentence, tokens: Sequence[Token], base: int) -> Iterator[Span]:
    """Names of a sentence without the office or "TP." before them; a first word and a line in capitals are none."""
    for start, end in capital_runs(sentence.text, tokens):
        first = start
        while first < end and names_nobody(tokens[first].key):
            first += 1
        if first < end and end - start <= LONGEST_NAME and (first > 0 or end > 1):
            yield Span(base + first, base + end)


def _positions(keys: Iterable[str]) -> Mapping[str, tuple[int, ...]]:
    """Where each key stands."""
    positions: dict[str, list[int]] = defaultdict(list)
    for position, key in enumerate(keys):
        positions[key].append(position)
    return {key: tuple(found) for key, found in positions.items()}


def _grouped(stated: Iterable[tuple[Key, Stated]]) -> Mapping[Key, tuple[Stated, ...]]:
    """Quantities by a property, in reading order."""
    groups: dict[Key, list[Stated]] = defaultdict(list)
    for key, one in stated:
        groups[key].append(one)
    return {name: tuple(found) for name, found in groups.items()}


@dataclass(frozen=True, slots=True)
class Statement:
    """A value with its upper end and sort: what two quantities share that say the same."""

    value: Decimal
    high: Decimal | None
    sort: str


def statement_of(quantity: Quantity) -> Statement:
    """What a quantity states."""
    return Statement(quantity.value, quantity.value_high, sort_of(quantity))


def statements(quantity: Quantity) -> Iterator[Statement]:
    """What a quantity states and what that implies: the ends of a range, the parts of a date."""
    yield statement_of(quantity)
    if quantity.value_high is not None:
        yield Statement(quantity.value, None, sort_of(quantity))
        yield Statement(quantity.value_high, None, sort_of(quantity))
    if quantity.kind == "date":
        yield from (Statement(Decimal(value), None, f"date {unit}") for unit, value in _date_parts(quantity))


def _date_parts(quantity: Quantity) -> Iterator[tuple[str, int]]:
    """Days, months and years that a date names, valued as ``figures.calendar`` does."""
    value = int(quantity.value)
    if quantity.unit == "ngày" and value > 100:
        day, month, year = value % 100, value // 100 % 100, value // 10_000
        yield from (("ngày", day), ("tháng", month))
        if year:
            yield from (("ngày", month * 100 + day), ("tháng", year * 100 + month), ("năm", year))
    elif quantity.unit == "tháng" and value > 100:
        yield from (("tháng", value % 100), ("năm", value // 100))
    elif quantity.unit == "quý" and value > 10:
        yield from (("quý", value % 10), ("năm", value // 10))


def sort_of(quantity: Quantity) -> str:
    """Quantities of one sort can be taken for each other: equal units, or counts of whatever nouns, or dates."""
    if quantity.kind == "date":
        return f"date {quantity.unit}"
    if quantity.kind in ("time", "age"):
        return quantity.kind
    if quantity.kind in ("code", "ordinal"):
        return "label"
    kind = unit_kind(quantity.unit) if quantity.unit else "count"
    return "count" if kind == "count" else normalize_unit(quantity.unit)


def _first_times(article: Article) -> Mapping[str, int]:
    """The first sentence that names each time."""
    found: dict[str, int] = {}
    for sentence in article.sentences:
        for time in times_of(sentence.text):
            found.setdefault(time, sentence.index)
    return found


@lru_cache(maxsize=65_536)
def is_content(key: str) -> bool:
    """Whether a token's key carries content, as numbers, names and most words do."""
    return bool(content_keys(key))
