"""An auditor who sees nothing but the events of a site and holds it to its promises.

It shares no code with the engine: it keeps its own small books, by its own tables.
"""

from collections.abc import Callable
from typing import Any, NoReturn

import msgspec

from fastdial.messages.base import Event
from fastdial.messages.callback_events import (
    CallbackDue,
    CallbackEnded,
    CallbackOffered,
    CallbackReassigned,
    CallbackReturned,
    CallbackScheduled,
    CallbackUpdated,
    CallRescheduled,
    CallRescheduleDropped,
)
from fastdial.messages.events import (
    AgentConnectEnded,
    AgentConnectRequested,
    AgentLoggedIn,
    AgentStateChanged,
    BridgeRequested,
    CallAnswered,
    CallBridged,
    CallEnded,
    CallRinging,
    CallWrappedUp,
    CampaignCreated,
    CampaignFirstDay,
    CampaignStateChanged,
    CampaignUpdated,
    ContactPassedOver,
    ContactsLoaded,
    ContactsRemoved,
    DialRequested,
    ExclusionAdded,
    ExclusionRemoved,
    HangUpRequested,
    MessageRequested,
    PreviewOffered,
    PreviewSkipped,
    SiteConfigured,
)
from fastdial.messages.fates import ContactFate
from fastdial.messages.matching import type_of
from fastdial.messages.queue_events import QueueCreated, QueueUpdated
from fastdial.messages.settings import CampaignSettings, SiteConfig
from fastdial.messages.slot_events import SlotsPlanned
from fastdial.messages.words import (
    AgentState,
    Answerer,
    AttemptOutcome,
    CampaignState,
    ContactState,
    DialingMode,
)
from fastdial.simulation.audit_callbacks import CallbacksAudit
from fastdial.simulation.audit_compliance import ComplianceAudit
from fastdial.simulation.audit_limits import LimitsAudit
from fastdial.simulation.audit_slots import SlotsAudit
from fastdial.simulation.audit_windows import WindowsAudit

_S = AgentState
AGENT_STEPS: dict[AgentState, tuple[AgentState, ...]] = {
    _S.LOGGED_OUT: (_S.NOT_READY,),
    _S.NOT_READY: (_S.READY, _S.NOT_READY, _S.LOGGED_OUT),
    _S.READY: (
        _S.NOT_READY, _S.RESERVED, _S.PREVIEWING, _S.LOGGING_OUT, _S.LOGGED_OUT,
    ),
    _S.RESERVED: (
        _S.READY, _S.NOT_READY, _S.TALKING, _S.LOGGING_OUT, _S.LOGGED_OUT, _S.WRAP_UP,
    ),
    _S.PREVIEWING: (_S.RESERVED, _S.READY, _S.NOT_READY, _S.LOGGED_OUT),
    _S.TALKING: (_S.WRAP_UP,),
    _S.WRAP_UP: (_S.READY, _S.NOT_READY, _S.LOGGED_OUT),
    _S.LOGGING_OUT: (_S.LOGGED_OUT, _S.RESERVED, _S.TALKING, _S.READY),
}  # fmt: skip
"""which agent states may follow which (rules AG-1 to AG-6)"""


_PREVIEWED = (DialingMode.PREVIEW, DialingMode.PUSH_PREVIEW)
_LEFT = (
    ContactState.DONE,
    ContactState.WAITING,
    ContactState.READY,
    ContactState.PROMISED,
)
"""how a contact can be left after a call"""
_NOBODY_RESERVED = (DialingMode.PREDICTIVE, DialingMode.AGENTLESS)


class BrokenPromise(Exception):
    """A site did what it promises not to do; the sentence says what, and where in the record."""


class _Campaign(msgspec.Struct):
    settings: CampaignSettings
    begun: bool
    """whether the first day has come"""
    state: CampaignState = CampaignState.DRAFT


