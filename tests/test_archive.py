"""Archives: every format and container, broken inputs, and runs that are cut, killed, starved or repeated."""

import contextlib
import gzip
import io
import json
import os
import random
import resource
import signal
import sqlite3
import subprocess
import tarfile
import time
import zipfile
from pathlib import Path

import psutil
import pyarrow.parquet as pq
import pytest
from archives import (
    BODY,
    DOCUMENTS,
    RSS,
    TITLE,
    article,
    batch,
    command,
    items,
    jsonl,
    load,
    packed,
    zstd,
)
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tiny import export_tiny, make_tiny

from thads_nlp.archive.formats import sniff
from thads_nlp.archive.loading import iso_date
from thads_nlp.schema import Article, Briefing, Failure
from thads_nlp.summarizer import Summarizer
from thads_nlp.text.reading import read_article


@pytest.mark.parametrize("name", DOCUMENTS)
def test_every_format_is_read_alike_plain_and_packed(name: str, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(DOCUMENTS[name])
    plain = [one for one in load(tmp_path / name) if isinstance(one, Article)]
    assert plain
    assert "huyện B tiêm nhiều nhất với 3.20" in " ".join(plain[0].text.split())
    for other, data in packed(name, DOCUMENTS[name]).items():
        (tmp_path / other).write_bytes(data)
        inside = [one for one in load(tmp_path / other) if isinstance(one, Article)]
        assert [one.text for one in inside] == [one.text for one in plain], other


def test_what_documents_say_of_themselves_is_taken_over(tmp_path: Path) -> None:
    for name, data in DOCUMENTS.items():
        (tmp_path / name).write_bytes(data)
    found = {one.id: one for one in load(tmp_path) if isinstance(one, Article)}
    assert found["a.html"].title == found["g1"].title == found["urn:1"].title == TITLE
    assert found["a.html"].published == found["g1"].published == found["urn:1"].published == "2020-10-02"
    assert "rác" not in found["a.html"].text
    assert "script" not in found["g1"].text
    assert found["a1"].published == "2020-10-02"
    assert found["a2"].source == f"{tmp_path}/a.parquet#1"


@pytest.mark.parametrize(
    ("text", "expected"),
    [("2020-06-17T08:00:00Z", "2020-06-17"), ("17/06/2020 - 08:00", "2020-06-17"), ("hôm qua", None), ("", None),
     ("Wed, 17 Jun 2020 10:00:00 GMT", "2020-06-17"), ("2020-13-45", None), (None, None)],
)  # fmt: skip
def test_dates_become_iso(text: str | None, expected: str | None) -> None:
    assert iso_date(text) == expected


def test_content_decides_before_the_name() -> None:
    assert sniff(gzip.compress(b"x"), "a.txt") == "gzip"
    assert sniff(b'{"id": 1, "body": "x"}\n', "a.txt") == "jsonl"
    assert sniff(b"<!DOCTYPE html><html>", "a.txt") == "html"
    assert sniff(RSS.encode(), "a.txt") == "xml"
    assert sniff("Thứ Hai, <b>".encode(), "a.txt") == "text"


def bomb() -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("zeros.txt", b"0" * 64_000_000)
    return stream.getvalue()


def linked_tar() -> bytes:
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w") as archive:
        info = tarfile.TarInfo("../../etc/link")
        info.type, info.linkname = tarfile.SYMTYPE, "/etc/passwd"
        archive.addfile(info)
    return stream.getvalue()


BROKEN: dict[str, tuple[bytes, str]] = {
    "cut.gz": (gzip.compress(BODY.encode())[:60], "damaged"),
    "cut.zip": (packed("a.txt", BODY.encode())["members.zip"][:80], "damaged"),
    "cut.zst": (zstd.compress(os.urandom(5_000))[:3_000], "damaged"),
    "bomb.zip": (bomb(), "bomb"),
    "bomb.gz": (gzip.compress(b"0" * 64_000_000), "bomb|more than"),
    "link.tar": (linked_tar(), "link"),
    "null.jsonl": (b"null\n", "expected an object"),
    "nan.jsonl": (b'{"id": NaN, "body": NaN}\n', "no text in any of the fields"),
    "deep.json": (b"[" * 200_000, "nested|JSON"),
    "deep.jsonl": (b'{"body":' + b"[" * 200_000 + b"\n", "nested|JSON"),
    "broken.xml": (b"<?xml version='1.0'?><rss><item><title>x</rss>", "well-formed"),
    "entities.xml": (b"<?xml version='1.0'?><!DOCTYPE a [<!ENTITY b 'c'>]><rss><item><title>&b;</title></item></rss>",
                     "no text"),
    "empty.html": (b"<!doctype html><html><body><script>alert(1)</script></body></html>", "HTML page without"),
    "bad.pdf": (b"%PDF-1.4 nothing", "PDF"),
    "bad.docx": (b"PK\x03\x04word/", "damaged"),
    "bad.parquet": (b"PAR1 nothing PAR1", "damaged|Parquet"),
    "picture.txt": (b"\x89PNG\r\n\x1a\n0000", "PNG"),
}  # fmt: skip


@pytest.mark.parametrize("name", BROKEN)
def test_broken_inputs_are_failures_with_their_reason(name: str, tmp_path: Path) -> None:
    data, words = BROKEN[name]
    (tmp_path / name).write_bytes(data)
    found = load(tmp_path / name)
    assert found
    assert all(isinstance(one, Failure) and one.id and one.source for one in found)
    assert any(word in one.reason for one in found if isinstance(one, Failure) for word in words.split("|")), found


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sampled_from(sorted(DOCUMENTS)), st.randoms(use_true_random=False))
def test_damaged_bytes_never_raise(tmp_path: Path, name: str, chance: random.Random) -> None:
    data = bytearray(DOCUMENTS[name])
    for _ in range(chance.randint(1, 8)):
        data[chance.randrange(len(data))] = chance.randrange(256)
    (tmp_path / name).write_bytes(bytes(data[: chance.randint(1, len(data))]))
    assert all(isinstance(one, (Article, Failure)) for one in load(tmp_path / name))


