"""Runs that starve, stop, are repaired, write to stores or tell of their progress."""

import gzip
import json
import os
import pty
import random
import re
import shutil
import signal
import sqlite3
import subprocess
import termios
import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import Future
from pathlib import Path
from typing import Any

import fsspec
import psutil
import pyarrow.parquet as pq
import pytest
from archives import BODY, article, batch, command, items, jsonl, packed, zstd
from pebble import ProcessExpired

from thads_nlp.archive.items import Item, Reading
from thads_nlp.archive.journal import Journal
from thads_nlp.archive.listing import list_files
from thads_nlp.archive.loading import load_item
from thads_nlp.archive.run import BATCH_TOKENS, Run
from thads_nlp.archive.tasks import Outcome, RunnerError, Settings
from thads_nlp.archive.workers import LocalRunner
from thads_nlp.schema import Article, Failure

EXTRACTIVE = ("--summarizer", "extractive", "--workers", 1)


def records(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 400 kB."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=400k", "tmpfs", str(folder)]
    if os.geteuid() != 0 or shutil.which("mount") is None or subprocess.run(mount, check=False).returncode:
        pytest.skip("a small file system can be mounted by the superuser only")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


@pytest.mark.parametrize("name", ["out.jsonl", "out.sqlite", "out.parquet"])
def test_a_disk_that_fills_up_loses_nothing_and_says_so(name: str, tmp_path: Path, small_disk: Path) -> None:
    source, whole = tmp_path / "in.jsonl", tmp_path / f"whole-{name}"
    source.write_text(jsonl(250), encoding="utf-8")
    starved = subprocess.run(
        command(source, small_disk / name, *EXTRACTIVE), capture_output=True, text=True, check=False
    )
    assert starved.returncode == 3
    assert "free some space" in starved.stderr
    assert "Traceback" not in starved.stderr
    assert not (small_disk / name).exists()
    subprocess.run(["mount", "-o", "remount,size=40m", str(small_disk)], check=True)
    kept = payloads(small_disk / "out.journal")
    assert kept
    assert batch(source, "-o", small_disk / name).exit_code == 0
    assert batch(source, "-o", whole).exit_code == 0
    again = payloads(small_disk / "out.journal")
    assert len(again) == 250
    assert all(again[number] == payload for number, payload in kept.items())
    assert same(small_disk / name, whole)


def payloads(journal: Path) -> dict[int, bytes]:
    """What a journal holds by number."""
    base = sqlite3.connect(journal)
    try:
        return dict(base.execute("select number, payload from results"))
    finally:
        base.close()


def same(first: Path, second: Path) -> bool:
    """Whether two outputs are alike: bytes of lines, rows of tables."""
    if first.suffix == ".parquet":
        return bool(pq.read_table(first).equals(pq.read_table(second)))
    if first.suffix == ".sqlite":
        dumps = []
        for path in (first, second):
            with sqlite3.connect(path) as base:
                dumps.append(list(base.iterdump()))
        return dumps[0] == dumps[1]
    return first.read_bytes() == second.read_bytes()


def test_a_folder_that_cannot_be_written_is_refused_at_once(tmp_path: Path, small_disk: Path) -> None:
    (tmp_path / "in.jsonl").write_text(jsonl(1), encoding="utf-8")
    subprocess.run(["mount", "-o", "remount,ro", str(small_disk)], check=True)
    refused = batch(tmp_path / "in.jsonl", "-o", small_disk / "out.jsonl")
    assert refused.exit_code == 2
    assert "cannot be written" in refused.stderr
    assert batch(tmp_path / "in.jsonl", "-o", tmp_path / "none" / "out.jsonl").exit_code == 2


def test_outputs_in_the_folder_of_the_inputs_are_no_inputs(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(BODY, encoding="utf-8")
    (tmp_path / "link").symlink_to(tmp_path)
    for name in ("out.jsonl", "pages"):
        for _ in range(2):
            assert batch(tmp_path / "link", "-o", tmp_path / name, "--overwrite" if _ else "--no-text").exit_code == 1
        assert [one["id"] for one in records(tmp_path / f"{Path(name).stem}.failures.jsonl")] == ["link"]
        for path in (tmp_path / name, *tmp_path.glob(f"{Path(name).stem}.*")):
            shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)


