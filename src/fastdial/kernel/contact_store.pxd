# cython: language_level=3
"""What is kept of a contact, and the operations on it, for C and for `cimport`."""

from libc.stdint cimport int32_t, int64_t, uint8_t, uint16_t, uint32_t, uint64_t
from libc.string cimport memcmp, memcpy

from fastdial.kernel._hashing cimport hash_bytes, load64
from fastdial.kernel._memory cimport Blocks, Paged, paged_at
from fastdial.kernel._row_index cimport RowIndex

cdef enum:
    NUMBERS_MAX = 8
    KEY_NBYTES_MAX = 64
    KEY_INLINE = 16  # a key up to this long lies whole in the record
    KEY_HEAD = 12  # of a longer one, this much does; the rest is in a block
    TAIL_CLASSES = 7  # blocks of 8, 16, … 56 bytes
    CHAIN_CLASSES = 7  # blocks of 1 … 7 further numbers
    RECORD_PAGE_BITS = 10
    MINUTES_PER_DAY = 1440
    ROWS_MAX = 1 << 28

cdef struct Number:
    int64_t number  # E.164 without the plus sign
    uint16_t from_minute  # local minute of the day from which it may be called, 0 … 1440
    uint16_t until_minute
    uint16_t attempts  # stays at 65,535
    uint8_t kind
    uint8_t state

# What a look-up by key reads stands first and together: a record is longer than a cache line.
cdef struct Contact:
    char key[16]
    Number first
    uint32_t more  # block of further numbers; of a free row: the next free row + 1
    uint8_t state
    uint8_t key_nbytes  # 0: the row is free
    uint8_t number_count
    uint8_t number_next  # which number is to be dialed next
    int64_t next_due_at
    int64_t last_attempt_at
    int64_t order_key
    float answer_probability
    int32_t priority
    uint32_t generation  # how often the row was given up
    int32_t day  # the local day that day_attempts counts
    uint16_t zone
    uint16_t attempts
    uint16_t day_attempts
    uint16_t flags
    int64_t sequence  # when it came on the list
    int64_t marks  # a word for the engine's own use
    uint16_t reason  # the engine's own code
    uint16_t spare[3]  # zeros, so that equal contents are equal bytes

cdef struct Contacts:
    Paged records
    RowIndex index
    Blocks tails[7]
    Blocks chains[7]
    uint32_t high  # rows ever used
    uint32_t live
    uint32_t free_head  # row + 1; 0: none
    uint64_t seed

# Which fields an Entry gives; the others of a known contact stay as they are.
cdef enum:
    GIVES_ZONE = 1
    GIVES_PRIORITY = 2
    GIVES_PROBABILITY = 4
    GIVES_ORDER_KEY = 8
    GIVES_SEQUENCE = 16  # to a new contact only: a known one keeps when it came

cdef struct Entry:
    Number numbers[8]
    uint8_t number_count
    uint32_t gives
    uint16_t zone
    int32_t priority
    float answer_probability
    int64_t order_key
    int64_t sequence

cdef void contacts_init(Contacts* t, uint64_t seed) noexcept nogil
cdef void contacts_free(Contacts* t) noexcept nogil
cdef uint64_t contacts_nbytes(const Contacts* t) noexcept nogil
# The row of a key, or -1.
cdef int64_t contacts_find(
    const Contacts* t, const char* key, uint32_t nbytes, uint32_t hash) noexcept nogil
# Add or update: the row, or -1 when memory fails or the table is full, and then nothing changed.
# The key is 1 to 64 bytes, and the entry holds 1 to 8 different numbers.
cdef int64_t contacts_put(
    Contacts* t, const char* key, uint32_t nbytes, uint32_t hash, const Entry* entry, bint* is_new
) noexcept nogil
# Give up a live row; it is the first to be used again.
cdef void contacts_remove(Contacts* t, uint32_t row) noexcept nogil
# For restoring: take blocks for a row whose counts are set; -1 when memory fails.
cdef int contacts_take_blocks(Contacts* t, Contact* contact) noexcept nogil
cdef void contacts_copy_key(const Contacts* t, const Contact* contact, char* out) noexcept nogil
cdef bint is_text(const char* key, uint32_t nbytes) noexcept nogil

