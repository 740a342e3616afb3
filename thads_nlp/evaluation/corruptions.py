"""Is the verifier worth its name? References that the article supports, and the same with one thing falsified."""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
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
_QUOTE = re.compile(r"[“\"]([^”\"]{8,})[”\"]")
# Runs of capitalised words, sentence openings left out by the look-behind.
_NAME = re.compile(r"(?<![.!?:\"“]\s)(?<!^)\b[A-ZĐÀ-Ỹ][\w]*(?:\s[A-ZĐÀ-Ỹ]\w*)*")

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


def is_supported(reference: str, body: str) -> bool:
    """Whether every number and name of a reference stands in the body: then a refusal is the verifier's mistake."""
    numbers = {match.group() for match in _NUMBER.finditer(body)}
    flat = " ".join(body.split())
    return all(match.group() in numbers for match in _NUMBER.finditer(reference)) and all(
        name in flat for name in _NAME.findall(reference)
    )


def score_verifier(pairs: Iterable[Pair], limit: int, seed: int, progress: Callable[[int], object]) -> VerifierScores:
    """Verify ``limit`` supported references, clean and corrupted once in each way that fits them."""
    scores = VerifierScores()
    for pair in pairs:
        if scores.articles == limit:
            break
        if not is_supported(pair.summary, pair.body):
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
    there = any(m.group() in body for m in _NUMBER.finditer(changed) if m.start() <= at < m.end())
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


def _other_number(text: str, body: str, rng: random.Random) -> str | None:
    """A number replaced by another one of the article."""
    places, others = list(_NUMBER.finditer(text)), [m.group() for m in _NUMBER.finditer(body)]
    others = [number for number in others if number not in text]
    if not places or not others:
        return None
    place = rng.choice(places)
    return str(text[: place.start()] + rng.choice(others) + text[place.end() :])


def _other_name(text: str, body: str, rng: random.Random) -> str | None:
    """A name replaced by another one of the article."""
    places = list(_NAME.finditer(text))
    others = [name for name in _NAME.findall(body) if name not in text and " " in name]
    if not places or not others:
        return None
    place = rng.choice(places)
    return str(text[: place.start()] + rng.choice(others) + text[place.end() :])


def _mixed_name(text: str, body: str, rng: random.Random) -> str | None:
    """A name whose last word comes from another name of the article."""
    places = [match for match in _NAME.finditer(text) if " " in match.group()]
    others = [name.split()[-1] for name in _NAME.findall(body) if " " in name]
    if not places or not others:
        return None
    place = rng.choice(places)
    mixed = " ".join([*place.group().split()[:-1], rng.choice(others)])
    return text[: place.start()] + mixed + text[place.end() :] if mixed not in body else None


def _quote(text: str, body: str, rng: random.Random) -> str | None:
    """A quotation with one of its words left out."""
    found = _QUOTE.search(text)
    if found is None:
        return None
    words = found.group(1).split()
    if len(words) < 4:
        return None
    del words[rng.randrange(1, len(words) - 1)]
    return text[: found.start(1)] + " ".join(words) + text[found.end(1) :]


def _negation(text: str, body: str, rng: random.Random) -> str | None:
    """The first "không" or "chưa" left out."""
    found = _NEGATION.search(text)
    return None if found is None else text[: found.start()] + text[found.end() :]


CORRUPTIONS: dict[str, Corrupt] = {
    "digit": _digit,
    "scale": _swapped(_SCALES, r"\d\s({})\b"),
    "unit": _swapped(_UNITS, r"\d\s?(?:(?:nghìn|triệu|tỷ|tỉ)\s)*({})(?!\w)"),
    "other number": _other_number,
    "direction": _swapped(_DIRECTIONS, r"\b({})\b"),
    "other name": _other_name,
    "mixed name": _mixed_name,
    "quote": _quote,
    "negation": _negation,
}
