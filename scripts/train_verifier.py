"""Fit the verifier's judges: does a name or number of an abstract belong where the abstract has it?

usage: python scripts/train_verifier.py TRAIN.parquet VAL.parquet [--articles N]

Abstracts whose numbers and names stand in the article are true; the same with one name or number exchanged for
another one of the article are false. The fit of places comes from the first articles, the trees from all of them, the
thresholds from VAL: the largest doubt that refuses no more than the given shares of true abstracts. Writes
thads_nlp/model/judge.json. Needs the extra ``train``. The same data and options give the same file.
"""

from __future__ import annotations

import json
import random
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import click
import numpy as np
from sklearn.ensemble import GradientBoostingClassifier
from sklearn.linear_model import LogisticRegression
from tqdm import tqdm

from thads_nlp.evaluation.corruptions import Exchange, is_supported, other_names, other_numbers, without_markers
from thads_nlp.model import judge
from thads_nlp.model.claims import ClaimKind, FillerClaim, find_claims, read_hypothesis
from thads_nlp.model.fit import MEASURES, measure
from thads_nlp.model.judge import COLUMNS, TRAITS, Company, describe
from thads_nlp.model.names import is_person_name, is_place_name
from thads_nlp.model.polarity import MARKERS, find_gaps
from thads_nlp.model.source import SourceIndex
from thads_nlp.schema import Article
from thads_nlp.text.normalize import clean
from thads_nlp.text.reading import read_article
from thads_nlp.training.data import Pair, good_pairs

OUTPUT = Path(judge.__file__).with_name("judge.json")
# Articles for the linear fit of places and for the company that names keep.
FIT_ARTICLES, COMPANY_ARTICLES = 2_000, 6_000
# Measures that say whether a name is whole, which rivals always are: they would be fitted to that alone.
UNFIT = frozenset({"starts a name", "ends a name"})
# A word beside names counts from so many names on, and from such log-odds on.
COMPANY_COUNT, COMPANY_ODDS = 30, 0.5
# Falsified versions of an abstract; most exchanged numbers stand nowhere with their unit and teach nothing.
NAME_SWAPS, NUMBER_SWAPS = 3, 8
ALL_MARKERS = tuple(" ".join(marker) for markers in MARKERS.values() for marker in markers)
TREES = {"n_estimators": 250, "max_depth": 4, "learning_rate": 0.08, "subsample": 0.6, "max_features": 0.3,
         "min_samples_leaf": 25}  # fmt: skip


@dataclass(frozen=True)
class Example:
    """A claim of an article with its label: 1 where it was exchanged."""

    article: int
    claim: FillerClaim
    label: int
    source: SourceIndex


@dataclass(frozen=True)
class Rows:
    """Feature rows with labels and articles."""

    values: np.ndarray
    labels: np.ndarray
    articles: np.ndarray


@click.command()
@click.argument("train", type=click.Path(path_type=Path))
@click.argument("val", type=click.Path(path_type=Path))
@click.option("--articles", default=12_000, show_default=True, help="Supported abstracts to fit on.")
@click.option("--val-articles", default=1_500, show_default=True, help="Supported abstracts to choose thresholds on.")
@click.option("--seed", default=13, show_default=True)
@click.option("--refuse-names", default=0.035, show_default=True, help="Share of true abstracts refused for names.")
@click.option("--refuse-quantities", default=0.02, show_default=True, help="The same for quantities.")
@click.option("--refuse-polarity", default=0.015, show_default=True, help="The same for dropped negations and hedges.")
@click.option("-o", "--output", type=click.Path(path_type=Path), default=OUTPUT, show_default=False)
def main(
    train: Path, val: Path, articles: int, val_articles: int, seed: int, refuse_names: float,
    refuse_quantities: float, refuse_polarity: float, output: Path,
) -> None:  # fmt: skip
    """Fit the judges and write them."""
    pairs, held = _supported(train, articles), _supported(val, val_articles)
    company = _company(pairs[:COMPANY_ARTICLES])
    fits = _fits(_examples(pairs[:FIT_ARTICLES], seed))
    fitted, chosen = _rows(pairs, seed, fits, company), _rows(held, seed, fits, company)
    budgets: dict[ClaimKind, float] = {"name": refuse_names, "quantity": refuse_quantities,
                                     "polarity": refuse_polarity}  # fmt: skip
    record: dict[str, Any] = {}
    for kind in TRAITS:
        record[kind] = _fit_judge(kind, fits[kind], company, fitted[kind], seed)
        _choose_threshold(record[kind], chosen[kind], len(held), budgets[kind])
    record["fitted on"] = {"articles": len(pairs), "validation articles": len(held), "seed": seed}
    output.write_text(json.dumps(record, ensure_ascii=False, separators=(",", ":")) + "\n", encoding="utf-8")


