"""How good summaries are: ROUGE against references and extractive baselines, faithfulness, novelty, speed."""

from __future__ import annotations

import itertools
import random
import re
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

from thads_nlp.errors import OptionError, ThadsError
from thads_nlp.evaluation.positions import by_position, reference_position
from thads_nlp.evaluation.rouge import Interval, Rouge, RougeScales, bootstrap, paired
from thads_nlp.figures.finding import find_figures
from thads_nlp.model.engine import DecodingOptions
from thads_nlp.model.generate import Generator, Judged, Work, extracted, summarize
from thads_nlp.model.verify import SourceIndex
from thads_nlp.schema import Article, Sentence, Summary
from thads_nlp.text.reading import read_article
from thads_nlp.training.data import Pair

Mode = Literal["body", "title"]
# Articles generated together.
_CHUNK = 16
# Words of the runs by which an article of the training data is recognised.
NEAR_DUPLICATE_WORDS = 8
# Share of an article's runs that training articles may hold.
NEAR_DUPLICATE_SHARE = 0.5
# What a briefing is like: length in syllables, number of figures.
BRIEFING_SYLLABLES, BRIEFING_FIGURES = 500, 6
_ORACLE_SENTENCES = 3
_ORACLE_CANDIDATES = 40
_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Scored:
    """A hypothesis of one system for one article with its scores on both scales."""

    article: str
    text: str
    syllables: Rouge
    published: Rouge


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the model did with one article in one mode."""

    article: str
    origin: str
    faults: tuple[str, ...]
    read_share: float


@dataclass
class Results:
    """Everything measured: hypotheses by system, outcomes by mode, and which articles are like briefings.

    Of each article its source is kept, and the place in it that its reference draws on; ``skipped`` counts articles
    that the summarizer refuses, by what it says.
    """

    systems: dict[str, list[Scored]] = field(default_factory=dict)
    outcomes: dict[Mode, list[Outcome]] = field(default_factory=dict)
    briefings: set[str] = field(default_factory=set)
    sources: dict[str, str] = field(default_factory=dict)
    positions: dict[str, float] = field(default_factory=dict)
    skipped: Counter[str] = field(default_factory=Counter)
    seconds: dict[Mode, float] = field(default_factory=dict)


def sample(pairs: Iterable[Pair], limit: int, seed: int) -> list[Pair]:
    """``limit`` articles by ``random.Random(seed).sample`` over all of them, in file order."""
    listed = list(pairs)
    if limit >= len(listed):
        return listed
    return [listed[index] for index in sorted(random.Random(seed).sample(range(len(listed)), limit))]


def without_near_duplicates(pairs: Sequence[Pair], train: Iterable[Pair]) -> list[Pair]:
    """Those of which less than half of the 8-word runs stand in the training articles."""
    runs = {pair.id: frozenset(_runs(pair.body)) for pair in pairs}
    wanted = frozenset().union(*runs.values())
    known = {run for other in train for run in _runs(other.body) if run in wanted}
    return [p for p in pairs if len(runs[p.id] & known) <= NEAR_DUPLICATE_SHARE * max(len(runs[p.id]), 1)]


def evaluate(
    pairs: Sequence[Pair], generator: Generator | None, progress: Callable[[int, Results], object]
) -> Results:
    """Score all systems on the pairs; without a generator the baselines and extraction alone.

    Args:
        pairs: articles with their references.
        generator: the model.
        progress: called with the number of articles of each chunk and the results so far.
    """
    if not pairs:
        raise OptionError("no article is left to evaluate on")
    results, scales = Results(), RougeScales()
    for first in range(0, len(pairs), _CHUNK):
        chunk = pairs[first : first + _CHUNK]
        ready = [prepared for pair in chunk if (prepared := _prepared(pair, generator, results)) is not None]
        for one in ready:
            _baselines(one.pair, one.works["body"], results, scales)
        for mode in _modes():
            for one in ready:
                _add(results, scales, f"extraction, {mode}", one.pair, one.extracts[mode])
            if generator is not None:
                works = [one.works[mode] for one in ready]
                _generate([one.pair for one in ready], works, mode, generator, results, scales)
        progress(len(chunk), results)
    if not results.sources:
        raise OptionError(f"none of {len(pairs)} articles can be summed up: {results.skipped.most_common(1)[0][0]}")
    return results


@dataclass(frozen=True, slots=True)
class _Prepared:
    """An article with what the model works on and what extraction shows, by mode."""

    pair: Pair
    works: dict[Mode, Work]
    extracts: dict[Mode, str]


def _prepared(pair: Pair, generator: Generator | None, results: Results) -> _Prepared | None:
    """The article ready to be scored; None, and the reason counted, where the summarizer refuses it."""
    try:
        works = {mode: _work(pair, mode, generator) for mode in _modes()}
        extracts = {
            mode: extracted(work.article, work.source, work.figures, "standard").text for mode, work in works.items()
        }
    except ThadsError as error:
        results.skipped[str(error)] += 1
        return None
    return _Prepared(pair, works, extracts)


def _modes() -> tuple[Mode, ...]:
    """Body-only and title-given."""
    return ("body", "title")


def _work(pair: Pair, mode: Mode, generator: Generator | None) -> Work:
    """The article as the summarizer prepares it."""
    article = Article(pair.body, id=pair.id, title=pair.title if mode == "title" else None)
    read = read_article(article, "first" if mode == "title" else "none")
    jobs = tuple(generator.jobs(read, "standard")) if generator else ()
    return Work(read, SourceIndex.build(read), jobs, find_figures(read))


def _generate(
    pairs: Sequence[Pair],
    works: Sequence[Work],
    mode: Mode,
    generator: Generator,
    results: Results,
    scales: RougeScales,
) -> None:
    """Raw and shown hypotheses of the model."""
    began = time.monotonic()
    written = generator.write(works, DecodingOptions())
    results.seconds[mode] = results.seconds.get(mode, 0.0) + time.monotonic() - began
    for pair, work, tried in zip(pairs, works, written, strict=True):
        raw = tried[0][0]
        shown = summarize(work, tried, "standard")
        _add(results, scales, f"model raw, {mode}", pair, raw.draft.summary)
        _add(results, scales, f"model shown, {mode}", pair, shown.text)
        results.outcomes.setdefault(mode, []).append(_outcome(pair, work, raw, shown))


def _outcome(pair: Pair, work: Work, raw: Judged, shown: Summary) -> Outcome:
    """Faults of the raw hypothesis, and what was shown."""
    kinds = tuple(sorted({claim.kind for claim in raw.verdict.unsupported}))
    read = sum(len(sentence.text) for sentence in _read_sentences(work))
    whole = sum(len(sentence.text) for sentence in work.article.sentences if sentence.section != "title")
    form = ("form",) if raw.faults else ()
    return Outcome(pair.id, shown.origin, (*kinds, *form), min(read / max(whole, 1), 1.0))


def _read_sentences(work: Work) -> Iterator[Sentence]:
    """Sentences that the model's input holds."""
    for job in work.jobs:
        yield from (job.article.sentences[index] for index in job.indices)