class _Contact(msgspec.Struct):
    closed: bool = False
    busy: int | str | None = None
    """the call that it is in or that is wrapped up, or the agent who previews it"""
    attempts: int = 0
    outcomes: dict[AttemptOutcome, int] = {}
    due_at: int = 0
    removed: bool = False
    """taken off the list while it was busy"""
    dead: dict[str, None] = {}
    """numbers that the network called invalid"""


class _Call(msgspec.Struct):
    campaign_id: str
    contact_key: str
    number: str
    agent_id: str | None
    agent_was_first: bool = False
    ringing: bool = False
    answerer: Answerer | None = None
    agentless: bool = False
    message_asked: bool = False
    bridge_asked: bool = False
    bridged: bool = False
    told: AttemptOutcome | None = None
    """the outcome that went with the request to hang up"""


class _Agent(msgspec.Struct):
    state: AgentState = AgentState.LOGGED_OUT
    work: int | str | None = None
    """the call that the agent was chosen for, or the key of the contact in preview"""


class Auditor:
    """Reads a site's events from the first one on. Raises `BrokenPromise` at the first breach."""

    def __init__(self, config: SiteConfig | None = None) -> None:
        """``config``: what the site was made with; without it limits are those of the record."""
        self._config = config or SiteConfig()
        self._limits = LimitsAudit(self._config)
        self._compliance = ComplianceAudit(self._config)
        self._windows = WindowsAudit()
        self.callbacks = CallbacksAudit()
        self._slots = SlotsAudit()
        self._seq = 0
        self._at = 0
        self._campaigns: dict[str, _Campaign] = {}
        self._contacts: dict[tuple[str, str], _Contact] = {}
        self._agents: dict[str, _Agent] = {}
        self._live: dict[int, _Call] = {}
        self._numbers: dict[str, int] = {}
        self._prepared: dict[int, _Call] = {}
        """whose agent is connected first, before the customer is dialed"""
        self._wrapping: dict[int, _Call] = {}
        self._last_call = 0
        self.attempts = 0
        """begun"""
        self.ended = 0
        """ended with their one outcome"""
        self.answered = 0
        """by a person"""
        self.abandoned = 0
        """of those: without an agent"""

    @property
    def live_attempts(self) -> int:
        """Attempts that have no outcome yet."""
        return len(self._live)

    def see(self, event: Event) -> None:
        """The next event of the site."""
        if event.seq != self._seq + 1:
            self._breach(event, f"sequence {event.seq} follows {self._seq}")
        if event.at < self._at:
            self._breach(event, f"time goes back by {self._at - event.at} ms")
        self._seq, self._at = event.seq, event.at
        check = _CHECKS.get(type(event))
        if check is not None:
            check(self, event)

    def close(self) -> None:
        """The run is over and quiet: every attempt must have had its outcome."""
        if self._live:
            raise BrokenPromise(
                f"after sequence {self._seq}: attempts without an outcome: "
                f"{', '.join(map(str, list(self._live)[:10]))}"
            )

    def _breach(self, event: Event, sentence: str) -> NoReturn:
        raise BrokenPromise(f"sequence {event.seq} ({type_of(event)}): {sentence}: {event}")

    # --- campaigns and contacts

    def _configured(self, event: SiteConfigured) -> None:
        self._config = event.config
        self._limits.configure(event.config)
        self._compliance.configure(event.config)

    def _created(self, event: CampaignCreated) -> None:
        if event.campaign_id in self._campaigns:
            self._breach(event, "the campaign exists already")
        self._campaigns[event.campaign_id] = _Campaign(event.settings, event.first_day_at is None)

    def _updated(self, event: CampaignUpdated) -> None:
        campaign = self._campaigns[event.campaign_id]
        if campaign.settings != event.settings:
            self._limits.configure(self._config)
        campaign.settings, campaign.begun = event.settings, event.first_day_at is None

    def _first_day(self, event: CampaignFirstDay) -> None:
        self._campaigns[event.campaign_id].begun = True

    def _campaign_changed(self, event: CampaignStateChanged) -> None:
        self._campaigns[event.campaign_id].state = event.state

    def _loaded(self, event: ContactsLoaded) -> None:
        self._compliance.loaded(event)
        self._windows.loaded(event)
        for key, numbers in zip(event.contact_keys, event.numbers, strict=True):
            place = event.campaign_id, key
            contact = self._contacts.get(place)
            if contact is None:
                self._contacts[place] = _Contact()
                continue
            contact.removed = False
            # a number that leaves the contact takes along what was known of it
            contact.dead = {number: None for number in numbers if number in contact.dead}
            if len(contact.dead) == len(set(numbers)):
                contact.dead = {}
            if event.reopen and contact.closed:
                self._contacts[place] = _Contact()

    def _excluded(self, event: ExclusionAdded) -> None:
        self._compliance.excluded(event)

    def _allowed(self, event: ExclusionRemoved) -> None:
        self._compliance.allowed(event)

    def _passed_over(self, event: ContactPassedOver) -> None:
        contact = self._contacts[event.campaign_id, event.contact_key]
        if contact.busy is not None or contact.closed or event.at < contact.due_at:
            self._breach(event, f"the contact is busy, closed or not due: {contact}")
        contact.closed = event.fate.state is ContactState.DONE
        contact.due_at = event.fate.due_at or 0
        self.callbacks.put_off(event)

    def _removed(self, event: ContactsRemoved) -> None:
        for key in event.contact_keys:
            contact = self._contacts[event.campaign_id, key]
            contact.removed = True
            self._drop_removed(event.campaign_id, key)

    def _drop_removed(self, campaign_id: str, key: str) -> None:
        contact = self._contacts[campaign_id, key]
        if contact.removed and contact.busy is None:
            del self._contacts[campaign_id, key]

    # --- callbacks

    def _holds(self, event: Event, broken: str | None) -> None:
        if broken is not None:
            self._breach(event, broken)

    def _queue_told(self, event: QueueCreated | QueueUpdated) -> None:
        self.callbacks.queue(event)
        self._slots.queue(event)

    def _slots_planned(self, event: SlotsPlanned) -> None:
        self._holds(event, self._slots.planned(event))

    def _rescheduled(self, event: CallRescheduled) -> None:
        self._holds(event, self._slots.rescheduled(event))

    def _reschedule_dropped(self, event: CallRescheduleDropped) -> None:
        self._slots.dropped(event)

    def _promised(self, event: CallbackScheduled) -> None:
        place = event.campaign_id, event.contact_key
        if self.callbacks.of_queue(event.campaign_id):
            if place in self._contacts:
                self._breach(event, "the contact is there already")
            self._contacts[place] = _Contact()
        contact = self._contacts[place]
        if contact.busy is not None or contact.removed:
            self._breach(event, f"the contact is busy or taken off the list: {contact}")
        contact.closed, contact.due_at = False, event.due_at
        self._compliance.promised(event)
        self._windows.promised(event)
        self._holds(event, self.callbacks.scheduled(event))
        self._holds(event, self._slots.scheduled(event))

    def _promise_changed(self, event: CallbackUpdated) -> None:
        self._contacts[event.campaign_id, event.contact_key].due_at = event.due_at
        if self.callbacks.of_queue(event.campaign_id):
            self._compliance.renewed(event)
            self._windows.renewed(event)
        self._holds(event, self.callbacks.updated(event))
        self._holds(event, self._slots.updated(event))

    def _promise_due(self, event: CallbackDue) -> None:
        self._holds(event, self.callbacks.came_due(event))

    def _promise_given(self, event: CallbackReassigned) -> None:
        self._holds(event, self.callbacks.reassigned(event))
        self._slots.reassigned(event)

    def _promise_offered(self, event: CallbackOffered) -> None:
        here = [one for one, agent in self._agents.items() if agent.state is not _S.LOGGED_OUT]
        self._holds(event, self.callbacks.offered(event, here))
        self._on_screen(event)

    def _promise_returned(self, event: CallbackReturned) -> None:
        self._holds(event, self.callbacks.returned(event))
        contact = self._contacts[event.campaign_id, event.contact_key]
        contact.busy, contact.due_at = None, event.due_at

    def _promise_over(self, event: CallbackEnded) -> None:
        self._holds(event, self.callbacks.over(event))
        self._slots.over(event)
        if event.fate is not None:
            contact = self._contacts[event.campaign_id, event.contact_key]
            if isinstance(contact.busy, int):
                self._breach(event, f"the contact is in call {contact.busy}")
            contact.busy = None
            contact.closed = event.fate.state is ContactState.DONE
            contact.due_at = event.fate.due_at or 0
            self._drop_removed(event.campaign_id, event.contact_key)

    # --- attempts

    def _dialed(self, event: DialRequested) -> None:
        campaign = self._campaigns[event.campaign_id]
        if campaign.state is not CampaignState.RUNNING or not campaign.begun:
            self._breach(event, f"launched while the campaign is {campaign.state}")
        prepared = self._prepared.pop(event.call_id, None)
        if event.agent_first != (prepared is not None):
            self._breach(event, "the agent is on the line, or is not (CA-2)")
        if prepared is None:
            self._number_call(event)
        if event.number in self._numbers:
            self._breach(event, f"the number is in call {self._numbers[event.number]} (CA-8)")
        self._holds(event, self._limits.begin(event, campaign.settings))
        self._holds(event, self._compliance.begin(event, campaign.settings))
        self._holds(event, self._windows.begin(event, campaign.settings))
        self._holds(event, self.callbacks.dialed(event))
        self._check_contact(event, campaign)
        self._check_mode(event, campaign)
        self.attempts += 1
        self._numbers[event.number] = event.call_id
        self._live[event.call_id] = _Call(
            event.campaign_id,
            event.contact_key,
            event.number,
            event.agent_id,
            agent_was_first=event.agent_first or event.mode in _PREVIEWED,
            agentless=event.mode is DialingMode.AGENTLESS,
        )

    def _number_call(self, event: DialRequested | AgentConnectRequested) -> None:
        if event.call_id <= self._last_call:
            self._breach(event, f"call {event.call_id} after call {self._last_call}")
        self._last_call = event.call_id

    def _connect_asked(self, event: AgentConnectRequested) -> None:
        campaign = self._campaigns[event.campaign_id]
        settings = campaign.settings
        if campaign.state is not CampaignState.RUNNING or not campaign.begun:
            self._breach(event, f"an agent is rung while the campaign is {campaign.state}")
        if settings.mode is not DialingMode.PROGRESSIVE or not settings.agent_first:
            self._breach(event, "the campaign does not connect agents first (CA-2)")
        contact = self._contacts[event.campaign_id, event.contact_key]
        if contact.busy is not None or contact.closed or event.at < contact.due_at:
            self._breach(event, f"the contact is busy, closed or not due: {contact}")
        self._number_call(event)
        contact.busy = event.call_id
        self._prepared[event.call_id] = _Call(
            event.campaign_id, event.contact_key, event.number, event.agent_id
        )
        self._choose(event, event.agent_id, event.call_id)

    def _connect_ended(self, event: AgentConnectEnded) -> None:
        if self._prepared.pop(event.call_id, None) is None:
            self._breach(event, "no agent is being connected for this call")
        contact = self._contacts[event.campaign_id, event.contact_key]
        contact.busy = None
        contact.due_at = event.due_at
        self._drop_removed(event.campaign_id, event.contact_key)

    def _check_contact(self, event: DialRequested, campaign: _Campaign) -> None:
        contact = self._contacts.get((event.campaign_id, event.contact_key))
        if contact is None:
            self._breach(event, "the contact is not on the list")
        if contact.closed:
            self._breach(event, "the contact is closed")
        if contact.busy not in (None, event.agent_id, event.call_id):
            self._breach(event, f"the contact is with {contact.busy!r} (CA-8)")
        if event.at < contact.due_at:
            self._breach(event, f"{contact.due_at - event.at} ms before the contact is due")
        if event.number in contact.dead:
            self._breach(event, "the number is known to be invalid")
        if event.attempt != contact.attempts + 1:
            self._breach(event, f"attempt {event.attempt} after {contact.attempts}")
        if event.attempt > campaign.settings.retries.max_attempts:
            self._breach(event, f"above {campaign.settings.retries.max_attempts} attempts (CA-9)")
        contact.attempts = event.attempt
        contact.busy = event.call_id

    def _check_mode(self, event: DialRequested, campaign: _Campaign) -> None:
        if (event.agent_id is None) != (event.mode in _NOBODY_RESERVED):
            self._breach(event, f"{event.mode} with agent {event.agent_id!r} (CA-2)")
        if event.mode in _PREVIEWED and event.agent_id is not None:
            # the mode may have been changed while the contact was on the screen
            agent = self._agents[event.agent_id]
            if agent.work != event.contact_key:
                self._breach(event, f"on the agent's screen is {agent.work!r}")
            agent.work = event.call_id
            return
        if event.mode is not campaign.settings.mode:
            self._breach(event, f"dialed as {event.mode}; the mode is {campaign.settings.mode}")
        if event.agent_id is not None:
            self._choose(event, event.agent_id, event.call_id)

    def _call(
        self,
        event: CallRinging
        | CallAnswered
        | BridgeRequested
        | CallBridged
        | HangUpRequested
        | MessageRequested,
    ) -> _Call:
        call = self._live.get(event.call_id)
        if call is None:
            self._breach(event, "the call is not live")
        if event.campaign_id != call.campaign_id:
            self._breach(event, f"the call is one of campaign {call.campaign_id!r}")
        return call

    def _ringing(self, event: CallRinging) -> None:
        call = self._call(event)
        if call.ringing or call.answerer is not None:
            self._breach(event, "the call rang or was answered before")
        call.ringing = True

    def _answered(self, event: CallAnswered) -> None:
        call = self._call(event)
        if call.answerer is not None:
            self._breach(event, "the call was answered before")
        call.answerer = event.answerer
        if event.answerer is Answerer.PERSON:
            self.answered += 1

    def _bridge_asked(self, event: BridgeRequested) -> None:
        call = self._call(event)
        if event.zip_tone == call.agent_was_first:
            self._breach(event, "who comes second hears the tone, if it is the agent (CA-3)")
        if call.agentless:
            self._breach(event, "there is no agent in this campaign (CA-14)")
        if call.answerer is not Answerer.PERSON or call.bridge_asked or call.told is not None:
            self._breach(event, "the call is not one of a person who waits")
        if call.agent_id not in (None, event.agent_id):
            self._breach(event, f"reserved is agent {call.agent_id!r} (AG-2)")
        if call.agent_id is None or self._agents[event.agent_id].work != event.call_id:
            self._choose(event, event.agent_id, event.call_id)
        call.agent_id, call.bridge_asked = event.agent_id, True

    def _message_asked(self, event: MessageRequested) -> None:
        call = self._call(event)
        if not call.agentless or call.answerer is not Answerer.PERSON or call.message_asked:
            self._breach(event, "the call is not one of a person without an agent (CA-14)")
        call.message_asked = True

    def _bridged(self, event: CallBridged) -> None:
        call = self._call(event)
        if not call.bridge_asked or call.bridged or call.agent_id != event.agent_id:
            self._breach(event, f"the bridge asked for is with {call.agent_id!r}")
        call.bridged = True
        self._compliance.bridged(event)

    def _told_to_end(self, event: HangUpRequested) -> None:
        call = self._call(event)
        if call.told is not None:
            self._breach(event, "it was asked for before")
        call.told = event.outcome

    def _ended(self, event: CallEnded) -> None:
        call = self._live.pop(event.call_id, None)
        if call is None:
            self._breach(event, "the attempt has its outcome already, or never was")
        whose = call.campaign_id, call.contact_key, call.number, call.agent_id
        if whose != (event.campaign_id, event.contact_key, event.number, event.agent_id):
            self._breach(event, f"the call is {whose!r}")
        del self._numbers[call.number]
        self._limits.end(event.call_id)
        self._compliance.end(event)
        self.ended += 1
        self._check_told(event, call)
        if (call.bridged or call.message_asked) != (event.outcome is AttemptOutcome.ANSWERED):
            self._breach(event, "answered means: the customer met an agent or heard the message")
        contact = self._contacts[call.campaign_id, call.contact_key]
        contact.outcomes[event.outcome] = contact.outcomes.get(event.outcome, 0) + 1
        if event.outcome is AttemptOutcome.INVALID_NUMBER:
            contact.dead[call.number] = None
        retries = self._campaigns[event.campaign_id].settings.retries
        self._holds(event, self.callbacks.tried(event, retries))
        if event.fate is None:
            self._wrapping[event.call_id] = call
            return
        if event.fate.state is not ContactState.PROMISED:
            self._check_retry(event, contact, event.fate)
        self._settle(event, event.fate)

    def _check_told(self, event: CallEnded, call: _Call) -> None:
        told = call.told
        if event.outcome is AttemptOutcome.ABANDONED and call.answerer is Answerer.PERSON:
            self.abandoned += 1
            if told is not None and not call.bridged:
                # it may have been answered in the instant in which it was given up
                told = AttemptOutcome.ABANDONED
        if told is AttemptOutcome.FAILED and not call.bridged:
            told = None  # the network was only late, and is believed
        if told not in (None, event.outcome):
            self._breach(event, f"the outcome was settled as {told}")

    def _check_retry(self, event: CallEnded, contact: _Contact, fate: ContactFate) -> None:
        """Whether the campaign's retry rules leave room for one more attempt (CA-9)."""
        retries = self._campaigns[event.campaign_id].settings.retries
        if fate.state is ContactState.DONE or event.outcome is AttemptOutcome.INVALID_NUMBER:
            return
        if event.code is not None:
            return  # a key stood for a code, which decides
        rule = getattr(retries, event.outcome.value, None)
        if rule is None and event.outcome in (AttemptOutcome.BUSY, AttemptOutcome.NO_ANSWER):
            rule = retries.not_reached
        if rule is None or contact.outcomes[event.outcome] > rule.times:
            self._breach(event, f"no retry is left after {event.outcome} (CA-9)")
        if (fate.due_at or 0) < event.at + rule.after_s * 1_000:
            self._breach(event, f"due again before {rule.after_s} s (CA-9)")

    def _wrapped_up(self, event: CallWrappedUp) -> None:
        call = self._wrapping.pop(event.call_id, None)
        if call is None or call.agent_id != event.agent_id:
            self._breach(event, "no such call is being wrapped up by this agent")
        self._holds(event, self.callbacks.wrapped_up(event))
        self._settle(event, event.fate)

    def _settle(self, event: CallEnded | CallWrappedUp, fate: ContactFate) -> None:
        contact = self._contacts[event.campaign_id, event.contact_key]
        if fate.state not in _LEFT:
            self._breach(event, f"a contact cannot be left {fate.state}")
        contact.busy = None
        contact.closed = fate.state is ContactState.DONE
        contact.due_at = fate.due_at or 0
        self._drop_removed(event.campaign_id, event.contact_key)

    # --- agents

    def _logged_in(self, event: AgentLoggedIn) -> None:
        self._agents.setdefault(event.agent_id, _Agent())
        self.callbacks.logged_in(event)

    def _agent_changed(self, event: AgentStateChanged) -> None:
        agent = self._agents[event.agent_id]
        if event.state not in AGENT_STEPS[agent.state]:
            self._breach(event, f"{agent.state} cannot become {event.state} (AG-1)")
        agent.state = event.state
        if event.state in (_S.READY, _S.NOT_READY, _S.LOGGED_OUT):
            agent.work = None
        elif event.state is _S.LOGGING_OUT and event.call_id is None:
            self._check_counted_on(event)
        elif event.state is not _S.PREVIEWING:
            self._check_work(event, agent)

    def _check_counted_on(self, event: AgentStateChanged) -> None:
        ahead = (c for c in self._live.values() if c.agent_id is None and not c.agentless)
        if not any(call.answerer is None for call in ahead):
            self._breach(event, "no line counts on the agent, who could leave at once (AG-4)")

    def _check_work(self, event: AgentStateChanged, agent: _Agent) -> None:
        call_id = event.call_id or 0
        call = self._wrapping.get(call_id) or self._live.get(call_id)
        call = call or self._prepared.get(call_id)
        if call is None or call.agent_id != event.agent_id or agent.work != call_id:
            self._breach(event, f"the agent was chosen for {agent.work!r} (AG-2)")
        if event.state is _S.TALKING and not call.bridged:
            self._breach(event, "talking before the bridge")

    def _choose(self, event: Event, agent_id: str, work: int | str) -> None:
        """An agent is given work, for which they must be ready (AG-2)."""
        agent = self._agents.get(agent_id)
        if agent is None:
            self._breach(event, f"agent {agent_id!r} never logged in (AG-2)")
        if agent.work == work:
            return
        if agent.state not in (_S.READY, _S.LOGGING_OUT) or agent.work is not None:
            self._breach(event, f"agent is {agent.state} with {agent.work!r} (AG-2)")
        agent.work = work

    def _previewed(self, event: PreviewOffered) -> None:
        self._on_screen(event)

    def _on_screen(self, event: PreviewOffered | CallbackOffered) -> None:
        contact = self._contacts[event.campaign_id, event.contact_key]
        if contact.busy is not None or contact.closed or event.at < contact.due_at:
            self._breach(event, f"the contact is busy, closed or not due: {contact}")
        agent = self._agents[event.agent_id]
        if agent.state is _S.PREVIEWING and agent.work is None:
            agent.work = event.contact_key
        else:
            self._choose(event, event.agent_id, event.contact_key)
        contact.busy = event.agent_id

    def _skipped(self, event: PreviewSkipped) -> None:
        contact = self._contacts[event.campaign_id, event.contact_key]
        if contact.busy != event.agent_id:
            self._breach(event, f"the contact is with {contact.busy!r}")
        contact.busy = None
        contact.due_at = event.due_at
        self._drop_removed(event.campaign_id, event.contact_key)


