"""The encoder–decoder made of a causal network: what CTranslate2 computes, its fit, its batches, its runs."""

import json
import random
from dataclasses import replace
from pathlib import Path

import ctranslate2
import numpy as np
import pytest
import torch
from safetensors.torch import save_file

from thads_nlp.errors import ModelError, OptionError
from thads_nlp.training.batches import EncodedExample
from thads_nlp.training.causal import CausalConfig, CausalModel
from thads_nlp.training.causal_run import CausalRun, RunData
from thads_nlp.training.config import Bucket, EncoderOptions, TrainingConfig, config_of
from thads_nlp.training.encoder_decoder import EncoderDecoderModel, EncoderShape
from thads_nlp.training.layouts import layout_of
from thads_nlp.training.memory_fit import fit_memory
from thads_nlp.training.start import read_base, with_encoder
from thads_nlp.training.translator import write_translator

RECORD = {
    "vocab_size": 60, "hidden_size": 32, "intermediate_size": 48, "head_dim": 16, "num_attention_heads": 2,
    "num_key_value_heads": 1, "layer_types": ["sliding_attention", "full_attention", "sliding_attention"],
    "query_pre_attn_scalar": 24, "rms_norm_eps": 1e-6, "num_hidden_layers": 3,
    "rope_parameters": {
        "sliding_attention": {"rope_theta": 10_000.0, "rope_type": "default"},
        "full_attention": {"rope_theta": 1_000_000.0, "rope_type": "default"},
    },
}  # fmt: skip
SHAPE = EncoderShape(layers=2, target_length=16)
PIECES = ["<pad>", "</s>", "<s>", "<unk>", *(f"w{number}" for number in range(56))]
CONFIG = TrainingConfig(
    examples=16, seed=3, warmup=2, validation_every=4, compile=False, precision="float32", target_length=16,
    buckets=(Bucket(16, 2), Bucket(32, 2)), encoder=EncoderOptions(layers=2),
)  # fmt: skip


def tiny_model(std: float = 0.3) -> EncoderDecoderModel:
    """A random network, the same on every call."""
    torch.manual_seed(1)
    model = EncoderDecoderModel(CausalConfig.from_record(RECORD), SHAPE)
    for parameter in model.parameters():
        torch.nn.init.normal_(parameter, std=std)
    return model


def pieces(length: int, seed: int) -> list[int]:
    """Random piece ids that are no special ones."""
    rng = random.Random(seed)
    return [rng.randint(4, 59) for _ in range(length)]


def examples(count: int, seed: int) -> list[EncodedExample]:
    """Random sources of both buckets with outputs."""
    rng = random.Random(seed)
    made = []
    for number in range(count):
        source, output = rng.randint(8, 32), rng.randint(4, 16)
        made.append(EncodedExample(tuple(pieces(source + output, seed + number)), source + 1, (0, 0), source))
    return made


@pytest.mark.parametrize(("quantization", "tolerance"), [("float32", 1e-4), ("int8", 1.5)])
def test_the_translator_computes_what_the_network_computes(
    tmp_path: Path, quantization: str, tolerance: float
) -> None:
    model = tiny_model()
    write_translator(model, PIECES, quantization, tmp_path)
    translator = ctranslate2.Translator(str(tmp_path), compute_type="float32")
    source, output = pieces(21, 5), pieces(9, 6)
    told = translator.translate_batch(
        [[PIECES[piece] for piece in source]], target_prefix=[[PIECES[piece] for piece in output]],
        max_decoding_length=len(output) + 1, beam_size=1, return_logits_vocab=True,
    )  # fmt: skip
    filled = [2, *output, *[0] * (SHAPE.target_length - len(output) - 1)]
    with torch.no_grad():
        hidden = model(torch.tensor([[*source, *[0] * 7, *filled]]))
        ours = (hidden @ model.embed_tokens.weight.T)[0, len(output)]
    torch.testing.assert_close(model.state_dict(), tiny_model().state_dict())
    np.testing.assert_allclose(np.array(told[0].logits[0][-1])[4:], ours.numpy()[4:], atol=tolerance)


def test_layers_that_read_and_write_are_stored_once(tmp_path: Path) -> None:
    model = tiny_model()
    write_translator(model, PIECES, "float32", tmp_path)
    weights = 4 * sum(parameter.numel() for parameter in model.parameters())
    assert (tmp_path / "model.bin").stat().st_size < 1.1 * weights


def test_what_has_no_later_place_in_sight_stands_on_its_own() -> None:
    model, source = tiny_model(), pieces(20, 7)
    with torch.no_grad():
        whole = model.encode(torch.tensor([source]))
        cut = model.encode(torch.tensor([source[:12]]))
    torch.testing.assert_close(whole[:, :12], cut, rtol=1e-4, atol=1e-5)


def test_the_fitted_memory_shows_the_writer_what_the_causal_network_saw() -> None:
    model = tiny_model()
    causal = CausalModel(model.config)
    causal.load_state_dict({n: v for n, v in model.state_dict().items() if not n.startswith(("memory", "encoder"))})
    source, output = pieces(14, 8), pieces(8, 9)

    def distance() -> float:
        """How far the writer's states are from those of the causal network."""
        with torch.no_grad():
            target = torch.tensor([output])
            ours = model.decode(target, model.encode(torch.tensor([source])), torch.zeros(1, 14, dtype=torch.bool))
            theirs = causal(torch.tensor([[*source, *output]]))[:, len(source) :]
        return float((ours - theirs).square().mean())

    before = distance()
    fit = fit_memory(model, [pieces(24, 100 + number) for number in range(60)])
    assert min(fit.values) > 0.5
    assert max(*fit.keys, *fit.values) <= 1.0
    assert distance() < 0.7 * before


