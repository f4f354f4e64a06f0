"""The contact table beside what one would take for it in Python, and beside Redis."""

import gc
import platform
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import perf_counter
from typing import Any

import numpy as np
from benchmarks.compare.harness import Measure, PeerMissingError, Row

from fastdial.kernel.contact_table import ContactTable

PIPELINED = 1000


class Work:
    """The same contacts for all: a key of 12 bytes, a number, and four columns; in no order."""

    def __init__(self, count: int) -> None:
        rng = np.random.default_rng(20_231_115)
        self.count = count
        ids = rng.permutation(count)
        digits = np.full((count, 12), ord("C"), np.uint8)
        for place in range(11):
            digits[:, 11 - place] = ord("0") + ids // 10**place % 10
        self.keys: Any = digits.view("S12").ravel()
        self.numbers = 48_000_000_000 + rng.integers(0, 10**9, count)
        self.zones = rng.integers(0, 40, count)
        self.priorities = rng.integers(0, 5, count)
        self.probabilities = rng.random(count, np.float32)
        self.order_keys = rng.integers(0, 10**12, count)
        self.asked: Any = self.keys[rng.permutation(count)]


def loaded(work: Work) -> ContactTable:
    table = ContactTable()
    table.load(
        work.keys,
        work.numbers,
        zones=work.zones,
        priorities=work.priorities,
        answer_probabilities=work.probabilities,
        order_keys=work.order_keys,
    )
    return table


def ours(work: Work) -> float:
    """Load, then find every row by its key and read its number."""
    start = perf_counter()
    table = loaded(work)
    found = table.take("number", table.find_many(work.asked))
    seconds = perf_counter() - start
    if int(found.sum()) != int(work.numbers.sum()):
        raise AssertionError("the numbers found are not those loaded")
    return work.count / seconds


def with_dict(work: Work) -> float:
    """The same with a dict; the collector is off, which favours it by a tenth."""
    gc.disable()
    try:
        return in_dict(work)
    finally:
        gc.enable()


def in_dict(work: Work) -> float:
    start = perf_counter()
    columns = zip(
        work.numbers.tolist(),
        work.zones.tolist(),
        work.priorities.tolist(),
        work.probabilities.tolist(),
        work.order_keys.tolist(),
        strict=True,
    )
    table = dict(zip(work.keys.tolist(), columns, strict=True))
    found = [table[key][0] for key in work.asked.tolist()]
    seconds = perf_counter() - start
    if sum(found) != int(work.numbers.sum()):
        raise AssertionError("the numbers found are not those loaded")
    return work.count / seconds


@contextmanager
def redis_server() -> Iterator[socket.socket]:
    """A Redis of our own on a Unix socket, without persistence."""
    program = shutil.which("redis-server")
    if program is None:
        raise PeerMissingError("redis-server is not installed; apt-get install redis-server")
    with tempfile.TemporaryDirectory() as folder:
        path = str(Path(folder) / "redis.sock")
        settings = ["--port", "0", "--unixsocket", path, "--save", "", "--appendonly", "no"]
        server = subprocess.Popen([program, *settings, "--dir", folder], stdout=subprocess.DEVNULL)
        try:
            with socket.socket(socket.AF_UNIX) as connection:
                deadline = time.monotonic() + 10
                while connection.connect_ex(path):
                    if server.poll() is not None or time.monotonic() > deadline:
                        raise PeerMissingError("redis-server does not start")
                    time.sleep(0.01)
                yield connection
        finally:
            server.terminate()
            server.wait()


def command(*words: bytes) -> bytes:
    return b"*%d\r\n" % len(words) + b"".join(b"$%d\r\n%s\r\n" % (len(w), w) for w in words)


def requests(work: Work) -> list[tuple[bytes, int]]:
    """HSET of every contact, then HGET of every number; encoded before the clock starts.

    With each pipeline, how many lines answer it.
    """
    columns = (work.numbers, work.zones, work.priorities, work.probabilities, work.order_keys)
    rows = zip(work.keys.tolist(), *(column.tolist() for column in columns), strict=True)
    fields = (b"number", b"zone", b"priority", b"probability", b"order")
    sets = [
        command(
            b"HSET",
            key,
            *(w for f, v in zip(fields, row, strict=True) for w in (f, str(v).encode())),
        )
        for key, *row in rows
    ]
    gets = [command(b"HGET", key, b"number") for key in work.asked.tolist()]
    return [
        (b"".join(some[start : start + PIPELINED]), lines * len(some[start : start + PIPELINED]))
        for some, lines in ((sets, 1), (gets, 2))
        for start in range(0, len(some), PIPELINED)
    ]


