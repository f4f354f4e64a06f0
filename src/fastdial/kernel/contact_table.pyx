# cython: language_level=3
"""Columns for millions of contacts: key → row → numbers, hours, zone, counters, next due time.

A key is a string of 1 to 64 bytes of UTF-8 without NUL; a row is a dense int that stays the
contact's until it is removed, and is then the first to be used again. Loading a known key updates
its contact. The C side stands in `contact_store`, `contact_feed` and `contact_image`.

Batch methods release the GIL. Meanwhile other threads may read what is only being read; a call
that would meet a change in progress, or change what is being read, raises RuntimeError.
"""

cimport cython

import enum
from typing import NamedTuple

import numpy as np

from cpython.bytes cimport PyBytes_AS_STRING, PyBytes_FromStringAndSize
from cpython.unicode cimport PyUnicode_DecodeUTF8
from libc.stdint cimport int32_t, int64_t, uint8_t, uint32_t, uint64_t
from libc.string cimport memcpy, memset

from fastdial.kernel.contact_columns cimport (
    Column, check_puttable, column_named, copy_range, copy_rows, find_unfit, put_rows,
)
from fastdial.kernel.contact_feed cimport (
    REFUSED_HOURS, REFUSED_KEY, REFUSED_KIND, REFUSED_NUMBER, REFUSED_PRIORITY,
    REFUSED_PROBABILITY, REFUSED_ZONE, Feed, Ints, KeySource, LoadResult, find_keys, load_feed,
)
from fastdial.kernel.contact_image cimport (
    IMAGE_CHECKSUM, IMAGE_FREE_ROWS, IMAGE_KEY_TWICE, IMAGE_LENGTH, IMAGE_MEMORY, IMAGE_NOT_OURS,
    IMAGE_OK, IMAGE_RECORD, IMAGE_TOO_SHORT, IMAGE_VERSION, ImageError, image_nbytes, image_read,
    image_write,
)
from fastdial.kernel.contact_store cimport (
    KEY_NBYTES_MAX, NUMBERS_MAX, Contact, Number, contacts_at,
    contacts_copy_key, contacts_count_attempt, contacts_find, contacts_free, contacts_hash,
    contacts_init, contacts_is_live, contacts_nbytes, contacts_number,
    contacts_remove,
)
from fastdial.kernel._hints cimport advise_huge
from fastdial.kernel._row_index cimport index_reserve


cdef extern from "Python.h":
    bint PyUnicode_IS_COMPACT_ASCII(object)
    void* PyUnicode_DATA(object)


class Refusal(enum.IntEnum):
    """Why a row of a load was refused; 0 in the mask says that it was not."""

    KEY = REFUSED_KEY
    NUMBER = REFUSED_NUMBER
    KIND = REFUSED_KIND
    HOURS = REFUSED_HOURS
    ZONE = REFUSED_ZONE
    PRIORITY = REFUSED_PRIORITY
    PROBABILITY = REFUSED_PROBABILITY


class Loaded(NamedTuple):
    """What became of each row of a load."""

    rows: np.ndarray
    new: np.ndarray
    refused: np.ndarray


_WHY_REFUSED = {
    Refusal.KEY: "a key is 1 to 64 bytes of UTF-8 without NUL",
    Refusal.NUMBER: "a contact has 1 to 8 numbers from 1 to 999999999999999 (E.164)",
    Refusal.KIND: "a kind is 0 to 255",
    Refusal.HOURS: "hours are minutes of the day, 0 to 1440, and from differs from until",
    Refusal.ZONE: "a zone class is 0 to 65535",
    Refusal.PRIORITY: "a priority is a signed 32-bit integer",
    Refusal.PROBABILITY: "an answer probability is 0 to 1",
}

_WHY_NOT_RESTORED = {
    IMAGE_TOO_SHORT: "it is shorter than a header of 64 bytes",
    IMAGE_NOT_OURS: "it does not begin as a snapshot of contacts does",
    IMAGE_VERSION: "its version or its record size is not the one that is read here",
    IMAGE_LENGTH: "its counts do not agree with its length",
    IMAGE_CHECKSUM: "its checksum does not agree with its contents",
    IMAGE_RECORD: "a record in it is out of bounds",
    IMAGE_FREE_ROWS: "its free rows are not the free ones, each once",
    IMAGE_KEY_TWICE: "a key comes twice",
}

cdef enum:
    ROWS_AT_ONCE = 1 << 15

