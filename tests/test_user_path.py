"""A newsroom's own path: pairs in JSONL, fine-tune, export, brief; with both shapes of model, made on the spot."""

import json
import random
from collections import Counter
from pathlib import Path

import datasets
import pytest
import torch
from click.testing import CliRunner, Result
from safetensors.torch import save_file
from tiny import make_tiny

from thads_nlp.cli import main
from thads_nlp.model.folder import SHIPPED_PLACES
from thads_nlp.model.tokenizer import WordPieces
from thads_nlp.schema import Briefing
from thads_nlp.summarizer import Summarizer
from thads_nlp.training.causal import CausalConfig, CausalModel
from thads_nlp.training.data import Pair, Skipped, good_pairs, read_pairs

SHIPPED = SHIPPED_PLACES[1]
PLACES = ("tỉnh A", "huyện B", "thành phố C", "xã D")
GOODS = ("gạo", "cà phê", "thủy sản", "rau quả", "gỗ")


def row(number: int) -> dict[str, str]:
    rng = random.Random(number)
    place, good, amount, rise = rng.choice(PLACES), rng.choice(GOODS), rng.randint(100, 900), rng.randint(2, 30)
    said = f"Xuất khẩu {good} của {place} đạt {amount} tấn, tăng {rise}% so với cùng kỳ năm trước"
    return {
        "id": f"n{number}", "title": f"{place} xuất khẩu {amount} tấn {good}", "summary": f"{said}.",
        "body": f"Theo báo cáo của sở, trong quý này {said[0].lower()}{said[1:]}.\n"
                f"Các doanh nghiệp của {place} cho biết đơn hàng {good} tiếp tục ổn định trong những tháng tới.\n"
                "Sở đề nghị các đơn vị giữ vững chất lượng và mở rộng thị trường mới trong thời gian tới.",
    }  # fmt: skip


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(datasets.config, "HF_DATASETS_CACHE", tmp_path / "cache")


@pytest.fixture(scope="module")
def pairs_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("data") / "archive.jsonl"
    path.write_text("".join(json.dumps(row(n), ensure_ascii=False) + "\n" for n in range(200)), encoding="utf-8")
    return path


def run(*args: object) -> Result:
    result = CliRunner().invoke(main, [str(arg) for arg in args])
    assert result.exit_code == 0, result.output
    return result


ARTICLE = "\n".join(row(7)["body"].split("\n") * 2)


def tiny_base(folder: Path, spread: float = 1.0) -> Path:
    """A random causal network with the shipped vocabulary; ``spread`` near 0 makes all its pieces alike."""
    folder.mkdir()
    (folder / "tokenizer.json").write_bytes((SHIPPED / "tokenizer.json").read_bytes())
    record = json.loads((SHIPPED / "architecture.json").read_text(encoding="utf-8"))
    record |= {"hidden_size": 32, "intermediate_size": 64, "num_hidden_layers": 2, "head_dim": 16,
               "num_attention_heads": 2, "query_pre_attn_scalar": 16,
               "layer_types": record["layer_types"][4:6]}  # fmt: skip
    (folder / "architecture.json").write_text(json.dumps(record), encoding="utf-8")
    torch.manual_seed(3)
    state = CausalModel(CausalConfig.from_record(record)).state_dict()
    save_file(state | {"embed_tokens.weight": state["embed_tokens.weight"] * spread}, folder / "model.safetensors")
    return folder


def settings(path: Path, examples: int, rate: float, more: str = "") -> Path:
    """A configuration for short articles; ``more`` follows the keys of the run itself."""
    path.write_text(
        f"examples = {examples}\nlearning_rate = {rate}\nembedding_rate = {rate}\nwarmup = 2\nvalidation_every = 10\n"
        'compile = false\nprecision = "float32"\npicks = 512\nbuckets = [{ length = 256, batch = 8 }]\n'
        f"{more}\n[data]\ncoverage = 0.5\nwindow_low = 60\nwindow_high = 120\n",
        encoding="utf-8",
    )
    return path


