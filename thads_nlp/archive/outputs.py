"""What a run leaves: records in the form that the output's name asks for, written whole or not at all."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from thads_nlp.archive.zstd import load_zstd
from thads_nlp.errors import MissingExtraError, OptionError, ThadsError
from thads_nlp.rendering import briefing_markdown
from thads_nlp.schema import Briefing

Records = Iterable[bytes]
_ROWS = 256
_PAGE = re.compile(r".+-[0-9a-f]{12}\.md")
_UNSAFE = re.compile(r"[^\w.-]+")
_FORMS = (".jsonl", ".jsonl.zst", ".parquet", ".sqlite", ".db")


def check_output(path: Path) -> None:
    """Refuse a name that says no form, and a folder that cannot be written.

    Raises:
        OptionError: with the forms that there are.
    """
    _writer(path)
    check_folder(path.parent)


def check_folder(folder: Path) -> None:
    """Refuse a folder that is not there or cannot be written.

    Raises:
        OptionError: with what to do.
    """
    if not folder.is_dir():
        raise OptionError(f"{folder}: no such folder; make it first")
    if not os.access(folder, os.W_OK):
        raise OptionError(f"{folder}: cannot be written; choose another output")


def check_pages(folder: Path) -> None:
    """Refuse to replace a folder in which anything lies but pages of a run.

    Raises:
        OptionError: naming the first such thing.
    """
    if folder.is_symlink() or not folder.is_dir():
        return
    foreign = min((path.name for path in folder.iterdir() if not _PAGE.fullmatch(path.name)), default=None)
    if foreign is not None:
        raise OptionError(
            f"{folder}: the folder holds {foreign!r}, which no run wrote and which would be lost; use another output, "
            "or move it away"
        )


def beside(path: Path, suffix: str) -> Path:
    """``OUT.failures.jsonl`` and its kin for ``OUT.jsonl``."""
    form = next((form for form in _FORMS if path.name.endswith(form)), "")
    return path.with_name(path.name.removesuffix(form) + suffix)


def write_output(path: Path, records: Records) -> None:
    """Records in the output's form, replacing what was there in one step.

    Raises:
        ThadsError: the disk is full or fails; the journal still holds everything.
    """
    with _whole(path) as part:
        _writer(path)(part, records)


def write_lines(path: Path, records: Records) -> None:
    """Records one a line."""
    with _whole(path) as part:
        _jsonl(part, records)


@contextmanager
def _whole(path: Path) -> Iterator[Path]:
    """A path to write to that becomes ``path`` when all went well."""
    part = path.with_name(f".{path.name}.part")
    remove(part)
    try:
        yield part
        if part.is_file():
            with part.open("rb") as stream:
                os.fsync(stream.fileno())
        elif path.is_dir():
            remove(path)
        os.replace(part, path)
    except (OSError, sqlite3.Error) as error:
        remove(part)
        raise ThadsError(
            f"{path}: cannot be written ({error}); all results are safe in the journal: free some space and give the "
            "same command again"
        ) from error


def remove(path: Path) -> None:
    """A file or folder, if it is there."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def _writer(path: Path) -> Callable[[Path, Records], None]:
    """What writes the form that a name asks for."""
    name = path.name.lower()
    if name.endswith(".jsonl.zst"):
        return _jsonl_zst
    writers = {".jsonl": _jsonl, ".parquet": _parquet, ".sqlite": _sqlite, ".db": _sqlite, "": _markdown}
    if path.suffix.lower() not in writers:
        raise OptionError(
            f"{path}: the name of the output says its form: {', '.join(_FORMS)}, or a folder name without a dot "
            "for one Markdown file an article"
        )
    return writers[path.suffix.lower()]


def _jsonl(part: Path, records: Records) -> None:
    """One compact object a line."""
    with part.open("wb") as stream:
        for record in records:
            stream.write(record + b"\n")


def _jsonl_zst(part: Path, records: Records) -> None:
    """The same, compressed."""
    zstd = load_zstd("writing .jsonl.zst")
    with zstd.ZstdFile(part, "wb", level=9) as stream:
        for record in records:
            stream.write(record + b"\n")


def _parquet(part: Path, records: Records) -> None:
    """One row an article; what is nested stays nested."""
    try:
        import pyarrow.parquet as pq

        from thads_nlp.archive.columns import briefing_schema, to_table
    except ImportError as error:
        raise MissingExtraError("writing Parquet", "archive", "pyarrow") from error
    with pq.ParquetWriter(part, briefing_schema(), compression="zstd") as writer:
        for rows in _groups(records):
            writer.write_table(to_table(rows))


_SQL = """
create table articles (id text primary key, source text, published text, title text, title_origin text, summary text,
    summary_origin text, truncated integer, model text, text text, record text);
create table bullets (article text, position integer, text text);
create table figures (article text, position integer, measure text, text text, value text, value_high text, unit text,
    approx text, role text, direction text, baseline text, period text, period_start text, period_end text,
    sentence text, start integer, "end" integer, key integer, score real);
"""
_ARTICLE = "id source published title title_origin summary summary_origin truncated model text".split()
_FIGURE = (
    "measure text value value_high unit approx role direction baseline period period_start period_end sentence start "
    "end key score"
).split()


def _sqlite(part: Path, records: Records) -> None:
    """Tables of articles, bullets and figures; ``articles.record`` is the whole record."""
    base = sqlite3.connect(part)
    try:
        base.executescript(_SQL)
        for rows in _groups(records):
            for row in rows:
                _insert(base, row)
            base.commit()
        base.execute("create index figures_measure on figures (measure, unit)")
        base.commit()
    finally:
        base.close()


def _insert(base: sqlite3.Connection, row: dict[str, Any]) -> None:
    """One article with its bullets and figures."""
    whole = json.dumps(row, ensure_ascii=False, separators=(",", ":"))
    _add(base, "articles", (*(row.get(name) for name in _ARTICLE), whole))
    for position, bullet in enumerate(row["bullets"]):
        _add(base, "bullets", (row["id"], position, bullet["text"]))
    for position, figure in enumerate(row["figures"]):
        _add(base, "figures", (row["id"], position, *(figure[name] for name in _FIGURE)))


def _add(base: sqlite3.Connection, table: str, values: tuple[Any, ...]) -> None:
    """A row into one of the tables above."""
    base.execute(f"insert into {table} values ({','.join('?' * len(values))})", values)


def _markdown(part: Path, records: Records) -> None:
    """A folder with one file an article, named after its id and a digest of it."""
    part.mkdir()
    for record in records:
        briefing = Briefing.from_dict(json.loads(record))
        (part / _file_name(briefing.id)).write_text(briefing_markdown(briefing) + "\n", encoding="utf-8")


def _file_name(name: str) -> str:
    """A safe and unique file name for any id."""
    digest = hashlib.blake2b(name.encode("utf-8", "surrogatepass"), digest_size=6).hexdigest()
    return f"{_UNSAFE.sub('-', name).strip('.-')[:60] or 'article'}-{digest}.md"


def _groups(records: Records) -> Iterator[list[dict[str, Any]]]:
    """Parsed records, some hundreds at a time."""
    rows: list[dict[str, Any]] = []
    for record in records:
        rows.append(json.loads(record))
        if len(rows) == _ROWS:
            yield rows
            rows = []
    if rows:
        yield rows
