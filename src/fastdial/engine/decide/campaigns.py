"""Campaigns: their life from draft to finished (rule CA-4)."""

from collections.abc import Callable

from fastdial.engine.decide import endings, limits
from fastdial.engine.decide.campaign_settings import check_settings
from fastdial.engine.decide.notices import logged_in_ids, notice, notices_for, told_of_update
from fastdial.engine.lines import is_prepared
from fastdial.engine.records import Campaign
from fastdial.engine.turn import Refused, Turn, refuse
from fastdial.messages.base import Reply
from fastdial.messages.commands import (
    CampaignCreate,
    CampaignGet,
    CampaignList,
    CampaignPause,
    CampaignStart,
    CampaignStop,
    CampaignUpdate,
)
from fastdial.messages.errors import ErrorCode, Fault
from fastdial.messages.events import CampaignCreated, CampaignStateChanged, CampaignUpdated
from fastdial.messages.replies import CampaignReply, CampaignsReply, CampaignView
from fastdial.messages.settings import CampaignSettings
from fastdial.messages.words import CallState, CampaignState
from fastdial.rules.days import BadDay, day_begins_at, day_ends_at, is_zone

LAST_ID = 99_999

_S = CampaignState
STEPS: dict[CampaignState, tuple[CampaignState, ...]] = {
    _S.DRAFT: (_S.RUNNING, _S.EXPIRED),
    _S.RUNNING: (_S.PAUSED, _S.STOPPED, _S.FINISHED, _S.EXPIRED),
    _S.PAUSED: (_S.RUNNING, _S.STOPPED, _S.EXPIRED),
    _S.STOPPED: (_S.RUNNING, _S.EXPIRED),
    _S.FINISHED: (_S.RUNNING, _S.EXPIRED),
    _S.EXPIRED: (_S.STOPPED,),
}
"""From each state, the states that may follow. Expired becomes stopped by a later last day."""


def create(turn: Turn, command: CampaignCreate) -> Reply:
    """A new campaign, in draft."""
    campaigns = turn.state.records.campaigns
    campaign_id = command.campaign_id or next_id(campaigns)
    if campaign_id in campaigns:
        refuse(
            ErrorCode.CAMPAIGN_EXISTS, f"there is a campaign {campaign_id!r} already", "campaign_id"
        )
    limits.check_room(len(campaigns), turn.state.records.config.max_campaigns, "max_campaigns")
    check_settings(command.settings, turn.state.records.config.compliance)
    first_day_at, expires_at = _days(turn, command.settings)
    turn.emit(
        CampaignCreated(
            campaign_id=campaign_id,
            settings=command.settings,
            first_day_at=first_day_at,
            expires_at=expires_at,
        )
    )
    return _view(campaigns[campaign_id])


def update(turn: Turn, command: CampaignUpdate) -> Reply:
    """New settings; a later last day brings an expired campaign back as stopped."""
    campaign = turn.own_campaign(command.campaign_id)
    check_settings(command.settings, turn.state.records.config.compliance)
    first_day_at, expires_at = _days(turn, command.settings)
    turn.emit(
        CampaignUpdated(
            campaign_id=command.campaign_id,
            settings=command.settings,
            first_day_at=first_day_at,
            expires_at=expires_at,
            agent_ids=told_of_update(turn.state, campaign, command.settings),
        )
    )
    if campaign.state is _S.EXPIRED:
        change(turn, campaign, _S.STOPPED, "last_day_moved")
    return _view(campaign)


def start(turn: Turn, command: CampaignStart) -> Reply:
    """Run; a finished one looks at its list again."""
    return _ask(turn, command.campaign_id, _S.RUNNING)


def pause(turn: Turn, command: CampaignPause) -> Reply:
    """Launch nothing more for now."""
    return _ask(turn, command.campaign_id, _S.PAUSED)


