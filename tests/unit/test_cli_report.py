"""A report counts what a journal says; each journal here is written by hand."""

from collections import Counter
from collections.abc import Iterable

import pytest

from callback_floor import CallbackFloor
from fastdial.cli.report.contacts import ContactBook
from fastdial.cli.report.form import Report
from fastdial.cli.report.tally import HOUR_MS, MINUTE_MS, Tally, percentile
from fastdial.messages import events as ev
from fastdial.messages.base import Event
from fastdial.messages.errors import RefusedRow
from fastdial.messages.fates import ContactFate
from fastdial.messages.settings import CampaignSettings, WrapUpCode
from fastdial.messages.words import (
    AgentState,
    AttemptOutcome,
    CampaignState,
    CodeMeaning,
    ContactState,
    DialingMode,
    Party,
)

NINE = 1_772_355_600_000
A, C = "desk-001", "10001"
ANSWERED, ABANDONED = AttemptOutcome.ANSWERED, AttemptOutcome.ABANDONED
BUSY, MACHINE = AttemptOutcome.BUSY, AttemptOutcome.ANSWERING_MACHINE
DONE, WAITING = ContactState.DONE, ContactState.WAITING


def created(name: str = "Spring") -> Event:
    settings = CampaignSettings(name=name, mode=DialingMode.PREDICTIVE)
    return ev.CampaignCreated(at=NINE, campaign_id=C, settings=settings)


def loaded(*keys: str, refused: tuple[RefusedRow, ...] = (), reopen: bool = False) -> Event:
    return ev.ContactsLoaded(
        at=NINE,
        campaign_id=C,
        contact_keys=list(keys),
        numbers=[["+442079460001"] for _ in keys],
        zones=["" for _ in keys],
        priorities=[0 for _ in keys],
        ranks=[0 for _ in keys],
        variables=[{} for _ in keys],
        refused=refused,
        reopen=reopen,
    )


def agent(state: AgentState, after_ms: int, agent_id: str = A) -> Event:
    return ev.AgentStateChanged(at=NINE + after_ms, agent_id=agent_id, state=state, reason="")


def dialed(call_id: int, key: str, after_ms: int = 0, number: str = "+442079460001") -> Event:
    return ev.DialRequested(
        at=NINE + after_ms,
        call_id=call_id,
        campaign_id=C,
        contact_key=key,
        number=number,
        mode=DialingMode.PREDICTIVE,
        attempt=1,
        ring_ms=25_000,
    )


def ended(
    call_id: int,
    key: str,
    outcome: AttemptOutcome,
    after_ms: int = 0,
    *,
    waited_ms: int = 0,
    talk_ms: int = 0,
    ring_ms: int = 0,
    fate: ContactFate | None = None,
    number: str = "+442079460001",
) -> Event:
    return ev.CallEnded(
        at=NINE + after_ms,
        call_id=call_id,
        campaign_id=C,
        contact_key=key,
        number=number,
        outcome=outcome,
        party=Party.NETWORK,
        waited_ms=waited_ms,
        talk_ms=talk_ms,
        ring_ms=ring_ms,
        fate=fate,
    )


def wrapped_up(call_id: int, key: str, code: str | None, fate: ContactFate) -> Event:
    return ev.CallWrappedUp(
        at=NINE, call_id=call_id, campaign_id=C, contact_key=key, agent_id=A, fate=fate, code=code
    )


def held(key: str, number: str) -> Event:
    return ev.ContactHeld(at=NINE, campaign_id=C, contact_key=key, number=number)


def report(*events: Event) -> Report:
    return Tally().see_all(numbered(events)).report()


def numbered(events: Iterable[Event]) -> list[Event]:
    events = list(events)
    for seq, event in enumerate(events, start=1):
        event.seq = seq
    return events


def test_an_empty_journal_gives_a_report_without_rates() -> None:
    empty = Tally().report()
    assert empty.calls.attempts == 0
    assert empty.calls.abandonment_rate is None
    assert empty.agents.utilisation is None
    assert empty.hours == []
    assert empty.timeline.attempts == []


def test_attempts_count_by_outcome_and_those_not_over_as_live() -> None:
    calls = report(
        dialed(1, "a"),
        dialed(2, "b"),
        dialed(3, "c"),
        dialed(4, "d"),
        ended(1, "a", BUSY),
        ended(2, "b", BUSY),
        ended(3, "c", ANSWERED),
    ).calls
    assert (calls.attempts, calls.live) == (4, 1)
    assert list(calls.outcomes.items()) == [("busy", 2), ("answered", 1)]
    assert calls.connect_rate == pytest.approx(1 / 3)


