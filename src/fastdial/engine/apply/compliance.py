"""What calls add to the measure of abandonment and to the attempts that caps count."""

from fastdial.engine.records import Call, Campaign
from fastdial.engine.state import State
from fastdial.messages.compliance import Abandoned, AbandonmentBase, AbandonmentDefinition
from fastdial.messages.events import BridgeRequested, CallEnded, CampaignPacingChanged
from fastdial.messages.words import Answerer, AttemptOutcome, Party
from fastdial.rules.compliance.measure import CALL, count, same_measure
from fastdial.rules.compliance.measured import Measure
from fastdial.rules.compliance.presets import definition_of

_MET_NO_AGENT = Abandoned.MET_NO_AGENT
_ANSWERED_BY_PERSON = AbandonmentBase.ANSWERED_BY_PERSON
_PERSON = Answerer.PERSON
_ABANDONED = AttemptOutcome.ABANDONED
_ANSWERING_MACHINE = AttemptOutcome.ANSWERING_MACHINE
_BY_CUSTOMER = Party.CUSTOMER


def pacing_changed(state: State, event: CampaignPacingChanged) -> None:
    state.records.campaigns[event.campaign_id].dials_ahead = event.ahead


def met_agent(state: State, campaign: Campaign, call: Call, event: BridgeRequested) -> None:
    """An agent is asked to the call: whatever comes of it, it is among those answered."""
    if call.bridge_asked_at is None:
        _count(state, campaign, event.at, CALL if event.late else 0, CALL)


def attempted(state: State, call: Call, at: int) -> None:
    """An attempt counts for the caps from the request to dial on (rule CO-3)."""
    state.compliance.attempted(call.campaign_id, call.number, call.contact_key, call.account, at)


def spoken_to(state: State, call: Call, at: int) -> None:
    """A conversation counts from the bridge on, and again from its end, for the quiet after it."""
    state.compliance.spoken_to(call.campaign_id, call.number, call.contact_key, call.account, at)


def over(state: State, campaign: Campaign, call: Call, event: CallEnded) -> None:
    """The attempt has its outcome."""
    if event.outcome is _ABANDONED:
        state.compliance.abandoned(call.number, event.at)
    if call.bridged_at is not None:
        spoken_to(state, call, event.at)
    definition = definition_of(campaign.settings.compliance)
    base = 0 if call.bridge_asked_at is not None else _base(definition, call)
    abandoned = CALL if not call.late and _is_abandoned(definition, event) else 0
    if definition.false_positives_count and event.outcome is _ANSWERING_MACHINE:
        persons = round(campaign.settings.compliance.false_positive_share * CALL)
        abandoned += persons
        if definition.denominator is _ANSWERED_BY_PERSON:
            base += persons
    if abandoned or base:
        _count(state, campaign, event.at, abandoned, base)


def _count(state: State, campaign: Campaign, at: int, abandoned: int, base: int) -> None:
    """In millionths of a call; pacing goes by what is left."""
    measure = campaign.abandonment
    before = measure.window_ends_at, measure.day
    definition = definition_of(campaign.settings.compliance)
    count(measure, definition, campaign.settings.zone, at, abandoned=abandoned, base=base)
    _, _, here = state.workforce.counts(campaign)
    is_new = (measure.window_ends_at, measure.day) != before
    state.pacing.counted(campaign, abandoned, base, here, at, is_new)


def measure_anew(campaign: Campaign, before: AbandonmentDefinition, zone: str) -> None:
    """New settings: what was counted in another way does not count any more."""
    after = definition_of(campaign.settings.compliance)
    if not same_measure(before, after) or (not after.zone and zone != campaign.settings.zone):
        campaign.abandonment = Measure()


def _base(definition: AbandonmentDefinition, call: Call) -> int:
    match definition.denominator:
        case AbandonmentBase.ANSWERED_BY_PERSON:
            counts = call.answerer is _PERSON
        case AbandonmentBase.ANSWERED:
            counts = call.answerer is not None
        case AbandonmentBase.ATTEMPTS:
            counts = True
    return CALL if counts else 0


def _is_abandoned(definition: AbandonmentDefinition, event: CallEnded) -> bool:
    if event.outcome is not _ABANDONED:
        return False
    in_time = event.party is _BY_CUSTOMER and event.waited_ms < definition.limit_ms
    return definition.numerator is _MET_NO_AGENT or not in_time
