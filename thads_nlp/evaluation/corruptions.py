"""Is the verifier worth its name? References that the article supports, and the same with one thing falsified.

Definitions. *Supported*: every number of the reference (digits with their separators) together with the word behind it,
every name, and every quotation of four words and more stand in the title or body, word for word; a clean reference that
is refused is counted as the verifier's mistake even where the reference says more than the article. *Names*: runs of
words with a capital; one word that opens a sentence is none. *Falsified*: exactly one place is changed, to something
that the article does not say at that place as far as plain strings can tell: a new number or mixed name stands nowhere
in the article, a swapped name shares no word with the one it replaces, and the changed reference is no part of the
body. Swaps are drawn at random within the article, so a few stay true (a district for its province); they count as
refusals missed.
"""

from __future__ import annotations

import itertools
import random
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from thads_nlp.model.verify import SourceIndex, verify
from thads_nlp.schema import Article
from thads_nlp.text.reading import read_article
from thads_nlp.training.data import Pair

_NUMBER = re.compile(r"\d[\d.,]*\d|\d")
_DIGIT = re.compile(r"\d")
_SCALES = (("triệu", "tỷ"), ("tỷ", "triệu"), ("tỉ", "triệu"), ("nghìn", "triệu"), ("ngàn", "triệu"))
_UNITS = (("đồng", "USD"), ("USD", "đồng"), ("ha", "m2"), ("kg", "tấn"), ("tấn", "kg"), ("km", "m"), ("%", "lần"))
_DIRECTIONS = (("tăng", "giảm"), ("giảm", "tăng"))
_NEGATION = re.compile(r"\b(?:không|chưa)\s")
_QUOTE = re.compile(r"[“\"]([^”\"]*)[”\"]")
_QUOTE_WORDS = 4
# A number with the word behind it: what it counts, or its scale.
_COUNTED = re.compile(r"(?:\d[\d.,]*\d|\d)\s*(?:[^\W\d_]+|%)?")
# Common words that open names of institutions and ranks with a capital.
_HEADS = frozenset({"công an", "tòa án", "toà án", "viện kiểm", "ủy ban", "uỷ ban", "đại tá", "thượng tá", "trung tá",
                    "thiếu tá", "đại úy", "đại uý", "chủ tịch", "giám đốc", "bộ trưởng"})  # fmt: skip
_FLAT = re.compile(r"[^\W_]+|%")
_WORD = re.compile(r"[^\W_]+")
# What may stand between the words of one name, and before a word that opens a sentence.
_JOINTS = frozenset({" ", "-", " - ", ". ", "."})
_OPENERS = (".", "!", "?", ":", '"', "“", "…", "-", "–", ";")

Corrupt = Callable[[str, str, random.Random], "str | None"]


@dataclass(frozen=True, slots=True)
class Refusal:
    """How many texts of a kind were tried and refused."""

    kind: str
    tried: int
    refused: int

    @property
    def share(self) -> float:
        """Refused of those tried, 0 to 1."""
        return self.refused / self.tried if self.tried else 0.0


@dataclass
class VerifierScores:
    """Refusals by kind of corruption, and of clean references by the rule that refused them."""

    articles: int = 0
    tried: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    clean_kinds: Counter[str] = field(default_factory=Counter)

    def rows(self) -> list[Refusal]:
        """Clean references first, then corruptions by name."""
        kinds = ["clean", *sorted(kind for kind in self.tried if kind != "clean")]
        return [Refusal(kind, self.tried[kind], self.refused[kind]) for kind in kinds]

    def to_record(self) -> dict[str, Any]:
        """Plain values."""
        rows = {row.kind: {"tried": row.tried, "refused": row.refused, "share": row.share} for row in self.rows()}
        return {"articles": self.articles, "kinds": rows, "clean_by_rule": dict(self.clean_kinds)}


def is_supported(reference: str, title: str, body: str) -> bool:
    """Whether all numbers with what they count, names and quotations of a reference stand in the article."""
    article = f"{title}\n{body}"
    numbers = {match.group() for match in _NUMBER.finditer(article)}
    if any(match.group() not in numbers for match in _NUMBER.finditer(reference)):
        return False
    flat, lowered = _flat(article), _flat(article.casefold())
    said = [match.group().casefold() for match in _COUNTED.finditer(reference)]
    said += [match.group(1).casefold() for match in _quotations(reference)]
    named = [name.text for name in names(reference, article)]
    return all(_flat(part) in lowered for part in said) and all(_flat(name) in flat for name in named)


