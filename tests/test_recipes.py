"""The recipes: the code blocks of each page, read from the top, are a program that runs."""

import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

RECIPES = sorted((Path(__file__).parents[1] / "docs" / "recipes").glob("*.md"))
FENCE = re.compile(r"^```python[ \t]*(?P<mark>[^\n]*)\n(?P<code>.*?)^```[ \t]*$", re.MULTILINE | re.DOTALL)
NO_RUN = re.compile(r"no-run: \S.+")


@dataclass(frozen=True, slots=True)
class Block:
    """A fenced block: its code, the line of the page that it starts on, and what stands behind ``python``."""

    code: str
    line: int
    mark: str


def blocks(page: str) -> list[Block]:
    return [
        Block(found["code"], page[: found.start("code")].count("\n") + 1, found["mark"])
        for found in FENCE.finditer(page)
    ]


def program(page: str) -> str:
    """The blocks that run, each on its line of the page, so that errors name the place to look at."""
    lines: list[str] = []
    for block in blocks(page):
        if not block.mark:
            lines += [""] * (block.line - 1 - len(lines))
            lines += block.code.splitlines()
    return "\n".join(lines) + "\n"


@pytest.mark.parametrize("recipe", RECIPES, ids=lambda path: path.stem)
def test_recipes_run(recipe: Path, tmp_path: Path) -> None:
    page = recipe.read_text(encoding="utf-8")
    unexplained = [block.line for block in blocks(page) if block.mark and not NO_RUN.fullmatch(block.mark)]
    assert unexplained == [], "a block that does not run says why: ```python no-run: reason"
    assert page.count("```python") == len(blocks(page))
    if recipe.stem == "README":
        assert {found for found in re.findall(r"\((\w+)\.md\)", page)} == {p.stem for p in RECIPES} - {"README"}
        return
    script = tmp_path / f"{recipe.stem}_recipe.py"
    script.write_text(program(page), encoding="utf-8")
    environment = {**os.environ, "PYTHONWARNINGS": "default"}
    done = subprocess.run(
        [sys.executable, str(script)], cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


def test_the_notebook_runs_in_a_kernel_and_shows_the_briefing(tmp_path: Path) -> None:
    import nbformat
    from nbclient import NotebookClient

    page = (RECIPES[0].parent / "notebook.md").read_text(encoding="utf-8")
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(block.code) for block in blocks(page)])
    NotebookClient(notebook, timeout=300, kernel_name="python3", resources={"metadata": {"path": tmp_path}}).execute()
    shown = notebook.cells[0].outputs[-1]["data"]["text/html"]
    assert "1.250 tỷ đồng" in shown
    assert "<table" in notebook.cells[1].outputs[-1]["data"]["text/html"]


def test_a_block_that_fails_is_found(tmp_path: Path) -> None:
    fenced = (("", "a = 1"), (" no-run: no network", "b = nothing"), ("", "assert a == 2"))
    page = "# x\n" + "".join(f"\n```python{mark}\n{code}\n```\n" for mark, code in fenced)
    script = tmp_path / "x.py"
    script.write_text(program(page), encoding="utf-8")
    done = subprocess.run([sys.executable, str(script)], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "line 12" in done.stderr
    assert [block.mark for block in blocks(page)] == ["", "no-run: no network", ""]
