# cython: language_level=3
"""Numbers that are never dialed: 100 million in a few hundred megabytes, asked about in batches.

A number is E.164 without its plus sign, 1 to 999,999,999,999,999. Batch methods release the GIL.
Meanwhile other threads may read what is only being read; a call that would meet a change in
progress, or change what is being read, raises RuntimeError.
"""

cimport cython

import numpy as np

from cpython.bytes cimport PyBytes_AS_STRING, PyBytes_FromStringAndSize
from libc.stdint cimport int64_t, uint8_t, uint32_t, uint64_t
from libc.string cimport memchr, memcpy, memset

from fastdial.kernel._hashing cimport checksum64
from fastdial.kernel._number_leaf cimport (
    LEAF_NUMBERS, Leaf, leaf_describe, leaf_pack, leaf_payload, leaf_payload_nbytes, leaf_unpack,
)
from fastdial.kernel.number_set cimport (
    Builder, Cursor, NumberSet, builder_flush, builder_init, builder_push, cursor_next, cursor_seek,
    numbers_add, numbers_free, numbers_has, numbers_has_many, numbers_init, numbers_nbytes,
    numbers_remove,
)

cdef enum:
    VERSION = 1
    LEAF_NBYTES_MAX = 3264
    REBUILD_SHARE = 8  # a batch of more than this part of the set is merged with it in one pass
    DIGITS_MIN = 7
    DIGITS_MAX = 15

cdef uint64_t MAGIC = 0x5342_4D55_4E58_4446  # "FDXNUMBS" in the order of bytes
cdef int64_t NUMBER_MAX = 999_999_999_999_999

cdef struct Header:
    uint64_t magic
    uint64_t version
    uint64_t count
    uint64_t payload_nbytes
    uint64_t checksum

cdef int merge(
        const NumberSet* old, const int64_t* sorted_, int64_t n, bint adding, NumberSet* fresh
) noexcept nogil:
    """Fill a fresh set with the old numbers and those of an ascending array, or without them."""
    cdef Builder builder
    cdef Cursor cursor
    cdef const Leaf* leaf
    cdef int64_t held[LEAF_NUMBERS]
    cdef uint32_t i = 0, count = 0
    cdef int64_t j = 0, number
    builder_init(&builder, fresh)
    cursor_seek(old, 0, &cursor)
    while True:
        if i == count:
            leaf = cursor_next(old, &cursor)
            count = leaf_unpack(leaf, held) if leaf != NULL else 0
            i = 0
        if i < count:
            number = held[i]
            if j < n and sorted_[j] < number and adding:
                number = sorted_[j]
            else:
                i += 1
        elif j < n and adding:
            number = sorted_[j]
        else:
            break
        while j < n and sorted_[j] < number:
            j += 1
        if j < n and sorted_[j] == number:
            while j < n and sorted_[j] == number:
                j += 1
            if not adding:
                continue
        if builder_push(&builder, number):
            return -1
    return builder_flush(&builder)

cdef struct Writer:
    char* out  # NULL: count only
    uint64_t nbytes

cdef void write_leaf(Writer* w, const int64_t* numbers, uint32_t count) noexcept nogil:
    cdef uint64_t room[408]  # LEAF_NBYTES_MAX bytes, aligned for a Leaf
    cdef Leaf* leaf = <Leaf*>room
    cdef uint32_t nbytes
    memset(leaf, 0, sizeof(Leaf))
    leaf_describe(leaf, numbers, count)
    nbytes = <uint32_t>sizeof(Leaf) + leaf_payload_nbytes(leaf)
    if w.out != NULL:
        leaf_pack(leaf, numbers)
        memcpy(w.out + w.nbytes, leaf, nbytes)
    w.nbytes += nbytes

