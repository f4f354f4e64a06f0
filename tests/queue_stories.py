"""Stories of queues and callbacks for the table of commands: what a random walk seldom reaches."""

from fastdial.messages import commands as c
from fastdial.messages import queues as q
from fastdial.messages import slot_queries as s
from fastdial.messages.base import Command
from fastdial.messages.settings import CampaignSettings, SiteConfig, WrapUpCode
from fastdial.messages.slots import SlotSettings

Story = list[Command | int]
"""commands, and waits in ms between them"""

HELP = q.QueueSettings(name="Help")
TWICE = WrapUpCode(code="a", name="A")
WRONG = q.QueueSettings(name="Help", wrap_up_codes=(TWICE, TWICE))


def stories() -> list[Story]:
    """Every answer that has to do with queues and callbacks."""
    return [
        _queues(),
        _slots(),
        [c.SiteConfigure(config=SiteConfig(max_queues=0)), q.QueueCreate(settings=HELP)],
    ]


def _queues() -> Story:
    return [
        q.QueueCreate(settings=HELP),
        q.QueueCreate(settings=HELP, queue_id="1"),
        q.QueueCreate(settings=WRONG),
        q.QueueUpdate(queue_id="1", settings=HELP),
        q.QueueUpdate(queue_id="1", settings=WRONG),
        q.QueueUpdate(queue_id="9", settings=HELP),
        q.QueueGet(queue_id="1"),
        q.QueueGet(queue_id="9"),
        q.QueueList(),
        q.QueueList(agent_id="nobody"),
        q.QueueWaiting(queue_id="1", callers=1),
        q.QueueWaiting(queue_id="9", callers=1),
        c.CampaignUpdate(campaign_id="00001", settings=CampaignSettings(name="Mine")),
        c.CampaignStart(campaign_id="00001"),
        c.CampaignPause(campaign_id="00001"),
        c.CampaignStop(campaign_id="00001"),
        c.ContactsLoad(campaign_id="00001", contacts=[]),
        c.ContactsRemove(campaign_id="00001", contact_keys=[]),
    ]


def _slots() -> Story:
    by_slots = q.QueueSettings(name="Slots", slots=SlotSettings(zone="Europe/Warsaw"))
    nowhere = q.QueueSettings(name="Slots", slots=SlotSettings(zone="Nowhere/Else"))
    return [
        q.QueueCreate(settings=by_slots),
        q.QueueCreate(settings=HELP),
        q.QueueCreate(settings=nowhere),
        *(s.SlotsAvailability(queue_id=queue_id, zone="Asia/Kolkata") for queue_id in "129"),
        s.SlotsAvailability(queue_id="1", zone="UTC", agent_id="nobody"),
        s.SlotsAvailability(queue_id="1", zone="Nowhere/Else"),
        s.SlotsAvailability(queue_id="1", zone="UTC", first_day="2026-02-30"),
        *(s.SlotsFirstFree(queue_ids=(queue_id,), zone="Asia/Kolkata") for queue_id in "129"),
        s.SlotsFirstFree(zone="UTC", agent_id="nobody"),
        s.SlotsFirstFree(zone="Nowhere/Else"),
        *(s.SlotsOpenFor(queue_id=queue_id) for queue_id in "129"),
    ]
