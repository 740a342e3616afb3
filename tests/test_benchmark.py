"""The benchmark: its articles, its processes, what it counts, the document it writes; tiny rivals run for real."""

import json
import math
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st
from tiny import export_tiny, make_tiny

from thads_nlp.cli import main
from thads_nlp.errors import InputError, OptionError
from thads_nlp.evaluation.benchmark import machine
from thads_nlp.evaluation.benchmark.articles import PARAGRAPH_WORDS, anchors, cut, read_texts, recombined
from thads_nlp.evaluation.benchmark.clock import peak_memory, timed
from thads_nlp.evaluation.benchmark.command import measure_and_write
from thads_nlp.evaluation.benchmark.drawing import draw
from thads_nlp.evaluation.benchmark.machine import measure_limits
from thads_nlp.evaluation.benchmark.package import Engine, lead
from thads_nlp.evaluation.benchmark.plan import (
    ANCHORS,
    BARTPHO_SYLLABLE,
    BATCH_CURVE,
    BRIEF,
    CURVES,
    EQUAL,
    FIGURES,
    FULL,
    GREEDY,
    LEAD,
    QUICK,
    RIVAL_BEAM,
    VIT5_BASE,
    Depth,
    Shape,
    Task,
    article_sets,
    package_tasks,
    rival_tasks,
)
from thads_nlp.evaluation.benchmark.ratios import Ratio, least_seconds, ratios
from thads_nlp.evaluation.benchmark.results import Facts, Limits, Outcome, Report, Request, Run, RunPlan
from thads_nlp.evaluation.benchmark.rivals import SUBWORDS_A_WORD
from thads_nlp.evaluation.benchmark.running import _START, CommandTime, Runner, _environment
from thads_nlp.evaluation.benchmark.suite import Settings, check_groups, run_benchmark
from thads_nlp.evaluation.benchmark.tables import BEGIN, END, results_section, write_section

SENTENCE = "Cục Thi hành án dân sự tỉnh A đã thi hành xong {} việc, tăng {},5% so với cùng kỳ năm trước."
TEXTS = tuple("\n".join(SENTENCE.format(n + 10 * m, m + 1) for m in range(6)) for n in range(1, 5))
# Shapes of a page of text; the vocabulary must hold the marks and random subwords.
TINY_T5 = replace(VIT5_BASE, config={**VIT5_BASE.config, "vocab_size": 96, "d_model": 16, "d_kv": 8, "d_ff": 32,
                                     "num_layers": 1, "num_heads": 2})  # fmt: skip
TINY_BART = replace(BARTPHO_SYLLABLE, config={
    **BARTPHO_SYLLABLE.config, "vocab_size": 96, "d_model": 16, "encoder_layers": 1, "decoder_layers": 1,
    "encoder_ffn_dim": 32, "decoder_ffn_dim": 32, "encoder_attention_heads": 2, "decoder_attention_heads": 2,
    "max_position_embeddings": 128,
})  # fmt: skip
# One batch of each run.
SMALL = Depth("small", 3, 0.0, 200, (1, 2), (50,), (1, 2), 1, 1, True)
PLAN = RunPlan(ANCHORS, 4, 1, 8, 3, 1.0)


@given(st.integers(1, 400), st.integers(0, 50))
def test_recombined_articles_have_the_length_asked_for(words: int, seed: int) -> None:
    made = recombined(TEXTS, words, seed)
    assert len(made.split()) == words
    assert made == recombined(TEXTS, words, seed)
    paragraphs = {line for text in TEXTS for line in text.split("\n")}
    lines = made.split("\n")
    assert set(lines[:-1]) <= paragraphs
    assert any(line.startswith(lines[-1].removesuffix(".")) for line in paragraphs)
    fresh = lines[: min(len(lines), len(paragraphs)) - 1]
    assert len(set(fresh)) == len(fresh)


@given(st.integers(1, 80))
def test_a_cut_text_is_the_beginning_of_the_text(words: int) -> None:
    made = cut(TEXTS[0], words)
    assert len(made.split()) == min(words, len(TEXTS[0].split()))
    assert TEXTS[0].startswith(made.removesuffix("."))