cdef void write_leaves(const NumberSet* s, Writer* w) noexcept nogil:
    """Write full leaves, whatever those of the set are; so equal sets give equal bytes."""
    cdef int64_t held[2 * LEAF_NUMBERS]
    cdef Cursor cursor
    cdef const Leaf* leaf
    cdef uint32_t count = 0
    w.nbytes = 0
    cursor_seek(s, 0, &cursor)
    while True:
        leaf = cursor_next(s, &cursor)
        if leaf == NULL:
            break
        count += leaf_unpack(leaf, held + count)
        if count >= LEAF_NUMBERS:
            write_leaf(w, held, LEAF_NUMBERS)
            count -= LEAF_NUMBERS
            memcpy(held, held + LEAF_NUMBERS, count * sizeof(int64_t))
    if count:
        write_leaf(w, held, count)

cdef int64_t read_leaf(const char* data, uint64_t nbytes, Builder* b) noexcept nogil:
    """Read one leaf of a snapshot; gives its length, 0 when it is bad, -1 when memory fails."""
    cdef uint64_t room[408]
    cdef int64_t held[LEAF_NUMBERS]
    cdef Leaf* leaf = <Leaf*>room
    cdef Leaf expected
    cdef uint64_t length
    cdef uint32_t i
    if nbytes < sizeof(Leaf):
        return 0
    memcpy(leaf, data, sizeof(Leaf))
    if leaf.count < 1 or leaf.count > LEAF_NUMBERS or leaf.first <= b.above:
        return 0
    if leaf.last < leaf.first or leaf.last > NUMBER_MAX or leaf.last - leaf.first + 1 < leaf.count:
        return 0
    # The form follows from first, last and count, so it must be the one that we would choose.
    held[0] = leaf.first
    held[leaf.count - 1] = leaf.last
    leaf_describe(&expected, held, leaf.count)
    if leaf.width != expected.width or leaf.is_bitmap != expected.is_bitmap or leaf.block:
        return 0
    length = sizeof(Leaf) + leaf_payload_nbytes(leaf)
    if length > nbytes or length > LEAF_NBYTES_MAX:
        return 0
    memcpy(leaf_payload(leaf), data + sizeof(Leaf), length - sizeof(Leaf))
    if leaf_unpack(leaf, held) != leaf.count or held[0] != leaf.first:
        return 0
    if held[leaf.count - 1] != leaf.last:
        return 0
    for i in range(leaf.count):
        if i and held[i] <= held[i - 1]:
            return 0
        if builder_push(b, held[i]):
            return -1
    return <int64_t>length

cdef int read_leaves(NumberSet* s, const char* data, uint64_t nbytes) noexcept nogil:
    """Fill an empty set; 0, 1 when the leaves are bad, -1 when memory fails."""
    cdef Builder builder
    cdef uint64_t at = 0
    cdef int64_t length
    builder_init(&builder, s)
    while at < nbytes:
        length = read_leaf(data + at, nbytes - at, &builder)
        if length <= 0:
            return 1 if length == 0 else -1
        at += <uint64_t>length
    return builder_flush(&builder)

cdef inline int64_t parse_line(const char* at, const char* end) noexcept nogil:
    """The number on a line, 0 for a blank one, -1 for one that is refused."""
    cdef int64_t number = 0
    cdef int digits = 0
    cdef const char* last
    while at < end:
        last = end - 1
        if last[0] != b" " and last[0] != b"\t" and last[0] != b"\r":
            break
        end = last
    while at < end and (at[0] == b" " or at[0] == b"\t"):
        at += 1
    if at == end:
        return 0
    if at[0] == b"+":
        at += 1
    while at < end:
        if b"0" <= at[0] <= b"9":
            digits += 1
            if digits > DIGITS_MAX:
                return -1
            number = number * 10 + (at[0] - 48)
            if number == 0:
                return -1
        elif not (digits and (at[0] == b" " or at[0] == b"-" or at[0] == b"," or at[0] == b".")):
            return -1
        at += 1
    return number if digits >= DIGITS_MIN else -1