def test_abandonment_is_of_the_calls_answered_by_a_person() -> None:
    calls = report(
        ended(1, "a", ANSWERED),
        ended(2, "b", ANSWERED),
        ended(3, "c", ANSWERED),
        ended(4, "d", ABANDONED),
        ended(5, "e", MACHINE),
        ended(6, "f", BUSY),
    ).calls
    assert (calls.answered, calls.connected, calls.abandoned) == (4, 3, 1)
    assert calls.abandonment_rate == 0.25
    assert calls.connect_rate == pytest.approx(4 / 6)


def test_utilisation_is_talk_and_wrap_up_over_time_logged_in_and_not_on_a_break() -> None:
    agents = report(
        agent(AgentState.NOT_READY, 0),
        agent(AgentState.READY, 10_000),
        agent(AgentState.TALKING, 20_000),
        agent(AgentState.WRAP_UP, 50_000),
        agent(AgentState.READY, 60_000),
        agent(AgentState.LOGGED_OUT, 90_000),
        agent(AgentState.READY, 100_000, "desk-002"),
        agent(AgentState.LOGGED_OUT, 100_000, "desk-002"),
        ended(1, "a", ANSWERED, 500_000),
    ).agents
    assert agents.agents == 2
    assert (agents.logged_in_ms, agents.not_ready_ms) == (90_000, 10_000)
    assert agents.utilisation == 40_000 / 80_000
    assert agents.calls_per_agent_hour == pytest.approx(45)


def test_a_state_that_goes_on_counts_up_to_the_last_event() -> None:
    agents = report(agent(AgentState.TALKING, 0), dialed(1, "a", 30_000)).agents
    assert agents.state_ms == {"talking": 30_000}


