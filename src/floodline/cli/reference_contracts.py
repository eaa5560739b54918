"""The reference pages of the contracts, from their NatSpec."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from floodline.cli.markdown import MADE, cell, code_safe, plain, table
from floodline.toolchain.natspec import ContractDocs, Documented, load_natspec

FOLDER = "contracts"
_HIDDEN = ("contracts/doubles/",)
_KINDS = (("function", "Functions"), ("event", "Events"), ("error", "Errors"))

_INTRO: Final = (
    "The reference protocol as its sources describe it. Interfaces hold the text, the events "
    "and the errors; the contracts inherit them. Which switch chooses which contract is told "
    "by [the mechanisms](../../mechanisms.md). WAD is a number with 18 decimals."
)


def render_contracts() -> Iterator[tuple[str, str]]:
    """Yield each page's path below the reference and its Markdown: an index, then interfaces.

    Raises
    ------
    ToolchainError
        If the contracts do not compile, or there is no compiler.

    """
    docs = [one for one in load_natspec() if not one.source.startswith(_HIDDEN)]
    interfaces = [one for one in docs if one.source.startswith("contracts/interfaces/")]
    yield f"{FOLDER}/index.md", _index(docs, {one.name for one in interfaces})
    for one in interfaces:
        yield f"{FOLDER}/{one.name}.md", _interface(one)


def _index(docs: list[ContractDocs], interfaces: set[str]) -> str:
    lines = [
        "# Contracts",
        "",
        MADE,
        "",
        _INTRO,
    ]
    for title, chosen in (
        ("Contracts", [d for d in docs if d.name not in interfaces and not _library(d)]),
        ("Libraries and types", [d for d in docs if d.name not in interfaces and _library(d)]),
    ):
        lines += ["", f"## {title}", ""]
        rows = [
            (
                one.name,
                f"`{one.source}`",
                _link(one, interfaces),
                code_safe(one.title or one.notice),
            )
            for one in chosen
        ]
        lines += table(["name", "source", "interface", "what it is"], rows)
    lines += ["", "## Interfaces", "", "| interface | what it is |", "|---|---|"]
    lines += [
        f"| [`{one.name}`]({one.name}.md) | {cell(code_safe(one.title or one.notice))} |"
        for one in docs
        if one.name in interfaces
    ]
    return "\n".join(lines) + "\n"


def _library(one: ContractDocs) -> bool:
    return one.source.startswith(("contracts/libraries/", "contracts/types/"))


def _link(one: ContractDocs, interfaces: set[str]) -> str:
    name = f"I{one.name.removeprefix('Carrying')}"
    return f"[`{name}`]({name}.md)" if name in interfaces else ""


def _interface(one: ContractDocs) -> str:
    lines = [f"# {one.name}", "", MADE, "", f"`{one.source}`", ""]
    lines += [code_safe(text) + "\n" for text in (one.title, one.notice, one.details) if text]
    for kind, title in _KINDS:
        members = [member for member in one.members if member.kind == kind]
        if members:
            lines += [f"## {title}", ""]
        for member in members:
            lines += _member(member)
    return "\n".join(lines).rstrip() + "\n"


def _member(member: Documented) -> list[str]:
    name = member.declaration.partition("(")[0]
    lines = [f"### `{name}`", "", "```solidity", plain(member.declaration), "```", ""]
    lines += [code_safe(text) + "\n" for text in (member.notice, member.details) if text]
    if member.values:
        rows = [(name or "_", f"`{kind}`", code_safe(text)) for name, kind, text in member.values]
        lines += [*table(["value", "type", "meaning"], rows), ""]
    return lines