cdef inline bint is_plain(uint64_t word) noexcept nogil:
    """Whether each of eight bytes is ASCII and none is NUL."""
    cdef uint64_t high = <uint64_t>0x8080808080808080
    return ((word | (word - <uint64_t>0x0101010101010101)) & high) == 0

cdef inline bint is_key(const char* key, uint32_t nbytes) noexcept nogil:
    """Whether bytes are valid UTF-8 without NUL, 1 to 64 of them."""
    return 1 <= nbytes <= KEY_NBYTES_MAX and is_text(key, nbytes)

cdef inline void copy_key(char* out, const char* key, uint32_t nbytes) noexcept nogil:
    """Copy a key; one of the usual lengths as two words that may overlap, without a call."""
    cdef uint64_t first, last
    if 8 <= nbytes <= 16:
        first = load64(key)
        last = load64(key + nbytes - 8)
        memcpy(out, &first, 8)
        memcpy(out + nbytes - 8, &last, 8)
    else:
        memcpy(out, key, nbytes)

cdef inline bint is_number(int64_t number) noexcept nogil:
    """Whether E.164 could hold it: 1 to 15 digits."""
    return 1 <= number and number <= <int64_t>999_999_999_999_999

cdef inline Contact* contacts_at(const Contacts* t, uint32_t row) noexcept nogil:
    """The record of a row that was ever used; its place in memory never changes."""
    return <Contact*>paged_at(&t.records, row)

cdef inline bint contacts_is_live(const Contacts* t, int64_t row) noexcept nogil:
    return 0 <= row < t.high and contacts_at(t, <uint32_t>row).key_nbytes != 0

cdef inline Number* contacts_number(
        const Contacts* t, Contact* contact, uint32_t i) noexcept nogil:
    """Number i of a contact, i below its number_count."""
    if i == 0:
        return &contact.first
    return <Number*>paged_at(&t.chains[contact.number_count - 2].pages, contact.more) + (i - 1)

cdef inline char* contacts_tail(const Contacts* t, Contact* contact) noexcept nogil:
    """What of a long key is not in the record."""
    cdef uint32_t block
    memcpy(&block, contact.key + KEY_HEAD, 4)
    return paged_at(&t.tails[(contact.key_nbytes - KEY_HEAD - 1) >> 3].pages, block)

cdef inline uint32_t contacts_hash(
        const Contacts* t, const char* key, uint32_t nbytes) noexcept nogil:
    return <uint32_t>(hash_bytes(key, nbytes, t.seed) >> 32)

cdef inline bint contacts_has_key(
        const Contacts* t, Contact* contact, const char* key, uint32_t nbytes) noexcept nogil:
    if contact.key_nbytes != nbytes:
        return False
    if nbytes > KEY_INLINE:
        return (memcmp(contact.key, key, KEY_HEAD) == 0
                and memcmp(contacts_tail(t, contact), key + KEY_HEAD, nbytes - KEY_HEAD) == 0)
    if nbytes < 8:
        return memcmp(contact.key, key, nbytes) == 0
    # The two words may overlap, and are compared without a call.
    return (load64(contact.key) == load64(key)
            and load64(contact.key + nbytes - 8) == load64(key + nbytes - 8))

cdef inline void contacts_count_attempt(
        const Contacts* t, uint32_t row, uint32_t i, int64_t at, int32_t day) noexcept nogil:
    """Count an attempt to number i of a live row, at an instant and on a local day."""
    cdef Contact* contact = contacts_at(t, row)
    cdef Number* number = contacts_number(t, contact, i)
    if contact.day != day:
        contact.day = day
        contact.day_attempts = 0
    number.attempts += number.attempts != 0xFFFF
    contact.attempts += contact.attempts != 0xFFFF
    contact.day_attempts += contact.day_attempts != 0xFFFF
    contact.last_attempt_at = at
