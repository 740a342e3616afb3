"""Fine-tuning of any encoder–decoder with transformers' own trainer: plain text in, the summary out."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from thads_nlp.errors import MissingExtraError, ModelError
from thads_nlp.training.config import TrainingConfig
from thads_nlp.training.data import Pair

if TYPE_CHECKING:
    from thads_nlp.training.train import PairSplit, Report

CHECKPOINTS, MODEL = "checkpoint", "model"
# Labels that the loss leaves out.
_IGNORED = -100


def train_seq2seq(
    base: str, pairs: PairSplit, output: Path, config: TrainingConfig, report: Report
) -> dict[str, Any]:
    """Train in ``output`` and keep the best weights in ``output/model``; goes on from the last checkpoint.

    Raises:
        MissingExtraError: transformers, datasets or accelerate is not installed.
        ModelError: the base cannot be loaded as an encoder–decoder in safetensors.
    """
    try:
        import accelerate  # noqa: F401 - the trainer needs it and says so late
        import datasets
        import transformers
    except ImportError as error:
        raise MissingExtraError("thads-nlp train", "train", str(error.name)) from error
    transformers.logging.set_verbosity_error()
    try:
        tokenizer = transformers.AutoTokenizer.from_pretrained(base, trust_remote_code=False)
        model = transformers.AutoModelForSeq2SeqLM.from_pretrained(base, use_safetensors=True, trust_remote_code=False)
    except (OSError, ValueError, KeyError) as error:
        raise ModelError(f"{base}: no encoder–decoder in safetensors could be loaded ({error})") from error
    sets = [
        datasets.Dataset.from_list([_encoded(tokenizer, pair, config) for pair in chosen])
        for chosen in (pairs.train, _validation(pairs, config))
    ]
    trainer = transformers.Seq2SeqTrainer(
        model=model,
        args=_arguments(transformers, output, config),
        train_dataset=sets[0],
        eval_dataset=sets[1],
        data_collator=transformers.DataCollatorForSeq2Seq(tokenizer, model=model, label_pad_token_id=_IGNORED),
        callbacks=[_reporter(transformers, report)],
    )
    last = transformers.trainer_utils.get_last_checkpoint(str(output / CHECKPOINTS))
    trainer.train(resume_from_checkpoint=last)
    loss = float(trainer.evaluate()["eval_loss"])
    trainer.save_model(str(output / MODEL))
    tokenizer.save_pretrained(str(output / MODEL))
    steps = int(trainer.state.global_step)
    return {"steps": steps, "examples": steps * config.batch, "validation_loss": loss}


def _validation(pairs: PairSplit, config: TrainingConfig) -> Sequence[Pair]:
    """Held-out articles, as many as the configuration says."""
    return pairs.validation[: config.validation_examples] or pairs.train[:1]


def _encoded(tokenizer: Any, pair: Pair, config: TrainingConfig) -> dict[str, list[int]]:
    """Token ids of body and summary, cut to the configured lengths."""
    source = " ".join(line for line in pair.body.split("\n") if line.strip())
    encoded = tokenizer(source, truncation=True, max_length=config.source_length)
    target = tokenizer(text_target=pair.summary, truncation=True, max_length=config.target_length)
    return {
        "input_ids": encoded["input_ids"], "attention_mask": encoded["attention_mask"], "labels": target["input_ids"],
    }  # fmt: skip


def _arguments(transformers: Any, output: Path, config: TrainingConfig) -> Any:
    """The trainer's arguments: safetensors checkpoints, the best one kept, nothing sent anywhere."""
    steps = max(-(-config.examples // config.batch), 1)
    every = min(config.validation_every, steps)
    return transformers.Seq2SeqTrainingArguments(
        output_dir=str(output / CHECKPOINTS), max_steps=steps, per_device_train_batch_size=config.batch,
        per_device_eval_batch_size=config.batch, learning_rate=config.learning_rate, warmup_steps=config.warmup,
        weight_decay=config.weight_decay, max_grad_norm=config.clip, seed=config.seed, data_seed=config.seed,
        eval_strategy="steps", eval_steps=every, save_strategy="steps", save_steps=every, save_total_limit=2,
        load_best_model_at_end=True, metric_for_best_model="eval_loss", logging_steps=10, report_to=[],
        disable_tqdm=True, bf16=config.precision == "bfloat16", use_cpu=True, dataloader_pin_memory=False,
    )  # fmt: skip


def _reporter(transformers: Any, report: Report) -> Any:
    """A callback that hands the trainer's log lines on."""

    class Reporter(transformers.TrainerCallback):  # type: ignore[misc]
        """Loss, validation loss and learning rate as they come."""

        def on_log(self, args: Any, state: Any, control: Any, logs: Any = None, **rest: Any) -> None:
            """One line."""
            told = ", ".join(f"{name} {value:.4g}" for name, value in (logs or {}).items() if isinstance(value, float))
            report(f"step {state.global_step}/{state.max_steps}: {told}")

    return Reporter()
