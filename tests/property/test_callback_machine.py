"""Callbacks, queues, agents and the network in whatever order: every promise has one end.

Beside the site runs its replica, made from events alone, and now and then the site itself is
replaced by one restored from its snapshot, or by its replica. What must hold is looked at from
outside: by the auditor, who sees events only, and by what the site answers.
"""

from collections import Counter
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from fastdial import Site
from fastdial.messages import callbacks as k
from fastdial.messages import commands as c
from fastdial.messages import queues as q
from fastdial.messages.base import Command, Event
from fastdial.messages.callback_events import CallbackEnded, CallbackScheduled
from fastdial.messages.codec import decode_event, encode
from fastdial.messages.contact_numbers import ContactNumber
from fastdial.messages.replies import CallbackReply, CallbacksReply, Error, QueueReply
from fastdial.messages.settings import (
    CallbackSettings,
    CampaignSettings,
    RetryRule,
    RetrySettings,
    SiteCallbacks,
    SiteConfig,
    WrapUpCode,
)
from fastdial.messages.slots import OfficeHours, SlotSettings
from fastdial.messages.windows import ALWAYS_OPEN, WeeklyHours, WindowSettings
from fastdial.messages.words import (
    AfterWrapUp,
    AgentState,
    CallbackKind,
    CallbackState,
    CallBackWhen,
    CallerOrder,
    CodeMeaning,
    DialingMode,
    MissedCallers,
    OwnerAway,
    PersonalCallbacks,
    PreviewLapse,
    Saw,
    SecondCallback,
)
from fastdial.simulation.auditor import Auditor
from floor import NOON, number

MINUTE_MS = 60_000
AGENTS = st.sampled_from(["ann", "bob", "eve"])
TEAMS = st.sampled_from([(), ("sales",), ("help",), ("sales", "help")])
QUEUES = st.sampled_from(["one", "two"])
NUMBERS = st.integers(0, 4).map(number)
IDS = st.integers(1, 12)
CODES = (
    WrapUpCode(code="never", name="Never again", meaning=CodeMeaning.DO_NOT_CALL),
    WrapUpCode(code="later", name="Call back", meaning=CodeMeaning.CALLBACK),
    WrapUpCode(code="again", name="Again", meaning=CodeMeaning.RETRY, retry_after_s=120),
)
RULES = st.builds(RetryRule, times=st.integers(0, 2), after_s=st.sampled_from([0, 30, 600]))
RETRIES = st.builds(
    RetrySettings,
    max_attempts=st.integers(1, 4),
    not_reached=RULES,
    cancelled=RULES,
    failed=RULES,
    abandoned=RULES,
)
AROUND_NOON = WindowSettings(
    weekly=(WeeklyHours(from_="12:00", until="12:20"), WeeklyHours(from_="12:40", until="20:00")),
    presets=(),
)
OWNERS = st.builds(
    CallbackSettings,
    window_s=st.sampled_from([60, 1_800]),
    owner_away=st.sampled_from(OwnerAway),
    give_after_s=st.sampled_from([1, 60, 600]),
)
SETTINGS = st.builds(
    q.QueueSettings,
    name=st.just("Queue"),
    active=st.sampled_from([*[True] * 7, False]),
    teams=TEAMS,
    missed_callers=st.builds(
        q.MissedCallerSettings,
        become=st.sampled_from([*MissedCallers, *[MissedCallers.CALLBACK] * 3]),
        key=st.sampled_from([None, "1"]),
        min_wait_s=st.just(20),
        delay_s=st.sampled_from([0, 0, 30]),
        agents_percent=st.sampled_from([100, 100, 50, 10, 0]),
        caller_order=st.sampled_from(CallerOrder),
        when=st.sampled_from(CallBackWhen),
        never=st.sampled_from([(), ("never_back",)]),
        remove_after_s=st.sampled_from([60, 1_800]),
    ),
    callbacks=OWNERS,
    second_callback=st.sampled_from(SecondCallback),
    order=st.integers(0, 1),
    preview_s=st.sampled_from([0, 20]),
    preview_lapse=st.sampled_from(PreviewLapse),
    skip_for_s=st.sampled_from([0, 60]),
    wrap_up_s=st.sampled_from([0, 5]),
    after_wrap_up=st.sampled_from(AfterWrapUp),
    wrap_up_codes=st.just(CODES),
    retries=RETRIES,
    windows=st.sampled_from([ALWAYS_OPEN, ALWAYS_OPEN, AROUND_NOON]),
    slots=st.one_of(
        st.none(),
        st.none(),
        st.builds(
            SlotSettings,
            zone=st.just("Europe/Warsaw"),
            hours=st.just(OfficeHours(weekly=(WeeklyHours(),))),
            slot_minutes=st.sampled_from([5, 30]),
            capacity=st.integers(0, 2),
            lead_s=st.just(0),
            horizon_days=st.just(1),
        ),
    ),
)
STEPS_MS = st.sampled_from([0, 1, 2_000, 15_000, MINUTE_MS, 10 * MINUTE_MS, 60 * MINUTE_MS])
BOUNDS = SiteCallbacks(lead_s=60, min_window_s=60, max_window_s=7_200, keep_s=1_800)