def _flat(text: str) -> str:
    """The words of a text between single spaces."""
    return f" {' '.join(_FLAT.findall(text))} "


def _quotations(text: str) -> list[re.Match[str]]:
    """Quotations that are more than a manner of speaking; group 1 is what stands between the marks."""
    return [match for match in _QUOTE.finditer(text) if len(match.group(1).split()) >= _QUOTE_WORDS]


@dataclass(frozen=True, slots=True)
class Name:
    """A run of capitalised words at ``[start, end)`` of its text."""

    text: str
    start: int
    end: int


def names(text: str, body: str = "") -> list[Name]:
    """The names of a text in order.

    Left out are a single word that opens a sentence, and the first word of a common one ("Công" of "Công an"): the two
    together stand in ``body`` in small letters, or head many institutions.
    """
    small = _HEADS | set(_small_pairs(body))
    runs: list[list[re.Match[str]]] = []
    for word in _WORD.finditer(text):
        if not word.group()[0].isupper() or _pair_at(text, word) in small:
            continue
        joined = runs and text[runs[-1][-1].end() : word.start()]
        # "TP. Hà Nội" is one name; a full stop behind a longer word ends it.
        if runs and joined in _JOINTS and not ("." in joined and len(runs[-1][-1].group()) > 2):
            runs[-1].append(word)
        else:
            runs.append([word])
    found = [Name(text[run[0].start() : run[-1].end()], run[0].start(), run[-1].end()) for run in runs]
    return [name for name in found if " " in name.text or not _opens(text, name.start)]


def _small_pairs(text: str) -> Iterator[str]:
    """Neighbouring words in small letters."""
    for one, other in itertools.pairwise(_WORD.findall(text)):
        if one.islower() and other.islower():
            yield f"{one} {other}"


def _pair_at(text: str, word: re.Match[str]) -> str:
    """A word in small letters with the small word behind it, nothing but a space between; else empty."""
    after = _WORD.match(text, word.end() + 1) if text[word.end() : word.end() + 1] == " " else None
    return f"{word.group().lower()} {after.group()}" if after and after.group().islower() else ""


def _opens(text: str, start: int) -> bool:
    """Whether a sentence, quotation or clause opens at ``start``."""
    before = text[:start].rstrip(" (")
    return not before or before.endswith(_OPENERS)


def score_verifier(pairs: Iterable[Pair], limit: int, seed: int, progress: Callable[[int], object]) -> VerifierScores:
    """Verify ``limit`` supported references, clean and corrupted once in each way that fits them."""
    scores = VerifierScores()
    for pair in pairs:
        if scores.articles == limit:
            break
        if not is_supported(pair.summary, pair.title, pair.body):
            continue
        scores.articles += 1
        _score(pair, random.Random(f"{seed}:{pair.id}"), scores)
        progress(1)
    return scores


def _score(pair: Pair, rng: random.Random, scores: VerifierScores) -> None:
    """One article."""
    source = SourceIndex.build(read_article(Article(pair.body, title=pair.title), "first"))
    found = verify(pair.summary, source).unsupported
    scores.tried["clean"] += 1
    scores.refused["clean"] += bool(found)
    scores.clean_kinds.update({claim.kind for claim in found})
    for kind, corrupt in CORRUPTIONS.items():
        changed = corrupt(pair.summary, pair.body, rng)
        if changed is None or changed == pair.summary or changed in pair.body:
            continue
        scores.tried[kind] += 1
        scores.refused[kind] += bool(verify(changed, source).unsupported)


def _digit(text: str, body: str, rng: random.Random) -> str | None:
    """Another digit; the number may not stand in the body by chance."""
    places = list(_DIGIT.finditer(text))
    if not places:
        return None
    at = rng.choice(places).start()
    changed = text[:at] + str((int(text[at]) + rng.randint(1, 8)) % 10) + text[at + 1 :]
    known = {match.group() for match in _NUMBER.finditer(body)}
    there = any(m.group() in known for m in _NUMBER.finditer(changed) if m.start() <= at < m.end())
    return None if there else changed


