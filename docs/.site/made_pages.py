"""Pages that are made when the site is built: the contracts' NatSpec, the notebook, the schema."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files

NOTEBOOK = "tutorial/first-flood.ipynb"


PLACES = {
    "howto": "How to",
    "answers": "Answers",
    "explanation": "Explanation",
    "reference": "Reference",
}
"""Which part of the navigation takes a folder's pages that it does not name."""


def on_config(config: MkDocsConfig) -> MkDocsConfig:
    """Give every page a place: one that the navigation does not name comes last in its part."""
    parts = {title: pages for part in config.nav or [] for title, pages in part.items()}
    named = set(_named(config.nav))
    docs = Path(config.docs_dir)
    for page in sorted(docs.rglob("*.md")):
        path = page.relative_to(docs).as_posix()
        if path not in named:
            parts[PLACES.get(path.partition("/")[0], "Explanation")].append(path)
    return config


def _named(nav: Any) -> Iterator[str]:
    if isinstance(nav, str):
        yield nav
    elif nav:
        for item in nav.values() if isinstance(nav, dict) else nav:
            yield from _named(item)


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add what is made to what lies in docs/."""
    docs = Path(config.docs_dir)
    for path, content in [*_contracts(), *_schema(), *_notebook(docs)]:
        files.append(File.generated(config, path, content=content))
    notebook = files.get_file_from_path(NOTEBOOK)
    if notebook is not None:  # stays for downloading; the page is made from it
        notebook.dest_uri = NOTEBOOK
    return files


def on_page_markdown(markdown: str, **_: Any) -> str:
    """Keep what pages say to whoever edits them out of the site."""
    lines = markdown.splitlines(keepends=True)
    return "".join(line for line in lines if not line.startswith("<!-- Made by `floodline"))


def _contracts() -> Iterator[tuple[str, str]]:
    from floodline.cli.reference_contracts import render_contracts

    for path, text in render_contracts():
        yield f"reference/{path}", text


def _schema() -> Iterator[tuple[str, str]]:
    from floodline.study.editor_schema import campaign_schema

    yield "reference/campaign.schema.json", json.dumps(campaign_schema(), indent=1)


def _notebook(docs: Path) -> Iterator[tuple[str, str | bytes]]:
    """Yield the notebook's page and its pictures."""
    cells = json.loads((docs / NOTEBOOK).read_text(encoding="utf-8"))["cells"]
    lines: list[str] = []
    for number, cell in enumerate(cells):
        source = "".join(cell["source"])
        if cell["cell_type"] == "markdown":
            lines += [source, ""]
            continue
        lines += ["```python", source, "```", ""]
        for output in cell["outputs"]:
            data = output.get("data", {})
            if "image/png" in data:
                name = f"notebook-{number}.png"
                yield f"tutorial/{name}", base64.b64decode("".join(data["image/png"]))
                lines += [f"![what the cell draws]({name})", ""]
                continue
            text = "".join(output.get("text") or data.get("text/plain") or "")
            if text:
                lines += ["```text", text.rstrip(), "```", ""]
    name = Path(NOTEBOOK).name
    lines += [f"The notebook itself, executed as it stands here: [{name}]({name}).", ""]
    yield "tutorial/notebook.md", "\n".join(lines)
