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
    KEY_HEAD, KEY_INLINE, KEY_NBYTES_MAX, MINUTES_PER_DAY, NUMBERS_MAX, RECORD_PAGE_BITS, ROWS_MAX,
    Contact, Contacts, Number, contacts_at, contacts_copy_key, contacts_has_key, contacts_hash,
    contacts_number, contacts_tail, contacts_take_blocks, is_key, is_number, is_plain,
)
from fastdial.kernel._hashing cimport (
    Checksum, checksum64, checksum_add, checksum_end, checksum_start, hash_words, load64,
)
from fastdial.kernel._index_build cimport (
    Part, Parting, chunk_of, parting_add, parting_free, parting_init,
)
from fastdial.kernel._hints cimport prefetch
from fastdial.kernel._memory cimport LEAF_BITS, paged_make
from fastdial.kernel._row_index cimport SLOT_PAGE_BITS, Slot, index_reserve

cdef enum:
    AHEAD = 16  # rows whose places in the index are fetched so long before
    VERSION = 3  # 2 had no sequence, marks and reason

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

# Where the next of what the records do not hold is written.
cdef struct Written:
    char* tails
    char* numbers

# What of keys and numbers the records do not hold, as far as it is not read yet.
cdef struct Rest:
    const char* tails
    const char* tails_end
    const char* numbers
    const char* numbers_end

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

cdef void checksum_header(const Header* h, Checksum* sum) noexcept nogil:
    cdef Header bare = h[0]
    bare.checksum = 0
    checksum_start(sum, checksum64(<char*>&bare, sizeof(Header), 0))

cdef uint64_t image_nbytes(const Contacts* t) noexcept nogil:
    cdef Header h
    describe(t, &h)
    return length_of(&h)

cdef uint32_t tail_nbytes(const Contact* contact) noexcept nogil:
    """Of the block that a long key needs beside the record, padding included."""
    if contact.key_nbytes <= KEY_INLINE:
        return 0
    return (contact.key_nbytes - KEY_HEAD + 7) & ~7

cdef inline void write_rest(
        const Contacts* t, const Contact* contact, Contact* out, Written* w) noexcept nogil:
    """Take the references out of a record; what they lead to goes behind the records."""
    cdef uint32_t i, size = tail_nbytes(contact)
    out.more = 0
    if size:
        memset(out.key + KEY_HEAD, 0, 4)
        memcpy(w.tails, contacts_tail(t, <Contact*>contact), size)
        w.tails += size
    for i in range(1, contact.number_count):
        memcpy(w.numbers, contacts_number(t, <Contact*>contact, i), sizeof(Number))
        w.numbers += sizeof(Number)

cdef void write_page(
        const Contacts* t, uint32_t first, uint32_t rows, char* out, Written* w) noexcept nogil:
    """So many rows of one page."""
    cdef const Contact* contact = contacts_at(t, first)
    cdef Contact* copied = <Contact*>out
    cdef uint32_t _
    memcpy(out, contact, rows * sizeof(Contact))
    for _ in range(rows):
        if contact.number_count != 1 or contact.key_nbytes > KEY_INLINE:
            write_rest(t, contact, copied, w)
        contact += 1
        copied += 1

cdef void image_write(const Contacts* t, char* out) noexcept nogil:
    cdef Header h
    cdef Checksum sum
    cdef Written w
    cdef char* at = out + IMAGE_HEADER_NBYTES
    cdef uint32_t row = 0, rows
    describe(t, &h)
    checksum_header(&h, &sum)
    w.tails = at + h.high * sizeof(Contact) + h.free_rows * 4
    w.numbers = w.tails + h.tails_nbytes
    while row < t.high:
        rows = min(<uint32_t>1 << RECORD_PAGE_BITS, t.high - row)
        write_page(t, row, rows, at, &w)
        if rows == 1 << RECORD_PAGE_BITS:
            checksum_add(&sum, at, rows * sizeof(Contact))
        row += rows
        at += rows * sizeof(Contact)
    row = t.free_head
    while row:
        row -= 1
        memcpy(at, &row, 4)
        at += 4
        row = contacts_at(t, row).more
    at = out + IMAGE_HEADER_NBYTES + sum.nbytes
    h.checksum = checksum_end(&sum, at, length_of(&h) - IMAGE_HEADER_NBYTES - sum.nbytes)
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

