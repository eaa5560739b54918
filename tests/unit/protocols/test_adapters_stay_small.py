"""An adapter of somebody else's contracts is small, and nothing but itself knows of it."""

import ast
import io
import re
import tokenize
from pathlib import Path

import pytest

from floodline.foundation.workspace import project_root

SOURCE = project_root() / "src" / "floodline"
PORTED = ("aave", "lyra", "morpho")
LIMIT = 450
"""Below the five hundred that are promised; docs/howto/bring-your-own-protocol.md says so."""
KNOWS_THEM = {
    SOURCE / "protocols" / "catalogue.py",  # registers what comes with Floodline
    SOURCE / "toolchain" / "packages.py",  # pins the packages
    SOURCE / "cli" / "app.py",  # offers to install them
}
NAMES = re.compile("|".join(PORTED), re.IGNORECASE)


def code_of(path: Path) -> dict[int, str]:
    """Return a file's lines that hold code: no blank line, comment or docstring."""
    text = path.read_text(encoding="utf-8")
    words = {
        line
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
        for line in range(node.lineno, (node.end_lineno or node.lineno) + 1)
    }
    quiet = {tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT}
    found = {
        line
        for token in tokenize.generate_tokens(io.StringIO(text).readline)
        if token.type not in quiet and token.type != tokenize.ENDMARKER
        for line in range(token.start[0], token.end[0] + 1)
    }
    lines = text.splitlines()
    return {line: lines[line - 1] for line in sorted(found - words)}


@pytest.mark.parametrize("name", PORTED)
def test_all_that_an_adapter_consists_of_stays_below_the_limit_in_lines_of_code(name):
    files = sorted((SOURCE / "protocols" / name).rglob("*.py"))
    assert len(files) > 3
    assert sum(len(code_of(path)) for path in files) < LIMIT


def test_the_engine_its_tables_and_its_reports_name_no_protocol_of_somebody_else():
    own = {SOURCE / "protocols" / name for name in PORTED}
    reference = SOURCE / "protocols" / "reference"  # cites whose parameters it took
    named = [
        f"{path.relative_to(SOURCE)}:{line}: {code.strip()}"
        for path in sorted(SOURCE.rglob("*.py"))
        if path not in KNOWS_THEM and reference not in path.parents
        if not own & set(path.parents)
        for line, code in code_of(path).items()
        if NAMES.search(code)
    ]
    assert not named


def test_the_layer_that_adapters_share_knows_none_of_them():
    for path in sorted((SOURCE / "protocols" / "porting").glob("*.py")):
        assert not NAMES.search(path.read_text(encoding="utf-8")), path
