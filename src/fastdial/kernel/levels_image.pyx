# cython: language_level=3
"""Snapshots of levels.

A header of nine 64-bit words; the levels, those of lists last; the lines that are not counted yet,
in order of dialing. Beside the checksum every field is checked.
"""

from libc.stdint cimport int64_t, uint32_t, uint64_t, uint8_t
from libc.string cimport memcpy

from cpython.bytes cimport PyBytes_AS_STRING, PyBytes_FromStringAndSize

from fastdial.kernel._hashing cimport checksum64
from fastdial.kernel._numbers cimport to_number
from fastdial.kernel.levels cimport (
    ATTEMPTS, FIXED, HOURS, KINDS, LISTS_MOST, LOG_MOST, DialedLine, Level, levels_need_list,
    levels_need_room,
)

cdef enum:
    VERSION = 1

cdef uint64_t MAGIC = 0x534C_4556_454C_4446    # "FDLEVELS" in the order of bytes


cdef uint64_t seal(const LevelsHeader* header, const char* payload, size_t nbytes) noexcept nogil:
    cdef LevelsHeader bare = header[0]
    bare.checksum = 0
    return checksum64(payload, nbytes, checksum64(<const char*> &bare, sizeof(LevelsHeader), 0))


cdef bytes levels_to_bytes(const Levels* levels):
    cdef size_t levels_nbytes = (FIXED + levels.lists) * sizeof(Level)
    cdef size_t nbytes = levels_nbytes + (levels.next - levels.first) * sizeof(DialedLine)
    cdef bytes image = PyBytes_FromStringAndSize(NULL, sizeof(LevelsHeader) + nbytes)
    cdef char* out = PyBytes_AS_STRING(image) + sizeof(LevelsHeader)
    cdef LevelsHeader header
    cdef int64_t serial
    memcpy(out, levels.levels, levels_nbytes)
    out += levels_nbytes
    for serial in range(levels.first, levels.next):
        memcpy(out, &levels.lines[serial & (levels.room - 1)], sizeof(DialedLine))
        out += sizeof(DialedLine)
    header.magic = MAGIC
    header.version = VERSION
    header.lists = levels.lists
    header.lines = levels.next - levels.first
    header.first = levels.first
    header.prior = levels.prior
    header.half_life = levels.half_life
    header.last = levels.last
    header.checksum = seal(&header, PyBytes_AS_STRING(image) + sizeof(LevelsHeader), nbytes)
    memcpy(PyBytes_AS_STRING(image), &header, sizeof(LevelsHeader))
    return image


cdef int levels_header(const uint8_t[::1] data, LevelsHeader* header) except -1:
    cdef uint64_t nbytes = data.shape[0]
    if nbytes < sizeof(LevelsHeader):
        raise ValueError(f"not a snapshot of levels: {nbytes} bytes are less than its header")
    memcpy(header, &data[0], sizeof(LevelsHeader))
    nbytes -= sizeof(LevelsHeader)
    if header.magic != MAGIC:
        raise ValueError("not a snapshot of levels: it does not begin as one")
    if header.version != VERSION:
        raise ValueError(
            f"not a snapshot of levels that is read here: version {header.version}; {VERSION} is"
        )
    if (
        header.lists > LISTS_MOST or header.lines > nbytes // sizeof(DialedLine)
        or nbytes != (FIXED + header.lists) * sizeof(Level) + header.lines * sizeof(DialedLine)
    ):
        raise ValueError("not a snapshot of levels: its length is not the one that it says")
    if seal(header, <const char*> &data[0] + sizeof(LevelsHeader), nbytes) != header.checksum:
        raise ValueError("not a snapshot of levels: its checksum does not agree")
    if header.lists in (1, 2) or header.lists & (header.lists - 1) or not (
        0 <= header.first <= 1LL << 62
    ):
        raise ValueError("not a snapshot of levels: what it says of itself is out of bounds")
    return 0


cdef int levels_from_bytes(
    Levels* levels, const uint8_t[::1] data, const LevelsHeader* header
) except -1:
    cdef const char* payload = <const char*> &data[0] + sizeof(LevelsHeader)
    if header.lists and levels_need_list(levels, <uint32_t> header.lists - 1):
        raise MemoryError(f"no memory for {header.lists} lists")
    levels.first = levels.next = header.first
    if levels_need_room(levels, header.lines):
        raise MemoryError(f"no memory for {header.lines} lines")
    levels.last = to_number(header.last, "last", 0, 1e15)
    take_levels(levels, payload)
    take_lines(levels, payload + (FIXED + levels.lists) * sizeof(Level), header.lines)
    return 0


cdef int take_levels(Levels* levels, const char* payload) except -1:
    cdef uint32_t at
    cdef Level* level
    memcpy(levels.levels, payload, (FIXED + levels.lists) * sizeof(Level))
    for at in range(FIXED + levels.lists):
        level = &levels.levels[at]
        if not (
            -LOG_MOST <= level.log_factor <= LOG_MOST and 0 <= level.answers <= 1e15
            and 0 <= level.expected <= 1e15
        ):
            raise ValueError(f"not a snapshot of levels: level {at} is out of bounds")
    return 0


cdef int take_lines(Levels* levels, const char* payload, int64_t count) except -1:
    cdef DialedLine line
    cdef double before = 0.0
    cdef int64_t at
    for at in range(count):
        memcpy(&line, payload + at * sizeof(DialedLine), sizeof(DialedLine))
        if not (
            before <= line.dialed_at <= levels.last and line.traits.list < levels.lists
            and line.traits.hour < HOURS and 1 <= line.traits.attempt <= ATTEMPTS
            and line.traits.kind < KINDS
            and (line.traits.told == -1 or 0 <= line.traits.told <= 1)
            and 0 <= line.share <= 1 and line.answered <= 1
        ):
            raise ValueError(f"not a snapshot of levels: line {at} is out of bounds")
        levels.lines[levels.next & (levels.room - 1)] = line
        levels.next += 1
        before = line.dialed_at
    return 0
