# cython: language_level=3
"""Rows of contacts in C: finding, adding, updating and removing. `contact_table` is its Python
face."""

from libc.stdint cimport int64_t, uint8_t, uint32_t, uint64_t
from libc.string cimport memcpy, memset

from fastdial.kernel._memory cimport (
    BLOCK_NONE, blocks_give, blocks_init, blocks_take, paged_free, paged_init, paged_make,
)
from fastdial.kernel._row_index cimport (
    Probe, index_add_behind, index_free, index_init, index_remove, probe_next, probe_start,
)

cdef void contacts_init(Contacts* t, uint64_t seed) noexcept nogil:
    cdef uint32_t i
    memset(t, 0, sizeof(Contacts))
    t.seed = seed
    paged_init(&t.records, RECORD_PAGE_BITS, sizeof(Contact))
    index_init(&t.index)
    for i in range(TAIL_CLASSES):
        blocks_init(&t.tails[i], RECORD_PAGE_BITS, 8 * (i + 1))
    for i in range(CHAIN_CLASSES):
        blocks_init(&t.chains[i], RECORD_PAGE_BITS, sizeof(Number) * (i + 1))

cdef void contacts_free(Contacts* t) noexcept nogil:
    cdef uint32_t i
    paged_free(&t.records)
    index_free(&t.index)
    for i in range(TAIL_CLASSES):
        paged_free(&t.tails[i].pages)
    for i in range(CHAIN_CLASSES):
        paged_free(&t.chains[i].pages)

cdef uint64_t contacts_nbytes(const Contacts* t) noexcept nogil:
    cdef uint64_t total = t.records.nbytes + t.index.now.nbytes + t.index.old.nbytes
    cdef uint32_t i
    for i in range(TAIL_CLASSES):
        total += t.tails[i].pages.nbytes
    for i in range(CHAIN_CLASSES):
        total += t.chains[i].pages.nbytes
    return total

cdef int64_t contacts_find(
        const Contacts* t, const char* key, uint32_t nbytes, uint32_t hash) noexcept nogil:
    cdef Probe probe
    cdef int64_t row
    probe_start(&t.index, hash, &probe)
    while True:
        row = probe_next(&t.index, &probe)
        if row < 0 or contacts_has_key(t, contacts_at(t, <uint32_t>row), key, nbytes):
            return row

cdef int contacts_take_blocks(Contacts* t, Contact* contact) noexcept nogil:
    cdef uint32_t tail = <uint32_t>BLOCK_NONE
    cdef uint32_t tail_class = 0
    if contact.key_nbytes > KEY_INLINE:
        tail_class = (contact.key_nbytes - KEY_HEAD - 1) >> 3
        tail = blocks_take(&t.tails[tail_class])
        if tail == <uint32_t>BLOCK_NONE:
            return -1
    if contact.number_count > 1:
        contact.more = blocks_take(&t.chains[contact.number_count - 2])
        if contact.more == <uint32_t>BLOCK_NONE:
            if tail != <uint32_t>BLOCK_NONE:
                blocks_give(&t.tails[tail_class], tail)
            return -1
    if tail != <uint32_t>BLOCK_NONE:
        memcpy(contact.key + KEY_HEAD, &tail, 4)
    return 0

cdef void give_blocks(Contacts* t, Contact* contact) noexcept nogil:
    cdef uint32_t tail
    if contact.key_nbytes > KEY_INLINE:
        memcpy(&tail, contact.key + KEY_HEAD, 4)
        blocks_give(&t.tails[(contact.key_nbytes - KEY_HEAD - 1) >> 3], tail)
    if contact.number_count > 1:
        blocks_give(&t.chains[contact.number_count - 2], contact.more)

cdef void set_fields(Contact* contact, const Entry* entry) noexcept nogil:
    if entry.gives & GIVES_ZONE:
        contact.zone = entry.zone
    if entry.gives & GIVES_PRIORITY:
        contact.priority = entry.priority
    if entry.gives & GIVES_PROBABILITY:
        contact.answer_probability = entry.answer_probability
    if entry.gives & GIVES_ORDER_KEY:
        contact.order_key = entry.order_key

cdef int64_t add_contact(
        Contacts* t, const char* key, uint32_t nbytes, uint32_t hash, const Probe* ended,
        const Entry* entry) noexcept nogil:
    cdef Contact fresh
    cdef Contact* contact
    cdef uint32_t row
    cdef uint32_t next_free = 0
    if t.free_head:
        row = t.free_head - 1
        contact = contacts_at(t, row)
        next_free = contact.more
    else:
        row = t.high
        if row >= ROWS_MAX:
            return -1
        contact = <Contact*>paged_make(&t.records, row)
        if contact == NULL:
            return -1
    # A row that is free is all zeros, but for its generation and the next free row.
    fresh = contact[0]
    fresh.more = 0
    fresh.key_nbytes = <uint8_t>nbytes
    fresh.number_count = entry.number_count
    if contacts_take_blocks(t, &fresh):
        return -1
    if index_add_behind(&t.index, ended, hash, row):
        give_blocks(t, &fresh)
        return -1
    if nbytes <= KEY_INLINE:
        copy_key(fresh.key, key, nbytes)
    else:
        memcpy(fresh.key, key, KEY_HEAD)
        memcpy(contacts_tail(t, &fresh), key + KEY_HEAD, nbytes - KEY_HEAD)
    fresh.first = entry.numbers[0]
    if entry.number_count > 1:
        memcpy(contacts_number(t, &fresh, 1), &entry.numbers[1],
               (entry.number_count - 1) * sizeof(Number))
    set_fields(&fresh, entry)
    if entry.gives & GIVES_SEQUENCE:
        fresh.sequence = entry.sequence
    contact[0] = fresh
    if t.free_head:
        t.free_head = next_free
    else:
        t.high += 1
    t.live += 1
    return row