def test_batches_part_source_and_output_and_learn_every_piece_of_the_output() -> None:
    layout, items = layout_of(CONFIG), examples(2, 11)
    batch = layout.collate(items, 0.25, random.Random(1))
    width = batch.ids.shape[1] - 16
    learned = batch.weights > 0
    rows, columns = batch.places[learned] // 16, batch.places[learned] % 16
    for row, item in enumerate(items):
        assert batch.ids[row, : item.source].tolist() == list(item.ids[: item.source])
        assert not batch.ids[row, item.source : width].any()
        assert batch.ids[row, width] == PIECES.index("<s>")
        places = columns[rows == row].tolist()
        labels = batch.labels[learned][rows == row].tolist()
        assert labels == list(item.ids[item.target :])
        assert [item.ids[item.source + place] for place in places] == labels
    assert float(batch.weights.sum()) == pytest.approx(1.0)


def test_what_has_no_room_is_left_out_not_cut() -> None:
    layout = layout_of(CONFIG)
    assert layout.holds(EncodedExample((5,) * 48, 33, (0, 0), 32))
    assert not layout.holds(EncodedExample((5,) * 49, 33, (0, 0), 32))
    assert not layout.holds(EncodedExample((5,) * 40, 34, (0, 0), 33))


def test_a_run_that_is_cut_in_two_equals_one_run(tmp_path: Path) -> None:
    data = RunData(examples(20, 20), examples(4, 60))
    whole = tiny_model(0.05)
    progress = CausalRun(whole, data, CONFIG, tmp_path / "whole").train(lambda _: None)

    class KilledError(Exception):
        pass

    def die(line: str) -> None:
        if line.startswith("step 4:"):
            raise KilledError

    often = replace(CONFIG, checkpoint_minutes=0.0)
    with pytest.raises(KilledError):
        CausalRun(tiny_model(0.05), data, often, tmp_path / "cut").train(die)
    rest = tiny_model(0.05)
    again = CausalRun(rest, data, often, tmp_path / "cut").train(lambda _: None)
    assert again.step == progress.step
    for name, value in whole.state_dict().items():
        assert torch.equal(value, rest.state_dict()[name]), name


def test_training_lowers_the_loss_on_what_it_sees(tmp_path: Path) -> None:
    data = RunData(examples(4, 70), examples(4, 70))
    config = replace(CONFIG, examples=160, learning_rate=3e-3, embedding_rate=3e-3, validation_every=20)
    progress = CausalRun(tiny_model(0.05), data, config, tmp_path / "run").train(lambda _: None)
    assert progress.best_loss < 0.8 * progress.losses[0][2]


def test_layers_of_the_encoder_are_checked() -> None:
    assert config_of({"encoder": {"layers": 4, "drop_layers": [2]}}, "test").encoder.drop_layers == (2,)
    with pytest.raises(OptionError, match="drop_layers"):
        config_of({"encoder": {"drop_layers": "2"}}, "test")


def causal_folder(folder: Path) -> Path:
    """A causal base on disk."""
    folder.mkdir()
    (folder / "architecture.json").write_text(json.dumps(RECORD), encoding="utf-8")
    torch.manual_seed(2)
    save_file(CausalModel(CausalConfig.from_record(RECORD)).state_dict(), folder / "model.safetensors")
    return folder


def test_a_base_becomes_an_encoder_decoder_once(tmp_path: Path) -> None:
    base, config = causal_folder(tmp_path / "base"), replace(CONFIG, encoder=EncoderOptions(2, (1,), fit_articles=8))
    start = with_encoder(base, examples(8, 30), config, tmp_path)
    model, causal = read_base(start), read_base(base)
    assert isinstance(model, EncoderDecoderModel)
    assert model.shape == SHAPE
    assert len(model.layers) == len(model.memory) == 2
    assert torch.equal(model.layers[1].mlp.up_proj.weight, causal.layers[2].mlp.up_proj.weight)
    assert float(model.memory[0].weight.detach().abs().max()) > 0
    made = (start / "model.safetensors").stat().st_mtime_ns
    assert with_encoder(base, examples(8, 31), config, tmp_path) == start
    assert (start / "model.safetensors").stat().st_mtime_ns == made
    assert with_encoder(start, examples(8, 31), config, tmp_path / "next") == start


def test_more_readers_than_layers_are_refused(tmp_path: Path) -> None:
    config = replace(CONFIG, encoder=EncoderOptions(3, (1,)))
    with pytest.raises(OptionError, match=r"encoder\.layers is 3; 2 are left"):
        with_encoder(causal_folder(tmp_path / "base"), examples(4, 30), config, tmp_path)


def test_an_export_is_no_base(tmp_path: Path) -> None:
    record = {**RECORD, "encoder": {"layers": 2, "target_length": 16}}
    (tmp_path / "architecture.json").write_text(json.dumps(record), encoding="utf-8")
    with pytest.raises(ModelError, match="export of an encoder–decoder"):
        read_base(tmp_path)
