"""How much memory this process holds now, for tests that look for leaks."""

from pathlib import Path

import pytest

STATM = Path("/proc/self/statm")


def resident_kib() -> int:
    if not STATM.exists():
        pytest.skip("needs /proc/self/statm to see the memory in use")
    return int(STATM.read_text().split()[1]) * 4
