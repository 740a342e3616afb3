"""The command ``thads-nlp``: arguments, exit codes, printing. Results go to stdout, everything else to stderr.

Exit codes: 0 all done, 1 some of several inputs failed, 2 usage, 3 nothing could be done.
"""

from __future__ import annotations

import importlib
import json
import sys
import warnings
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, TypeVar

import click
from tqdm import tqdm

from thads_nlp import __version__
from thads_nlp.errors import InputError, ThadsError, TruncationWarning
from thads_nlp.exits import NOTHING_DONE, SOME_FAILED
from thads_nlp.rendering import briefing_markdown, briefing_text, figures_markdown, figures_text
from thads_nlp.schema import SCHEMA_VERSION, Article, Briefing, Failure, Stage
from thads_nlp.text.decode import MAX_BYTES, decode
from thads_nlp.text.reading import TitleLine, read_article

STDIN = "-"

Format = Literal["text", "json", "markdown", "html"]
Made = TypeVar("Made")

_EXAMPLES = """
\b
Examples:
  thads-nlp brief article.txt
  thads-nlp brief --format json --no-text *.txt > briefs.jsonl
  cat article.txt | thads-nlp figures -
"""


@dataclass(frozen=True, slots=True)
class Reading:
    """How input files are read: encoding (None detects) and which line is the title."""

    encoding: str | None
    title_line: TitleLine


# Commands that live in their rooms; imported when one of them is called.
_ROOMS = {
    "batch": ("thads_nlp.archive.commands", "batch"),
    "report": ("thads_nlp.report.commands", "report"),
    "train": ("thads_nlp.training.commands", "train"),
    "export": ("thads_nlp.training.commands", "export"),
    "series": ("thads_nlp.archive.series_command", "series"),
    "evaluate": ("thads_nlp.evaluation.commands", "evaluate"),
    "benchmark": ("thads_nlp.evaluation.benchmark.command", "benchmark"),
}


class _Commands(click.Group):
    """The commands of this module and, imported on demand, those of the rooms."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Names of all commands."""
        return sorted({*super().list_commands(ctx), *_ROOMS})

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """A command by name."""
        if cmd_name not in _ROOMS:
            return super().get_command(ctx, cmd_name)
        module, name = _ROOMS[cmd_name]
        command = getattr(importlib.import_module(module), name)
        return command if isinstance(command, click.Command) else None


@click.group(cls=_Commands, epilog=_EXAMPLES, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="thads-nlp")
def main() -> None:
    """Brief Vietnamese news articles: headline, summary and key figures, every number traced to its source."""


def _format(*forms: str) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """The option that chooses how results are printed."""
    return click.option("--format", "form", type=click.Choice(forms), default="text", show_default=True,
                        help="json is one object a line.")  # fmt: skip


def _common(command: Callable[..., None]) -> Callable[..., None]:
    """Options that all commands on articles share."""
    options = [
        click.argument("files", nargs=-1, required=True, metavar="FILE..."),
        click.option("--title-line", type=click.Choice(["auto", "first", "none"]), default="auto", show_default=True,
                     help="Whether the first line is the title."),
        click.option("--encoding", default=None, help="Encoding of the files (default: detected)."),
        click.option("-o", "--output", type=click.Path(dir_okay=False, path_type=Path), default=None,
                     help="File to write instead of stdout."),
        click.option("--no-text", is_flag=True, help="Leave the article's text out of JSON."),
    ]  # fmt: skip
    for option in reversed(options):
        command = option(command)
    return command


@main.command(epilog=_EXAMPLES)
@_common
@_format("text", "json", "markdown", "html")
@click.option("--model", default=None, help="Model folder or Hub id (default: the shipped model).")
@click.option("--length", type=click.Choice(["short", "standard", "long"]), default="standard", show_default=True)
@click.option("--summarizer", type=click.Choice(["model", "extractive"]), default="model", show_default=True)
@click.option("--engine", type=click.Choice(["ctranslate2", "transformers"]), default=None)
def brief(
    files: tuple[str, ...],
    form: Format,
    title_line: TitleLine,
    encoding: str | None,
    output: Path | None,
    no_text: bool,
    **loading: Any,
) -> None:
    """Headline, summary and key figures of each FILE ("-" is standard input)."""
    reading = Reading(encoding, title_line)

    def load() -> Callable[[Article], Briefing]:
        from thads_nlp.summarizer import Summarizer

        warnings.simplefilter("ignore", TruncationWarning)  # each output says it in its own way
        return Summarizer.load(title_line=title_line, **loading).brief

    _run(files, reading, load, lambda made: _briefings(made, form, with_text=not no_text), output)


