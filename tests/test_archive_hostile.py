"""Hostile and odd inputs: bombs, torn archives, giant lines, fields of any kind, files that change."""

import gzip
import io
import json
import os
import re
import sqlite3
import subprocess
import tarfile
import tracemalloc
import unicodedata
import zipfile
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from archives import BODY, LINES, TITLE, article, batch, items, jsonl, load, packed
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from thads_nlp.archive import containers
from thads_nlp.archive.items import FileData, Item, Reading
from thads_nlp.archive.listing import list_files, read_items
from thads_nlp.archive.loading import load_item
from thads_nlp.schema import Article, Briefing, Failure


def failures(found: list[Article | Failure]) -> list[Failure]:
    return [one for one in found if isinstance(one, Failure)]


def tar(members: dict[str, bytes], form: int = tarfile.USTAR_FORMAT) -> bytes:
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w", format=form) as archive:
        for name, data in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return stream.getvalue()


def sheet(count: int) -> bytes:
    rows = "".join(f'c{n},"{TITLE} số {n}","{BODY}"\n' for n in range(count))
    return f"id,title,body\n{rows}".encode()


@pytest.mark.parametrize("kind", ["plain.csv", "gz", "zst", "zip", "tar.gz", "tar"])
def test_tables_larger_than_any_buffer_come_whole_out_of_every_container(kind: str, tmp_path: Path) -> None:
    data = sheet(400)
    inside = {**packed("a.csv", data), "plain.csv": data, "members.tar": tar({"a.csv": data})}
    name = next(name for name in inside if name.endswith(kind))
    (tmp_path / name).write_bytes(inside[name])
    found = load(tmp_path / name)
    assert [one.id for one in found] == [f"c{n}" for n in range(400)]


def test_a_damaged_header_within_a_tar_is_named_and_not_taken_for_the_end(tmp_path: Path) -> None:
    data = bytearray(tar({f"{n}.txt": BODY.encode() for n in range(3)}))
    second = data.index(b"1.txt")
    data[second + 148 : second + 156] = b"99999999"
    (tmp_path / "a.tar").write_bytes(bytes(data))
    first, broken = load(tmp_path / "a.tar")
    assert isinstance(first, Article)
    assert isinstance(broken, Failure)
    assert "header" in broken.reason


def test_a_tar_that_ends_between_two_members_is_named(tmp_path: Path) -> None:
    data = tar({f"{n}.txt": BODY.encode() for n in range(3)})
    (tmp_path / "a.tar").write_bytes(data[: data.index(b"2.txt")])
    found = load(tmp_path / "a.tar")
    assert [type(one) for one in found] == [Article, Article, Failure]
    assert "cut off" in failures(found)[0].reason


def test_an_old_tar_without_a_mark_is_known_by_its_checksum(tmp_path: Path) -> None:
    data = bytearray(tar({"a.txt": BODY.encode()}))
    data[257:265] = bytes(8)
    # The checksum is taken with its own eight bytes as spaces.
    total = sum(data[:148]) + 8 * 32 + sum(data[156:512])
    data[148:156] = b"%06o\0 " % total
    (tmp_path / "old").write_bytes(bytes(data))
    (only,) = load(tmp_path / "old")
    assert isinstance(only, Article)


