"""How much memory this process holds now, for tests that look for leaks."""

import ctypes
from pathlib import Path

import pytest

STATM = Path("/proc/self/statm")


def resident_kib() -> int:
    """What the system has given, maps included; coarse."""
    if not STATM.exists():
        pytest.skip("needs /proc/self/statm to see the memory in use")
    return int(STATM.read_text().split()[1]) * 4


class _Heap(ctypes.Structure):
    """struct mallinfo2 of the GNU C library."""

    _fields_ = [
        (name, ctypes.c_size_t)
        for name in (
            *("arena", "ordblks", "smblks", "hblks", "hblkhd"),
            *("usmblks", "fsmblks", "uordblks", "fordblks", "keepcost"),
        )
    ]


def heap_kib() -> int:
    """What was asked of malloc and not given back, to the byte; 0 where that can not be known."""
    try:
        ask = ctypes.CDLL(None).mallinfo2
    except (AttributeError, OSError):
        return 0
    ask.restype = _Heap
    heap = ask()
    return int(heap.uordblks + heap.hblkhd) // 1024
