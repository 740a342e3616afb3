"""The Python API as tools use it: closing, threads, event loops, tables, notebooks, logs and warnings."""

import asyncio
import inspect
import json
import logging
import subprocess
import sys
import threading
import typing
import warnings
import weakref
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from decimal import Decimal
from html.parser import HTMLParser
from pathlib import Path

import pytest
from tiny import export_tiny, make_tiny

import thads_nlp
from thads_nlp import (
    Article,
    Briefing,
    ClosedError,
    Failure,
    InputError,
    MissingExtraError,
    Summarizer,
    TruncationWarning,
    briefings_frame,
    figures_frame,
    find_figures,
)

SAMPLES = sorted((Path(__file__).parents[1] / "data" / "samples").glob("*.txt"))
TEXTS = [path.read_text(encoding="utf-8") for path in SAMPLES]


@pytest.fixture(scope="module")
def extractive() -> Summarizer:
    return Summarizer.load(summarizer="extractive")


@pytest.fixture(scope="module")
def briefings(extractive: Summarizer) -> list[Briefing]:
    articles = [
        Article(text, id=path.stem, published="2020-06-17") for path, text in zip(SAMPLES, TEXTS, strict=True)
    ]
    return [made for made in extractive.brief_many(articles) if isinstance(made, Briefing)]


