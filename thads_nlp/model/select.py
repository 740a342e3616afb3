"""Which sentences of an article go into the model's window."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from thads_nlp.model.salience import Salience, measure_salience
from thads_nlp.schema import Article, Sentence

# Share of the window that goes to the opening of the article; the rest goes to the most salient later sentences.
LEAD_SHARE = 0.6
# Most windows of one article under length "long".
MAX_WINDOWS = 12
_NUMBER_BONUS = 0.25

Cost = Callable[[Sentence], int]


@dataclass(frozen=True, slots=True)
class Selection:
    """Indices into ``Article.sentences`` in article order; ``truncated`` says that text was left out."""

    indices: tuple[int, ...]
    truncated: bool


def select_source(article: Article, budget: int, cost: Cost) -> Selection:
    """Sentences whose summed cost fits ``budget`` subwords: the lead, then the most salient of the rest."""
    pool = [s for s in article.sentences if s.section in ("body", "heading")] or list(article.sentences)
    return _fit(pool, budget, cost, measure_salience(article))


def select_sections(article: Article, budget: int, cost: Cost) -> tuple[Selection, ...]:
    """One window a section: a stretch under a heading, or as many sentences as fit where there are no headings."""
    salience = measure_salience(article)
    groups = sections(article.sentences)
    if len(groups) < 2:
        groups = _split_evenly([s for s in article.sentences if s.section == "body"], budget, cost)
    return tuple(_fit(group, budget, cost, salience) for group in groups[:MAX_WINDOWS] if group)


def sections(sentences: Iterable[Sentence]) -> list[list[Sentence]]:
    """Stretches of body sentences under one heading each; headings stay with their stretch."""
    groups: list[list[Sentence]] = [[]]
    for sentence in sentences:
        if sentence.section == "heading" and any(s.section == "body" for s in groups[-1]):
            groups.append([])
        if sentence.section in ("body", "heading"):
            groups[-1].append(sentence)
    return [group for group in groups if any(s.section == "body" for s in group)]


def _split_evenly(body: Sequence[Sentence], budget: int, cost: Cost) -> list[list[Sentence]]:
    """Consecutive groups of which each fits the window."""
    groups: list[list[Sentence]] = [[]]
    used = 0
    for sentence in body:
        price = cost(sentence)
        if used + price > budget and groups[-1]:
            groups.append([])
            used = 0
        groups[-1].append(sentence)
        used += price
    return groups


def _fit(pool: Sequence[Sentence], budget: int, cost: Cost, salience: Salience) -> Selection:
    """The lead up to LEAD_SHARE, then by salience while it fits; the first sentence always goes in."""
    prices = {sentence.index: cost(sentence) for sentence in pool}
    if sum(prices.values()) + 1 <= budget:
        return Selection(tuple(prices), False)
    chosen: set[int] = set()
    used = 1
    rest = list(pool)
    while rest and (not chosen or used + prices[rest[0].index] <= budget * LEAD_SHARE):
        used += prices[rest[0].index]
        chosen.add(rest.pop(0).index)

    def worth(sentence: Sentence) -> float:
        digits = any(char.isdigit() for char in sentence.text)
        return salience.centrality[sentence.index] + salience.title[sentence.index] + _NUMBER_BONUS * digits

    for sentence in sorted(rest, key=lambda s: (-worth(s), s.index)):
        if used + prices[sentence.index] <= budget:
            used += prices[sentence.index]
            chosen.add(sentence.index)
    return Selection(tuple(sorted(chosen)), True)
