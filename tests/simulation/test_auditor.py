"""The auditor finds a breach wherever an honest record is tampered with."""

from collections.abc import Callable
from functools import cache

import msgspec
import pytest

from callback_floor import HOUR_MS, CallbackFloor
from fastdial.messages.base import Event
from fastdial.messages.callback_events import CallbackDue
from fastdial.messages.codec import decode_event
from fastdial.messages.events import (
    AgentStateChanged,
    BridgeRequested,
    CallAnswered,
    CallBridged,
    CallEnded,
    CallWrappedUp,
    CampaignStateChanged,
    DialRequested,
    PreviewOffered,
    PreviewSkipped,
)
from fastdial.messages.fates import ContactFate
from fastdial.messages.windows import WeeklyHours, WindowSettings
from fastdial.messages.words import (
    AgentState,
    AttemptOutcome,
    CampaignState,
    ContactState,
    DialingMode,
)
from fastdial.simulation.auditor import Auditor, BrokenPromise
from fastdial.simulation.scenario import Scenario
from simulation.centre import BUSY_DESK, Centre, settings

Record = list[Event]


@cache
def honest(mode: DialingMode) -> tuple[bytes, ...]:
    centre = Centre(settings(mode), Scenario(agents=(BUSY_DESK,)), contacts=60)
    centre.run()
    assert centre.over
    return tuple(centre.record())


def record(mode: DialingMode = DialingMode.PROGRESSIVE) -> Record:
    return [decode_event(line) for line in honest(mode)]


def audit(events: Record) -> Auditor:
    auditor = Auditor()
    for event in events:
        auditor.see(event)
    auditor.close()
    return auditor


def renumber(events: Record) -> Record:
    for seq, event in enumerate(events, 1):
        event.seq = seq
    return events


def find(events: Record, kind: type[Event], **fields: object) -> int:
    """Where the first such event is."""
    for place, event in enumerate(events):
        if isinstance(event, kind) and all(getattr(event, k) == v for k, v in fields.items()):
            return place
    raise AssertionError(f"no {kind.__name__} with {fields}")


def again(events: Record, place: int, at: int, **changed: object) -> Record:
    """With the event at ``place`` said again right after the place ``at``."""
    copy = msgspec.structs.replace(events[place], at=events[at].at, **changed)
    events.insert(at + 1, copy)
    return renumber(events)


@pytest.mark.parametrize("mode", DialingMode)
def test_an_honest_record_passes(mode: DialingMode) -> None:
    auditor = audit(record(mode))
    assert auditor.attempts == auditor.ended > 60
    assert auditor.live_attempts == 0
    assert auditor.answered > 10


def test_a_gap_in_the_sequence() -> None:
    events = record()
    del events[50]
    with pytest.raises(BrokenPromise, match="sequence 52 follows 50"):
        audit(events)


def test_time_that_goes_back() -> None:
    events = record()
    events[50].at = events[49].at - 1
    with pytest.raises(BrokenPromise, match="time goes back by 1 ms"):
        audit(events)


def test_an_attempt_without_an_outcome() -> None:
    events = record()
    with pytest.raises(BrokenPromise, match="attempts without an outcome: 1"):
        audit(events[: find(events, DialRequested) + 1])


def test_an_attempt_with_two_outcomes() -> None:
    events = record()
    place = find(events, CallEnded)
    with pytest.raises(BrokenPromise, match="has its outcome already"):
        audit(again(events, place, place))


def test_a_contact_in_two_live_attempts_or_a_number() -> None:
    """CA-8"""
    events = record()
    place = find(events, DialRequested)
    with pytest.raises(BrokenPromise, match=r"the number is in call 1 \(CA-8\)"):
        audit(again(events, place, place, call_id=999))
    events = record()
    with pytest.raises(BrokenPromise, match=r"the contact is with 1 \(CA-8\)"):
        audit(again(events, place, place, call_id=999, number="+48999999999"))


def test_a_call_id_that_is_used_again() -> None:
    events = record()
    place = find(events, DialRequested, call_id=5)
    events[place] = msgspec.structs.replace(events[place], call_id=4)
    with pytest.raises(BrokenPromise, match="call 4 after call 4"):
        audit(events)