def test_line_separators_within_records_are_line_ends(tmp_path: Path) -> None:
    row = json.dumps(article(1, body=BODY.replace("\n", "\u2028")), ensure_ascii=False)
    (tmp_path / "a.jsonl").write_text(row + "\n", encoding="utf-8")
    (only,) = load(tmp_path / "a.jsonl")
    assert isinstance(only, Article)
    assert read_article(only).text.count("\n") >= 2


def test_an_overlong_line_is_skipped_and_the_next_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("thads_nlp.archive.readers.MAX_BYTES", 3_000)
    (tmp_path / "a.jsonl").write_text('{"body": "' + "a" * 9_000 + '"}\n' + jsonl(1), encoding="utf-8")
    first, second = load(tmp_path / "a.jsonl")
    assert isinstance(first, Failure)
    assert isinstance(second, Article)


def test_odd_folders_are_walked_without_following_links(tmp_path: Path) -> None:
    folder = tmp_path / "in"
    (folder / "sub").mkdir(parents=True)
    (folder / "sub" / "b\nc.txt").write_text(BODY, encoding="utf-8")
    (folder / ".hidden").write_text("x", encoding="utf-8")
    (folder / "loop").symlink_to(folder)
    (folder / "gone").symlink_to("nowhere")
    found = {one.id: one for one in load(folder)}
    assert sorted(found) == ["gone", "loop", "sub/b\\x0ac.txt"]
    assert isinstance(found["sub/b\\x0ac.txt"], Article)
    assert "not followed" in getattr(found["loop"], "reason", "")


def test_names_are_relative_to_the_input_or_to_what_inputs_share(tmp_path: Path) -> None:
    for name in ("x/a.txt", "y/a.txt"):
        (tmp_path / name).parent.mkdir()
        (tmp_path / name).write_text(BODY, encoding="utf-8")
    assert [item.default_id for item in items(tmp_path / "x")] == ["a.txt"]
    assert [item.default_id for item in items(tmp_path / "x" / "a.txt")] == ["a.txt"]
    assert [item.default_id for item in items(tmp_path / "x", tmp_path / "y")] == ["x/a.txt", "y/a.txt"]
    assert [item.default_id for item in items(tmp_path / "*" / "a.txt")] == ["x/a.txt", "y/a.txt"]


def test_inputs_on_a_store_are_read_by_their_url(tmp_path: Path) -> None:
    import fsspec

    system = fsspec.filesystem("memory")
    for name, data in (("a.jsonl.gz", gzip.compress(jsonl(3).encode())), ("sub/b.txt", BODY.encode()), (".x", b"")):
        with system.open(f"/store/{name}", "wb") as stream:
            stream.write(data)
    assert batch("memory://store", "-o", tmp_path / "out.jsonl").exit_code == 0
    made = [json.loads(line) for line in (tmp_path / "out.jsonl").read_text(encoding="utf-8").splitlines()]
    assert [one["id"] for one in made] == ["a0", "a1", "a2", "sub/b.txt"]
    assert made[3]["source"] == "memory:///store/sub/b.txt"
    assert batch("memory://nowhere", "-o", tmp_path / "no.jsonl").exit_code == 3