cdef inline uint32_t key_words_hash(const Contact* contact, uint64_t seed) noexcept nogil:
    """The hash of a key of 8 to 16 bytes that is plain ASCII; 0 where it is something else."""
    cdef uint32_t nbytes = contact.key_nbytes
    cdef uint64_t first = load64(contact.key)
    cdef uint64_t last = load64(contact.key + nbytes - 8)
    if not (is_plain(first) and is_plain(last)):
        return 0
    last = last >> (128 - 8 * nbytes) if nbytes > 8 else 0
    return <uint32_t>(hash_words(first, last, nbytes, seed) >> 32)

cdef ImageError read_rest(
        Contacts* t, Contact* contact, Rest* rest, uint32_t* hash_) noexcept nogil:
    """What a record of any kind has beside it: its key's tail and further numbers."""
    cdef char key[64]
    cdef uint32_t size = tail_nbytes(contact)
    cdef uint32_t further, block = 0
    if size and memcmp(contact.key + KEY_HEAD, &block, 4):
        return IMAGE_RECORD
    further = (contact.number_count - 1) * sizeof(Number)
    if rest.tails_end - rest.tails < size or rest.numbers_end - rest.numbers < further:
        return IMAGE_RECORD
    if contacts_take_blocks(t, contact):
        contact.key_nbytes = 0
        return IMAGE_MEMORY
    if size:
        memcpy(contacts_tail(t, contact), rest.tails, size)
        rest.tails += size
    if further:
        memcpy(contacts_number(t, contact, 1), rest.numbers, further)
        rest.numbers += further
    contacts_copy_key(t, contact, key)
    if not is_key(key, contact.key_nbytes) or not numbers_differ(t, contact):
        return IMAGE_RECORD
    hash_[0] = contacts_hash(t, key, contact.key_nbytes)
    return IMAGE_OK

cdef inline ImageError read_contact(
        Contacts* t, Contact* contact, Rest* rest, uint64_t seed, uint32_t* hash_) noexcept nogil:
    """Check a live record that is in its place; gives its key's hash."""
    if not is_sound(contact):
        return IMAGE_RECORD
    if 8 <= contact.key_nbytes <= KEY_INLINE and contact.number_count == 1:
        hash_[0] = key_words_hash(contact, seed)
        if hash_[0]:
            return IMAGE_OK
    return read_rest(t, contact, rest, hash_)

cdef ImageError read_page(
        Contacts* t, const Header* h, const char* records, uint32_t rows, Rest* rest,
        Parting* parting) noexcept nogil:
    """The next rows, as many as are in a page at most."""
    cdef uint32_t row = t.high, end = t.high + rows, hash_
    cdef Contact* contact = <Contact*>paged_make(&t.records, row)
    cdef uint64_t seed = t.seed
    cdef ImageError error
    if contact == NULL:
        return IMAGE_MEMORY
    memcpy(contact, records, rows * sizeof(Contact))
    while row < end:
        t.high = row + 1
        if contact.key_nbytes:
            if t.live == h.live:
                return IMAGE_RECORD
            t.live += 1
            error = read_contact(t, contact, rest, seed, &hash_)
            if error != IMAGE_OK:
                return error
            parting_add(parting, hash_, row)
        elif not is_free_record(contact):
            return IMAGE_RECORD
        contact += 1
        row += 1
    return IMAGE_OK

cdef inline Slot* slot_at(const Contacts* t, uint64_t at) noexcept nogil:
    """A slot of the index, whose pages are all there: with sizes that the compiler knows."""
    cdef uint64_t page = at >> SLOT_PAGE_BITS
    cdef char* start = t.index.now.root[page >> LEAF_BITS][page & ((1 << LEAF_BITS) - 1)]
    return <Slot*>start + (at & ((1 << SLOT_PAGE_BITS) - 1))

cdef bint same_key(const Contacts* t, uint32_t row, uint32_t other) noexcept nogil:
    cdef Contact* contact = contacts_at(t, row)
    cdef char key[64]
    contacts_copy_key(t, contact, key)
    return contacts_has_key(t, contacts_at(t, other), key, contact.key_nbytes)

