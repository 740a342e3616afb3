"""The command line and the summarizer with the shipped model: contract, exit codes, bad input."""

import json
import socket
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from thads_nlp import Article, Briefing, Failure, Summarizer, find_figures
from thads_nlp.cli import main
from thads_nlp.errors import InputError, OptionError
from thads_nlp.model.verify import SourceIndex, verify
from thads_nlp.text.reading import read_article

SAMPLES = Path(__file__).parents[1] / "data" / "samples"
MARKET = SAMPLES / "gia_vang_xang.txt"
SENTENCE = "Cục Thi hành án dân sự tỉnh A đã thi hành xong 1.204 việc, tăng 3,5% so với cùng kỳ năm trước. "
FIELDS = [
    "schema", "id", "source", "published", "title", "title_origin", "summary", "summary_origin", "length", "bullets",
    "figures", "evidence", "unsupported", "truncated", "warnings", "model", "text",
]  # fmt: skip


def run(*arguments: str, stdin: bytes = b"") -> Result:
    """The command in-process, stdout and stderr apart."""
    return CliRunner().invoke(main, list(arguments), input=stdin)


@pytest.fixture(scope="session")
def summarizer() -> Summarizer:
    """The shipped model, loaded once."""
    return Summarizer.load()


@pytest.mark.model
def test_a_brief_has_the_fields_of_the_contract_and_traces_its_numbers(summarizer: Summarizer) -> None:
    briefing = summarizer.brief(MARKET.read_text(encoding="utf-8"))
    record = briefing.to_dict()
    assert list(record) == FIELDS
    assert Briefing.from_dict(json.loads(json.dumps(record))) == briefing
    for figure in briefing.figures:
        assert briefing.text[figure.start : figure.end] == figure.text
        assert all(briefing.text[start:end] for start, end in figure.places)
    for item in briefing.evidence:
        assert briefing.summary[item.start : item.end]
        assert briefing.text[item.source_start : item.source_end]
    source = SourceIndex.build(read_article(briefing.text))
    assert verify(briefing.summary, source).supported
    assert len(briefing.bullets) <= 6


@pytest.mark.model
def test_brief_many_gives_briefings_and_failures_in_order(summarizer: Summarizer) -> None:
    texts = [MARKET.read_text(encoding="utf-8"), "", Article("|\n|", id="debris"), Article(SENTENCE * 3, id="plain")]
    items = list(summarizer.brief_many(texts))
    assert [type(item) for item in items] == [Briefing, Failure, Failure, Briefing]
    assert [item.id for item in items] == ["0", "1", "debris", "plain"]
    alone = summarizer.brief(Article(texts[0], id="0"))  # type: ignore[arg-type]
    assert items[0] == alone


@pytest.mark.model
def test_no_network_is_touched(summarizer: Summarizer, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("a socket was opened")

    monkeypatch.setattr(socket, "socket", refuse)
    monkeypatch.setattr(socket, "create_connection", refuse)
    assert Summarizer.load().brief(SENTENCE * 4).summary


def test_extractive_json_is_one_line_a_file() -> None:
    result = run(
        "brief", "--summarizer", "extractive", "--format", "json", "--no-text", *map(str, SAMPLES.glob("*.txt"))
    )
    assert result.exit_code == 0, result.stderr
    records = [json.loads(line) for line in result.stdout.splitlines()]
    assert len(records) == len(list(SAMPLES.glob("*.txt")))
    assert all(list(record) == FIELDS[:-1] for record in records)
    assert all(record["summary_origin"] == "extracted" for record in records)


def test_figures_of_standard_input() -> None:
    result = run("figures", "-", "--format", "json", stdin=MARKET.read_bytes())
    record = json.loads(result.stdout)
    assert list(record) == ["schema", "id", "figures", "text"]
    assert all(record["text"][figure["start"] : figure["end"]] == figure["text"] for figure in record["figures"])


def test_an_article_without_figures_has_none() -> None:
    text = (SAMPLES / "van_hoa_khong_so_lieu.txt").read_text(encoding="utf-8")
    assert not [figure for figure in find_figures(text) if figure.key]


@pytest.mark.parametrize("form", ["text", "markdown"])
def test_other_formats_print(form: str) -> None:
    assert run("brief", "--summarizer", "extractive", "--format", form, str(MARKET)).exit_code == 0
    assert run("figures", "--format", form, str(MARKET)).exit_code == 0


def test_output_goes_to_a_file(tmp_path: Path) -> None:
    target = tmp_path / "out.txt"
    result = run("figures", str(MARKET), "-o", str(target))
    assert result.stdout == ""
    assert "triệu đồng/lượng" in target.read_text(encoding="utf-8")


def test_some_failed_exits_with_1_and_names_them(tmp_path: Path) -> None:
    (tmp_path / "empty.txt").write_bytes(b"")
    result = run("figures", str(MARKET), str(tmp_path / "empty.txt"), str(tmp_path / "missing.txt"), str(tmp_path))
    assert result.exit_code == 1
    for name, why in (("empty.txt", "nothing to brief"), ("missing.txt", "cannot be opened"), ("", "folder")):
        assert name in result.stderr
        assert why in result.stderr


def test_usage_errors_exit_with_2() -> None:
    assert run("brief").exit_code == 2
    assert run("brief", str(MARKET), "--length", "endless").exit_code == 2
    assert run("--version").exit_code == 0
    assert "Examples" in run("brief", "--help").stdout


BAD = {
    "empty": b"",
    "binary": bytes(range(256)) * 40,
    "huge": b"a " * 25_000_000,
    "debris": b"|\n|\n***\n",
    "headings": "Kết quả về tiền\nMục tiêu năm tới\n".encode(),
    "mixed": SENTENCE.encode() + b"\n\xff\xfe\xfa\x81\x8d\n",
}
ODD = {
    "long_line": (SENTENCE * 1_010).encode(),
    "emoji": ("😀🎉 " + SENTENCE * 2 + " \u202eשלום עולם\u202c مرحبا.").encode(),
    "numbers": (SENTENCE * 2 + "Số liệu: " + ", ".join(f"{i}.000 tấn" for i in range(1, 10_001)) + ".").encode(),
    "utf16": (SENTENCE * 2).encode("utf-16"),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_input_is_a_clear_error(name: str, tmp_path: Path) -> None:
    path = tmp_path / f"{name}.txt"
    path.write_bytes(BAD[name])
    result = run("brief", "--summarizer", "extractive", str(path))
    assert result.exit_code == 3, result.output
    assert result.stderr.startswith(f"thads-nlp: {path}: ")
    assert "Traceback" not in result.output


@pytest.mark.parametrize("name", ODD)
def test_odd_input_is_briefed(name: str, tmp_path: Path) -> None:
    path = tmp_path / f"{name}.txt"
    path.write_bytes(ODD[name])
    result = run("brief", "--summarizer", "extractive", "--format", "json", str(path))
    assert result.exit_code == 0, result.output
    record = json.loads(result.stdout)
    assert "thi hành xong" in record["summary"]
    assert all(record["text"][figure["start"] : figure["end"]] == figure["text"] for figure in record["figures"])


@pytest.mark.model
@pytest.mark.parametrize("name", ["long_line", "emoji"])
def test_the_model_survives_odd_input(name: str, summarizer: Summarizer) -> None:
    assert summarizer.brief(ODD[name].decode()).summary


def test_options_are_checked() -> None:
    with pytest.raises(OptionError, match="length is 'endless'"):
        Summarizer.load(length="endless")  # type: ignore[arg-type]
    with pytest.raises(InputError, match="nothing to brief"):
        Summarizer.load(summarizer="extractive").brief("")
