"""Whatever is asked of a site, in whatever order: its promises hold and its record tells all.

Beside the site runs its replica, made from events alone, and now and then the site itself is
replaced by one restored from its snapshot, or by its replica.
"""

from collections import Counter
from itertools import chain
from typing import Any

import msgspec
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from fastdial import Site
from fastdial.engine.lines import is_prepared, is_ringing_ahead
from fastdial.messages import commands as c
from fastdial.messages.agentless import AgentlessSettings, KeyMeaning
from fastdial.messages.base import Command, Event
from fastdial.messages.codec import decode_event, encode
from fastdial.messages.compliance import (
    AbandonmentDefinition,
    ComplianceSettings,
    FrequencyCap,
)
from fastdial.messages.events import (
    CallEnded,
    DialRequested,
)
from fastdial.messages.guides import GuideChoice, GuideQuestion, GuideSettings
from fastdial.messages.limits import CallLimits, SiteLimits
from fastdial.messages.replies import Error
from fastdial.messages.settings import (
    CampaignSettings,
    PacingSettings,
    RetryRule,
    RetrySettings,
    SiteConfig,
    WrapUpCode,
)
from fastdial.messages.windows import ALWAYS_OPEN, WeeklyHours, WindowSettings
from fastdial.messages.words import (
    AfterWrapUp,
    AgentSaw,
    AgentState,
    Answerer,
    AnswerKind,
    CallState,
    CampaignState,
    CodeMeaning,
    ContactOrder,
    ContactState,
    DialingMode,
    NextNumber,
    Party,
    PreviewLapse,
    Saw,
)
from fastdial.rules.windows import Windows
from fastdial.simulation.auditor import Auditor
from floor import NOON, number

CAMPAIGNS = st.sampled_from(["00001", "00002"])
AGENTS = st.sampled_from(["ann", "bob", "eve"])
TEAMS = st.sampled_from([(), ("sales",), ("service",), ("sales", "service")])
KEYS = st.sampled_from([f"c{n}" for n in range(6)])
NUMBERS = st.lists(st.integers(0, 5).map(number), min_size=1, max_size=3)
CODES = (
    WrapUpCode(code="never", name="Never again", meaning=CodeMeaning.DO_NOT_CALL),
    WrapUpCode(code="later", name="Call back", meaning=CodeMeaning.CALLBACK),
)
LIMITS = st.builds(
    CallLimits,
    calls=st.sampled_from([None, None, None, None, 2, 1]),
    launches_per_s=st.sampled_from([None, None, None, 2, 1]),
)
SITE_LIMITS = st.builds(
    SiteLimits,
    site=LIMITS,
    each_caller_id=LIMITS,
    trunks=st.dictionaries(st.just("warsaw"), LIMITS, max_size=1),
)
KEYS_PRESSED = (KeyMeaning(keys="1", code="sale"), KeyMeaning(keys="9#", code="never"))
GUIDE = GuideSettings(
    questions=(
        GuideQuestion(
            id="a",
            text="?",
            choices=(GuideChoice(answer="on", next="b"), GuideChoice(answer="again", next="a")),
        ),
        GuideQuestion(id="b", text="?", kind=AnswerKind.NUMBER),
    )
)
RULES = st.builds(
    RetryRule,
    times=st.integers(0, 2),
    after_s=st.sampled_from([0, 10, 600]),
    next_number=st.sampled_from(NextNumber),
)
AROUND_NOON = WindowSettings(
    weekly=(WeeklyHours(from_="12:00", until="12:01"), WeeklyHours(from_="12:02", until="12:30")),
    presets=(),
)
SETTINGS = st.builds(
    CampaignSettings,
    name=st.just("Test"),
    mode=st.sampled_from(DialingMode),
    contact_order=st.sampled_from(ContactOrder),
    order=st.integers(0, 2),
    parity=st.integers(1, 3),
    agent_first=st.sampled_from([False, False, True]),
    teams=TEAMS,
    last_day=st.sampled_from([None, "2026-03-03"]),
    first_day=st.sampled_from([None, "2026-03-02", "2026-03-03"]),
    preview_s=st.sampled_from([0, 20]),
    preview_lapse=st.sampled_from(PreviewLapse),
    skip_for_s=st.sampled_from([0, 60]),
    wrap_up_s=st.sampled_from([0, 5]),
    after_wrap_up=st.sampled_from(AfterWrapUp),
    wrap_up_codes=st.just(CODES),
    guide=st.sampled_from(
        [GuideSettings(), GUIDE, GuideSettings(questions=GUIDE.questions, resumes=True)]
    ),
    agentless=st.builds(
        AgentlessSettings,
        lines=st.integers(1, 3),
        keys=st.sampled_from([(), KEYS_PRESSED]),
        tries=st.integers(1, 2),
        no_key_code=st.sampled_from(["", "busy"]),
    ),
    caller_id=st.sampled_from(["", "+48221"]),
    trunk=st.sampled_from(["", "warsaw"]),
    limits=LIMITS,
    pacing=st.builds(
        PacingSettings,
        hour_cap=st.sampled_from([None, 0.05]),
        choose=st.sampled_from([1, 3]),
        give_up=st.booleans(),
        certain=st.booleans(),
    ),
    windows=st.sampled_from([ALWAYS_OPEN, ALWAYS_OPEN, WindowSettings(), AROUND_NOON]),
    ends_when_dry=st.booleans(),
    retries=st.builds(
        RetrySettings,
        max_attempts=st.integers(1, 4),
        max_attempts_per_number=st.sampled_from([None, None, 1, 2]),
        not_reached=RULES,
        cancelled=RULES,
    ),
    compliance=st.builds(
        ComplianceSettings,
        abandonment=st.builds(AbandonmentDefinition, cap=st.sampled_from([0.0, 0.03, 0.5])),
        caps=st.sampled_from([(), (), (FrequencyCap(attempts=2, period_s=60),)]),
    ),
)
STEPS_MS = st.sampled_from([0, 0, 1, 500, 2_000, 5_000, 15_000, 60_000])


