"""Events of calls."""

from fastdial.engine.apply import callback_steps, compliance
from fastdial.engine.apply.campaigns import charge
from fastdial.engine.apply.contacts import move, release_held, settle
from fastdial.engine.contact_list import Contact
from fastdial.engine.lines import is_ringing_ahead, needs_agent
from fastdial.engine.records import Call, Campaign, TimerKind
from fastdial.engine.state import State
from fastdial.kernel.pace import Pace
from fastdial.kernel.ready_queue import ReadyQueue
from fastdial.messages.events import (
    AgentConnected,
    AgentConnectEnded,
    AgentConnectRequested,
    BridgeRequested,
    CallAnswered,
    CallBridged,
    CallEnded,
    CallGiveUpPlanned,
    CallRinging,
    CallWrappedUp,
    DialDelayed,
    DialRequested,
    HangUpRequested,
    KeyPressed,
    MessagePlayed,
    MessageRequested,
)
from fastdial.messages.fates import ContactFate
from fastdial.messages.words import (
    Answerer,
    AttemptOutcome,
    CallState,
    ContactState,
    DialingMode,
)
from fastdial.rules.choosing import chooses

_PERSON = Answerer.PERSON
_ABANDONED = AttemptOutcome.ABANDONED
_INVALID_NUMBER = AttemptOutcome.INVALID_NUMBER
_ANSWERED = CallState.ANSWERED
_BRIDGING = CallState.BRIDGING
_CONNECTED = CallState.CONNECTED
_CONNECTING = CallState.CONNECTING
_ENDING = CallState.ENDING
_PLAYING = CallState.PLAYING
_RINGING = CallState.RINGING
_TALKING = CallState.TALKING
_WRAP_UP = CallState.WRAP_UP
_CALL = TimerKind.CALL
_LIVE = ContactState.LIVE
_WAITING = ContactState.WAITING
_PREDICTIVE = DialingMode.PREDICTIVE
_PROGRESSIVE = DialingMode.PROGRESSIVE

DAY_MS = 86_400_000


def connect_requested(state: State, event: AgentConnectRequested) -> None:
    contact = state.known(event.campaign_id, event.contact_key)
    call = Call(
        call_id=event.call_id,
        campaign_id=event.campaign_id,
        row=contact.row,
        contact_key=event.contact_key,
        number=int(event.number),
        number_index=event.number_index,
        account="",
        mode=_PROGRESSIVE,
        attempt=contact.attempts + 1,
        ring_limit_ms=event.ring_ms,
        dialed_at=event.at,
        caller_id=event.caller_id,
        trunk=event.trunk,
        agent_first=True,
        state=_CONNECTING,
        agent_id=event.agent_id,
    )
    state.records.last_call = event.call_id
    state.records.calls[event.call_id] = call
    state.launches.add(call)
    charge(state, event)
    move(state, contact, _LIVE)
    state.set_timer(_CALL, call.call_id, event.at + event.ring_ms)


def connected(state: State, event: AgentConnected) -> None:
    state.records.calls[event.call_id].state = _CONNECTED
    state.set_timer(_CALL, event.call_id, None)


def dial_delayed(state: State, event: DialDelayed) -> None:
    state.set_timer(_CALL, event.call_id, event.until)


def connect_ended(state: State, event: AgentConnectEnded) -> None:
    call: Call = state.records.calls.pop(event.call_id)
    state.launches.remove(call)
    state.set_timer(_CALL, call.call_id, None)
    contact = state.contact_at(call.row)
    fate = ContactFate(_WAITING, event.reason, event.due_at, contact.next_number)
    settle(state, contact, fate)


