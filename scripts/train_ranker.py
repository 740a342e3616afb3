"""Fit the order of key figures: which figures of a news article does its abstract repeat?

usage: python scripts/train_ranker.py TRAIN.parquet GOLD.jsonl [--articles N]

The order comes from silver labels (figures of the body whose value and unit the abstract states), the cut from the
annotated articles. Writes thads_nlp/figures/ranker.json. Needs the extra ``train``.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import click
import numpy as np
import pyarrow.parquet as pq
from sklearn.linear_model import LogisticRegression
from tqdm import tqdm

from thads_nlp.evaluation.figures import article_of, match_article, read_gold, score_matched
from thads_nlp.figures import ranking
from thads_nlp.figures.features import NAMES, describe
from thads_nlp.figures.finding import find_figures
from thads_nlp.figures.quantities import find_quantities
from thads_nlp.figures.units import normalize_unit
from thads_nlp.schema import Article, KeyFigure
from thads_nlp.text.normalize import desegment
from thads_nlp.text.reading import read_article

OUTPUT = Path(ranking.__file__).with_name("ranker.json")
# An article teaches an order only if there is a choice, and none among its hundreds.
FEWEST_FIGURES, MOST_FIGURES = 6, 60
FEWEST_DIGITS = 25
CUTS = tuple(round(0.01 * step, 2) for step in range(80))


@dataclass(frozen=True)
class Silver:
    """Feature rows, labels, and weights by which each article counts the same."""

    rows: np.ndarray
    labels: np.ndarray
    weights: np.ndarray


@click.command()
@click.argument("train", type=click.Path(path_type=Path))
@click.argument("gold", type=click.Path(path_type=Path))
@click.option("--articles", default=3000, show_default=True, help="Silver articles with enough figures.")
def main(train: Path, gold: Path, articles: int) -> None:
    """Fit on silver labels, choose the cut on the gold, write the ranker."""
    silver = _silver(train, articles)
    model = LogisticRegression(C=1.0, max_iter=3000).fit(silver.rows, silver.labels, sample_weight=silver.weights)
    ranker = ranking.Ranker(tuple(float(w) for w in model.coef_[0]), float(model.intercept_[0]), 0.0)
    ranker = replace(ranker, cut=_best_cut(ranker, gold))
    record = {
        "weights": {name: round(weight, 4) for name, weight in zip(NAMES, ranker.weights, strict=True)},
        "intercept": round(ranker.intercept, 4),
        "cut": ranker.cut,
        "silver_figures": len(silver.labels),
        "silver_articles": articles,
    }
    OUTPUT.write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")
    click.echo(json.dumps(record, indent=1))


def _silver(train: Path, articles: int) -> Silver:
    """Silver labels of the first articles that have a choice."""
    rows: list[tuple[float, ...]] = []
    labels: list[bool] = []
    weights: list[float] = []
    taken = 0
    with tqdm(total=articles) as bar:
        for title, abstract, body in _articles(train):
            if sum(char.isdigit() for char in body) < FEWEST_DIGITS:
                continue
            article = read_article(Article(body, title=title))
            figures = find_figures(article)
            marks = _marks(abstract, figures)
            if not FEWEST_FIGURES <= len(figures) <= MOST_FIGURES or not any(marks) or all(marks):
                continue
            body = [index for index, figure in enumerate(figures) if figure.section != "title"]
            described = describe(figures, article)
            rows += [described[index] for index in body]
            labels += [marks[index] for index in body]
            weights += [10.0 / len(body)] * len(body)
            taken += 1
            bar.update()
            if taken == articles:
                break
    return Silver(np.array(rows), np.array(labels), np.array(weights))


def _articles(train: Path) -> Iterator[tuple[str, str, str]]:
    """Title, abstract and body of each row as printed."""
    for batch in pq.ParquetFile(train).iter_batches(batch_size=256, columns=["title", "abstract", "body"]):
        for row in batch.to_pylist():
            body = "\n".join(desegment(line) for line in row["body"].split("\n"))
            yield desegment(row["title"]), desegment(row["abstract"]), body


def _marks(abstract: str, figures: Sequence[KeyFigure]) -> list[bool]:
    """First statements of what the abstract states with its unit, and what is stated together with them."""
    stated = {(q.value, normalize_unit(q.unit)) for q in find_quantities(abstract) if q.kind == "quantity"}
    first = [ranking.is_first(figure) and figure.section != "title" for figure in figures]
    groups = {
        figure.group
        for figure, fits in zip(figures, first, strict=True)
        if fits and (figure.value, normalize_unit(figure.unit)) in stated
    }
    return [fits and figure.group in groups for figure, fits in zip(figures, first, strict=True)]


def _best_cut(ranker: ranking.Ranker, gold: Path) -> float:
    """The cut with the best key F1 on annotated articles."""
    found = [(article, find_figures(article_of(article))) for article in read_gold(gold)]
    scores: dict[float, float] = {}
    for cut in CUTS:
        trial = replace(ranker, cut=cut)
        matched = []
        for article, figures in found:
            ranked = ranking.rank(figures, read_article(article_of(article)), trial)
            matched.append(match_article(article, [figure for figure in ranked if figure.section != "title"]))
        scores[cut] = score_matched(matched).key_f1
    # Among cuts that are equally good the middle one is the safest elsewhere.
    best = [cut for cut, score in scores.items() if score == max(scores.values())]
    chosen = best[len(best) // 2]
    click.echo(f"key F1 {scores[chosen]:.3f} at cut {chosen}")
    return chosen


if __name__ == "__main__":
    main()
