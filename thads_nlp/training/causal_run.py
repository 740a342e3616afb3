"""The training loop of this package's recipes: resumable to the bit, with validation, early stop and progress."""

from __future__ import annotations

import json
import math
import random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import torch
from torch.nn import functional
from torch.optim.swa_utils import AveragedModel

from thads_nlp.errors import OptionError
from thads_nlp.training.batches import Batch, EncodedExample, plan_batches
from thads_nlp.training.causal import CausalModel
from thads_nlp.training.checkpoint import Progress, find_checkpoint, load_checkpoint, save_checkpoint
from thads_nlp.training.config import TrainingConfig, check_same
from thads_nlp.training.layouts import bucket_of, layout_of

BETAS = (0.9, 0.98)
CHECKPOINT, LOG, BEST = "checkpoint", "log.jsonl", "best.safetensors"
NEVER_FELL = (
    "validation loss never fell below that of the base, which is better than what was trained; the last weights are in "
    "the checkpoint: export them with --weights last, or train longer or at a lower rate"
)
# Weights that a base never trained in their place; they learn at the rate of the embeddings.
_FRESH = ("embed_tokens", "memory")
_LOG_EVERY = 10
# Steps between the weights that enter the average: those of neighbouring steps hardly differ.
_AVERAGE_EVERY = 10

Report = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class RunData:
    """Encoded training and validation examples."""

    train: Sequence[EncodedExample]
    validation: Sequence[EncodedExample]


class CausalRun:
    """One run in an output folder; ``train`` starts it or goes on where it was stopped."""

    def __init__(self, model: CausalModel, data: RunData, config: TrainingConfig, output: Path) -> None:
        """The model is a causal one or, where the configuration says so, an encoder–decoder."""
        self._model, self._data, self._config, self._output = model, data, config, output
        self._layout = layout_of(config)
        self._optimiser = _optimiser(model, config)
        self._dtype = arithmetic(config)
        self._loss = torch.compile(self._plain_loss, dynamic=False) if config.compile else self._plain_loss
        self._base = _copied(model) if config.base_share else {}
        self._average = AveragedModel(model) if config.average_share else None
        sizes = [self._layout.size(item) for item in data.train]
        self._steps = plan_batches(sizes, self._layout.buckets, config.examples, config.seed)
        if not self._steps:
            raise OptionError("no training example is left after filtering; see the counts of reasons above")

    def train(self, report: Report) -> Progress:
        """Train to the last step, or until validation loss has not fallen ``patience`` times."""
        progress = self._start(report)
        began, saved = time.monotonic() - progress.seconds, time.monotonic()
        total = 0.0
        while progress.step < len(self._steps) and not self._is_exhausted(progress):
            loss, count = self._step(progress.step)
            total += loss
            progress = replace(progress, step=progress.step + 1, examples=progress.examples + count,
                               seconds=time.monotonic() - began)  # fmt: skip
            self._averaged(progress.step)
            if progress.step % _LOG_EVERY == 0:
                report(_line(progress, len(self._steps), total / _LOG_EVERY))
                self._log(progress, {"loss": total / _LOG_EVERY})
                total = 0.0
            if progress.step % self._config.validation_every == 0 or progress.step == len(self._steps):
                progress = self._validated(progress, loss, report)
            if time.monotonic() - saved > self._config.checkpoint_minutes * 60:
                self._save(progress)
                saved = time.monotonic()
        progress = self._combined(progress, report)
        if not (self._output / BEST).is_file():
            report(NEVER_FELL)
        self._save(progress)
        return progress

    def _save(self, progress: Progress) -> None:
        """Put a checkpoint in place of the one before."""
        save_checkpoint(self._output / CHECKPOINT, self._model, self._optimiser, progress, self._average)

    def _averaged(self, step: int) -> None:
        """Take the weights after a step into the average, once it is among the last ``average_share`` of the run."""
        first = len(self._steps) * (1 - self._config.average_share)
        if self._average is not None and step >= first and step % _AVERAGE_EVERY == 0:
            self._average.update_parameters(self._model)

    def _combined(self, progress: Progress, report: Report) -> Progress:
        """Validate the average, then what it is (or the last weights) moved towards the base; the model stays as is."""
        if progress.step < len(self._steps):
            return progress
        trained = _copied(self._model)
        if self._average is not None and int(self._average.n_averaged):
            self._model.load_state_dict(self._average.module.state_dict())
            report(f"average of {int(self._average.n_averaged)} weights:")
            progress = self._validated(progress, math.nan, report)
        if self._base:
            with torch.no_grad():
                for name, value in self._model.state_dict().items():
                    value.lerp_(self._base[name], self._config.base_share)
            report(f"with a share of {self._config.base_share} of the base:")
            progress = self._validated(progress, math.nan, report)
        self._model.load_state_dict(trained)
        return progress

    def validate(self) -> float:
        """Mean loss a piece on the validation targets."""
        order = sorted(self._data.validation, key=self._layout.size)
        total = pieces = 0.0
        with torch.no_grad():
            while order:
                bucket = bucket_of(self._layout, order[:1])
                items, order = order[: bucket.batch], order[bucket.batch :]
                fitting = [item for item in items if self._layout.size(item) <= bucket.length]
                order = items[len(fitting) :] + order
                batch = self._layout.collate(fitting, 0.0, random.Random(0))
                count = float((batch.weights > 0).sum())
                total += float(self._forward(batch)) * count
                pieces += count
        return total / max(pieces, 1.0)

    def _start(self, report: Report) -> Progress:
        """A fresh progress, or that of the checkpoint in the output folder."""
        self._output.mkdir(parents=True, exist_ok=True)
        found = find_checkpoint(self._output / CHECKPOINT)
        if found is None:
            loss = self.validate()
            report(f"validation loss before training {loss:.4f}")
            progress = Progress(0, 0, 0.0, loss, 0, ((0, math.nan, loss),), self._config.to_record())
            self._log(progress, {"validation_loss": loss})
            return progress
        progress = load_checkpoint(found, self._model, self._optimiser, self._average)
        check_same(progress.config, self._config, found)
        report(f"going on from step {progress.step} of {len(self._steps)}")
        return replace(progress, config=self._config.to_record())

    def _step(self, step: int) -> tuple[float, int]:
        """One update; the same for the same step of the same run, whenever it is made."""
        indices = self._steps[step]
        rng = random.Random(f"{self._config.seed}:{step}")
        items = [self._data.train[index] for index in indices]
        batch = self._layout.collate(items, self._config.source_weight, rng)
        scale = _rate(step, len(self._steps), self._config.warmup)
        for group in self._optimiser.param_groups:
            group["lr"] = group["peak"] * scale
        loss = self._forward(batch)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self._model.parameters(), self._config.clip)
        self._optimiser.step()
        self._optimiser.zero_grad(set_to_none=True)
        return float(loss.detach()), batch.examples

    def _forward(self, batch: Batch) -> torch.Tensor:
        """Weighted loss of a batch."""
        with torch.autocast("cpu", dtype=self._dtype, enabled=self._dtype != torch.float32):
            return self._loss(batch.ids, batch.places, batch.labels, batch.weights)

    def _plain_loss(
        self, ids: torch.Tensor, places: torch.Tensor, labels: torch.Tensor, weights: torch.Tensor
    ) -> torch.Tensor:
        """Cross-entropy at the picked places, weighted."""
        hidden = self._model(ids).flatten(0, 1)[places]
        logits = functional.linear(hidden, self._model.embed_tokens.weight)
        return (functional.cross_entropy(logits.float(), labels, reduction="none") * weights).sum()

    def _validated(self, progress: Progress, train_loss: float, report: Report) -> Progress:
        """Progress with the validation loss; the best weights so far are kept beside."""
        from safetensors.torch import save_file

        loss = self.validate()
        report(f"step {progress.step}: validation loss {loss:.4f} (best {min(loss, progress.best_loss):.4f})")
        progress = replace(progress, losses=(*progress.losses, (progress.step, train_loss, loss)))
        self._log(progress, {"validation_loss": loss, **({"mixture": True} if math.isnan(train_loss) else {})})
        if loss >= progress.best_loss:
            return progress
        save_file(self._model.state_dict(), self._output / BEST)
        return replace(progress, best_loss=loss, best_step=progress.step)

    def _is_exhausted(self, progress: Progress) -> bool:
        """Whether the last ``patience`` validations brought nothing."""
        patience = self._config.patience
        return bool(patience) and progress.step - progress.best_step >= patience * self._config.validation_every

    def _log(self, progress: Progress, losses: dict[str, float]) -> None:
        """One line of the machine-readable log."""
        record = {"step": progress.step, "examples": progress.examples, "seconds": progress.seconds, **losses}
        with (self._output / LOG).open("a", encoding="utf-8") as stream:
            stream.write(json.dumps(record) + "\n")


