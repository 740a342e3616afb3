"""Training of the causal model: the same network as transformers', the same run whether cut or not, clean examples."""

import random
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from transformers import Gemma3ForCausalLM, Gemma3TextConfig

from thads_nlp.errors import ModelError, OptionError
from thads_nlp.model.folder import find_model
from thads_nlp.model.tokenizer import WordPieces
from thads_nlp.training.batches import EncodedExample, plan_batches, target_places
from thads_nlp.training.causal import CausalConfig, CausalModel
from thads_nlp.training.causal_run import CausalRun, RunData
from thads_nlp.training.checkpoint import find_checkpoint
from thads_nlp.training.config import Bucket, TrainingConfig, config_of, read_config
from thads_nlp.training.examples import Example, ExampleOptions, SegmentedPair, make_examples
from thads_nlp.training.layouts import WholeText
from thads_nlp.training.weights import HeadSizes, load_state

TINY = {
    "vocab_size": 60, "hidden_size": 32, "intermediate_size": 48, "head_dim": 16, "num_attention_heads": 2,
    "num_key_value_heads": 1, "layer_types": ["sliding_attention", "full_attention"], "query_pre_attn_scalar": 16,
    "rms_norm_eps": 1e-6, "num_hidden_layers": 2,
    "rope_parameters": {
        "sliding_attention": {"rope_theta": 10_000.0, "rope_type": "default"},
        "full_attention": {"rope_theta": 1_000_000.0, "rope_type": "default"},
    },
}  # fmt: skip
BUCKETS = (Bucket(16, 2), Bucket(32, 2))
CONFIG = TrainingConfig(
    examples=16, seed=3, warmup=2, picks=24, validation_every=4, compile=False, precision="float32", buckets=BUCKETS
)


def tiny_model() -> CausalModel:
    """A random network, the same on every call."""
    torch.manual_seed(1)
    model = CausalModel(CausalConfig.from_record(TINY))
    for parameter in model.parameters():
        torch.nn.init.normal_(parameter, std=0.05)
    return model