_CHECKS: dict[type[Event], Callable[[Auditor, Any], None]] = {
    AgentConnectEnded: Auditor._connect_ended,
    AgentConnectRequested: Auditor._connect_asked,
    AgentLoggedIn: Auditor._logged_in,
    AgentStateChanged: Auditor._agent_changed,
    BridgeRequested: Auditor._bridge_asked,
    CallAnswered: Auditor._answered,
    CallBridged: Auditor._bridged,
    CallEnded: Auditor._ended,
    CallRinging: Auditor._ringing,
    CallWrappedUp: Auditor._wrapped_up,
    CallbackDue: Auditor._promise_due,
    CallbackEnded: Auditor._promise_over,
    CallbackOffered: Auditor._promise_offered,
    CallbackReassigned: Auditor._promise_given,
    CallbackReturned: Auditor._promise_returned,
    CallbackScheduled: Auditor._promised,
    CallbackUpdated: Auditor._promise_changed,
    CampaignCreated: Auditor._created,
    CampaignFirstDay: Auditor._first_day,
    CallRescheduled: Auditor._rescheduled,
    CallRescheduleDropped: Auditor._reschedule_dropped,
    CampaignStateChanged: Auditor._campaign_changed,
    CampaignUpdated: Auditor._updated,
    ContactPassedOver: Auditor._passed_over,
    ContactsLoaded: Auditor._loaded,
    ContactsRemoved: Auditor._removed,
    DialRequested: Auditor._dialed,
    ExclusionAdded: Auditor._excluded,
    ExclusionRemoved: Auditor._allowed,
    HangUpRequested: Auditor._told_to_end,
    MessageRequested: Auditor._message_asked,
    PreviewOffered: Auditor._previewed,
    PreviewSkipped: Auditor._skipped,
    QueueCreated: Auditor._queue_told,
    QueueUpdated: Auditor._queue_told,
    SiteConfigured: Auditor._configured,
    SlotsPlanned: Auditor._slots_planned,
}