cdef int set_numbers(Contacts* t, Contact* contact, const Entry* entry) noexcept nogil:
    """Replace a contact's numbers; one that stays keeps its attempts, its state and its turn."""
    cdef Number fresh[8]
    cdef Number* known
    cdef uint32_t i, j, more = contact.more
    cdef uint8_t turn = 0
    if entry.number_count != contact.number_count and entry.number_count > 1:
        more = blocks_take(&t.chains[entry.number_count - 2])
        if more == <uint32_t>BLOCK_NONE:
            return -1
    for i in range(entry.number_count):
        fresh[i] = entry.numbers[i]
        for j in range(contact.number_count):
            known = contacts_number(t, contact, j)
            if known.number == fresh[i].number:
                fresh[i].attempts = known.attempts
                fresh[i].state = known.state
                if j == contact.number_next:
                    turn = <uint8_t>i
                break
    if entry.number_count != contact.number_count and contact.number_count > 1:
        blocks_give(&t.chains[contact.number_count - 2], contact.more)
    contact.more = more if entry.number_count > 1 else 0
    contact.number_count = entry.number_count
    contact.number_next = turn
    contact.first = fresh[0]
    if contact.number_count > 1:
        memcpy(contacts_number(t, contact, 1), &fresh[1],
               (contact.number_count - 1) * sizeof(Number))
    return 0

cdef int64_t contacts_put(
        Contacts* t, const char* key, uint32_t nbytes, uint32_t hash, const Entry* entry,
        bint* is_new) noexcept nogil:
    cdef Probe probe
    cdef int64_t row
    probe_start(&t.index, hash, &probe)
    while True:
        row = probe_next(&t.index, &probe)
        if row < 0 or contacts_has_key(t, contacts_at(t, <uint32_t>row), key, nbytes):
            break
    is_new[0] = row < 0
    if row < 0:
        return add_contact(t, key, nbytes, hash, &probe, entry)
    if set_numbers(t, contacts_at(t, <uint32_t>row), entry):
        return -1
    set_fields(contacts_at(t, <uint32_t>row), entry)
    return row

cdef void contacts_copy_key(const Contacts* t, const Contact* contact, char* out) noexcept nogil:
    if contact.key_nbytes <= KEY_INLINE:
        memcpy(out, contact.key, contact.key_nbytes)
    else:
        memcpy(out, contact.key, KEY_HEAD)
        memcpy(out + KEY_HEAD, contacts_tail(t, <Contact*>contact), contact.key_nbytes - KEY_HEAD)

cdef void contacts_remove(Contacts* t, uint32_t row) noexcept nogil:
    cdef Contact* contact = contacts_at(t, row)
    cdef uint32_t generation = contact.generation
    cdef char key[64]
    contacts_copy_key(t, contact, key)
    index_remove(&t.index, contacts_hash(t, key, contact.key_nbytes), row)
    give_blocks(t, contact)
    memset(contact, 0, sizeof(Contact))
    contact.generation = generation + 1
    contact.more = t.free_head
    t.free_head = row + 1
    t.live -= 1

cdef uint32_t sequence_nbytes(uint8_t lead) noexcept nogil:
    """How long the UTF-8 sequence is that this byte begins; 0: none can begin so."""
    if lead < 0x80:
        return 1
    if lead < 0xC2:
        return 0
    if lead < 0xE0:
        return 2
    if lead < 0xF0:
        return 3
    return 4 if lead < 0xF5 else 0

cdef bint is_text(const char* key, uint32_t nbytes) noexcept nogil:
    """Whether bytes are valid UTF-8 without NUL."""
    cdef const uint8_t* at = <const uint8_t*>key
    cdef uint32_t i = 0, j, step
    while i < nbytes:
        if 0 < at[i] < 0x80:
            i += 1
            continue
        step = sequence_nbytes(at[i])
        if at[i] == 0 or step == 0 or i + step > nbytes:
            return False
        for j in range(1, step):
            if at[i + j] & 0xC0 != 0x80:
                return False
        # Overlong forms, surrogates, and what lies beyond U+10FFFF.
        if at[i] == 0xE0 and at[i + 1] < 0xA0 or at[i] == 0xED and at[i + 1] > 0x9F:
            return False
        if at[i] == 0xF0 and at[i + 1] < 0x90 or at[i] == 0xF4 and at[i + 1] > 0x8F:
            return False
        i += step
    return True
