"""Exclusion, quiet after an abandoned call, and frequency caps: checks of the gate."""

from fastdial.engine.compliance import BoundCap, subject_of
from fastdial.engine.contact_list import Contact
from fastdial.engine.decide.obstacles import Obstacle
from fastdial.engine.records import Campaign
from fastdial.engine.turn import Turn
from fastdial.messages.compliance import CapSubject
from fastdial.messages.words import DialingMode

WITHOUT_AGENT = (DialingMode.PREDICTIVE, DialingMode.AGENTLESS)
"""modes in which a call is launched with no agent reserved for it"""


def excluded(
    turn: Turn, campaign: Campaign, contact: Contact, number_index: int
) -> Obstacle | None:
    """A number on an exclusion list of the campaign or the site is never dialed (rule CO-2)."""
    number = contact.record.number(number_index)
    rules = turn.state.compliance.rules[campaign.campaign_id]
    for name, numbers in rules.lists:
        if number in numbers:
            return Obstacle("CO-2", "excluded", None, {"list_name": name})
    return None


def quiet_after_abandoned(
    turn: Turn, campaign: Campaign, contact: Contact, number_index: int
) -> Obstacle | None:
    """After an abandoned call only a call with an agent reserved goes out (rule CO-7)."""
    if campaign.settings.mode not in WITHOUT_AGENT:
        return None
    compliance = turn.state.compliance
    until = compliance.quiet_until(campaign.campaign_id, contact.record.number(number_index))
    if until <= turn.now:
        return None
    quiet_ms = compliance.rules[campaign.campaign_id].quiet_after_abandoned_ms
    values: dict[str, str | int] = {"quiet_s": quiet_ms // 1_000, "abandoned_at": until - quiet_ms}
    return Obstacle("CO-7", "quiet_after_abandoned", until, values)


def capped(turn: Turn, campaign: Campaign, contact: Contact, number_index: int) -> Obstacle | None:
    """No cap is exceeded; where several stand in the way, the one that does so longest (CO-3)."""
    caps = turn.state.compliance.rules[campaign.campaign_id].caps
    worst: BoundCap | None = None
    until = turn.now
    for bound in caps:
        allowed_at = bound.allowed_at(subject_for(turn, contact, number_index, bound.cap.subject))
        if allowed_at > until:
            worst, until = bound, allowed_at
    if worst is None:
        return None
    cap = worst.cap
    values: dict[str, str | int] = {"subject": cap.subject.value, "scope": cap.scope.value}
    if cap.attempts is not None:
        values |= {"attempts": cap.attempts, "period_s": cap.period_s}
    if cap.quiet_after_conversation_s:
        values["quiet_after_conversation_s"] = cap.quiet_after_conversation_s
    return Obstacle("CO-3", "frequency_cap", until, values)


def subject_for(turn: Turn, contact: Contact, number_index: int, subject: CapSubject) -> int:
    """What the attempts that a cap counts are kept under."""
    account = ""
    if subject is CapSubject.ACCOUNT:
        account = turn.state.compliance.account_of(contact)
    return subject_of(subject, contact.record.number(number_index), contact.contact_key, account)