@pytest.mark.parametrize(
    ("name", "data"),
    [("a.jsonl", b"\n\n"), ("a.csv", b"id,body\n"), ("a.json", b"[]"), ("a.zip", b"PK\x05\x06" + bytes(18)),
     ("a.tar", tar({})), ("a.txt", b"")],
)  # fmt: skip
def test_what_holds_nothing_is_named(name: str, data: bytes, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(data)
    (tmp_path / "good.txt").write_text(BODY, encoding="utf-8")
    assert batch(tmp_path, "-o", tmp_path.parent / f"{tmp_path.name}.jsonl").exit_code == 1
    told = (tmp_path.parent / f"{tmp_path.name}.failures.jsonl").read_text(encoding="utf-8").splitlines()
    assert [Path(json.loads(line)["source"].partition("#")[0]).name for line in told] == [name]


def test_many_small_bombs_in_one_archive_are_refused_together(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(containers, "FREE_TOTAL_BYTES", 5_000_000)
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(40):
            archive.writestr(f"{number}.txt", b"0" * 1_000_000)
    (tmp_path / "a.zip").write_bytes(stream.getvalue())
    found = load(tmp_path / "a.zip")
    assert len(found) == 40
    assert sum("all members together" in one.reason for one in failures(found)) > 30


def test_a_sparse_bomb_in_a_tar_is_refused(tmp_path: Path) -> None:
    (tmp_path / "holes.jsonl").touch()
    os.truncate(tmp_path / "holes.jsonl", 60_000_000_000)
    made = subprocess.run(
        ["tar", "-S", "-cf", "a.tar", "holes.jsonl"], cwd=tmp_path, check=False, capture_output=True, timeout=60
    )
    (tmp_path / "holes.jsonl").unlink()
    if made.returncode:
        pytest.skip("no tar here that writes sparse files")
    (only,) = load(tmp_path / "a.tar")
    assert isinstance(only, Failure)
    assert "holes" in only.reason


def test_archives_within_archives_are_opened_four_deep_only(tmp_path: Path) -> None:
    data = BODY.encode()
    for depth in range(1, 6):
        stream = io.BytesIO()
        with zipfile.ZipFile(stream, "w") as archive:
            archive.writestr("inner.txt" if depth == 1 else "inner.zip", data)
        data = stream.getvalue()
        (tmp_path / f"{depth}.zip").write_bytes(data)
    assert [type(load(tmp_path / f"{depth}.zip")[0]) for depth in range(1, 6)] == [Article] * 4 + [Failure]


def test_encrypted_members_are_named(tmp_path: Path) -> None:
    data = bytearray(packed("a.txt", BODY.encode())["members.zip"])
    data[data.index(b"PK\x01\x02") + 8] |= 1
    (tmp_path / "a.zip").write_bytes(bytes(data))
    (only,) = load(tmp_path / "a.zip")
    assert isinstance(only, Failure)
    assert "encrypted" in only.reason


@pytest.mark.parametrize("name", ["a.json", "a.jsonl", "a.json.gz"])
def test_one_line_of_a_gigabyte_takes_bounded_memory(name: str, tmp_path: Path) -> None:
    size, path = 1_000_000_000, tmp_path / name
    if name.endswith(".gz"):
        # Zeros would be refused as a bomb before they are a line.
        noise, size = os.urandom(64).hex().encode(), 60_000_000
        with gzip.open(path, "wb", compresslevel=1) as stream:
            stream.write(b'{"body": "')
            for _ in range(size // 4_096_000):
                stream.write(noise * 32_000)
    else:
        path.write_bytes(b'{"body": "')
        os.truncate(path, size)
    tracemalloc.start()
    found = load(path)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert all("bytes" in one.reason or "bomb" in one.reason for one in failures(found))
    assert len(found) == len(failures(found)) >= 1
    assert peak < 150_000_000


def test_a_chunk_is_bounded_in_bytes_as_well(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from thads_nlp.archive import run

    monkeypatch.setattr(run, "CHUNK_BYTES", 5_000)
    (tmp_path / "a.jsonl").write_text(jsonl(40), encoding="utf-8")
    chunks = list(run._chunks(iter(items(tmp_path / "a.jsonl"))))
    assert [item.number for chunk in chunks for item in chunk] == list(range(40))
    assert 3 < len(chunks) < 20
    assert all(sum(item.size for item in chunk) <= 5_000 for chunk in chunks)


ODD_IDS = ["a/b/../c", "dòng\nmới", "\x00nul", "x" * 999, "=1+1", "café", "\ud800lone", "..", ".", " ", "COM1", "🙂"]


@pytest.mark.parametrize("name", ["o.jsonl", "o.jsonl.zst", "o.parquet", "o.sqlite", "o"])
def test_odd_ids_and_titles_are_carried_into_every_form(name: str, tmp_path: Path) -> None:
    rows = [{**article(n), "id": odd, "title": f"Tin {odd} về tiêm chủng"} for n, odd in enumerate(ODD_IDS)]
    (tmp_path / "in.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    result = batch(tmp_path / "in.jsonl", "-o", tmp_path / name)
    assert result.exit_code == 0, result.output
    expected = [odd.replace("\ud800", "?") if odd.strip() else f"in.jsonl#{n}" for n, odd in enumerate(ODD_IDS)]
    if name == "o.jsonl":
        lines = (tmp_path / name).read_text(encoding="utf-8").split("\n")[:-1]
        assert [json.loads(line)["id"] for line in lines] == expected
    elif name == "o.parquet":
        assert pq.read_table(tmp_path / name)["id"].to_pylist() == expected
    elif name == "o.sqlite":
        with sqlite3.connect(tmp_path / name) as base:
            assert [row[0] for row in base.execute("select id from articles order by rowid")] == expected
    elif name == "o":
        assert len(list((tmp_path / name).rglob("*.md"))) == len(list((tmp_path / name).iterdir())) == len(ODD_IDS)


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.just(BODY),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)


@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.dictionaries(st.sampled_from(["id", "title", "body", "text", "published", "x"]), VALUES))
def test_records_with_fields_of_any_kind_are_articles_or_failures(tmp_path: Path, record: dict[str, object]) -> None:
    (tmp_path / "a.jsonl").write_text(json.dumps(record) + "\n" + jsonl(1), encoding="utf-8")
    first, second = load(tmp_path / "a.jsonl")
    assert isinstance(second, Article)
    assert isinstance(first, Failure) or first.text.strip()
    assert isinstance(first, (Article, Failure))
    for text in (first.id, getattr(first, "title", None) or "", getattr(first, "text", "")):
        text.encode("utf-8")


@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.lists(st.text(alphabet='a",;\n\r\t\x00é\u2028', max_size=6), max_size=5), max_size=6))
def test_tables_of_any_marks_never_raise(tmp_path: Path, rows: list[list[str]]) -> None:
    text = "id,title,body\n" + "\n".join(",".join(row) for row in rows)
    (tmp_path / "a.csv").write_text(text, encoding="utf-8", newline="")
    assert all(isinstance(one, (Article, Failure)) for one in load(tmp_path / "a.csv"))


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=3_000), st.sampled_from("txt html md docx pdf jsonl csv parquet xml zip tar gz".split()))
def test_bytes_under_any_name_never_raise(tmp_path: Path, data: bytes, suffix: str) -> None:
    (tmp_path / f"a.{suffix}").write_bytes(data)
    found = load(tmp_path / f"a.{suffix}")
    assert found
    assert all(isinstance(one, (Article, Failure)) for one in found)