def examples(count: int, seed: int) -> list[EncodedExample]:
    """Random sequences of both buckets."""
    rng = random.Random(seed)
    lengths = [rng.randint(8, 32) for _ in range(count)]
    return [EncodedExample(tuple(rng.randint(1, 59) for _ in range(n)), target=n // 2) for n in lengths]


def test_the_network_computes_what_transformers_computes() -> None:
    model = tiny_model()
    reference = Gemma3ForCausalLM(Gemma3TextConfig(**TINY)).eval()
    state = {f"model.{name}": value for name, value in model.state_dict().items()}
    reference.load_state_dict({**state, "lm_head.weight": model.embed_tokens.weight})
    ids = torch.randint(1, 60, (2, 20), generator=torch.Generator().manual_seed(2))
    with torch.no_grad():
        ours = model(ids) @ model.embed_tokens.weight.T
        torch.testing.assert_close(ours, reference(ids).logits, rtol=1e-4, atol=1e-5)


@pytest.mark.model
def test_the_shipped_export_gives_back_its_weights() -> None:
    state = load_state(Path(find_model(None)), HeadSizes(query=1024, key=256))
    assert state["embed_tokens.weight"].shape == (20_000, 640)
    assert state["layers.15.self_attn.k_proj.weight"].shape == (256, 640)
    assert all(torch.isfinite(value).all() for value in state.values())
    assert len(state) == 2 + 16 * 13


def test_a_folder_without_weights_is_named(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"model\.safetensors"):
        load_state(tmp_path, HeadSizes(1, 1))
    (tmp_path / "model.bin").write_bytes(b"\x09\x00\x00\x00rest")
    with pytest.raises(ModelError, match="not a CTranslate2 model file"):
        load_state(tmp_path, HeadSizes(1, 1))


def test_a_run_that_is_cut_in_two_equals_one_run(tmp_path: Path) -> None:
    data = RunData(examples(20, 5), examples(4, 6))
    whole = tiny_model()
    CausalRun(whole, data, CONFIG, tmp_path / "whole").train(lambda _: None)

    class KilledError(Exception):
        pass

    def die(line: str) -> None:
        if line.startswith("step 4:"):
            raise KilledError

    often = replace(CONFIG, checkpoint_minutes=0.0)
    with pytest.raises(KilledError):
        CausalRun(tiny_model(), data, often, tmp_path / "cut").train(die)
    assert find_checkpoint(tmp_path / "cut" / "checkpoint") is not None
    rest = tiny_model()
    lines: list[str] = []
    progress = CausalRun(rest, data, often, tmp_path / "cut").train(lines.append)
    assert lines[0].startswith("going on from step 3")
    assert progress.step == len(plan_batches([len(e.ids) for e in data.train], BUCKETS, 16, 3))
    for name, value in whole.state_dict().items():
        assert torch.equal(value, rest.state_dict()[name]), name


def test_training_lowers_the_loss_on_what_it_sees(tmp_path: Path) -> None:
    data = RunData(examples(4, 7), examples(4, 7))
    config = replace(CONFIG, examples=160, learning_rate=3e-3, embedding_rate=3e-3, validation_every=20)
    progress = CausalRun(tiny_model(), data, config, tmp_path / "run").train(lambda _: None)
    assert progress.best_loss < 0.8 * progress.losses[0][2]


def test_a_share_of_the_base_is_tried_at_the_end(tmp_path: Path) -> None:
    from safetensors.torch import load_file

    data = RunData(examples(4, 7), examples(4, 7))
    config = replace(CONFIG, examples=160, learning_rate=3e-3, embedding_rate=3e-3, validation_every=1000)
    plain, mixed, base = tiny_model(), tiny_model(), tiny_model().state_dict()
    CausalRun(plain, data, config, tmp_path / "plain").train(lambda _: None)
    tried = CausalRun(mixed, data, replace(config, base_share=0.25), tmp_path / "mixed").train(lambda _: None)
    assert len(tried.losses) == 3  # before, at the last step, with the share
    for name, value in plain.state_dict().items():
        assert torch.equal(value, mixed.state_dict()[name])  # the run itself goes on from its own weights
    best = load_file(tmp_path / "mixed" / "best.safetensors")
    at_end, with_share = tried.losses[1][2], tried.losses[2][2]
    for name, value in plain.state_dict().items():
        expected = value.lerp(base[name], 0.25) if with_share < at_end else value
        assert torch.allclose(best[name], expected, atol=1e-6), name


def test_the_average_of_a_run_survives_a_kill_and_is_tried_at_the_end(tmp_path: Path) -> None:
    from safetensors.torch import load_file

    data = RunData(examples(4, 7), examples(4, 7))
    config = replace(CONFIG, examples=160, checkpoint_minutes=0.0, average_share=0.5, validation_every=1000)
    whole = CausalRun(tiny_model(), data, config, tmp_path / "whole").train(lambda _: None)
    assert len(whole.losses) == 3  # before, at the last step, of the average

    class KilledError(Exception):
        pass

    def die(line: str) -> None:
        if line.startswith(f"step {whole.step - 10}/"):
            raise KilledError

    with pytest.raises(KilledError):
        CausalRun(tiny_model(), data, config, tmp_path / "cut").train(die)
    CausalRun(tiny_model(), data, config, tmp_path / "cut").train(lambda _: None)
    one, other = (load_file(tmp_path / name / "checkpoint" / "average.safetensors") for name in ("whole", "cut"))
    assert int(one["n_averaged"]) >= 2
    assert all(torch.equal(value, other[name]) for name, value in one.items())
    last = load_file(tmp_path / "whole" / "checkpoint" / "model.safetensors")
    assert any(not torch.equal(value, one[f"module.{name}"]) for name, value in last.items())


def test_another_configuration_does_not_go_on(tmp_path: Path) -> None:
    data = RunData(examples(8, 5), examples(4, 6))
    CausalRun(tiny_model(), data, CONFIG, tmp_path / "run").train(lambda _: None)
    with pytest.raises(OptionError, match="seed"):
        CausalRun(tiny_model(), data, replace(CONFIG, seed=4), tmp_path / "run").train(lambda _: None)


@given(st.lists(st.integers(4, 32), min_size=1, max_size=60), st.integers(0, 5))
def test_batches_hold_their_shapes_and_depend_on_the_seed_alone(lengths: list[int], seed: int) -> None:
    steps = plan_batches(lengths, BUCKETS, 40, seed)
    assert steps == plan_batches(lengths, BUCKETS, 40, seed)
    items = [EncodedExample(tuple(range(1, n + 1)), target=n // 2) for n in lengths]
    for indices in steps:
        batch = WholeText(BUCKETS, 24).collate([items[i] for i in indices], 0.25, random.Random(seed))
        assert tuple(batch.ids.shape) in {(b.batch, b.length) for b in BUCKETS}
        assert len(batch.places) == len(batch.labels) == len(batch.weights) == 24
        flat = batch.ids.flatten()
        learned = batch.weights > 0
        assert torch.equal(flat[batch.places[learned] + 1], batch.labels[learned])


def test_a_skipped_title_is_not_learned() -> None:
    assert list(target_places(EncodedExample((1,) * 10, target=4, skipped=(4, 7)))) == [7, 8, 9]


PAIR = SegmentedPair(
    "1",
    ("Thu", "ngân_sách", "tỉnh", "A", "tăng", "12", "%"),
    ("Thu", "ngân_sách", "của", "tỉnh", "A", "đạt", "1.250", "tỷ", "đồng", ",", "tăng", "12", "%", "."),
    (
        tuple("Thu ngân_sách của tỉnh A chín tháng đạt 1.250 tỷ đồng , tăng 12 % .".split()),
        ("Các", "đơn_vị", "tiếp_tục", "thực_hiện", "nhiệm_vụ", "."),
    ),
)  # fmt: skip


@pytest.fixture(scope="module")
def pieces() -> WordPieces:
    """The word pieces of the shipped model."""
    return WordPieces.load(Path(find_model(None)) / "tokenizer.json")


def made(pair: SegmentedPair, pieces: WordPieces) -> list[Example | str]:
    """The examples of a pair."""
    return list(make_examples(pair, pieces, ExampleOptions(figure_share=1.0), random.Random(2)))


def test_examples_put_slots_for_the_numbers_of_source_and_target(pieces: WordPieces) -> None:
    brief, figure = made(PAIR, pieces)
    assert isinstance(brief, Example)
    assert isinstance(figure, Example)
    target = brief.subwords[brief.target :]
    assert "<num1>" in target
    assert not any(char.isdigit() for piece in target if not piece.startswith("<") for char in piece)
    assert figure.task == "figure"
    assert figure.subwords[figure.target - 1] == "<sum>"
    assert figure.subwords[figure.target - 2] in figure.subwords[figure.target :]


@pytest.mark.parametrize(
    ("abstract", "reason"),
    [
        ("Thu ngân_sách của tỉnh A đạt 1.251 tỷ đồng , tăng 12 % .", "number"),
        ("Thu ngân_sách của tỉnh A theo Sở Tài_chính Nam_Sơn đạt 1.250 tỷ đồng .", "name"),
        ("Mưa lớn gây ngập nhiều tuyến phố khiến giao_thông tê_liệt .", "coverage"),
        ("Thu ngân_sách của tỉnh A đạt 1.250 tỷ đồng", "unfinished"),
        ("Thu tăng .", "length"),
        ("Theo_đó , thu ngân_sách của tỉnh A đạt 1.250 tỷ đồng .", "opening"),
    ],
)
def test_targets_that_teach_invention_are_left_out(pieces: WordPieces, abstract: str, reason: str) -> None:
    assert made(replace(PAIR, abstract=tuple(abstract.split())), pieces) == [reason]


def test_a_configuration_file_is_checked(tmp_path: Path) -> None:
    path = tmp_path / "run.toml"
    path.write_text("examples = 40\n[data]\ncoverage = 0.5\n", encoding="utf-8")
    assert read_config(path).data.coverage == 0.5
    for text, message in (("exampels = 4", "unknown key"), ("seed = 'x'", "type int"), ("clip = -1", "negative")):
        path.write_text(text, encoding="utf-8")
        with pytest.raises(OptionError, match=message):
            read_config(path)
    with pytest.raises(OptionError, match="precision"):
        config_of({"precision": "int4"}, "test")