def test_a_device_that_is_not_there_is_named(tiny_model: Path, tmp_path: Path) -> None:
    (tmp_path / "in.jsonl").write_text(jsonl(1), encoding="utf-8")
    run = command(tmp_path / "in.jsonl", tmp_path / "out.jsonl", "--model", tiny_model, "--device", "cuda")
    done = subprocess.run(run, capture_output=True, text=True, check=False)
    if done.returncode == 0:
        pytest.skip("this machine has a CUDA device")
    assert done.returncode == 3
    assert "is cuda there?" in done.stderr


def test_batch_makes_the_records_of_brief_many(tmp_path: Path) -> None:
    (tmp_path / "in.jsonl").write_text(jsonl(40), encoding="utf-8")
    assert batch(tmp_path / "in.jsonl", "-o", tmp_path / "out.jsonl").exit_code == 0
    made = [json.loads(line) for line in (tmp_path / "out.jsonl").read_text(encoding="utf-8").splitlines()]
    articles = [one for one in load(tmp_path / "in.jsonl") if isinstance(one, Article)]
    expected = [one.to_dict() for one in Summarizer.load(summarizer="extractive").brief_many(articles)]
    assert made == json.loads(json.dumps(expected))


def test_repeated_ids_fail_and_repeated_texts_are_made_once(tmp_path: Path) -> None:
    rows = [article(1), article(2), article(1), {**article(1), "id": "again"}]
    (tmp_path / "in.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    assert batch(tmp_path / "in.jsonl", "-o", tmp_path / "out.jsonl").exit_code == 1
    made = [json.loads(line) for line in (tmp_path / "out.jsonl").read_text(encoding="utf-8").splitlines()]
    assert [one["id"] for one in made] == ["a1", "a2", "again"]
    assert {**made[0], "id": "again", "source": made[2]["source"]} == made[2]
    (failure,) = [json.loads(line) for line in (tmp_path / "out.failures.jsonl").read_text().splitlines()]
    assert "given before" in failure["reason"]


def test_every_form_holds_the_same_records(tmp_path: Path) -> None:
    (tmp_path / "in.jsonl").write_text(jsonl(5), encoding="utf-8")
    for name in ("o.jsonl", "o2.jsonl.zst", "o3.parquet", "o4.sqlite", "o5"):
        assert batch(tmp_path / "in.jsonl", "-o", tmp_path / name).exit_code == 0
    plain = (tmp_path / "o.jsonl").read_bytes()
    records = [json.loads(line) for line in plain.splitlines()]
    assert zstd.decompress((tmp_path / "o2.jsonl.zst").read_bytes()) == plain
    assert pq.read_table(tmp_path / "o3.parquet").to_pylist() == records
    with sqlite3.connect(tmp_path / "o4.sqlite") as base:
        assert [json.loads(row) for (row,) in base.execute("select record from articles")] == records
        count = base.execute("select count(*) from figures").fetchone()[0]
    assert count == sum(len(record["figures"]) for record in records)
    pages = sorted((tmp_path / "o5").iterdir())
    assert len(pages) == 5
    assert all(Briefing.from_dict(one).summary in page.read_text(encoding="utf-8")
               for one, page in zip(records, pages, strict=True))  # fmt: skip


def test_another_input_or_option_needs_overwrite(tmp_path: Path) -> None:
    source, out = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    source.write_text(jsonl(2), encoding="utf-8")
    assert batch(source, "-o", out).exit_code == 0
    before = out.read_bytes()
    assert batch(source, "-o", out).exit_code == 0
    assert out.read_bytes() == before
    refused = batch(source, "-o", out, "--length", "short")
    assert (refused.exit_code, "another options" in refused.stderr) == (2, True)
    source.write_text(jsonl(3), encoding="utf-8")
    assert "another input" in batch(source, "-o", out).stderr
    assert batch(source, "-o", out, "--overwrite").exit_code == 0
    assert len(out.read_bytes().splitlines()) == 3
    (tmp_path / "other.jsonl").write_text("mine", encoding="utf-8")
    assert batch(source, "-o", tmp_path / "other.jsonl").exit_code == 2
    assert batch(source, "-o", tmp_path / "out.docx").exit_code == 2
    assert batch(tmp_path / "nothing", "-o", tmp_path / "n.jsonl").exit_code == 3


def test_failures_can_be_tried_again(tmp_path: Path) -> None:
    folder, out = tmp_path / "in", tmp_path / "out.jsonl"
    folder.mkdir()
    (folder / "a.txt").write_text(BODY, encoding="utf-8")
    # The same size before and after: what was listed has not changed, only what is in it.
    good = BODY.replace("12.500", "13.500").encode()
    (folder / "b.txt").write_bytes(b"\x89PNG" + b"\0" * (len(good) - 4))
    assert batch(folder, "-o", out).exit_code == 1
    (folder / "b.txt").write_bytes(good)
    assert batch(folder, "-o", out).exit_code == 1
    assert batch(folder, "-o", out, "--retry-failures").exit_code == 0
    assert len(out.read_bytes().splitlines()) == 2
    assert (tmp_path / "out.failures.jsonl").read_bytes() == b""


@pytest.fixture(scope="module")
def tiny_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return export_tiny(make_tiny("bart", tmp_path_factory.mktemp("bart")), tmp_path_factory.mktemp("export") / "ct2")


def test_a_run_killed_at_any_moment_ends_with_the_same_bytes(tmp_path: Path, tiny_model: Path) -> None:
    source = tmp_path / "in.jsonl"
    source.write_text(jsonl(250) + "not json\n" + jsonl(1), encoding="utf-8")
    whole, cut = tmp_path / "whole.jsonl", tmp_path / "cut.jsonl"
    began = time.monotonic()
    assert subprocess.run(command(source, whole, "--model", tiny_model), check=False).returncode == 1
    seconds = time.monotonic() - began
    chance = random.Random(6)
    for _ in range(20):
        process = subprocess.Popen(command(source, cut, "--model", tiny_model, "--workers", chance.randint(1, 3)))
        time.sleep(chance.uniform(0.3, 0.4 * seconds + 0.5))
        process.send_signal(signal.SIGKILL)
        process.wait()
    assert subprocess.run(command(source, cut, "--model", tiny_model), check=False).returncode == 1
    assert cut.read_bytes() == whole.read_bytes()
    failures = [path.with_name(path.stem + ".failures.jsonl").read_bytes() for path in (whole, cut)]
    assert failures[0] == failures[1]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_stop_finishes_what_is_in_work_and_says_how_to_go_on(number: signal.Signals, tmp_path: Path) -> None:
    source, out = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    source.write_text(jsonl(3_000), encoding="utf-8")
    run = command(source, out, "--summarizer", "extractive", "--workers", 1)
    process = subprocess.Popen(run, stderr=subprocess.PIPE, text=True)
    while not (journal := tmp_path / "out.journal-wal").exists() or journal.stat().st_size < 60_000:
        time.sleep(0.1)
        assert process.poll() is None
    process.send_signal(number)
    said = process.communicate(timeout=60)[1]
    assert process.returncode == 1
    assert "give the same command again" in said
    assert "Traceback" not in said
    assert not out.exists()


def test_a_full_disk_loses_nothing(tmp_path: Path) -> None:
    source, out = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    source.write_text(jsonl(150), encoding="utf-8")
    run = command(source, out, "--summarizer", "extractive", "--workers", 1)
    limit = 120_000
    starved = subprocess.run(
        run, capture_output=True, text=True, check=False,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit)),
    )  # fmt: skip
    assert starved.returncode == 3
    assert "free some space" in starved.stderr
    assert "Traceback" not in starved.stderr
    assert not out.exists()
    assert subprocess.run(run, check=False, capture_output=True).returncode == 0
    assert len(out.read_bytes().splitlines()) == 150