cdef inline ImageError enter_row(Contacts* t, uint32_t hash_, uint32_t row1) noexcept nogil:
    """Enter a row into an index that has room; keys of one hash are compared."""
    cdef uint64_t at = hash_ >> (32 - t.index.bits)
    cdef Slot* slot = slot_at(t, at)
    while slot.row1 != 0:
        if slot.hash == hash_ and same_key(t, row1 - 1, slot.row1 - 1):
            return IMAGE_KEY_TWICE
        at += 1
        slot += 1
        if at & ((1 << SLOT_PAGE_BITS) - 1) == 0:
            at &= ((<uint64_t>1) << t.index.bits) - 1
            slot = slot_at(t, at)
    slot.hash = hash_
    slot.row1 = row1
    return IMAGE_OK

cdef ImageError build_index(Contacts* t, const Parting* parting) noexcept nogil:
    cdef uint64_t i
    cdef uint32_t chunk, count, j
    cdef const Part* part
    cdef const Slot* slots
    cdef ImageError error
    for i in range((<uint64_t>1) << (t.index.bits - SLOT_PAGE_BITS)):
        if paged_make(&t.index.now, i << SLOT_PAGE_BITS) == NULL:
            return IMAGE_MEMORY
    for i in range((<uint64_t>1) << parting.part_bits):
        part = &parting.parts[i]
        chunk = part.first
        while part.end != NULL:
            slots = chunk_of(parting, part, chunk, &count)
            for j in range(count):
                if j + AHEAD < count:
                    prefetch(slot_at(t, slots[j + AHEAD].hash >> (32 - t.index.bits)))
                error = enter_row(t, slots[j].hash, slots[j].row1)
                if error != IMAGE_OK:
                    return error
            if chunk == part.last:
                break
            chunk = parting.following[chunk]
    t.index.count = t.live
    return IMAGE_OK

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

cdef ImageError read_body(
        Contacts* t, const Header* h, const char* data, Checksum* sum, Parting* parting
) noexcept nogil:
    """Everything but the index, with the checksum of whole pages of records."""
    cdef const char* records = data + IMAGE_HEADER_NBYTES
    cdef Rest rest
    cdef uint32_t rows
    cdef ImageError error
    rest.tails = records + h.high * sizeof(Contact) + h.free_rows * 4
    rest.tails_end = rest.tails + h.tails_nbytes
    rest.numbers = rest.tails_end
    rest.numbers_end = data + length_of(h)
    while t.high < h.high:
        rows = <uint32_t>min(<uint64_t>1 << RECORD_PAGE_BITS, h.high - t.high)
        if rows == 1 << RECORD_PAGE_BITS:
            # A page is in the cache then for being copied.
            checksum_add(sum, records, rows * sizeof(Contact))
        error = read_page(t, h, records, rows, &rest, parting)
        if error != IMAGE_OK:
            return error
        records += rows * sizeof(Contact)
    if t.live != h.live or rest.tails != rest.tails_end or rest.numbers != rest.numbers_end:
        return IMAGE_RECORD
    return read_free_rows(t, h, records)

cdef ImageError image_read(Contacts* t, const char* data, uint64_t nbytes) noexcept nogil:
    cdef Header h
    cdef Checksum sum
    cdef Parting parting
    cdef uint64_t summed
    cdef ImageError error = check_header(data, nbytes, &h)
    if error != IMAGE_OK:
        return error
    checksum_header(&h, &sum)
    index_reserve(&t.index, h.live)
    if parting_init(&parting, &t.index, h.live):
        return IMAGE_MEMORY
    error = read_body(t, &h, data, &sum, &parting)
    summed = IMAGE_HEADER_NBYTES + sum.nbytes
    # What is damaged is told from what is forged, whatever the damage looks like.
    if error != IMAGE_MEMORY and checksum_end(&sum, data + summed, nbytes - summed) != h.checksum:
        error = IMAGE_CHECKSUM
    if error == IMAGE_OK:
        error = build_index(t, &parting)
    parting_free(&parting)
    return error
