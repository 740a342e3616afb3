"""What is asked of a worker process and what it reports; JSON both ways. Standard library only."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class RunPlan:
    """One measurement: which set of articles, how they are decoded, and when to stop.

    ``beam`` 0 is no search at all; ``tokens`` is the forced output length in subwords (0: the system's own);
    ``limit`` is the most articles, ``seconds`` the time after which no further batch is begun.
    """

    articles: str
    beam: int
    batch: int
    tokens: int
    limit: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Request:
    """What a worker process does: ``kind`` names the system, ``options`` are its own; ``started`` is Unix time.

    ``warm`` False takes the first result for the measurement of the first plan.
    """

    kind: str
    options: dict[str, Any]
    plans: tuple[RunPlan, ...]
    sets: dict[str, tuple[str, ...]]
    started: float
    warm: bool = True

    def to_dict(self) -> dict[str, Any]:
        """As JSON."""
        return asdict(self)

    @classmethod
    def from_dict(cls, record: dict[str, Any]) -> Request:
        """From JSON."""
        plans = tuple(RunPlan(**plan) for plan in record["plans"])
        sets = {name: tuple(texts) for name, texts in record["sets"].items()}
        return cls(record["kind"], record["options"], plans, sets, record["started"], record["warm"])


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of a loaded system. Parameters are counts, sizes bytes.

    ``encoder_parameters`` meet every source subword, ``decoder_parameters`` every output subword of every beam;
    0 where they are not known.
    """

    note: str = ""
    parameters: int = 0
    encoder_parameters: int = 0
    decoder_parameters: int = 0
    weight_bytes: int = 0
    disk: int = 0


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one batch gave: subwords read and written (0: unknown), articles not done, summaries that the model wrote.

    ``aside`` are seconds that the call spent on measuring, ``bullets`` those that the bullets took.
    """

    source: int = 0
    output: int = 0
    failures: int = 0
    generated: int = 0
    aside: float = 0.0
    bullets: float = 0.0


@dataclass(frozen=True, slots=True)
class Run:
    """One measurement. Times are seconds, ``latencies`` those of the batches, ``words`` a mean by white space."""

    plan: RunPlan
    count: int
    seconds: float
    cpu_seconds: float
    latencies: tuple[float, ...]
    words: float
    source: float
    output: float
    failures: int
    generated: int
    bullets: float

    @property
    def rate(self) -> float:
        """Articles a second."""
        return self.count / self.seconds

    @property
    def summary_rate(self) -> float:
        """Articles a second without their bullets: headline and summary."""
        return self.count / (self.seconds - self.bullets)

    def first_seconds(self, batches: int) -> float:
        """Seconds of the first so many batches, the bullets not counted."""
        return sum(self.latencies[:batches]) * (1 - self.bullets / self.seconds)

    def percentile(self, share: float) -> float:
        """The latency that ``share`` of the batches do not pass (nearest rank)."""
        ordered = sorted(self.latencies)
        return ordered[max(math.ceil(share * len(ordered)), 1) - 1]

    @classmethod
    def from_dict(cls, record: dict[str, Any]) -> Run:
        """From JSON."""
        return cls(**{**record, "plan": RunPlan(**record["plan"]), "latencies": tuple(record["latencies"])})


@dataclass(frozen=True, slots=True)
class Limits:
    """What the machine can do at most, measured: GB/s (10^9) of memory, GFLOP/s or GOP/s of products; None: unknown."""

    copy: float
    read: float
    fp32: float
    bf16: float | None = None
    int8: float | None = None


@dataclass(frozen=True, slots=True)
class Report:
    """What a worker reports. Times are seconds, memory bytes; ``missing`` says why there is nothing, or not all.

    ``cold_start`` goes from the start of the process to the first result, ``first_memory`` is the peak until then.
    """

    name: str = ""
    facts: Facts = field(default_factory=Facts)
    import_seconds: float = 0.0
    load_seconds: float = 0.0
    cold_start: float = 0.0
    first_memory: int = 0
    peak_memory: int = 0
    runs: tuple[Run, ...] = ()
    limits: Limits | None = None
    missing: str = ""

    def to_dict(self) -> dict[str, Any]:
        """As JSON."""
        return asdict(self)

    @classmethod
    def from_dict(cls, record: dict[str, Any]) -> Report:
        """From JSON."""
        limits = record["limits"]
        return cls(
            **{
                **record,
                "facts": Facts(**record["facts"]),
                "runs": tuple(Run.from_dict(run) for run in record["runs"]),
                "limits": Limits(**limits) if limits else None,
            }
        )

    def run(self, articles: str, beam: int, batch: int, tokens: int | None = None) -> Run | None:
        """The measurement of a plan, None where there is none."""
        wanted = (articles, beam, batch)
        return next(
            (
                run
                for run in self.runs
                if (run.plan.articles, run.plan.beam, run.plan.batch) == wanted and tokens in (None, run.plan.tokens)
            ),
            None,
        )

    def best(self, articles: str, beam: int) -> Run | None:
        """The fastest measurement over all batch sizes."""
        runs = [run for run in self.runs if (run.plan.articles, run.plan.beam) == (articles, beam)]
        return max(runs, key=lambda run: run.rate, default=None)
