"""The nearest valid word, for error messages."""

from __future__ import annotations

import difflib
from collections.abc import Sequence


def suggestion(word: str, valid: Sequence[str]) -> str:
    """Return ``" (did you mean 'x'?)"``, or an empty string where nothing is near.

    Examples
    --------
    >>> suggestion("leverge", ["leverage", "accounts"])
    " (did you mean 'leverage'?)"

    """
    near = difflib.get_close_matches(word, valid, n=1, cutoff=0.6)
    return f" (did you mean '{near[0]}'?)" if near else ""
