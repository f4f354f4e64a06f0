"""Every journal keeps the same promises: the same suite over memory and SQLite, side by side."""

import sqlite3
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from fastdial.journal import (
    AppendConflict,
    EpochFenced,
    Journal,
    JournalBusy,
    JournalError,
    MemoryJournal,
    Record,
    Snapshot,
    SqliteJournal,
    SqliteReader,
    sqlite_checkpoints,
)


@pytest.fixture(params=["memory", "sqlite"])
def journal(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Journal]:
    made: Journal = (
        MemoryJournal() if request.param == "memory" else SqliteJournal(tmp_path / "site.journal")
    )
    yield made
    made.close()


def test_records_come_back_in_order_with_their_sequence(journal: Journal) -> None:
    epoch = journal.claim()
    assert journal.append([b"a", b"b"], expected_last_seq=0, epoch=epoch) == 2
    assert journal.append([b"c"], expected_last_seq=2, epoch=epoch) == 3
    assert journal.last_seq == 3
    assert journal.read(0) == [Record(1, b"a"), Record(2, b"b"), Record(3, b"c")]
    assert journal.read(2) == [Record(3, b"c")]
    assert journal.read(3) == []


def test_an_append_that_follows_another_sequence_is_refused(journal: Journal) -> None:
    epoch = journal.claim()
    journal.append([b"a"], expected_last_seq=0, epoch=epoch)
    for expected in (0, 2):
        with pytest.raises(AppendConflict, match="the journal ends at 1"):
            journal.append([b"x"], expected_last_seq=expected, epoch=epoch)
    assert journal.read(0) == [Record(1, b"a")]


def test_an_owner_who_was_followed_by_another_can_write_nothing(journal: Journal) -> None:
    first = journal.claim()
    second = journal.claim()
    assert second > first
    with pytest.raises(EpochFenced):
        journal.append([b"late"], expected_last_seq=0, epoch=first)
    assert journal.append([b"new"], expected_last_seq=0, epoch=second) == 1


def test_a_long_batch_is_one_batch(journal: Journal) -> None:
    payloads = [str(number).encode() for number in range(1_003)]
    journal.append(payloads, expected_last_seq=0, epoch=journal.claim())
    assert [record.payload for record in journal.read(0, max_records=2_000)] == payloads


def test_the_log_of_a_journal_that_never_rests_stays_short(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlite_checkpoints, "LOG_BYTES", 100_000)
    journal = SqliteJournal(tmp_path / "site.journal")
    epoch = journal.claim()
    longest = 0
    for last_seq in range(400):
        journal.append([bytes(50_000)], expected_last_seq=last_seq, epoch=epoch)
        longest = max(longest, (tmp_path / "site.journal-wal").stat().st_size)
    journal.close()
    assert longest < 10_000_000


def test_the_log_stays_short_of_small_commits_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlite_checkpoints, "LOG_BYTES", 100_000)
    journal = SqliteJournal(tmp_path / "site.journal")
    epoch = journal.claim()
    for last_seq in range(1_000):
        journal.append([b"little"], expected_last_seq=last_seq, epoch=epoch)
    assert (tmp_path / "site.journal-wal").stat().st_size < 3_000_000
    journal.close()


def test_a_checkpoint_that_fails_does_not_undo_a_commit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(sqlite_checkpoints, "LOG_BYTES", 1)
    journal = SqliteJournal(tmp_path / "site.journal")
    epoch = journal.claim()
    journal._checkpoints.close()
    assert journal.append([b"a"], expected_last_seq=0, epoch=epoch) == 1
    assert journal.append([b"b"], expected_last_seq=1, epoch=epoch) == 2
    assert "not copied" in caplog.text
    journal.close()


def test_reading_stops_at_the_number_of_records_or_bytes_asked_for(journal: Journal) -> None:
    journal.append([b"1234"] * 10, expected_last_seq=0, epoch=journal.claim())
    assert [record.seq for record in journal.read(2, max_records=3)] == [3, 4, 5]
    assert [record.seq for record in journal.read(2, max_bytes=5)] == [3, 4]
    assert [record.seq for record in journal.read(2, max_bytes=1)] == [3]


def test_the_newest_snapshot_is_kept(journal: Journal) -> None:
    assert journal.newest_snapshot() is None
    journal.save_snapshot(Snapshot(0, b"fresh"))
    journal.append([b"a", b"b"], expected_last_seq=0, epoch=journal.claim())
    journal.save_snapshot(Snapshot(2, b"later"))
    journal.save_snapshot(Snapshot(1, b"older"))
    assert journal.newest_snapshot() == Snapshot(2, b"later")


def test_the_first_snapshot_is_kept_too_so_that_all_of_the_past_can_be_rebuilt(
    journal: Journal,
) -> None:
    journal.save_snapshot(Snapshot(0, b"fresh"))
    journal.append([b"a"] * 9, expected_last_seq=0, epoch=journal.claim())
    for seq in (2, 4, 6, 8):
        journal.save_snapshot(Snapshot(seq, b"later"))
    assert journal.newest_snapshot(1) == Snapshot(0, b"fresh")
    assert journal.newest_snapshot(3) == Snapshot(0, b"fresh")
    assert journal.newest_snapshot(8) == journal.newest_snapshot() == Snapshot(8, b"later")


