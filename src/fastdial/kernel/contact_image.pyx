# cython: language_level=3
"""Snapshots of contacts.

A header of eight 64-bit words; the records in order of rows, with their block references zeroed;
the free rows, next to be used first (uint32 each); what of long keys the records do not hold; the
further numbers. It holds no reference, so there is none to be forged: everything that remains is
checked field by field, and a key that comes twice is refused. Equal contents give equal bytes,
whatever was done to reach them. Little-endian; a machine of the other order refuses the magic.
"""

from libc.stdint cimport uint32_t, uint64_t
from libc.string cimport memcmp, memcpy, memset

from fastdial.kernel.contact_store cimport (
    KEY_HEAD, KEY_INLINE, KEY_NBYTES_MAX, MINUTES_PER_DAY, NUMBERS_MAX, ROWS_MAX, Contact, Contacts,
    Number, contacts_at, contacts_copy_key, contacts_find, contacts_hash, contacts_number,
    contacts_tail, contacts_take_blocks, is_key, is_number,
)
from fastdial.kernel._hashing cimport checksum64
from fastdial.kernel._memory cimport paged_make
from fastdial.kernel._row_index cimport index_add, index_prefetch, index_reserve

cdef enum:
    VERSION = 3  # 2 had no sequence, marks and reason
    BLOCK_ROWS = 64

cdef uint64_t MAGIC = 0x544341544E4F4346  # "FCONTACT" in the order of bytes

cdef struct Header:
    uint64_t magic
    uint32_t version
    uint32_t record_nbytes
    uint64_t high
    uint64_t live
    uint64_t free_rows
    uint64_t tails_nbytes
    uint64_t further_numbers
    uint64_t checksum

cdef void describe(const Contacts* t, Header* h) noexcept nogil:
    cdef uint32_t i
    memset(h, 0, sizeof(Header))
    h.magic = MAGIC
    h.version = VERSION
    h.record_nbytes = sizeof(Contact)
    h.high = t.high
    h.live = t.live
    h.free_rows = t.high - t.live
    for i in range(7):
        h.tails_nbytes += <uint64_t>t.tails[i].live * t.tails[i].pages.item_nbytes
        h.further_numbers += <uint64_t>t.chains[i].live * (i + 1)

cdef uint64_t length_of(const Header* h) noexcept nogil:
    return (IMAGE_HEADER_NBYTES + h.high * sizeof(Contact) + h.free_rows * 4 + h.tails_nbytes
            + h.further_numbers * sizeof(Number))

cdef uint64_t checksum_of(const Header* h, const char* body) noexcept nogil:
    cdef Header bare = h[0]
    bare.checksum = 0
    return checksum64(body, length_of(h) - IMAGE_HEADER_NBYTES,
                      checksum64(<char*>&bare, sizeof(Header), 0))

cdef uint64_t image_nbytes(const Contacts* t) noexcept nogil:
    cdef Header h
    describe(t, &h)
    return length_of(&h)

cdef uint32_t tail_nbytes(const Contact* contact) noexcept nogil:
    """Of the block that a long key needs beside the record, padding included."""
    if contact.key_nbytes <= KEY_INLINE:
        return 0
    return (contact.key_nbytes - KEY_HEAD + 7) & ~7

cdef void image_write(const Contacts* t, char* out) noexcept nogil:
    cdef Header h
    cdef char* records = out + IMAGE_HEADER_NBYTES
    cdef char* free_rows
    cdef char* tails
    cdef char* numbers
    cdef Contact* contact
    cdef Contact bare
    cdef uint32_t row, i, size
    describe(t, &h)
    free_rows = records + h.high * sizeof(Contact)
    tails = free_rows + h.free_rows * 4
    numbers = tails + h.tails_nbytes
    for row in range(t.high):
        contact = contacts_at(t, row)
        bare = contact[0]
        bare.more = 0
        size = tail_nbytes(contact)
        if size:
            memset(bare.key + KEY_HEAD, 0, 4)
            memcpy(tails, contacts_tail(t, contact), size)
            tails += size
        for i in range(1, contact.number_count):
            memcpy(numbers, contacts_number(t, contact, i), sizeof(Number))
            numbers += sizeof(Number)
        memcpy(records, &bare, sizeof(Contact))
        records += sizeof(Contact)
    row = t.free_head
    while row:
        row -= 1
        memcpy(free_rows, &row, 4)
        free_rows += 4
        row = contacts_at(t, row).more
    h.checksum = checksum_of(&h, out + IMAGE_HEADER_NBYTES)
    memcpy(out, &h, sizeof(Header))

cdef ImageError check_header(const char* data, uint64_t nbytes, Header* h) noexcept nogil:
    if nbytes < IMAGE_HEADER_NBYTES:
        return IMAGE_TOO_SHORT
    memcpy(h, data, sizeof(Header))
    if h.magic != MAGIC:
        return IMAGE_NOT_OURS
    if h.version != VERSION or h.record_nbytes != sizeof(Contact):
        return IMAGE_VERSION
    # Each count is bounded before they are added up, so that no sum wraps.
    if h.high > ROWS_MAX or h.live > h.high or h.free_rows != h.high - h.live:
        return IMAGE_LENGTH
    if h.tails_nbytes > nbytes or h.further_numbers > nbytes or length_of(h) != nbytes:
        return IMAGE_LENGTH
    if checksum_of(h, data + IMAGE_HEADER_NBYTES) != h.checksum:
        return IMAGE_CHECKSUM
    return IMAGE_OK

cdef bint is_free_record(const Contact* contact) noexcept nogil:
    cdef Contact blank
    memset(&blank, 0, sizeof(Contact))
    blank.generation = contact.generation
    return memcmp(&blank, contact, sizeof(Contact)) == 0