def test_two_runs_cannot_share_an_output(tmp_path: Path) -> None:
    (tmp_path / "in.jsonl").write_text(jsonl(1), encoding="utf-8")
    with sqlite3.connect(tmp_path / "out.journal") as base:
        base.execute("create table x (y)")
        base.execute("begin exclusive")
        refused = batch(tmp_path / "in.jsonl", "-o", tmp_path / "out.jsonl")
    assert refused.exit_code == 3
    assert "another run" in refused.stderr


def test_a_worker_that_dies_costs_its_own_article_only(tmp_path: Path, tiny_model: Path) -> None:
    source, out = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    source.write_text(jsonl(250), encoding="utf-8")
    process = subprocess.Popen(command(source, out, "--model", tiny_model, "--workers", 2), stderr=subprocess.PIPE)
    killed = False
    while process.poll() is None and not killed:
        children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
        workers = [pid for pid in children if b"spawn_main" in Path(f"/proc/{pid}/cmdline").read_bytes()]
        if workers and (wal := tmp_path / "out.journal-wal").exists() and wal.stat().st_size > 100_000:
            os.kill(int(workers[0]), signal.SIGKILL)
            killed = True
        time.sleep(0.02)
    process.communicate(timeout=120)
    assert killed
    assert process.returncode == 0
    assert len(out.read_bytes().splitlines()) == 250


