"""The same run on Ray Data: the same bytes, whatever dies or is stopped in the middle."""

import asyncio
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from archives import BODY, batch, command, jsonl

from thads_nlp.archive import distributed
from thads_nlp.archive.items import Reading
from thads_nlp.archive.ray_tasks import TRIES, Feed, Task, TaskError
from thads_nlp.archive.tasks import Settings
from thads_nlp.errors import ModelError
from thads_nlp.schema import Article

RAY = ("--summarizer", "extractive", "--runner", "ray", "--workers", 2)
COUNT = 600


@pytest.fixture(scope="module")
def local(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An input with a failure in it, briefed here."""
    pytest.importorskip("ray", reason="Ray has no build for this Python")
    folder = tmp_path_factory.mktemp("local")
    source = folder / "in.jsonl"
    source.write_text(jsonl(COUNT) + "not json\n" + json.dumps({"id": "short", "body": "Ảnh: B."}), encoding="utf-8")
    assert batch(source, "-o", folder / "out.jsonl").exit_code == 1
    return folder


def started(local: Path, out: Path) -> "subprocess.Popen[str]":
    """A run on a Ray of its own in a group of processes of its own, a good deal of which is in its journal."""
    process = subprocess.Popen(
        command(local / "in.jsonl", out, *RAY), stderr=subprocess.PIPE, text=True, start_new_session=True
    )
    wal = out.with_name("out.journal-wal")
    while not wal.exists() or wal.stat().st_size < 60_000:
        time.sleep(0.02)
        assert process.poll() is None, process.communicate()[1]
    return process


def same(folder: Path, local: Path) -> bool:
    return all((folder / n).read_bytes() == (local / n).read_bytes() for n in ("out.jsonl", "out.failures.jsonl"))


def actors(driver: int) -> list[int]:
    """Processes of the actors that brief for a driver, by the session that both are in."""
    found = []
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            try:
                name, session = (folder / "cmdline").read_bytes(), os.getsid(int(folder.name))
            except OSError:
                continue
            found += [int(folder.name)] if b"ray::MapWorker" in name and session == driver else []
    return found


def test_ray_gives_the_bytes_of_one_machine_though_actors_are_killed(local: Path, tmp_path: Path) -> None:
    process = started(local, tmp_path / "out.jsonl")
    killed = 0
    while process.poll() is None and killed < 2:
        for actor in actors(process.pid)[:1]:
            os.kill(actor, signal.SIGKILL)
            killed += 1
        time.sleep(0.5)
    said = process.communicate(timeout=600)[1]
    assert killed
    assert process.returncode == 1, said
    assert same(tmp_path, local)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_stop_of_ray_finishes_what_is_in_work_and_goes_on_anywhere(
    number: signal.Signals, local: Path, tmp_path: Path
) -> None:
    process = started(local, tmp_path / "out.jsonl")
    # Ctrl-C reaches everything that the terminal started, SIGTERM the command alone.
    os.killpg(process.pid, number) if number == signal.SIGINT else process.send_signal(number)
    said = process.communicate(timeout=300)[1]
    assert process.returncode == 1, said
    assert "give the same command again" in said
    assert "Traceback" not in said
    assert not (tmp_path / "out.jsonl").exists()
    assert batch(local / "in.jsonl", "-o", tmp_path / "out.jsonl").exit_code == 1
    assert same(tmp_path, local)


def ask(*calls: tuple[Any, ...]) -> list[Any]:
    """Answers of a feed to calls in their order."""

    async def run() -> list[Any]:
        feed = Feed()
        return [await getattr(feed, name)(*given) for name, *given in calls]

    return asyncio.run(run())


def body(number: int) -> Article:
    return Article(BODY.replace("12.500", f"{number}.500"), f"a{number}")


def test_what_takes_too_long_fails_alone_and_datasets_take_over_from_one_another(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    pytest.importorskip("ray", reason="Ray has no build for this Python")
    monkeypatch.setattr(distributed, "_ROUND_TASKS", 5)
    endless = Article("\n".join(body(number).text for number in range(6_000)), "endless")
    with distributed.RayRunner(1, None, 15.0, Reading(), Settings(summarizer="extractive")) as runner:
        given = [runner.brief([body(number)]) for number in range(6)]
        late, after = runner.brief([endless]), runner.brief([body(6), body(7)])
        made = [json.loads(one.record)["id"] for future in given for one in future.result()]
        assert made == [f"a{number}" for number in range(6)]
        with pytest.raises(TaskError, match="--time-limit"):
            late.result()
        assert [json.loads(one.record)["id"] for one in after.result()] == ["a6", "a7"]
        runner.check()


def test_a_model_that_is_not_there_is_named(tmp_path: Path) -> None:
    pytest.importorskip("ray", reason="Ray has no build for this Python")
    with pytest.raises(ModelError, match="nowhere"):
        distributed.RayRunner(1, None, 15.0, Reading(), Settings(model=str(tmp_path / "nowhere")))


FIRST, SECOND = Task("load", ("a",)), Task("brief", ("b",))


def test_tasks_have_the_numbers_that_they_were_given_in_whatever_order_they_come() -> None:
    *_, one, two, known = ask(("add", 1, SECOND), ("add", 0, FIRST), ("take", 0), ("take", 1), ("beyond", 0))
    assert (one, two, known) == (FIRST, SECOND, 2)


def test_a_task_that_ends_its_process_again_and_again_is_given_up() -> None:
    *begun, last = ask(("add", 0, FIRST), *([("take", 0)] * (TRIES + 1)))
    assert begun[1:] == [FIRST] * TRIES
    assert isinstance(last, TaskError)
    assert "died" in str(last)


def test_a_task_that_took_too_long_does_not_begin_again() -> None:
    *_, answer = ask(("add", 0, FIRST), ("take", 0), ("late", 0), ("take", 0))
    assert "--time-limit" in str(answer)


def test_what_has_begun_is_not_given_up_and_what_has_not_is() -> None:
    calls = [("add", 0, FIRST), ("add", 1, SECOND), ("take", 0), ("drop", [0, 1, 2]), ("take", 0), ("take", 1)]
    *_, dropped, first, second = ask(*calls)
    assert dropped == [1]
    assert first == FIRST
    assert isinstance(second, TaskError)


def test_a_closed_feed_keeps_nobody_waiting() -> None:
    *_, known, answer = ask(("add", 0, FIRST), ("close",), ("beyond", 1), ("take", 0))
    assert known == 1
    assert isinstance(answer, TaskError)


SLOW = """
import time
from thads_nlp.archive.ray_tasks import _limited
with _limited(60.0, lambda: print("not this one", flush=True)):
    pass
with _limited(0.2, lambda: print("late", flush=True)):
    time.sleep(30)
"""


def test_a_process_that_is_late_says_so_and_ends() -> None:
    done = subprocess.run([sys.executable, "-c", SLOW], capture_output=True, text=True, check=False, timeout=25)
    assert (done.returncode, done.stdout) == (1, "late\n")
