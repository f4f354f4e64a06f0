"""One pass over the record for a day's report. Shares nothing with the engine but the rules.

Windows are looked up by the settings that held when the call was dialed; everything else about a
campaign is judged by those at the end of the day.
"""

import re
from collections import Counter
from collections.abc import Callable
from typing import Any

from fastdial.cli.report.daily.form import CampaignDay, DayReport, OutsideCall
from fastdial.cli.report.daily.shares import Attempts
from fastdial.messages import events as ev
from fastdial.messages.base import Event
from fastdial.messages.callback_events import CallbackEnded, CallbackScheduled, CallbackUpdated
from fastdial.messages.compliance import AbandonmentPreset
from fastdial.messages.settings import CampaignSettings
from fastdial.messages.words import Answerer, AttemptOutcome, CampaignState, Party
from fastdial.rules.compliance.presets import definition_of
from fastdial.rules.days import day_begins_at, day_ends_at
from fastdial.simulation.audit_windows import WindowsAudit

MAX_SENTENCES = 20
_QUOTED = re.compile(r"^'.*' |^\".*\" ")


class _Campaign:
    def __init__(self, campaign_id: str, settings: CampaignSettings) -> None:
        self.campaign_id = campaign_id
        self.settings = settings
        self.state = CampaignState.DRAFT
        self.attempts = Attempts()
        self.begun = 0
        self.outcomes: Counter[str] = Counter()
        self.outside: list[OutsideCall] = []
        self.rows_loaded = 0
        self.rows_refused: Counter[str] = Counter()
        self.passed_over: Counter[str] = Counter()
        self.callbacks: Counter[str] = Counter()
        self.fell_back = 0


class _Live:
    """What was seen of an attempt that is not over."""

    __slots__ = ("answerer", "bridged")

    def __init__(self) -> None:
        self.answerer: Answerer | None = None
        self.bridged = False