cdef int64_t count_lines(const char* data, int64_t nbytes) noexcept nogil:
    cdef const char* at = data
    cdef const char* end = data + nbytes
    cdef int64_t lines = 1
    while True:
        at = <const char*>memchr(at, 10, end - at)
        if at == NULL:
            return lines
        at += 1
        lines += 1

cdef void parse_lines(
        const char* data, int64_t nbytes, int64_t room, int64_t* numbers, int64_t* refused,
        int64_t* found, int64_t* bad) noexcept nogil:
    cdef const char* at = data
    cdef const char* end = data + nbytes
    cdef const char* stop
    cdef int64_t line = 0, number
    found[0] = 0
    bad[0] = 0
    # A byte order mark, as spreadsheets write it.
    if nbytes >= 3 and <uint8_t>at[0] == 0xEF and <uint8_t>at[1] == 0xBB and <uint8_t>at[2] == 0xBF:
        at += 3
    # Never more lines than were counted, should the owner be writing to the buffer meanwhile.
    while at < end and line < room:
        line += 1
        stop = <const char*>memchr(at, 10, end - at)
        if stop == NULL:
            stop = end
        number = parse_line(at, stop)
        if number > 0:
            numbers[found[0]] = number
            found[0] += 1
        elif number < 0:
            if refused != NULL:
                refused[bad[0]] = line
            bad[0] += 1
        at = stop + 1

cdef object number_array(object numbers):
    """A one-dimensional int64 array; what is beyond int64 becomes negative."""
    array = np.asarray(numbers)
    if array.dtype.kind not in "iu" and array.size:
        raise TypeError(f"numbers holds {array.dtype}; it must be integers")
    if array.ndim != 1:
        raise ValueError(f"numbers has {array.ndim} dimensions; one is expected")
    return np.ascontiguousarray(array, dtype=np.int64)

cdef object ascending(object numbers):
    """Numbers checked and in ascending order, perhaps with repetitions."""
    cdef const int64_t[::1] view
    cdef int64_t i, bad = -1
    cdef bint in_order = True
    array = number_array(numbers)
    view = array
    with nogil:
        for i in range(view.shape[0]):
            if view[i] < 1 or view[i] > NUMBER_MAX:
                bad = i
                break
            if i and view[i] < view[i - 1]:
                in_order = False
    if bad >= 0:
        raise ValueError(
            f"number {view[bad]} at {bad}: E.164 has 1 to 15 digits, "
            f"so 1 to {NUMBER_MAX} are allowed")
    return array if in_order else np.sort(array)


def parse_numbers(buffer):
    """Numbers from text, one a line; gives them as int64, and the lines refused, counted from 1."""
    cdef const uint8_t[::1] data = memoryview(buffer).cast("B")
    cdef int64_t nbytes = data.shape[0], lines, found, bad
    cdef const char* start
    cdef int64_t[::1] numbers, refused
    if not nbytes:
        return np.empty(0, np.int64), np.empty(0, np.int64)
    start = <const char*>&data[0]
    with nogil:
        lines = count_lines(start, nbytes)
    parsed, lost = np.empty(lines, np.int64), np.empty(lines, np.int64)
    numbers, refused = parsed, lost
    with nogil:
        parse_lines(start, nbytes, lines, &numbers[0], &refused[0], &found, &bad)
    return parsed[:found].copy(), lost[:bad].copy()


