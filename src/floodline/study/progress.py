"""What a run tells whoever watches it; see `floodline.campaign.progress`."""

from floodline.campaign.progress import Progress, Silent, SlotReport

__all__ = ["Progress", "Silent", "SlotReport"]
