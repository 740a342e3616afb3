"""Fit the order of key figures: what the abstracts of news articles repeat, and what an editor marked as key.

usage: python scripts/train_ranker.py TRAIN.parquet GOLD.jsonl [--articles N]

The order comes from silver labels (figures of the body whose value and unit the abstract states) and from
``key_marks.jsonl``: articles of TRAIN.parquet (``id``) with the places (``key``) of the figures that belong into six
bullets. The abstract repeats one or two figures where an editor takes eight, so the silver only says where the weights
lie before the marks are seen. The cut comes from the annotated articles of GOLD.jsonl. Writes
thads_nlp/figures/ranker.json. Needs the extra ``train``.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import NamedTuple

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
MARKS = Path(__file__).with_name("key_marks.jsonl")
# How strongly the weights are held near this share of the silver's: chosen by cross-validation over the marks.
HOLD, SILVER_SHARE = 20.0, 0.5
# Newton steps at most, and the step from which the optimum is reached.
MOST_STEPS, CLOSE = 50, 1e-9
# An article teaches an order only if there is a choice, and none among its hundreds.
FEWEST_FIGURES, MOST_FIGURES = 6, 60
FEWEST_DIGITS = 25
CUTS = tuple(round(0.01 * step, 2) for step in range(80))


class Row(NamedTuple):
    """One article of the corpus, its words joined by "_"."""

    id: str
    title: str
    abstract: str
    body: str


@dataclass(frozen=True)
class Labelled:
    """Feature rows, labels, and weights by which each article counts the same; the mean weight is 1."""

    rows: np.ndarray
    labels: np.ndarray
    weights: np.ndarray


@dataclass
class Collected:
    """Labelled articles as they come."""

    articles: int = 0
    rows: list[tuple[float, ...]] = field(default_factory=list)
    labels: list[bool] = field(default_factory=list)
    weights: list[float] = field(default_factory=list)

    def add(self, article: Article, figures: Sequence[KeyFigure], marks: Sequence[bool]) -> None:
        """One more article, its figures of the body only."""
        body = [index for index, figure in enumerate(figures) if figure.section != "title"]
        described = describe(figures, article)
        self.articles += 1
        self.rows += [described[index] for index in body]
        self.labels += [marks[index] for index in body]
        self.weights += [1.0 / len(body)] * len(body)

    def labelled(self) -> Labelled:
        """All of them as arrays."""
        weights = np.array(self.weights)
        return Labelled(np.array(self.rows), np.array(self.labels, dtype=float), weights / weights.mean())


@click.command()
@click.argument("train", type=click.Path(path_type=Path))
@click.argument("gold", type=click.Path(path_type=Path))
@click.option("--articles", default=2000, show_default=True, help="Silver articles with enough figures.")
def main(train: Path, gold: Path, articles: int) -> None:
    """Fit on silver labels, then on marks, choose the cut on the gold, write the ranker."""
    silver, marked = _read(train, articles)
    prior = LogisticRegression(C=1.0, max_iter=3000).fit(silver.rows, silver.labels, sample_weight=silver.weights)
    weights, intercept = _fit_near(SILVER_SHARE * prior.coef_[0], SILVER_SHARE * float(prior.intercept_[0]), marked)
    ranker = ranking.Ranker(tuple(float(w) for w in weights), intercept, 0.0)
    ranker = replace(ranker, cut=_best_cut(ranker, gold))
    record = {
        "weights": {name: round(weight, 4) for name, weight in zip(NAMES, ranker.weights, strict=True)},
        "intercept": round(ranker.intercept, 4),
        "cut": ranker.cut,
        "silver_figures": len(silver.labels),
        "silver_articles": articles,
        "marked_figures": len(marked.labels),
    }
    OUTPUT.write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")
    click.echo(json.dumps(record, indent=1))


def _fit_near(prior: np.ndarray, intercept: float, marked: Labelled) -> tuple[np.ndarray, float]:
    """Logistic weights and intercept that fit the marks and stay near the prior weights, by Newton's method."""
    rows = np.hstack([marked.rows, np.ones((len(marked.rows), 1))])
    start = np.append(prior, intercept)
    held = np.append(np.full(len(prior), HOLD), 0.0)
    point = start
    for _ in range(MOST_STEPS):
        chances = 1 / (1 + np.exp(-rows @ point))
        slope = rows.T @ (marked.weights * (chances - marked.labels)) + held * (point - start)
        curvature = (rows * (marked.weights * chances * (1 - chances))[:, None]).T @ rows + np.diag(held)
        step = np.linalg.solve(curvature, slope)
        point = point - step
        if np.abs(step).max() < CLOSE:
            break
    return point[:-1], float(point[-1])


def _read(train: Path, articles: int) -> tuple[Labelled, Labelled]:
    """Silver labels of the first articles that have a choice, and the marked articles."""
    lines = (json.loads(line) for line in MARKS.read_text(encoding="utf-8").splitlines())
    keys = {str(record["id"]): {start for start, _ in record["key"]} for record in lines}
    silver, marked = Collected(), Collected()
    with tqdm(total=articles) as bar:
        for row in _articles(train):
            if row.id in keys:
                article = _printed(row)
                figures = find_figures(article)
                marked.add(article, figures, [figure.start in keys[row.id] for figure in figures])
            elif silver.articles < articles:
                bar.update(_add_silver(row, silver))
    return silver.labelled(), marked.labelled()


def _add_silver(row: Row, silver: Collected) -> int:
    """Add an article if its abstract chooses among its figures; how many were added."""
    quantities = find_quantities(desegment(row.abstract))
    stated = {(q.value, normalize_unit(q.unit)) for q in quantities if q.kind == "quantity"}
    if not stated or sum(char.isdigit() for char in row.body) < FEWEST_DIGITS:
        return 0
    article = _printed(row)
    figures = find_figures(article)
    marks = _marks(stated, figures)
    if not FEWEST_FIGURES <= len(figures) <= MOST_FIGURES or not any(marks) or all(marks):
        return 0
    silver.add(article, figures, marks)
    return 1


def _articles(train: Path) -> Iterator[Row]:
    """Each row as it stands."""
    for batch in pq.ParquetFile(train).iter_batches(batch_size=256, columns=["id", "title", "abstract", "body"]):
        for row in batch.to_pylist():
            yield Row(str(row["id"]), row["title"], row["abstract"], row["body"])


def _printed(row: Row) -> Article:
    """The article as printed and read."""
    body = "\n".join(desegment(line) for line in row.body.split("\n"))
    return read_article(Article(body, title=desegment(row.title)))


def _marks(stated: Set[tuple[object, str]], figures: Sequence[KeyFigure]) -> list[bool]:
    """First statements of what the abstract states with its unit, and what is stated together with them."""
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