def test_anchors_are_the_given_articles_first_and_bounded() -> None:
    made = anchors(TEXTS, 9, 60)
    assert len(made) == 9
    assert max(len(text.split()) for text in made) == 60
    assert sum(made.count(cut(text, 60)) for text in TEXTS) == 4
    assert set(anchors(TEXTS, 2, 1_000)) == set(TEXTS[:2])


def test_texts_come_without_their_titles_and_unreadable_ones_are_left_out(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("Thi hành án tăng mạnh trong quý II\n" + TEXTS[0], encoding="utf-8")
    (tmp_path / "b.txt").write_bytes(b"")
    assert read_texts(tmp_path) == (TEXTS[0],)
    (tmp_path / "a.txt").unlink()
    with pytest.raises(InputError, match="no article could be read"):
        read_texts(tmp_path)
    pairs = tmp_path / "pairs.jsonl"
    row = {"id": "1", "title": "Tiêu đề", "summary": "Tóm tắt.", "body": TEXTS[1]}
    pairs.write_text(json.dumps(row) + "\n", encoding="utf-8")
    assert read_texts(pairs) == (TEXTS[1],)
    with pytest.raises(InputError, match=f"at least {PARAGRAPH_WORDS} words"):
        recombined(("quá ngắn",), 10, 0)


def test_the_shapes_are_those_of_the_published_models() -> None:
    """Counted from the configuration alone, on torch's meta device."""
    import torch
    import transformers

    counts = []
    for shape in (VIT5_BASE, BARTPHO_SYLLABLE):
        config = transformers.AutoConfig.for_model(shape.model_type, **shape.config)
        with torch.device("meta"):
            model = transformers.AutoModelForSeq2SeqLM.from_config(config)
        counts.append(round(sum(weights.numel() for weights in model.parameters()) / 1e6))
    assert counts == [226, 396]


class Counting:
    """A system that only counts; its bullets and measuring take a known part of each batch."""

    import_seconds = load_seconds = 0.0

    def __init__(self, pause: float) -> None:
        self.pause = pause
        self.seen: list[int] = []

    def facts(self) -> Facts:
        return Facts()

    def prepare(self, plan: RunPlan) -> None:
        self.seen.clear()

    def run(self, texts: Sequence[str], plan: RunPlan) -> Outcome:
        self.seen.append(len(texts))
        time.sleep(self.pause)
        return Outcome(source=10 * len(texts), output=plan.tokens * len(texts), failures=1, bullets=self.pause / 2)


def test_a_run_counts_batches_and_stops_when_its_time_is_used_up() -> None:
    system = Counting(0.002)
    run = timed(system, replace(PLAN, batch=2, limit=5), TEXTS * 2)
    assert system.seen == [2, 2, 1]
    assert (run.count, run.source, run.output, run.failures) == (5, 10, 8, 3)
    assert run.seconds == pytest.approx(sum(run.latencies))
    assert run.summary_rate > run.rate
    stopped = timed(system, replace(PLAN, seconds=0.0), TEXTS)
    assert (stopped.count, system.seen) == (1, [1])


@given(st.lists(st.floats(0.01, 100), min_size=1, max_size=30))
def test_percentiles_are_measured_values(latencies: list[float]) -> None:
    run = made_run(latencies)
    high, middle = run.percentile(0.95), run.percentile(0.5)
    assert high in latencies
    assert sum(value <= high for value in latencies) >= math.ceil(0.95 * len(latencies))
    assert sum(value < middle for value in latencies) <= len(latencies) / 2
    assert run.percentile(1.0) == max(latencies)


def made_run(latencies: Sequence[float], plan: RunPlan = PLAN, bullets: float = 0.0) -> Run:
    total = sum(latencies)
    return Run(plan, len(latencies), total, total, tuple(latencies), 100, 120, plan.tokens, 0, len(latencies), bullets)


def test_requests_and_reports_come_back_from_json() -> None:
    request = Request("rival", {"a": 1}, (PLAN,), {ANCHORS: TEXTS}, 1.5, False)
    assert Request.from_dict(json.loads(json.dumps(request.to_dict()))) == request
    report = Report("x", Facts("note", 1, 2, 3, 4, 5), 1, 2, 3, 4, 5, (made_run([1, 2]),), Limits(1, 2, 3), "why")
    assert Report.from_dict(json.loads(json.dumps(report.to_dict()))) == report
    assert report.run(ANCHORS, 4, 1) is report.best(ANCHORS, 4) is report.runs[0]
    assert report.run(ANCHORS, 4, 2) is report.run(EQUAL, 4, 1) is report.best(EQUAL, 4) is None


def test_the_peak_is_this_process_own() -> None:
    before = peak_memory()
    block = bytearray(64_000_000)
    grown = peak_memory()
    assert before > 1_000_000
    assert grown >= before
    assert len(block) == 64_000_000


def test_ratios_compare_the_same_articles_and_know_what_is_wanted() -> None:
    own = replace(PLAN, beam=GREEDY, tokens=0)
    reports = [
        Report(BRIEF, runs=(made_run([1, 1, 10], own, bullets=6.0),)),
        Report(FIGURES, runs=(made_run([0.1] * 3, replace(own, beam=0)),)),
        Report("ViT5-base fp32", runs=(made_run([10, 14]),)),
    ]
    made = {one.label: one for one in ratios(reports, [CommandTime("thads-nlp brief", 4.0, 500_000_000)])}
    against = made["headline + summary against ViT5-base fp32, beam 4, one by one"]
    # The first two articles of each, half of this package's time being bullets: 24 s to 1 s.
    assert against.value == pytest.approx(24.0)
    assert (against.least, against.met) == (12.0, True)
    assert made["time of a whole brief against headline + summary"].value == pytest.approx(2.0)
    assert made["time of a whole brief against headline + summary"].met is False
    assert made["figures alone against whole briefs"].value == pytest.approx(40.0)
    assert made["`thads-nlp brief` on 300 words, start to output"].met is False
    assert made["peak memory of one `thads-nlp brief`"].value == 500.0
    assert not any("BARTpho" in label or "int8" in label for label in made)
    assert Ratio("x", 1.0).met is None


def test_the_least_time_is_that_of_the_slower_limit() -> None:
    facts = Facts(parameters=3_000, encoder_parameters=1_000_000, decoder_parameters=2_000_000, weight_bytes=4)
    run = replace(made_run([1.0, 1.0], replace(PLAN, beam=1, tokens=10)), source=100, output=10)
    source = 2 * 2 * 100 * 1_000_000 / 1e9
    slow_memory, slow_products = Limits(1, 0.001, 1.0), Limits(1, 1_000, 1.0)
    reading, multiplying = 2 * 10 * 2_000_000 * 4 / 1e6, 2 * 2 * 10 * 2_000_000 / 1e9
    report = Report("x", facts)
    assert least_seconds(report, run, slow_memory) == pytest.approx(source + reading)
    assert least_seconds(report, run, slow_products) == pytest.approx(source + multiplying)
    assert least_seconds(Report("x"), run, slow_memory) is None
    assert least_seconds(Report("x", replace(facts, weight_bytes=1)), run, slow_memory) is None


def test_limits_are_measured_with_and_without_torch(monkeypatch: pytest.MonkeyPatch) -> None:
    sizes = {"copy_bytes": 1 << 20, "side": 64, "repeats": 2}
    whole = measure_limits(**sizes)
    assert min(whole.copy, whole.read, whole.fp32, whole.bf16 or 0, whole.int8 or 0) > 0
    monkeypatch.setitem(sys.modules, "torch", None)
    plain = machine.measure_limits(**sizes)
    assert min(plain.copy, plain.read, plain.fp32) > 0
    assert plain.bf16 is plain.int8 is None


@pytest.fixture
def runner(tmp_path: Path) -> Runner:
    return Runner(tmp_path, time.monotonic() + 600, lambda line: None)


@pytest.mark.parametrize("shape", [TINY_T5, TINY_BART], ids=["t5", "mbart"])
def test_other_models_run_in_processes_of_their_own(shape: Shape, runner: Runner) -> None:
    sets = article_sets(TEXTS, SMALL)
    tasks = rival_tasks(SMALL, shape)
    reports = [runner.run(task, sets) for task in (tasks if shape is TINY_T5 else tasks[1:])]
    assert not any(report.missing for report in reports)
    for report in reports:
        assert report.facts.note == "random weights"
        assert report.facts.encoder_parameters > 0 < report.facts.decoder_parameters
        assert report.cold_start > report.import_seconds + report.load_seconds > 0
        assert report.peak_memory >= report.first_memory > 50_000_000
        assert {(run.plan.articles, run.plan.beam, run.plan.batch) for run in report.runs} == {
            (ANCHORS, 4, 1), (ANCHORS, 4, 2), (ANCHORS, 1, 1), (ANCHORS, 1, 2), (EQUAL, 4, 1),
        }  # fmt: skip
        equal = report.run(EQUAL, RIVAL_BEAM, 1)
        assert equal is not None
        assert (equal.output, equal.words) == (48, 200)
        assert equal.source == min(round(200 * SUBWORDS_A_WORD), shape.config.get("max_position_embeddings", 1024))
    assert [report.facts.weight_bytes for report in reports][-2:] == ([4, 1] if shape is TINY_T5 else [1])
    assert reports[0].facts.disk == reports[-1].facts.disk > 10_000


def test_a_real_folder_is_fed_by_its_own_tokenizer(runner: Runner, tmp_path: Path) -> None:
    shape = replace(TINY_BART, folder=make_tiny("bart", tmp_path / "bart"))
    report = runner.run(rival_tasks(QUICK, shape)[0], article_sets(TEXTS, SMALL))
    assert report.missing == ""
    assert report.facts.note.endswith("bart")
    assert len(report.runs) == 1
    assert report.runs[0].count == 1
    # One subword a word and mark, and the end mark: not the estimate for random subwords.
    assert report.runs[0].source > SUBWORDS_A_WORD * report.runs[0].words


def test_what_cannot_run_is_reported_and_not_fatal(runner: Runner, tmp_path: Path, monkeypatch: Any) -> None:
    sets = {ANCHORS: TEXTS}
    absent = replace(TINY_T5, folder=tmp_path / "nothing")
    assert runner.run(Task("a", "a", "rival", {"precision": "fp32"}, (PLAN,), absent), sets).missing
    assert "must be brief" in runner.run(Task("b", "b", "nonsense", {}, (PLAN,)), sets).missing
    late = replace(runner, deadline=time.monotonic())
    assert late.run(Task("c", "c", "lead", {}, (PLAN,)), sets).missing == "left out: the time was used up"
    hidden = tmp_path / "hidden"
    hidden.mkdir()
    (hidden / "torch.py").write_text("raise ModuleNotFoundError('No module named torch', name='torch')\n")
    monkeypatch.setenv("PYTHONPATH", str(hidden))
    task = Task("d", "d", "rival", {"precision": "fp32"}, (PLAN,), replace(TINY_T5, folder=tmp_path))
    assert runner.run(task, sets).missing == "the package torch is not installed"


def test_a_process_that_takes_too_long_is_stopped(runner: Runner) -> None:
    plan = replace(PLAN, beam=0, articles="many", limit=20_000, seconds=1e9)
    sets = {"many": TEXTS * 5_000}
    task = Task("figures", "x", "figures", {}, (plan,))
    report = replace(runner, deadline=time.monotonic() + 3).run(task, sets)
    assert report.missing == "stopped: the time was used up"


def test_runs_before_a_fault_are_kept(runner: Runner) -> None:
    plan = replace(PLAN, beam=0, limit=2)
    sets: dict[str, tuple[str, ...]] = {ANCHORS: TEXTS, "none": ()}
    report = runner.run(Task("lead", "x", "lead", {}, (plan, replace(plan, articles="none"))), sets)
    assert "ZeroDivisionError" in report.missing
    assert [run.plan.articles for run in report.runs] == [ANCHORS]


def test_the_lead_is_the_first_sentences() -> None:
    assert lead(TEXTS[0]) == " ".join(TEXTS[0].split("\n")[:2])


def test_an_export_without_a_manifest_is_measured_as_an_encoder_decoder(tmp_path: Path) -> None:
    export = export_tiny(make_tiny("bart", tmp_path / "bart"), tmp_path / "ct2")
    engine = Engine(str(export), "float32")
    outcome = engine.run([TEXTS[0], TEXTS[1]], replace(PLAN, beam=2))
    assert outcome.output == 16
    assert outcome.source > 64
    with pytest.raises(OptionError, match="no CTranslate2 export"):
        Engine(str(tmp_path / "bart"), "float32")


@pytest.mark.model
def test_the_package_is_measured_whole_and_in_parts(runner: Runner) -> None:
    depth = replace(SMALL, batches=(1,), articles=1, curve_words=(100,), curve_batches=(1,))
    sets = article_sets(TEXTS, depth)
    tasks = {task.name: task for task in package_tasks(depth, None)}
    reports = {name: runner.run(tasks[name], sets) for name in (BRIEF, "thads_nlp model alone", FIGURES, LEAD)}
    assert [report.missing for report in reports.values()] == [""] * 4
    brief = reports[BRIEF].run(ANCHORS, GREEDY, 1)
    assert brief is not None
    assert brief.failures == 0
    assert 0 < brief.bullets < brief.seconds
    alone = reports["thads_nlp model alone"]
    assert {(run.plan.beam, run.output) for run in alone.runs} == {(1, 48), (4, 48)}
    # An int8 file holds one byte a parameter, and scales.
    assert 0.95 * alone.facts.disk < alone.facts.parameters < alone.facts.disk
    assert reports[LEAD].peak_memory < reports[FIGURES].peak_memory < reports[BRIEF].peak_memory


def test_other_systems_start_without_this_package() -> None:
    """What they import must not hold this package, or their start-up would."""
    code = _START.replace("main()", "import sys, benchmark.rivals; print([m for m in sys.modules if 'thads' in m])")
    folder = Path(machine.__file__).parents[1]
    done = subprocess.run(
        [sys.executable, "-c", code, str(folder)], env=_environment(), capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"


@pytest.mark.slow
@pytest.mark.model
def test_the_command_measures_everything(tmp_path: Path) -> None:
    data, out = tmp_path / "data", tmp_path / "all.json"
    data.mkdir()
    for number, text in enumerate(TEXTS):
        (data / f"{number}.txt").write_text(text, encoding="utf-8")
    depth = replace(SMALL, batches=(1,), articles=1, curve_words=(60,), curve_batches=(1, 9), budget=600)
    measure_and_write(Settings(depth, data, shapes=(TINY_T5,)), tmp_path / "plots", tmp_path / "doc.md", out)
    text = (tmp_path / "doc.md").read_text(encoding="utf-8")
    for expected in ("thads_nlp, headline + summary", "ViT5-base fp32 (random weights)", "LEAD-2", "GB/s", "≤ 3.5 s"):
        assert expected in text
    record = json.loads(out.read_text(encoding="utf-8"))
    assert record["limits"]["int8"] > 0
    assert [report["missing"] for report in record["reports"]] == [""] * 9
    labels = " ".join(ratio["label"] for ratio in record["ratios"])
    assert "ViT5-base int8" in labels
    assert "bullets" not in labels
    assert len(list((tmp_path / "plots").iterdir())) == 3


def test_the_command_writes_table_json_plots_and_document(tmp_path: Path) -> None:
    """With what needs no model; the file that others keep text in stays as it is around the results."""
    document, out = tmp_path / "doc.md", tmp_path / "all.json"
    document.write_text(f"# Đo\n\n{BEGIN}\ncũ\n{END}\n\nHết.\n", encoding="utf-8")
    (tmp_path / "one.txt").write_text(TEXTS[0], encoding="utf-8")
    settings = Settings(SMALL, tmp_path / "one.txt", shapes=(replace(TINY_T5, folder=tmp_path),), only=("vit5-base",))
    lines: list[str] = []
    measured = run_benchmark(settings, lines.append)
    assert [bool(report.missing) for report in measured.reports] == [True, True]
    assert sum("not measured" in line for line in lines) == 2
    curve = (made_run([2.0], RunPlan("50 words", 1, 1, 0, 1, 1)), made_run([3.0], RunPlan(BATCH_CURVE, 1, 8, 0, 1, 1)))
    whole = replace(made_run([2.0, 3.0], replace(PLAN, beam=1, tokens=0), bullets=1.0), source=0, output=0)
    reports = (Report(BRIEF, runs=(whole,)), Report(CURVES, runs=curve), *measured.reports)
    made = replace(measured, reports=reports, limits=Limits(40, 20, 200, None, 900), ratios=ratios(reports, ()))
    plots = draw(made, tmp_path / "plots")
    write_section(results_section(made, plots, document.parent), document)
    text = document.read_text(encoding="utf-8")
    assert text.startswith(f"# Đo\n\n{BEGIN}\n")
    assert text.endswith(f"{END}\n\nHết.\n")
    assert "cũ" not in text
    rows = [[cell.strip() for cell in line.split("|")[1:-1]] for line in text.split("\n") if line.startswith("|")]
    assert ["thads_nlp, headline + summary", "2", "100", "–", "–", "1", "1", "0.5", "–", "–", "–", "–"] in rows
    assert ["thads_nlp, whole brief", "2", "100", "–", "–", "1", "1", "0.4", "2", "3", "2.5", "–"] in rows
    assert ["time of a whole brief against headline + summary", "1.25 ×", "≤ 1.5 ×", "yes"] in rows
    assert ["100", "1", "2.00", "2.00", "1 of 1"] in rows
    assert ["8", "1", "100", "0.333", "3.00"] in rows
    assert "memory 40 GB/s copied, 20 GB/s read; matrix products fp32 200 GFLOP/s, int8 900 GOP/s" in text
    assert "ViT5-base int8 was not measured, or not whole" in text
    assert [plot.name for plot in plots] == ["benchmark-speed.svg", "benchmark-words.svg", "benchmark-batches.svg"]
    assert all(f"(plots/{plot.name})" in text and b"<svg" in plot.read_bytes() for plot in plots)
    out.write_text(json.dumps(made.to_dict()), encoding="utf-8")
    assert [Report.from_dict(one) for one in json.loads(out.read_text(encoding="utf-8"))["reports"]] == list(reports)


def test_a_document_without_marks_is_not_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "doc.md"
    write_section("mới", path)
    assert path.read_text(encoding="utf-8") == f"{BEGIN}\nmới\n{END}\n"
    write_section("mới hơn", path)
    assert path.read_text(encoding="utf-8") == f"{BEGIN}\nmới hơn\n{END}\n"
    path.write_text("Một bài khác.\n", encoding="utf-8")
    with pytest.raises(OptionError, match="without the marks"):
        write_section("mới", path)
    assert path.read_text(encoding="utf-8") == "Một bài khác.\n"


def test_wrong_parts_are_refused_before_anything_runs() -> None:
    with pytest.raises(OptionError, match="it must be one of machine"):
        check_groups(("vit5",))
    done = CliRunner().invoke(main, ["benchmark", "--only", "vit5"])
    assert done.exit_code == 2
    assert "bartpho-syllable" in done.stderr


def test_the_full_plan_is_the_one_described() -> None:
    assert (FULL.articles, FULL.batches, FULL.budget, QUICK.budget) == (12, (1, 8), 2_400, 180)
    tasks = [*package_tasks(FULL, None), *rival_tasks(FULL, VIT5_BASE), *rival_tasks(FULL, BARTPHO_SYLLABLE)]
    assert len({task.name for task in tasks}) == 11
    sets = article_sets(TEXTS, FULL)
    assert {plan.articles for task in tasks for plan in task.plans} == set(sets)
    assert {len(text.split()) for text in sets["3000 words"]} == {3_000}