@pytest.mark.model
@pytest.mark.parametrize(
    ("shape", "more"), [("decoder", ""), ("encoder-decoder", "[encoder]\nlayers = 1\nfit_articles = 24")]
)
def test_our_recipes_from_pairs_to_briefings(pairs_file: Path, tmp_path: Path, shape: str, more: str) -> None:
    base = tiny_base(tmp_path / "base")
    config = settings(tmp_path / "run.toml", 160, 0.003, more)
    done = run("train", pairs_file, "-o", tmp_path / "run", "--base", base, "--config", config)
    assert "190 articles to learn from, 10 to validate on" in done.stderr
    log = json.loads((tmp_path / "run" / "run.json").read_text(encoding="utf-8"))
    assert log["shape"] == shape
    assert log["validation_loss"] < 0.97 * float(done.stderr.split("before training ")[1].split()[0])
    again = run("train", pairs_file, "-o", tmp_path / "run", "--base", base, "--config", config)
    assert "going on from step" in again.stderr
    run("export", tmp_path / "run", "-o", tmp_path / "model", "--name", "mine", "--revision", "7")
    manifest = json.loads((tmp_path / "model" / "thads.json").read_text(encoding="utf-8"))
    assert (manifest["shape"], manifest["input"]) == (shape, "slots")
    briefing = Summarizer.load(tmp_path / "model").brief(ARTICLE)
    assert briefing.model == "mine@7"
    assert briefing.summary
    assert "160 examples" in (tmp_path / "model" / "MODEL_CARD.md").read_text(encoding="utf-8")
    refused = CliRunner().invoke(main, ["export", str(tmp_path / "run"), "-o", str(tmp_path / "model")])
    assert refused.exit_code == 2


@pytest.mark.model
def test_a_run_that_only_made_the_base_worse_says_so(pairs_file: Path, tmp_path: Path) -> None:
    base, config = tiny_base(tmp_path / "base", 0.01), settings(tmp_path / "run.toml", 16, 3.0)
    done = run("train", pairs_file, "-o", tmp_path / "run", "--base", base, "--config", config)
    assert "never fell below that of the base" in done.stderr
    log = json.loads((tmp_path / "run" / "run.json").read_text(encoding="utf-8"))
    assert log["last_validation_loss"] > log["validation_loss"]
    refused = CliRunner().invoke(main, ["export", str(tmp_path / "run"), "-o", str(tmp_path / "model")])
    assert refused.exit_code == 3
    assert "--weights last" in refused.stderr
    run("export", tmp_path / "run", "-o", tmp_path / "model", "--weights", "last")
    card = (tmp_path / "model" / "MODEL_CARD.md").read_text(encoding="utf-8")
    assert f"validation loss {log['last_validation_loss']:.4f}" in card
    assert Summarizer.load(tmp_path / "model").brief(ARTICLE).summary


def test_foreign_bases_take_no_encoder_of_ours(pairs_file: Path, tmp_path: Path) -> None:
    base, config = make_tiny("bart", tmp_path / "base"), tmp_path / "run.toml"
    config.write_text("[encoder]\nlayers = 1\n", encoding="utf-8")
    refused = CliRunner().invoke(
        main, ["train", str(pairs_file), "-o", str(tmp_path / "run"), "--base", str(base), "--config", str(config)]
    )
    assert refused.exit_code == 2
    assert "encoder.layers" in refused.stderr


def test_an_encoder_decoder_from_pairs_to_briefings(pairs_file: Path, tmp_path: Path) -> None:
    base = make_tiny("bart", tmp_path / "base")
    config = tmp_path / "run.toml"
    text = "examples = 64\nbatch = 8\nlearning_rate = 0.01\nwarmup = 1\nsource_length = 64\n"
    config.write_text(text, encoding="utf-8")
    done = run("train", pairs_file, "-o", tmp_path / "run", "--base", base, "--config", config)
    assert "64 examples in 8 steps" in done.stdout
    run("export", tmp_path / "run", "-o", tmp_path / "model", "--quantization", "float32")
    made = list(Summarizer.load(tmp_path / "model").brief_many([ARTICLE]))
    assert isinstance(made[0], Briefing)
    assert made[0].model == "model@1"