def _supported(data: Path, limit: int) -> list[Pair]:
    """The first supported pairs."""
    pairs = (p for p in good_pairs(data, Counter()) if is_supported(p.summary, p.title, p.body))
    return list(islice(pairs, limit))


def _examples(pairs: Sequence[Pair], seed: int) -> Iterator[Example]:
    """Claims of true abstracts, and the exchanged claim of each false one; those without a place need no judge."""
    for number, pair in enumerate(tqdm(pairs)):
        source = SourceIndex.build(read_article(Article(pair.body, title=pair.title), "first"))
        rng = random.Random(f"{seed}:{pair.id}")
        for _, claim in _claims(pair.summary, source):
            yield Example(number, claim, 0, source)
        for kind, swap in _falsified(pair, rng):
            for base, claim in _claims(swap.text, source):
                if claim.kind == kind and base + claim.start < swap.end and base + claim.end > swap.start:
                    yield Example(number, claim, 1, source)


def _falsified(pair: Pair, rng: random.Random) -> Iterator[tuple[ClaimKind, Exchange]]:
    """The abstract with one thing falsified, several times over."""
    for swap in other_names(pair.summary, pair.body, rng, NAME_SWAPS):
        yield "name", swap
    for swap in other_numbers(pair.summary, pair.body, rng, NUMBER_SWAPS):
        yield "quantity", swap
    for swap in without_markers(pair.summary, ALL_MARKERS):
        yield "polarity", swap


def _claims(text: str, source: SourceIndex) -> Iterator[tuple[int, FillerClaim]]:
    """Claims with a place, of sentences that are not verbatim; each with the start of its sentence."""
    for base, said in read_hypothesis(clean(text, 0).text):
        if source.find(said.keys) is None:
            yield from ((base, claim) for claim in find_claims(said, source) if claim.places)
            yield from ((base, gap) for gap in find_gaps(said, source))


def _company(pairs: Sequence[Pair]) -> Company:
    """Log-odds of words beside persons against places, from names whose look tells which they are."""
    counts = {side: (Counter[str](), Counter[str]()) for side in ("before", "behind")}
    for pair in tqdm(pairs):
        source = SourceIndex.build(read_article(Article(pair.body)))
        for span in (span for found in source.names for span in found):
            keys = source.keys[span.start : span.end]
            if is_person_name(keys) or is_place_name(keys):
                before, behind = source.beside(span)
                counts["before"][is_place_name(keys)][before or ""] += 1
                counts["behind"][is_place_name(keys)][behind or ""] += 1
    return Company(_log_odds(*counts["before"]), _log_odds(*counts["behind"]))


def _log_odds(persons: Counter[str], places: Counter[str]) -> dict[str, float]:
    """Log-odds of each frequent lower-case word, smoothed."""
    found: dict[str, float] = {}
    totals = persons.total(), places.total()
    for word in sorted(persons.keys() | places.keys()):
        odds = np.log((persons[word] + 2) / (totals[0] + 4)) - np.log((places[word] + 2) / (totals[1] + 4))
        if persons[word] + places[word] >= COMPANY_COUNT and abs(odds) >= COMPANY_ODDS and not word[:1].isdigit():
            found[word] = round(float(odds), 2)
    return found


def _fits(examples: Iterable[Example]) -> dict[ClaimKind, tuple[float, ...]]:
    """Weights of the measures: the best place of a true claim against the best places of its rivals."""
    true: dict[ClaimKind, list[tuple[np.ndarray, list[np.ndarray]]]] = {kind: [] for kind in TRAITS}
    for one in examples:
        if one.label == 0 and one.claim.places:
            own = np.array([measure(one.claim.slot, place, one.source) for place in one.claim.places])
            rivals: dict[object, list[tuple[float, ...]]] = {}
            for rival in one.claim.rivals:
                rivals.setdefault(rival.key, []).append(measure(one.claim.slot, rival.place, one.source))
            true[one.claim.kind].append((own, [np.array(rows) for rows in rivals.values()]))
    return {kind: _fit_places(found) for kind, found in true.items()}