def test_a_launch_while_the_campaign_does_not_run() -> None:
    events = record()
    place = find(events, CampaignStateChanged)
    events[place] = msgspec.structs.replace(events[place], state=CampaignState.PAUSED)
    with pytest.raises(BrokenPromise, match="launched while the campaign is paused"):
        audit(events)


def test_a_closed_contact_that_is_dialed() -> None:
    events = record()
    place = find(events, CallEnded, attempt=1, outcome=AttemptOutcome.NO_ANSWER)
    fate = ContactFate(ContactState.DONE, "tampered")
    events[place] = msgspec.structs.replace(events[place], fate=fate)
    with pytest.raises(BrokenPromise, match="the contact is closed"):
        audit(events)


def test_a_retry_that_comes_too_early() -> None:
    """CA-9"""
    events = record()
    place = find(events, CallEnded, attempt=1, outcome=AttemptOutcome.NO_ANSWER)
    fate = events[place].fate  # type: ignore[attr-defined] # it is a CallEnded
    early = msgspec.structs.replace(fate, due_at=fate.due_at - 1)
    events[place] = msgspec.structs.replace(events[place], fate=early)
    with pytest.raises(BrokenPromise, match="due again before"):
        audit(events)
    late = msgspec.structs.replace(fate, due_at=fate.due_at + 86_400_000)
    events[place] = msgspec.structs.replace(events[place], fate=late)
    with pytest.raises(BrokenPromise, match="before the contact is due"):
        audit(events)


def test_a_retry_that_the_rules_do_not_have() -> None:
    """CA-9"""
    events = record()
    place = find(events, CallEnded, outcome=AttemptOutcome.INVALID_NUMBER)
    fate = ContactFate(ContactState.WAITING, "again", due_at=events[place].at)
    events[place] = msgspec.structs.replace(events[place], outcome=AttemptOutcome.FAX, fate=fate)
    with pytest.raises(BrokenPromise, match="no retry is left after fax"):
        audit(events)


def test_more_attempts_than_allowed() -> None:
    """CA-9"""
    events = record()
    created = events[0]
    strict = settings(DialingMode.PROGRESSIVE, retries={"max_attempts": 2})
    events[0] = msgspec.structs.replace(created, settings=strict)
    with pytest.raises(BrokenPromise, match="above 2 attempts"):
        audit(events)


def test_an_agent_who_is_given_work_without_being_ready() -> None:
    """AG-2"""
    events = record()
    place = find(events, DialRequested)
    with pytest.raises(BrokenPromise, match=r"agent is reserved with 1 \(AG-2\)"):
        audit(
            again(
                events, find(events, DialRequested, call_id=2), place + 1,
                agent_id=events[place].agent_id,  # type: ignore[attr-defined] # a DialRequested
            )
        )  # fmt: skip


def test_a_predictive_call_that_is_bridged_to_a_busy_agent() -> None:
    """AG-2"""
    events = record(DialingMode.PREDICTIVE)
    talk = find(events, AgentStateChanged, state=AgentState.TALKING)
    busy = events[talk].agent_id  # type: ignore[attr-defined] # an AgentStateChanged
    later = talk + 1 + find(events[talk + 1 :], BridgeRequested)
    while any(
        isinstance(event, AgentStateChanged) and event.agent_id == busy
        for event in events[talk + 1 : later]
    ):
        talk = later + find(events[later:], AgentStateChanged, state=AgentState.TALKING)
        busy = events[talk].agent_id  # type: ignore[attr-defined] # an AgentStateChanged
        later = talk + 1 + find(events[talk + 1 :], BridgeRequested)
    events[later] = msgspec.structs.replace(events[later], agent_id=busy)
    with pytest.raises(BrokenPromise, match=r"agent is talking with \d+ \(AG-2\)"):
        audit(events)


