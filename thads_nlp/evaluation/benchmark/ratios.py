"""What is promised about speed and size, as numbers from the reports, and whether it holds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from thads_nlp.evaluation.benchmark.plan import (
    ANCHORS,
    BARTPHO_SYLLABLE,
    BRIEF,
    ENGINE,
    ENGINE_INT8,
    EQUAL,
    FIGURES,
    GREEDY,
    RIVAL_BEAM,
    VIT5_BASE,
)
from thads_nlp.evaluation.benchmark.results import Limits, Report, Run
from thads_nlp.evaluation.benchmark.running import CommandTime

MEGABYTE = 1_000_000


@dataclass(frozen=True, slots=True)
class Ratio:
    """A measured number beside what is wanted of it: at least, at most, or nothing (both None)."""

    label: str
    value: float
    unit: str = "×"
    least: float | None = None
    most: float | None = None

    @property
    def met(self) -> bool | None:
        """Whether it is as wanted; None where nothing is wanted."""
        if self.least is None and self.most is None:
            return None
        return (self.least is None or self.value >= self.least) and (self.most is None or self.value <= self.most)


@dataclass(frozen=True, slots=True)
class _Reports:
    """Reports by name."""

    all: Sequence[Report]

    def run(self, name: str, articles: str, beam: int, batch: int = 1) -> Run | None:
        """One measurement."""
        report = self._named(name)
        return report.run(articles, beam, batch) if report else None

    def best(self, name: str, beam: int) -> Run | None:
        """The anchors at the best batch size."""
        report = self._named(name)
        return report.best(ANCHORS, beam) if report else None

    def _named(self, name: str) -> Report | None:
        return next((report for report in self.all if report.name == name), None)


def ratios(reports: Sequence[Report], commands: Sequence[CommandTime]) -> tuple[Ratio, ...]:
    """All ratios that the reports allow; one whose measurement is missing is left out."""
    known = _Reports(reports)
    made = [
        *_against(known, f"{VIT5_BASE.label} fp32", 12.0, 8.0),
        *_against(known, f"{VIT5_BASE.label} int8", 4.0, None),
        *_against(known, f"{BARTPHO_SYLLABLE.label} fp32", None, None),
        *_against(known, f"{BARTPHO_SYLLABLE.label} int8", None, None),
        *_own(known),
    ]
    return (*(one for one in made if one is not None), *_of_commands(commands))


def _against(known: _Reports, name: str, one_by_one: float | None, at_best: float | None) -> list[Ratio | None]:
    """Headline and summary against one other system."""
    own = known.run(BRIEF, ANCHORS, GREEDY)
    equal, engine = known.run(BRIEF, EQUAL, GREEDY), known.run(ENGINE, ANCHORS, GREEDY)
    engine_beam, engine_int8 = known.run(ENGINE, ANCHORS, RIVAL_BEAM), known.run(ENGINE_INT8, ANCHORS, GREEDY)
    beam, greedy = known.run(name, ANCHORS, RIVAL_BEAM), known.run(name, ANCHORS, GREEDY)
    wide = f"{name}, beam {RIVAL_BEAM}"
    return [
        _faster(f"headline + summary against {wide}, one by one", own, beam, one_by_one),
        _faster(
            f"headline + summary against {wide}, each at its best batch size",
            known.best(BRIEF, GREEDY), known.best(name, RIVAL_BEAM), at_best,
        ),
        _faster(f"headline + summary against {wide}, the same number of words read by both",
                equal, known.run(name, EQUAL, RIVAL_BEAM), None),
        _faster(f"headline + summary against {name}, both greedy, one by one", own, greedy, None),
        _faster(f"model alone against {name}, both greedy, equal output length", engine, greedy, None),
        _faster(f"model alone against {name}, both beam {RIVAL_BEAM}, equal output length", engine_beam, beam, None),
        _faster(f"model alone in int8 against {name}, both greedy, equal output length", engine_int8, greedy, None),
    ]  # fmt: skip


def _faster(label: str, own: Run | None, other: Run | None, least: float | None) -> Ratio | None:
    """How many times faster, the bullets of this package not counted; on the same articles where batches are alike."""
    if own is None or other is None:
        return None
    if own.plan.batch != other.plan.batch:
        return Ratio(label, own.summary_rate / other.rate, least=least)
    batches = min(len(own.latencies), len(other.latencies))
    return Ratio(label, other.first_seconds(batches) / own.first_seconds(batches), least=least)


def _own(known: _Reports) -> list[Ratio | None]:
    """The parts of this package against each other."""
    brief, figures = known.run(BRIEF, ANCHORS, GREEDY), known.run(FIGURES, ANCHORS, 0)
    if brief is None:
        return []
    whole = Ratio("time of a whole brief against headline + summary", brief.summary_rate / brief.rate, most=1.5)
    if figures is None:
        return [whole]
    return [whole, Ratio("figures alone against whole briefs", figures.rate / brief.rate, least=25.0)]


def _of_commands(commands: Sequence[CommandTime]) -> list[Ratio]:
    """Waiting times and memory of the commands."""
    wanted = {"thads-nlp figures": 1.5, "thads-nlp brief": 3.5}
    made = [Ratio(f"`{one.name}` on 300 words, start to output", one.seconds, "s", most=wanted[one.name])
            for one in commands]  # fmt: skip
    memory = [one.peak_memory for one in commands if one.name == "thads-nlp brief" and one.peak_memory]
    return made + [Ratio("peak memory of one `thads-nlp brief`", size / MEGABYTE, "MB", most=700.0) for size in memory]


def least_seconds(report: Report, run: Run, limits: Limits) -> float | None:
    """Seconds that the run would take at the machine's limits; None where weights or limits are not known.

    Source: every weight that meets the source once a subword, at the peak of its arithmetic. Output: each step takes
    the longer of reading its weights once for the batch and of multiplying them for every beam. Attention over the
    source, caches and everything that is no matrix product are not counted, so no program can reach it.
    """
    facts, plan = report.facts, run.plan
    peak = limits.int8 if facts.weight_bytes == 1 else limits.fp32
    if not facts.encoder_parameters or not peak or not run.source:
        return None
    steps = len(run.latencies) * plan.tokens
    outputs = run.count * run.output * max(plan.beam, 1)
    reading = steps * facts.decoder_parameters * facts.weight_bytes / (limits.read * 1e9)
    multiplying = 2 * outputs * facts.decoder_parameters / (peak * 1e9)
    source = 2 * run.count * run.source * facts.encoder_parameters / (peak * 1e9)
    return source + max(reading, multiplying)
