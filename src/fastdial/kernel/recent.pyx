# cython: language_level=3
"""Who was tried when, and spoken to last: what frequency caps are held against (CO-3).

All events lie in one ring, in the order of their times, which is also the order in which they are
forgotten. Each attempt says how far back its subject's attempt before it is, so the n-th last is n
steps away; a table leads from a subject to its newest attempt and conversation. A recording
forgets at most `FORGOTTEN` events, so what is old goes without anybody looking for it.
"""

cimport cython

import numpy as np

from cpython.bytes cimport PyBytes_AS_STRING, PyBytes_FromStringAndSize
from libc.stdint cimport int64_t, uint8_t, uint64_t
from libc.stdlib cimport calloc, free
from libc.string cimport memcpy

from fastdial.kernel._integers cimport to_int64
from fastdial.kernel._hashing cimport checksum64
from fastdial.kernel._hints cimport prefetch
from fastdial.kernel._places cimport mix64

cdef enum:
    VERSION = 1
    FORGOTTEN = 4           # events that one recording forgets at most
    ROOM_MIN = 16
    SLOTS_MIN = 16
    AHEAD = 16              # how far ahead of its turn a look-up's slot is fetched

cdef uint64_t MAGIC = 0x544E_4543_4552_4446    # "FDRECENT" in the order of bytes
cdef uint64_t ROOM_MAX = 1ULL << 31            # so that distances fit into 32 bits
cdef int64_t INSTANT_MAX = 1LL << 60           # so that sums of an instant and a period fit

MAX_INSTANT = INSTANT_MAX
MAX_ATTEMPTS = 1_000

cdef struct Header:
    uint64_t magic
    uint64_t version
    uint64_t count
    int64_t keep_ms
    int64_t last_at
    uint64_t checksum

cdef struct Kept:
    int64_t subject
    int64_t at              # twice the instant, and 1 more for a conversation


# ---- subjects -------------------------------------------------------------------------------

cdef inline uint64_t home_of(uint64_t slots, int64_t id) noexcept nogil:
    return mix64(<uint64_t>id) & (slots - 1)


cdef inline Subject* slot_of(const RecentSet* recent, int64_t id) noexcept nogil:
    """The subject's slot, or the free one where it would be put."""
    cdef uint64_t at = home_of(recent.slots, id)
    while (recent.subjects[at].attempt or recent.subjects[at].conversation) and (
        recent.subjects[at].id != id
    ):
        at = (at + 1) & (recent.slots - 1)
    return &recent.subjects[at]


cdef int reserve_slot(RecentSet* recent) noexcept nogil:
    """Room for one more subject; -1 without memory."""
    cdef uint64_t old_slots = recent.slots, at
    cdef Subject* old = recent.subjects
    cdef uint64_t slots = old_slots if old_slots else SLOTS_MIN
    if old_slots and (recent.live + 1) * 4 <= old_slots * 3:
        return 0
    if old_slots:
        slots *= 2
    cdef Subject* fresh = <Subject*>calloc(slots, sizeof(Subject))
    if fresh == NULL:
        return -1
    recent.subjects = fresh
    recent.slots = slots
    for at in range(old_slots):
        if old[at].attempt or old[at].conversation:
            slot_of(recent, old[at].id)[0] = old[at]
    free(old)
    return 0


cdef void remove_slot(RecentSet* recent, Subject* slot) noexcept nogil:
    """Closes the gap, so that every subject is still found from its home."""
    cdef uint64_t mask = recent.slots - 1
    cdef uint64_t gap = slot - recent.subjects
    cdef uint64_t at = gap, home
    recent.live -= 1
    while True:
        at = (at + 1) & mask
        if not (recent.subjects[at].attempt or recent.subjects[at].conversation):
            break
        home = home_of(recent.slots, recent.subjects[at].id)
        if ((at - home) & mask) >= ((at - gap) & mask):
            recent.subjects[gap] = recent.subjects[at]
            gap = at
    recent.subjects[gap].id = 0
    recent.subjects[gap].attempt = 0
    recent.subjects[gap].conversation = 0


# ---- events ---------------------------------------------------------------------------------

cdef inline Past* past_at(const RecentSet* recent, uint64_t number) noexcept nogil:
    return &recent.past[number & (recent.room - 1)]


