"""What training is made of: pairs and examples from the cache, bases with a new vocabulary, the trainer's run."""

from __future__ import annotations

import json
import random
import unicodedata
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

import datasets
import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from tiny import make_tiny, word_tokenizer
from tokenizers import Tokenizer
from transformers import Gemma3ForCausalLM, Gemma3TextConfig

from thads_nlp.errors import InputError, ModelError, OptionError
from thads_nlp.model.folder import SHIPPED_PLACES
from thads_nlp.model.tokenizer import WordPieces
from thads_nlp.training import corpus
from thads_nlp.training.base import build_base, kind_of, load_base, without_layers
from thads_nlp.training.causal import CausalConfig, CausalModel
from thads_nlp.training.config import BaseOptions, Bucket, TrainingConfig, check_same, config_of
from thads_nlp.training.corpus import load_pairs, segment_pairs, segmented_pair
from thads_nlp.training.data import Pair, Skipped, read_pairs
from thads_nlp.training.examples import ExampleOptions, SegmentedPair
from thads_nlp.training.prepare import encode_pairs, encode_segmented
from thads_nlp.training.seq2seq_run import last_checkpoint
from thads_nlp.training.train import TrainOptions, train
from thads_nlp.training.vocabulary import (
    piece_text,
    special_tokens,
    train_vocabulary,
    transplanted,
    vocabulary_lines,
)
from thads_nlp.training.weights import HeadSizes, load_state, read_config

SHIPPED = SHIPPED_PLACES[1] / "tokenizer.json"
PLACES, GOODS = ("tỉnh A", "huyện B", "thành phố C"), ("gạo", "cà phê", "rau quả", "gỗ")