def _fit_places(claims: Sequence[tuple[np.ndarray, list[np.ndarray]]]) -> tuple[float, ...]:
    """Alternate between choosing each filler's best place and fitting; rivals of a claim weigh one together."""
    usable = np.array([name not in UNFIT for name in MEASURES], float)
    fit = usable.copy()
    for _ in range(4):
        rows, labels, weights = [], [], []
        for own, rivals in claims:
            for label, places in ((1, own), *((0, rival) for rival in rivals)):
                rows.append(places[np.argmax(places @ fit)] * usable)
                labels.append(label)
                weights.append(1.0 if label else 1.0 / len(rivals))
        model = LogisticRegression(C=1.0, max_iter=2000).fit(np.array(rows), labels, sample_weight=weights)
        fit = model.coef_[0] * usable
    return tuple(round(float(weight), 4) for weight in fit)


def _rows(
    pairs: Sequence[Pair], seed: int, fits: dict[ClaimKind, tuple[float, ...]], company: Company
) -> dict[ClaimKind, Rows]:
    """Feature rows of all examples of some pairs."""
    values: dict[ClaimKind, list[np.ndarray]] = {kind: [] for kind in TRAITS}
    marks: dict[ClaimKind, list[tuple[int, int]]] = {kind: [] for kind in TRAITS}
    for one in _examples(pairs, seed):
        kind = one.claim.kind
        values[kind].append(np.array(describe(one.claim, fits[kind], company, one.source), np.float32))
        marks[kind].append((one.label, one.article))
    return {kind: Rows(np.array(values[kind]), *np.array(marks[kind]).T) for kind in TRAITS}


def _fit_judge(kind: ClaimKind, fit: tuple[float, ...], company: Company, rows: Rows, seed: int) -> dict[str, Any]:
    """Trees of one judge as its JSON object."""
    model = GradientBoostingClassifier(**TREES, random_state=seed).fit(rows.values, rows.labels)
    prior = float(np.mean(rows.labels))
    return {
        "columns": list(COLUMNS[kind]),
        "fit": dict(zip(MEASURES, fit, strict=True)),
        "company": {"before": company.before, "behind": company.behind} if kind == "name" else _NO_COMPANY,
        "bias": round(float(np.log(prior / (1 - prior))), 4),
        "trees": [_nodes(tree[0].tree_, TREES["learning_rate"]) for tree in model.estimators_],
        "true claims": int(np.sum(rows.labels == 0)),
        "false claims": int(np.sum(rows.labels == 1)),
    }


_NO_COMPANY: dict[str, dict[str, float]] = {"before": {}, "behind": {}}


def _nodes(tree: Any, rate: float) -> list[list[float]]:
    """Nodes of a fitted tree; thresholds are rounded, leaves carry the learning rate."""
    return [
        [int(tree.feature[i]), round(float(tree.threshold[i]), 5), int(tree.children_left[i]),
         int(tree.children_right[i])]
        if tree.feature[i] >= 0 else [round(float(tree.value[i][0][0]) * rate, 5)]
        for i in range(tree.node_count)
    ]  # fmt: skip


def _choose_threshold(record: dict[str, Any], rows: Rows, articles: int, budget: float) -> None:
    """The lowest threshold that refuses at most a share of the true abstracts."""
    kind = next(kind for kind in TRAITS if list(COLUMNS[kind]) == record["columns"])
    trees = judge.read_judge(kind, record | {"threshold": 0.0})
    doubts = np.array([trees.doubt(row) for row in rows.values.astype(float)])
    worst: dict[int, float] = {}
    for doubt, label, article in zip(doubts, rows.labels, rows.articles, strict=True):
        if label == 0:
            worst[article] = max(worst.get(article, -np.inf), doubt)
    ranked = sorted(worst.values(), reverse=True)
    for share in (0.01, 0.02, 0.03, 0.04, 0.05, 0.06, 0.08, budget):
        threshold = ranked[min(int(share * articles), len(ranked) - 1)]
        seen = float(np.mean(doubts[rows.labels == 1] > threshold))
        click.echo(f"{kind}: {share:.1%} of true abstracts refused, {seen:.1%} of judged false claims seen")
    record["threshold"] = round(float(threshold), 4)


if __name__ == "__main__":
    main()