cdef int reserve_past(RecentSet* recent) noexcept nogil:
    """Room for one more event; -1 without memory, or with 2**31 events."""
    cdef uint64_t room = recent.room * 2 if recent.room else ROOM_MIN
    cdef uint64_t number
    cdef Past* fresh
    if recent.room and recent.next - recent.first < recent.room:
        return 0
    if room > ROOM_MAX:
        return -1
    fresh = <Past*>calloc(room, sizeof(Past))
    if fresh == NULL:
        return -1
    for number in range(recent.first, recent.next):
        fresh[number & (room - 1)] = past_at(recent, number)[0]
    free(recent.past)
    recent.past = fresh
    recent.room = room
    return 0


cdef int append(RecentSet* recent, int64_t subject, int64_t at, bint conversation) noexcept nogil:
    """The newest event; -1 and nothing changed without memory."""
    cdef Subject* slot
    cdef Past* past
    if reserve_past(recent) or reserve_slot(recent):
        return -1
    slot = slot_of(recent, subject)
    if not (slot.attempt or slot.conversation):
        slot.id = subject
        recent.live += 1
    past = past_at(recent, recent.next)
    past.at = at
    past.subject = subject
    past.back = 0
    past.conversation = conversation
    if conversation:
        slot.conversation = recent.next
    else:
        if slot.attempt:
            past.back = <uint32_t>(recent.next - slot.attempt)
        slot.attempt = recent.next
    recent.next += 1
    recent.last_at = at
    return 0


cdef uint64_t recent_forget(RecentSet* recent, int64_t now, uint64_t most) noexcept nogil:
    """Drop events that `keep_ms` has passed, `most` at most; how many."""
    cdef uint64_t dropped = 0
    cdef Past* past
    cdef Subject* slot
    while dropped < most and recent.first < recent.next:
        past = past_at(recent, recent.first)
        if past.at > now - recent.keep_ms:
            break
        slot = slot_of(recent, past.subject)
        if slot.attempt == recent.first and slot.conversation == 0 or (
            slot.conversation == recent.first and slot.attempt == 0
        ):
            remove_slot(recent, slot)
        elif slot.attempt == recent.first:
            slot.attempt = 0
        elif slot.conversation == recent.first:
            slot.conversation = 0
        recent.first += 1
        dropped += 1
    return dropped


cdef int recent_record(
    RecentSet* recent, int64_t subject, int64_t at, bint conversation
) noexcept nogil:
    """An event at `at`, not before the last one; -1 and nothing changed without memory."""
    if append(recent, subject, at, conversation):
        return -1
    recent_forget(recent, at, FORGOTTEN)
    return 0


cdef int64_t recent_allowed_at(
    const RecentSet* recent, int64_t subject, int64_t attempts, int64_t period_ms, int64_t quiet_ms
) noexcept nogil:
    """The first instant at which a cap lets the subject be tried; 0: it never stood against it."""
    cdef const Subject* slot
    cdef uint64_t number
    cdef int64_t _step, allowed = 0, quiet_until
    cdef uint64_t back
    if recent.slots == 0:
        return 0
    slot = slot_of(recent, subject)
    if attempts > 0 and slot.attempt:
        number = slot.attempt
        for _step in range(attempts - 1):
            back = past_at(recent, number).back
            # what is forgotten is no longer reached
            if back == 0 or number - back < recent.first:
                number = 0
                break
            number -= back
        if number:
            allowed = past_at(recent, number).at + period_ms
    if quiet_ms > 0 and slot.conversation:
        quiet_until = past_at(recent, slot.conversation).at + quiet_ms
        if quiet_until > allowed:
            allowed = quiet_until
    return allowed


cdef void recent_free(RecentSet* recent) noexcept nogil:
    free(recent.past)
    free(recent.subjects)
    recent.past = NULL
    recent.subjects = NULL


# ---- the Python face ------------------------------------------------------------------------

cdef inline int64_t to_span(object value, str name, int64_t low, int64_t high) except -1:
    cdef int64_t span = to_int64(value, name)
    if not low <= span <= high:
        raise ValueError(f"{name} is {span}; it can be {low} to {high}")
    return span


cdef object to_column(object values):
    cdef object array = np.asarray(values)
    if array.size == 0:
        return np.zeros(0, np.int64)
    if array.ndim != 1:
        raise ValueError(f"subjects has {array.ndim} dimensions; give it as one column")
    if array.dtype.kind not in "iu":
        raise TypeError(f"subjects has dtype {array.dtype}; give integers")
    if array.dtype == np.uint64 and array.max() > np.iinfo(np.int64).max:
        raise OverflowError(f"subjects holds {array.max()}; it can go up to 2**63 - 1")
    return np.asarray(array, np.int64, order="C")


