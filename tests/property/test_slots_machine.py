"""Slots beside their twin, whatever happens in whatever order (SL-1 to SL-8).

Bookings, cancellations, moves, other hours and capacities, time that passes over the night in which
clocks jump, snapshots, and the record taken over by a site that begins anew.
"""

from collections.abc import Callable

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from desk import DAY, HOUR, MINUTE, instant
from effort import examples
from fastdial import Site
from fastdial.engine.decide import slots
from fastdial.engine.decide.slots import Found
from fastdial.engine.turn import Turn
from fastdial.messages.base import Command
from fastdial.messages.codec import decode_event, encode
from fastdial.messages.queues import QueueCreate, QueueSettings, QueueUpdate
from fastdial.messages.replies import Error
from fastdial.messages.slot_queries import (
    SlotsAvailability,
    SlotsFirstFree,
    SlotsFoundReply,
    SlotsReply,
)
from fastdial.messages.slots import (
    DateCapacity,
    OfficeHours,
    SlotSettings,
    WeeklyCapacity,
)
from fastdial.messages.windows import DateHours, DayHours, HolidayHours, WeeklyHours
from fastdial.messages.words import SlotReason
from twins.slots import Booking, Twin

START = instant("2026-10-23 15:00")
"""Friday; clocks in Europe go back on Sunday, and Sunday of the week after in the United States"""
QUEUES = ("1", "2")
NIGHT_AND_DAY = OfficeHours(weekly=(WeeklyHours(),))
ODD = OfficeHours(
    weekly=(
        WeeklyHours(from_="01:30", until="03:10"),
        WeeklyHours(from_="09:00", until="12:20"),
        WeeklyHours(from_="20:00"),
    ),
    holidays=(HolidayHours(region="AT", hours=(DayHours(from_="10:00", until="11:00"),)),),
    exceptions=(DateHours(date="2026-10-27"),),
)
ROOM = (
    WeeklyCapacity(capacity=0, from_="02:00", until="02:30"),
    WeeklyCapacity(capacity=1, from_="10:00", until="11:00"),
)
SETTINGS = st.builds(
    SlotSettings,
    zone=st.sampled_from(["Europe/Vienna", "Europe/Vienna", "UTC", "Australia/Lord_Howe"]),
    hours=st.sampled_from([NIGHT_AND_DAY, OfficeHours(), ODD]),
    slot_minutes=st.sampled_from([120, 60, 45, 30]),
    capacity=st.sampled_from([1, 2, 2]),
    weekly_capacities=st.sampled_from([(), ROOM]),
    date_capacities=st.sampled_from([(), (DateCapacity(capacity=0, date="2026-10-26"),)]),
    lead_s=st.sampled_from([0, 1_800, 7_200]),
    horizon_days=st.sampled_from([1, 2, 4]),
)


