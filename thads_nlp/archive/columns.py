"""Arrow columns of briefing records: nested as the JSON contract is."""

from __future__ import annotations

from typing import Any

import pyarrow as pa

_TEXTS = "id source published title title_origin summary summary_origin length model text".split()
_FIGURE_TEXTS = (
    "measure text value value_high unit approx role direction baseline period period_start period_end sentence section"
).split()
_FIGURE_NUMBERS = ("sentence_index", "start", "end", "group", "change_of")


def briefing_schema() -> Any:
    """The Arrow schema of a briefing."""
    text, number = pa.string(), pa.int32()
    figure = [(name, text) for name in _FIGURE_TEXTS] + [(name, number) for name in _FIGURE_NUMBERS]
    figure += [("places", pa.list_(pa.list_(number))), ("key", pa.bool_()), ("score", pa.float64())]
    evidence = [(name, number) for name in ("start", "end", "source_start", "source_end")] + [("kind", text)]
    columns = [("schema", number), *((name, text) for name in _TEXTS), ("truncated", pa.bool_())]
    columns += [
        ("bullets", pa.list_(pa.struct([("text", text), ("figures", pa.list_(number))]))),
        ("figures", pa.list_(pa.struct(figure))),
        ("evidence", pa.list_(pa.struct(evidence))),
        ("unsupported", pa.list_(pa.struct([("text", text), ("kind", text)]))),
        ("warnings", pa.list_(text)),
    ]
    return pa.schema(columns)


def to_table(rows: list[dict[str, Any]]) -> Any:
    """Rows as a table of that schema; a field that a record leaves out is null."""
    return pa.Table.from_pylist(rows, schema=briefing_schema())
