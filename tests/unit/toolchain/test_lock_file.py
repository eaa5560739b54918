"""The lock file's versions can be installed with every Python that the project says it supports."""

import re
import tomllib
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

from packaging.specifiers import SpecifierSet

_ROOT = Path(__file__).parents[3]
_LOCKED = dict(
    line.split("==")
    for line in (_ROOT / "requirements.lock").read_text().splitlines()
    if "==" in line and not line.startswith("#")
)


def _oldest_python() -> str:
    """Give the first release of the oldest supported series, which a distribution may ship."""
    project = tomllib.loads((_ROOT / "pyproject.toml").read_text())["project"]
    oldest = re.search(r">=\s*(\d+\.\d+)", project["requires-python"])
    assert oldest is not None
    return f"{oldest[1]}.0"


def _requires_python(name: str) -> SpecifierSet | None:
    """Give what an installed package asks of Python, or None where another version is installed."""
    try:
        found = distribution(name)
    except PackageNotFoundError:
        return None
    if found.version != _LOCKED[name]:
        return None
    return SpecifierSet(found.metadata.get("Requires-Python") or "")


def test_the_lock_pins_what_is_installed():
    checked = [name for name in _LOCKED if _requires_python(name) is not None]
    assert len(checked) >= 0.9 * len(_LOCKED)


def test_every_locked_version_admits_the_oldest_python():
    oldest = _oldest_python()
    asked = {name: _requires_python(name) for name in sorted(_LOCKED)}
    refusing = {
        name: str(asks) for name, asks in asked.items() if asks and not asks.contains(oldest)
    }
    assert refusing == {}
