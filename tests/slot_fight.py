"""Clients who fight over a socket for the places of one day."""

import asyncio
import random
import time
from collections import Counter

from fastdial.client import AsyncClient, CommandRefused
from fastdial.messages.callbacks import CallbackList, CallbackSchedule
from fastdial.messages.errors import ErrorCode
from fastdial.messages.queues import QueueCreate, QueueSettings
from fastdial.messages.replies import CallbackReply, CallbacksReply
from fastdial.messages.slot_queries import SlotsAvailability, SlotsReply
from fastdial.messages.slots import OfficeHours, SlotSettings
from fastdial.messages.windows import ALWAYS_OPEN, WeeklyHours
from fastdial.messages.words import CallbackState, SlotReason
from floor import number

HOUR, DAY = 3_600_000, 86_400_000
ALL_DAY = OfficeHours(weekly=(WeeklyHours(),))
SLOTS = SlotSettings(zone="UTC", hours=ALL_DAY, slot_minutes=60, capacity=2)
"""48 places a day"""
PLACES = 48


def day_that_is_sold() -> int:
    """The beginning of the day after tomorrow (UTC), by the wall clock."""
    return (int(time.time() * 1_000) // DAY + 2) * DAY


async def open_queue(client: AsyncClient) -> None:
    settings = QueueSettings(name="Help", slots=SLOTS, windows=ALWAYS_OPEN)
    await client.request(QueueCreate(settings=settings, queue_id="help"))


class Fighter:
    """Asks for a place at random, then for whatever is named as free, until the day is sold out."""

    def __init__(self, n: int, day: int) -> None:
        self.n = n
        self._day = day
        self._rng = random.Random(n)
        self.won: list[tuple[int, int]] = []
        """callbacks and when their slots begin"""
        self.refusals: list[dict[str, str | int]] = []

    async def fight(self, client: AsyncClient) -> None:
        customers = iter(range(self.n * 100, self.n * 100 + 100))
        start_at = self._day + self._rng.randrange(24) * HOUR
        customer = next(customers)
        while start_at < self._day + DAY:
            try:
                reply = await client.request(self._asking(customer, start_at))
            except CommandRefused as refused:
                if refused.fault.code is not ErrorCode.NO_PLACE:
                    raise
                self.refusals.append(refused.fault.values)
                asked_at, start_at = start_at, int(refused.fault.values["next_free_at"])
                if start_at >= self._day + DAY and asked_at > self._day:
                    start_at = self._day  # what is free may lie before what was asked for
                continue
            assert isinstance(reply, CallbackReply)
            assert reply.callback.slot_at is not None
            self.won.append((reply.callback.callback_id, reply.callback.slot_at))
            customer = next(customers)
            start_at = self._day + self._rng.randrange(24) * HOUR

    def _asking(self, customer: int, start_at: int) -> CallbackSchedule:
        return CallbackSchedule(
            queue_id="help",
            number=number(customer),
            name=f"Customer {customer}",
            zone="UTC",
            window_start_at=start_at,
            window_end_at=start_at + HOUR,
        )


async def assert_sold_exactly(client: AsyncClient, day: int, fighters: list[Fighter]) -> None:
    """Every place of the day is sold once, and to those who were told so."""
    text = time.strftime("%Y-%m-%d", time.gmtime(day // 1_000))
    shown = await client.request(
        SlotsAvailability(queue_id="help", zone="UTC", first_day=text, days=1)
    )
    assert isinstance(shown, SlotsReply)
    assert shown.taken == shown.capacity == [2] * 24
    assert set(shown.reasons) == {SlotReason.FULL}
    won = [place for fighter in fighters for place in fighter.won]
    assert len(won) == PLACES
    assert Counter(slot_at for _, slot_at in won) == dict.fromkeys(shown.start_at, 2)
    open_ones = await client.request(
        CallbackList(queue_id="help", states=(CallbackState.SCHEDULED,), limit=1_000)
    )
    assert isinstance(open_ones, CallbacksReply)
    assert sorted((c.callback_id, c.slot_at) for c in open_ones.callbacks) == sorted(won)


async def fight(address: str, fighters: list[Fighter]) -> None:
    """All at once, each over a connection of its own."""
    clients = [await AsyncClient.connect(address, reconnect=True) for _ in fighters]
    try:
        await asyncio.gather(
            *(one.fight(client) for one, client in zip(fighters, clients, strict=True))
        )
    finally:
        for client in clients:
            await client.close()