cdef object any_integers(object values, str name, int ndim):
    """The values as an array of integers of at most so many dimensions."""
    array = np.asarray(values)
    if array.dtype.kind not in "iu" and array.size:
        raise TypeError(f"{name} holds {array.dtype}; it must be integers")
    if array.ndim > ndim:
        raise ValueError(f"{name} has {array.ndim} dimensions; at most {ndim} are allowed")
    return array

cdef object integers(object values, str name, int ndim):
    """An int64 array of the values, of at most so many dimensions."""
    array = any_integers(values, name, ndim)
    return np.ascontiguousarray(array, dtype=np.int64) if array.ndim else array.astype(np.int64)

cdef object point_ints(Ints* column, object values, str name, int64_t n, int64_t width):
    """Point a column at one value, at n, or at n × width; gives the array to be kept alive."""
    cdef const int64_t[::1] view
    memset(column, 0, sizeof(Ints))
    if values is None:
        return None
    array = integers(values, name, 2)
    if array.shape not in ((), (n,), (n, width)):
        raise ValueError(
            f"{name} has the shape {array.shape}; "
            f"one value, {n} values or {n} × {width} values are allowed")
    if array.ndim and not array.size:
        return None
    view = array.reshape(-1)
    column.data = &view[0]
    column.row_step = (1, 1, width)[array.ndim] if array.ndim else 0
    column.number_step = 1 if array.ndim == 2 else 0
    return array

cdef object point_floats(const float** data, int64_t* step, object values, int64_t n):
    """Point to one float32 or to n; gives the array to be kept alive."""
    cdef const float[::1] view
    data[0] = NULL
    step[0] = 0
    if values is None:
        return None
    array = np.asarray(values)
    if array.dtype.kind not in "fiu" and array.size:
        raise TypeError(f"answer_probability holds {array.dtype}; it must be real numbers")
    if array.shape not in ((), (n,)):
        raise ValueError(
            f"answer_probability has the shape {array.shape}; one value or {n} are allowed")
    array = np.ascontiguousarray(array, dtype=np.float32)
    if array.size:
        view = array.reshape(-1)
        data[0] = &view[0]
        step[0] = array.size > 1
    return array

cdef object row_array(object rows):
    # A copy, since what was checked must still be there when it is used.
    return np.array(any_integers(rows, "rows", 1), dtype=np.int64, order="C").reshape(-1)

cdef int check_number(int64_t number) except -1:
    if not 0 <= number < NUMBERS_MAX:
        raise IndexError(f"number {number}: a contact has at most {NUMBERS_MAX}, counted from 0")
    return 0

cdef object encode_keys(object keys):
    """A sequence of str as offsets and bytes."""
    cdef list listed = list(keys)
    cdef object offsets = np.zeros(len(listed) + 1, np.int64)
    cdef int64_t[::1] ends = offsets
    cdef Py_ssize_t i
    cdef char* out
    for i, key in enumerate(listed):
        if not isinstance(key, str):
            raise TypeError(f"key {i} is {type(key).__name__}; it must be str")
        if not PyUnicode_IS_COMPACT_ASCII(key):
            # What UTF-8 can not say becomes what it never holds, and is refused with its row.
            listed[i] = key = (<str>key).encode("utf-8", "surrogatepass")
        ends[i + 1] = ends[i] + len(key)
    encoded = PyBytes_FromStringAndSize(NULL, ends[len(listed)])
    out = PyBytes_AS_STRING(encoded)
    for i, key in enumerate(listed):
        if isinstance(key, bytes):
            memcpy(out + ends[i], PyBytes_AS_STRING(key), ends[i + 1] - ends[i])
        else:
            memcpy(out + ends[i], PyUnicode_DATA(key), ends[i + 1] - ends[i])
    return offsets, encoded