def stop(turn: Turn, command: CampaignStop) -> Reply:
    """Launch nothing more, and cancel what rings."""
    reply = _ask(turn, command.campaign_id, _S.STOPPED)
    for call in tuple(turn.state.records.calls.values()):
        if call.campaign_id != command.campaign_id:
            continue
        if is_prepared(call):
            endings.let_agent_go(turn, call, "campaign_stopped")
        elif call.state in (CallState.DIALING, CallState.RINGING):
            endings.cancel(turn, call, "campaign_stopped")
    return reply


def get(turn: Turn, command: CampaignGet) -> Reply:
    """One campaign."""
    return _view(turn.campaign(command.campaign_id))


def list_all(turn: Turn, command: CampaignList) -> Reply:
    """All campaigns, or those of an agent."""
    if command.agent_id is not None:
        agent = turn.agent(command.agent_id)
        return CampaignsReply(campaigns=notices_for(turn.state, agent.teams))
    campaigns = sorted(turn.state.records.campaigns.items())
    return CampaignsReply(campaigns=tuple(notice(campaign) for _, campaign in campaigns))


def change(turn: Turn, campaign: Campaign, state: CampaignState, reason: str) -> None:
    """One step in the campaign's life, for its agents to see."""
    turn.emit(
        CampaignStateChanged(
            campaign_id=campaign.campaign_id,
            state=state,
            reason=reason,
            agent_ids=logged_in_ids(turn.state, campaign),
        )
    )


def is_dry(campaign: Campaign) -> bool:
    """Whether nothing is left to call, now or later (rule CA-10).

    A campaign that never had a contact is not dry: its list is still to come.
    """
    counts = campaign.counts
    return counts.contacts_left == 0 and bool(counts.contacts)


def _ask(turn: Turn, campaign_id: str, state: CampaignState) -> Reply:
    campaign = turn.own_campaign(campaign_id)
    if campaign.state is not state:
        if state not in STEPS[campaign.state]:
            refuse(
                ErrorCode.CAMPAIGN_STATE,
                f"campaign {campaign_id!r} is {campaign.state.value} "
                f"and cannot become {state.value}",
                "campaign_id",
            )
        change(turn, campaign, state, "asked")
    return _view(campaign)


def _days(turn: Turn, settings: CampaignSettings) -> tuple[int | None, int | None]:
    """When the first day begins, if it has not yet, and when the last has passed."""
    if not is_zone(settings.zone):
        refuse(
            ErrorCode.INVALID_VALUE,
            f"{settings.zone!r} is not an IANA time zone",
            "settings.zone",
        )
    first_at = _instant(settings.first_day, settings.zone, "first_day", day_begins_at)
    expires_at = _instant(settings.last_day, settings.zone, "last_day", day_ends_at)
    if expires_at is not None and expires_at <= turn.now:
        refuse(ErrorCode.INVALID_VALUE, "the last day has passed already", "settings.last_day")
    if first_at is not None and expires_at is not None and expires_at <= first_at:
        refuse(
            ErrorCode.INVALID_VALUE,
            "the last day is before the first",
            "settings.last_day",
        )
    if first_at is not None and first_at <= turn.now:
        first_at = None
    return first_at, expires_at


def _instant(day: str | None, zone: str, field: str, at: Callable[[str, str], int]) -> int | None:
    if day is None:
        return None
    try:
        return at(day, zone)
    except BadDay as error:
        raise Refused(Fault(ErrorCode.INVALID_VALUE, str(error), f"settings.{field}")) from None


def next_id(campaigns: dict[str, Campaign]) -> str:
    """The first five digits in sequence that are free."""
    number = len(campaigns) + 1
    while f"{number:05d}" in campaigns:
        number += 1
    if number > LAST_ID:
        refuse(ErrorCode.CAMPAIGN_EXISTS, "every id of five digits is taken", "campaign_id")
    return f"{number:05d}"


def _view(campaign: Campaign) -> CampaignReply:
    contacts = {s: n for s, n in campaign.counts.contacts.items() if n}
    return CampaignReply(
        campaign=CampaignView(
            campaign.campaign_id,
            campaign.state,
            campaign.settings,
            contacts,
            campaign.queue_id,
        )
    )
