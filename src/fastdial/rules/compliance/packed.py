"""Telephone numbers as bytes: int64 in little-endian order, without the plus sign."""

import numpy as np
from numpy.typing import NDArray

ITEM = np.dtype("<i8")


def packed(numbers: NDArray[np.int64]) -> bytes:
    """Numbers as messages carry them."""
    return np.ascontiguousarray(numbers, ITEM).tobytes()


def unpacked(numbers: bytes) -> NDArray[np.int64]:
    """What `packed` gave; ValueError for bytes that are no whole number of integers."""
    return np.frombuffer(numbers, ITEM).astype(np.int64)
