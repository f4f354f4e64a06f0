"""The auditor's own books of slots notice a place that is sold twice, or where there is none."""

import pytest

from fastdial.messages.callback_events import (
    CallbackEnded,
    CallbackReassigned,
    CallbackScheduled,
    CallbackUpdated,
    CallRescheduled,
    CallRescheduleDropped,
    PlannedCallback,
)
from fastdial.messages.queue_events import QueueCreated, QueueUpdated
from fastdial.messages.queues import QueueSettings
from fastdial.messages.slot_events import SlotsPlanned
from fastdial.messages.slots import SlotRun, SlotSettings
from fastdial.messages.words import CallbackKind, CallbackState
from fastdial.simulation.audit_slots import SlotsAudit

NOON = 1_772_452_800_000
HALF, HOUR, DAY = 1_800_000, 3_600_000, 86_400_000
NINE = NOON + 21 * HOUR


def settings(slot_minutes: int) -> QueueSettings:
    slots = SlotSettings(zone="UTC", slot_minutes=slot_minutes, horizon_days=2)
    return QueueSettings(name="Help", slots=slots)


def planned(*runs: SlotRun, anew: bool = False, forget_before_at: int = 0) -> SlotsPlanned:
    return SlotsPlanned(
        queue_id="help", anew=anew, runs=runs, next_day="2026-03-05", until_at=NOON + 4 * DAY,
        forget_before_at=forget_before_at,
    )  # fmt: skip


@pytest.fixture
def books() -> SlotsAudit:
    """Four slots of half an hour from nine the next day, of two places, then a closed one."""
    books = SlotsAudit()
    books.queue(QueueCreated(queue_id="help", campaign_id="00001", settings=settings(30)))
    runs = SlotRun(NINE, 4, 2), SlotRun(NINE + 2 * HOUR, 1, 0)
    assert books.planned(planned(*runs, anew=True)) is None
    return books


def promise(
    books: SlotsAudit, n: int, slot_at: int | None = NINE, owner: str | None = None, call: int = 0
) -> str | None:
    return books.scheduled(
        CallbackScheduled(
            at=NOON, callback_id=n, campaign_id="00001", contact_key=str(n),
            kind=CallbackKind.SCHEDULED, number="+442079460001", name="Customer",
            window_start_at=NINE, window_end_at=NINE + HOUR, due_at=NINE, slot_at=slot_at,
            owner_id=owner, call_id=call or None,
        )
    )  # fmt: skip


def change(books: SlotsAudit, n: int, slot_at: int, owner: str | None = None) -> str | None:
    return books.updated(
        CallbackUpdated(
            at=NOON, callback_id=n, campaign_id="00001", contact_key=str(n),
            number="+442079460001", name="Customer", window_start_at=NINE,
            window_end_at=NINE + HOUR, due_at=NINE, slot_at=slot_at, owner_id=owner,
        )
    )  # fmt: skip


def end(books: SlotsAudit, n: int) -> None:
    books.over(
        CallbackEnded(
            callback_id=n, campaign_id="00001", contact_key=str(n), kind=CallbackKind.SCHEDULED,
            number="+442079460001", state=CallbackState.DONE, reason="",
        )
    )  # fmt: skip


def test_sl_3_a_place_too_many_is_noticed(books: SlotsAudit) -> None:
    assert promise(books, 1) is None
    assert promise(books, 2) is None
    assert "2 of 2 places taken (SL-3)" in (promise(books, 3) or "")


def test_sl_3_what_ends_or_moves_gives_its_place_back(books: SlotsAudit) -> None:
    for n in (1, 2):
        promise(books, n)

    end(books, 1)
    assert promise(books, 3) is None
    assert change(books, 2, NINE + HALF) is None
    assert promise(books, 4) is None
    assert "SL-3" in (change(books, 2, NINE) or "")


@pytest.mark.parametrize(
    ("slot_at", "why"),
    [
        (NINE + 1, "no slot that begins"),
        (NINE + 2 * HOUR, "0 of 0 places"),
        (NINE + 3 * HOUR, "no slot that begins"),
    ],
)
def test_sl_3_a_place_where_there_is_none_is_noticed(
    books: SlotsAudit, slot_at: int, why: str
) -> None:
    assert why in (promise(books, 1, slot_at) or "")


@pytest.mark.parametrize("slot_at", [NOON + HALF - 1, NOON + 2 * DAY + 1])
def test_sl_2_a_slot_too_soon_or_too_far_is_noticed(books: SlotsAudit, slot_at: int) -> None:
    books.planned(planned(SlotRun(slot_at, 1, 5), anew=True))

    assert "too soon or too far" in (promise(books, 1, slot_at) or "")


def test_sl_1_slots_that_overlap_are_noticed(books: SlotsAudit) -> None:
    assert "before the last one ends" in (books.planned(planned(SlotRun(NINE + HOUR, 1, 1))) or "")


def test_sl_4_with_other_hours_a_place_counts_where_its_time_lies_now(books: SlotsAudit) -> None:
    promise(books, 1, NINE + HALF)
    books.queue(QueueUpdated(queue_id="help", campaign_id="00001", settings=settings(60)))
    books.planned(planned(SlotRun(NINE, 2, 1), anew=True))

    assert "1 of 1 places taken" in (promise(books, 2, NINE) or "")
    end(books, 1)
    assert promise(books, 3, NINE) is None


def test_sl_7_an_agent_who_is_promised_twice_at_a_time_is_noticed(books: SlotsAudit) -> None:
    assert promise(books, 1, owner="ann") is None
    assert promise(books, 2, NINE + HALF, owner="ann") is None
    assert "('callback', 1)" in (promise(books, 3, owner="ann") or "")


def test_sl_7_another_owner_is_looked_at_and_the_team_frees_the_first(books: SlotsAudit) -> None:
    promise(books, 1, owner="ann")
    promise(books, 2, owner="bob")

    assert "SL-7" in (change(books, 2, NINE, owner="ann") or "")
    books.reassigned(
        CallbackReassigned(callback_id=1, campaign_id="00001", agent_id="ann", reason="")
    )
    assert change(books, 2, NINE, owner="bob") is None
    assert change(books, 2, NINE, owner="ann") is None


def test_cb_7_a_callback_takes_over_the_place_of_its_call(books: SlotsAudit) -> None:
    plan = PlannedCallback(NINE, NINE + HOUR, "+442079460001", slot_at=NINE)
    for call_id in (7, 8):
        event = CallRescheduled(
            at=NOON, call_id=call_id, campaign_id="00001", agent_id="ann", plan=plan
        )
        assert books.rescheduled(event) is None

    assert promise(books, 1, call=7) is None
    assert "SL-3" in (promise(books, 2) or "")
    books.dropped(CallRescheduleDropped(call_id=8, campaign_id="00001", agent_id="ann"))
    assert promise(books, 3) is None


def test_a_callback_without_a_slot_takes_no_place(books: SlotsAudit) -> None:
    assert [promise(books, n, None) for n in range(5)] == [None] * 5
