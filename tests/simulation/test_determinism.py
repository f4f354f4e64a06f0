"""The same files and seed give the same events, byte for byte, in every process."""

import os
import subprocess
import sys
from pathlib import Path

PROGRAM = Path(__file__).with_name("example_shift.py")


def digest_of_the_shift(*, seed: int, hash_seed: int) -> str:
    """What an hour of the example campaign comes to, in a process of its own."""
    environment = {**os.environ, "PYTHONHASHSEED": str(hash_seed)}
    return subprocess.run(
        [sys.executable, str(PROGRAM), str(seed)],
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    ).stdout


def test_two_processes_with_the_same_seed_and_files_write_the_same_record() -> None:
    """Their hash seeds differ, so an order that follows from hashes would show."""
    first = digest_of_the_shift(seed=4, hash_seed=1)
    assert int(first.split()[0]) > 5_000
    assert digest_of_the_shift(seed=4, hash_seed=2) == first
    assert digest_of_the_shift(seed=5, hash_seed=1) != first
