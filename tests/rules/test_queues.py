"""Queues, and the campaign by which each calls back: rules CQ-1 and CQ-4."""

import pytest

from fastdial.messages.base import Command
from fastdial.messages.commands import (
    AgentLogout,
    CampaignGet,
    CampaignList,
    CampaignPause,
    CampaignStart,
    CampaignStop,
    CampaignUpdate,
    ContactsLoad,
    ContactsRemove,
)
from fastdial.messages.errors import ErrorCode
from fastdial.messages.events import CampaignCreated, CampaignStateChanged, CampaignUpdated
from fastdial.messages.limits import CallLimits
from fastdial.messages.queue_events import QueueCreated, QueueUpdated, QueueWaitingChanged
from fastdial.messages.queues import (
    MissedCallerSettings,
    QueueCreate,
    QueueGet,
    QueueList,
    QueueSettings,
    QueueUpdate,
    QueueWaiting,
)
from fastdial.messages.replies import (
    CampaignReply,
    CampaignsReply,
    Error,
    QueueReply,
    QueuesReply,
    Warned,
)
from fastdial.messages.settings import CampaignSettings, SiteConfig, WrapUpCode
from fastdial.messages.words import CampaignState, DialingMode, MissedCallers
from floor import Floor, rows


@pytest.fixture
def floor() -> Floor:
    return Floor()


def settings(agents_percent: int = 100, **more: object) -> QueueSettings:
    missed = MissedCallerSettings(agents_percent=agents_percent)
    return QueueSettings(name="Help", missed_callers=missed, **more)  # type: ignore[arg-type]


def made(floor: Floor, chosen: QueueSettings | None = None, queue_id: str | None = None) -> str:
    reply = floor.do(QueueCreate(settings=chosen or settings(), queue_id=queue_id))
    assert isinstance(reply, QueueReply)
    return reply.queue.queue_id


def warned(floor: Floor, command: Command) -> tuple[Warned, ...]:
    reply = floor.do(command)
    assert isinstance(reply, QueueReply)
    return reply.warnings


def test_cq_1_a_queue_has_a_callback_campaign_that_needs_no_agents_of_its_own(
    floor: Floor,
) -> None:
    floor.agent("ann", "help")
    queue_id = made(floor, settings(teams=("help",), caller_id="+48221", preview_s=40))
    assert [type(event) for event in floor.fresh] == [
        QueueCreated,
        CampaignCreated,
        CampaignStateChanged,
    ]
    reply = floor.do(CampaignGet(campaign_id="00001"))
    assert isinstance(reply, CampaignReply)
    campaign = reply.campaign
    assert (campaign.queue_id, campaign.state) == (queue_id, CampaignState.RUNNING)
    assert (campaign.settings.mode, campaign.settings.teams) == (
        DialingMode.PUSH_PREVIEW,
        ("help",),
    )
    assert (campaign.settings.caller_id, campaign.settings.preview_s) == ("+48221", 40)
    notices = floor.do(CampaignList(agent_id="ann"))
    assert isinstance(notices, CampaignsReply)
    assert [notice.campaign_id for notice in notices.campaigns] == ["00001"]


def test_cq_1_agents_of_other_teams_have_no_part_in_it(floor: Floor) -> None:
    made(floor, settings(teams=("help",)))
    floor.agent("eve", "sales")
    notices = floor.do(CampaignList(agent_id="eve"))
    assert isinstance(notices, CampaignsReply)
    assert notices.campaigns == ()


@pytest.mark.parametrize(
    "command",
    [
        CampaignStart(campaign_id="00001"),
        CampaignPause(campaign_id="00001"),
        CampaignStop(campaign_id="00001"),
        CampaignUpdate(campaign_id="00001", settings=CampaignSettings(name="Mine")),
        ContactsLoad(campaign_id="00001", contacts=rows(1)),
        ContactsRemove(campaign_id="00001", contact_keys=["c1"]),
    ],
    ids=lambda command: type(command).__name__,
)
def test_cq_1_a_callback_campaign_is_changed_with_its_queue_only(
    floor: Floor, command: Command
) -> None:
    made(floor)
    assert floor.refused(command) == (ErrorCode.OF_A_QUEUE, "campaign_id")


def test_cq_1_new_settings_of_the_queue_are_those_of_its_campaign(floor: Floor) -> None:
    queue_id = made(floor)
    limits = CallLimits(calls=3)
    floor.do(QueueUpdate(queue_id=queue_id, settings=settings(limits=limits)))
    assert [type(event) for event in floor.fresh] == [QueueUpdated, CampaignUpdated]
    assert floor.site._state.records.campaigns["00001"].settings.limits == limits
    floor.do(QueueUpdate(queue_id=queue_id, settings=settings(limits=limits)))
    assert floor.fresh == []