@pytest.fixture(scope="module")
def tiny_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A random encoder–decoder as a CTranslate2 export."""
    folder = tmp_path_factory.mktemp("tiny")
    made = export_tiny(make_tiny("bart", folder / "bart"), folder / "export")
    # The model knows 256 positions; a folder without a manifest is taken to have more.
    manifest = {"name": "tiny", "revision": "1", "shape": "encoder-decoder", "input": "plain", "files": {}}
    manifest["window"] = 240
    for place in (made, folder / "bart"):
        (place / "thads.json").write_text(json.dumps(manifest), encoding="utf-8")
    return made


class TestClosing:
    def test_a_closed_summarizer_frees_its_model_and_says_why_it_does_nothing(self, tiny_folder: Path) -> None:
        with Summarizer.load(tiny_folder) as summarizer:
            model = weakref.ref(summarizer._generator)
            assert model() is not None
            assert summarizer.brief(TEXTS[0]).summary
        assert model() is None
        with pytest.raises(ClosedError, match="is closed; load another"):
            summarizer.brief(TEXTS[0])
        with pytest.raises(ClosedError):
            next(summarizer.brief_many([TEXTS[0]]))
        summarizer.close()

    def test_an_error_in_the_block_closes_it_and_is_not_swallowed(self) -> None:
        with pytest.raises(InputError), Summarizer.load(summarizer="extractive") as summarizer:
            summarizer.brief("")
        with pytest.raises(ClosedError):
            summarizer.brief(TEXTS[0])

    def test_closing_amid_an_archive_is_an_error_and_no_list_of_failures(self) -> None:
        summarizer = Summarizer.load(summarizer="extractive")

        def articles() -> typing.Iterator[str]:
            yield TEXTS[0]
            summarizer.close()
            yield TEXTS[1]

        with pytest.raises(ClosedError):
            list(summarizer.brief_many(articles()))

    def test_closing_in_one_thread_ends_the_others_with_that_error_only(self) -> None:
        summarizer = Summarizer.load(summarizer="extractive")
        started = threading.Barrier(4)
        ended: list[str] = []

        def work() -> None:
            started.wait()
            try:
                while True:
                    summarizer.brief(TEXTS[1])
            except Exception as error:
                ended.append(type(error).__name__)

        threads = [threading.Thread(target=work) for _ in range(3)]
        for thread in threads:
            thread.start()
        started.wait()
        summarizer.close()
        for thread in threads:
            thread.join()
        assert ended == ["ClosedError"] * 3


class TestThreads:
    def test_threads_make_what_one_makes(self, extractive: Summarizer, briefings: list[Briefing]) -> None:
        expected = [extractive.brief(text) for text in TEXTS]
        with ThreadPoolExecutor(6) as pool:
            made = list(pool.map(extractive.brief, TEXTS * 3))
        assert made == expected * 3

    @pytest.mark.parametrize("engine", ["ctranslate2", "transformers"])
    def test_engines_are_shared_by_threads(self, tiny_folder: Path, engine: typing.Any) -> None:
        folder = tiny_folder if engine == "ctranslate2" else tiny_folder.parent / "bart"
        with Summarizer.load(folder, engine=engine, threads=1) as summarizer:
            expected = list(summarizer.brief_many(TEXTS[:4]))
            with ThreadPoolExecutor(4) as pool:
                made = list(pool.map(summarizer.brief, TEXTS[:4] * 2))
        assert [item.to_dict() | {"id": ""} for item in made] == [item.to_dict() | {"id": ""} for item in expected * 2]

    @pytest.mark.model
    def test_the_shipped_model_is_shared_by_threads(self) -> None:
        short = [TEXTS[0], "\n".join(TEXTS[2].split("\n")[:4])]
        with Summarizer.load() as summarizer, ThreadPoolExecutor(2) as pool:
            made = list(pool.map(summarizer.brief, short))
            assert made == [summarizer.brief(text) for text in short]

    def test_the_first_use_may_be_by_many_threads(self) -> None:
        program = (
            "import sys, threading; sys.setswitchinterval(1e-4)\n"
            "from thads_nlp.text.segment import segment_words\n"
            "failed = []\n"
            "start = threading.Barrier(8)\n"
            "def work(number):\n"
            "    start.wait()\n"
            "    try: assert segment_words(f'Hội nghị giao ban trực tuyến {number}')\n"
            "    except BaseException as error: failed.append(repr(error))\n"
            "threads = [threading.Thread(target=work, args=(n,)) for n in range(8)]\n"
            "[thread.start() for thread in threads]; [thread.join() for thread in threads]\n"
            "sys.exit(failed[0] if failed else 0)\n"
        )
        done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr


class TestEventLoop:
    def test_several_articles_are_awaited_while_the_loop_stays_free(self, extractive: Summarizer) -> None:
        ticks = 0

        async def tick() -> None:
            nonlocal ticks
            while True:
                await asyncio.sleep(0.001)
                ticks += 1

        async def main() -> list[Briefing]:
            ticking = asyncio.create_task(tick())
            made = await asyncio.gather(*(extractive.abrief(text) for text in TEXTS))
            ticking.cancel()
            return made

        assert asyncio.run(main()) == [extractive.brief(text) for text in TEXTS]
        assert ticks > 1

    def test_errors_come_through(self, extractive: Summarizer) -> None:
        with pytest.raises(InputError):
            asyncio.run(extractive.abrief("   "))


class TestTables:
    def test_a_row_a_figure(self, briefings: list[Briefing]) -> None:
        briefing = briefings[0]
        frame = briefing.to_frame()
        assert len(frame) == len(briefing.figures) > 3
        assert list(frame["text"]) == [figure.text for figure in briefing.figures]
        assert frame["value"].dtype == "float64"
        assert list(frame["value"]) == [float(figure.value) for figure in briefing.figures]
        assert str(frame["period_start"].dtype).startswith("datetime64")
        assert set(frame["id"]) == {briefing.id}
        changes = frame[(frame["role"] == "change") & (frame["unit"] == "%")]
        assert len(changes) == sum(figure.role == "change" and figure.unit == "%" for figure in briefing.figures)

    def test_many_briefings_in_two_tables(self, briefings: list[Briefing]) -> None:
        assert len(figures_frame(briefings)) == sum(len(briefing.figures) for briefing in briefings)
        frame = briefings_frame(briefings)
        assert list(frame["id"]) == [briefing.id for briefing in briefings]
        assert list(frame["bullets"].str.count("\n") + 1) == [max(1, len(b.bullets)) for b in briefings]
        assert frame["published"].dt.year.eq(2020).all()
        assert frame["key_figures"].sum() == sum(figure.key for b in briefings for figure in b.figures)

    def test_nothing_and_odd_dates_make_tables_of_the_same_types(self, briefings: list[Briefing]) -> None:
        full, empty = figures_frame(briefings), figures_frame([])
        assert list(empty.columns) == list(full.columns)
        assert empty["value"].dtype == full["value"].dtype
        odd = briefings_frame([replace(briefings[0], published="hôm qua")])
        assert odd["published"].isna().all()

    def test_the_extra_is_named_where_it_is_missing(
        self, briefings: list[Briefing], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setitem(sys.modules, "pandas", None)
        with pytest.raises(MissingExtraError, match=r"thads-nlp\[pandas\]"):
            briefings[0].to_frame()

    def test_pandas_is_not_imported_before(self) -> None:
        program = "import sys, thads_nlp; sys.exit(any(n in sys.modules for n in ('pandas', 'asyncio', 'jinja2')))"
        assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0

    def test_dictionaries_go_both_ways(self, briefings: list[Briefing]) -> None:
        for briefing in briefings:
            assert Briefing.from_dict(briefing.to_dict()) == briefing


class _Tags(HTMLParser):
    def __init__(self, page: str) -> None:
        super().__init__()
        self.opened: list[str] = []
        self.text = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.opened.append(tag)

    def handle_data(self, data: str) -> None:
        self.text += data


def test_a_notebook_shows_the_briefing_and_no_markup_of_the_article(briefings: list[Briefing]) -> None:
    odd = replace(briefings[0], title="<script>x</script>", warnings=("<b>",), model="<i>")
    shown = _Tags(odd._repr_html_())
    assert set(shown.opened) <= {"article", "h3", "p", "ul", "li", "small"}
    assert "<script>x</script>" in shown.text
    assert all(bullet.text in shown.text for bullet in odd.bullets)
    assert "trích từ bài" in shown.text


class TestLogsAndWarnings:
    def test_the_library_is_silent_unless_asked(self) -> None:
        program = (
            "from thads_nlp import Summarizer\n"
            "list(Summarizer.load(summarizer='extractive').brief_many(['', 'x']))\n"
        )
        done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
        assert done.stdout == done.stderr == ""

    def test_levels(self, tiny_folder: Path, caplog: pytest.LogCaptureFixture) -> None:
        with caplog.at_level(logging.DEBUG, "thads_nlp"), Summarizer.load(tiny_folder) as summarizer:
            made = list(summarizer.brief_many([Article(TEXTS[0], id="tốt"), Article("  ", id="rỗng")]))
        assert isinstance(made[1], Failure)
        found = {(record.levelname, record.getMessage()) for record in caplog.records}
        label = summarizer.label
        assert {("INFO", f"loaded {label}"), ("INFO", f"closed {label}")} <= found
        assert any(level == "WARNING" and "rỗng" in text and made[1].reason in text for level, text in found)
        assert any(level == "DEBUG" and "'tốt'" in text for level, text in found)
        assert not [text for _, text in found if TEXTS[0][:40] in text]

    @pytest.mark.model
    def test_an_article_read_in_part_warns_where_it_was_briefed(self) -> None:
        text = next(text for path, text in zip(SAMPLES, TEXTS, strict=True) if path.stem == "y_te_tiem_chung")
        with Summarizer.load() as summarizer:
            with pytest.warns(TruncationWarning, match="article y tế: sentences were left out") as caught:
                briefing = summarizer.brief(Article(text, id="y tế"))
            assert caught[0].filename == __file__
            with warnings.catch_warnings():
                warnings.simplefilter("error")
                assert not summarizer.brief(TEXTS[0]).truncated
        assert briefing.truncated
        assert briefing.warnings


def public_methods(kind: type) -> list[typing.Any]:
    """Functions that a class of the package defines for its callers."""
    members = [getattr(kind, name) for name in vars(kind) if not name.startswith("_")]
    return [member for member in members if inspect.isfunction(member) or inspect.ismethod(member)]


class TestTypes:
    def test_every_public_function_is_annotated(self) -> None:
        for name in thads_nlp.__all__:
            thing = getattr(thads_nlp, name)
            assert thing.__doc__
            for function in [thing] if inspect.isfunction(thing) else public_methods(thing):
                parameters = [name for name in inspect.signature(function).parameters if name not in ("self", "cls")]
                assert {"return", *parameters} <= set(function.__annotations__), function
                assert function.__doc__

    @pytest.mark.slow
    def test_a_strict_checker_knows_the_types_of_a_caller(self, tmp_path: Path) -> None:
        caller = tmp_path / "caller.py"
        caller.write_text(
            "from decimal import Decimal\n"
            "from thads_nlp import Article, Briefing, Failure, Summarizer, find_figures\n"
            "with Summarizer.load(length='short') as summarizer:\n"
            "    briefing: Briefing = summarizer.brief(Article('x', id='1'))\n"
            "    values: list[Decimal] = [figure.value for figure in briefing.figures]\n"
            "    for made in summarizer.brief_many(['x']):\n"
            "        print(made.reason if isinstance(made, Failure) else made.title)\n"
            "async def one() -> Briefing:\n"
            "    return await summarizer.abrief('x')\n"
            "wrong: int = find_figures('x')\n"
            "Summarizer.load(length='tiny')\n",
            encoding="utf-8",
        )
        command = [sys.executable, "-m", "mypy", "--strict", "--no-incremental", str(caller)]
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
        faults = [line.split(":", 2)[1] for line in done.stdout.splitlines() if ": error:" in line]
        assert faults == ["10", "11"], done.stdout


def test_values_stay_exact() -> None:
    figures = find_figures("Thu ngân sách đạt 1.250,5 tỷ đồng, tăng 12% so với năm trước.")
    assert [figure.value for figure in figures] == [Decimal("1250500000000"), Decimal(12)]