def test_quality_is_measured_by_the_command(pairs_file: Path, tmp_path: Path) -> None:
    out, plot = tmp_path / "scores.json", tmp_path / "plot.svg"
    options = ("--limit", 12, "--summarizer", "extractive", "-o", out, "--plot", plot)
    done = run("evaluate", "summaries", pairs_file, *options)
    assert "LEAD-2" in done.stdout
    record = json.loads(out.read_text(encoding="utf-8"))
    systems = record["systems"]
    assert (record["complete"], record["done"]) == (True, 12)
    assert sum(group["articles"] for group in record["by_source_position"]) == 12
    for group in record["by_source_position"]:
        assert set(group["rouge1"]) == {"extraction, body", "LEAD-2"}
        assert group["low"] <= group["position"] <= group["high"]
    assert systems["LEAD-1"]["articles"] == 12
    means = {name: system["syllables"]["rouge1"]["mean"] for name, system in systems.items()}
    assert means["oracle (extractive)"] >= means["LEAD-1"]
    assert plot.stat().st_size > 1_000
    near = CliRunner().invoke(
        main, ["evaluate", "summaries", str(pairs_file), "--summarizer", "extractive", "--train", str(pairs_file)]
    )
    assert near.exit_code == 2
    assert "no article is left" in near.stderr


def test_the_verifier_is_measured_by_the_command(pairs_file: Path, tmp_path: Path) -> None:
    out = tmp_path / "scores.json"
    run("evaluate", "verify", pairs_file, "--limit", 40, "-o", out)
    kinds = json.loads(out.read_text(encoding="utf-8"))["kinds"]
    assert kinds["clean"]["share"] == 0.0
    assert kinds["digit"]["share"] == kinds["direction"]["share"] == 1.0


BAD = [
    {"id": "n1", "title": "x", "summary": "y", "body": "z"},
    {"id": "a", "title": "x", "summary": "y"},
    {"id": "b", "title": "x", "summary": " ", "body": "z"},
    {"id": "c", "title": "x", "summary": "y", "body": "z " * 200_000},
    ["no object"],
]


def test_bad_rows_are_counted_and_skipped(tmp_path: Path) -> None:
    path = tmp_path / "bad.jsonl"
    rows = [row(1), *BAD]
    path.write_bytes("".join(json.dumps(one) + "\n" for one in rows).encode() + b'\xff\xfe broken\n{"id": 1\n')
    reasons: Counter[str] = Counter()
    assert [pair.id for pair in good_pairs(path, reasons)] == ["n1"]
    assert reasons == {
        "duplicate id": 1, "missing field": 1, "empty summary": 1, "body too long": 1, "no object": 1, "no JSON": 2,
    }  # fmt: skip


def test_the_corpus_own_layout_is_read(tmp_path: Path) -> None:
    text = "Tiêu_đề của bài\n\nTóm_tắt của bài .\n\nCâu một của bài .\nCâu hai .\n\nChú_thích ảnh\n"
    (tmp_path / "000001.txt.seg").write_text(text, encoding="utf-8")
    (tmp_path / "000002.txt.seg").write_text("chỉ có một phần\n", encoding="utf-8")
    good, bad = read_pairs(tmp_path)
    assert good == Pair("000001", "Tiêu đề của bài", "Tóm tắt của bài.", "Câu một của bài.\nCâu hai.")
    assert isinstance(bad, Skipped)


def test_subwords_have_their_numbers() -> None:
    pieces = WordPieces.load(SHIPPED / "tokenizer.json")
    assert len(pieces.ids(pieces.encode(["thi_hành", "<num1>"]))) == len(pieces.encode(["thi_hành", "<num1>"]))