def test_cq_1_the_callback_campaign_runs_while_its_queue_is_active(floor: Floor) -> None:
    queue_id = made(floor, settings(active=False))
    assert floor.campaign_state() is CampaignState.DRAFT
    floor.do(QueueUpdate(queue_id=queue_id, settings=settings()))
    assert floor.campaign_state() is CampaignState.RUNNING
    floor.do(QueueUpdate(queue_id=queue_id, settings=settings(active=False)))
    assert floor.campaign_state() is CampaignState.PAUSED


def test_cq_1_queues_have_an_id_given_in_sequence_or_chosen(floor: Floor) -> None:
    assert [made(floor), made(floor, queue_id="3"), made(floor), made(floor)] == [
        "1",
        "3",
        "4",
        "5",
    ]
    command = QueueCreate(settings=settings(), queue_id="4")
    assert floor.refused(command) == (ErrorCode.QUEUE_EXISTS, "queue_id")
    for unknown in (QueueGet(queue_id="9"), QueueUpdate(queue_id="9", settings=settings())):
        assert floor.refused(unknown) == (ErrorCode.UNKNOWN_QUEUE, "queue_id")


def test_cq_1_queues_are_listed_for_an_agent_and_by_whether_they_are_active(floor: Floor) -> None:
    floor.agent("ann", "help")
    made(floor, settings(teams=("help",)))
    made(floor, settings(teams=("sales",)))
    made(floor, settings(active=False))

    def listed(**asked: object) -> list[str]:
        reply = floor.do(QueueList(**asked))  # type: ignore[arg-type]
        assert isinstance(reply, QueuesReply)
        return [queue.queue_id for queue in reply.queues]

    assert listed() == ["1", "2", "3"]
    assert listed(agent_id="ann") == ["1", "3"]
    assert listed(agent_id="ann", active=True) == ["1"]


def test_cq_1_a_queue_s_settings_are_checked_as_a_campaign_s_are(floor: Floor) -> None:
    twice = WrapUpCode(code="a", name="A")
    command = QueueCreate(settings=settings(wrap_up_codes=(twice, twice)))
    assert floor.refused(command) == (ErrorCode.INVALID_VALUE, "settings.wrap_up_codes[1].code")


def test_cq_3_a_delay_longer_than_missed_callers_are_kept_is_refused(floor: Floor) -> None:
    missed = MissedCallerSettings(become=MissedCallers.CALLBACK, delay_s=600, remove_after_s=600)
    command = QueueCreate(settings=QueueSettings(name="Sales", missed_callers=missed))
    assert floor.refused(command) == (
        ErrorCode.INVALID_VALUE,
        "settings.missed_callers.delay_s",
    )


def test_cq_1_a_site_has_so_many_queues_and_no_more() -> None:
    floor = Floor(SiteConfig(max_queues=1))
    made(floor)
    reply = floor.ask(QueueCreate(settings=settings()))
    assert isinstance(reply, Error)
    assert reply.fault.values["limit"] == "site.max_queues"


@pytest.mark.parametrize(
    ("percent", "agents", "may"),
    [(50, 4, 2), (50, 5, 2), (100, 3, 3), (33, 3, 1), (1, 2, 1), (0, 9, 0), (50, 0, 1)],
)
def test_cq_4_a_share_of_the_logged_in_agents_rounded_down_but_one_at_least(
    floor: Floor, percent: int, agents: int, may: int
) -> None:
    for number in range(agents):
        floor.agent(f"a{number}", "help")
    floor.agent("gone", "help")
    floor.do(AgentLogout(agent_id="gone"))
    floor.agent("other", "sales")
    queue_id = made(floor, settings(percent, teams=("help",)))
    reply = floor.do(QueueGet(queue_id=queue_id))
    assert isinstance(reply, QueueReply)
    assert reply.queue.may_call_back == may


def test_cq_4_a_share_that_is_less_than_one_agent_is_warned_of(floor: Floor) -> None:
    floor.agent("ann")
    floor.agent("bob")
    (warning,) = warned(floor, QueueCreate(settings=settings(49)))
    assert warning.field == "settings.missed_callers.agents_percent"
    assert warning.values == {"percent": 49, "logged_in": 2}
    assert warned(floor, QueueUpdate(queue_id="1", settings=settings(50))) == ()
    assert warned(floor, QueueUpdate(queue_id="1", settings=settings(0))) == ()
    assert len(warned(floor, QueueUpdate(queue_id="1", settings=settings(1)))) == 1


def test_cq_6_the_platform_tells_how_many_callers_wait(floor: Floor) -> None:
    queue_id = made(floor)
    floor.do(QueueWaiting(queue_id=queue_id, callers=3))
    assert [event.callers for event in floor.seen(QueueWaitingChanged)] == [3]
    floor.do(QueueWaiting(queue_id=queue_id, callers=3))
    assert floor.fresh == []
    reply = floor.do(QueueGet(queue_id=queue_id))
    assert isinstance(reply, QueueReply)
    assert reply.queue.waiting_callers == 3
    assert floor.refused(QueueWaiting(queue_id="9", callers=0)) == (
        ErrorCode.UNKNOWN_QUEUE,
        "queue_id",
    )
