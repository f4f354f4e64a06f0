"""Pacing: how many lines a predictive campaign launches now, and which it gives up (CO-5).

Campaigns that share agents are paced together: each looks at the lines of all of them, and none
dials further ahead than any of them may whose lines ring, since an agent who is not there may be
missed by the next person of any campaign.
"""

from math import floor

from fastdial.engine.contact_list import KINDS, Contact, ContactList
from fastdial.engine.decide.choosing import people_waiting, up_next
from fastdial.engine.decide.endings import give_up_early
from fastdial.engine.pacing import ANSWER_CHANCE, hour_of
from fastdial.engine.records import Call, Campaign
from fastdial.engine.turn import Turn
from fastdial.kernel.pace import Pace
from fastdial.messages.events import CampaignPacingChanged
from fastdial.messages.explain import AnswerChance, PacingDecision
from fastdial.messages.words import DialingMode
from fastdial.rules.compliance.measure import CALL, figure
from fastdial.rules.compliance.presets import definition_of

_PREDICTIVE = DialingMode.PREDICTIVE

TICK_MS = 1_000
"""how often predictive campaigns are paced though nothing happens"""
MOST_LIKELY = 0.98
"""as likely as any contact is taken to answer"""


def paced(turn: Turn) -> bool:
    """Whether a running campaign is to be looked at again though nothing happens."""
    return turn.state.dials_ahead and any(
        campaign.settings.mode is _PREDICTIVE
        and (_may_launch(turn, campaign) or (campaign.lines and campaign.settings.pacing.give_up))
        for campaign in turn.state.running
    )


def _may_launch(turn: Turn, campaign: Campaign) -> bool:
    state = turn.state
    return state.queues[campaign.campaign_id].ready > 0 and state.workforce.anybody_logged_in(
        campaign
    )


def counted_on(turn: Turn, teams: tuple[str, ...]) -> bool:
    """Whether ready agents of these teams are needed for lines that were launched ahead.

    Whoever takes one of them for other work leaves a person who answers to silence (rule CO-5).
    """
    campaign: Campaign
    for campaign in turn.state.assigned(teams):
        if campaign.lines:
            idle, _, _ = turn.state.workforce.counts(campaign)
            if idle <= _lines(turn, campaign):
                return True
    return False


def lines_now(turn: Turn, campaign: Campaign) -> int:
    """Lines that a predictive campaign may launch now; a change of its pacing is said (CO-5)."""
    lines = _decide(turn, campaign)
    say_pacing(turn, campaign)
    return lines


def holds_for(turn: Turn, campaign: Campaign, contact: Contact) -> bool:
    """Whether the contact is no likelier to answer than whom lines were decided for."""
    pace: Pace = turn.state.pacing.paces[campaign.campaign_id]
    return turn.state.pacing.chance_of(campaign, contact, turn.now) <= pace.decided_for


def say_pacing(turn: Turn, campaign: Campaign) -> None:
    """For the record: falling back to progressive at the cap, and dialing ahead again (CO-5)."""
    ahead = _beyond_idle(turn, campaign) > 0
    if ahead == campaign.dials_ahead:
        return
    definition = definition_of(campaign.settings.compliance)
    now = figure(campaign.abandonment, definition, turn.now)
    turn.emit(
        CampaignPacingChanged(
            campaign_id=campaign.campaign_id,
            ahead=ahead,
            abandoned=now.abandoned / CALL,
            base=now.base / CALL,
            cap=definition.cap,
            window=definition.window,
            decision=decision(turn, campaign),
        )
    )


def decision(turn: Turn, campaign: Campaign) -> PacingDecision:
    """What would be launched now, and the numbers that make it so."""
    _decide(turn, campaign)
    pace: Pace = turn.state.pacing.paces[campaign.campaign_id]
    learned = pace.learned_at(turn.now)
    contact = _next_contact(turn, campaign)
    return PacingDecision(
        **pace.reasons,  # type: ignore[arg-type]  # each as the struct has it
        target=min(
            campaign.settings.pacing.target, definition_of(campaign.settings.compliance).cap
        ),
        ring_s=learned["ring_s"],
        handle_s=learned["handle_s"],
        next=None if contact is None else answer_of(turn, campaign, contact, contact.next_number),
    )


