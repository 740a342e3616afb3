"""What must not be lost or filled up: other people's files, the journal's word, memory."""

import io
import json
import tarfile
from pathlib import Path

import pytest
from archives import BODY, TITLE, article, batch, items, jsonl, load

from thads_nlp.archive import containers, xml_records
from thads_nlp.archive.items import Reading
from thads_nlp.archive.listing import list_files, read_items
from thads_nlp.archive.loading import load_item
from thads_nlp.archive.tasks import Settings
from thads_nlp.archive.workers import LocalRunner
from thads_nlp.schema import Article, Failure


@pytest.mark.parametrize("more", [(), ("--overwrite",)])
def test_a_folder_with_other_things_in_it_is_never_replaced(more: tuple[str, ...], tmp_path: Path) -> None:
    (tmp_path / "in.jsonl").write_text(jsonl(2), encoding="utf-8")
    out = tmp_path / "pages"
    out.mkdir()
    assert batch(tmp_path / "in.jsonl", "-o", out).exit_code == 0
    (out / "notes.md").write_text("mine", encoding="utf-8")
    refused = batch(tmp_path / "in.jsonl", "-o", out, *more)
    assert (refused.exit_code, "'notes.md'" in refused.stderr) == (2, True)
    assert (out / "notes.md").read_text(encoding="utf-8") == "mine"
    (out / "notes.md").unlink()
    assert batch(tmp_path / "in.jsonl", "-o", out, *more).exit_code == 0
    assert len(list(out.iterdir())) == 2


@pytest.mark.parametrize(("given", "out"), [("in.jsonl", "in.jsonl"), ("*.jsonl", "in.jsonl"), (".", "in.jsonl"),
                                            ("sub", "sub"), (".", "sub")])  # fmt: skip
def test_an_input_is_never_written_over(
    given: str, out: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "sub").mkdir()
    for path in (tmp_path / "in.jsonl", tmp_path / "sub" / "a.jsonl"):
        path.write_text(jsonl(1), encoding="utf-8")
    refused = batch(given, "-o", out, "--overwrite")
    assert refused.exit_code == 2, refused.output
    for path in (tmp_path / "in.jsonl", tmp_path / "sub" / "a.jsonl"):
        assert path.read_text(encoding="utf-8") == jsonl(1)


def test_a_damaged_journal_is_named(tmp_path: Path) -> None:
    (tmp_path / "in.jsonl").write_text(jsonl(300), encoding="utf-8")
    assert batch(tmp_path / "in.jsonl", "-o", tmp_path / "out.jsonl").exit_code == 0
    journal = tmp_path / "out.journal"
    data = bytearray(journal.read_bytes())
    for page in range(2, len(data) // 4096):
        data[page * 4096 : page * 4096 + 64] = b"\xff" * 64
    journal.write_bytes(bytes(data))
    damaged = batch(tmp_path / "in.jsonl", "-o", tmp_path / "out.jsonl")
    assert damaged.exit_code == 3
    assert "journal" in damaged.stderr
    assert "Traceback" not in damaged.output
    assert damaged.exception is None or isinstance(damaged.exception, SystemExit)


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("named", [True, False])
def test_lines_of_two_byte_characters_are_read_as_they_stand(named: bool, encoding: str, tmp_path: Path) -> None:
    rows = [article(n, body=BODY + " Một dòng\u2028trong ô.") for n in range(50)]
    text = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    (tmp_path / "a.jsonl").write_bytes(text.encode(encoding))
    reading = Reading(encoding=encoding if named else None)
    found = [load_item(item, reading) for item in read_items(list_files([str(tmp_path / "a.jsonl")]), reading)]
    assert [one.text.split() for one in found if isinstance(one, Article)] == [str(r["body"]).split() for r in rows]


def test_lines_of_two_byte_characters_that_are_cut_are_named(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_bytes(jsonl(3).encode("utf-16")[:-3])
    *found, last = load(tmp_path / "a.jsonl")
    assert isinstance(last, Failure)
    assert all(isinstance(one, Article) for one in found)


def test_a_long_name_in_a_tar_may_not_be_of_any_length(tmp_path: Path) -> None:
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w", format=tarfile.GNU_FORMAT) as archive:
        for name in ("a.txt", "b" * (containers.MAX_HEADER_BYTES + 1), "c.txt"):
            info = tarfile.TarInfo(name)
            info.size = len(BODY.encode())
            archive.addfile(info, io.BytesIO(BODY.encode()))
    (tmp_path / "a.tar").write_bytes(stream.getvalue())
    first, last = load(tmp_path / "a.tar")
    assert isinstance(first, Article)
    assert isinstance(last, Failure)
    assert "a header of" in last.reason


def test_xml_of_another_kind_is_read_in_flat_memory(tmp_path: Path) -> None:
    page = f"<page><title>{TITLE}</title><text>{BODY}</text></page>\n".encode()
    with (tmp_path / "dump.xml").open("wb") as stream:
        stream.write(b"<?xml version='1.0' encoding='utf-8'?><mediawiki>\n")
        for _ in range(60):
            stream.write(page * 1_000)
        stream.write(f"<item><title>{TITLE}</title><description>{BODY}</description></item></mediawiki>".encode())
    before, found = resident(), load(tmp_path / "dump.xml")
    assert [type(one) for one in found] == [Article]
    assert resident() - before < 40_000_000


def resident() -> int:
    """Most memory that this process has had, in bytes: lxml's is none of Python's."""
    for line in Path("/proc/self/status").read_text(encoding="ascii").splitlines():
        if line.startswith("VmHWM"):
            return int(line.split()[1]) * 1024
    pytest.skip("no figures of memory here")


def test_an_item_without_end_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xml_records, "MAX_ITEM_ELEMENTS", 500)
    item = f"<item><title>{TITLE}</title><description>{BODY}</description></item>"
    (tmp_path / "a.xml").write_text(f"<rss>{item * 300}<item>{'<p/>' * 600}</item></rss>", encoding="utf-8")
    *found, last = load(tmp_path / "a.xml")
    assert len(found) == 300
    assert isinstance(last, Failure)
    assert "elements" in last.reason


def test_items_within_an_item_keep_what_the_outer_one_holds(tmp_path: Path) -> None:
    inner = f"<entry><id>inner</id><title>{TITLE}</title><content>{BODY}</content></entry>"
    (tmp_path / "a.xml").write_text(f"<rss><item><guid>outer</guid>{inner}</item></rss>", encoding="utf-8")
    assert [one.id for one in load(tmp_path / "a.xml")] == ["inner", "outer"]


def test_a_file_that_stalls_its_reader_stalls_nobody_for_long(tmp_path: Path) -> None:
    for number in range(16):
        (tmp_path / f"{number:02}.txt").write_text(BODY, encoding="utf-8")
    found = items(tmp_path)
    with LocalRunner(1, 30.0, Reading(), Settings(summarizer="extractive")) as runner:
        given: list[float] = []
        schedule = runner._schedule
        runner._schedule = lambda task, args, seconds: (given.append(seconds), schedule(task, args, seconds))[1]  # type: ignore[method-assign]
        assert len(runner.load(found).result()) == 16
        assert len(runner.load(found[:1]).result()) == 1
    assert given == [60.0, 30.0]
