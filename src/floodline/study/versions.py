"""What a study's trials were made with: results of different versions are never mixed."""

from __future__ import annotations

from floodline import __version__
from floodline.campaign.plugins import plugin_hashes
from floodline.toolchain.anvil import find_anvil
from floodline.toolchain.compile import load_artifacts


def study_versions() -> dict[str, str]:
    """Return Floodline's version, the contracts' digest, Anvil's version, plug-ins' hashes."""
    return {
        "floodline": __version__,
        "contracts": load_artifacts().digest,
        "anvil": str(find_anvil().version),
        **plugin_hashes(),
    }