cdef object point_keys(KeySource* source, object keys):
    """Point a source at keys; gives their number and what is to be kept alive."""
    cdef const uint8_t[::1] data
    cdef const int64_t[::1] offsets
    memset(source, 0, sizeof(KeySource))
    if isinstance(keys, (str, bytes, bytearray)):
        raise TypeError("keys are one str or bytes; a sequence of keys is expected")
    if isinstance(keys, np.ndarray) and keys.dtype.kind == "S":
        if keys.ndim != 1:
            raise ValueError(f"keys have {keys.ndim} dimensions; one is allowed")
        flat = np.ascontiguousarray(keys).view(np.uint8)
        source.item_nbytes = keys.dtype.itemsize
        if flat.size:
            data = flat
            source.data = <const char*>&data[0]
            source.data_nbytes = flat.size
        return len(keys), flat
    if not isinstance(keys, tuple) or len(keys) != 2 or isinstance(keys[0], str):
        keys = encode_keys(keys.tolist() if isinstance(keys, np.ndarray) else keys)
    starts = integers(keys[0], "key offsets", 1)
    flat = np.frombuffer(keys[1], np.uint8) if len(keys[1]) else np.empty(0, np.uint8)
    if starts.ndim != 1 or not len(starts):
        raise ValueError("key offsets must be one more than the keys")
    offsets = starts
    source.offsets = &offsets[0]
    source.data_nbytes = flat.size
    # Never read when there are no bytes, but a key of no bytes must not point to nowhere.
    source.data = <const char*>source.offsets
    if flat.size:
        data = flat
        source.data = <const char*>&data[0]
    return len(starts) - 1, (starts, flat)