class DayTally:
    """Sees a site's events from the first one on; ``date`` is a day in the IANA zone ``zone``."""

    def __init__(self, date: str, zone: str, campaign_id: str | None = None) -> None:
        """Only the campaign ``campaign_id`` where it is given. Raises `BadDay`."""
        self._date, self._zone = date, zone
        self.begins_at = day_begins_at(date, zone)
        self.ends_at = day_ends_at(date, zone)
        self._only = campaign_id
        self._campaigns: dict[str, _Campaign] = {}
        self._live: dict[int, _Live] = {}
        self._windows = WindowsAudit()
        self._of_queues: dict[str, None] = {}
        """callback campaigns of queues"""
        self._events = 0
        self._misfits: list[str] = []

    def is_over(self, event: Event) -> bool:
        """Whether the event, and all after it, come after the day."""
        return event.at >= self.ends_at

    def see(self, event: Event) -> None:
        """The next event."""
        self._events += 1
        note = _NOTES.get(type(event))
        if note is not None:
            note(self, event)

    # --- campaigns and lists

    def _created(self, event: ev.CampaignCreated) -> None:
        self._campaigns[event.campaign_id] = _Campaign(event.campaign_id, event.settings)
        if event.queue_id:
            self._of_queues[event.campaign_id] = None

    def _updated(self, event: ev.CampaignUpdated) -> None:
        self._campaigns[event.campaign_id].settings = event.settings

    def _changed(self, event: ev.CampaignStateChanged) -> None:
        self._campaigns[event.campaign_id].state = event.state

    def _pacing_changed(self, event: ev.CampaignPacingChanged) -> None:
        if self._is_today(event) and not event.ahead:
            self._campaigns[event.campaign_id].fell_back += 1

    def _loaded(self, event: ev.ContactsLoaded) -> None:
        campaign = self._campaigns[event.campaign_id]
        self._windows.loaded(event)
        if self._is_today(event):
            campaign.rows_loaded += len(event.contact_keys)
            for row in event.refused:
                reason = _QUOTED.sub("", row.reason)
                field = re.sub(r"\[\d+\]", "", row.field)
                campaign.rows_refused[f"{field}: {reason}" if field else reason] += 1

    def _promised(self, event: CallbackScheduled) -> None:
        self._windows.promised(event)

    def _renewed(self, event: CallbackUpdated) -> None:
        if event.campaign_id in self._of_queues:
            self._windows.renewed(event)

    def _callback_ended(self, event: CallbackEnded) -> None:
        if self._is_today(event):
            self._campaigns[event.campaign_id].callbacks[event.state.value] += 1

    def _held(self, event: ev.ContactHeld) -> None:
        if self._is_today(event):
            self._campaigns[event.campaign_id].passed_over["CA-8: number_live"] += 1

    def _passed_over(self, event: ev.ContactPassedOver) -> None:
        if self._is_today(event):
            passed_over = self._campaigns[event.campaign_id].passed_over
            passed_over[f"{event.rule}: {event.fate.reason}"] += 1

    # --- attempts

    def _dialed(self, event: ev.DialRequested) -> None:
        campaign = self._campaigns[event.campaign_id]
        self._live[event.call_id] = _Live()
        campaign.attempts.dialed(event.call_id, event.at)
        if self._is_today(event):
            campaign.begun += 1
            self._check_window(campaign, event)

    def _check_window(self, campaign: _Campaign, event: ev.DialRequested) -> None:
        state = self._windows.state(event, campaign.settings)
        if not state.open:
            campaign.outside.append(
                OutsideCall(
                    call_id=event.call_id,
                    at=event.at,
                    contact_key=event.contact_key,
                    number=event.number,
                    reason=state.reason,
                )
            )

    def _answered(self, event: ev.CallAnswered) -> None:
        self._live[event.call_id].answerer = event.answerer
        self._campaigns[event.campaign_id].attempts.answered(
            event.call_id, event.at, person=event.answerer is Answerer.PERSON
        )

    def _bridge_requested(self, event: ev.BridgeRequested) -> None:
        if event.late:
            self._campaigns[event.campaign_id].attempts.met_agent_late(event.call_id)

    def _bridged(self, event: ev.CallBridged) -> None:
        self._live[event.call_id].bridged = True

    def _ended(self, event: ev.CallEnded) -> None:
        campaign = self._campaigns[event.campaign_id]
        self._check_outcome(event, self._live.pop(event.call_id))
        campaign.attempts.ended(
            event.call_id,
            event.at,
            abandoned=event.outcome is AttemptOutcome.ABANDONED,
            by_customer=event.party is Party.CUSTOMER,
            by_machine=event.outcome is AttemptOutcome.ANSWERING_MACHINE,
        )
        if self._is_today(event):
            campaign.outcomes[event.outcome.value] += 1

    def _check_outcome(self, event: ev.CallEnded, seen: _Live) -> None:
        """Whether the outcome fits what was seen before it."""
        met_agent = event.outcome is AttemptOutcome.ANSWERED
        if met_agent and not seen.bridged:
            self._misfit(event, "ended as answered, but nobody was joined to the customer")
        elif not met_agent and seen.bridged:
            self._misfit(event, f"ended as {event.outcome}, but an agent was on the line")
        elif seen.answerer is Answerer.PERSON and event.outcome not in _A_PERSON_ANSWERED:
            self._misfit(event, f"a person answered, but it ended as {event.outcome}")

    def _misfit(self, event: ev.CallEnded, sentence: str) -> None:
        if len(self._misfits) < MAX_SENTENCES:
            self._misfits.append(f"sequence {event.seq}: call {event.call_id} {sentence}")

    def _is_today(self, event: Event) -> bool:
        return self.begins_at <= event.at < self.ends_at

    # --- what it came to

    def report(self, broken: list[str]) -> DayReport:
        """The day. ``broken``: what an auditor found."""
        return DayReport(
            date=self._date,
            zone=self._zone,
            begins_at=self.begins_at,
            ends_at=self.ends_at,
            events=self._events,
            campaigns=[
                self._campaign(campaign)
                for campaign_id, campaign in sorted(self._campaigns.items())
                if self._only in (None, campaign_id)
            ],
            audit=[*broken, *self._misfits],
        )

    def _campaign(self, campaign: _Campaign) -> CampaignDay:
        settings = campaign.settings
        definition = definition_of(settings.compliance)
        given = settings.compliance.abandonment
        counted = campaign.attempts.counted(definition, settings.compliance.false_positive_share)
        return CampaignDay(
            campaign_id=campaign.campaign_id,
            name=settings.name,
            mode=settings.mode.value,
            state=campaign.state.value,
            definition=definition,
            preset=given.value if isinstance(given, AbandonmentPreset) else None,
            abandonment=counted.between(self.begins_at, self.ends_at),
            windows=counted.windows(definition.zone or settings.zone, self.begins_at, self.ends_at),
            attempts=campaign.begun,
            outcomes={str(one): campaign.outcomes[one.value] for one in AttemptOutcome},
            outside_windows=campaign.outside,
            rows_loaded=campaign.rows_loaded,
            rows_refused=dict(campaign.rows_refused.most_common()),
            passed_over=dict(campaign.passed_over.most_common()),
            callbacks=dict(campaign.callbacks.most_common()),
            fell_back=campaign.fell_back,
        )


_A_PERSON_ANSWERED = (AttemptOutcome.ANSWERED, AttemptOutcome.ABANDONED)

_NOTES: dict[type[Event], Callable[[DayTally, Any], None]] = {
    ev.BridgeRequested: DayTally._bridge_requested,
    ev.CallAnswered: DayTally._answered,
    ev.CallBridged: DayTally._bridged,
    ev.CallEnded: DayTally._ended,
    ev.CampaignCreated: DayTally._created,
    ev.CampaignPacingChanged: DayTally._pacing_changed,
    ev.CampaignStateChanged: DayTally._changed,
    ev.CampaignUpdated: DayTally._updated,
    ev.ContactHeld: DayTally._held,
    ev.ContactPassedOver: DayTally._passed_over,
    ev.ContactsLoaded: DayTally._loaded,
    CallbackScheduled: DayTally._promised,
    CallbackUpdated: DayTally._renewed,
    CallbackEnded: DayTally._callback_ended,
    ev.DialRequested: DayTally._dialed,
}