@main.command(epilog=_EXAMPLES)
@_common
@_format("text", "json", "markdown")
def figures(
    files: tuple[str, ...],
    form: Format,
    title_line: TitleLine,
    encoding: str | None,
    output: Path | None,
    no_text: bool,
) -> None:
    """All figures of each FILE in reading order, without any model."""

    def load() -> Callable[[Article], str]:
        from thads_nlp.figures.finding import find_figures

        def make(article: Article) -> str:
            read = read_article(article, title_line)
            found = find_figures(read)
            if form == "json":
                record: dict[str, Any] = {"schema": SCHEMA_VERSION, "id": read.id}
                record["figures"] = [figure.to_dict() for figure in found]
                return _json(record if no_text else {**record, "text": read.text})
            return figures_markdown(found) if form == "markdown" else figures_text(found)

        return make

    _run(files, Reading(encoding, title_line), load, ("\n" if form == "json" else "\n\n").join, output)


def _briefings(made: Sequence[Briefing], form: Format, *, with_text: bool) -> str:
    """Briefings in one of the forms; HTML is one page for all."""
    if form == "html":
        from thads_nlp.report.page import review_page

        return review_page(made)
    if form == "json":
        return "\n".join(_json(briefing.to_dict(with_text=with_text)) for briefing in made)
    shown = briefing_markdown if form == "markdown" else briefing_text
    return "\n\n".join(shown(briefing) for briefing in made)


def _run(
    files: Sequence[str],
    reading: Reading,
    load: Callable[[], Callable[[Article], Made]],
    print_all: Callable[[list[Made]], str],
    output: Path | None,
) -> None:
    """Make one result a file, name each failure on stderr and exit by how many failed."""
    try:
        articles = list(_articles(files, reading))
        good = [item for item in articles if isinstance(item, Article)]
        make = load() if good else None
        chunks = list(_outputs(articles, make))
        done = [chunk for chunk in chunks if not isinstance(chunk, Failure)]
        text = print_all(done) if done else ""
    except ThadsError as error:
        click.echo(f"thads-nlp: {error}", err=True)
        sys.exit(NOTHING_DONE)
    _write(text, output)
    for failure in (chunk for chunk in chunks if isinstance(chunk, Failure)):
        click.echo(f"thads-nlp: {failure.source}: {failure.reason}", err=True)
    if len(done) < len(chunks):
        sys.exit(SOME_FAILED if done else NOTHING_DONE)


def _outputs(
    articles: Sequence[Article | Failure], make: Callable[[Article], Made] | None
) -> Iterator[Made | Failure]:
    """The output of each article, or why there is none; with a progress bar for several on a terminal."""
    quiet = len(articles) < 2 or not sys.stderr.isatty()
    for item in tqdm(articles, unit="article", disable=quiet):
        if isinstance(item, Failure) or make is None:
            yield item if isinstance(item, Failure) else Failure(item.id, "read", "not read", item.source)
            continue
        try:
            yield make(item)
        except ThadsError as error:
            stage: Stage = error.stage if isinstance(error, InputError) else "generate"
            yield Failure(item.id, stage, str(error), item.source)


def _articles(files: Sequence[str], reading: Reading) -> Iterator[Article | Failure]:
    """The decoded article of each file, or why it could not be read."""
    for name in files:
        try:
            decoded = decode(_bytes(name), reading.encoding)
            for warning in decoded.warnings:
                click.echo(f"thads-nlp: {name}: warning: {warning}", err=True)
            yield Article(decoded.text, id=name, source=name)
        except ThadsError as error:
            yield Failure(name, "decode", str(error), name)


def _bytes(name: str) -> bytes:
    """Bytes of a file or of standard input, one more than the limit at most."""
    if name == STDIN:
        return sys.stdin.buffer.read(MAX_BYTES + 1)
    path = Path(name)
    if path.is_dir():
        raise InputError("this is a folder, expected a file; use `thads-nlp batch` for folders")
    try:
        with path.open("rb") as stream:
            return stream.read(MAX_BYTES + 1)
    except OSError as error:
        raise InputError(f"cannot be opened ({error.strerror})") from error


def _write(text: str, output: Path | None) -> None:
    """Print the results or write them to a file."""
    if not text:
        return
    if output is None:
        click.echo(text)
        return
    try:
        output.write_text(text + "\n", encoding="utf-8")
    except OSError as error:
        raise click.FileError(str(output), error.strerror or str(error)) from error


def _json(record: dict[str, Any]) -> str:
    """One compact line."""
    return json.dumps(record, ensure_ascii=False, separators=(",", ":"))
