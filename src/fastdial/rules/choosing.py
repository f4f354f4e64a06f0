"""Whether a campaign may dial another contact than the first in its queue (rule CA-6)."""

from fastdial.messages.settings import CampaignSettings
from fastdial.messages.words import ContactOrder, DialingMode

_PREDICTIVE = DialingMode.PREDICTIVE
_RANDOM = ContactOrder.RANDOM


def chooses(settings: CampaignSettings) -> bool:
    """Whether it chooses among its next contacts, by how likely each answers (`pacing.choose`)."""
    return (
        settings.mode is _PREDICTIVE
        and settings.pacing.choose > 1
        and settings.contact_order is _RANDOM
    )
