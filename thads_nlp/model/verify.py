"""What a headline or summary claims that its article does not say.

Every quantity must stand in the article with its unit and direction beside a word of its measure, every name as one
span, every quote verbatim, and no hedge or negation of the supporting clause may be dropped or invented.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from thads_nlp.figures.quantities import find_quantities, same_quantity
from thads_nlp.model.salience import content_keys
from thads_nlp.model.support import Surroundings, agree, surroundings, times_of
from thads_nlp.model.tokens import Token, tokenize
from thads_nlp.schema import Article, Claim, Direction, Evidence, Quantity, Sentence
from thads_nlp.text.normalize import clean, compare_key
from thads_nlp.text.segment import split_sentences

# Words that say where a quantity went, looked for this many tokens before and two behind it in its clause.
DIRECTION_REACH = 6
_STEPS = {"up": frozenset({"tăng"}), "down": frozenset({"giảm", "sụt"})}
# A clause is read back so far at most, which keeps a table in one line linear.
MAX_CLAUSE_CHARS = 240
_CLAUSE_MARKS = re.compile(r"[,;:.!?()]")
# Hedges and negations: what is suspected, planned or denied may not be stated as fact.
_HEDGES = (
    "không", "chưa", "nghi", "nghi ngờ", "bị cáo buộc", "dự kiến", "có thể", "đề nghị", "đề xuất", "sẽ", "ước",
    "có khả năng", "được cho là", "dường như", "chẳng", "phủ nhận", "tạm",
)  # fmt: skip
# Share of a hypothesis' content that the supporting clause must have before a hedge there counts as dropped.
HEDGE_OVERLAP = 0.5
# Around a name so many letters are compared with the sentences that have it, and so many of the words must be there.
NAME_REACH_CHARS = 45
NAME_SHARE = 0.25
_QUOTED = re.compile(r"\"([^\"]{2,400})\"|(?<![^\s(])'([^']{2,400})'(?!\w)")
_NOT_WORD = re.compile(r"[^\w ]")


@dataclass(frozen=True, slots=True)
class Verdict:
    """Where a text is supported, and what in it is not."""

    evidence: tuple[Evidence, ...]
    unsupported: tuple[Claim, ...]

    @property
    def supported(self) -> bool:
        """Whether the text may be shown."""
        return not self.unsupported


@dataclass(frozen=True, slots=True)
class Stated:
    """A quantity of the article with its sentence, direction and surroundings."""

    quantity: Quantity
    sentence: Sentence
    direction: Direction | None
    around: Surroundings


@dataclass(frozen=True, slots=True)
class SourceIndex:
    """An article prepared for verification: its quantities, and its tokens in one sequence with their sentences."""

    article: Article
    stated: tuple[Stated, ...]
    keys: tuple[str, ...]
    owners: tuple[tuple[int, Token], ...]
    first: dict[str, tuple[int, ...]]
    content: tuple[frozenset[str], ...]
    earlier_times: tuple[frozenset[str], ...]

    @classmethod
    def build(cls, article: Article) -> SourceIndex:
        """Index all sentences of a read article; linear in its length."""
        stated: list[Stated] = []
        keys: list[str] = []
        owners: list[tuple[int, Token]] = []
        for sentence in article.sentences:
            for quantity, around in _surrounded(sentence.text):
                stated.append(Stated(quantity, sentence, direction_of(sentence.text, quantity), around))
            for token in tokenize(sentence.text):
                keys.append(token.key)
                owners.append((sentence.index, token))
        positions: dict[str, list[int]] = defaultdict(list)
        for position, key in enumerate(keys):
            positions[key].append(position)
        content = tuple(frozenset(content_keys(sentence.text)) for sentence in article.sentences)
        first = {key: tuple(found) for key, found in positions.items()}
        return cls(article, tuple(stated), tuple(keys), tuple(owners), first, content, _earlier_times(article))

    def find(self, keys: Sequence[str]) -> int | None:
        """Position of a token sequence within one sentence, None if it does not occur."""
        wanted = tuple(keys)
        if not wanted:
            return None
        for position in self.first.get(wanted[0], ()):
            end = position + len(wanted)
            if self.keys[position:end] == wanted and self.owners[position][0] == self.owners[end - 1][0]:
                return position
        return None

    def place(self, position: int, count: int) -> tuple[int, int]:
        """Article offsets of ``count`` tokens from ``position``."""
        index, head = self.owners[position]
        _, tail = self.owners[position + count - 1]
        return self.article.sentences[index].place(head.start, tail.end)


def verify(hypothesis: str, source: SourceIndex) -> Verdict:
    """Check a headline, summary or statement against its article."""
    text = clean(hypothesis, 0).text
    evidence: list[Evidence] = []
    claims: list[Claim] = []
    for span in split_sentences(text):
        sentence = text[span.start : span.end]
        for item in _check(sentence, source):
            if isinstance(item, Claim):
                claims.append(item)
            else:
                evidence.append(_shifted(item, span.start))
    ordered = sorted(evidence, key=lambda item: (item.start, item.end))
    return Verdict(tuple(ordered), tuple(dict.fromkeys(claims)))


def direction_of(text: str, quantity: Quantity) -> Direction | None:
    """Whether the clause around a quantity says that it rose or fell; the nearest word before it decides."""
    before = _clause_before(text, quantity.start)
    tokens = [token.key for token in tokenize(before)][-DIRECTION_REACH:]
    for key in reversed(tokens):
        for direction in ("up", "down"):
            if key in _STEPS[direction]:
                return direction
    return None


def _check(sentence: str, source: SourceIndex) -> Iterator[Claim | Evidence]:
    """All claims and evidence of one hypothesis sentence, offsets relative to it."""
    verbatim = source.find([token.key for token in tokenize(sentence)])
    yield from _quantities(sentence, source, verbatim=verbatim is not None)
    yield from _names(sentence, source, verbatim=verbatim is not None)
    yield from _quotes(sentence, source)
    if verbatim is None:
        yield from _directions_and_hedges(sentence, source)


def _surrounded(text: str) -> Iterator[tuple[Quantity, Surroundings]]:
    """The quantities of a sentence with their surroundings."""
    found = find_quantities(text)
    for before, quantity, after in zip((None, *found), found, (*found[1:], None), strict=False):
        yield quantity, surroundings(text, quantity, before, after)


def _earlier_times(article: Article) -> tuple[frozenset[str], ...]:
    """For each sentence, the times that sentences before it name."""
    known: list[frozenset[str]] = []
    so_far: frozenset[str] = frozenset()
    for sentence in article.sentences:
        known.append(so_far)
        so_far |= times_of(sentence.text)
    return tuple(known)


def _quantities(sentence: str, source: SourceIndex, *, verbatim: bool) -> Iterator[Claim | Evidence]:
    """Each quantity with its support; all of one sentence from the same or neighbouring sentences."""
    homes: list[set[int]] = []
    for quantity, around in _surrounded(sentence):
        if _is_article(quantity):
            continue
        same = [stated for stated in source.stated if _states(quantity, sentence, stated)]
        supports = [stated for stated in same if verbatim or _says(quantity, around, stated, source)]
        if not supports:
            kind = "direction" if _known(quantity, source) and direction_of(sentence, quantity) else "quantity"
            yield Claim(_around(sentence, quantity), kind)
            continue
        if quantity.kind == "quantity":
            homes.append({stated.sentence.index for stated in supports})
        best = supports[0]
        start, end = best.sentence.place(best.quantity.start, best.quantity.end)
        yield Evidence(quantity.start, quantity.end, start, end, "quantity")
    if len(homes) > 1 and not _share_a_home(homes):
        yield Claim(sentence, "quantity")


def _is_article(quantity: Quantity) -> bool:
    """Whether "một" only introduces a noun."""
    return quantity.kind == "incidental" and quantity.value == 1


def _states(quantity: Quantity, sentence: str, stated: Stated) -> bool:
    """Same value, unit and direction."""
    if not same_quantity(quantity, stated.quantity):
        return False
    if quantity.approx != stated.quantity.approx and {quantity.approx, stated.quantity.approx} >= {"over", "under"}:
        return False
    return quantity.kind != "quantity" or direction_of(sentence, quantity) == stated.direction


def _says(quantity: Quantity, around: Surroundings, stated: Stated, source: SourceIndex) -> bool:
    """Whether the hypothesis says of a quantity what the article says of it; dates and the like need only stand."""
    if quantity.kind not in ("quantity", "incidental") or _is_article(quantity):
        return True
    index = stated.sentence.index
    earlier = source.content[index - 1] if index else frozenset()
    return agree(around, stated.around, earlier, source.earlier_times[index])


def _known(quantity: Quantity, source: SourceIndex) -> bool:
    """Whether the article has the value and unit at all."""
    return any(same_quantity(quantity, stated.quantity) for stated in source.stated)


def _share_a_home(homes: Sequence[set[int]]) -> bool:
    """Whether all quantities can come from two neighbouring sentences."""
    return any(all(home & {index, index + 1} for home in homes) for index in homes[0] | {i - 1 for i in homes[0]})


def _names(sentence: str, source: SourceIndex, *, verbatim: bool) -> Iterator[Claim | Evidence]:
    """Runs of capitalised tokens, which must occur whole."""
    tokens = tokenize(sentence)
    for start, end in _capital_runs(sentence, tokens):
        run = tokens[start:end]
        position = source.find([token.key for token in run])
        if position is None and start == 0:
            run = run[1:]
            if not run:
                continue
            position = source.find([token.key for token in run])
        opening = start == 0 and len(run) == 1
        if position is None or not (verbatim or opening or _is_placed(sentence, run, source)):
            yield Claim(sentence[run[0].start : run[-1].end], "name")
            continue
        first, last = source.place(position, len(run))
        yield Evidence(run[0].start, run[-1].end, first, last, "name")


def _is_placed(sentence: str, run: Sequence[Token], source: SourceIndex) -> bool:
    """Whether the article names it beside some of the words that the hypothesis has beside it."""
    low, high = max(0, run[0].start - NAME_REACH_CHARS), run[-1].end + NAME_REACH_CHARS
    beside = {*_common(sentence[low : run[0].start]), *_common(sentence[run[-1].end : high])}
    if not beside:
        return True
    keys = tuple(token.key for token in run)
    for position in source.first.get(keys[0], ()):
        if source.keys[position : position + len(keys)] == keys:
            index = source.owners[position][0]
            near = frozenset().union(*source.content[max(0, index - 1) : index + 2])
            if len(beside & near) >= NAME_SHARE * len(beside):
                return True
    return False


def _common(text: str) -> list[str]:
    """Content words of a text that are no names; a word cut at its edge is left out."""
    words = [token.text for token in tokenize(text) if not token.is_capital]
    return [key for word in words for key in content_keys(word)]


def _capital_runs(sentence: str, tokens: Sequence[Token]) -> Iterator[tuple[int, int]]:
    """Start and end indices of runs of capitalised tokens with nothing but spaces or hyphens between them."""
    start = None
    for index, token in enumerate(tokens):
        joined = start is not None and sentence[tokens[index - 1].end : token.start].strip(" -") == ""
        if start is not None and not (token.is_capital and joined):
            yield start, index
            start = None
        if start is None and token.is_capital:
            start = index
    if start is not None:
        yield start, len(tokens)


def _quotes(sentence: str, source: SourceIndex) -> Iterator[Claim | Evidence]:
    """Quoted text, which must be verbatim."""
    for match in _QUOTED.finditer(sentence):
        group = 1 if match.group(1) else 2
        keys = [token.key for token in tokenize(match.group(group))]
        position = source.find(keys)
        if position is None and keys:
            yield Claim(match.group(0), "quote")
        elif position is not None:
            first, last = source.place(position, len(keys))
            yield Evidence(match.start(group), match.end(group), first, last, "quote")


def _directions_and_hedges(sentence: str, source: SourceIndex) -> Iterator[Claim]:
    """Direction words, hedges and negations against the clause that supports the sentence best."""
    wanted = frozenset(content_keys(sentence))
    if not wanted or not source.content:
        return
    best = max(range(len(source.content)), key=lambda i: (len(source.content[i] & wanted), -i))
    support = source.article.sentences[best].text
    keys, support_keys = compare_key(sentence), compare_key(support)
    steps = _steps(keys) - _steps(support_keys)
    if steps:
        yield Claim(sentence, "direction")
    invented = [hedge for hedge in _HEDGES if _has(keys, hedge) and not _has(support_keys, hedge)]
    for hedge in invented:
        if not any(_has(compare_key(other.text), hedge) for other in source.article.sentences):
            yield Claim(f"{hedge}: {sentence}", "hedge")
    clause = max(_CLAUSE_MARKS.split(support), key=lambda part: len(wanted & set(content_keys(part))), default="")
    shared = len(wanted & set(content_keys(clause)))
    if shared >= HEDGE_OVERLAP * len(set(content_keys(clause))) and shared >= 3:
        for hedge in _HEDGES:
            if _has(compare_key(clause), hedge) and not _has(keys, hedge):
                yield Claim(f"{hedge}: {sentence}", "hedge")


def _steps(key: str) -> frozenset[str]:
    """Directions that a comparison key speaks of."""
    words = set(key.split())
    return frozenset(direction for direction, steps in _STEPS.items() if words & steps)


def _has(key: str, phrase: str) -> bool:
    """Whether a comparison key holds a phrase as whole words."""
    return f" {phrase} " in f" {_NOT_WORD.sub(' ', key)} "


def _clause_before(text: str, end: int) -> str:
    """Text from the last clause mark to ``end``; a comma inside a number is none."""
    start = max(0, end - MAX_CLAUSE_CHARS)
    for match in _CLAUSE_MARKS.finditer(text, start, end):
        if not (text[match.end() : match.end() + 1].isdigit() and text[match.start() - 1 : match.start()].isdigit()):
            start = match.end()
    return text[start:end]


def _around(sentence: str, quantity: Quantity) -> str:
    """The quantity with the clause before it, for the report."""
    return (_clause_before(sentence, quantity.start) + quantity.text).strip()


def _shifted(item: Evidence, start: int) -> Evidence:
    """Evidence with hypothesis offsets moved by the start of its sentence."""
    return Evidence(item.start + start, item.end + start, item.source_start, item.source_end, item.kind)
