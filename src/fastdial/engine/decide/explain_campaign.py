"""What holds a campaign back now, and how many contacts stand behind each reason (rule CO-9)."""

from collections.abc import Iterator

import numpy as np

from fastdial.engine.contact_list import STATES
from fastdial.engine.decide import limits
from fastdial.engine.decide.pacing import decision
from fastdial.engine.records import Campaign
from fastdial.engine.turn import Turn
from fastdial.messages.base import Reply
from fastdial.messages.commands import CampaignExplain
from fastdial.messages.explain import Behind, Looked
from fastdial.messages.replies import CampaignExplanation
from fastdial.messages.words import CampaignState, ContactState, DialingMode
from fastdial.rules.compliance.measure import CALL, figure
from fastdial.rules.compliance.presets import definition_of

_NEEDS_NO_AGENT = (DialingMode.AGENTLESS,)
_ASKED_BY_AGENTS = (DialingMode.PREVIEW,)


def explain(turn: Turn, command: CampaignExplain) -> Reply:
    """Looks at every contact once, about ten milliseconds for each million."""
    campaign = turn.campaign(command.campaign_id)
    looked_at = (
        *of_life(turn, campaign),
        *_of_list(turn, campaign),
        *of_limits(turn, campaign),
        *_of_pacing(turn, campaign),
        *_of_rivals(turn, campaign),
        *of_agents(turn, campaign),
    )
    return CampaignExplanation(
        campaign_id=campaign.campaign_id,
        at=turn.now,
        launches=all(one.passed for one in looked_at if one.rule != "AG-2"),
        looked_at=looked_at,
        contacts=tuple(sorted(_behind(turn, campaign), key=lambda one: -one.contacts)),
        pacing=decision(turn, campaign) if _is_paced(turn, campaign) else None,
    )


def of_life(turn: Turn, campaign: Campaign) -> Iterator[Looked]:
    """Whether the campaign runs, and its first day has come."""
    running = campaign.state is CampaignState.RUNNING
    yield Looked(
        "CA-4",
        running,
        "the campaign runs",
        {"state": campaign.state.value},
        reason="" if running else campaign.state.value,
        change="" if running else "start it" + _after_moving(campaign),
    )
    begun = campaign.first_day_at is None
    yield Looked(
        "CA-1",
        begun,
        "its first day has come",
        {"first_day": campaign.settings.first_day or ""},
        reason="" if begun else "before_first_day",
        until=campaign.first_day_at,
        change="" if begun else "wait, or choose an earlier first day",
    )


def _after_moving(campaign: Campaign) -> str:
    expired = campaign.state is CampaignState.EXPIRED
    return ", after choosing a later last day" if expired else ""


def of_limits(turn: Turn, campaign: Campaign) -> Iterator[Looked]:
    """Whether limits on calls and launches leave room."""
    reached = limits.reached(turn, campaign)
    yield Looked(
        "CA-13",
        reached is None,
        "limits on calls at once and on launches in a second leave room",
        {} if reached is None else reached.values,
        reason="" if reached is None else "limit_reached",
        until=None if reached is None else reached.until,
        change="" if reached is None else "a call must end, or the limit be raised",
    )


def of_agents(turn: Turn, campaign: Campaign) -> Iterator[Looked]:
    """Whether an agent is ready, where the mode needs one."""
    mode = campaign.settings.mode
    idle, busy, here = turn.state.workforce.counts(campaign)
    passed = mode in _NEEDS_NO_AGENT or idle > 0
    reason = "no_agent_ready" if here else "no_agent_at_work"
    change = "an agent must ask" if mode in _ASKED_BY_AGENTS else "an agent must become ready"
    yield Looked(
        "AG-2",
        passed,
        "an agent is ready, or none is needed",
        {"mode": mode.value, "ready": idle, "busy": busy, "at_work": here},
        reason="" if passed else reason,
        change="" if passed else change,
    )