def _baselines(pair: Pair, work: Work, results: Results, scales: RougeScales) -> None:
    """LEAD, title and the extractive oracle."""
    sentences = [sentence.text for sentence in work.article.sentences if sentence.section == "body"]
    for count in (1, 2, 3):
        _add(results, scales, f"LEAD-{count}", pair, " ".join(sentences[:count]))
    _add(results, scales, "title", pair, pair.title)
    _add(results, scales, "title + LEAD-1", pair, f"{pair.title}. {' '.join(sentences[:1])}")
    _add(results, scales, "oracle (extractive)", pair, _oracle(sentences, pair.summary, scales))
    results.sources[pair.id] = pair.body
    position = reference_position(pair.summary, sentences)
    if position is not None:
        results.positions[pair.id] = position
    syllables = len(_WORD.findall(pair.body))
    if syllables >= BRIEFING_SYLLABLES and len(work.figures) >= BRIEFING_FIGURES:
        results.briefings.add(pair.id)


def _oracle(sentences: Sequence[str], reference: str, scales: RougeScales) -> str:
    """Sentences chosen one by one by what they add to ROUGE-1 + ROUGE-2, knowing the reference."""
    chosen: list[str] = []
    best = 0.0
    for _ in range(_ORACLE_SENTENCES):
        scored = [
            (_sum(scales.by_syllables(reference, " ".join([*chosen, sentence]))), sentence)
            for sentence in sentences[:_ORACLE_CANDIDATES]
            if sentence not in chosen
        ]
        gain = max(scored, default=(0.0, ""))
        if gain[0] <= best:
            break
        best = gain[0]
        chosen.append(gain[1])
    return " ".join(chosen)


def _sum(rouge: Rouge) -> float:
    """What the oracle climbs."""
    return rouge.one + rouge.two