def broken_inputs(folder: Path, count: int) -> None:
    """Files of every format, whole, cut, with bytes changed, or under another format's name."""
    chance = random.Random(500)
    for number in range(count):
        name = chance.choice(sorted(DOCUMENTS))
        whole = DOCUMENTS[name]
        data = bytearray(chance.choice(list(packed(name, whole).values())) if number % 3 == 0 else whole)
        for _ in range(chance.randint(0, 6)):
            data[chance.randrange(len(data))] = chance.randrange(256)
        suffix = chance.choice([Path(name).suffix, ".txt", ".gz", ".pdf", ".zip", ""])
        (folder / f"{number:03d}{suffix}").write_bytes(bytes(data[: chance.randint(1, len(data))]))


def test_five_hundred_broken_inputs_are_briefed_or_named(tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    broken_inputs(folder, 500)
    result = batch(folder, "-o", tmp_path / "out.jsonl")
    assert result.exit_code == 1, result.output
    assert "Traceback" not in result.output
    lines = [(tmp_path / name).read_text(encoding="utf-8").splitlines() for name in ("out.jsonl", "out.failures.jsonl")]
    made, failures = ([json.loads(line) for line in part] for part in lines)
    assert all(one["reason"] and one["stage"] and one["source"] for one in failures)
    files = {Path(one["source"].partition("!")[0].partition("#")[0]).name for one in [*made, *failures]}
    assert len(files) == 500


def children(process: psutil.Process) -> list[psutil.Process]:
    try:
        return process.children(recursive=True)
    except psutil.NoSuchProcess:
        return []


def resident(process: psutil.Process) -> int:
    try:
        return process.memory_info().rss
    except psutil.Error:  # ended meanwhile
        return 0


@pytest.mark.slow
def test_fifty_thousand_articles_in_flat_memory(tmp_path: Path) -> None:
    peaks = []
    for count in (5_000, 50_000):
        source, out = tmp_path / f"{count}.jsonl", tmp_path / f"out{count}.jsonl"
        source.write_text(jsonl(count), encoding="utf-8")
        process = psutil.Popen(command(source, out, "--summarizer", "extractive", "--no-text"))
        peak = 0
        while process.poll() is None:
            peak = max(peak, sum(resident(one) for one in (process, *children(process))))
            time.sleep(0.5)
        assert process.returncode == 0
        assert sum(1 for _ in out.open("rb")) == count
        peaks.append(peak)
    assert peaks[1] < 1.5 * peaks[0]


def moved_on(process: "subprocess.Popen[bytes]", wal: Path) -> bool:
    """Wait until a journal grows after it stood still for seconds, which is when models load or generate."""
    size, since = 0, time.monotonic()
    while process.poll() is None:
        now = wal.stat().st_size if wal.exists() else 0
        if now != size:
            if size and time.monotonic() - since > 2.0:
                return True
            size, since = now, time.monotonic()
        time.sleep(0.02)
    return False


@pytest.mark.slow
@pytest.mark.model
def test_the_shipped_model_killed_twice_gives_the_same_bytes(tmp_path: Path) -> None:
    source, cut = tmp_path / "in.jsonl", tmp_path / "cut.jsonl"
    source.write_text(jsonl(70), encoding="utf-8")
    assert subprocess.run(command(source, tmp_path / "whole.jsonl"), check=False).returncode == 0
    found = []
    # While the first batches are generated, and when the first of them is in the journal.
    for seconds in (3.0, 0.0):
        process = subprocess.Popen(command(source, cut, "--workers", 2))
        assert moved_on(process, tmp_path / "cut.journal-wal")
        time.sleep(seconds)
        assert process.poll() is None
        process.kill()
        process.wait()
        # A connection's own "with" does not close it.
        with contextlib.closing(sqlite3.connect(tmp_path / "cut.journal")) as base:
            found.append(base.execute("select count(*) from results").fetchone()[0])
    assert 0 < found[-1] < 70
    assert subprocess.run(command(source, cut, "--workers", 1), check=False).returncode == 0
    assert cut.read_bytes() == (tmp_path / "whole.jsonl").read_bytes()