def test_a_repaired_file_is_briefed_on_retry_and_the_others_stay(tmp_path: Path) -> None:
    folder, out = tmp_path / "in", tmp_path / "out.jsonl"
    folder.mkdir()
    whole = packed("b.jsonl", jsonl(60, 100).encode())["b.jsonl.gz"]
    (folder / "a.jsonl").write_text(jsonl(3), encoding="utf-8")
    (folder / "b.jsonl.gz").write_bytes(whole[: len(whole) * 2 // 3])
    (folder / "c.jsonl").write_text(jsonl(3, 10) + json.dumps(article(100)) + "\n", encoding="utf-8")
    assert batch(folder, "-o", out).exit_code == 1
    kept = records(out)
    (folder / "b.jsonl.gz").write_bytes(whole)
    refused = batch(folder, "-o", out)
    assert (refused.exit_code, "another input" in refused.stderr) == (2, True)
    assert batch(folder, "-o", out, "--retry-failures").exit_code == 1
    made = records(out)
    assert [one["id"] for one in made] == [f"a{n}" for n in (*range(3), *range(100, 160), *range(10, 13))]
    by_id = {one["id"]: one for one in made}
    assert all(by_id[one["id"]] == one for one in kept if one["source"].endswith("a.jsonl#0"))
    # The id that the damaged file left to another is its own again.
    assert [one["id"] for one in records(tmp_path / "out.failures.jsonl")] == ["a100"]
    (folder / "a.jsonl").write_text(jsonl(4), encoding="utf-8")
    assert batch(folder, "-o", out, "--retry-failures").exit_code == 2
    assert records(out) == made


def test_a_stop_between_a_text_and_its_copy_is_counted_and_gone_on_from(tmp_path: Path) -> None:
    source, out = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    rows = [{**article(n % 300), "id": f"n{n}", "title": "Tin tiêm chủng"} for n in range(600)]
    source.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    process = subprocess.Popen(command(source, out, *EXTRACTIVE), stderr=subprocess.PIPE, text=True)
    while not (journal := tmp_path / "out.journal-wal").exists() or journal.stat().st_size < 60_000:
        time.sleep(0.05)
        assert process.poll() is None
    process.send_signal(signal.SIGTERM)
    said = process.communicate(timeout=60)[1]
    assert process.returncode == 1, said
    assert re.search(r"stopped after \d+ briefings and 0 failures", said)
    assert batch(source, "-o", out).exit_code == 0
    made = records(out)
    assert [one["id"] for one in made] == [f"n{n}" for n in range(600)]
    assert all(one["summary"] == made[n % 300]["summary"] for n, one in enumerate(made))
    told = json.loads((tmp_path / "out.manifest.json").read_text(encoding="utf-8"))
    assert (told["briefings"], told["copies"], told["failures"]) == (600, 300, 0)


def test_a_manifest_tells_what_was_done_and_never_when(tmp_path: Path) -> None:
    (tmp_path / "in.jsonl").write_text(jsonl(4) + "not json\n", encoding="utf-8")
    for name in ("a.jsonl", "b.jsonl"):
        result = batch(tmp_path / "in.jsonl", "-o", tmp_path / name)
        told = r"5 articles in [\d.]+ s, [\d.]+ articles/s; processors \d+%, peak memory \d+ MiB"
        assert re.search(told, result.stderr)
    first, second = (
        json.loads((tmp_path / f"{name}.manifest.json").read_text(encoding="utf-8")) for name in ("a", "b")
    )
    assert {**first, "output": ""} == {**second, "output": ""}
    assert first["run"]["batches"]["chunk_items"] == 512
    assert (first["items"], first["failures_by_stage"], first["run"]["model"]) == (5, {"decode": 1}, "extractive")
    assert "s, " not in batch(tmp_path / "in.jsonl", "-o", tmp_path / "a.jsonl").stderr


def test_a_terminal_gets_a_bar_with_rate_failures_and_time_left(tmp_path: Path) -> None:
    (tmp_path / "in.jsonl").write_text(jsonl(150) + "not json\n", encoding="utf-8")
    ours, theirs = pty.openpty()
    termios.tcsetwinsize(theirs, (24, 120))
    run = command(tmp_path / "in.jsonl", tmp_path / "out.jsonl", *EXTRACTIVE)
    process = subprocess.Popen(run, stderr=theirs, env={**os.environ, "TERM": "xterm"})
    os.close(theirs)
    said = b""
    try:
        while part := os.read(ours, 4_096):
            said += part
    except OSError:  # the end of a terminal
        pass
    os.close(ours)
    assert process.wait() == 1
    told = said.decode()
    assert re.search(r"151/151 \[", told)
    assert "articles/s" in told
    assert "failed=1" in told
    assert re.search(r"\[\d\d:\d\d<\d\d:\d\d", told)


@pytest.mark.parametrize("name", ["o.jsonl", "o.jsonl.zst", "o.parquet", "o.sqlite", "o"])
def test_a_url_gets_what_a_path_gets(name: str, tmp_path: Path) -> None:
    store, work = tmp_path / "store", tmp_path / "work"
    work.mkdir()
    (tmp_path / "in.jsonl").write_text(jsonl(6) + "not json\n", encoding="utf-8")
    url = f"file://{store}/briefs/{name}"
    assert batch(f"file://{tmp_path}/in.jsonl", "-o", url, "--work-dir", work).exit_code == 1
    assert batch(tmp_path / "in.jsonl", "-o", tmp_path / name).exit_code == 1
    assert [path.name for path in work.iterdir()] == ["o.journal"]
    if name == "o":
        there, here = (
            sorted((page.name, page.read_bytes()) for page in folder.iterdir())
            for folder in (store / "briefs" / "o", tmp_path / "o")
        )
        assert there == here
    elif name == "o.jsonl":
        made = records(store / "briefs" / name)
        assert made[0]["source"] == f"file://{tmp_path}/in.jsonl#0"
        assert [{**one, "source": ""} for one in made] == [{**one, "source": ""} for one in records(tmp_path / name)]
    else:
        assert (store / "briefs" / name).stat().st_size > 1_000
    for suffix in (".failures.jsonl", ".manifest.json"):
        assert (store / "briefs" / f"o{suffix}").is_file()


def test_an_output_on_a_store_is_resumed_refused_and_overwritten_as_one_here(tmp_path: Path) -> None:
    system = fsspec.filesystem("memory")
    url, work = f"memory://runs{tmp_path.name}/o.jsonl", ("--work-dir", tmp_path)
    (tmp_path / "in.jsonl").write_text(jsonl(3), encoding="utf-8")
    assert batch(tmp_path / "in.jsonl", "-o", url, *work).exit_code == 0
    first = system.cat(url)
    system.rm(url)
    assert batch(tmp_path / "in.jsonl", "-o", url, *work).exit_code == 0
    assert system.cat(url) == first
    assert batch(tmp_path / "in.jsonl", "-o", url, "--length", "short", *work).exit_code == 2
    (tmp_path / "o.journal").unlink()
    assert batch(tmp_path / "in.jsonl", "-o", url, *work).exit_code == 2
    assert batch(tmp_path / "in.jsonl", "-o", url, "--overwrite", "--length", "short", *work).exit_code == 0
    assert system.cat(url) != first
    assert batch(tmp_path / "in.jsonl", "-o", "nowhere://x/o.jsonl", *work).exit_code in (2, 3)


def test_a_store_that_refuses_costs_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    system = fsspec.filesystem("memory")
    url = f"memory://full{tmp_path.name}/o.jsonl"
    (tmp_path / "in.jsonl").write_text(jsonl(3), encoding="utf-8")

    def refuse(*args: object, **options: object) -> None:
        raise PermissionError("the bucket is read-only")

    with monkeypatch.context() as patch:
        patch.setattr(type(system), "put_file", refuse)
        refused = batch(tmp_path / "in.jsonl", "-o", url, "--work-dir", tmp_path)
    assert refused.exit_code == 3
    assert "read-only" in refused.stderr
    done = batch(tmp_path / "in.jsonl", "-o", url, "--work-dir", tmp_path)
    assert done.exit_code == 0
    assert "articles/s" not in done.stderr
    assert len(system.cat(url).splitlines()) == 3


def test_inputs_of_several_stores_with_equal_names_are_all_briefed(tmp_path: Path) -> None:
    system = fsspec.filesystem("memory")
    for year in (2019, 2030):
        with system.open(f"/{tmp_path.name}{year}/a.jsonl.gz", "wb") as stream:
            stream.write(gzip.compress(jsonl(2, year).encode()))
    inputs = [f"memory://{tmp_path.name}{year}" for year in (2019, 2030)]
    assert batch(*inputs, "-o", tmp_path / "out.jsonl").exit_code == 0
    made = records(tmp_path / "out.jsonl")
    assert [one["id"] for one in made] == ["a2019", "a2020", "a2030", "a2031"]
    assert len({one["source"].partition("#")[0] for one in made}) == 2
    pattern = batch(f"memory://{tmp_path.name}2019/*.gz", "-o", tmp_path / "some.jsonl")
    assert pattern.exit_code == 0
    assert len(records(tmp_path / "some.jsonl")) == 2


class Flaky:
    """Workers of which the first ones die, here in this process: what they were given is what is looked at."""

    def __init__(self, deaths: int) -> None:
        self.deaths, self.given = deaths, []  # type: ignore[var-annotated]

    def load(self, part: Sequence[Item]) -> Future[list[Article | Failure]]:
        future: Future[list[Article | Failure]] = Future()
        future.set_result([load_item(item, Reading()) for item in part])
        return future

    def brief(self, articles: Sequence[Article]) -> Future[list[Outcome]]:
        self.given.append([one.id for one in articles])
        future: Future[list[Outcome]] = Future()
        if len(self.given) <= self.deaths:
            future.set_exception(ProcessExpired("killed", -9))
        else:
            future.set_result([Outcome("briefing", json.dumps({"id": one.id}).encode()) for one in articles])
        return future

    def cancel(self, futures: Sequence[Future[Any]]) -> None:
        """Nothing waits here."""

    def check(self) -> None:
        """Nothing breaks down here."""


class Broken(Flaky):
    """Workers that break down for good at their second batch, whose result never comes."""

    def brief(self, articles: Sequence[Article]) -> Future[list[Outcome]]:
        return super().brief(articles) if not self.given else self.lost(articles)

    def lost(self, articles: Sequence[Article]) -> Future[list[Outcome]]:
        self.given.append([one.id for one in articles])
        return Future()

    def check(self) -> None:
        if len(self.given) > 1:
            raise RunnerError("no worker is left")


class Silent:
    def earlier(self, count: int) -> None:
        """Nobody listens."""

    def made(self, count: int, failed: int) -> None:
        """Nobody listens."""


@pytest.mark.parametrize(("deaths", "tries"), [(0, 1), (1, 2), (2, 3)])
def test_a_worker_that_dies_by_chance_does_not_change_what_is_generated_together(
    deaths: int, tries: int, tmp_path: Path
) -> None:
    (tmp_path / "in.jsonl").write_text(jsonl(5), encoding="utf-8")
    runner = Flaky(deaths)
    with Journal(tmp_path / "j") as journal:
        journal.begin({}, list_files([str(tmp_path / "in.jsonl")]), renew=False)
        assert Run(journal, runner, Silent(), lambda: False).process(iter(items(tmp_path / "in.jsonl")))
        assert journal.counts().briefings == 5
    assert len(runner.given) == tries
    assert all(sorted(ids) == [f"a{n}" for n in range(5)] for ids in runner.given)


def test_workers_that_break_down_end_the_run_and_blame_no_article(tmp_path: Path) -> None:
    (tmp_path / "in.jsonl").write_text(jsonl(40), encoding="utf-8")
    found = items(tmp_path / "in.jsonl")
    with Journal(tmp_path / "j") as journal:
        journal.begin({}, [], renew=False)
        with pytest.raises(RunnerError, match="no worker is left"):
            Run(journal, Broken(0), Silent(), lambda: False).process(iter(found))
        assert (journal.counts().briefings, journal.counts().failures) == (16, 0)
        runner = Flaky(0)
        assert Run(journal, runner, Silent(), lambda: False).process(iter(found))
        assert journal.counts().briefings == 40
    assert sum(map(len, runner.given)) == 24


def test_workers_killed_while_they_have_nothing_to_do_end_the_run_and_not_in_a_traceback(tmp_path: Path) -> None:
    with LocalRunner(1, 60.0, Reading(), Settings(summarizer="extractive")) as runner:
        runner.check()
        (worker,) = (one for one in psutil.Process().children() if "spawn_main" in " ".join(one.cmdline()))
        worker.kill()
        with pytest.raises(RunnerError, match="want of memory"):
            checked(runner)
        with pytest.raises(RunnerError):
            runner.brief(())


def checked(runner: LocalRunner) -> None:
    """Look for some seconds."""
    end = time.monotonic() + 20
    while time.monotonic() < end:
        runner.check()
        time.sleep(0.05)


def test_batches_are_a_function_of_the_input_alone(tmp_path: Path) -> None:
    chance = random.Random(3)
    rows = [article(n, body=BODY * chance.randint(1, 30)) for n in range(700)]
    (tmp_path / "in.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    found = items(tmp_path / "in.jsonl")
    whole = Flaky(0)
    with Journal(tmp_path / "whole") as journal:
        journal.begin({}, [], renew=False)
        Run(journal, whole, Silent(), lambda: False).process(iter(found))
    cut = Flaky(0)
    for stop in (1, 2, 9, 30, 10_000):
        with Journal(tmp_path / "cut") as journal:
            journal.begin({}, [], renew=False)
            limit = len(cut.given) + stop
            Run(journal, cut, Silent(), lambda limit=limit: len(cut.given) >= limit).process(iter(found))  # type: ignore[misc]
    assert {tuple(ids) for ids in cut.given} == {tuple(ids) for ids in whole.given}
    assert sorted(one for ids in whole.given for one in ids) == sorted(str(row["id"]) for row in rows)
    assert all(len(ids) <= 16 for ids in whole.given)
    tokens = {str(row["id"]): len(str(row["body"]).split()) for row in rows}
    assert all(sum(tokens[one] for one in ids) <= BATCH_TOKENS for ids in whole.given)
    assert max(sum(tokens[one] for one in ids) for ids in whole.given) > BATCH_TOKENS * 0.8


def test_only_one_process_has_a_journal(tmp_path: Path) -> None:
    with Journal(tmp_path / "j"):
        refused = batch(tmp_path, "-o", tmp_path / "j.jsonl", "--work-dir", tmp_path)
        assert refused.exit_code in (2, 3)


def test_what_is_written_is_whole_or_not_there(tmp_path: Path) -> None:
    source, out = tmp_path / "in.jsonl", tmp_path / "out.jsonl.zst"
    source.write_text(jsonl(20), encoding="utf-8")
    assert batch(source, "-o", out).exit_code == 0
    before = out.read_bytes()
    out.write_bytes(before[:100])
    assert batch(source, "-o", out).exit_code == 0
    assert out.read_bytes() == before
    assert len(zstd.decompress(before).splitlines()) == 20
    assert not list(tmp_path.glob(".*.part"))
    assert threading.active_count() < 20