def _add(results: Results, scales: RougeScales, system: str, pair: Pair, text: str) -> None:
    """Score a hypothesis."""
    scored = Scored(
        pair.id, text, scales.by_syllables(pair.summary, text), scales.as_published(pair.summary, text)
    )  # fmt: skip
    results.systems.setdefault(system, []).append(scored)


def novelty(source: str, text: str) -> float:
    """Share of a summary's bigrams that the source does not have."""
    words, said = _WORD.findall(source.lower()), _WORD.findall(text.lower())
    known = set(itertools.pairwise(words))
    bigrams = list(itertools.pairwise(said))
    return sum(bigram not in known for bigram in bigrams) / len(bigrams) if bigrams else 0.0


def _runs(text: str) -> Iterator[int]:
    """Digests of all runs of words."""
    words = _WORD.findall(text.lower())
    for first in range(len(words) - NEAR_DUPLICATE_WORDS + 1):
        yield hash(tuple(words[first : first + NEAR_DUPLICATE_WORDS]))


def to_record(results: Results) -> dict[str, Any]:
    """All scores as plain values: systems with intervals, comparisons, faithfulness; texts are left out."""
    record: dict[str, Any] = {"systems": {}, "briefings": len(results.briefings)}
    for name, scored in results.systems.items():
        record["systems"][name] = {
            "articles": len(scored),
            "syllables": _intervals([one.syllables for one in scored]),
            "published": _intervals([one.published for one in scored]),
            "words": sum(len(one.text.split()) for one in scored) / len(scored),
            "novel_bigrams": sum(novelty(results.sources[one.article], one.text) for one in scored) / len(scored),
        }
    record["skipped"] = dict(results.skipped)
    record["comparisons"] = [asdict(one) for one in comparisons(results)]
    record["by_source_position"] = [asdict(group) for group in by_position(results)]
    record["faithfulness"] = {mode: faithfulness(found) for mode, found in results.outcomes.items()}
    record["faithfulness_briefings"] = {
        mode: faithfulness(found) for mode, found in briefing_outcomes(results).items() if found
    }
    record["articles_per_second"] = {
        mode: len(results.outcomes[mode]) / seconds for mode, seconds in results.seconds.items() if seconds
    }
    return record


def _intervals(scores: Sequence[Rouge]) -> dict[str, dict[str, float]]:
    """Mean and interval of each measure."""
    columns = {"rouge1": [s.one for s in scores], "rouge2": [s.two for s in scores], "rougeL": [s.long for s in scores]}
    return {name: asdict(bootstrap(values)) for name, values in columns.items()}


@dataclass(frozen=True, slots=True)
class Comparison:
    """Difference of a system and its baseline in syllable ROUGE, with paired intervals."""

    system: str
    baseline: str
    rouge1: Interval
    rouge2: Interval
    rouge_l: Interval


def comparisons(results: Results) -> tuple[Comparison, ...]:
    """The two comparisons that a summarizer has to win."""
    wanted = (("model shown, body", "LEAD-2"), ("model raw, body", "LEAD-2"),
              ("model shown, title", "title + LEAD-1"), ("model raw, title", "title + LEAD-1"))  # fmt: skip
    found = []
    for system, baseline in wanted:
        if system in results.systems:
            one, two = results.systems[system], results.systems[baseline]
            found.append(Comparison(
                system, baseline,
                paired([s.syllables.one for s in one], [s.syllables.one for s in two]),
                paired([s.syllables.two for s in one], [s.syllables.two for s in two]),
                paired([s.syllables.long for s in one], [s.syllables.long for s in two]),
            ))  # fmt: skip
    return tuple(found)


def briefing_outcomes(results: Results) -> dict[Mode, list[Outcome]]:
    """Outcomes of the articles that are like briefings, by mode."""
    return {
        mode: [one for one in found if one.article in results.briefings] for mode, found in results.outcomes.items()
    }


def faithfulness(outcomes: Sequence[Outcome]) -> dict[str, float]:
    """Shares of articles: raw hypotheses with a kind of fault, summaries that were generated, source read."""
    count = len(outcomes)
    kinds = sorted({fault for one in outcomes for fault in one.faults})
    shares = {f"raw with {kind}": sum(kind in one.faults for one in outcomes) / count for kind in kinds}
    shares["generated"] = sum(one.origin == "generated" for one in outcomes) / count
    shares["source read"] = sum(one.read_share for one in outcomes) / count
    return shares
