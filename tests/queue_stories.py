"""Stories of queues and callbacks for the table of commands: what a random walk seldom reaches."""

from typing import Any

import msgspec

from fastdial.messages import callbacks as k
from fastdial.messages import commands as c
from fastdial.messages import queues as q
from fastdial.messages import slot_queries as s
from fastdial.messages.base import Command
from fastdial.messages.limits import CallLimits, SiteLimits
from fastdial.messages.settings import (
    CallbackSettings,
    CampaignSettings,
    SiteConfig,
    WrapUpCode,
)
from fastdial.messages.slots import OfficeHours, SlotSettings
from fastdial.messages.windows import ALWAYS_OPEN, WeeklyHours
from fastdial.messages.words import CodeMeaning, MissedCallers, Saw

Story = list[Command | int]
"""commands, and waits in ms between them"""

HELP = q.QueueSettings(name="Help")
TWICE = WrapUpCode(code="a", name="A")
WRONG = q.QueueSettings(name="Help", wrap_up_codes=(TWICE, TWICE))


def stories() -> list[Story]:
    """Every answer that has to do with queues and callbacks."""
    no_queues = SiteConfig(max_queues=0)
    return [
        _queues(),
        _slots(),
        [c.SiteConfigure(config=no_queues), q.QueueCreate(settings=HELP)],
        _promises(),
        _callers(),
        _no_room(),
        _on_screen(),
        _off_hours(),
        _reschedules(),
        _places(),
        _full_slots(),
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


ONE, TWO, THREE = "+48121234567", "+48121234568", "+48121234569"
HOUR_MS = 3_600_000
OPEN = q.QueueSettings(name="Help", windows=ALWAYS_OPEN)


def _promise(number: str, **more: Any) -> k.CallbackSchedule:
    """In an hour, by the time at which stories begin."""
    given: dict[str, Any] = {
        "queue_id": "1",
        "number": number,
        "name": "Somebody",
        "window_start_at": 1_000 + HOUR_MS,
        "window_end_at": 1_000 + 2 * HOUR_MS,
        "zone": "Europe/Warsaw",
    }
    return k.CallbackSchedule(**{**given, **more})


def _at_work(agent_id: str, *teams: str) -> Story:
    return [c.AgentLogin(agent_id=agent_id, teams=teams), c.AgentReady(agent_id=agent_id)]


def _promises() -> Story:
    theirs = q.QueueSettings(name="Theirs", teams=("service",))
    return [
        q.QueueCreate(settings=OPEN),
        q.QueueCreate(settings=q.QueueSettings(name="Off", active=False)),
        q.QueueCreate(settings=theirs),
        c.AgentLogin(agent_id="ann", teams=("sales",)),
        c.AgentLogin(agent_id="eve", teams=("service",)),
        c.ExclusionAdd(list_name="do_not_call", numbers=(THREE,)),
        _promise("x", agent_id="nobody", call_id=9),
        _promise(THREE),
        _promise(ONE, queue_id="9"),
        _promise(ONE, queue_id="2"),
        _promise(ONE, queue_id="3", agent_id="ann"),
        *[_promise(ONE), _promise(ONE), _promise(TWO)],
        k.CallbackUpdate(callback_id=9, name="Nobody"),
        k.CallbackUpdate(callback_id=1, number="x", agent_id="nobody"),
        k.CallbackUpdate(callback_id=1, number=TWO),
        k.CallbackUpdate(callback_id=1, number=THREE),
        k.CallbackUpdate(callback_id=1, agent_id="ann", owner_id="eve"),
        k.CallbackUpdate(callback_id=1, name="Another"),
        k.CallbackMove(callback_id=9, window_start_at=1, window_end_at=2),
        k.CallbackMove(callback_id=1, window_start_at=1, window_end_at=2),
        k.CallbackMove(callback_id=1, window_start_at=3 * HOUR_MS, window_end_at=4 * HOUR_MS),
        k.CallbackGet(callback_id=1),
        k.CallbackGet(callback_id=9),
        k.CallbackExplain(callback_id=1),
        k.CallbackExplain(callback_id=9),
        *[k.CallbackList(), k.CallbackList(queue_id="9"), k.CallbackList(campaign_id="00009")],
        k.CallbackList(number="x"),
        *[k.CallbackCancel(callback_id=2), k.CallbackCancel(callback_id=9)],
        k.CallbackUpdate(callback_id=2, name="Too late"),
        k.CallbackMove(callback_id=2, window_start_at=1, window_end_at=2),
        k.CallbackCancel(callback_id=2),
    ]


def _callers() -> Story:
    missed = q.MissedCallerSettings(become=MissedCallers.CALLBACK, key="1")
    return [
        q.QueueCreate(settings=q.QueueSettings(name="Help", missed_callers=missed)),
        k.QueueCallerAbandoned(queue_id="1", number=ONE, waited_s=99),
        k.QueueCallerAbandoned(queue_id="9", number=ONE, waited_s=99),
        k.QueueCallerAbandoned(queue_id="1", number="x", waited_s=99),
        k.QueueKeyPressed(queue_id="1", number=TWO, key="1"),
        k.QueueKeyPressed(queue_id="9", number=TWO, key="1"),
        k.QueueKeyPressed(queue_id="1", number="x", key="1"),
    ]


def _no_room() -> Story:
    missed = q.MissedCallerSettings(become=MissedCallers.CALLBACK, key="1")
    return [
        c.SiteConfigure(config=SiteConfig(max_contacts=1)),
        q.QueueCreate(settings=q.QueueSettings(name="Help", missed_callers=missed)),
        _promise(ONE),
        _promise(TWO),
        k.QueueCallerAbandoned(queue_id="1", number=TWO, waited_s=99),
        k.QueueKeyPressed(queue_id="1", number=TWO, key="1"),
    ]


def _on_screen() -> Story:
    accept = k.CallbackAccept(agent_id="ann", callback_id=1)
    no_calls = SiteConfig(limits=SiteLimits(site=CallLimits(calls=0)))
    off = q.QueueSettings(name="Help", windows=ALWAYS_OPEN, active=False)
    return [
        q.QueueCreate(settings=OPEN),
        *_at_work("ann"),
        k.CallbackAccept(agent_id="nobody", callback_id=1),
        k.CallbackDone(agent_id="nobody", callback_id=1),
        *[accept, k.CallbackDone(agent_id="ann", callback_id=1)],
        _promise(ONE),
        HOUR_MS,
        c.StatsGet(),  # what is due is offered after it
        k.CallbackAccept(agent_id="ann", callback_id=2),
        k.CallbackDone(agent_id="ann", callback_id=2),
        k.CallbackAccept(agent_id="ann", callback_id=1, number="x"),
        *[c.SiteConfigure(config=no_calls), accept, c.SiteConfigure(config=SiteConfig())],
        *[q.QueueUpdate(queue_id="1", settings=off), accept],
        q.QueueUpdate(queue_id="1", settings=OPEN),
        _campaign(),
        c.ContactsLoad(campaign_id="00002", contacts=[{"contact_key": "a", "numbers": [ONE]}]),
        c.CampaignStart(campaign_id="00002"),
        *_at_work("bob"),
        accept,
        c.CallReport(call_id=1, saw=Saw.BUSY),
        accept,
        c.CallReport(call_id=2, saw=Saw.BUSY),
        15 * 60_000,
        c.StatsGet(),
        k.CallbackDone(agent_id="ann", callback_id=1),
        k.CallbackDone(agent_id="bob", callback_id=1),
    ]


def _campaign(*numbers: str, **more: Any) -> c.CampaignCreate:
    return c.CampaignCreate(
        settings=CampaignSettings(name="c", windows=ALWAYS_OPEN, wrap_up_codes=(LATER,), **more)
    )


LATER = WrapUpCode(code="later", name="Later", meaning=CodeMeaning.CALLBACK)


def _off_hours() -> Story:
    """A callback is on a screen when its customer may not be called any more."""
    return [
        q.QueueCreate(settings=OPEN),
        *_at_work("ann"),
        _promise(ONE),
        HOUR_MS,
        c.StatsGet(),
        c.ExclusionAdd(list_name="do_not_call", numbers=(ONE,)),
        k.CallbackAccept(agent_id="ann", callback_id=1),
    ]


def _reschedules() -> Story:
    def reschedule(**more: Any) -> k.CallReschedule:
        given: dict[str, Any] = {"call_id": 1, "agent_id": "ann", "callback_at": HOUR_MS}
        return k.CallReschedule(**{**given, **more})

    def drop(call_id: int = 1, agent_id: str = "ann") -> k.CallDropReschedule:
        return k.CallDropReschedule(call_id=call_id, agent_id=agent_id)

    forbids = CampaignSettings(
        name="c", wrap_up_codes=(LATER,), callbacks=CallbackSettings(allowed=False)
    )
    row = {"contact_key": "a", "numbers": [ONE]}
    return [
        *[_campaign(), c.ContactsLoad(campaign_id="00001", contacts=[row])],
        *_at_work("ann"),
        *[c.AgentLogin(agent_id="bob"), c.CampaignStart(campaign_id="00001")],
        *[reschedule(), drop(), reschedule(agent_id="nobody"), drop(agent_id="nobody")],
        *[reschedule(call_id=9), drop(9), reschedule(agent_id="bob"), drop(agent_id="bob")],
        *[c.CallReport(call_id=1, saw=saw) for saw in (Saw.ANSWERED, Saw.BRIDGED)],
        *[reschedule(callback_at=-1), reschedule(), drop()],
        c.CallReport(call_id=1, saw=Saw.HUNG_UP),
        c.CampaignUpdate(campaign_id="00001", settings=forbids),
        reschedule(),
        c.CallWrapUp(call_id=1, agent_id="ann", code="later", callback_at=HOUR_MS),
        c.CampaignUpdate(campaign_id="00001", settings=_campaign().settings),
        c.CallWrapUp(call_id=1, agent_id="ann", code="later", callback_at=HOUR_MS),
        HOUR_MS,
        c.StatsGet(),
        c.ContactsRemove(campaign_id="00001", contact_keys=["a"]),
        k.CallbackAccept(agent_id="ann", callback_id=1),
    ]


def _places() -> Story:
    """Slots of two places each, in 1970, on a Thursday."""
    settings = SlotSettings(zone="UTC", slot_minutes=30, capacity=2)
    nine, ten = 9 * HOUR_MS, 10 * HOUR_MS

    def at(start_at: int) -> dict[str, Any]:
        return {"window_start_at": start_at, "window_end_at": start_at + HOUR_MS // 2}

    return [
        q.QueueCreate(settings=q.QueueSettings(name="Slots", slots=settings)),
        *_at_work("ann"),
        *[_promise(ONE, **at(nine)), _promise(TWO, **at(nine)), _promise(THREE, **at(nine))],
        _promise(THREE, **at(ten)),
        k.CallbackMove(callback_id=3, **at(nine)),
        _promise("+48121234570", agent_id="ann", personal=True, **at(ten)),
        k.CallbackUpdate(callback_id=3, owner_id="ann"),
    ]


def _full_slots() -> Story:
    """One place in each hour; the first two after the first are taken."""
    hours = OfficeHours(weekly=(WeeklyHours(),))
    slots = SlotSettings(zone="UTC", hours=hours, slot_minutes=60)
    settings = q.QueueSettings(
        name="Slots", windows=ALWAYS_OPEN, slots=slots, wrap_up_codes=(LATER,)
    )
    ahead: dict[str, Any] = {"window_start_at": 3 * HOUR_MS, "window_end_at": 4 * HOUR_MS}
    own = {**ahead, "personal": True, "agent_id": "ann"}
    return [
        q.QueueCreate(settings=settings),
        *_at_work("ann"),
        *_at_work("bob"),
        _promise(ONE, window_start_at=2 * HOUR_MS, window_end_at=3 * HOUR_MS),
        _promise(TWO, **own),
        _promise(THREE, **ahead),
        k.CallbackMove(callback_id=1, **ahead),
        q.QueueCreate(settings=settings),
        _promise(THREE, queue_id="2", **{**own, "agent_id": "bob"}),
        k.CallbackUpdate(callback_id=3, owner_id="ann"),
        2 * HOUR_MS,
        c.StatsGet(),
        k.CallbackAccept(agent_id="ann", callback_id=1),
        *[c.CallReport(call_id=1, saw=saw) for saw in (Saw.ANSWERED, Saw.BRIDGED, Saw.HUNG_UP)],
        k.CallReschedule(call_id=1, agent_id="ann", callback_at=3 * HOUR_MS, window_s=3_600),
        q.QueueUpdate(
            queue_id="1",
            settings=msgspec.structs.replace(settings, callbacks=CallbackSettings(window_s=3_600)),
        ),
        c.CallWrapUp(call_id=1, agent_id="ann", code="later", callback_at=3 * HOUR_MS),
    ]