def test_a_reader_sees_what_the_writer_has_written(tmp_path: Path) -> None:
    path = tmp_path / "site.journal"
    with pytest.raises(JournalError, match="there is no such file"):
        SqliteReader(path)
    journal = SqliteJournal(path)
    reader = SqliteReader(path)
    epoch = journal.claim()
    journal.save_snapshot(Snapshot(0, b"fresh"))
    for count in (1, 2):
        journal.append([b"a"], expected_last_seq=count - 1, epoch=epoch)
        assert len(reader.read(0)) == count
    assert reader.newest_snapshot() == Snapshot(0, b"fresh")
    journal.close()
    assert len(reader.read(0)) == 2
    reader.close()
    reader.close()


def test_a_file_that_is_no_journal_is_not_read(tmp_path: Path) -> None:
    (tmp_path / "list.csv").write_text("contact_key,number\n" * 100)
    with pytest.raises(JournalError, match="cannot be read as a journal"):
        SqliteReader(tmp_path / "list.csv")
    other = sqlite3.connect(tmp_path / "other.db")
    other.execute("CREATE TABLE t (x)")
    other.close()
    with pytest.raises(JournalError, match="not a journal of fastdial"):
        SqliteReader(tmp_path / "other.db")


def test_a_snapshot_of_what_was_never_written_is_refused(journal: Journal) -> None:
    with pytest.raises(JournalError, match="ahead of the journal"):
        journal.save_snapshot(Snapshot(1, b"too early"))
    assert journal.newest_snapshot() is None


def test_an_append_with_an_unknown_outcome_is_settled_by_reading(journal: Journal) -> None:
    epoch = journal.claim()
    journal.append([b"a", b"b"], expected_last_seq=0, epoch=epoch)
    assert journal.settle([b"a", b"b"], expected_last_seq=0)
    assert journal.settle([b"b"], expected_last_seq=1)
    assert not journal.settle([b"c"], expected_last_seq=2)
    assert not journal.settle([b"a", b"x"], expected_last_seq=0)


def test_a_snapshot_larger_than_a_part_comes_back_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("fastdial.journal.sqlite.PART_BYTES", 7)
    journal = SqliteJournal(tmp_path / "site.journal")
    data = bytes(range(100))
    journal.save_snapshot(Snapshot(0, data))
    assert journal.newest_snapshot() == Snapshot(0, data)
    journal.save_snapshot(Snapshot(0, b"x"))
    assert journal.newest_snapshot() == Snapshot(0, b"x")
    journal.close()


def test_two_processes_cannot_write_one_journal(tmp_path: Path) -> None:
    journal = SqliteJournal(tmp_path / "site.journal")
    with pytest.raises(JournalBusy, match="in use by process"):
        SqliteJournal(tmp_path / "site.journal")
    journal.close()
    journal.close()
    SqliteJournal(tmp_path / "site.journal").close()


def test_a_file_that_is_no_journal_is_refused(tmp_path: Path) -> None:
    other = tmp_path / "notes.txt"
    other.write_bytes(b"not a database" * 100)
    with pytest.raises(JournalError, match="cannot be used as a journal"):
        SqliteJournal(other)
    assert other.read_bytes() == b"not a database" * 100


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(JournalError, match="folder has to exist"):
        SqliteJournal(tmp_path / "nowhere" / "site.journal")


class SideBySide(RuleBasedStateMachine):
    """Memory and SQLite get the same calls; SQLite is also closed and opened again."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.path = Path(self.folder.name) / "site.journal"
        self.memory = MemoryJournal()
        self.sqlite = SqliteJournal(self.path)
        self.epochs = [0]

    @rule()
    def claim(self) -> None:
        epoch = self.memory.claim()
        assert self.sqlite.claim() == epoch
        self.epochs.append(epoch)

    @rule(
        payloads=st.lists(st.binary(max_size=20), max_size=5),
        off=st.sampled_from([0, 0, 0, -1, 1]),
        older=st.sampled_from([0, 0, 0, 1]),
    )
    def append(self, payloads: list[bytes], off: int, older: int) -> None:
        epoch = max(self.epochs[-1] - older, 0)
        expected = self.memory.last_seq + off
        said: list[int | type[JournalError]] = []
        for journal in (self.memory, self.sqlite):
            try:
                said.append(journal.append(payloads, expected_last_seq=expected, epoch=epoch))
            except JournalError as error:
                said.append(type(error))
        assert said[0] == said[1]

    @rule(data=st.binary(max_size=50), back=st.integers(-1, 3))
    def snapshot(self, data: bytes, back: int) -> None:
        snapshot = Snapshot(max(self.memory.last_seq - back, 0), data)
        said: list[type[JournalError] | None] = []
        for journal in (self.memory, self.sqlite):
            try:
                journal.save_snapshot(snapshot)
                said.append(None)
            except JournalError as error:
                said.append(type(error))
        assert said[0] == said[1]

    @rule(after=st.integers(0, 30), records=st.integers(1, 10), size=st.integers(1, 60))
    def read(self, after: int, records: int, size: int) -> None:
        assert self.memory.read(after, max_records=records, max_bytes=size) == self.sqlite.read(
            after, max_records=records, max_bytes=size
        )

    @precondition(lambda self: self.memory.last_seq)
    @rule()
    def reopen(self) -> None:
        self.sqlite.close()
        self.sqlite = SqliteJournal(self.path)

    @invariant()
    def same_end(self) -> None:
        assert self.memory.last_seq == self.sqlite.last_seq
        assert self.memory.newest_snapshot() == self.sqlite.newest_snapshot()

    def teardown(self) -> None:
        self.sqlite.close()
        self.folder.cleanup()


TestSideBySide = SideBySide.TestCase
