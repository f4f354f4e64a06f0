"""One contact of a table by attributes: what is set is set in the table, while it is there."""

import pytest

from fastdial.kernel.contact_record import ContactRecord
from fastdial.kernel.contact_table import ContactTable

ADA = 48_600_000_000


@pytest.fixture
def table() -> ContactTable:
    table = ContactTable()
    table.load(
        ["ada", "a key that is longer than one word"],
        [[ADA, ADA + 1], [ADA + 2, 0]],
        kinds=[[1, 2], [0, 0]],
        from_minutes=[[480, 0], [0, 0]],
        until_minutes=[[1_260, 1_440], [1_440, 1_440]],
        zones=[3, 4],
        priorities=[-5, 7],
        order_keys=[10, 20],
        sequences=[1, 2],
        answer_probabilities=[0.25, 0.5],
    )
    return table


def test_it_shows_what_was_loaded(table: ContactTable) -> None:
    ada, other = ContactRecord(table, 0), ContactRecord(table, 1)
    assert (ada.key, other.key) == ("ada", "a key that is longer than one word")
    assert (ada.zone, ada.priority, ada.order_key, ada.sequence) == (3, -5, 10, 1)
    assert ada.answer_probability == 0.25
    assert ada.number_count == 2
    assert [ada.number(0), ada.number(1)] == [ADA, ADA + 1]
    assert [ada.number_kind(0), ada.number_kind(1)] == [1, 2]
    assert ada.number_hours(0) == (480, 1_260)
    assert ada.place_of(ADA + 1) == 1
    assert ada.place_of(ADA + 2) == -1
    assert ada.table is table
    assert ada.row == 0


@pytest.mark.parametrize(
    ("name", "column", "value"),
    [
        ("state", "state", 255),
        ("reason", "reason", 65_535),
        ("flags", "flags", 65_535),
        ("marks", "marks", -(2**63)),
        ("sequence", "sequence", 2**63 - 1),
        ("attempts", "attempts", 65_535),
        ("next_due_at", "next_due_at", 2**62),
        ("priority", "priority", -(2**31)),
        ("zone", "zone", 65_535),
        ("number_next", "number_next", 1),
    ],
)
def test_what_is_set_is_set_in_the_table(
    table: ContactTable, name: str, column: str, value: int
) -> None:
    record = ContactRecord(table, 0)
    setattr(record, name, value)
    assert getattr(record, name) == value
    assert table.column(column)[0] == value
    before = table.column(column)[1]
    assert ContactRecord(table, 1).key.startswith("a key")
    assert table.column(column)[1] == before


@pytest.mark.parametrize("name", ["state", "reason", "flags", "attempts", "zone"])
def test_a_value_that_does_not_fit_is_refused(table: ContactTable, name: str) -> None:
    record = ContactRecord(table, 0)
    for value in (-1, 1 << 16):
        with pytest.raises(OverflowError):
            setattr(record, name, value)
    assert getattr(record, name) == table.column(name)[0]


def test_a_number_that_it_does_not_have_is_refused(table: ContactTable) -> None:
    record = ContactRecord(table, 1)
    for wrong in (-1, 1, 8):
        for ask in (record.number, record.number_state, record.number_kind, record.number_hours):
            with pytest.raises(IndexError):
                ask(wrong)
        with pytest.raises(IndexError):
            record.set_number_state(wrong, 1)
        with pytest.raises(IndexError):
            record.count_attempt(wrong, 1_000, 0)
    with pytest.raises(IndexError):
        record.number_next = 1
    assert record.attempts == 0


def test_attempts_are_counted_of_contact_number_and_day(table: ContactTable) -> None:
    record = ContactRecord(table, 0)
    record.count_attempt(1, 1_000, 7)
    record.count_attempt(1, 2_000, 7)
    record.count_attempt(0, 3_000, 8)
    assert (record.attempts, record.day_attempts, record.day) == (3, 1, 8)
    assert (record.number_attempts(0), record.number_attempts(1)) == (1, 2)
    assert record.last_attempt_at == 3_000
    record.set_number_state(1, 9)
    assert (record.number_state(0), record.number_state(1)) == (0, 9)


def test_a_contact_that_is_gone_is_not_another_one(table: ContactTable) -> None:
    gone, other = ContactRecord(table, 0), ContactRecord(table, 1)
    table.remove(0)
    with pytest.raises(KeyError):
        _ = gone.state
    table.load(["grace"], [[ADA + 3]])
    assert ContactRecord(table, 0).key == "grace"
    with pytest.raises(KeyError, match="row 0 does not hold this contact any more"):
        gone.state = 1
    assert ContactRecord(table, 0).state == 0
    table.clear()
    with pytest.raises(KeyError):
        other.number(0)


def test_a_row_without_a_contact_is_refused(table: ContactTable) -> None:
    for row in (2, -1, 2**40):
        with pytest.raises(KeyError):
            ContactRecord(table, row)
    with pytest.raises(TypeError):
        ContactRecord(None, 0)  # type: ignore[arg-type] # what a careless caller passes
