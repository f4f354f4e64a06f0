"""CO-9: whatever happens in a site, every attempt that it made is explained from its record."""

import pytest

from fastdial.cli.explain.attempt import attempt_of
from fastdial.engine import Site
from fastdial.messages.base import Event
from fastdial.messages.commands import CampaignGet, ContactsExplain
from fastdial.messages.events import DialRequested
from fastdial.messages.replies import CampaignReply, ContactExplanation
from fastdial.simulation.auditor import Auditor
from simulation.centre import HOUR_MS, START
from simulation.test_storms import stormy


@pytest.mark.parametrize("seed", range(40, 44))
def test_co_9_no_attempt_of_a_storm_was_made_against_a_rule(seed: int) -> None:
    """The site as it stood just before each dialing, asked as ``fastdial explain --call`` asks."""
    events = list[Event]()
    stormy(seed, Auditor(), events).run(START + HOUR_MS)
    replica, modes = Site(None, seed), []
    for event in events:
        if isinstance(event, DialRequested):
            modes.append(event.mode)
            asked = ContactsExplain(
                campaign_id=event.campaign_id, contact_key=event.contact_key, number=event.number
            )
            explained = replica.look(asked, event.at)
            assert isinstance(explained, ContactExplanation), explained
            found = replica.look(CampaignGet(campaign_id=event.campaign_id), event.at)
            assert isinstance(found, CampaignReply)
            attempt = attempt_of(event, explained, found.campaign.settings, (None, None))
            assert attempt.against == [], explained.looked_at
            assert attempt.chosen
        replica.apply(event)
    assert len(modes) > 50
    assert len(set(modes)) > 3