@pytest.fixture(autouse=True)
def cache(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A cache of the test's own."""
    folder = tmp_path_factory.mktemp("cache")
    monkeypatch.setattr(datasets.config, "HF_DATASETS_CACHE", folder)
    return folder


def row(number: int) -> dict[str, str]:
    """An article whose summary its body supports."""
    rng = random.Random(number)
    place, good, amount, rise = rng.choice(PLACES), rng.choice(GOODS), rng.randint(100, 900), rng.randint(2, 30)
    said = f"Xuất khẩu {good} của {place} đạt {amount} tấn, tăng {rise}% so với cùng kỳ năm trước"
    return {
        "id": f"n{number}", "title": f"{place} xuất khẩu {amount} tấn {good}", "summary": f"{said}.",
        "body": f"Theo báo cáo của sở, trong quý này {said[0].lower()}{said[1:]}.\nCác doanh nghiệp giữ đơn hàng.",
    }  # fmt: skip


def write_rows(path: Path, rows: list[Any]) -> Path:
    """A JSONL file."""
    path.write_text("".join(json.dumps(one, ensure_ascii=False) + "\n" for one in rows), encoding="utf-8")
    return path


# Pairs and their cache.


def test_examples_from_the_cache_are_those_of_the_plain_loop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(corpus, "_ROWS_A_WORKER", 10)
    rows = [row(number) for number in range(45)]
    rows[7]["summary"] = "Doanh thu đạt 17 tỷ đồng trong quý này, tăng mạnh so với năm trước."
    data = write_rows(tmp_path / "data.jsonl", rows)
    config = TrainingConfig(seed=5, data=ExampleOptions(figure_share=0.5, window_low=20, window_high=60))
    counted: Counter[str] = Counter()
    wanted = list(encode_pairs(load_pairs(data, Counter()), WordPieces.load(SHIPPED), config, config.data, counted))
    for workers in (1, 2):
        reasons: Counter[str] = Counter()
        segments = segment_pairs(load_pairs(data, Counter()), workers)
        made = encode_segmented(segments, SHIPPED, config, workers, reasons)
        assert list(made) == wanted
        assert made[3] == wanted[3]
        assert list(made[2:5]) == wanted[2:5]
        assert reasons == counted
    assert counted["number"] >= 1


def test_nothing_is_segmented_twice_and_nothing_stale_is_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    data = write_rows(tmp_path / "data.jsonl", [row(number) for number in range(5)])
    first = [segmented_pair(one) for one in segment_pairs(load_pairs(data, Counter()), 1)]
    real, calls = corpus.model_words, Counter[str]()

    def counted(text: str) -> tuple[str, ...]:
        calls["words"] += 1
        return real(text)

    monkeypatch.setattr(corpus, "model_words", counted)
    again = segment_pairs(load_pairs(data, Counter()), 1)
    assert [segmented_pair(one) for one in again] == first
    assert not calls
    for _ in range(2):
        chosen = segment_pairs(load_pairs(data, Counter()).select([4, 1]), 1)
        assert [segmented_pair(one) for one in chosen] == [first[4], first[1]]
    assert calls.pop("words") == 2 * 4
    write_rows(data, [row(number) for number in range(1, 6)])
    changed = segment_pairs(load_pairs(data, Counter()), 1)
    assert [one["id"] for one in changed] == [f"n{number}" for number in range(1, 6)]
    assert calls["words"] == 5 * 4
    monkeypatch.setattr(corpus, "code_digest", lambda *parts: "another version of the code")
    list(segment_pairs(load_pairs(data, Counter()), 1))
    assert calls["words"] == 2 * 5 * 4


def test_a_row_that_breaks_the_segmenter_costs_itself_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    data = write_rows(tmp_path / "data.jsonl", [row(number) for number in range(3)])
    real = corpus.model_words

    def broken(text: str) -> tuple[str, ...]:
        if text == row(1)["title"]:
            raise ValueError("no words")
        return real(text)

    monkeypatch.setattr(corpus, "model_words", broken)
    reasons: Counter[str] = Counter()
    segments = segment_pairs(load_pairs(data, Counter()), 1)
    encode_segmented(segments, SHIPPED, TrainingConfig(), 1, reasons)
    assert reasons["cannot be segmented"] == 1
    assert reasons["task brief"] == 2


LONG = {"id": "long", "title": "x", "summary": "y", "body": "Một câu. " * 1_200_000}
BAD: list[Any] = [
    {"id": "n0", "title": "x", "summary": "y", "body": "z"}, {"id": "a", "title": "x", "summary": "y"},
    {"id": "b", "title": "x", "summary": "\n", "body": "z"}, {"id": "c", "title": "x", "summary": "y", "body": ""},
    {"id": "d", "title": "x", "summary": 5, "body": "z"}, LONG, ["no object"], None,
]  # fmt: skip


def test_a_run_reports_bad_rows_and_goes_on(tmp_path: Path) -> None:
    data = write_rows(tmp_path / "data.jsonl", [row(number) for number in range(4)] + BAD)
    half = '{"id": "e", "title": "x \\ud800", "summary": "y", "body": "z"}\n'
    data.write_bytes(data.read_bytes() + half.encode() + "Tiêu đề".encode("cp1258", "replace") + b'\xff\n{"id": 1\n')
    skipped: Counter[str] = Counter()
    assert [pair.id for pair in load_pairs(data, skipped)] == ["n0", "n1", "n2", "n3"]
    wanted = {
        "duplicate id": 1, "missing field": 2, "empty summary": 1, "empty body": 1, "body too long": 1, "no object": 2,
        "broken characters": 1, "no JSON": 1, "unreadable": 1,
    }  # fmt: skip
    assert skipped == wanted
    again: Counter[str] = Counter()
    load_pairs(data, again)
    assert again == wanted
    lines: list[str] = []
    config = TrainingConfig(data=ExampleOptions(target_low=70), compile=False)
    with pytest.raises(OptionError, match="no training example"):
        train(TrainOptions(data, tmp_path / "run", validation=data, workers=1), config, lines.append)
    # Data and validation data are the same file here.
    assert {f"{2 * count} rows skipped: {reason}" for reason, count in wanted.items()} <= set(lines)


def test_data_without_one_pair_are_refused_with_the_reasons(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"missing field \(1\)"):
        load_pairs(write_rows(tmp_path / "bad.jsonl", BAD[1:2]), Counter())
    with pytest.raises(InputError, match=r"nowhere"):
        load_pairs(tmp_path / "nowhere", Counter())


def tones_apart(text: str) -> str:
    """Text as the old Windows code page writes it: marks of tone after their letter."""
    marks = "\u0300\u0301\u0303\u0309\u0323"
    parts = (unicodedata.normalize("NFD", char) for char in text)
    split = (("".join(c for c in part if c not in marks), "".join(c for c in part if c in marks)) for part in parts)
    return "".join(unicodedata.normalize("NFC", letter) + tone for letter, tone in split)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1258"])
def test_the_folder_of_the_corpus_is_read_in_any_encoding(tmp_path: Path, encoding: str) -> None:
    body = "Câu một của bài về tỉnh .\nCâu hai của bài về huyện ."
    text = "\n\n".join(["Tiêu_đề của bài", "Tóm_tắt của bài .", body, "Ảnh minh_họa"]) + "\n"
    (tmp_path / "000001.txt.seg").write_bytes((tones_apart(text) if encoding == "cp1258" else text).encode(encoding))
    (tmp_path / "000002.txt.seg").write_bytes(b"\x00\x01\x02\xff" * 40)
    (tmp_path / "000003.txt.seg").write_text("Chỉ có một phần\n", encoding="utf-8")
    good, *bad = read_pairs(tmp_path)
    assert all(isinstance(one, Skipped) for one in bad)
    assert good == Pair("000001", "Tiêu đề của bài", "Tóm tắt của bài.",
                        "Câu một của bài về tỉnh.\nCâu hai của bài về huyện.")  # fmt: skip
    assert len(bad) == 2


# Vocabulary.

LINES = ["", "Thi_hành án dân_sự tỉnh A", "thi_hành án dân_sự huyện B đạt kế_hoạch", "kế_hoạch thi_hành án"]


def test_a_vocabulary_has_the_form_of_the_shipped_one(tmp_path: Path) -> None:
    tokenizer = train_vocabulary(LINES, 150)
    ours, shipped = json.loads(tokenizer.to_str()), json.loads(SHIPPED.read_text(encoding="utf-8"))
    for part in ("added_tokens", "normalizer", "pre_tokenizer", "post_processor", "decoder"):
        assert ours[part] == shipped[part], part
    for key in shipped["model"]:
        if key not in ("vocab", "merges"):
            assert ours["model"][key] == shipped["model"][key], key
    tokenizer.save(str(tmp_path / "tokenizer.json"))
    pieces = WordPieces.load(tmp_path / "tokenizer.json")
    assert pieces.encode(["thi_hành", "<num1>", "án"]) == ["▁thi_hành", "<num1>", "▁án"]
    assert pieces.decode([*pieces.encode(["dân_án"]), "<p>", *pieces.encode(["tỉnh"])]) == ["dân_án", "<p>", "tỉnh"]
    assert [pieces.ids([token])[0] for token in special_tokens()] == list(range(52))


def test_numbers_that_get_a_slot_are_no_part_of_a_vocabulary() -> None:
    pair = SegmentedPair("1", ("Đạt", "12", "%"), ("Đạt", "12", "%", "."), (("Tỉnh", "A", "đạt", "12", "%", "."),))
    assert list(vocabulary_lines([pair])) == ["Đạt %", "Đạt % .", "Tỉnh A đạt % ."]
    with pytest.raises(InputError, match="no words"):
        train_vocabulary([], 100)


@pytest.mark.parametrize(
    ("piece", "text"),
    [("▁Bản_án", " Bản án"), ("_t", " t"), ("n_", "n"), ("▁", " "), ("<num12>", " số 12"), ("<date3>", " ngày 3"),
     ("</s>", "<eos>"), ("<p>", "\n")],
)  # fmt: skip
def test_pieces_stand_for_text(piece: str, text: str) -> None:
    assert piece_text(piece) == text


@given(st.lists(st.sampled_from(["▁án", "_x", "y", "<num2>"]), min_size=1, max_size=4))
def test_a_new_embedding_is_the_mean_of_the_pieces_of_its_text(pieces: list[str]) -> None:
    table = torch.arange(300.0).reshape(100, 3)
    made = transplanted(table, lambda text: [ord(char) % 100 for char in text], pieces)
    for index, piece in enumerate(pieces):
        places = [ord(char) % 100 for char in piece_text(piece)]
        torch.testing.assert_close(made[index], table[places].mean(0))


# Bases.

SHAPE = {
    "hidden_size": 64, "intermediate_size": 96, "head_dim": 32, "num_attention_heads": 2, "num_key_value_heads": 1,
    "num_hidden_layers": 6, "query_pre_attn_scalar": 256, "sliding_window": 512, "bos_token_id": 2, "eos_token_id": 1,
    "pad_token_id": 0,
}  # fmt: skip
# A tokenizer as GGUF files of Gemma keep it: pieces with scores, single characters so that merges are few.
PIECES = ["<pad>", "<eos>", "<bos>", "<unk>", *(f"<0x{byte:02X}>" for byte in range(256)), "▁",
          *"abcdeghiklmnopqrstuvxyăâđêôơưáàảãạéèẻẽẹíìỉĩịóòỏõọúùủũụếềểễệốồổỗộớờởỡợứừửữựấầẩẫậắằẳẵặýỳỷỹỵ", "án", "▁t"]


def gemma(size: int) -> Gemma3ForCausalLM:
    """A random Gemma 3 whose norms are no zeros."""
    torch.manual_seed(7)
    model = Gemma3ForCausalLM(Gemma3TextConfig(vocab_size=size, **SHAPE)).eval()
    with torch.no_grad():
        for value in model.parameters():
            value.normal_(0.0, 0.2)
    return model


def write_gguf(model: Gemma3ForCausalLM, path: Path, weights: str = "Q8_0") -> None:
    """The model as llama.cpp's converter writes it: other names, norms as 1 + w, the other weights in few bits."""
    import gguf

    writer = gguf.GGUFWriter(path, "gemma3")
    writer.add_block_count(6)
    writer.add_context_length(512)
    writer.add_embedding_length(64)
    writer.add_feed_forward_length(96)
    writer.add_head_count(2)
    writer.add_head_count_kv(1)
    writer.add_key_length(32)
    writer.add_value_length(32)
    writer.add_layer_norm_rms_eps(1e-6)
    writer.add_rope_freq_base(1_000_000.0)
    writer.add_sliding_window(512)
    writer.add_tokenizer_model("llama")
    writer.add_token_list(PIECES)
    writer.add_token_scores([-float(index) for index in range(len(PIECES))])
    writer.add_token_types([3, 3, 3, 3] + [6] * 256 + [1] * (len(PIECES) - 260))
    writer.add_bos_token_id(2)
    writer.add_eos_token_id(1)
    writer.add_unk_token_id(3)
    writer.add_pad_token_id(0)
    names = gguf.get_tensor_name_map(gguf.MODEL_ARCH.GEMMA3, 6)
    for name, value in model.state_dict().items():
        if name == "lm_head.weight":
            continue
        stem = name.removesuffix(".weight")
        array = (value + 1 if "norm" in name else value).detach().numpy().astype(np.float32)
        kind = gguf.GGMLQuantizationType["F32" if "norm" in name else weights]
        writer.add_tensor(f"{names.get_name(stem)}.weight", gguf.quants.quantize(array, kind), raw_dtype=kind)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def logits(base_state: dict[str, torch.Tensor], architecture: dict[str, Any], ids: torch.Tensor) -> torch.Tensor:
    """What the training network computes from a base."""
    model = CausalModel(CausalConfig.from_record(architecture))
    model.load_state_dict(base_state)
    with torch.no_grad():
        return model(ids) @ model.embed_tokens.weight.T


def test_a_gguf_file_is_the_model_it_was_made_of(tmp_path: Path) -> None:
    model = gemma(len(PIECES))
    path = tmp_path / "tiny.gguf"
    write_gguf(model, path, "F32")
    assert kind_of(path) == "gemma"
    base = load_base(str(path))
    assert [PIECES[number] for number in base.encode(" tán")] == ["▁t", "án"]
    ids = torch.randint(4, len(PIECES), (2, 12), generator=torch.Generator().manual_seed(1))
    with torch.no_grad():
        wanted = model(ids).logits
    torch.testing.assert_close(logits(base.state, base.architecture, ids), wanted, rtol=1e-4, atol=1e-4)
    assert base.architecture["layer_types"][5] == "full_attention"
    write_gguf(model, path, "Q8_0")
    for name, value in load_base(str(path)).state.items():
        # Blocks of 32 weights share a scale: half a step of 1/127 of the largest at most, and its rounding.
        assert (value - base.state[name]).abs().max() <= base.state[name].abs().max() / 127 * 0.6, name


def test_layers_are_left_out_and_the_vocabulary_is_replaced(tmp_path: Path) -> None:
    folder = tmp_path / "hf"
    tokenizer = word_tokenizer()
    model = gemma(len(tokenizer))
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    assert kind_of(folder) == "gemma"
    fresh = train_vocabulary(["tỉnh A thi_hành xong một nghìn việc", "tỉnh A thi_hành xong"], 120)
    build_base(str(folder), fresh, BaseOptions(drop_layers=(1, 4)), tmp_path / "base")
    assert kind_of(tmp_path / "base") == "ready"
    assert "layers 1, 4 removed" in (tmp_path / "base" / "NOTICE").read_text(encoding="utf-8")
    record, state = read_config(tmp_path / "base"), load_state(tmp_path / "base", HeadSizes(64, 32))
    assert record["layer_types"] == ["sliding_attention"] * 3 + ["full_attention"]
    assert record["vocab_size"] == fresh.get_vocab_size() == len(state["embed_tokens.weight"])
    kept = model.model.layers[5].mlp.up_proj.weight
    assert torch.equal(state["layers.3.mlp.up_proj.weight"], kept)
    words = tokenizer.convert_tokens_to_ids(["thi", "hành"])
    wanted = model.model.embed_tokens.weight[words].mean(0)
    torch.testing.assert_close(state["embed_tokens.weight"][fresh.token_to_id("▁thi_hành")], wanted)
    assert logits(state, record, torch.tensor([[5, 6, 7]])).isfinite().all()


def test_bases_that_cannot_be_used_are_named(tmp_path: Path) -> None:
    (tmp_path / "bad.gguf").write_bytes(b"GGUF" + b"\0" * 40)
    with pytest.raises(ModelError, match="no such file"):
        kind_of(tmp_path / "none.gguf")
    with pytest.raises(ModelError, match=r"bad\.gguf: no Gemma 3"):
        load_base(str(tmp_path / "bad.gguf"))
    make_tiny("bart", tmp_path / "bart")
    assert kind_of(tmp_path / "bart") == "encoder-decoder"
    tokenizer = word_tokenizer()
    gemma(len(tokenizer)).save_pretrained(tmp_path / "hf")
    tokenizer.save_pretrained(tmp_path / "hf")
    base = load_base(str(tmp_path / "hf"))
    with pytest.raises(OptionError, match="layers 0 to 5"):
        without_layers(base, (2, 6))
    with pytest.raises(OptionError, match="layers 0 to 5"):
        without_layers(base, range(6))


def test_a_run_from_a_gguf_file_builds_its_base_once(tmp_path: Path) -> None:
    write_gguf(gemma(len(PIECES)), tmp_path / "tiny.gguf")
    data = write_rows(tmp_path / "data.jsonl", [row(number) for number in range(40)])
    config = TrainingConfig(
        examples=32, warmup=1, picks=256, validation_every=4, compile=False, precision="float32",
        learning_rate=3e-3, embedding_rate=3e-3, buckets=(Bucket(128, 8),),
        data=ExampleOptions(coverage=0.5, window_low=40, window_high=60),
        base=BaseOptions(drop_layers=(2,), vocabulary=400),
    )  # fmt: skip
    options = TrainOptions(data, tmp_path / "run", base=str(tmp_path / "tiny.gguf"), workers=1)
    lines: list[str] = []
    done = train(options, config, lines.append)
    assert done.shape == "decoder"
    before = float(next(line for line in lines if "before training" in line).split()[-1])
    assert done.validation_loss < before
    built = (tmp_path / "run" / "base" / "model.safetensors").stat().st_mtime_ns
    assert Tokenizer.from_file(str(tmp_path / "run" / "tokenizer.json")).token_to_id("<date20>") == 51
    train(options, replace(config, examples=40), lines.append)
    assert any(line.startswith("going on from step 4") for line in lines)
    assert (tmp_path / "run" / "base" / "model.safetensors").stat().st_mtime_ns == built
    with pytest.raises(OptionError, match="base"):
        train(options, replace(config, base=BaseOptions(drop_layers=(3,))), lines.append)


def test_configurations_of_bases_are_checked(tmp_path: Path) -> None:
    assert config_of({"base": {"drop_layers": [1]}}, "test").base == BaseOptions((1,))
    for layers in (3, ["a"], [-1], [True]):
        with pytest.raises(OptionError, match="drop_layers"):
            config_of({"base": {"drop_layers": layers}}, "test")
    old = TrainingConfig(seed=9).to_record()
    del old["base"]
    check_same(json.loads(json.dumps(old)), TrainingConfig(seed=9, examples=3), tmp_path)
    with pytest.raises(OptionError, match="seed"):
        check_same(old, TrainingConfig(seed=8), tmp_path)


# The trainer's run.

SEQ2SEQ = TrainingConfig(
    examples=80, batch=8, learning_rate=0.01, warmup=1, source_length=48, target_length=24, validation_every=4,
    precision="float32", seed=2,
)  # fmt: skip


class KilledError(Exception):
    """Ends a run where a kill would."""


def seq2seq(tmp_path: Path, output: str, config: TrainingConfig, die: str | None = None) -> tuple[Any, list[str]]:
    """A run of a small encoder–decoder with dropout; ends at a line of progress that opens with ``die``."""
    data = tmp_path / "data.jsonl"
    if not data.is_file():
        write_rows(data, [row(number) for number in range(40)])
        make_tiny("bart", tmp_path / "base")
    lines: list[str] = []

    def report(line: str) -> None:
        lines.append(line)
        if die is not None and line.startswith(die):
            raise KilledError

    options = TrainOptions(data, tmp_path / output, base=str(tmp_path / "base"), workers=1)
    return train(options, config, report), lines


def test_a_trainer_run_that_is_cut_in_two_equals_one_run(tmp_path: Path) -> None:
    from safetensors.torch import load_file

    whole, _ = seq2seq(tmp_path, "whole", SEQ2SEQ)
    often = replace(SEQ2SEQ, checkpoint_minutes=0.0)
    with pytest.raises(KilledError):
        seq2seq(tmp_path, "cut", often, "step 8:")
    checkpoints = tmp_path / "cut" / "checkpoint"
    torn = checkpoints / "checkpoint-9"
    torn.mkdir()
    (torn / "trainer_state.json").write_text('{"global_step": 9', encoding="utf-8")
    last = last_checkpoint(checkpoints)
    assert last is not None
    assert last.name == "checkpoint-7"
    rest, lines = seq2seq(tmp_path, "cut", often)
    assert "going on from step 7 of 10" in lines
    assert rest == whole
    folders = [tmp_path / name / "checkpoint" / "checkpoint-10" for name in ("whole", "cut")]
    ends = [load_file(folder / "model.safetensors") for folder in folders]
    for name, value in ends[0].items():
        assert torch.equal(value, ends[1][name]), name
    moments = [torch.load(folder / "optimizer.pt", weights_only=True)["state"] for folder in folders]
    assert all(torch.equal(moments[0][key]["exp_avg"], moments[1][key]["exp_avg"]) for key in moments[0])
    again, _ = seq2seq(tmp_path, "cut", often)
    assert again == whole
    with pytest.raises(OptionError, match="learning_rate"):
        seq2seq(tmp_path, "cut", replace(often, learning_rate=0.02))


def test_a_trainer_run_tells_how_it_goes_and_stops_early(tmp_path: Path) -> None:
    hopeless = replace(SEQ2SEQ, learning_rate=3.0, patience=2, examples=800, validation_every=2)
    done, lines = seq2seq(tmp_path, "run", hopeless)
    assert done.steps < 100
    assert any("examples/s" in line and "min left" in line for line in lines)
    assert any(line.startswith("validation loss before training") for line in lines)
    told = [float(line.split("validation loss ")[1].split()[0]) for line in lines if line.startswith("step 2: val")]
    assert told
    log = [json.loads(line) for line in (tmp_path / "run" / "log.jsonl").read_text(encoding="utf-8").splitlines()]
    assert {"loss", "validation_loss"} <= {key for entry in log for key in entry}