@cython.final
cdef class ExclusionSet:
    """A set of numbers in ascending order, filled from an array."""

    def __cinit__(self, numbers=()):
        numbers_init(&self.numbers)
        if len(numbers):
            self.add_many(numbers)

    def __dealloc__(self):
        numbers_free(&self.numbers)

    def __reduce__(self):
        return ExclusionSet.restore, (self.snapshot(),)

    cdef int begin_read(self) except -1:
        if self.writing:
            raise RuntimeError("the set is being changed by another thread; wait for it")
        self.readers += 1
        return 0

    cdef int begin_write(self) except -1:
        if self.writing or self.readers:
            raise RuntimeError("the set is in use by another thread; wait for it")
        self.writing = True
        return 0

    def __len__(self):
        return self.numbers.count

    @property
    def nbytes(self):
        """Memory allocated."""
        return numbers_nbytes(&self.numbers)

    def __sizeof__(self):
        return object.__sizeof__(self) + self.nbytes

    def __contains__(self, number):
        cdef int64_t value
        if self.writing:
            raise RuntimeError("the set is being changed by another thread; wait for it")
        if not isinstance(number, int) or not 1 <= number <= NUMBER_MAX:
            return False
        value = number
        return numbers_has(&self.numbers, value)

    def contains_many(self, numbers):
        """Which of the numbers are in the set, as bool; what can not be a number is not in it."""
        cdef const int64_t[::1] asked = number_array(numbers)
        cdef uint8_t[::1] out
        found = np.zeros(asked.shape[0], np.bool_)
        if asked.shape[0]:
            out = found.view(np.uint8)
            self.begin_read()
            try:
                with nogil:
                    numbers_has_many(&self.numbers, &asked[0], asked.shape[0], <char*>&out[0])
            finally:
                self.readers -= 1
        return found

    def add(self, number: int):
        """Add a number; gives whether it is new."""
        cdef int64_t value = self.checked(number)
        cdef int added
        self.begin_write()
        added = numbers_add(&self.numbers, value)
        self.writing = False
        if added < 0:
            raise MemoryError(f"no memory to add to {len(self)} numbers; the set is as it was")
        return added == 1

    def discard(self, number: int):
        """Take a number out; gives whether it was there."""
        cdef int64_t value = self.checked(number)
        cdef int removed
        self.begin_write()
        removed = numbers_remove(&self.numbers, value)
        self.writing = False
        if removed < 0:
            raise MemoryError(f"no memory to change {len(self)} numbers; the set is as it was")
        return removed == 1

    cdef int64_t checked(self, object number) except -1:
        if not 1 <= number <= NUMBER_MAX:
            raise ValueError(
                f"number {number}: E.164 has 1 to 15 digits, so 1 to {NUMBER_MAX} are allowed")
        return number

    def add_many(self, numbers):
        """Add numbers in any order; gives how many are new. One that is none adds nothing."""
        return self.change(numbers, True)

    def discard_many(self, numbers):
        """Take numbers out, in any order; gives how many were there."""
        return self.change(numbers, False)

    cdef object change(self, object numbers, bint adding):
        cdef const int64_t[::1] view = ascending(numbers)
        cdef uint64_t before = self.numbers.count
        cdef int64_t i, n = view.shape[0]
        cdef int failed = 0
        if not n:
            return 0
        self.begin_write()
        try:
            if <uint64_t>n * REBUILD_SHARE > before:
                return self.change_in_one_pass(view, adding)
            with nogil:
                for i in range(n):
                    failed = (numbers_add(&self.numbers, view[i]) if adding
                              else numbers_remove(&self.numbers, view[i]))
                    if failed < 0:
                        break
        finally:
            self.writing = False
        if failed < 0:
            raise MemoryError(
                f"no memory to change {before} numbers; part of the numbers may have been done, "
                "and all can be given again without harm")
        return max(before, self.numbers.count) - min(before, self.numbers.count)

    cdef object change_in_one_pass(self, const int64_t[::1] view, bint adding):
        cdef uint64_t before = self.numbers.count
        cdef NumberSet fresh
        cdef int failed
        cdef object changed
        numbers_init(&fresh)
        try:
            with nogil:
                failed = merge(&self.numbers, &view[0], view.shape[0], adding, &fresh)
            if failed:
                raise MemoryError(f"no memory to change {before} numbers; the set is as it was")
            # The answer is made first: the set must not have changed when there is none.
            changed = max(before, fresh.count) - min(before, fresh.count)
            self.numbers, fresh = fresh, self.numbers
        finally:
            with nogil:
                numbers_free(&fresh)
        return changed

    def numbers_from(self, start: int = 1, limit: int | None = None):
        """Numbers from `start` on in ascending order, at most `limit` of them, as int64."""
        cdef int64_t first = min(max(start, 0), NUMBER_MAX + 1), found = 0
        cdef int64_t most = self.numbers.count if limit is None else limit
        cdef int64_t held[LEAF_NUMBERS]
        cdef uint32_t i, count
        cdef Cursor cursor
        cdef const Leaf* leaf
        cdef int64_t[::1] out
        if most < 0:
            raise ValueError(f"limit {limit} must not be negative")
        values = np.empty(min(most, self.numbers.count), np.int64)
        out = values
        self.begin_read()
        try:
            with nogil:
                cursor_seek(&self.numbers, first, &cursor)
                while found < out.shape[0]:
                    leaf = cursor_next(&self.numbers, &cursor)
                    if leaf == NULL:
                        break
                    count = leaf_unpack(leaf, held)
                    for i in range(count):
                        if held[i] >= first and found < out.shape[0]:
                            out[found] = held[i]
                            found += 1
        finally:
            self.readers -= 1
        return values[:found] if found == out.shape[0] else values[:found].copy()

    def snapshot(self):
        """All numbers as bytes; equal sets give equal bytes."""
        cdef Header header
        cdef Writer writer
        cdef char* out
        self.begin_read()
        try:
            writer.out = NULL
            with nogil:
                write_leaves(&self.numbers, &writer)
            image = PyBytes_FromStringAndSize(NULL, sizeof(Header) + writer.nbytes)
            out = PyBytes_AS_STRING(image)
            writer.out = out + sizeof(Header)
            with nogil:
                write_leaves(&self.numbers, &writer)
                header.magic = MAGIC
                header.version = VERSION
                header.count = self.numbers.count
                header.payload_nbytes = writer.nbytes
                header.checksum = checksum64(writer.out, writer.nbytes, header.count)
                memcpy(out, &header, sizeof(Header))
        finally:
            self.readers -= 1
        return image

    @staticmethod
    def restore(snapshot):
        """The set of a snapshot; ValueError for one that is damaged or not of this kind."""
        cdef ExclusionSet restored = ExclusionSet()
        cdef const uint8_t[::1] data = memoryview(snapshot).cast("B")
        cdef uint64_t nbytes = data.shape[0]
        cdef const char* payload
        cdef Header header
        cdef int failed
        if nbytes < sizeof(Header):
            raise ValueError(f"not a snapshot of numbers: {nbytes} bytes are less than its header")
        memcpy(&header, &data[0], sizeof(Header))
        if header.magic != MAGIC:
            raise ValueError("not a snapshot of numbers: it does not begin as one")
        if header.version != VERSION:
            raise ValueError(
                f"not a snapshot of numbers that is read here: version {header.version}; "
                f"{VERSION} is")
        if header.payload_nbytes != nbytes - sizeof(Header):
            raise ValueError("not a snapshot of numbers: its length is not the one that it says")
        # Of no bytes, the address is not read.
        payload = <const char*>&data[0] + sizeof(Header)
        with nogil:
            failed = 2
            if checksum64(payload, header.payload_nbytes, header.count) == header.checksum:
                failed = read_leaves(&restored.numbers, payload, header.payload_nbytes)
        if failed < 0:
            raise MemoryError(f"no memory for {header.count} numbers")
        if failed == 2:
            raise ValueError("not a snapshot of numbers: its checksum does not agree")
        if failed or restored.numbers.count != header.count:
            raise ValueError("not a snapshot of numbers: its numbers are not as it says")
        return restored
