"""Scores of key figures: known answers on small annotations, and the command."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from thads_nlp.cli import main
from thads_nlp.errors import InputError
from thads_nlp.evaluation.figures import match_article, predict, read_gold, score_figures, token_f1

FIGURE = {
    "sent": 0, "text": "45%", "value": "45", "unit": "%", "approx": None, "measure": "thu ngân sách", "direction": None,
    "role": "level", "baseline": None, "period": "năm 2020", "key": True,
}  # fmt: skip
RECORD = {
    "id": 1, "title": "Thu ngân sách", "abstract": "", "figures": [FIGURE],
    "body": ["Năm 2020, thu ngân sách đạt 45%.", "Số vụ cháy tăng 12 vụ so với năm trước."],
}  # fmt: skip
SECOND = {
    **FIGURE, "sent": 1, "text": "12 vụ", "value": "12", "unit": "vụ", "measure": "Số vụ cháy", "direction": "up",
    "role": "change", "baseline": "năm trước",
}  # fmt: skip


def gold(folder: Path, *records: dict[str, object]) -> Path:
    """A gold file."""
    path = folder / "gold.jsonl"
    path.write_text("\n".join(json.dumps(record) for record in records), encoding="utf-8")
    return path


def test_what_is_found_as_annotated_scores_one(tmp_path: Path) -> None:
    scores = score_figures(read_gold(gold(tmp_path, {**RECORD, "figures": [FIGURE, SECOND]})))
    for name in ("value_unit_f1", "value_f1", "direction_accuracy", "direction_recall", "role_accuracy", "measure_f1",
                 "baseline_recall", "baseline_precision", "period_recall", "approx_accuracy", "key_f1"):  # fmt: skip
        assert getattr(scores, name) == pytest.approx(1.0), name


def test_a_missing_annotation_costs_precision_and_is_listed(tmp_path: Path) -> None:
    scores = score_figures(read_gold(gold(tmp_path, RECORD)))
    assert scores.value_f1 == pytest.approx(2 / 3)
    assert [mistake.kind for mistake in scores.mistakes] == ["invented"]


def test_matching_prefers_the_equal_unit(tmp_path: Path) -> None:
    record = {**RECORD, "body": ["Có 12 xe và 12 vụ."], "figures": [{**SECOND, "sent": 0}]}
    article = read_gold(gold(tmp_path, record))[0]
    pairs = match_article(article, predict(article)).pairs
    assert [prediction.unit for _, prediction in pairs] == ["vụ"]


def test_token_f1_folds_case_and_tone_placement() -> None:
    assert token_f1("Sản lượng Hòa Bình", "sản lượng Hoà Bình") == 1.0
    assert token_f1("a b", "b c") == 0.5
    assert token_f1(None, "a") == 0.0


def test_a_line_that_is_no_annotation_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="line 1"):
        read_gold(gold(tmp_path, {"id": 1}))
    figure = {**RECORD["figures"][0], "unit": None}
    with pytest.raises(InputError, match=r"line 1.*unit is None"):
        read_gold(gold(tmp_path, {**RECORD, "figures": [figure]}))


def test_the_command_prints_a_table_and_writes_json(tmp_path: Path) -> None:
    output = tmp_path / "scores.json"
    result = CliRunner().invoke(main, ["evaluate", "figures", str(gold(tmp_path, RECORD)), "-o", str(output)])
    assert result.exit_code == 0, result.output
    assert "value + unit F1" in result.output
    assert "invented: 1" in result.output
    assert json.loads(output.read_text(encoding="utf-8"))["articles"] == 1


@pytest.mark.shared
def test_the_annotated_articles_reach_the_targets(shared_dir: Path) -> None:
    scores = score_figures(read_gold(shared_dir / "gold" / "key_figures_dev.jsonl"))
    targets = {
        "value_unit_f1": 0.95, "value_f1": 0.97, "direction_accuracy": 0.96, "direction_recall": 0.92,
        "role_accuracy": 0.92, "measure_f1": 0.75, "baseline_recall": 0.85, "baseline_precision": 0.80,
        "period_recall": 0.70, "approx_accuracy": 0.92, "key_f1": 0.80,
    }  # fmt: skip
    missed = {name: getattr(scores, name) for name, least in targets.items() if getattr(scores, name) < least}
    assert not missed
    assert scores.average_precision >= scores.reading_order_precision + 0.10