def answer_of(
    turn: Turn, campaign: Campaign, contact: Contact, number_index: int
) -> AnswerChance | None:
    """How likely the contact answers at a number, and what makes it; none where nobody paces."""
    pace: Pace | None = turn.state.pacing.paces.get(campaign.campaign_id)
    if pace is None:
        return None
    told = contact.record.answer_probability
    kind = contact.record.number_kind(number_index)
    hour = hour_of(campaign, contact, number_index, turn.now)
    attempt = contact.attempts + 1
    found = pace.levels.reasons(hour=hour, attempt=attempt, kind=kind, told=told or None)
    learned = pace.learned_at(turn.now)
    of_late = learned["factor"] / learned["common"]
    return AnswerChance(
        told=contact.answer_chance,
        hour=hour,
        attempt=attempt,
        kind=KINDS[kind],
        prior=found["prior"],
        by_base=found["base"],
        by_list=found["list"],
        by_hour=found["hour"],
        by_attempt=found["attempt"],
        by_kind=found["kind"],
        by_told=found["told"],
        chance=found["chance"],
        of_late=of_late,
        answer=min(found["chance"] * of_late, MOST_LIKELY),
    )


def give_up_lines(turn: Turn, campaign: Campaign) -> None:
    """Lines that rang as long as they must, while too many people would answer."""
    if not campaign.settings.pacing.give_up or not campaign.lines:
        return
    state = turn.state
    idle, _, _ = state.workforce.counts(campaign)
    pace: Pace = state.pacing.paces[campaign.campaign_id]
    for call_id in pace.too_many(
        turn.now,
        state.paced_with(campaign),
        state.workforce.mask(campaign),
        idle,
        people_waiting(turn, campaign),
        _lines(turn, campaign),
        _chance_of(turn, campaign, _next_contact(turn, campaign)),
        _legal_ring_ms(campaign),
    ):
        call: Call = state.records.calls[call_id]
        give_up_early(turn, call)


def _legal_ring_ms(campaign: Campaign) -> int:
    """How long a line has to ring before it may be given up; below 0, none is."""
    settings = campaign.settings.pacing
    if not settings.give_up:
        return -1
    shortest_s = definition_of(campaign.settings.compliance).min_ring_s
    return 1_000 * max(settings.legal_ring_s, shortest_s)


def _decide(turn: Turn, campaign: Campaign) -> int:
    """How many lines to launch now; nothing of the site changes by it."""
    state = turn.state
    idle, _, here = state.workforce.counts(campaign)
    contact = _next_contact(turn, campaign)
    pace: Pace = state.pacing.paces[campaign.campaign_id]
    return pace.decide(
        turn.now,
        state.paced_with(campaign),
        state.workforce.mask(campaign),
        idle,
        people_waiting(turn, campaign),
        _lines(turn, campaign),
        _beyond_of_all(turn, campaign),
        campaign.settings.pacing.certain or not _is_tried(pace, contact),
        floor(campaign.settings.pacing.max_lines_per_agent * here),
        _chance_of(turn, campaign, contact),
        here,
        _legal_ring_ms(campaign),
    )


def _chance_of(turn: Turn, campaign: Campaign, contact: Contact | None) -> float:
    """How likely the contact answers; where nobody is in the queue, as likely as those dialed."""
    if contact is not None:
        return turn.state.pacing.chance_of(campaign, contact, turn.now)
    pace: Pace = turn.state.pacing.paces[campaign.campaign_id]
    return pace.usual_of_late or ANSWER_CHANCE


def _is_tried(pace: Pace, contact: Contact | None) -> bool:
    """Whether what is told of the contact has been seen to be worth something."""
    return pace.is_tried(0.0 if contact is None else contact.record.answer_probability)


def _next_contact(turn: Turn, campaign: Campaign) -> Contact | None:
    """The one that goes next, whatever may be found to stand in its way."""
    row = up_next(turn, campaign)
    if row is None:
        return None
    contacts: ContactList = turn.state.lists[campaign.campaign_id]
    return contacts.at(row)


def _beyond_of_all(turn: Turn, campaign: Campaign) -> int:
    """Lines beyond idle agents that can break no cap, of the campaign or of who has lines up."""
    least = _beyond_idle(turn, campaign)
    other: Campaign
    for other in turn.state.sharing_with(campaign):
        if other.lines:
            least = min(least, _beyond_idle(turn, other))
    return least


def _beyond_idle(turn: Turn, campaign: Campaign) -> int:
    _, _, here = turn.state.workforce.counts(campaign)
    return turn.state.pacing.beyond_idle(campaign, here, turn.now)


def _lines(turn: Turn, campaign: Campaign) -> int:
    """Lines launched ahead by the campaign and by all that share agents with it."""
    lines = campaign.lines
    other: Campaign
    for other in turn.state.sharing_with(campaign):
        lines += other.lines
    return lines
