"""``train``: a run of either recipe in an output folder that ``export`` makes a model of."""

from __future__ import annotations

import json
import shutil
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any, Literal

from thads_nlp.errors import InputError, MissingExtraError, ModelError
from thads_nlp.model.folder import find_model
from thads_nlp.model.tokenizer import WordPieces
from thads_nlp.training.config import TrainingConfig
from thads_nlp.training.data import Pair, good_pairs

RUN, ARCHITECTURE, TOKENIZER, CALIBRATION = "run.json", "architecture.json", "tokenizer.json", "calibration.json"
# Without --validation every so manieth article is held out.
HELD_OUT = 20
# Gemma's terms go with everything that derives from it.
_NOTICES = ("NOTICE", "GEMMA_TERMS.html")

Report = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class TrainOptions:
    """Data, base model and output of a run."""

    data: Path
    output: Path
    base: str | None = None
    validation: Path | None = None


@dataclass(frozen=True, slots=True)
class TrainedRun:
    """What came of a run."""

    shape: Literal["decoder", "encoder-decoder"]
    steps: int
    examples: int
    validation_loss: float


def train(options: TrainOptions, config: TrainingConfig, report: Report) -> TrainedRun:
    """Train, or go on where the output folder was left.

    Args:
        options: ``base`` is the shipped model (None), a folder of the causal recipe (``gemma3_text`` with this
            package's vocabulary), or a folder or Hub id of any encoder–decoder.
        config: everything that decides the run.
        report: called with lines of progress.

    Raises:
        MissingExtraError: torch or transformers is not installed.
        InputError: no usable article in the data.
        ModelError: the base is neither.
        OptionError: the output folder holds a run under another configuration.
    """
    _need_torch()
    found = find_model(options.base)
    pairs = _pairs(options, report)
    if isinstance(found, Path) and _is_causal(found):
        return _train_causal(found, pairs, options, config, report)
    from thads_nlp.training.seq2seq_run import train_seq2seq

    progress = train_seq2seq(str(found), pairs, options.output, config, report)
    record = {"shape": "encoder-decoder", "base": str(options.base), **progress}
    return _finished(options.output, record, config)


@dataclass(frozen=True, slots=True)
class PairSplit:
    """Articles to learn from and to validate on."""

    train: tuple[Pair, ...]
    validation: tuple[Pair, ...]


def _pairs(options: TrainOptions, report: Report) -> PairSplit:
    """All pairs, every twentieth held out unless there is validation data."""
    skipped: Counter[str] = Counter()
    pairs = tuple(good_pairs(options.data, skipped))
    if options.validation is not None:
        split = PairSplit(pairs, tuple(good_pairs(options.validation, skipped)))
    else:
        split = PairSplit(tuple(_others(pairs)), tuple(islice(pairs, 0, None, HELD_OUT)))
    for reason, count in skipped.most_common():
        report(f"{count} rows skipped: {reason}")
    if not split.train:
        raise InputError(f"{options.data}: {len(pairs)} articles are too few to hold any out; give --validation")
    report(f"{len(split.train)} articles to learn from, {len(split.validation)} to validate on")
    return split


def _others(pairs: Sequence[Pair]) -> Iterator[Pair]:
    """Pairs that are not held out."""
    return (pair for index, pair in enumerate(pairs) if index % HELD_OUT)


def _train_causal(
    base: Path, pairs: PairSplit, options: TrainOptions, config: TrainingConfig, report: Report
) -> TrainedRun:
    """The causal recipe."""
    import torch

    from thads_nlp.training.causal import CausalConfig, CausalModel
    from thads_nlp.training.causal_run import CausalRun
    from thads_nlp.training.prepare import run_data
    from thads_nlp.training.smoothing import CALIBRATION_SEQUENCES
    from thads_nlp.training.weights import HeadSizes, load_state, read_config

    torch.manual_seed(config.seed)
    reasons: Counter[str] = Counter()
    data = run_data(pairs.train, pairs.validation, WordPieces.load(base / TOKENIZER), config, reasons)
    report("examples: " + ", ".join(f"{name} {count}" for name, count in reasons.most_common()))
    architecture: dict[str, Any] = read_config(base)
    shape = CausalConfig.from_record(architecture)
    model = CausalModel(shape)
    model.load_state_dict(load_state(base, HeadSizes(shape.heads * shape.head_dim, shape.kv_heads * shape.head_dim)))
    _keep(base, options.output, architecture)
    sequences = [item.ids for item in data.validation[:CALIBRATION_SEQUENCES]]
    (options.output / CALIBRATION).write_text(json.dumps(sequences) + "\n", encoding="utf-8")
    progress = CausalRun(model, data, config, options.output).train(report)
    record = {
        "shape": "decoder", "base": str(options.base or base.name), "steps": progress.step,
        "examples": progress.examples, "validation_loss": progress.best_loss,
    }  # fmt: skip
    return _finished(options.output, record, config)


def _keep(base: Path, output: Path, architecture: dict[str, Any]) -> None:
    """Put beside the run what an export of it needs."""
    output.mkdir(parents=True, exist_ok=True)
    (output / ARCHITECTURE).write_text(json.dumps(architecture, indent=1) + "\n", encoding="utf-8")
    for name in (TOKENIZER, *_NOTICES):
        if (base / name).is_file():
            shutil.copyfile(base / name, output / name)


def _finished(output: Path, record: dict[str, Any], config: TrainingConfig) -> TrainedRun:
    """Write what was done beside the weights."""
    record = {**record, "configuration": config.to_record()}
    (output / RUN).write_text(json.dumps(record, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    return TrainedRun(record["shape"], record["steps"], record["examples"], record["validation_loss"])


def _is_causal(folder: Path) -> bool:
    """Whether a folder holds a model of the causal recipe."""
    from thads_nlp.training.weights import read_config

    try:
        read_config(folder)
    except ModelError:
        return False
    return (folder / TOKENIZER).is_file()


def _need_torch() -> None:
    """MissingExtraError where the extra is missing."""
    try:
        import safetensors
        import torch
    except ImportError as error:
        raise MissingExtraError("thads-nlp train", "train", str(error.name)) from error
    del safetensors, torch
