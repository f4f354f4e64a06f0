# cython: language_level=3
"""One contact of a table with its columns as attributes, for an engine that takes them one by one.

A record is a place in the table, not a copy: what is set in it is set in the table. It knows which
contact it was made for; once the table has given up that row, every access raises KeyError.
"""

cimport cython
from libc.stdint cimport int32_t, int64_t, uint8_t, uint16_t, uint32_t

from cpython.unicode cimport PyUnicode_DecodeUTF8

from fastdial.kernel.contact_store cimport (
    KEY_NBYTES_MAX, Contact, Number, contacts_at, contacts_copy_key, contacts_count_attempt,
    contacts_is_live, contacts_number,
)


@cython.final
@cython.no_gc
@cython.freelist(8)
cdef class ContactRecord:
    """A contact in a `ContactTable`. KeyError where the row holds none, or another one by now."""

    def __cinit__(self, ContactTable table not None, int64_t row):
        self.table = table
        self.row = row
        self.generation = table.contact_at(row).generation

    cdef Contact* here(self) except NULL:
        cdef Contact* contact
        if contacts_is_live(&self.table.contacts, self.row):
            contact = contacts_at(&self.table.contacts, <uint32_t>self.row)
            if contact.generation == self.generation:
                return contact
        raise KeyError(f"row {self.row} does not hold this contact any more")

    cdef Number* at(self, int64_t i) except NULL:
        cdef Contact* contact = self.here()
        if not 0 <= i < contact.number_count:
            raise IndexError(f"number {i} of row {self.row}: it has {contact.number_count}")
        return contacts_number(&self.table.contacts, contact, <uint32_t>i)

    # ---- of the contact

    @property
    def key(self):
        """What the platform calls the contact."""
        cdef char text[KEY_NBYTES_MAX]
        cdef Contact* contact = self.here()
        contacts_copy_key(&self.table.contacts, contact, text)
        return PyUnicode_DecodeUTF8(text, contact.key_nbytes, NULL)

    @property
    def state(self):
        """The engine's state byte, 0 to 255."""
        return self.here().state

    @state.setter
    def state(self, uint8_t value):
        self.here().state = value

    @property
    def reason(self):
        """The engine's reason for the state, 0 to 65,535."""
        return self.here().reason

    @reason.setter
    def reason(self, uint16_t value):
        self.here().reason = value

    @property
    def flags(self):
        """16 bits for the engine."""
        return self.here().flags

    @flags.setter
    def flags(self, uint16_t value):
        self.here().flags = value

    @property
    def marks(self):
        """64 bits for the engine, as a signed integer."""
        return self.here().marks

    @marks.setter
    def marks(self, int64_t value):
        self.here().marks = value

    @property
    def sequence(self):
        """When the contact came on the list, as the loader counts."""
        return self.here().sequence

    @sequence.setter
    def sequence(self, int64_t value):
        self.here().sequence = value

    @property
    def attempts(self):
        """Attempts to all numbers; stays at 65,535."""
        return self.here().attempts

    @attempts.setter
    def attempts(self, uint16_t value):
        self.here().attempts = value

    @property
    def day_attempts(self):
        """Attempts on the day of the last one."""
        return self.here().day_attempts

    @property
    def day(self):
        """The local day that `day_attempts` counts."""
        return self.here().day

    @property
    def last_attempt_at(self):
        """The instant of the last attempt, ms UTC; 0 before the first."""
        return self.here().last_attempt_at

    @property
    def next_due_at(self):
        """When the contact is due next, ms UTC; 0 until it is set."""
        return self.here().next_due_at

    @next_due_at.setter
    def next_due_at(self, int64_t value):
        self.here().next_due_at = value

    @property
    def priority(self):
        """The higher goes first."""
        return self.here().priority

    @priority.setter
    def priority(self, int32_t value):
        self.here().priority = value

    @property
    def order_key(self):
        """The numeric column of the list that can order it."""
        return self.here().order_key

    @property
    def zone(self):
        """The engine's class of zone, 0 to 65,535."""
        return self.here().zone

    @zone.setter
    def zone(self, uint16_t value):
        self.here().zone = value

    @property
    def answer_probability(self):
        """What the platform expects, 0 to 1."""
        return self.here().answer_probability

    @property
    def number_count(self):
        """How many numbers the contact has, 1 to 8."""
        return self.here().number_count

    @property
    def number_next(self):
        """Which of its numbers is to be dialed next."""
        return self.here().number_next

    @number_next.setter
    def number_next(self, uint8_t value):
        self.at(value)
        self.here().number_next = value

    # ---- of its numbers

    cpdef int64_t number(self, int64_t i) except -1:
        """Number `i`, E.164 without the plus sign. IndexError where the contact has none."""
        return self.at(i).number

    cpdef int number_state(self, int64_t i) except -1:
        """The engine's state byte of number `i`."""
        return self.at(i).state

    cpdef set_number_state(self, int64_t i, unsigned char state):
        """Set the engine's state byte of number `i`, 0 to 255."""
        self.at(i).state = state

    cpdef int place_of(self, int64_t number) except -2:
        """Which of its numbers `number` is; -1 where it is none of them."""
        cdef Contact* contact = self.here()
        cdef uint32_t i
        for i in range(contact.number_count):
            if contacts_number(&self.table.contacts, contact, i).number == number:
                return <int>i
        return -1

    def number_attempts(self, int64_t i):
        """Attempts to number `i`; stays at 65,535."""
        return self.at(i).attempts

    def number_kind(self, int64_t i):
        """The kind of number `i`, 0 to 255."""
        return self.at(i).kind

    def number_hours(self, int64_t i):
        """Local minutes of the day from and until which number `i` may be called, 0 to 1,440."""
        cdef Number* number = self.at(i)
        return number.from_minute, number.until_minute

    cpdef count_attempt(self, int64_t i, int64_t at, int day):
        """Count an attempt to number `i` at the instant `at` (ms UTC) on the local day `day`."""
        self.at(i)
        contacts_count_attempt(&self.table.contacts, <uint32_t>self.row, <uint32_t>i, at, day)