@cython.final
cdef class Recent:
    """Recent attempts and conversations of subjects, kept for `keep_ms`.

    A subject is any int64. Instants are milliseconds, 0 to `MAX_INSTANT`, and never go back. While
    a batch runs without the GIL, any other use of the same object raises RuntimeError.
    """

    cdef RecentSet recent
    cdef bint busy

    def __cinit__(self, keep_ms):
        self.recent.first = 1
        self.recent.next = 1
        self.recent.keep_ms = to_span(keep_ms, "keep_ms", 1, INSTANT_MAX)

    def __dealloc__(self):
        recent_free(&self.recent)

    cdef int check_free(self) except -1:
        if self.busy:
            raise RuntimeError("this Recent is in use by another thread; give each its own")
        return 0

    @property
    def keep_ms(self):
        """How long events are kept."""
        return self.recent.keep_ms

    @keep_ms.setter
    def keep_ms(self, keep_ms):
        self.check_free()
        self.recent.keep_ms = to_span(keep_ms, "keep_ms", 1, INSTANT_MAX)

    def record_attempt(self, subject, at):
        """The subject is tried at `at` (ms). Raises ValueError where that is before the last."""
        self.record(subject, at, False)

    def record_conversation(self, subject, at):
        """The subject is spoken to at `at` (ms). Raises ValueError where that is before the last.
        """
        self.record(subject, at, True)

    cdef int record(self, object subject, object at, bint conversation) except -1:
        cdef int64_t subject_ = to_int64(subject, "subject")
        cdef int64_t at_ = to_span(at, "at", self.recent.last_at, INSTANT_MAX)
        self.check_free()
        if recent_record(&self.recent, subject_, at_, conversation):
            raise MemoryError(f"no memory for one more event beside {self.events}")
        return 0

    cdef int check_cap(self, int64_t attempts, int64_t period_ms, int64_t quiet_ms) except -1:
        if not 0 <= attempts <= MAX_ATTEMPTS:
            raise ValueError(f"attempts is {attempts}; it can be 0 (no such cap) to {MAX_ATTEMPTS}")
        if not 0 <= period_ms <= self.recent.keep_ms or not 0 <= quiet_ms <= self.recent.keep_ms:
            raise ValueError(
                f"period_ms is {period_ms} and quiet_ms {quiet_ms}; events are kept for"
                f" {self.recent.keep_ms} ms, and nothing is known of what was before"
            )
        return 0

    def allowed_at(self, subject, attempts, period_ms, quiet_ms=0):
        """The first instant at which the subject may be tried again; 0 where nothing is against it.

        At most `attempts` (0: any number) in any `period_ms`, and none for `quiet_ms` after a
        conversation. An instant that has passed already means now. O(attempts).
        """
        cdef int64_t subject_ = to_int64(subject, "subject")
        cdef int64_t attempts_ = to_int64(attempts, "attempts")
        cdef int64_t period_ms_ = to_int64(period_ms, "period_ms")
        cdef int64_t quiet_ms_ = to_int64(quiet_ms, "quiet_ms")
        self.check_free()
        self.check_cap(attempts_, period_ms_, quiet_ms_)
        return recent_allowed_at(&self.recent, subject_, attempts_, period_ms_, quiet_ms_)

    def allowed_at_many(self, subjects, attempts, period_ms, quiet_ms=0):
        """As `allowed_at` for each of `subjects`, shape (n,): int64, shape (n,)."""
        cdef const int64_t[::1] asked = to_column(subjects)
        cdef int64_t attempts_ = to_int64(attempts, "attempts")
        cdef int64_t period_ms_ = to_int64(period_ms, "period_ms")
        cdef int64_t quiet_ms_ = to_int64(quiet_ms, "quiet_ms")
        cdef object found = np.zeros(asked.shape[0], np.int64)
        cdef int64_t[::1] out = found
        cdef Py_ssize_t place, count = asked.shape[0]
        self.check_free()
        self.check_cap(attempts_, period_ms_, quiet_ms_)
        if self.recent.slots == 0:
            return found
        self.busy = True
        with nogil:
            for place in range(count):
                if place + AHEAD < count:
                    prefetch(
                        &self.recent.subjects[home_of(self.recent.slots, asked[place + AHEAD])]
                    )
                out[place] = recent_allowed_at(
                    &self.recent, asked[place], attempts_, period_ms_, quiet_ms_
                )
        self.busy = False
        return found

    def forget(self, now, limit=None):
        """Drop events older than `keep_ms` at `now`, at most `limit` of them; how many.

        Recording forgets by itself; this is for giving up more at once.
        """
        cdef int64_t now_ = to_int64(now, "now")
        cdef uint64_t most = <uint64_t>-1
        if limit is not None:
            most = to_span(limit, "limit", 0, INSTANT_MAX)
        self.check_free()
        return recent_forget(&self.recent, now_, most)

    @property
    def events(self):
        """How many events are kept, those that are about to be forgotten included."""
        return self.recent.next - self.recent.first

    @property
    def nbytes(self):
        """Bytes of C memory held beside the object itself."""
        return self.recent.room * sizeof(Past) + self.recent.slots * sizeof(Subject)

    def __len__(self):
        return self.recent.live

    def __contains__(self, subject):
        cdef int64_t subject_ = to_int64(subject, "subject")
        cdef Subject* slot
        self.check_free()
        if self.recent.slots == 0:
            return False
        slot = slot_of(&self.recent, subject_)
        return slot.attempt != 0 or slot.conversation != 0

    def __sizeof__(self):
        return object.__sizeof__(self) + self.nbytes

    # --- written down

    def snapshot(self):
        """All events as bytes; equal contents give equal bytes."""
        cdef uint64_t count = self.recent.next - self.recent.first, place
        cdef Header header
        cdef Kept kept
        cdef const Past* past
        cdef char* out
        self.check_free()
        image = PyBytes_FromStringAndSize(NULL, sizeof(Header) + count * sizeof(Kept))
        out = PyBytes_AS_STRING(image)
        for place in range(count):
            past = past_at(&self.recent, self.recent.first + place)
            kept.subject = past.subject
            kept.at = past.at * 2 + past.conversation
            memcpy(out + sizeof(Header) + place * sizeof(Kept), &kept, sizeof(Kept))
        header.magic = MAGIC
        header.version = VERSION
        header.count = count
        header.keep_ms = self.recent.keep_ms
        header.last_at = self.recent.last_at
        header.checksum = seal(&header, out + sizeof(Header))
        memcpy(out, &header, sizeof(Header))
        return image

    @staticmethod
    def restore(snapshot):
        """What a snapshot holds; ValueError for one that is damaged or not of this kind."""
        cdef const uint8_t[::1] data = memoryview(snapshot).cast("B")
        cdef uint64_t nbytes = data.shape[0], place
        cdef const char* payload
        cdef Header header
        cdef Kept kept
        cdef Recent restored
        if nbytes < sizeof(Header):
            raise ValueError(f"not a snapshot of attempts: {nbytes} bytes are less than its header")
        memcpy(&header, &data[0], sizeof(Header))
        if header.magic != MAGIC:
            raise ValueError("not a snapshot of attempts: it does not begin as one")
        if header.version != VERSION:
            raise ValueError(
                f"not a snapshot of attempts that is read here: version {header.version}; "
                f"{VERSION} is")
        if (nbytes - sizeof(Header)) % sizeof(Kept) or (
            header.count != (nbytes - sizeof(Header)) // sizeof(Kept)
        ):
            raise ValueError("not a snapshot of attempts: its length is not the one that it says")
        # Of no bytes, the address is not read.
        payload = <const char*>&data[0] + sizeof(Header)
        if seal(&header, payload) != header.checksum:
            raise ValueError("not a snapshot of attempts: its checksum does not agree")
        if not 1 <= header.keep_ms <= INSTANT_MAX or not 0 <= header.last_at <= INSTANT_MAX:
            raise ValueError("not a snapshot of attempts: its instants are out of bounds")
        restored = Recent(header.keep_ms)
        for place in range(header.count):
            memcpy(&kept, payload + place * sizeof(Kept), sizeof(Kept))
            if not restored.recent.last_at <= (kept.at >> 1) <= header.last_at:
                raise ValueError("not a snapshot of attempts: its instants are out of order")
            if append(&restored.recent, kept.subject, kept.at >> 1, kept.at & 1):
                raise MemoryError(f"no memory for {header.count} events")
        restored.recent.last_at = header.last_at
        return restored


cdef uint64_t seal(const Header* header, const char* payload) noexcept nogil:
    cdef Header bare = header[0]
    bare.checksum = 0
    return checksum64(
        payload, bare.count * sizeof(Kept), checksum64(<const char*>&bare, sizeof(Header), 0)
    )