def dial_requested(state: State, event: DialRequested) -> None:
    records = state.records
    contact = state.known(event.campaign_id, event.contact_key)
    is_passed = event.mode is _PREDICTIVE and _passes_the_first(state, contact)
    prepared = records.calls.pop(event.call_id, None)
    if prepared is not None:
        state.launches.remove(prepared)
    call = Call(
        call_id=event.call_id,
        campaign_id=event.campaign_id,
        row=contact.row,
        contact_key=event.contact_key,
        number=int(event.number),
        number_index=event.number_index,
        account=event.account,
        mode=event.mode,
        attempt=event.attempt,
        ring_limit_ms=event.ring_ms,
        dialed_at=event.at,
        caller_id=event.caller_id,
        trunk=event.trunk,
        agent_first=event.agent_first,
        agent_id=event.agent_id,
    )
    records.last_call = max(records.last_call, event.call_id)
    records.calls[event.call_id] = call
    state.live_numbers[call.number] = event.call_id
    compliance.attempted(state, call, event.at)
    state.launches.launch(call)
    charge(state, event)
    if prepared is None:
        move(state, contact, _LIVE)
    if event.callback_id is not None:
        callback_steps.dialed(state, call)
    contact.record.count_attempt(event.number_index, event.at, event.at // DAY_MS)
    contact.record.number_next = event.number_index
    campaign: Campaign = records.campaigns[event.campaign_id]
    campaign.counts.attempts += 1
    if needs_agent(call):
        campaign.lines += 1
        state.touch(campaign)
    if is_ringing_ahead(call):
        state.pacing.dialed(campaign, contact, call)
        campaign.passed = campaign.passed + 1 if is_passed else 0
    _expect(state, call, event.at + event.ring_ms)


def _passes_the_first(state: State, contact: Contact) -> bool:
    """Whether another contact is the first in the queue of a campaign that chooses."""
    campaign: Campaign = state.records.campaigns[contact.campaign_id]
    if not chooses(campaign.settings):
        return False
    queue: ReadyQueue = state.queues[contact.campaign_id]
    first: int | None = queue.peek()
    return first != contact.record.row


def ringing(state: State, event: CallRinging) -> None:
    call: Call = state.records.calls[event.call_id]
    call.state = _RINGING
    call.ringing_at = event.at
    if is_ringing_ahead(call):
        pace: Pace = state.pacing.paces[call.campaign_id]
        pace.rings(call.call_id, event.at)
    _expect(state, call, event.at + call.ring_limit_ms)
    if call.give_up_at is not None:
        state.set_timer(_CALL, call.call_id, call.give_up_at)


def give_up_planned(state: State, event: CallGiveUpPlanned) -> None:
    call: Call = state.records.calls[event.call_id]
    call.give_up_at = event.give_up_at
    call.give_up_reason = event.reason
    state.set_timer(_CALL, call.call_id, event.give_up_at)
    if call.agent_id is not None and event.agent_id is None:
        call.agent_id = None
        call.agent_first = False
        state.records.campaigns[call.campaign_id].lines += 1


def answered(state: State, event: CallAnswered) -> None:
    call: Call = state.records.calls[event.call_id]
    call.answered_at = event.at
    call.answerer = event.answerer
    campaign: Campaign = state.records.campaigns[call.campaign_id]
    if is_ringing_ahead(call):
        pace: Pace = state.pacing.paces[call.campaign_id]
        if event.answerer is _PERSON:
            pace.answered(call.call_id, event.at)
        else:
            pace.unanswered(call.call_id, event.at)
        state.touch(campaign)
    if event.answerer is _PERSON:
        campaign.counts.answered += 1
        if needs_agent(call):
            campaign.met_nobody_yet += 1
    if call.state is _ENDING:
        return
    call.state = _ANSWERED
    if event.abandon_at is not None:
        campaign.waiting.append(call.call_id)
        state.set_timer(_CALL, call.call_id, event.abandon_at)


def bridge_requested(state: State, event: BridgeRequested) -> None:
    call: Call = state.records.calls[event.call_id]
    _stop_waiting(state, call)
    campaign: Campaign = state.records.campaigns[call.campaign_id]
    compliance.met_agent(state, campaign, call, event)
    if needs_agent(call):
        _not_a_line(campaign, call)
        state.stirred = True  # agents of campaigns that share some may be counted on no more
        state.touch(campaign)
    call.state = _BRIDGING
    call.agent_id = event.agent_id
    call.bridge_asked_at = event.at
    call.late = event.late
    _expect(state, call, event.at)


def bridged(state: State, event: CallBridged) -> None:
    call: Call = state.records.calls[event.call_id]
    call.state = _TALKING
    call.bridged_at = event.at
    compliance.spoken_to(state, call, event.at)
    state.set_timer(_CALL, call.call_id, None)


def message_requested(state: State, event: MessageRequested) -> None:
    call: Call = state.records.calls[event.call_id]
    call.state = _PLAYING
    _expect(state, call, event.at + event.message_ms)


def message_played(state: State, event: MessagePlayed) -> None:
    call: Call = state.records.calls[event.call_id]
    call.played = True
    state.set_timer(_CALL, call.call_id, event.until)


def key_pressed(state: State, event: KeyPressed) -> None:
    call: Call = state.records.calls[event.call_id]
    call.keys = event.keys
    call.code = event.code
    call.wrong_keys += not event.keys
    if call.played:
        state.set_timer(_CALL, call.call_id, event.until)


def hang_up_requested(state: State, event: HangUpRequested) -> None:
    call: Call = state.records.calls[event.call_id]
    _stop_waiting(state, call)
    if is_ringing_ahead(call):
        pace: Pace = state.pacing.paces[call.campaign_id]
        pace.given_up(call.call_id, event.at)
        campaign: Campaign = state.records.campaigns[call.campaign_id]
        state.touch(campaign)
    call.state = _ENDING
    call.outcome = event.outcome
    call.party = event.party
    _expect(state, call, event.at)


def ended(state: State, event: CallEnded) -> None:
    call: Call = state.records.calls[event.call_id]
    campaign: Campaign = state.records.campaigns[call.campaign_id]
    contact = state.contact_at(call.row)
    _stop_waiting(state, call)
    state.set_timer(_CALL, call.call_id, None)
    if is_ringing_ahead(call):
        pace: Pace = state.pacing.paces[call.campaign_id]
        pace.unanswered(call.call_id, event.at)
    if needs_agent(call):
        state.touch(campaign)
    call.outcome = event.outcome
    call.ended_at = event.at
    _count_end(campaign, call, event)
    compliance.over(state, campaign, call, event)
    contact.count_try(event.outcome)
    if event.outcome is _INVALID_NUMBER:
        contact.bury(call.number)
    del state.live_numbers[call.number]
    state.launches.remove(call)
    if event.code is not None:
        codes = campaign.counts.wrap_up_codes
        codes[event.code] = codes.get(event.code, 0) + 1
    if call.row in state.callbacks.by_row:
        callback_steps.tried(state, call, event)
    if event.fate is None:
        call.state = _WRAP_UP
    else:
        settle(state, contact, event.fate)
        del state.records.calls[call.call_id]
    release_held(state, call.number)


def wrapped_up(state: State, event: CallWrappedUp) -> None:
    call: Call = state.records.calls.pop(event.call_id)
    campaign: Campaign = state.records.campaigns[call.campaign_id]
    if event.code is not None:
        codes = campaign.counts.wrap_up_codes
        codes[event.code] = codes.get(event.code, 0) + 1
    if call.bridged_at is not None:
        state.pacing.finished(call.campaign_id, event.at - call.bridged_at, event.at)
    if call.row in state.callbacks.by_row:
        callback_steps.wrapped_up(state, call)
    settle(state, state.contact_at(call.row), event.fate)


def _expect(state: State, call: Call, by: int) -> None:
    """The telephony side should speak ``by`` then; a while after it is taken to be silent."""
    due_at = by + state.records.config.silence_s * 1_000
    state.set_timer(_CALL, call.call_id, due_at)


def _stop_waiting(state: State, call: Call) -> None:
    campaign: Campaign = state.records.campaigns[call.campaign_id]
    waiting = campaign.waiting
    if call.call_id in waiting:
        waiting.remove(call.call_id)


def _not_a_line(campaign: Campaign, call: Call) -> None:
    """A call that no agent was reserved for has one now, or is over."""
    campaign.lines -= 1
    if call.answerer is _PERSON:
        campaign.met_nobody_yet -= 1


def _count_end(campaign: Campaign, call: Call, event: CallEnded) -> None:
    if needs_agent(call):
        _not_a_line(campaign, call)
    outcomes = campaign.counts.outcomes
    outcomes[event.outcome] = outcomes.get(event.outcome, 0) + 1
    if event.outcome is _ABANDONED:
        campaign.counts.abandoned += 1