def test_an_open_quote_spoils_its_row_and_is_named(tmp_path: Path) -> None:
    rows = ['id,body', f'c1,"{LINES[0]}"', 'c2,"một ô không đóng', f'c3,{LINES[1].replace(",", "")}']
    (tmp_path / "a.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    found = load(tmp_path / "a.csv")
    assert found[0].id == "c1"
    assert "quote" in failures(found)[-1].reason


TONES = "\u0300\u0301\u0303\u0309\u0323"


def with_tones_apart(text: str) -> str:
    """As windows-1258 spells it: letters with hat, breve or horn whole, their tones behind them."""
    apart = re.sub(f"(.)([\u0302\u0306\u031b]?)([{TONES}])([\u0302\u0306\u031b]?)",
                  lambda m: m[1] + m[2] + m[4] + m[3],
                  unicodedata.normalize("NFD", text))  # fmt: skip
    return "".join(unicodedata.normalize("NFC", part) if part not in TONES else part
                   for part in re.split(f"([{TONES}])", apart))  # fmt: skip


@pytest.mark.parametrize("encoding", ["cp1258", "utf-16", "utf-8"])
def test_a_named_encoding_is_that_of_the_file_and_not_of_its_rewritten_records(encoding: str, tmp_path: Path) -> None:
    line = LINES[0].replace(",", "")
    told = f"id,body\nc1,{line}\n"
    (tmp_path / "a.csv").write_bytes((with_tones_apart(told) if encoding == "cp1258" else told).encode(encoding))
    reading = Reading(encoding=encoding)
    (only,) = [load_item(item, reading) for item in read_items(list_files([str(tmp_path / "a.csv")]), reading)]
    assert isinstance(only, Article)
    assert only.text == line


def test_the_fields_of_records_can_be_named(tmp_path: Path) -> None:
    row = {"ma": 7, "tieu_de": TITLE, "noi_dung": BODY, "ngay": "02/10/2020", "body": "không phải", "id": "khác"}
    (tmp_path / "in.jsonl").write_text(json.dumps(row) + "\n", encoding="utf-8")
    named = ("--id-field", "ma", "--title-field", "tieu_de", "--body-field", "x, noi_dung", "--published-field", "ngay")
    assert batch(tmp_path / "in.jsonl", "-o", tmp_path / "out.jsonl", *named).exit_code == 0
    made = Briefing.from_dict(json.loads((tmp_path / "out.jsonl").read_text(encoding="utf-8")))
    assert (made.id, made.title, made.published) == ("7", TITLE, "2020-10-02")
    assert "huyện B" in made.text
    result = batch(tmp_path / "in.jsonl", "-o", tmp_path / "no.jsonl", "--body-field", "nothing")
    assert result.exit_code == 3
    assert "--body-field" in (tmp_path / "no.failures.jsonl").read_text(encoding="utf-8")


def test_a_byline_of_a_page_is_taken_over_as_one(tmp_path: Path) -> None:
    from thads_nlp.text.reading import read_article

    paragraphs = "".join(f"<p>{line}</p>" for line in LINES * 2)
    page = (
        f"<!doctype html><html lang='vi'><head><title>{TITLE}</title><meta name='author' content='Lê Minh Anh'></head>"
        f"<body><article><h1>{TITLE}</h1>{paragraphs}</article></body></html>"
    )
    (tmp_path / "a.html").write_text(page, encoding="utf-8")
    (only,) = load(tmp_path / "a.html")
    assert isinstance(only, Article)
    assert only.text.endswith("\nTác giả: Lê Minh Anh")
    assert not any("Minh Anh" in sentence.text for sentence in read_article(only).sentences)


def test_pages_nested_without_end_harm_nobody(tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "deep.html").write_text("<!doctype html><html><body>" + "<div>" * 100_000 + BODY, encoding="utf-8")
    (folder / "deep.xml").write_text("<?xml version='1.0'?><rss><item>" + "<a>" * 100_000, encoding="utf-8")
    (folder / "deep.md").write_text("> " * 20_000 + BODY, encoding="utf-8")
    (folder / "tags.jsonl").write_text(json.dumps({"body": "<p " * 300_000}) + "\n", encoding="utf-8")
    (folder / "good.txt").write_text(BODY, encoding="utf-8")
    result = batch(folder, "-o", tmp_path / "out.jsonl")
    assert result.exit_code in (0, 1), result.output
    text = "".join((tmp_path / name).read_text(encoding="utf-8") for name in ("out.jsonl", "out.failures.jsonl"))
    assert {json.loads(line)["id"] for line in text.splitlines()} >= {"good.txt", "deep.html", "deep.md"}
    assert len(text.splitlines()) == 5


def test_a_file_that_grows_while_its_records_are_read_is_named(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text(jsonl(3), encoding="utf-8")
    found: list[Item] = []
    for item in read_items(list_files([str(path)]), Reading()):
        if not found:
            with path.open("a", encoding="utf-8") as stream:
                stream.write(jsonl(1, 3))
        found.append(item)
    last = found[-1].data
    assert isinstance(last, Failure)
    assert "changed while it was read" in last.reason


def test_a_document_that_changes_while_it_is_read_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.txt"
    path.write_text(BODY, encoding="utf-8")
    (item,) = items(path)
    assert isinstance(item.data, FileData)
    seen = Path.stat

    def stat(self: Path, **options: bool) -> os.stat_result:
        result = seen(self, **options)
        # Between the look before reading and the one after it.
        path.write_text(BODY + "\nthêm", encoding="utf-8")
        return result

    monkeypatch.setattr(Path, "stat", stat)
    found = load_item(item, Reading())
    assert isinstance(found, Failure)
    assert "changed" in found.reason


def test_what_may_not_be_read_is_named(tmp_path: Path) -> None:
    folder = tmp_path / "in"
    (folder / "shut").mkdir(parents=True)
    for name in ("a.txt", "b.txt", "c.jsonl", "shut/d.txt"):
        (folder / name).write_text(BODY, encoding="utf-8")
    os.mkfifo(folder / "pipe")
    (folder / "round").symlink_to(folder / "round")
    for name in ("a.txt", "c.jsonl", "shut"):
        (folder / name).chmod(0)
    user = os.geteuid()
    # The superuser may read anything, so give it up for a moment where we have it.
    for parent in (tmp_path, tmp_path.parent, tmp_path.parent.parent) if user == 0 else ():
        parent.chmod(0o755)
    try:
        if user == 0:
            os.seteuid(65_534)
        found = load(folder)
    finally:
        os.seteuid(user)
        (folder / "shut").chmod(0o755)
    assert [one.id for one in found if isinstance(one, Article)] == ["b.txt"]
    assert {one.id for one in failures(found)} == {"a.txt", "c.jsonl", "pipe", "round", "shut"}
    assert all(one.reason and one.stage == "read" for one in failures(found))


def test_no_room_for_a_temporary_copy_ends_the_run_and_not_the_article(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    inner = packed("a.txt", BODY.encode())["members.zip"]
    (tmp_path / "a.tar").write_bytes(tar({"inner.zip": inner}))
    (tmp_path / "b.txt").write_text(BODY, encoding="utf-8")

    def full(copy: object, chunk: bytes) -> None:
        raise containers.SpoolError("no room")

    with monkeypatch.context() as patch:
        patch.setattr(containers, "_write", full)
        assert batch(tmp_path / "*.t*", "-o", tmp_path / "out.jsonl").exit_code == 3
    assert batch(tmp_path / "*.t*", "-o", tmp_path / "out.jsonl").exit_code == 0
    assert len((tmp_path / "out.jsonl").read_bytes().splitlines()) == 2


def test_a_row_group_is_streamed(tmp_path: Path) -> None:
    import pyarrow as pa

    rows = [{"id": str(n), "body": BODY + os.urandom(2_000).hex()} for n in range(5_000)]
    pq.write_table(pa.Table.from_pylist(rows), tmp_path / "a.parquet", row_group_size=5_000)
    del rows
    before = pa.total_allocated_bytes()
    held = []
    for _ in read_items(list_files([str(tmp_path / "a.parquet")]), Reading()):
        held.append(pa.total_allocated_bytes() - before)
    assert len(held) == 5_000
    assert max(held) < 12_000_000