def _copied(model: CausalModel) -> dict[str, torch.Tensor]:
    """The weights of a model as they are now."""
    return {name: value.clone() for name, value in model.state_dict().items()}


def _rate(step: int, steps: int, warmup: int) -> float:
    """Share of the peak learning rate: linear up, linear down to 0."""
    return min((step + 1) / max(warmup, 1), (steps - step) / max(steps - warmup, 1), 1.0)


def _optimiser(model: CausalModel, config: TrainingConfig) -> torch.optim.Optimizer:
    """AdamW with a rate of its own for the embeddings and for what an encoder–decoder was given anew."""
    named = list(model.named_parameters())
    fresh = [parameter for name, parameter in named if name.startswith(_FRESH)]
    rest = [parameter for name, parameter in named if not name.startswith(_FRESH)]
    groups = [{"params": fresh, "peak": config.embedding_rate}, {"params": rest, "peak": config.learning_rate}]
    return torch.optim.AdamW(groups, lr=0.0, betas=BETAS, weight_decay=config.weight_decay, fused=True)


def arithmetic(config: TrainingConfig) -> torch.dtype:
    """bfloat16 where the processor multiplies it (AMX: 7 times faster than float32, AVX-512: 2.5), else float32."""
    if config.precision == "auto":
        fast = any(flag in _processor_flags() for flag in ("amx_bf16", "avx512_bf16"))
        return torch.bfloat16 if fast else torch.float32
    return torch.bfloat16 if config.precision == "bfloat16" else torch.float32


def _processor_flags() -> str:
    """What the processor says it can do, "" where the system does not tell."""
    try:
        return Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""


def _line(progress: Progress, steps: int, loss: float) -> str:
    """Progress for people: loss, speed, time left."""
    speed = progress.examples / max(progress.seconds, 1e-9)
    left = progress.seconds / max(progress.step, 1) * (steps - progress.step)
    return f"step {progress.step}/{steps} loss {loss:.3f} {speed:.2f} examples/s, {left / 60:.0f} min left"
