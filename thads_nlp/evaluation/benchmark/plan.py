"""What is measured, in which depth: the systems, their runs, and the sets of articles."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from thads_nlp.evaluation.benchmark.articles import ANCHOR_WORDS, EQUAL_WORDS, anchors, series
from thads_nlp.evaluation.benchmark.results import RunPlan

# Output length in subwords that every model is held to: a headline and a summary of the shipped model (about 14 + 34).
OUTPUT_TOKENS = 48
# As users of the other models run them, and as this package decodes.
RIVAL_BEAM, GREEDY = 4, 1
ANCHORS, EQUAL = "anchors", "equal"
BATCH_CURVE = "batch curve"
BATCH_CURVE_WORDS = 300
# Ends each curve's set of articles of one length: "800 words".
WORDS = " words"


@dataclass(frozen=True, slots=True)
class Depth:
    """How much is measured. Times are seconds; ``run_seconds`` bounds one run, ``budget`` all of them together.

    ``warm`` False measures other systems on their first article and with their usual beam alone.
    """

    name: str
    articles: int
    run_seconds: float
    budget: float
    batches: tuple[int, ...]
    curve_words: tuple[int, ...]
    curve_batches: tuple[int, ...]
    curve_articles: int
    command_tries: int
    warm: bool


FULL = Depth(
    "full", 12, 60, 40 * 60, (1, 8), (100, 200, 400, 800, 1_500, 3_000), (1, 2, 4, 8, 16, 32, 64), 3, 3, True,
)  # fmt: skip
QUICK = Depth("quick", 2, 4, 3 * 60, (1,), (100, 800), (1, 8), 1, 1, False)


@dataclass(frozen=True, slots=True)
class Shape:
    """An architecture of ``transformers`` that others summarize with; ``config`` makes it with random weights."""

    name: str
    label: str
    model_type: str
    config: dict[str, Any]
    folder: Path | None = None


@dataclass(frozen=True, slots=True)
class Task:
    """One process: a system with its runs. ``group`` is what ``--only`` names; ``shape`` is set for other models."""

    name: str
    group: str
    kind: str
    options: dict[str, Any] = field(default_factory=dict)
    plans: tuple[RunPlan, ...] = ()
    shape: Shape | None = None
    warm: bool = True


# T5 v1.1 base with the vocabulary of ViT5 and one table for embedding and output: 226 M parameters.
VIT5_BASE = Shape("vit5-base", "ViT5-base", "t5", {
    "vocab_size": 36_096, "d_model": 768, "d_kv": 64, "d_ff": 2_048, "num_layers": 12, "num_heads": 12,
    "feed_forward_proj": "gated-gelu", "tie_word_embeddings": True, "decoder_start_token_id": 0,
})  # fmt: skip
# The large mBART with the vocabulary of BARTpho-syllable: 396 M parameters.
BARTPHO_SYLLABLE = Shape("bartpho-syllable", "BARTpho-syllable", "mbart", {
    "vocab_size": 40_030, "d_model": 1_024, "encoder_layers": 12, "decoder_layers": 12, "encoder_ffn_dim": 4_096,
    "decoder_ffn_dim": 4_096, "encoder_attention_heads": 16, "decoder_attention_heads": 16,
    "max_position_embeddings": 1_024, "scale_embedding": True, "decoder_start_token_id": 2,
    "forced_eos_token_id": None,
})  # fmt: skip
PACKAGE = "package"
BRIEF, FIGURES, LEAD, EXTRACTIVE = "thads_nlp", "thads_nlp figures", "LEAD-2", "thads_nlp extractive"
ENGINE, ENGINE_INT8, CURVES = "thads_nlp model alone", "thads_nlp model alone, int8", "thads_nlp curves"


def article_sets(texts: Sequence[str], depth: Depth) -> dict[str, tuple[str, ...]]:
    """All sets of articles that tasks name."""
    sets = {
        ANCHORS: anchors(texts, depth.articles, ANCHOR_WORDS),
        EQUAL: series(texts, EQUAL_WORDS, depth.articles),
        BATCH_CURVE: series(texts, BATCH_CURVE_WORDS, max(depth.curve_batches)),
    }
    return sets | {f"{words}{WORDS}": series(texts, words, depth.curve_articles) for words in depth.curve_words}


def package_tasks(depth: Depth, model: str | None) -> list[Task]:
    """This package whole and in parts."""
    options = {"model": model}
    own = [_plan(depth, ANCHORS, GREEDY, batch, 0) for batch in depth.batches]
    plain = (_plan(depth, ANCHORS, 0, 1, 0),)
    own.append(_plan(depth, EQUAL, GREEDY, 1, 0))
    return [
        Task(BRIEF, PACKAGE, "brief", options, tuple(own)),
        Task(ENGINE, PACKAGE, "engine", {**options, "compute_type": "float32"}, _model_plans(depth, GREEDY)),
        Task(ENGINE_INT8, PACKAGE, "engine", {**options, "compute_type": "int8"}, _model_plans(depth, GREEDY)),
        Task(FIGURES, PACKAGE, "figures", {}, plain),
        Task(EXTRACTIVE, PACKAGE, "extractive", {}, plain),
        Task(LEAD, PACKAGE, "lead", {}, plain),
        Task(CURVES, PACKAGE, "brief", options, _curve_plans(depth)),
    ]


def rival_tasks(depth: Depth, shape: Shape) -> list[Task]:
    """Another model in fp32 and with int8 linear layers."""
    plans = _model_plans(depth, RIVAL_BEAM)[: None if depth.warm else 1]
    return [
        Task(f"{shape.label} {precision}", shape.name, "rival", {"precision": precision}, plans, shape, depth.warm)
        for precision in ("fp32", "int8")
    ]


def _model_plans(depth: Depth, usual_beam: int) -> tuple[RunPlan, ...]:
    """A model with forced output: both beams at all batch sizes, and articles that every system reads whole."""
    beams = (usual_beam, GREEDY if usual_beam == RIVAL_BEAM else RIVAL_BEAM)
    plans = [_plan(depth, ANCHORS, beam, batch, OUTPUT_TOKENS) for beam in beams for batch in depth.batches]
    return (*plans, _plan(depth, EQUAL, usual_beam, 1, OUTPUT_TOKENS))


def _curve_plans(depth: Depth) -> tuple[RunPlan, ...]:
    """Whole briefs over lengths one by one, then over batch sizes."""
    lengths = [_plan(depth, f"{words}{WORDS}", GREEDY, 1, 0) for words in depth.curve_words]
    # A few articles tell enough one by one; a batch needs as many as it holds.
    batches = [
        RunPlan(BATCH_CURVE, GREEDY, batch, 0, max(batch, min(16, max(depth.curve_batches))), depth.run_seconds)
        for batch in depth.curve_batches
    ]
    return (*lengths, *batches)


def _plan(depth: Depth, articles: str, beam: int, batch: int, tokens: int) -> RunPlan:
    """A run within the depth's bounds."""
    return RunPlan(articles, beam, batch, tokens, depth.articles, depth.run_seconds)