cdef bint is_fit(const Number* number) noexcept nogil:
    return (is_number(number.number) and number.from_minute <= MINUTES_PER_DAY
            and number.until_minute <= MINUTES_PER_DAY
            and number.from_minute != number.until_minute)

cdef bint is_sound(const Contact* contact) noexcept nogil:
    return (contact.key_nbytes <= KEY_NBYTES_MAX and contact.more == 0
            and 1 <= contact.number_count <= NUMBERS_MAX
            and contact.number_next < contact.number_count
            and 0 <= contact.answer_probability <= 1 and is_fit(&contact.first)
            and not (contact.spare[0] | contact.spare[1] | contact.spare[2]))

cdef bint numbers_differ(const Contacts* t, Contact* contact) noexcept nogil:
    cdef uint32_t i, j
    for i in range(1, contact.number_count):
        if not is_fit(contacts_number(t, contact, i)):
            return False
        for j in range(i):
            if contacts_number(t, contact, i).number == contacts_number(t, contact, j).number:
                return False
    return True

cdef ImageError read_contact(
        Contacts* t, Contact* contact, const char** tails, const char* tails_end,
        const char** numbers, const char* numbers_end, uint32_t* hash_) noexcept nogil:
    """The rest of a live record: its key's tail and its further numbers; gives the key's hash."""
    cdef char key[64]
    cdef uint32_t size = tail_nbytes(contact)
    cdef uint32_t further, block = 0
    if not is_sound(contact):
        return IMAGE_RECORD
    if size and memcmp(contact.key + KEY_HEAD, &block, 4):
        return IMAGE_RECORD
    further = (contact.number_count - 1) * sizeof(Number)
    if tails_end - tails[0] < size or numbers_end - numbers[0] < further:
        return IMAGE_RECORD
    if contacts_take_blocks(t, contact):
        contact.key_nbytes = 0
        return IMAGE_MEMORY
    if size:
        memcpy(contacts_tail(t, contact), tails[0], size)
        tails[0] += size
    if further:
        memcpy(contacts_number(t, contact, 1), numbers[0], further)
        numbers[0] += further
    contacts_copy_key(t, contact, key)
    if not is_key(key, contact.key_nbytes) or not numbers_differ(t, contact):
        return IMAGE_RECORD
    hash_[0] = contacts_hash(t, key, contact.key_nbytes)
    index_prefetch(&t.index, hash_[0])
    return IMAGE_OK

cdef ImageError enter_row(Contacts* t, uint32_t row, uint32_t hash_) noexcept nogil:
    cdef Contact* contact = contacts_at(t, row)
    cdef char key[64]
    contacts_copy_key(t, contact, key)
    if contacts_find(t, key, contact.key_nbytes, hash_) >= 0:
        return IMAGE_KEY_TWICE
    return IMAGE_MEMORY if index_add(&t.index, hash_, row) else IMAGE_OK

cdef ImageError read_free_rows(Contacts* t, const Header* h, const char* at) noexcept nogil:
    """Chain free rows from the last to the first; each must be free, and come once."""
    cdef uint64_t i
    cdef uint32_t row
    cdef Contact* contact
    for i in range(h.free_rows, 0, -1):
        memcpy(&row, at + (i - 1) * 4, 4)
        if row >= t.high:
            return IMAGE_FREE_ROWS
        contact = contacts_at(t, row)
        # The first one chained has no next, and so is known by being the last of all.
        if contact.key_nbytes or contact.more:
            return IMAGE_FREE_ROWS
        contact.more = t.free_head if t.free_head else row + 1
        t.free_head = row + 1
    if h.free_rows:
        memcpy(&row, at + (h.free_rows - 1) * 4, 4)
        contacts_at(t, row).more = 0
    return IMAGE_OK

cdef ImageError image_read(Contacts* t, const char* data, uint64_t nbytes) noexcept nogil:
    cdef Header h
    cdef ImageError error = check_header(data, nbytes, &h)
    cdef const char* records = data + IMAGE_HEADER_NBYTES
    cdef const char* tails
    cdef const char* tails_end
    cdef const char* numbers
    cdef uint32_t hashes[BLOCK_ROWS]
    cdef uint64_t start = 0
    cdef uint32_t row, first, rows
    cdef Contact* contact
    if error != IMAGE_OK:
        return error
    tails = records + h.high * sizeof(Contact) + h.free_rows * 4
    tails_end = tails + h.tails_nbytes
    numbers = tails_end
    index_reserve(&t.index, h.live)
    while start < h.high:
        first = <uint32_t>start
        rows = min(<uint32_t>BLOCK_ROWS, <uint32_t>h.high - first)
        start += rows
        for row in range(first, first + rows):
            contact = <Contact*>paged_make(&t.records, row)
            if contact == NULL:
                return IMAGE_MEMORY
            memcpy(contact, records + <uint64_t>row * sizeof(Contact), sizeof(Contact))
            t.high = row + 1
            if contact.key_nbytes == 0:
                if not is_free_record(contact):
                    return IMAGE_RECORD
                continue
            t.live += 1
            error = read_contact(
                t, contact, &tails, tails_end, &numbers, data + nbytes, &hashes[row - first])
            if error != IMAGE_OK:
                return error
        for row in range(first, first + rows):
            if contacts_at(t, row).key_nbytes:
                error = enter_row(t, row, hashes[row - first])
                if error != IMAGE_OK:
                    return error
    if t.live != h.live or tails != tails_end or numbers != data + nbytes:
        return IMAGE_RECORD
    return read_free_rows(t, &h, tails_end - h.tails_nbytes - h.free_rows * 4)
