"""Checkpoints of a training run: safetensors and a JSON record, replaced as a whole, so a kill leaves the last one."""

from __future__ import annotations

import json
import math
import os
import shutil
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from thads_nlp.errors import ModelError

_WEIGHTS, _OPTIMISER, _PROGRESS = "model.safetensors", "optimiser.safetensors", "progress.json"
_AVERAGE = "average.safetensors"


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a run is: ``seconds`` of training over all its parts; ``losses`` as (step, training, validation)."""

    step: int
    examples: int
    seconds: float
    best_loss: float
    best_step: int
    losses: tuple[tuple[int, float, float], ...]
    config: dict[str, Any]

    @property
    def last_loss(self) -> float:
        """Validation loss of the weights of the last step that was validated; mixtures have no training loss."""
        return next(held for step, train, held in reversed(self.losses) if not step or not math.isnan(train))


def save_checkpoint(
    folder: Path,
    model: torch.nn.Module,
    optimiser: torch.optim.Optimizer,
    progress: Progress,
    average: torch.nn.Module | None = None,
) -> None:
    """Write a checkpoint beside the old one, then put it in its place; ``average`` is the mean of weights so far."""
    from safetensors.torch import save_file

    fresh, old = folder.with_suffix(".new"), folder.with_suffix(".old")
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(parents=True)
    save_file({name: value.contiguous() for name, value in model.state_dict().items()}, fresh / _WEIGHTS)
    if average is not None:
        save_file({name: value.contiguous() for name, value in average.state_dict().items()}, fresh / _AVERAGE)
    save_file(_moments(optimiser), fresh / _OPTIMISER)
    (fresh / _PROGRESS).write_text(json.dumps(asdict(progress)), encoding="utf-8")
    shutil.rmtree(old, ignore_errors=True)
    if folder.exists():
        os.replace(folder, old)
    os.replace(fresh, folder)
    shutil.rmtree(old, ignore_errors=True)


def find_checkpoint(folder: Path) -> Path | None:
    """The newest whole checkpoint: the one in place, or the old one where a kill fell between two renames."""
    for candidate in (folder, folder.with_suffix(".new"), folder.with_suffix(".old")):
        if (candidate / _PROGRESS).is_file():
            return candidate
    return None


def weights_of(folder: Path) -> Path:
    """The file with the weights of a checkpoint."""
    return folder / _WEIGHTS


def load_checkpoint(
    folder: Path, model: torch.nn.Module, optimiser: torch.optim.Optimizer, average: torch.nn.Module | None = None
) -> Progress:
    """Put weights, optimiser state and the mean of weights back and tell how far the run was.

    Raises:
        ModelError: the checkpoint is not of this model.
    """
    from safetensors.torch import load_file

    try:
        record = json.loads((folder / _PROGRESS).read_text(encoding="utf-8"))
        model.load_state_dict(load_file(folder / _WEIGHTS))
        _restore(optimiser, load_file(folder / _OPTIMISER))
        if average is not None and (folder / _AVERAGE).is_file():
            average.load_state_dict(load_file(folder / _AVERAGE))
        losses = tuple((int(step), float(train), float(held)) for step, train, held in record.pop("losses"))
        return Progress(losses=losses, **record)
    except (OSError, ValueError, KeyError, TypeError, RuntimeError) as error:
        raise ModelError(f"{folder}: no checkpoint of this run ({error}); take another --output") from error


def _moments(optimiser: torch.optim.Optimizer) -> dict[str, Tensor]:
    """State of every parameter under ``index.name``."""
    state = optimiser.state_dict()["state"]
    return {f"{index}.{name}": value.contiguous() for index, entry in state.items() for name, value in entry.items()}


def _restore(optimiser: torch.optim.Optimizer, moments: dict[str, Tensor]) -> None:
    """Inverse of ``_moments``."""
    record = optimiser.state_dict()
    state: dict[int, dict[str, Tensor]] = {}
    for key, value in moments.items():
        index, name = key.split(".", 1)
        state.setdefault(int(index), {})[name] = value
    optimiser.load_state_dict({"state": state, "param_groups": record["param_groups"]})
