"""A package template for an adapter: a pyproject with the entry point, the class, its test."""

from __future__ import annotations

import re
from importlib import resources
from pathlib import Path
from typing import Final

from floodline.foundation.errors import CampaignError

_NAME: Final = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
_FILES: Final = {
    "pyproject.toml.txt": "pyproject.toml",
    "README.md.txt": "README.md",
    "init.py.txt": "src/{module}/__init__.py",
    "adapter.py.txt": "src/{module}/adapter.py",
    "deploy.yaml.txt": "src/{module}/deploy.yaml",
    "test_adapter.py.txt": "tests/test_adapter.py",
}


def write_template(name: str, folder: Path) -> Path:
    """Write the template into a new folder and return it.

    Raises
    ------
    CampaignError
        If the name is no package name, or the folder is there already.

    """
    if not _NAME.fullmatch(name):
        raise CampaignError(
            f"'{name}' is no name for a package",
            "use small letters, digits and hyphens, beginning with a letter: my-protocol",
        )
    if folder.exists():
        raise CampaignError(f"{folder} is there already", "remove it, or choose another --out")
    module = name.replace("-", "_")
    source = resources.files("floodline.validation.adapters") / "package"
    for template, target in _FILES.items():
        text = (source / template).read_text(encoding="utf-8")
        path = folder / target.format(module=module)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text.replace("@NAME@", name).replace("@MODULE@", module), encoding="utf-8")
    return folder
