"""Evaluation of summaries: where references draw on, progress, and results of runs that do not end."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from thads_nlp.cli import main
from thads_nlp.errors import InputError, OptionError
from thads_nlp.evaluation.curves import read_curve
from thads_nlp.evaluation.plots import draw_scores
from thads_nlp.evaluation.positions import by_position, reference_position
from thads_nlp.evaluation.rouge import Rouge
from thads_nlp.evaluation.summaries import Outcome, Results, Scored, evaluate, to_record
from thads_nlp.evaluation.tables import summary_tables
from thads_nlp.evaluation.watch import PartialRecord, Watch
from thads_nlp.training.data import Pair

SENTENCES = [
    "Thời tiết sáng nay nắng đẹp.",
    "Người dân đổ về bãi biển.",
    "Giá gạo xuất khẩu tăng mạnh.",
    "Doanh nghiệp mở rộng kho chứa.",
    "Chính quyền nhắc nhở du khách.",
]

BODY = (
    "Xuất khẩu gạo của tỉnh A đạt 320 tấn trong quý này, tăng 12% so với cùng kỳ năm trước.\n"
    "Các doanh nghiệp của tỉnh cho biết đơn hàng tiếp tục ổn định trong những tháng tới.\n"
    "Sở đề nghị các đơn vị giữ vững chất lượng và mở rộng thị trường mới trong thời gian tới."
)


@pytest.mark.parametrize(
    ("reference", "place"),
    [("Nắng đẹp sáng nay.", 0.0), ("Gạo xuất khẩu tăng.", 0.5), ("Chính quyền nhắc nhở.", 1.0), ("Bóng đá.", None)],
)
def test_the_place_is_that_of_the_sentences_with_the_words(reference: str, place: float | None) -> None:
    assert reference_position(reference, SENTENCES) == place


def test_a_word_that_stands_everywhere_tells_little_of_the_place() -> None:
    everywhere = [f"{sentence} Gạo." for sentence in SENTENCES]
    place = reference_position("Gạo ở kho chứa.", everywhere)
    assert place is not None
    assert abs(place - 0.75) < 0.05


def results_at(places: dict[str, float]) -> Results:
    """Results of a shown summary that is as good as the place is late, and of a lead that is as bad."""
    results = Results(sources=dict.fromkeys(places, "a b c d"), positions=places, seconds={"body": 1.0})
    for article, place in places.items():
        for name, score in (("model shown, body", 100 * place), ("LEAD-2", 100 - 100 * place)):
            rouge = Rouge(score, score, score)
            results.systems.setdefault(name, []).append(Scored(article, "x y", rouge, rouge))
        outcome = Outcome(article, "generated", (), 0.5 + place / 2)
        results.outcomes.setdefault("body", []).append(outcome)
    return results


def test_scores_are_grouped_by_place() -> None:
    groups = by_position(results_at({"a": 0.0, "b": 0.1, "c": 0.4, "d": 1.0}))
    assert [(group.low, group.articles) for group in groups] == [(0.0, 2), (0.4, 1), (0.6, 1)]
    assert groups[0].position == pytest.approx(0.05)
    assert groups[0].rouge1 == pytest.approx({"model shown, body": 5.0, "LEAD-2": 95.0})
    assert groups[-1].rouge1 == pytest.approx({"model shown, body": 100.0, "LEAD-2": 0.0})


def test_both_plots_and_the_table_show_the_places(tmp_path: Path) -> None:
    results = results_at({"a": 0.0, "b": 0.4})
    draw_scores(results, tmp_path / "plot.svg")
    drawn = (tmp_path / "plot.svg").read_text(encoding="utf-8")
    assert drawn.count('id="axes_') == 2
    table = summary_tables(results)
    assert "0.40–0.50      1 articles  model shown, body 40.0  LEAD-2 60.0" in table


def test_the_share_of_the_source_that_was_read_is_told_for_briefings_too() -> None:
    results = results_at({"a": 0.0, "b": 0.4})
    results.briefings.add("b")
    record = to_record(results)
    assert record["faithfulness"]["body"]["source read"] == pytest.approx(0.6)
    assert record["faithfulness_briefings"]["body"]["source read"] == pytest.approx(0.7)
    assert "like briefings: generated 100.0%  source read 70.0%" in summary_tables(results)


def test_progress_is_told_where_there_is_no_terminal() -> None:
    lines: list[str] = []
    watch = Watch(40, lines.append, seconds=0.0)
    watch.advance(16)
    watch.advance(24)
    assert [line.split(",")[0] for line in lines] == ["16 of 40 articles", "40 of 40 articles"]
    assert "articles/s" in lines[0]
    rare = Watch(40, lines.append, seconds=1000.0)
    rare.advance(40)
    assert len(lines) == 2


def test_a_killed_evaluation_leaves_the_scores_of_what_was_done(tmp_path: Path) -> None:
    pairs = [Pair(str(number), "Giá gạo tăng", SENTENCES[2], BODY) for number in range(40)]
    partial = PartialRecord(tmp_path / "scores.json", len(pairs), seconds=0.0)
    done = 0

    def progress(count: int, found: Results) -> None:
        nonlocal done
        done += count
        partial.keep(done, lambda: to_record(found))
        if done >= 32:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        evaluate(pairs, None, progress)
    record = json.loads((tmp_path / "scores.json").read_text(encoding="utf-8"))
    assert (record["complete"], record["done"], record["of"]) == (False, 32, 40)
    assert record["systems"]["LEAD-2"]["articles"] == 32
    assert not list(tmp_path.glob("*.new"))


def test_an_article_that_the_summarizer_refuses_costs_itself_alone() -> None:
    refused = Pair("bad", "Gạo", "Giá gạo tăng.", "\n".join(SENTENCES[:2]))
    results = evaluate([refused, Pair("good", "Giá gạo tăng", "Xuất khẩu gạo tăng 12%.", BODY)], None, lambda *_: None)
    assert [one.article for one in results.systems["LEAD-2"]] == ["good"]
    assert sum(results.skipped.values()) == 1
    assert "1 articles left out: no sentence" in summary_tables(results)
    with pytest.raises(OptionError, match="none of 1 articles"):
        evaluate([refused], None, lambda *_: None)


def test_curves_of_runs_are_told_and_drawn(tmp_path: Path) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    logs = {
        first: [
            {"step": 0, "examples": 0, "seconds": 0.0, "validation_loss": 4.0},
            {"step": 10, "examples": 80, "seconds": 60.0, "loss": 3.5},
            {"step": 10, "examples": 80, "seconds": 66.0, "loss": 3.25},
            {"step": 20, "examples": 160, "seconds": 120.0, "validation_loss": 3.0},
            {"step": 20, "examples": 160, "seconds": 120.0, "validation_loss": 2.5, "mixture": True},
        ],
        second: [{"step": 4, "examples": 32, "validation_loss": 5.0}],
    }
    for folder, records in logs.items():
        folder.mkdir()
        (folder / "log.jsonl").write_text("".join(json.dumps(record) + "\n" for record in records), encoding="utf-8")
    curve = read_curve(first)
    assert [(point.examples, point.seconds, point.loss) for point in curve.training] == [(80, 66.0, 3.25)]
    assert [point.loss for point in curve.validation] == [4.0, 3.0]
    done = CliRunner().invoke(main, ["evaluate", "curves", str(first), str(second), "--plot", str(tmp_path / "c.svg")])
    assert done.exit_code == 0
    assert done.stdout.splitlines()[1:] == [
        "first          0      0.0  4.0000",
        "first        160      2.0  3.0000",
        "second        32           5.0000",
    ]
    assert (tmp_path / "c.svg").read_text(encoding="utf-8").count('id="axes_') == 2


def test_a_folder_without_a_log_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"log\.jsonl"):
        read_curve(tmp_path)
    (tmp_path / "log.jsonl").write_text("", encoding="utf-8")
    with pytest.raises(InputError, match="no losses yet"):
        read_curve(tmp_path)