class SlotsAndTwin(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.site = Site()
        self.twin = Twin(START)
        self.tokens: dict[int, tuple[int, ...]] = {}
        self.given_back: list[tuple[int, ...]] = []
        self.record: list[Callable[[Site], object]] = []
        self.booked = 0

    def do(self, command: Command) -> object:
        reply, events = self.site.handle(command, self.twin.now)
        assert not isinstance(reply, Error), reply
        self.keep(events)
        return reply

    def keep(self, events: list) -> None:  # type: ignore[type-arg]
        for written in [encode(event) for event in events]:
            self.record.append(lambda site, written=written: site.apply(decode_event(written)))  # type: ignore[misc]

    def change_places(self, how: Callable[[Site], object]) -> object:
        """What the events of a callback do to the book, here and in whoever takes the record."""
        self.record.append(how)
        return how(self.site)

    @initialize(first=SETTINGS, second=SETTINGS)
    def open_queues(self, first: SlotSettings, second: SlotSettings) -> None:
        for queue_id, slots_ in zip(QUEUES, (first, second), strict=True):
            self.do(QueueCreate(settings=QueueSettings(name="Help", slots=slots_)))
            self.twin.settings[queue_id] = slots_

    @rule(queue_id=st.sampled_from(QUEUES), to=SETTINGS)
    def change(self, queue_id: str, to: SlotSettings) -> None:
        self.do(QueueUpdate(queue_id=queue_id, settings=QueueSettings(name="Help", slots=to)))
        self.twin.change(queue_id, to)

    @rule(
        queue_id=st.sampled_from(QUEUES),
        after=st.integers(-2, 60),
        minutes=st.sampled_from([0, 0, 15, 30]),
        width=st.sampled_from([15, 30, 60, 120, 480]),
        agent_id=st.sampled_from([None, None, "ann", "bob"]),
        earliest=st.booleans(),
        times=st.integers(1, 4),
    )
    def book(
        self,
        queue_id: str,
        after: int,
        minutes: int,
        width: int,
        agent_id: str | None,
        earliest: bool,
        times: int,
    ) -> None:
        for _ in range(times):
            start_at = (self.twin.now // HOUR + after) * HOUR + minutes * MINUTE
            end_at = start_at + width * MINUTE
            expected = self.twin.find(queue_id, start_at, end_at, agent_id, earliest)
            found = slots.find(
                Turn(self.site._state, self.twin.now),
                queue_id,
                start_at,
                end_at,
                agent_id=agent_id,
                earliest=earliest,
            )
            if not isinstance(found, Found):
                self.assert_reason(queue_id, start_at, found.reason, expected)
                self.assert_next_free(queue_id, start_at, agent_id, found.next_free_at)
                return
            assert found.start_at == expected
            self.take(queue_id, found, agent_id)

    def take(self, queue_id: str, found: Found, agent_id: str | None) -> None:
        tokens = self.change_places(
            lambda site: site._state.slots.book(queue_id, found.start_at, agent_id)
        )
        self.keep_booking(queue_id, found, agent_id, tokens)

    def keep_booking(
        self, queue_id: str, found: Found, agent_id: str | None, tokens: object
    ) -> None:
        assert isinstance(tokens, tuple)
        assert len(tokens) == (1 if agent_id is None else 2)
        self.booked += 1
        self.tokens[self.booked] = tokens
        self.twin.bookings[self.booked] = Booking(
            queue_id, found.start_at, found.start_at, found.until_at, agent_id
        )

    def assert_reason(
        self, queue_id: str, start_at: int, said: SlotReason, expected: object
    ) -> None:
        if start_at > self.twin.now + self.twin.settings[queue_id].horizon_days * DAY:
            assert said is SlotReason.TOO_FAR
        elif expected is None:  # no slot was there to look at
            assert said in (SlotReason.CLOSED, SlotReason.PAST)
        else:
            assert said is expected

    def assert_next_free(
        self, queue_id: str, start_at: int, agent_id: str | None, next_free_at: int | None
    ) -> None:
        length = self.twin.settings[queue_id].slot_minutes * MINUTE
        free = [
            slot.start_at
            for slot in self.twin.slots(queue_id, start_at, self.twin.now + 6 * DAY)
            if slot.reason is None and self.twin.agent_is_free(agent_id, slot.start_at, length)
        ]
        assert next_free_at == next(iter(free), None)

    @precondition(lambda self: self.tokens)
    @rule(data=st.data())
    def cancel(self, data: st.DataObject) -> None:
        number = data.draw(st.sampled_from(sorted(self.tokens)))
        tokens = self.tokens.pop(number)
        booking = self.twin.bookings.pop(number)
        given = self.change_places(lambda site: site._state.slots.give_back(tokens))
        if booking.slot_at > self.twin.now - 2 * DAY:  # later it may be forgotten
            assert given == len(tokens)
        self.given_back.append(tokens)

    @precondition(lambda self: self.tokens)
    @rule(data=st.data(), queue_id=st.sampled_from(QUEUES), after=st.integers(0, 40))
    def move(self, data: st.DataObject, queue_id: str, after: int) -> None:
        number = data.draw(st.sampled_from(sorted(self.tokens)))
        old, booking = self.tokens[number], self.twin.bookings[number]
        start_at = (self.twin.now // HOUR + after) * HOUR
        end_at = start_at + 2 * HOUR
        turn = Turn(self.site._state, self.twin.now)
        found = slots.find(turn, queue_id, start_at, end_at, agent_id=booking.agent_id, moving=old)
        del self.twin.bookings[number]  # its own places count as free
        expected = self.twin.find(queue_id, start_at, end_at, booking.agent_id, False)
        if not isinstance(found, Found):
            self.assert_reason(queue_id, start_at, found.reason, expected)
            self.twin.bookings[number] = booking
            return
        assert found.start_at == expected
        del self.tokens[number]
        tokens = self.change_places(
            lambda site: site._state.slots.move(old, queue_id, found.start_at, booking.agent_id)
        )
        self.given_back.append(old)
        self.keep_booking(queue_id, found, booking.agent_id, tokens)

    @precondition(lambda self: self.given_back)
    @rule(data=st.data())
    def give_back_again(self, data: st.DataObject) -> None:
        tokens = data.draw(st.sampled_from(self.given_back))
        assert self.change_places(lambda site: site._state.slots.give_back(tokens)) == 0

    @rule(ms=st.sampled_from([MINUTE, HOUR, 5 * HOUR, DAY, 2 * DAY]), step_by_step=st.booleans())
    def wait(self, ms: int, step_by_step: bool) -> None:
        until = self.twin.now + ms
        while step_by_step and (due_at := self.site.next_due()) is not None and due_at <= until:
            self.keep(self.site.advance(max(due_at, self.twin.now)))
        self.keep(self.site.advance(until))
        self.twin.now = until

    @rule()
    def crash_after_a_snapshot(self) -> None:
        before = self.site.state_hash()
        self.site = Site.restore(self.site.snapshot())
        assert self.site.state_hash() == before

    @rule()
    def crash_and_take_over_the_record(self) -> None:
        replica = Site()
        for step in self.record:
            step(replica)
        assert replica.state_hash() == self.site.state_hash()
        self.site = replica

    @rule(zone=st.sampled_from(["Asia/Kolkata", "America/New_York"]), limit=st.integers(1, 5))
    def first_free(self, zone: str, limit: int) -> None:
        command = SlotsFirstFree(queue_ids=QUEUES, zone=zone, limit=limit)
        reply = self.site.handle(command, self.twin.now).reply
        assert isinstance(reply, SlotsFoundReply)
        free = sorted(
            (slot.start_at, queue_id)
            for queue_id in QUEUES
            for slot in self.twin.slots(queue_id, self.twin.now, self.twin.now + 6 * DAY)
            if slot.reason is None
        )
        assert list(zip(reply.start_at, reply.queue_ids, strict=True)) == free[:limit]

    @invariant()
    def what_is_shown_is_what_the_twin_sees(self) -> None:
        for queue_id in self.twin.settings:
            command = SlotsAvailability(queue_id=queue_id, zone="UTC", days=7)
            reply = self.site.handle(command, self.twin.now).reply
            assert isinstance(reply, SlotsReply)
            today = self.twin.now // DAY * DAY
            expected = self.twin.slots(queue_id, today, today + 7 * DAY)
            shown = zip(
                reply.start_at,
                reply.capacity,
                reply.taken,
                reply.free,
                reply.reasons,
                strict=True,
            )
            assert list(shown) == [
                (slot.start_at, slot.capacity, slot.taken, slot.free, slot.reason)
                for slot in expected
            ]


SlotsAndTwin.TestCase.settings = settings(max_examples=examples(30), stateful_step_count=20)
test_slots_and_their_twin = SlotsAndTwin.TestCase
