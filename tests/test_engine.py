"""Slots, word pieces, engines and model folders; tiny models are made on the spot."""

import json
import runpy
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tiny import WORDS, export_tiny, make_tiny

from thads_nlp.errors import ModelError, OptionError
from thads_nlp.model.codec import AutoSubwords, FileSubwords, TextCodec
from thads_nlp.model.engine import (
    MOST_WORKERS,
    CTranslate2Engine,
    DecodingOptions,
    Prompt,
    TransformersEngine,
    equal_length_batches,
)
from thads_nlp.model.folder import SHIPPED_PLACES, check_files, file_sha256, find_model, read_manifest
from thads_nlp.model.slots import MAX_SLOTS, SlotTable, is_numeral, is_slot
from thads_nlp.model.tokenizer import WordPieces
from thads_nlp.schema import Sentence

SHIPPED = SHIPPED_PLACES[1]
numerals = st.from_regex(r"\A[0-9]{1,3}([.,][0-9]{1,3}){0,2}\Z")


@given(st.lists(st.one_of(numerals, st.sampled_from(WORDS)), max_size=80))
def test_filling_masked_words_gives_them_back(words: list[str]) -> None:
    table = SlotTable.build([words])
    masked = table.mask(words)
    assert table.fill(masked) == tuple(words)
    assert len(table.surfaces) == min(len({w for w in words if is_numeral(w)}), len(table.surfaces))
    assert sum(is_slot(word) and word.startswith("<num") for word in set(masked)) <= MAX_SLOTS


def test_slots_go_by_first_appearance_and_kind() -> None:
    words = "quý III năm 2020 tăng 6.068 tỷ đồng ( 25,39 % ) sáng 17/6 so với năm 2019 và 6.068 việc".split()
    masked = SlotTable.build([words]).mask(words)
    assert [word for word in masked if is_slot(word)] == [
        "<date1>", "<num1>", "<num2>", "<date2>", "<date3>", "<num1>",
    ]  # fmt: skip


@pytest.mark.model
def test_word_pieces_come_back_as_words_and_text_cannot_forge_marks() -> None:
    pieces = WordPieces.load(SHIPPED / "tokenizer.json")
    words = ["Thi_hành_án", "<num1>", "tỷ", "đồng", ",", "năm", "<date1>", "."]
    assert pieces.decode(pieces.encode(words)) == words
    assert not set(pieces.encode(["a<sum>b", "<hl>", "</s>"])) & pieces.specials


@given(st.lists(st.tuples(st.integers(1, 4), st.integers(0, 3)), max_size=40), st.integers(1, 5))
def test_batches_hold_equal_lengths_and_everything_once(sizes: list[tuple[int, int]], most: int) -> None:
    batches = list(equal_length_batches(sizes, most))
    assert sorted(i for batch in batches for i in batch) == list(range(len(sizes)))
    assert all(len(batch) <= most and len({sizes[i] for i in batch}) == 1 for batch in batches)


def test_decoding_options_are_checked() -> None:
    with pytest.raises(OptionError, match="beam_size is 0"):
        DecodingOptions(beam_size=0)


@pytest.mark.shared
def test_engine_reproduces_the_reference_outputs(shared_dir: Path, tmp_path: Path) -> None:
    starter = shared_dir / "starter"
    argv = sys.argv
    sys.argv = ["build.py", str(tmp_path)]
    try:
        runpy.run_path(str(starter / "build.py"), run_name="__main__")
    finally:
        sys.argv = argv
    reference = json.loads((starter / "reference.json").read_text(encoding="utf-8"))
    options = DecodingOptions(max_length=80, no_repeat_ngram_size=4)
    engine = CTranslate2Engine(tmp_path / "ct2", "decoder")
    outputs = engine.generate([Prompt(tuple(case["prompt"])) for case in reference["cases"]], options)
    assert [list(output.subwords) for output in outputs] == [case["output"] for case in reference["cases"]]