@cython.final
cdef class ContactTable:
    """Contacts by key and by row. `seed` decides where keys lie in the index, and nothing else."""

    def __cinit__(self, *, seed: int = 0):
        cdef uint64_t secret = <uint64_t>(seed & 0xFFFFFFFFFFFFFFFF)
        contacts_init(&self.contacts, secret)

    def __dealloc__(self):
        contacts_free(&self.contacts)

    def __reduce__(self):
        return _restored, (self.snapshot(), self.contacts.seed)

    cdef int begin_read(self) except -1:
        if self.writing:
            raise RuntimeError("the table is being changed by another thread; wait for it")
        self.readers += 1
        return 0

    cdef int begin_write(self) except -1:
        if self.writing or self.readers:
            raise RuntimeError("the table is in use by another thread; wait for it")
        self.writing = True
        return 0

    cdef Contact* contact_at(self, int64_t row) except NULL:
        if self.writing:
            raise RuntimeError("the table is being changed by another thread; wait for it")
        if not contacts_is_live(&self.contacts, row):
            raise KeyError(f"row {row} holds no contact")
        return contacts_at(&self.contacts, <uint32_t>row)

    cdef Number* number_at(self, int64_t row, int64_t number) except NULL:
        cdef Contact* contact = self.contact_at(row)
        if not 0 <= number < contact.number_count:
            raise IndexError(
                f"number {number} of row {row}: it has {contact.number_count}, counted from 0")
        return contacts_number(&self.contacts, contact, <uint32_t>number)

    def __len__(self):
        return self.contacts.live

    @property
    def row_limit(self):
        """Every row is below this."""
        return self.contacts.high

    @property
    def nbytes(self):
        """Memory allocated, index and all."""
        return contacts_nbytes(&self.contacts)

    def __sizeof__(self):
        return object.__sizeof__(self) + self.nbytes

    @property
    def growth_work(self):
        """Index slots moved and pages allocated since the table was made, as a pair."""
        return self.contacts.index.moves, (
            self.contacts.records.allocations + self.contacts.index.now.allocations
            + self.contacts.index.old.allocations)

    # ---- by key

    cpdef find(self, str key):
        """The row of a key, or None."""
        cdef bytes raw = key.encode("utf-8", "surrogatepass")
        cdef uint32_t nbytes = <uint32_t>min(len(raw), KEY_NBYTES_MAX + 1)
        cdef int64_t row
        if self.writing:
            raise RuntimeError("the table is being changed by another thread; wait for it")
        if nbytes == 0 or nbytes > KEY_NBYTES_MAX:
            return None
        row = contacts_find(
            &self.contacts, raw, nbytes, contacts_hash(&self.contacts, raw, nbytes))
        return None if row < 0 else row

    def __contains__(self, key):
        return isinstance(key, str) and self.find(key) is not None

    def __getitem__(self, key: str):
        row = self.find(key)
        if row is None:
            raise KeyError(f"no contact has the key {key!r}")
        return row

    def find_many(self, keys):
        """The rows of keys as int32, -1 for those that are not there."""
        cdef KeySource source
        cdef int32_t[::1] out
        n, held = point_keys(&source, keys)
        rows = np.empty(n, np.int32)
        if not n:
            return rows
        out = rows
        self.begin_read()
        try:
            with nogil:
                find_keys(&self.contacts, &source, out.shape[0], &out[0])
        finally:
            self.readers -= 1
        del held
        return rows

    def key(self, row: int):
        """The key of a row."""
        cdef Contact* contact = self.contact_at(row)
        cdef char raw[64]
        contacts_copy_key(&self.contacts, contact, raw)
        return PyUnicode_DecodeUTF8(raw, contact.key_nbytes, NULL)

    # ---- adding, updating, removing

    def upsert(self, key: str, numbers, *, kinds=None, from_minutes=None, until_minutes=None,
               zone=None, priority=None, answer_probability=None, order_key=None, sequence=None):
        """Add or update one contact; gives its row and whether it is new."""
        loaded = self.load(
            [key], np.reshape(integers(numbers, "numbers", 1), (1, -1)),
            kinds=None if kinds is None else np.atleast_2d(kinds),
            from_minutes=None if from_minutes is None else np.atleast_2d(from_minutes),
            until_minutes=None if until_minutes is None else np.atleast_2d(until_minutes),
            zones=zone, priorities=priority, answer_probabilities=answer_probability,
            order_keys=order_key, sequences=sequence)
        if loaded.refused[0]:
            raise ValueError(f"contact {key!r}: {_WHY_REFUSED[loaded.refused[0]]}")
        return int(loaded.rows[0]), bool(loaded.new[0])

    def load(self, keys, numbers, *, kinds=None, from_minutes=None, until_minutes=None, zones=None,
             priorities=None, answer_probabilities=None, order_keys=None, sequences=None):
        """Add or update many contacts; gives their rows, which are new, and which were refused.

        `sequences` are for new contacts: a known one keeps when it came on the list.
        """
        cdef Feed feed
        cdef LoadResult out
        cdef int32_t[::1] row_view
        cdef uint8_t[::1] new_view, refused_view
        cdef int failed
        cdef int64_t n
        count, alive = point_keys(&feed.keys, keys)
        n = count
        listed = integers(numbers, "numbers", 2)
        if not listed.ndim or listed.shape[0] != n or listed.shape[1:] > (NUMBERS_MAX,):
            raise ValueError(
                f"numbers has the shape {listed.shape}; {n} values, or {n} × 1 to 8, are allowed")
        feed.number_width = listed.shape[1] if listed.ndim == 2 else 1
        held = [
            point_ints(&feed.numbers, listed, "numbers", n, feed.number_width),
            point_ints(&feed.kinds, kinds, "kinds", n, feed.number_width),
            point_ints(&feed.from_minutes, from_minutes, "from_minutes", n, feed.number_width),
            point_ints(&feed.until_minutes, until_minutes, "until_minutes", n, feed.number_width),
            point_ints(&feed.zones, zones, "zones", n, 1),
            point_ints(&feed.priorities, priorities, "priorities", n, 1),
            point_ints(&feed.order_keys, order_keys, "order_keys", n, 1),
            point_ints(&feed.sequences, sequences, "sequences", n, 1),
            point_floats(&feed.probabilities, &feed.probability_step, answer_probabilities, n),
        ]
        rows, new, refused = np.empty(n, np.int32), np.zeros(n, np.bool_), np.zeros(n, np.uint8)
        if n and not listed.size:
            rows[:], refused[:] = -1, REFUSED_NUMBER
        elif n:
            row_view, new_view, refused_view = rows, new.view(np.uint8), refused
            out.rows, out.new, out.refused = &row_view[0], &new_view[0], &refused_view[0]
            self.begin_write()
            try:
                with nogil:
                    index_reserve(&self.contacts.index, n)
                    failed = load_feed(&self.contacts, &feed, n, &out)
            finally:
                self.writing = False
            if failed:
                raise MemoryError(
                    f"the table holds {len(self)} contacts and has no room for more; the rows "
                    "before are loaded, and can be loaded again without harm")
        del held, alive
        return Loaded(rows, new, refused)

    def remove(self, row: int):
        """Give up a contact; its row is the first to be used again."""
        self.contact_at(row)
        self.begin_write()
        contacts_remove(&self.contacts, <uint32_t>row)
        self.writing = False

    def remove_many(self, rows):
        """Give up contacts, in order; a row that comes twice is given up once. Gives how many."""
        cdef const int64_t[::1] view = row_array(rows)
        cdef int64_t i
        cdef uint32_t before = self.contacts.live
        self.begin_write()
        try:
            for i in range(view.shape[0]):
                if not contacts_is_live(&self.contacts, view[i]):
                    raise KeyError(f"row {view[i]} at {i} holds no contact; none was removed")
            with nogil:
                for i in range(view.shape[0]):
                    if contacts_is_live(&self.contacts, view[i]):
                        contacts_remove(&self.contacts, <uint32_t>view[i])
        finally:
            self.writing = False
        return before - self.contacts.live

    def clear(self):
        """Give up all contacts and their memory; rows begin at 0 again."""
        self.begin_write()
        contacts_free(&self.contacts)
        contacts_init(&self.contacts, self.contacts.seed)
        self.writing = False

    # ---- by row, one

    def numbers(self, row: int):
        """The numbers of a contact, in the order of its chain."""
        cdef Contact* contact = self.contact_at(row)
        cdef uint32_t i
        cdef list found = []
        # Cython 3.3 gives an item up twice where a list comprehension has no memory for it.
        for i in range(contact.number_count):
            found.append(contacts_number(&self.contacts, contact, i).number)
        return found

    def number(self, row: int, i: int = 0):
        """Number i of a contact."""
        return self.number_at(row, i).number

    def attempts(self, row: int):
        """Attempts to all numbers of a contact; stays at 65,535."""
        return self.contact_at(row).attempts

    def number_attempts(self, row: int, i: int = 0):
        """Attempts to number i of a contact; stays at 65,535."""
        return self.number_at(row, i).attempts

    def count_attempt(self, row: int, i: int, at: int, day: int):
        """Count an attempt to number i, at an instant and on a local day; gives all attempts."""
        cdef int32_t on_day = day
        cdef int64_t instant = at
        self.number_at(row, i)
        contacts_count_attempt(&self.contacts, <uint32_t>row, <uint32_t>i, instant, on_day)
        return contacts_at(&self.contacts, <uint32_t>row).attempts

    def state(self, row: int):
        """The engine's state byte."""
        return self.contact_at(row).state

    def set_state(self, row: int, state: int):
        """Set the engine's state byte, 0 to 255."""
        cdef uint8_t value = state
        self.contact_at(row).state = value

    def next_due_at(self, row: int):
        """When the contact is due next, in ms UTC; 0 until it is set."""
        return self.contact_at(row).next_due_at

    def set_next_due_at(self, row: int, at: int):
        """Set when the contact is due next, in ms UTC."""
        cdef int64_t value = at
        self.contact_at(row).next_due_at = value

    # ---- by row, many

    def live_rows(self, start: int = 0, limit: int | None = None):
        """Rows that hold a contact, ascending from `start`, at most `limit` of them, as int32."""
        cdef int64_t row, found = 0, begin, most = self.contacts.live if limit is None else limit
        cdef int32_t[::1] out
        if start < 0 or most < 0:
            raise ValueError(f"start {start} and limit {limit} must not be negative")
        begin = min(start, self.contacts.high)
        rows = np.empty(min(most, self.contacts.live, self.contacts.high - begin), np.int32)
        out = rows
        self.begin_read()
        try:
            with nogil:
                for row in range(begin, self.contacts.high):
                    if found == out.shape[0]:
                        break
                    if contacts_at(&self.contacts, <uint32_t>row).key_nbytes:
                        out[found] = <int32_t>row
                        found += 1
        finally:
            self.readers -= 1
        return rows[:found]

    def column(self, name: str, start: int = 0, stop: int | None = None, *, number: int = 0):
        """A copy of a column from row `start` to before `stop`; rows that are free hold 0."""
        cdef Column column
        cdef uint8_t[::1] out
        cdef int64_t high = self.contacts.high
        cdef int64_t first = start, last = high if stop is None else stop, which = number
        dtype = column_named(name, &column)
        if not 0 <= first <= last <= high:
            raise IndexError(f"rows {start} to {stop}: 0 to {high} are there")
        check_number(which)
        values = np.empty(last - first, dtype)
        if last > first:
            out = values.view(np.uint8)
            self.begin_read()
            try:
                with nogil:
                    copy_range(&self.contacts, &column, which, first, last, <char*>&out[0])
            finally:
                self.readers -= 1
        return values

    def take(self, name: str, rows, *, number: int = 0):
        """A copy of a column for chosen rows; a number that a contact does not have gives 0."""
        cdef Column column
        cdef uint8_t[::1] out
        cdef const int64_t[::1] chosen
        cdef int64_t start, bad = -1, which = number
        listed = any_integers(rows, "rows", 1).reshape(-1)
        dtype = column_named(name, &column)
        check_number(which)
        values = np.empty(len(listed), dtype)
        out = values.view(np.uint8)
        self.begin_read()
        try:
            # A part at a time, so that the copy of the rows stays in the cache.
            for start in range(0, len(listed), ROWS_AT_ONCE):
                chosen = row_array(listed[start:start + ROWS_AT_ONCE])
                with nogil:
                    bad = copy_rows(&self.contacts, &column, which, &chosen[0], chosen.shape[0],
                                    <char*>&out[start * column.nbytes])
                if bad >= 0:
                    raise KeyError(f"row {chosen[bad]} at {start + bad} holds no contact")
        finally:
            self.readers -= 1
        return values

    def put(self, name: str, rows, values, *, number: int = 0):
        """Set a column for chosen rows to one value or to one each; all are checked before any."""
        cdef Column column
        cdef const int64_t[::1] chosen = row_array(rows)
        cdef Ints ints
        cdef const float* floats = NULL
        cdef int64_t n = chosen.shape[0], step = 0, bad, which = number
        column_named(name, &column)
        check_puttable(name)
        check_number(which)
        memset(&ints, 0, sizeof(Ints))
        if column.is_float:
            held = point_floats(&floats, &step, values, n)
        else:
            # A uint64 beyond int64 would wrap into another value that fits.
            unsigned = np.asarray(values)
            if unsigned.dtype == np.uint64 and np.any(unsigned >> np.uint64(63)):
                raise OverflowError(f"{name}: a value is beyond a signed 64-bit integer")
            held = point_ints(&ints, values, "values", n, 1)
            step = ints.row_step
        if not n:
            return
        self.begin_write()
        try:
            # The GIL is held, so that no value changes between the check and the use.
            bad = find_unfit(
                &self.contacts, &column, which, &chosen[0], n, ints.data, floats, step)
            if bad < 0:
                put_rows(&self.contacts, &column, which, &chosen[0], n, ints.data, floats, step)
        finally:
            self.writing = False
        del held
        if bad >= 0:
            self.explain_unfit(name, chosen[bad], bad, which, column.low, column.high)

    cdef explain_unfit(self, name, row, place, number, low, high):
        cdef Contact* contact = self.contact_at(row)
        if number >= contact.number_count:
            raise IndexError(f"row {row} at {place} has no number {number}; nothing was set")
        if name == "number_next":
            high = contact.number_count - 1
        raise ValueError(
            f"{name} of row {row} at {place}: {low} to {high} is allowed; nothing was set")

    # ---- snapshots

    def snapshot_nbytes(self):
        """How many bytes a snapshot taken now would have."""
        return image_nbytes(&self.contacts)

    def snapshot_into(self, buffer):
        """Write a snapshot to the beginning of a writable buffer; gives how many bytes it has."""
        cdef uint8_t[::1] out = buffer
        cdef uint64_t nbytes
        self.begin_read()
        try:
            nbytes = image_nbytes(&self.contacts)
            if <uint64_t>out.shape[0] < nbytes:
                raise ValueError(f"the buffer has {out.shape[0]} bytes; a snapshot needs {nbytes}")
            with nogil:
                image_write(&self.contacts, <char*>&out[0])
        finally:
            self.readers -= 1
        return nbytes

    def snapshot(self):
        """All contacts and free rows as bytes; equal contents give equal bytes."""
        cdef char* out
        self.begin_read()
        try:
            image = PyBytes_FromStringAndSize(NULL, image_nbytes(&self.contacts))
            out = PyBytes_AS_STRING(image)
            advise_huge(out, len(image))
            with nogil:
                image_write(&self.contacts, out)
        finally:
            self.readers -= 1
        return image

    @staticmethod
    def restore(snapshot, *, seed: int = 0):
        """The table of a snapshot; ValueError for one that is damaged or not of this kind."""
        cdef ContactTable table = ContactTable(seed=seed)
        cdef const uint8_t[::1] data = memoryview(snapshot).cast("B")
        cdef const char* start = NULL
        cdef ImageError error
        cdef uint64_t nbytes = data.shape[0]
        if nbytes:
            start = <const char*>&data[0]
        with nogil:
            error = image_read(&table.contacts, start, nbytes)
        if error == IMAGE_MEMORY:
            raise MemoryError("no memory for the contacts of the snapshot")
        if error != IMAGE_OK:
            raise ValueError(f"not a snapshot of contacts: {_WHY_NOT_RESTORED[error]}")
        return table


def _restored(snapshot, seed):
    return ContactTable.restore(snapshot, seed=seed)