def _of_list(turn: Turn, campaign: Campaign) -> Iterator[Looked]:
    ready = turn.state.queues[campaign.campaign_id].ready
    left = campaign.counts.contacts_left
    yield Looked(
        "CA-10" if not left else "CO-1",
        ready > 0,
        "contacts may be dialed now",
        {"ready": ready, "left": left},
        reason="" if ready else "list_dry" if not left else "nobody_now",
        until=_next_change(turn, campaign) if left and not ready else None,
        change="" if ready else "load contacts" if not left else "wait for windows and retries",
    )


def _next_change(turn: Turn, campaign: Campaign) -> int | None:
    """When a closed window opens or a contact is due, whichever comes first."""
    contacts = turn.state.lists[campaign.campaign_id]
    opens = [
        known.until
        for number, known in enumerate(contacts.window_classes)
        if not known.open
        and known.until is not None
        and turn.state.queues[campaign.campaign_id].class_size(number)
    ]
    due = contacts.table.column("next_due_at")
    due = due[due > 0]
    return min([*opens, *([int(due.min())] if due.size else [])], default=None)


def _is_paced(turn: Turn, campaign: Campaign) -> bool:
    is_known = campaign.campaign_id in turn.state.pacing.paces
    return is_known and campaign.settings.mode is DialingMode.PREDICTIVE


def _of_pacing(turn: Turn, campaign: Campaign) -> Iterator[Looked]:
    if campaign.settings.mode is not DialingMode.PREDICTIVE:
        return
    definition = definition_of(campaign.settings.compliance)
    now = figure(campaign.abandonment, definition, turn.now)
    yield Looked(
        "CO-5",
        campaign.dials_ahead,
        "abandonment leaves room to dial ahead of agents",
        {
            "window": definition.window.value,
            "abandoned": round(now.abandoned / CALL),
            "base": round(now.base / CALL),
            "cap_per_mille": round(definition.cap * 1_000),
        },
        reason="" if campaign.dials_ahead else "progressive",
        change=""
        if campaign.dials_ahead
        else "more calls that meet an agent; one call for each ready agent goes on meanwhile",
    )


def _of_rivals(turn: Turn, campaign: Campaign) -> Iterator[Looked]:
    """Campaigns of a lower order that want the same agents and have contacts for them."""
    first = [
        other.campaign_id
        for other in turn.state.running
        if other.settings.order < campaign.settings.order
        and turn.state.queues[other.campaign_id].ready
        and turn.state.workforce.shared(campaign, other)
    ]
    yield Looked(
        "CA-5",
        not first,
        "no campaign of a lower order goes first with the same agents",
        {"order": campaign.settings.order, "first": ", ".join(first[:20])},
        reason="others_first" if first else "",
        change="those must run dry, or the orders change" if first else "",
    )


def _behind(turn: Turn, campaign: Campaign) -> Iterator[Behind]:
    """Contacts by state and reason; those in the ready queue by whether their window is open."""
    contacts = turn.state.lists[campaign.campaign_id]
    rows = contacts.table.live_rows()
    states = contacts.table.take("state", rows).astype(np.int64)
    reasons = contacts.table.take("reason", rows).astype(np.int64)
    due_at = contacts.table.take("next_due_at", rows)
    ready = states == STATES.index(ContactState.READY)
    yield from _in_queue(turn, campaign)
    kinds, of_kind = np.unique((states << 16 | reasons)[~ready], return_inverse=True)
    for place, kind in enumerate(kinds.tolist()):
        due = due_at[~ready][of_kind == place]
        due = due[due > 0]
        yield Behind(
            STATES[kind >> 16],
            contacts.words[kind & 0xFFFF],
            int((of_kind == place).sum()),
            until=int(due.min()) if due.size else None,
        )


def _in_queue(turn: Turn, campaign: Campaign) -> Iterator[Behind]:
    queue = turn.state.queues[campaign.campaign_id]
    for number, known in enumerate(turn.state.lists[campaign.campaign_id].window_classes):
        contacts = queue.class_size(number)
        if contacts:
            yield Behind(
                ContactState.READY,
                "window_open" if known.open else known.reason,
                contacts,
                until=known.until,
                values={
                    "zones": ", ".join(known.key.zones),
                    "regions": ", ".join(known.key.regions),
                },
            )