class CallbackMachine(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.config = SiteConfig(silence_s=10, callbacks=BOUNDS)
        self.site = Site(self.config, 3)
        self.replica = Site(self.config, 3)
        self.now = NOON
        self.events: list[Event] = []
        self.auditor = Auditor(self.config)

    # --- what can be asked

    @initialize(one=SETTINGS, two=SETTINGS, mode=st.sampled_from(DialingMode), owners=OWNERS)
    def open_the_floor(
        self, one: q.QueueSettings, two: q.QueueSettings, mode: DialingMode, owners: Any
    ) -> None:
        """Two queues, a campaign that competes with them, and two agents."""
        self.ask(q.QueueCreate(settings=one, queue_id="one"))
        self.ask(q.QueueCreate(settings=two, queue_id="two"))
        campaign = CampaignSettings(
            name="Campaign",
            mode=mode,
            wrap_up_codes=CODES,
            windows=ALWAYS_OPEN,
            callbacks=owners,
            wrap_up_s=5,
            preview_s=20,
            retries=RetrySettings(not_reached=RetryRule(times=2, after_s=60)),
        )
        self.ask(c.CampaignCreate(settings=campaign))
        contacts = [
            {"contact_key": f"c{n}", "numbers": [number(n), number(n + 1)]} for n in range(4)
        ]
        self.ask(c.ContactsLoad(campaign_id="00003", contacts=contacts))
        self.ask(c.CampaignStart(campaign_id="00003"))
        for agent_id in ("ann", "bob"):
            self.login(agent_id, ("sales", "help"))

    @rule(queue_id=QUEUES, chosen=SETTINGS)
    def update_queue(self, queue_id: str, chosen: q.QueueSettings) -> None:
        self.ask(q.QueueUpdate(queue_id=queue_id, settings=chosen))

    @rule(personal=st.sampled_from(PersonalCallbacks))
    def configure(self, personal: PersonalCallbacks) -> None:
        bounds = SiteCallbacks(
            personal=personal, lead_s=60, min_window_s=60, max_window_s=7_200, keep_s=1_800
        )
        self.ask(c.SiteConfigure(config=SiteConfig(silence_s=10, callbacks=bounds)))

    @rule(
        queue_id=QUEUES,
        number=NUMBERS,
        kind=st.sampled_from([CallbackKind.SCHEDULED, CallbackKind.WEB, CallbackKind.COURTESY]),
        in_ms=st.sampled_from([MINUTE_MS, 2 * MINUTE_MS, 45 * MINUTE_MS]),
        for_ms=st.sampled_from([MINUTE_MS, 30 * MINUTE_MS]),
        agent_id=st.one_of(st.none(), AGENTS),
        personal=st.sampled_from([None, True, False]),
        owner_id=st.one_of(st.none(), AGENTS),
        priority=st.integers(-1, 1),
    )
    def schedule(
        self, number: str, kind: CallbackKind, in_ms: int, for_ms: int, **more: Any
    ) -> None:
        window: dict[str, Any] = {}
        if kind is CallbackKind.COURTESY:
            more |= {"personal": None, "owner_id": None}
        else:
            start_at = self.now + in_ms
            window = {"window_start_at": start_at, "window_end_at": start_at + for_ms}
        self.ask(
            k.CallbackSchedule(
                number=number, name="Somebody", kind=kind, zone="Europe/Paris", **window, **more
            )
        )

    @rule(
        callback_id=IDS,
        number=st.one_of(st.none(), NUMBERS),
        owner_id=st.one_of(st.none(), AGENTS),
        personal=st.sampled_from([None, False]),
    )
    def edit(self, callback_id: int, **changed: Any) -> None:
        self.ask(k.CallbackUpdate(callback_id=callback_id, **changed))

    @rule(callback_id=IDS, in_ms=st.sampled_from([MINUTE_MS, 20 * MINUTE_MS]))
    def move(self, callback_id: int, in_ms: int) -> None:
        start_at = self.now + in_ms
        self.ask(
            k.CallbackMove(
                callback_id=callback_id,
                window_start_at=start_at,
                window_end_at=start_at + 10 * MINUTE_MS,
            )
        )

    @rule(callback_id=IDS)
    def cancel(self, callback_id: int) -> None:
        self.ask(k.CallbackCancel(callback_id=callback_id))

    @rule(queue_id=QUEUES, number=NUMBERS, waited_s=st.sampled_from([5, 60, 60]))
    def give_up(self, queue_id: str, number: str, waited_s: int) -> None:
        self.ask(k.QueueCallerAbandoned(queue_id=queue_id, number=number, waited_s=waited_s))

    @rule(queue_id=QUEUES, number=NUMBERS)
    def press(self, queue_id: str, number: str) -> None:
        self.ask(k.QueueKeyPressed(queue_id=queue_id, number=number, key="1"))

    @rule(queue_id=QUEUES, callers=st.integers(0, 2))
    def wait_in_line(self, queue_id: str, callers: int) -> None:
        self.ask(q.QueueWaiting(queue_id=queue_id, callers=callers))

    @rule(list_name=st.sampled_from(["never_back", "do_not_call"]), number=NUMBERS)
    def exclude(self, list_name: str, number: str) -> None:
        self.ask(c.ExclusionAdd(list_name=list_name, numbers=(number,)))
        self.ask(c.ExclusionRemove(list_name="do_not_call", numbers=(number,)))

    @rule(keys=st.lists(st.sampled_from([f"c{n}" for n in range(4)]), max_size=2))
    def remove(self, keys: list[str]) -> None:
        self.ask(c.ContactsRemove(campaign_id="00003", contact_keys=keys))

    @rule(
        n=st.integers(0, 3),
        numbers=st.one_of(
            st.lists(st.integers(0, 9), min_size=1, max_size=3),
            st.just(range(20, 28)),
        ),
        reopen=st.booleans(),
    )
    def load(self, n: int, numbers: Any, reopen: bool) -> None:
        """Again, with the same numbers or others, as many as there may be."""
        row = {"contact_key": f"c{n}", "numbers": [number(n) for n in numbers]}
        self.ask(c.ContactsLoad(campaign_id="00003", contacts=[row], reopen=reopen))

    @rule(kind=st.sampled_from([c.CampaignStart, c.CampaignPause, c.CampaignStop]))
    def steer(self, kind: Any) -> None:
        self.ask(kind(campaign_id="00003"))

    @rule(agent_id=AGENTS, teams=TEAMS)
    def login(self, agent_id: str, teams: tuple[str, ...]) -> None:
        self.ask(c.AgentLogin(agent_id=agent_id, teams=teams))
        self.ask(c.AgentReady(agent_id=agent_id))

    @rule(
        agent_id=AGENTS,
        kind=st.sampled_from([c.AgentReady, c.AgentReady, c.AgentNotReady, c.AgentLogout]),
        after_call=st.booleans(),
    )
    def agent(self, agent_id: str, kind: Any, after_call: bool) -> None:
        more = {"after_call": after_call} if kind is c.AgentLogout else {}
        self.ask(kind(agent_id=agent_id, **more))

    @rule(agent_id=AGENTS, what=st.sampled_from(["accept", "accept", "dial", "skip", "done"]))
    def decide(self, agent_id: str, what: str) -> None:
        """With what is on the agent's screen."""
        if what == "dial":
            self.ask(c.PreviewDial(agent_id=agent_id))
        elif what == "skip":
            self.ask(c.PreviewSkip(agent_id=agent_id))
        kind = {"accept": k.CallbackAccept, "done": k.CallbackDone}.get(what)
        if kind is not None:
            for callback in tuple(self.site._state.records.callbacks.values()):
                if callback.agent_id == agent_id:
                    self.ask(kind(agent_id=agent_id, callback_id=callback.callback_id))

    @rule(
        count=st.integers(0, 8),
        saw=st.sampled_from([Saw.BUSY, Saw.NO_ANSWER, Saw.HUNG_UP]),
        code=st.sampled_from([None, "sale", "again", "later"]),
        cancels=st.booleans(),
    )
    def call_back(self, count: int, saw: Saw, code: str | None, cancels: bool) -> None:
        """What comes due is accepted, and the customer reached or not, or the call cancelled."""
        for agent_id in ("ann", "bob"):
            self.ask(c.AgentReady(agent_id=agent_id))
        for _ in range(count):
            if self.on_a_screen():
                break
            self.advance_to_due(1)
        for agent_id in ("ann", "bob"):
            self.decide(agent_id, "accept")
        if cancels:
            self.hang_up(reports=True)
        elif saw is Saw.HUNG_UP:
            self.converse(3, 0)
        else:
            self.nobody_is_reached(saw)
        if code is not None:
            self.wrap_up(code)

    @rule(agent_id=AGENTS, in_ms=st.sampled_from([MINUTE_MS, 2 * MINUTE_MS]), number=NUMBERS)
    def promise_and_leave(self, agent_id: str, in_ms: int, number: str) -> None:
        """An owner who is away when it is due."""
        self.schedule(
            queue_id="one",
            number=number,
            kind=CallbackKind.SCHEDULED,
            in_ms=in_ms,
            for_ms=30 * MINUTE_MS,
            agent_id=agent_id,
            personal=True,
        )
        self.ask(c.AgentLogout(agent_id=agent_id))
        self.advance(in_ms)
        self.advance_to_due(2)

    @precondition(lambda self: self.site._state.records.calls)
    @rule(
        saw=st.sampled_from([Saw.RINGING, Saw.BUSY, Saw.NO_ANSWER, Saw.INVALID_NUMBER, Saw.FAILED])
    )
    def nobody_is_reached(self, saw: Saw) -> None:
        for call in tuple(self.site._state.records.calls):
            self.ask(c.CallReport(call_id=call, saw=saw))

    @precondition(lambda self: self.site._state.records.calls)
    @rule(far=st.integers(1, 3), ms=STEPS_MS)
    def converse(self, far: int, ms: int) -> None:
        for call in tuple(self.site._state.records.calls):
            for saw in (Saw.ANSWERED, Saw.BRIDGED, Saw.HUNG_UP)[:far]:
                self.ask(c.CallReport(call_id=call, saw=saw))
        self.advance(ms)

    @precondition(lambda self: self.site._state.records.calls)
    @rule(reports=st.booleans())
    def hang_up(self, reports: bool) -> None:
        for call in tuple(self.site._state.records.calls):
            self.ask(c.CallHangUp(call_id=call))
            if reports:
                self.ask(c.CallReport(call_id=call, saw=Saw.HUNG_UP))

    @precondition(lambda self: self.site._state.records.calls)
    @rule(
        in_ms=st.sampled_from([1, MINUTE_MS, 30 * MINUTE_MS]),
        given=st.one_of(
            st.none(),
            NUMBERS,
            st.just(ContactNumber(number=number(9), from_="12:30", until="14:00")),
        ),
        personal=st.sampled_from([None, True]),
        dropped=st.booleans(),
    )
    def reschedule(self, in_ms: int, given: Any, personal: bool | None, dropped: bool) -> None:
        for call in tuple(self.site._state.records.calls.values()):
            agent_id = call.agent_id or "ann"
            self.ask(
                k.CallReschedule(
                    call_id=call.call_id,
                    agent_id=agent_id,
                    callback_at=self.now + in_ms,
                    number=given,
                    personal=personal,
                )
            )
            if dropped:
                self.ask(k.CallDropReschedule(call_id=call.call_id, agent_id=agent_id))

    @precondition(lambda self: self.site._state.records.calls)
    @rule(code=st.sampled_from(["sale", "again", "never", "later"]))
    def wrap_up(self, code: str) -> None:
        callback_at = self.now + MINUTE_MS if code == "later" else None
        for call in tuple(self.site._state.records.calls.values()):
            self.ask(
                c.CallWrapUp(
                    call_id=call.call_id,
                    agent_id=call.agent_id or "ann",
                    code=code,
                    callback_at=callback_at,
                )
            )

    @rule(ms=STEPS_MS)
    def advance(self, ms: int) -> None:
        self.now += ms
        self.take(self.site.advance(self.now))

    @rule(count=st.integers(1, 5))
    def advance_to_due(self, count: int) -> None:
        for _ in range(count):
            due_at = self.site.next_due()
            if due_at is None:
                return
            self.now = max(self.now, due_at)
            self.take(self.site.advance(self.now))

    @rule()
    def restore(self) -> None:
        self.site = Site.restore(self.site.snapshot())

    @rule()
    def recover(self) -> None:
        self.site = Site.restore(self.replica.snapshot())

    def on_a_screen(self) -> bool:
        """Whether an agent has a callback before them."""
        callbacks = self.site._state.records.callbacks.values()
        return any(one.state is CallbackState.OFFERED for one in callbacks)

    # --- how it is asked

    def ask(self, command: Command) -> Any:
        twin = Site.restore(self.site.snapshot())
        before = self.site.state_hash()
        reply, events = self.site.handle(command, self.now)
        again = twin.handle(command, self.now)
        assert (again.reply, again.events) == (reply, events)
        if isinstance(reply, Error) and not events:
            assert self.site.state_hash() == before
        self.take(events)
        return reply

    def take(self, events: list[Event]) -> None:
        for event in events:
            self.events.append(event)
            self.auditor.see(event)
            # through bytes, as a journal would have it
            self.replica.apply(decode_event(encode(event)))

    # --- what must hold (and what the auditor holds it to)

    @invariant()
    def the_record_tells_all(self) -> None:
        assert self.replica.state_hash() == self.site.state_hash()

    @invariant()
    def cb_9_every_callback_ends_once_or_is_open(self) -> None:
        made = [e.callback_id for e in self.events if isinstance(e, CallbackScheduled)]
        ended = Counter(e.callback_id for e in self.events if isinstance(e, CallbackEnded))
        assert all(count == 1 for count in ended.values())
        assert len(made) == len(dict.fromkeys(made))
        assert len(made) - len(ended) == self.auditor.callbacks.open
        for callback_id, state in self.auditor.callbacks.ended.items():
            reply = self.site.look(k.CallbackGet(callback_id=callback_id), self.site.now)
            if isinstance(reply, CallbackReply):  # not forgotten yet
                assert reply.callback.state is state

    @invariant()
    def cb_5_lists_agree_with_each_other(self) -> None:
        everything = self.listed()
        for queue_id in ("one", "two"):
            of_queue = [one for one in everything if one.queue_id == queue_id]
            assert self.listed(queue_id=queue_id) == of_queue
            open_ones = [one for one in of_queue if one.ended_at is None]
            assert max(Counter(one.number for one in open_ones).values(), default=1) == 1
        for agent_id in ("ann", "bob"):
            own = [one for one in everything if one.owner_id == agent_id]
            assert self.listed(agent_id=agent_id) == own
        for state in (CallbackState.SCHEDULED, CallbackState.DUE, CallbackState.MISSED):
            assert self.listed(states=(state,)) == [o for o in everything if o.state is state]

    def listed(self, **asked: Any) -> list[k.CallbackView]:
        found: list[k.CallbackView] = []
        after = ""
        while True:
            command = k.CallbackList(limit=3, after=after, **asked)
            reply = self.site.look(command, self.site.now)
            if isinstance(reply, Error):
                return []  # before there are queues
            assert isinstance(reply, CallbacksReply)
            found += reply.callbacks
            after = reply.next
            if not after:
                return found

    @invariant()
    def cq_4_those_who_call_back_are_counted_right(self) -> None:
        for queue_id in ("one", "two"):
            reply = self.site.look(q.QueueGet(queue_id=queue_id), self.site.now)
            if not isinstance(reply, QueueReply):
                return
            listed = self.listed(queue_id=queue_id)
            assert reply.queue.calling_back == sum(one.agent_id is not None for one in listed)
            assert reply.queue.open_callbacks == sum(one.ended_at is None for one in listed)

    @invariant()
    def cb_6_who_is_willing_owns_what_is_due_and_is_ready(self) -> None:
        records = self.site._state.records
        due = [
            one.owner_id
            for one in records.callbacks.values()
            if one.state is CallbackState.DUE and not one.held and one.owner_id is not None
        ]
        ready = [
            agent_id
            for agent_id, agent in records.agents.items()
            if agent.state is AgentState.READY and agent_id in due
        ]
        assert sorted(self.site._state.callbacks.willing) == sorted(ready)

    @invariant()
    def sl_3_places_are_taken_by_those_who_have_them_and_nobody_else(self) -> None:
        records, book = self.site._state.records, self.site._state.slots
        open_ones = [one for one in records.callbacks.values() if one.ended_at is None]
        tokens = [token for one in open_ones for token in one.tokens]
        tokens += [token for its in records.plan_tokens.values() for token in its]
        assert len(tokens) == len(dict.fromkeys(tokens))
        booked = [token for plan in book.plans.values() for token in plan.asked]
        owned = [place.token for places in book.places.by_agent.values() for place in places]
        assert sorted(token for token in tokens if token < 0) == sorted(owned)
        # a place whose slot is long past was forgotten
        assert all(token in tokens for token in booked)
        assert all(not one.tokens for one in records.callbacks.values() if one not in open_ones)
        assert sorted(records.plan_tokens) == [
            call_id for call_id, plan in sorted(records.plans.items()) if plan.slot_at is not None
        ]

    @invariant()
    def cb_7_what_is_planned_is_planned_for_a_call(self) -> None:
        records = self.site._state.records
        assert all(call_id in records.calls for call_id in records.plans)


TestCallbackMachine = CallbackMachine.TestCase
TestCallbackMachine.settings = settings(max_examples=40, stateful_step_count=40, deadline=None)