@pytest.mark.parametrize(
    ("state", "instead"),
    [
        (AgentState.NOT_READY, AgentState.READY),
        (AgentState.READY, AgentState.WRAP_UP),
        (AgentState.RESERVED, AgentState.TALKING),
        (AgentState.TALKING, AgentState.READY),
        (AgentState.WRAP_UP, AgentState.LOGGING_OUT),
    ],
)
def test_a_step_that_agents_do_not_take(state: AgentState, instead: AgentState) -> None:
    """AG-1"""
    events = record()
    place = find(events, AgentStateChanged, state=state)
    events[place] = msgspec.structs.replace(events[place], state=instead)
    with pytest.raises(BrokenPromise, match=r"cannot become .* \(AG-1\)"):
        audit(events)


def test_talking_before_the_bridge() -> None:
    events = record()
    place = find(events, CallBridged)
    del events[place]
    with pytest.raises(BrokenPromise, match="talking before the bridge"):
        audit(renumber(events))


def test_an_answer_that_comes_twice() -> None:
    events = record()
    place = find(events, CallAnswered)
    with pytest.raises(BrokenPromise, match="answered before"):
        audit(again(events, place, place))


@pytest.mark.parametrize(
    ("outcome", "instead"),
    [
        (AttemptOutcome.ANSWERED, AttemptOutcome.ABANDONED),
        (AttemptOutcome.NO_ANSWER, AttemptOutcome.ANSWERED),
        (AttemptOutcome.ANSWERING_MACHINE, AttemptOutcome.BUSY),
    ],
)
def test_an_outcome_that_does_not_follow(outcome: AttemptOutcome, instead: AttemptOutcome) -> None:
    events = record()
    place = find(events, CallEnded, outcome=outcome)
    events[place] = msgspec.structs.replace(events[place], outcome=instead)
    with pytest.raises(BrokenPromise, match=r"answered means|the outcome was settled"):
        audit(events)


@pytest.mark.parametrize("kind", [CallAnswered, BridgeRequested, CallEnded])
def test_an_event_that_puts_a_call_in_another_campaign(kind: type[Event]) -> None:
    events = record()
    place = find(events, kind)
    events[place] = msgspec.structs.replace(events[place], campaign_id="99999")
    with pytest.raises(BrokenPromise, match="the call is"):
        audit(events)


def test_a_wrap_up_by_somebody_else() -> None:
    events = record()
    place = find(events, CallWrappedUp)
    events[place] = msgspec.structs.replace(events[place], agent_id="eve")
    with pytest.raises(BrokenPromise, match="being wrapped up by this agent"):
        audit(events)


def test_a_contact_on_two_screens() -> None:
    events = record(DialingMode.PREVIEW)
    place = find(events, PreviewOffered)
    with pytest.raises(BrokenPromise, match="busy, closed or not due"):
        audit(again(events, place, place, agent_id="desk-002"))


def test_a_skipped_contact_that_comes_back_too_early() -> None:
    events = record(DialingMode.PREVIEW)
    place = find(events, PreviewSkipped)
    far = events[place].at + 10**10
    events[place] = msgspec.structs.replace(events[place], due_at=far)
    with pytest.raises(BrokenPromise, match="busy, closed or not due"):
        audit(events)


def test_a_mode_that_is_not_the_campaigns() -> None:
    """CA-2"""
    change: Callable[[Event], Event] = lambda event: msgspec.structs.replace(  # noqa: E731 - short
        event, mode=DialingMode.PREDICTIVE
    )
    events = record()
    place = find(events, DialRequested)
    events[place] = change(events[place])
    with pytest.raises(BrokenPromise, match="predictive with agent"):
        audit(events)


def test_a_callback_that_is_due_out_of_hours_and_again_when_they_begin_passes() -> None:
    floor = CallbackFloor()
    floor.queue(windows=WindowSettings(weekly=(WeeklyHours(from_="13:30"),), presets=()))
    floor.agent("ann")
    floor.promise()
    floor.wait(HOUR_MS)
    floor.wait(HOUR_MS // 2)
    assert len(floor.all_seen(CallbackDue)) == 2
    assert floor.offered() == [(1, "ann")]
    audit(floor.events)