def test_hours_count_from_the_beginning_and_agent_time_is_split_between_them() -> None:
    first, second = report(
        agent(AgentState.READY, 0),
        dialed(1, "a", HOUR_MS - 1),
        agent(AgentState.TALKING, HOUR_MS // 2),
        ended(1, "a", ANSWERED, HOUR_MS),
        ended(2, "b", ABANDONED, HOUR_MS + 5),
        agent(AgentState.READY, HOUR_MS + HOUR_MS // 4),
        agent(AgentState.LOGGED_OUT, HOUR_MS + HOUR_MS // 2),
    ).hours
    assert (first.begins_at, second.begins_at) == (NINE, NINE + HOUR_MS)
    assert (first.attempts, first.answered, first.abandonment_rate) == (1, 0, None)
    assert (second.attempts, second.answered, second.abandonment_rate) == (0, 2, 0.5)
    assert (first.utilisation, second.utilisation) == (0.5, 0.5)
    assert (first.agents, second.agents) == (1.0, 1.0)


def test_timeline_gives_mean_agents_by_state_in_each_step() -> None:
    timeline = report(
        agent(AgentState.READY, 0),
        agent(AgentState.TALKING, 30_000),
        agent(AgentState.READY, 30_000, "desk-002"),
        dialed(1, "a", 90_000),
        agent(AgentState.TALKING, 2 * MINUTE_MS - 1),
    ).timeline
    assert timeline.step_ms == MINUTE_MS
    assert timeline.attempts == [0, 1]
    assert timeline.agents["ready"][0] == pytest.approx(1.0)
    assert timeline.agents["talking"][0] == pytest.approx(0.5)
    assert timeline.agents["talking"][1] == pytest.approx(1.0)


def test_timeline_of_a_long_shift_has_a_bounded_number_of_steps() -> None:
    timeline = report(dialed(1, "a", 0), dialed(2, "b", 12 * HOUR_MS)).timeline
    assert timeline.step_ms == 10 * MINUTE_MS
    assert len(timeline.attempts) == 73


def test_waiting_is_that_of_connected_calls() -> None:
    waiting = report(
        ended(1, "a", ANSWERED, waited_ms=0),
        ended(2, "b", ANSWERED, waited_ms=0),
        ended(3, "c", ANSWERED, waited_ms=300),
        ended(4, "d", ANSWERED, waited_ms=1_500),
        ended(5, "e", ABANDONED, waited_ms=2_000),
    ).waiting
    assert (waiting.calls, waiting.at_once_share) == (4, 0.5)
    assert (waiting.p50_ms, waiting.p90_ms, waiting.max_ms) == (0, 1_500, 1_500)


@pytest.mark.parametrize(
    ("share", "value"), [(0.01, 1), (0.5, 50), (0.9, 90), (0.99, 99), (1.0, 100)]
)
def test_percentile_is_the_nearest_rank(share: float, value: int) -> None:
    assert percentile(Counter(range(1, 101)), share) == value


def test_contacts_stand_where_their_last_attempt_left_them() -> None:
    contacts = report(
        created(),
        loaded("a", "b", "c", "d", "e", refused=(RefusedRow(9, "zone", "unknown"),)),
        loaded("a"),
        dialed(1, "a"),
        ended(1, "a", BUSY, fate=ContactFate(WAITING, "busy", NINE + 1)),
        dialed(2, "b"),
        ended(2, "b", ANSWERED),
        wrapped_up(2, "b", "sale", ContactFate(DONE, "sale")),
        dialed(3, "c"),
        held("d", "+442079460001"),
    ).contacts
    assert (contacts.listed, contacts.refused_rows) == (5, 1)
    assert contacts.by_state == {"ready": 1, "waiting": 1, "held": 1, "live": 1, "done": 1}
    assert contacts.done_because == {"sale": 1}
    assert contacts.by_attempts == {0: 2, 1: 3}


def test_a_held_contact_is_ready_when_the_call_to_its_number_is_over() -> None:
    contacts = report(
        loaded("a", "b"),
        dialed(1, "a"),
        held("b", "+442079460001"),
        ended(1, "a", BUSY, fate=ContactFate(WAITING, "busy", NINE + 1)),
        ev.ContactsDue(campaign_id=C, contact_keys=["a"]),
    ).contacts
    assert contacts.by_state == {"ready": 2}


def test_a_contact_that_is_done_is_opened_again_only_where_asked() -> None:
    done = [dialed(1, "a"), ended(1, "a", BUSY, fate=ContactFate(DONE, "busy"))]
    assert report(loaded("a"), *done, loaded("a")).contacts.by_state == {"done": 1}
    assert report(loaded("a"), *done, loaded("a", reopen=True)).contacts.by_state == {"ready": 1}


def test_removed_contacts_are_counted_apart() -> None:
    contacts = report(
        loaded("a", "b"), ev.ContactsRemoved(campaign_id=C, contact_keys=["a", "z"])
    ).contacts
    assert (contacts.listed, contacts.removed, contacts.by_state) == (2, 1, {"ready": 1})


def test_wrap_up_codes_count_with_none_given_as_the_empty_one() -> None:
    done = ContactFate(DONE, "x")
    codes = report(
        wrapped_up(1, "a", "sale", done),
        wrapped_up(2, "b", None, done),
        wrapped_up(3, "c", "sale", done),
    ).wrap_up_codes
    assert codes == {"sale": 2, "": 1}


def test_rows_that_never_reached_the_site_stand_among_the_refused_by_line() -> None:
    tally = Tally().see_all([loaded("a", refused=(RefusedRow(9, "zone", "unknown"),))])
    unread = [RefusedRow(4, "", "a quote is opened")]
    made = tally.report(unread=unread)
    assert [row.row for row in made.refused_rows] == [4, 9]
    assert made.contacts.refused_rows == 2


def test_one_campaign_is_reported_without_the_calls_of_others() -> None:
    other = ended(7, "z", BUSY)
    assert isinstance(other, ev.CallEnded)
    other.campaign_id = "10002"
    state = ev.CampaignStateChanged(campaign_id=C, state=CampaignState.FINISHED, reason="dry")
    tally = Tally(C).see_all([created(), dialed(1, "a"), ended(1, "a", ANSWERED), other, state])
    made = tally.report()
    assert (made.title, made.mode, made.state) == ("Spring", "predictive", "finished")
    assert made.calls.outcomes == {"answered": 1}
    assert made.events == 5


def test_cb_9_contacts_with_callbacks_stand_where_the_site_has_them() -> None:
    floor = CallbackFloor()
    later = WrapUpCode(code="later", name="Later", meaning=CodeMeaning.CALLBACK)
    floor.campaign(1, 2, 3, wrap_up_codes=(later,))
    floor.queue(preview_s=0)
    floor.promise(3, in_ms=HOUR_MS // 2)
    floor.agent()
    for call_id in (1, 2):
        floor.talk(call_id)
        at = floor.now + HOUR_MS * call_id
        floor.wrap_up(call_id, code="later", callback_at=at)
    floor.nobody_answers(3)
    floor.wait(HOUR_MS)
    book = ContactBook()
    for event in floor.events:
        book.see(event)
    there: Counter[str] = Counter()
    for campaign in floor.site._state.records.campaigns.values():
        there.update({str(state): n for state, n in campaign.counts.contacts.items() if n})
    assert book.figures(0).by_state == dict(sorted(there.items(), key=lambda one: _PLACE[one[0]]))
    assert there["promised"] + there["previewed"] >= 2


_PLACE = {str(state): place for place, state in enumerate(ContactState)}
