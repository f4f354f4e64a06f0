# cython: language_level=3
"""Up to 512 ascending numbers in few bytes.

A leaf holds its first number and the distances of all from it: as a bitmap where they crowd, else
each in as many bits as the largest needs. So any of them is read in one step, and nothing is
unpacked to look for one: the guess that numbers are spread evenly is right or nearly so.
"""

from libc.stdint cimport int64_t, uint8_t, uint16_t, uint32_t, uint64_t
from libc.string cimport memcpy, memset

from fastdial.kernel._hashing cimport load64

cdef enum:
    LEAF_NUMBERS = 512
    LEAF_PAD = 8  # a number is read with the eight bytes at which it begins

cdef struct Leaf:
    int64_t first
    int64_t last
    uint32_t block  # which block of its class holds it
    uint16_t count
    uint8_t width  # bits of a packed distance, at most 50
    uint8_t is_bitmap

cdef inline char* leaf_payload(const Leaf* leaf) noexcept nogil:
    return <char*>leaf + sizeof(Leaf)

cdef inline uint32_t bits_of(uint64_t value) noexcept nogil:
    cdef uint32_t bits = 0
    while value:
        value >>= 1
        bits += 1
    return bits

cdef inline void leaf_describe(Leaf* leaf, const int64_t* numbers, uint32_t count) noexcept nogil:
    """Choose the form for 1 to 512 strictly ascending numbers."""
    leaf.first = numbers[0]
    leaf.last = numbers[count - 1]
    leaf.count = <uint16_t>count
    leaf.width = <uint8_t>bits_of(<uint64_t>(leaf.last - leaf.first))
    leaf.is_bitmap = leaf.last - leaf.first < <int64_t>count * leaf.width

cdef inline uint32_t leaf_payload_nbytes(const Leaf* leaf) noexcept nogil:
    if leaf.is_bitmap:
        return <uint32_t>((leaf.last - leaf.first) >> 3) + 1
    return ((<uint32_t>leaf.count * leaf.width + 7) >> 3) + LEAF_PAD

cdef inline void leaf_pack(Leaf* leaf, const int64_t* numbers) noexcept nogil:
    """Write the numbers behind a leaf that has been described for them."""
    cdef char* payload = leaf_payload(leaf)
    cdef uint32_t i
    cdef uint64_t distance, at, word
    memset(payload, 0, leaf_payload_nbytes(leaf))
    for i in range(leaf.count):
        distance = <uint64_t>(numbers[i] - leaf.first)
        if leaf.is_bitmap:
            payload[distance >> 3] = <char>(<uint8_t>payload[distance >> 3] | 1 << (distance & 7))
        else:
            at = <uint64_t>i * leaf.width
            word = load64(payload + (at >> 3)) | distance << (at & 7)
            memcpy(payload + (at >> 3), &word, 8)

cdef inline uint64_t leaf_distance(const Leaf* leaf, uint32_t i) noexcept nogil:
    """Distance of packed number i from the first."""
    cdef uint64_t at = <uint64_t>i * leaf.width
    return (load64(leaf_payload(leaf) + (at >> 3)) >> (at & 7)) & (
        ((<uint64_t>1) << leaf.width) - 1)

cdef inline uint32_t leaf_unpack(const Leaf* leaf, int64_t* numbers) noexcept nogil:
    """Write the numbers out, ascending; at most 512, and gives how many."""
    cdef const uint8_t* payload = <const uint8_t*>leaf_payload(leaf)
    cdef uint32_t i, found = 0
    cdef int64_t distance
    if leaf.is_bitmap:
        for distance in range(leaf.last - leaf.first + 1):
            if payload[distance >> 3] >> (distance & 7) & 1 and found < LEAF_NUMBERS:
                numbers[found] = leaf.first + distance
                found += 1
        return found
    for i in range(leaf.count):
        numbers[i] = leaf.first + <int64_t>leaf_distance(leaf, i)
    return leaf.count

cdef inline uint32_t leaf_guess(const Leaf* leaf, int64_t number) noexcept nogil:
    """Where a packed number would stand if all were spread evenly."""
    cdef double share = <double>(number - leaf.first) / <double>(leaf.last - leaf.first + 1)
    return <uint32_t>(share * leaf.count)

cdef inline const char* leaf_near(const Leaf* leaf, int64_t number) noexcept nogil:
    """The address that a search for a number from first to last will read first."""
    cdef uint64_t distance = <uint64_t>(number - leaf.first)
    if leaf.is_bitmap:
        return leaf_payload(leaf) + (distance >> 3)
    return leaf_payload(leaf) + ((<uint64_t>leaf_guess(leaf, number) * leaf.width) >> 3)

cdef inline bint leaf_search(const Leaf* leaf, uint64_t distance, uint32_t guess) noexcept nogil:
    """From the guess outwards in doubling steps, then by halves."""
    cdef uint32_t low = 0, high = leaf.count, middle, step = 4
    cdef uint64_t found = leaf_distance(leaf, guess)
    if found == distance:
        return True
    if found < distance:
        low = guess + 1
        while low + step < high:
            if leaf_distance(leaf, low + step) > distance:
                high = low + step
                break
            low += step
            step <<= 1
    else:
        high = guess
        while high >= low + step:
            if leaf_distance(leaf, high - step) <= distance:
                low = high - step
                break
            high -= step
            step <<= 1
    while low < high:
        middle = (low + high) >> 1
        found = leaf_distance(leaf, middle)
        if found == distance:
            return True
        if found < distance:
            low = middle + 1
        else:
            high = middle
    return False

cdef inline bint leaf_has(const Leaf* leaf, int64_t number) noexcept nogil:
    cdef uint64_t distance
    if number < leaf.first or number > leaf.last:
        return False
    distance = <uint64_t>(number - leaf.first)
    if leaf.is_bitmap:
        return (<uint8_t>leaf_payload(leaf)[distance >> 3] >> (distance & 7)) & 1
    return leaf_search(leaf, distance, leaf_guess(leaf, number))