def _swapped(options: Sequence[tuple[str, str]], pattern: str) -> Corrupt:
    """The first of several words that is there, replaced by its counterpart."""

    def corrupt(text: str, body: str, rng: random.Random) -> str | None:
        for old, new in options:
            found: re.Match[str] | None = re.search(pattern.format(re.escape(old)), text)
            if found is not None:
                return text[: found.start(1)] + new + text[found.end(1) :]
        return None

    return corrupt


@dataclass(frozen=True, slots=True)
class Exchange:
    """A text in which ``[start, end)`` was put in the place of something else."""

    text: str
    start: int
    end: int


def other_numbers(text: str, body: str, rng: random.Random, count: int) -> Iterator[Exchange]:
    """``count`` times the text with one of its numbers replaced by another one of the article."""
    places = list(_NUMBER.finditer(text))
    others = [number for m in _NUMBER.finditer(body) if (number := m.group()) not in text]
    for _ in range(count if places and others else 0):
        place = rng.choice(places)
        yield _exchange(text, place.start(), place.end(), rng.choice(others))


def other_names(text: str, body: str, rng: random.Random, count: int) -> Iterator[Exchange]:
    """At most ``count`` times the text with a name replaced by one of the article that shares no word with it."""
    places = names(text, body)
    known = list(dict.fromkeys(name.text for name in names(body, body) if name.text not in text))
    for _ in range(count if places else 0):
        place = rng.choice(places)
        own = _words(place.text)
        others = [other for other in known if " " in other and not own & _words(other)]
        if others:
            yield _exchange(text, place.start, place.end, rng.choice(others))


def without_markers(text: str, markers: Sequence[str]) -> Iterator[Exchange]:
    """The text without each of the words or phrases in turn; what is marked is the word behind the gap."""
    pattern = "|".join(re.escape(marker) for marker in sorted(markers, key=len, reverse=True))
    for found in re.finditer(rf"\b(?:{pattern})\s+(?=(\w+))", text):
        yield Exchange(text[: found.start()] + text[found.end() :], found.start(), found.start() + len(found.group(1)))


def _exchange(text: str, start: int, end: int, new: str) -> Exchange:
    """A text with a part exchanged."""
    return Exchange(text[:start] + new + text[end:], start, start + len(new))


def _once(exchange: Callable[[str, str, random.Random, int], Iterator[Exchange]]) -> Corrupt:
    """A corruption that exchanges once."""

    def corrupt(text: str, body: str, rng: random.Random) -> str | None:
        found = next(exchange(text, body, rng, 1), None)
        return None if found is None else found.text

    return corrupt


def _mixed_name(text: str, body: str, rng: random.Random) -> str | None:
    """A name whose last word comes from another name of the article."""
    places = [name for name in names(text, body) if " " in name.text]
    others = [name.text.split()[-1] for name in names(body, body) if " " in name.text]
    if not places or not others:
        return None
    place = rng.choice(places)
    mixed = " ".join([*place.text.split()[:-1], rng.choice(others)])
    return None if mixed.casefold() in body.casefold() else _exchange(text, place.start, place.end, mixed).text


def _words(name: str) -> frozenset[str]:
    """Words of a name, case folded."""
    return frozenset(word.casefold() for word in _WORD.findall(name))


def _quote(text: str, body: str, rng: random.Random) -> str | None:
    """A quotation with one of its words left out."""
    found = next(iter(_quotations(text)), None)
    if found is None:
        return None
    words = found.group(1).split()
    del words[rng.randrange(1, len(words) - 1)]
    changed = " ".join(words)
    return None if changed in body else text[: found.start(1)] + changed + text[found.end(1) :]


def _negation(text: str, body: str, rng: random.Random) -> str | None:
    """The first "không" or "chưa" left out."""
    found = _NEGATION.search(text)
    return None if found is None else text[: found.start()] + text[found.end() :]


CORRUPTIONS: dict[str, Corrupt] = {
    "digit": _digit,
    "scale": _swapped(_SCALES, r"\d\s({})\b"),
    "unit": _swapped(_UNITS, r"\d\s?(?:(?:nghìn|triệu|tỷ|tỉ)\s)*({})(?!\w)"),
    "other number": _once(other_numbers),
    "direction": _swapped(_DIRECTIONS, r"\b({})\b"),
    "other name": _once(other_names),
    "mixed name": _mixed_name,
    "quote": _quote,
    "negation": _negation,
}
