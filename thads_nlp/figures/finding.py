"""``find_figures``: all reported figures of an article, in reading order, without any model."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from thads_nlp.figures.baselines import find_baselines
from thads_nlp.figures.links import link
from thads_nlp.figures.periods import Period, find_periods, resolve
from thads_nlp.figures.quantities import find_quantities
from thads_nlp.figures.ranking import rank
from thads_nlp.figures.rates import with_rates
from thads_nlp.figures.relations import Relation, refers_back, relate
from thads_nlp.schema import Article, KeyFigure, Quantity, Sentence
from thads_nlp.text.reading import read_article

# A day that a sentence names is that of so many sentences behind it; longer periods hold until another is named.
MAX_DAY_SENTENCES = 2


def find_figures(article: str | Article) -> tuple[KeyFigure, ...]:
    """All figures of an article with what it says of each; the key ones are marked and scored.

    Raises:
        InputError: the text cannot be read as an article.
    """
    read = read_article(article)
    found = list(_figures(read))
    return rank(link([figure for figure, _ in found], [parted for _, parted in found]), read)


def _figures(article: Article) -> Iterator[tuple[KeyFigure, bool]]:
    """The figures of every sentence, and whether a semicolon parts each from the one before.

    One that names no period has that of an earlier sentence; "con số này" is the measure before it with its unit.
    """
    carried, since = _title_period(article), 0
    last: tuple[str, str | None] = ("", None)
    for sentence in article.sentences:
        lasts = carried is not None and (not carried.is_day or sentence.index - since <= MAX_DAY_SENTENCES)
        taken = carried.text if carried is not None and lasts else None
        stated = [q for q in find_quantities(sentence.text) if q.kind == "quantity"]
        quantities = with_rates(sentence.text, stated)
        for quantity, relation in zip(quantities, relate(sentence.text, quantities), strict=True):
            if refers_back(relation.measure) and quantity.unit == last[0]:
                relation = replace(relation, measure=last[1])
            last = quantity.unit, relation.measure
            named = replace(relation, period=relation.period or taken)
            yield _figure(sentence, quantity, named, article.published), relation.parted
        before, carried = carried, _carried(sentence, carried)
        since = since if carried is before else sentence.index


def _title_period(article: Article) -> Period | None:
    """The period that the title names."""
    return next((period for period in find_periods(article.title or "") if period.carries), None)


def _carried(sentence: Sentence, before: Period | None) -> Period | None:
    """The period that a sentence leaves to those behind it: its last one, but no day in place of a longer period."""
    found = find_periods(sentence.text)
    if not found:
        return before
    heads = [(b.head, b.end) for b in find_baselines(sentence.text, ())]
    periods = [period for period in (find_periods(sentence.text, heads) if heads else found) if period.carries]
    last = next((p for p in reversed(periods) if not p.is_day), periods[-1] if periods else None)
    if last is None or (last.is_day and before is not None and not before.is_day):
        return before
    return last


def _figure(sentence: Sentence, quantity: Quantity, relation: Relation, published: str | None) -> KeyFigure:
    """One figure with offsets in the article."""
    start, end = sentence.place(quantity.start, quantity.end)
    span = resolve(relation.period, published) if relation.period else None
    return KeyFigure(
        measure=relation.measure,
        text=quantity.text,
        value=quantity.value,
        unit=quantity.unit,
        sentence=sentence.text,
        sentence_index=sentence.index,
        start=start,
        end=end,
        value_high=quantity.value_high,
        approx=quantity.approx,
        role=relation.role,
        direction=relation.direction,
        baseline=relation.baseline,
        period=relation.period,
        period_start=span.start if span else None,
        period_end=span.end if span else None,
        section=sentence.section,
        places=((start, end),),
    )
