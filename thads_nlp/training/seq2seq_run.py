"""Fine-tuning of any encoder–decoder with transformers' own trainer: plain text in, the summary out."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from thads_nlp.errors import MissingExtraError, ModelError, OptionError
from thads_nlp.training.config import TrainingConfig, check_same
from thads_nlp.training.corpus import ROWS_AT_ONCE, PairSet, digest, import_datasets, mapped

if TYPE_CHECKING:
    from thads_nlp.training.train import PairSplit, Report, TrainOptions

CHECKPOINTS, MODEL, CONFIGURATION, LOG = "checkpoint", "model", "configuration.json", "log.jsonl"
# Labels that the loss leaves out.
_IGNORED = -100
_LOG_EVERY = 10
# What the trainer writes last into a checkpoint.
_LAST_FILE = "trainer_state.json"


def train_seq2seq(
    base: str, pairs: PairSplit, options: TrainOptions, config: TrainingConfig, report: Report
) -> dict[str, Any]:
    """Train in the output folder and keep the best weights in its ``model``; goes on from the last whole checkpoint.

    A run that was cut makes the same updates as one that was not: batches, dropout, optimiser and the count of early
    stopping are those of the checkpoint.

    Raises:
        MissingExtraError: transformers, datasets or accelerate is not installed.
        ModelError: the base cannot be loaded as an encoder–decoder in safetensors.
        OptionError: the output folder holds a run under another configuration.
    """
    transformers = _transformers()
    _check_output(options.output, config)
    transformers.set_seed(config.seed)
    try:
        tokenizer = transformers.AutoTokenizer.from_pretrained(base, trust_remote_code=False)
        model = transformers.AutoModelForSeq2SeqLM.from_pretrained(base, use_safetensors=True, trust_remote_code=False)
    except (OSError, ValueError, KeyError) as error:
        raise ModelError(f"{base}: no encoder–decoder in safetensors could be loaded ({error})") from error
    held = pairs.validation[: config.validation_examples] or pairs.train[:1]
    trainer = transformers.Seq2SeqTrainer(
        model=model,
        args=_arguments(transformers, options.output, config),
        train_dataset=_tokenised(pairs.train, tokenizer, config, options.processes),
        eval_dataset=_tokenised(held, tokenizer, config, 1),
        data_collator=transformers.DataCollatorForSeq2Seq(tokenizer, model=model, label_pad_token_id=_IGNORED),
        callbacks=_callbacks(transformers, config, options.output, report),
    )
    last = last_checkpoint(options.output / CHECKPOINTS)
    if last is None:
        report(f"validation loss before training {trainer.evaluate()['eval_loss']:.4f}")
    else:
        report(f"going on from step {last.name.rpartition('-')[2]} of {trainer.args.max_steps}")
    trainer.train(resume_from_checkpoint=None if last is None else str(last))
    loss = float(trainer.state.best_metric or trainer.evaluate()["eval_loss"])
    trainer.save_model(str(options.output / MODEL))
    tokenizer.save_pretrained(str(options.output / MODEL))
    steps = int(trainer.state.global_step)
    return {"steps": steps, "examples": steps * config.batch, "validation_loss": loss}


def last_checkpoint(folder: Path) -> Path | None:
    """The newest checkpoint that a kill did not leave half written."""
    found = [path for path in folder.glob("checkpoint-*") if path.name.rpartition("-")[2].isdigit()]
    for path in sorted(found, key=lambda path: int(path.name.rpartition("-")[2]), reverse=True):
        try:
            json.loads((path / _LAST_FILE).read_text(encoding="utf-8"))
        except (OSError, ValueError):
            continue
        return path
    return None


def _transformers() -> Any:
    """The library, with what its trainer needs and asks for late."""
    try:
        import accelerate  # noqa: F401
        import transformers
    except ImportError as error:
        raise MissingExtraError("thads-nlp train", "train", str(error.name)) from error
    transformers.logging.set_verbosity_error()
    return transformers


def _check_output(output: Path, config: TrainingConfig) -> None:
    """Refuse to go on under another configuration; note this one for the next time."""
    path = output / CONFIGURATION
    output.mkdir(parents=True, exist_ok=True)
    if path.is_file():
        try:
            old = json.loads(path.read_text(encoding="utf-8"))
        except ValueError as error:
            raise OptionError(f"{path}: damaged ({error}); use another --output") from error
        check_same(old, config, path)
    path.write_text(json.dumps(config.to_record(), indent=1) + "\n", encoding="utf-8")


def _tokenised(pairs: PairSet, tokenizer: Any, config: TrainingConfig, workers: int) -> Any:
    """Token ids of bodies and summaries, kept on disk under a fingerprint."""
    datasets = import_datasets()
    backend = getattr(tokenizer, "backend_tokenizer", None)
    vocabulary = backend.to_str() if backend is not None else json.dumps(tokenizer.get_vocab(), sort_keys=True)
    mark = digest("tokenised", pairs.rows._fingerprint, type(tokenizer).__name__, vocabulary,
                  f"{config.source_length} {config.target_length}")  # fmt: skip
    ids = datasets.Sequence(datasets.Value("int32"))
    fields = datasets.Features(dict.fromkeys(("input_ids", "attention_mask", "labels"), ids))
    encoder = _RowEncoder(tokenizer, config.source_length, config.target_length)
    return mapped(pairs.rows, encoder, workers, mark, "Encoding articles", batched=True, batch_size=ROWS_AT_ONCE,
                  features=fields)  # fmt: skip


@dataclass(frozen=True, slots=True)
class _RowEncoder:
    """Batches of pairs to token ids, cut to the configured lengths."""

    tokenizer: Any
    source_length: int
    target_length: int

    def __call__(self, batch: Mapping[str, Sequence[str]]) -> dict[str, Any]:
        sources = [" ".join(line for line in body.split("\n") if line.strip()) for body in batch["body"]]
        encoded = self.tokenizer(sources, truncation=True, max_length=self.source_length)
        target = self.tokenizer(text_target=list(batch["summary"]), truncation=True, max_length=self.target_length)
        return {
            "input_ids": encoded["input_ids"], "attention_mask": encoded["attention_mask"],
            "labels": target["input_ids"],
        }  # fmt: skip


def _arguments(transformers: Any, output: Path, config: TrainingConfig) -> Any:
    """The trainer's arguments: safetensors checkpoints, the best one kept, nothing sent anywhere."""
    import torch

    from thads_nlp.training.causal_run import arithmetic

    steps = max(-(-config.examples // config.batch), 1)
    every = min(config.validation_every, steps)
    return transformers.Seq2SeqTrainingArguments(
        output_dir=str(output / CHECKPOINTS), max_steps=steps, per_device_train_batch_size=config.batch,
        per_device_eval_batch_size=config.batch, learning_rate=config.learning_rate, warmup_steps=config.warmup,
        weight_decay=config.weight_decay, max_grad_norm=config.clip, seed=config.seed, data_seed=config.seed,
        eval_strategy="steps", eval_steps=every, save_strategy="steps", save_steps=every, save_total_limit=2,
        load_best_model_at_end=True, metric_for_best_model="eval_loss", greater_is_better=False,
        restore_callback_states_from_checkpoint=True, logging_steps=min(_LOG_EVERY, every), report_to=[],
        disable_tqdm=True, bf16=arithmetic(config) == torch.bfloat16, use_cpu=True, dataloader_pin_memory=False,
    )  # fmt: skip


def _callbacks(transformers: Any, config: TrainingConfig, output: Path, report: Report) -> list[Any]:
    """Progress, checkpoints by the clock and, with ``patience``, early stopping."""
    made = [_progress_callback(transformers, config, output / LOG, report)]
    if config.patience:
        made.append(transformers.EarlyStoppingCallback(early_stopping_patience=config.patience))
    return made


def _progress_callback(transformers: Any, config: TrainingConfig, log: Path, report: Report) -> Any:
    """A callback that reports loss, speed and time left, and asks for a checkpoint when its time has come."""

    class Progress(transformers.TrainerCallback):  # type: ignore[misc]
        """One line of progress a log entry, the same in the run's log."""

        def on_train_begin(self, args: Any, state: Any, control: Any, **rest: Any) -> None:
            """Start the clocks."""
            self._began = self._saved = time.monotonic()
            self._first = state.global_step

        def on_step_end(self, args: Any, state: Any, control: Any, **rest: Any) -> None:
            """Ask for a checkpoint."""
            if time.monotonic() - self._saved > config.checkpoint_minutes * 60:
                control.should_save = True

        def on_save(self, args: Any, state: Any, control: Any, **rest: Any) -> None:
            """Start the clock of checkpoints anew."""
            self._saved = time.monotonic()

        def on_log(self, args: Any, state: Any, control: Any, logs: Any = None, **rest: Any) -> None:
            """Training or validation loss."""
            if state.global_step == 0 or not logs:
                return
            if "eval_loss" in logs:
                best = min(logs["eval_loss"], state.best_metric or logs["eval_loss"])
                report(f"step {state.global_step}: validation loss {logs['eval_loss']:.4f} (best {best:.4f})")
                self._write(state.global_step, "validation_loss", logs["eval_loss"])
            elif "loss" in logs:
                done, seconds = state.global_step - self._first, time.monotonic() - self._began
                speed = done * config.batch / max(seconds, 1e-9)
                left = seconds / max(done, 1) * (state.max_steps - state.global_step)
                report(f"step {state.global_step}/{state.max_steps} loss {logs['loss']:.3f} "
                       f"{speed:.2f} examples/s, {left / 60:.0f} min left")  # fmt: skip
                self._write(state.global_step, "loss", logs["loss"])

        def _write(self, step: int, name: str, loss: float) -> None:
            """One line of the machine-readable log."""
            record = {"step": step, "examples": step * config.batch, name: loss}
            with log.open("a", encoding="utf-8") as stream:
                stream.write(json.dumps(record) + "\n")

    return Progress()