class SiteMachine(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.config = SiteConfig(silence_s=10, remember_keys_s=60)
        self.site = Site(self.config, 3)
        self.replica = Site(self.config, 3)
        self.now = NOON
        self.events: list[Event] = []
        self.auditor = Auditor(self.config)

    # --- what can be asked

    @initialize(first=SETTINGS, second=SETTINGS, rows=st.lists(NUMBERS, min_size=6, max_size=6))
    def open_the_floor(
        self, first: CampaignSettings, second: CampaignSettings, rows: list[list[str]]
    ) -> None:
        """Two campaigns that run, with a list each, and two agents."""
        for place, chosen in enumerate((first, second), 1):
            self.ask(c.CampaignCreate(settings=chosen))
            contacts = [
                {"contact_key": f"c{n}", "numbers": numbers, "zone": ("", "Europe/Paris")[n % 2]}
                for n, numbers in enumerate(rows)
            ]
            self.ask(c.ContactsLoad(campaign_id=f"{place:05d}", contacts=contacts))
            self.ask(c.CampaignStart(campaign_id=f"{place:05d}"))
        for agent_id in ("ann", "bob"):
            self.login(agent_id, ("sales", "service"))

    @rule(limits=SITE_LIMITS)
    def limit(self, limits: SiteLimits) -> None:
        config = msgspec.structs.replace(self.config, limits=limits)
        self.ask(c.SiteConfigure(config=config))

    @rule(campaign_id=CAMPAIGNS, settings=SETTINGS)
    def update(self, campaign_id: str, settings: CampaignSettings) -> None:
        self.ask(c.CampaignUpdate(campaign_id=campaign_id, settings=settings))

    @rule(
        campaign_id=CAMPAIGNS,
        kind=st.sampled_from([c.CampaignStart, c.CampaignStart, c.CampaignPause, c.CampaignStop]),
    )
    def steer(self, campaign_id: str, kind: Any) -> None:
        self.ask(kind(campaign_id=campaign_id))

    @rule(
        campaign_id=CAMPAIGNS,
        rows=st.lists(
            st.fixed_dictionaries(
                {"contact_key": KEYS, "numbers": NUMBERS},
                optional={
                    "priority": st.integers(-1, 1),
                    "rank": st.integers(-1, 1),
                    "answer_chance": st.sampled_from([0.02, 0.5, 0.999, 0, None]),
                    "zone": st.sampled_from(["", "Europe/London", "Asia/Tokyo", "Nowhere"]),
                },
            ),
            max_size=4,
        ),
        reopen=st.booleans(),
    )
    def load(self, campaign_id: str, rows: list[dict[str, Any]], reopen: bool) -> None:
        self.ask(c.ContactsLoad(campaign_id=campaign_id, contacts=rows, reopen=reopen))

    @rule(campaign_id=CAMPAIGNS, keys=st.lists(KEYS, max_size=3))
    def remove(self, campaign_id: str, keys: list[str]) -> None:
        self.ask(c.ContactsRemove(campaign_id=campaign_id, contact_keys=keys))

    @rule(agent_id=AGENTS, teams=TEAMS)
    def login(self, agent_id: str, teams: tuple[str, ...]) -> None:
        self.ask(c.AgentLogin(agent_id=agent_id, teams=teams))
        self.ask(c.AgentReady(agent_id=agent_id))

    @rule(
        agent_id=AGENTS,
        kind=st.sampled_from([c.AgentReady, c.AgentNotReady, c.AgentLogout]),
        after_call=st.booleans(),
    )
    def agent(self, agent_id: str, kind: Any, after_call: bool) -> None:
        more = {"after_call": after_call} if kind is c.AgentLogout else {}
        self.ask(kind(agent_id=agent_id, **more))

    @rule(
        agent_id=AGENTS,
        kind=st.sampled_from([c.PreviewRequest, c.PreviewDial, c.PreviewSkip]),
    )
    def preview(self, agent_id: str, kind: Any) -> None:
        self.ask(c.PreviewRequest(agent_id=agent_id))
        self.ask(kind(agent_id=agent_id))

    @precondition(lambda self: self.site._state.records.calls)
    @rule(
        pick=st.integers(0, 10),
        saw=st.sampled_from(Saw),
        answerer=st.sampled_from([Answerer.PERSON, Answerer.PERSON, *Answerer]),
        party=st.sampled_from(Party),
        key=st.sampled_from(["1", "9", "#", None]),
    )
    def report(
        self, pick: int, saw: Saw, answerer: Answerer, party: Party, key: str | None
    ) -> None:
        call = self.pick_call(pick)
        self.ask(c.CallReport(call_id=call, saw=saw, answerer=answerer, party=party, key=key))

    @precondition(lambda self: self.site._state.records.calls)
    @rule(keys=st.lists(st.sampled_from("19#5"), max_size=3), plays=st.booleans())
    def everybody_presses_keys(self, keys: list[str], plays: bool) -> None:
        for call in tuple(self.site._state.records.calls):
            self.ask(c.CallReport(call_id=call, saw=Saw.ANSWERED))
            if plays:
                self.ask(c.CallReport(call_id=call, saw=Saw.PLAYED))
            for key in keys:
                self.ask(c.CallReport(call_id=call, saw=Saw.KEY, key=key))

    @precondition(lambda self: self.site._state.records.calls)
    @rule(pick=st.integers(0, 10), far=st.sampled_from([2, 3, 4, 4]), ms=STEPS_MS)
    def converse(self, pick: int, far: int, ms: int) -> None:
        call = self.pick_call(pick)
        for saw in (Saw.RINGING, Saw.ANSWERED, Saw.BRIDGED, Saw.HUNG_UP)[:far]:
            self.ask(c.CallReport(call_id=call, saw=saw))
        self.advance(ms)

    @rule(saw=st.sampled_from([Saw.BUSY, Saw.NO_ANSWER, Saw.INVALID_NUMBER, Saw.HUNG_UP]))
    def nobody_is_reached(self, saw: Saw) -> None:
        self.agents_answer(AgentSaw.CONNECTED)
        for call in tuple(self.site._state.records.calls):
            self.ask(c.CallReport(call_id=call, saw=saw))

    @precondition(lambda self: self.site._state.records.calls)
    @precondition(lambda self: self.site._state.records.calls)
    @rule(wrap=st.booleans())
    def everybody_answers(self, wrap: bool) -> None:
        self.agents_answer(AgentSaw.CONNECTED)
        for call in tuple(self.site._state.records.calls):
            for saw in (Saw.ANSWERED, Saw.BRIDGED, Saw.HUNG_UP):
                self.ask(c.CallReport(call_id=call, saw=saw))
            if wrap:
                self.wrap_up("ann", "sale")
                self.wrap_up("bob", "voicemail")

    @precondition(lambda self: self.site._state.records.calls)
    @rule(saw=st.sampled_from([AgentSaw.CONNECTED, *AgentSaw]))
    def agents_answer(self, saw: AgentSaw) -> None:
        for call in tuple(self.site._state.records.calls.values()):
            agent_id = call.agent_id or "ann"
            self.ask(c.AgentReport(call_id=call.call_id, agent_id=agent_id, saw=saw))

    @rule(agent_id=AGENTS, code=st.sampled_from(["sale", "busy", "no", "never", "later"]))
    def wrap_up(self, agent_id: str, code: str) -> None:
        callback_at = self.now + 60_000 if code == "later" else None
        for call in tuple(self.site._state.records.calls):
            self.ask(
                c.CallWrapUp(call_id=call, agent_id=agent_id, code=code, callback_at=callback_at)
            )

    @rule(
        agent_id=AGENTS,
        answers=st.lists(st.sampled_from([("a", "on"), ("a", "again"), ("b", "1")]), max_size=4),
    )
    def answer_questions(self, agent_id: str, answers: list[tuple[str, str]]) -> None:
        for call in tuple(self.site._state.records.calls):
            for question, answer in answers:
                self.ask(
                    c.GuideAnswer(call_id=call, agent_id=agent_id, question=question, answer=answer)
                )

    @precondition(lambda self: self.site._state.records.calls)
    @rule(pick=st.integers(0, 10))
    def hang_up(self, pick: int) -> None:
        self.ask(c.CallHangUp(call_id=self.pick_call(pick)))

    @rule(agent_id=AGENTS, key=st.sampled_from(["k1", "k2"]))
    def login_once(self, agent_id: str, key: str) -> None:
        command = c.AgentLogin(agent_id=agent_id, idempotency_key=key)
        first = self.ask(command)
        count = len(self.events)
        again = self.ask(command)
        if not isinstance(first, Error):
            assert again == first
            assert len(self.events) == count

    @rule(ms=STEPS_MS)
    def advance(self, ms: int) -> None:
        self.now += ms
        self.take(self.site.advance(self.now))

    @rule(count=st.integers(1, 3))
    def advance_to_due(self, count: int) -> None:
        for _ in range(count):
            due_at = self.site.next_due()
            if due_at is None:
                return
            self.now = max(self.now, due_at)
            self.take(self.site.advance(self.now))

    @rule()
    def time_goes_back(self) -> None:
        before = self.site.state_hash()
        reply, events = self.site.handle(c.StatsGet(), self.site.now - 1)
        assert isinstance(reply, Error)
        assert not events
        assert self.site.state_hash() == before

    @rule()
    def restore(self) -> None:
        self.site = Site.restore(self.site.snapshot())

    @rule()
    def recover(self) -> None:
        self.site = Site.restore(self.replica.snapshot())

    # --- how it is asked

    def pick_call(self, pick: int) -> int:
        calls = list(self.site._state.records.calls)
        return calls[pick % len(calls)]

    def ask(self, command: Command) -> Any:
        twin = Site.restore(self.site.snapshot())
        reply, events = self.site.handle(command, self.now)
        again = twin.handle(command, self.now)
        assert (again.reply, again.events) == (reply, events)
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
    def events_are_numbered_and_dated_in_order(self) -> None:
        assert [event.seq for event in self.events] == list(range(1, len(self.events) + 1))
        assert all(a.at <= b.at for a, b in zip(self.events, self.events[1:], strict=False))

    @invariant()
    def ca_8_no_contact_or_number_is_in_two_live_calls(self) -> None:
        calls = self.site._state.records.calls.values()
        rows = Counter(call.row for call in calls)
        numbers = Counter(
            call.number
            for call in calls
            if call.state is not CallState.WRAP_UP and not is_prepared(call)
        )
        assert all(count == 1 for count in rows.values())
        assert all(count == 1 for count in numbers.values())
        assert dict.fromkeys(numbers) == dict.fromkeys(self.site._state.live_numbers)

    @invariant()
    def ag_2_an_agent_is_in_one_piece_of_work_at_most(self) -> None:
        records = self.site._state.records
        for agent in records.agents.values():
            busy = [
                call
                for call in records.calls.values()
                if call.agent_id == agent.agent_id and agent.call_id == call.call_id
            ]
            working = agent.state in (AgentState.RESERVED, AgentState.TALKING, AgentState.WRAP_UP)
            held_back = agent.state is AgentState.LOGGING_OUT and agent.call_id is not None
            assert len(busy) == (1 if working or held_back else 0)
            assert (agent.preview_row is not None) == (agent.state is AgentState.PREVIEWING)
        for campaign in records.campaigns.values():
            ready = [
                agent
                for agent in records.agents.values()
                if agent.state is AgentState.READY and campaign.takes(agent.teams)
            ]
            longest = min(ready, key=lambda agent: agent.since_seq, default=None)
            assert self.site._state.workforce.longest_ready(campaign) == longest
            assert self.site._state.workforce.counts(campaign)[0] == len(ready)

    @invariant()
    def ag_4_who_leaves_without_a_call_is_counted_on_by_lines(self) -> None:
        records = self.site._state.records
        leaving = [
            agent
            for agent in records.agents.values()
            if agent.state is AgentState.LOGGING_OUT and agent.call_id is None
        ]
        if leaving:
            assert any(is_ringing_ahead(call) for call in records.calls.values())
        for campaign in records.campaigns.values():
            asked = [agent for agent in leaving if campaign.takes(agent.teams)]
            first = min(asked, key=lambda agent: agent.since_seq, default=None)
            assert self.site._state.workforce.longest_leaving(campaign) == first

    @invariant()
    def every_contact_is_where_its_state_says(self) -> None:
        state = self.site._state
        live = {call.row for call in state.records.calls.values()}
        shown = {agent.preview_row for agent in state.records.agents.values()}
        held = {row for rows in state.records.held.values() for row in rows}
        for contact in chain.from_iterable(state.lists.values()):
            where = contact.state
            queued = contact.record.row in state.queues[contact.campaign_id]
            assert queued == (where is ContactState.READY)
            assert (contact.row in live) == (where is ContactState.LIVE)
            assert (contact.row in shown) == (where is ContactState.PREVIEWED)
            assert (contact.row in held) == (where is ContactState.HELD)
            if where is not ContactState.PROMISED:  # then its callback has the instant
                assert (contact.due_at is not None) == (where is ContactState.WAITING)
            assert 0 <= contact.next_number < len(contact.numbers)
        for campaign in state.records.campaigns.values():
            counts = Counter(contact.state for contact in state.lists[campaign.campaign_id])
            assert counts == Counter(
                {where: n for where, n in campaign.counts.contacts.items() if n}
            )

    @invariant()
    def co_1_a_class_is_open_when_its_hours_are(self) -> None:
        state = self.site._state
        for campaign in state.records.campaigns.values():
            if campaign.state is not CampaignState.RUNNING:
                continue
            contacts = state.lists[campaign.campaign_id]
            windows = Windows(campaign.settings.windows, campaign.settings.zone)
            for place, known in enumerate(contacts.window_classes):
                is_open = windows.state(known.key, self.site.now).open
                assert known.open == is_open
                assert state.queues[campaign.campaign_id].is_open(place) == is_open

    @invariant()
    def lines_are_counted(self) -> None:
        records = self.site._state.records
        for campaign in records.campaigns.values():
            lines = sum(
                call.campaign_id == campaign.campaign_id
                and call.agent_id is None
                and call.mode is DialingMode.PREDICTIVE
                and call.state is not CallState.WRAP_UP
                for call in records.calls.values()
            )
            assert campaign.lines == lines

    @invariant()
    def nothing_that_is_due_was_forgotten(self) -> None:
        due_at = self.site._state.timers.next_due()
        assert due_at is None or due_at >= self.site.now

    def teardown(self) -> None:
        """Each attempt ended in exactly one outcome, or is still live."""
        dialed = Counter(e.call_id for e in self.events if isinstance(e, DialRequested))
        ended = Counter(e.call_id for e in self.events if isinstance(e, CallEnded))
        assert all(count == 1 for count in (dialed + Counter()).values())
        assert all(count == 1 for count in ended.values())
        live = {
            call.call_id
            for call in self.site._state.records.calls.values()
            if call.state is not CallState.WRAP_UP and not is_prepared(call)
        }
        assert set(dialed) - set(ended) == live


TestSite = SiteMachine.TestCase
TestSite.settings = settings(max_examples=80, stateful_step_count=60, deadline=None)