def with_redis(work: Work, prepared: list[tuple[bytes, int]]) -> float:
    """Two pipelines of 1,000 in flight, so that the server never waits; replies are counted."""
    with redis_server() as connection:
        connection.settimeout(60)
        start = perf_counter()
        owed = 0
        for request, lines in [*prepared, (b"", 0)]:
            connection.sendall(request)
            owed += lines
            while owed > lines:
                chunk = connection.recv(1 << 20)
                if chunk[:1] == b"-":
                    raise AssertionError(f"Redis refused: {chunk[:100]!r}")
                owed -= chunk.count(b"\n")
        return work.count / (perf_counter() - start)


def beside_dict(scale: float) -> tuple[Measure, Measure]:
    work = Work(max(1, int(10_000_000 * scale)))
    return lambda: ours(work), lambda: with_dict(work)


def beside_redis(scale: float) -> tuple[Measure, Measure]:
    if shutil.which("redis-server") is None:
        raise PeerMissingError("redis-server is not installed; apt-get install redis-server")
    work = Work(max(1, int(1_000_000 * scale)))
    prepared = requests(work)
    return lambda: ours(work), lambda: with_redis(work, prepared)


def bytes_each(scale: float) -> tuple[Measure, Measure]:
    work = Work(max(10_000, int(10_000_000 * scale)))
    return lambda: loaded(work).nbytes / work.count, lambda: 160.0


def copied(image: bytes) -> float:
    """What any restoring must do: put the bytes into new memory, and look at each for damage."""
    start = perf_counter()
    source = np.frombuffer(image, np.uint64)
    target = np.empty(len(source), np.uint64)
    target[:] = source
    target.sum()
    seconds = perf_counter() - start
    del target
    return len(image) / seconds


def restored(image: bytes) -> float:
    start = perf_counter()
    table = ContactTable.restore(image)
    seconds = perf_counter() - start
    del table  # giving memory back is not timed, here as there
    return len(image) / seconds


def saved(table: ContactTable) -> float:
    start = perf_counter()
    image = table.snapshot()
    seconds = perf_counter() - start
    return len(image) / seconds


def beside_copying(scale: float) -> tuple[Measure, Measure]:
    image = loaded(Work(max(1, int(10_000_000 * scale)))).snapshot()
    return lambda: restored(image), lambda: copied(image)


def saving_beside_copying(scale: float) -> tuple[Measure, Measure]:
    table = loaded(Work(max(1, int(10_000_000 * scale))))
    image = table.snapshot()
    return lambda: saved(table), lambda: copied(image)


COPYING = "copy of the same bytes to new memory and a sum of their words (NumPy)"

ROWS = [
    Row(
        name="table.load",
        unit="contacts/s",
        goal=5,
        peer_name=f"dict of tuples (Python {platform.python_version()}, no garbage collection)",
        prepare=beside_dict,
        work="10 M contacts from arrays, then every number found by key",
    ),
    Row(
        name="table.redis",
        unit="contacts/s",
        goal=50,
        peer_name="Redis HSET and HGET, twice 1,000 in flight, Unix socket, no persistence",
        prepare=beside_redis,
        work="1 M contacts, then every number found by key",
    ),
    Row(
        name="table.bytes",
        unit="bytes/contact",
        goal=1,
        peer_name="limit",
        prepare=bytes_each,
        more_is_better=False,
        work="10 M contacts with one number and a key of 12 bytes, index and all",
    ),
    Row(
        name="table.restore",
        unit="bytes/s",
        goal=0.6,
        peer_name=COPYING,
        prepare=beside_copying,
        work="a snapshot of 10 M contacts, checked, with its index built",
    ),
    Row(
        name="table.snapshot",
        unit="bytes/s",
        goal=0.6,
        peer_name=COPYING,
        prepare=saving_beside_copying,
        work="10 M contacts",
    ),
]
