"""``find_figures``: all reported figures of an article, in reading order, without any model."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from thads_nlp.figures.baselines import find_baselines
from thads_nlp.figures.periods import find_periods, resolve
from thads_nlp.figures.quantities import find_quantities
from thads_nlp.figures.ranking import rank
from thads_nlp.figures.relations import Relation, relate
from thads_nlp.schema import Article, KeyFigure, Quantity, Sentence
from thads_nlp.text.reading import read_article


def find_figures(article: str | Article) -> tuple[KeyFigure, ...]:
    """All figures of an article with what it says of each; the key ones are marked and scored.

    Raises:
        InputError: the text cannot be read as an article.
    """
    read = read_article(article)
    figures = _numbered(tuple(_figures(read)))
    return rank(figures, read)


def _figures(article: Article) -> Iterator[KeyFigure]:
    """The figures of every sentence; one that names no period has that of an earlier sentence."""
    carried = _title_period(article)
    for sentence in article.sentences:
        quantities = [q for q in find_quantities(sentence.text) if q.kind == "quantity"]
        for quantity, relation in zip(quantities, relate(sentence.text, quantities), strict=True):
            named = replace(relation, period=relation.period or carried)
            yield _figure(sentence, quantity, named, article.published)
        carried = _carried(sentence) or carried


def _title_period(article: Article) -> str | None:
    """The period that the title names."""
    return next((p.text for p in find_periods(article.title or "") if p.carries), None)


def _carried(sentence: Sentence) -> str | None:
    """The period that a sentence leaves to those behind it: the last one that it names for itself."""
    heads = [(b.head, b.end) for b in find_baselines(sentence.text, ())]
    periods = [period for period in find_periods(sentence.text, heads) if period.carries]
    return periods[-1].text if periods else None


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


def _numbered(figures: tuple[KeyFigure, ...]) -> tuple[KeyFigure, ...]:
    """Groups: figures of one sentence with one measure; a change points at the level before it in its group."""
    done: list[KeyFigure] = []
    group, level = -1, None
    for figure in figures:
        last = done[-1] if done else None
        together = last and last.sentence_index == figure.sentence_index and last.measure == figure.measure
        if not together:
            group, level = group + 1, None
        change_of = level if figure.role == "change" else None
        if figure.role != "change":
            level = len(done)
        done.append(replace(figure, group=group, change_of=change_of))
    return tuple(done)
