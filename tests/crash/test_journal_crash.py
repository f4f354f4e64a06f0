"""A writer killed at any moment leaves all that it acknowledged, and whole batches only."""

import random
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from fastdial.journal import SqliteJournal

WRITER = """
import sys
from fastdial.journal import Snapshot, SqliteJournal

journal = SqliteJournal(sys.argv[1])
epoch = journal.claim()
batch = 0
while True:
    batch += 1
    size = 1 + batch % 7
    payloads = [b"%d/%d " % (place, size) + b"x" * (batch * 37 % 3000) for place in range(size)]
    last = journal.append(payloads, expected_last_seq=journal.last_seq, epoch=epoch)
    print(last, flush=True)
    if batch % 20 == 0:
        journal.save_snapshot(Snapshot(last, b"%d" % last * 1000))
"""


def _write_until_killed(path: Path, acknowledgements: int) -> int:
    """Kill the writer after so many acknowledgements; returns the last one that was heard."""
    with subprocess.Popen(
        [sys.executable, "-c", WRITER, str(path)], stdout=subprocess.PIPE
    ) as writer:
        assert writer.stdout is not None
        for _ in range(acknowledgements):
            assert writer.stdout.readline()
        writer.send_signal(signal.SIGKILL)
        heard = writer.stdout.read().split()
    return int(heard[-1]) if heard else 0


def _batches(journal: SqliteJournal) -> list[tuple[int, int]]:
    records = journal.read(0, max_records=1_000_000, max_bytes=1 << 40)
    places = []
    for record in records:
        place, _, size = record.payload.split(b" ")[0].partition(b"/")
        places.append((int(place), int(size)))
    return places


@pytest.mark.parametrize("seed", range(4))
def test_what_was_acknowledged_is_there_after_a_kill(tmp_path: Path, seed: int) -> None:
    rng = random.Random(seed)
    path = tmp_path / "site.journal"
    for _ in range(3):
        acknowledged = _write_until_killed(path, rng.randint(1, 60))
        journal = SqliteJournal(path)
        assert journal.last_seq >= acknowledged
        places = _batches(journal)
        assert len(places) == journal.last_seq
        expected: list[tuple[int, int]] = []
        while len(expected) < len(places):
            size = places[len(expected)][1]
            expected += [(place, size) for place in range(size)]
        assert places == expected
        snapshot = journal.newest_snapshot()
        if snapshot is not None:
            assert snapshot.seq <= journal.last_seq
            assert snapshot.data == b"%d" % snapshot.seq * 1000
        journal.close()