@pytest.fixture(scope="session", params=["bart", "t5"])
def tiny_folder(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_tiny(str(request.param), tmp_path_factory.mktemp(str(request.param)))


@pytest.fixture(scope="session")
def tiny_export(tiny_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return export_tiny(tiny_folder, tmp_path_factory.mktemp("export") / "ct2")


def test_both_engines_run_an_encoder_decoder_alike(tiny_folder: Path, tiny_export: Path) -> None:
    sentence = Sentence(0, " ".join(WORDS[:12]), 0, 10)
    slow = TransformersEngine(str(tiny_folder))
    fast = CTranslate2Engine(tiny_export, "encoder-decoder")
    options = DecodingOptions(max_length=6, no_repeat_ngram_size=0)
    auto, file = TextCodec(AutoSubwords(slow.tokenizer)), TextCodec(FileSubwords(tiny_export / "tokenizer.json"))
    source = auto.encode([sentence], 100)
    assert source.subwords == file.encode([sentence], 100).subwords
    prompts = auto.prompts(source, None, ("",))
    one, other = slow.generate(prompts, options)[0], fast.generate(prompts, options)[0]
    assert one.subwords == other.subwords
    assert one.score == pytest.approx(other.score, abs=0.01)
    assert auto.read(one, source, titled=False).summary == file.read(other, source, titled=False).summary


@pytest.mark.parametrize("threads", [1, 2, 9])
def test_batches_side_by_side_give_what_one_after_the_other_gives(tiny_export: Path, threads: int) -> None:
    prompts = [Prompt(("▁hội", "▁sách") * (1 + at % 4) + ("</s>",)) for at in range(23)]
    options = DecodingOptions(max_length=6, max_batch_size=2)
    engine = CTranslate2Engine(tiny_export, "encoder-decoder", threads=threads)
    assert engine.workers == min(threads, MOST_WORKERS)
    alone = [engine.generate([prompt], options)[0] for prompt in prompts]
    together = engine.generate(prompts, options)
    assert [one.subwords for one in together] == [one.subwords for one in alone]
    assert [one.score for one in together] == pytest.approx([one.score for one in alone], abs=1e-4)


def test_a_forced_prefix_is_cut_off_the_output(tiny_folder: Path) -> None:
    engine = TransformersEngine(str(tiny_folder))
    source = (*WORDS[:5], "</s>")
    free = engine.generate([Prompt(source)], DecodingOptions(max_length=5, no_repeat_ngram_size=0))[0]
    if not free.subwords:
        pytest.skip("the random model ends at once")
    forced = engine.generate(
        [Prompt(source, free.subwords[:1])], DecodingOptions(max_length=4, no_repeat_ngram_size=0)
    )[0]
    assert forced.subwords == free.subwords[1:]


def test_the_length_limit_does_not_count_the_prefix(tiny_export: Path) -> None:
    engine = CTranslate2Engine(tiny_export, "encoder-decoder")
    source, options = (*WORDS[:5], "</s>"), DecodingOptions(max_length=2, no_repeat_ngram_size=0)
    (free,) = engine.generate([Prompt(source)], DecodingOptions(max_length=6, no_repeat_ngram_size=0))
    if len(free.subwords) < 4:
        pytest.skip("the random model ends too soon")
    (forced,) = engine.generate([Prompt(source, free.subwords[:2])], options)
    assert forced.subwords == free.subwords[2:4]
    assert not forced.finished


def test_a_long_source_is_cut_before_its_end_mark(tiny_export: Path) -> None:
    codec = TextCodec(FileSubwords(tiny_export / "tokenizer.json"))
    encoded = codec.encode([Sentence(0, " ".join(WORDS), 0, 10)], 5)
    assert len(encoded.subwords) == 5
    assert encoded.subwords[-1] == "</s>"


def test_a_prompt_beyond_a_model_s_positions_is_named(tmp_path: Path) -> None:
    export = export_tiny(make_tiny("bart", tmp_path / "bart"), tmp_path / "ct2")
    engine = CTranslate2Engine(export, "encoder-decoder")
    with pytest.raises(ModelError, match=r"up to 400 subwords.*window"):
        engine.generate([Prompt((WORDS[0],) * 400)], DecodingOptions(max_length=4))


def _manifest(folder: Path, **changes: Any) -> Path:
    """A folder with one file and a manifest about it."""
    folder.mkdir(exist_ok=True)
    (folder / "model.bin").write_bytes(b"weights")
    entry = {"size": 7, "sha256": file_sha256(folder / "model.bin")}
    record = {
        "name": "tiny", "revision": "1", "shape": "decoder", "input": "slots", "window": 64,
        "files": {"model.bin": entry},
    }  # fmt: skip
    (folder / "thads.json").write_text(json.dumps({**record, **changes}), encoding="utf-8")
    return folder


def test_a_whole_folder_passes(tmp_path: Path) -> None:
    info = read_manifest(_manifest(tmp_path))
    assert info is not None
    assert info.label == "tiny@1"
    check_files(tmp_path, info)


@pytest.mark.parametrize(
    ("damage", "words"),
    [
        (lambda folder: (folder / "model.bin").unlink(), "missing"),
        (lambda folder: (folder / "model.bin").write_bytes(b"weigh"), "cut short"),
        (lambda folder: (folder / "model.bin").write_bytes(b"weightz"), "SHA-256"),
    ],
)
def test_damage_is_named(tmp_path: Path, damage: Any, words: str) -> None:
    info = read_manifest(_manifest(tmp_path))
    assert info is not None
    damage(tmp_path)
    with pytest.raises(ModelError, match=words):
        check_files(tmp_path, info)


@pytest.mark.parametrize(
    "changes",
    [{"shape": "pyramid"}, {"input": "pickle"}, {"files": {"../x": {"size": 1, "sha256": ""}}}, {"window": "wide"}],
)
def test_a_foreign_manifest_is_refused(tmp_path: Path, changes: dict[str, Any]) -> None:
    with pytest.raises(ModelError, match="not a manifest"):
        read_manifest(_manifest(tmp_path, **changes))


def test_missing_models_are_named(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="no such model folder"):
        find_model(tmp_path / "nowhere")
    with pytest.raises(ModelError, match="no such model folder"):
        find_model("../up/there")


@pytest.mark.model
def test_the_shipped_folder_is_whole() -> None:
    info = read_manifest(SHIPPED)
    assert info is not None
    check_files(SHIPPED, info)
