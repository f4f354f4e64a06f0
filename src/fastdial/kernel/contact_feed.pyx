# cython: language_level=3
"""Rows from arrays: each is checked by itself, and loaded or refused by itself (rule CA-7)."""

from libc.stdint cimport int32_t, int64_t, uint8_t, uint16_t, uint32_t, uint64_t
from libc.string cimport memcpy, memset

from fastdial.kernel.contact_store cimport (
    GIVES_ORDER_KEY, GIVES_PRIORITY, GIVES_PROBABILITY, GIVES_SEQUENCE, GIVES_ZONE, KEY_NBYTES_MAX,
    MINUTES_PER_DAY, Contacts, Entry, Number, contacts_at, contacts_find, contacts_has_key,
    contacts_hash, contacts_put, is_number, is_plain, is_text,
)
from fastdial.kernel._hashing cimport hash_words, load64
from fastdial.kernel._row_index cimport index_first, index_prefetch

cdef extern from *:
    void __builtin_prefetch(const void*) noexcept nogil

cdef enum:
    BLOCK_ROWS = 64  # looked up together, so that their cache misses overlap
    LOOKED_AT = 40  # bytes at the beginning of a record that decide whether it has a key

cdef inline int64_t key_place(const KeySource* k, int64_t i, int64_t* nbytes) noexcept nogil:
    """Where key i begins and how long it is; -1 bytes where its offsets lead elsewhere."""
    cdef int64_t start, end
    if k.offsets == NULL:
        start = i * k.item_nbytes
        end = start + k.item_nbytes
        while end - start >= 8 and load64(k.data + end - 8) == 0:
            end -= 8
        while end > start and k.data[end - 1] == 0:
            end -= 1
    else:
        start = k.offsets[i]
        end = k.offsets[i + 1]
        if start < 0 or end < start or end > k.data_nbytes:
            end = start - 1
    nbytes[0] = end - start
    return start

cdef uint32_t key_hash(
        const Contacts* t, const KeySource* k, int64_t i, char* key, uint32_t* hash_
) noexcept nogil:
    """Copy key i, hash it and fetch its slot of the index; gives its length, 0 where it is none.

    It is copied before it is checked and hashed, since its owner may be writing to it meanwhile.
    """
    cdef int64_t nbytes
    cdef const char* at = k.data + key_place(k, i, &nbytes)
    cdef uint64_t first, last, rest
    if 8 <= nbytes <= 16:
        # Most keys: two words that need not be read back. Only what of the second is beyond the
        # first counts, so that what is hashed is what is kept, whatever is written meanwhile.
        first = load64(at)
        last = load64(at + nbytes - 8)
        rest = last >> (128 - 8 * nbytes) if nbytes > 8 else 0
        memcpy(key, &first, 8)
        memcpy(key + 8, &rest, 8)
        if not (is_plain(first) and is_plain(last)) and not is_text(key, <uint32_t>nbytes):
            return 0
        hash_[0] = <uint32_t>(hash_words(first, rest, nbytes, t.seed) >> 32)
    elif nbytes < 1 or nbytes > KEY_NBYTES_MAX:
        return 0
    else:
        memcpy(key, at, nbytes)
        if not is_text(key, <uint32_t>nbytes):
            return 0
        hash_[0] = contacts_hash(t, key, <uint32_t>nbytes)
    index_prefetch(&t.index, hash_[0])
    return <uint32_t>nbytes

cdef inline int64_t value_of(
        const Ints* c, int64_t i, int64_t number, int64_t default) noexcept nogil:
    return default if c.data == NULL else c.data[i * c.row_step + number * c.number_step]

cdef int read_numbers(const Feed* f, int64_t i, Entry* entry) noexcept nogil:
    """Numbers of row i without the zeros, each once; gives 0 or why they are refused."""
    cdef int64_t j, number, kind, from_minute, until_minute
    cdef uint32_t k
    cdef Number* slot
    entry.number_count = 0
    for j in range(f.number_width):
        number = f.numbers.data[i * f.numbers.row_step + j]
        if number == 0:
            continue
        if not is_number(number):
            return REFUSED_NUMBER
        for k in range(entry.number_count):
            if entry.numbers[k].number == number:
                break
        else:
            kind = value_of(&f.kinds, i, j, 0)
            if kind < 0 or kind > 255:
                return REFUSED_KIND
            from_minute = value_of(&f.from_minutes, i, j, 0)
            until_minute = value_of(&f.until_minutes, i, j, MINUTES_PER_DAY)
            if (from_minute < 0 or from_minute > MINUTES_PER_DAY or until_minute < 0
                    or until_minute > MINUTES_PER_DAY or from_minute == until_minute):
                return REFUSED_HOURS
            slot = &entry.numbers[entry.number_count]
            memset(slot, 0, sizeof(Number))
            slot.number = number
            slot.kind = <uint8_t>kind
            slot.from_minute = <uint16_t>from_minute
            slot.until_minute = <uint16_t>until_minute
            entry.number_count += 1
    return 0 if entry.number_count else REFUSED_NUMBER

cdef int read_entry(const Feed* f, int64_t i, Entry* entry) noexcept nogil:
    """Row i of the feed as an entry; gives 0 or why it is refused."""
    cdef int64_t value
    cdef float probability
    cdef int refused = read_numbers(f, i, entry)
    entry.gives = 0
    if refused:
        return refused
    if f.zones.data != NULL:
        value = value_of(&f.zones, i, 0, 0)
        if value < 0 or value > 0xFFFF:
            return REFUSED_ZONE
        entry.gives |= GIVES_ZONE
        entry.zone = <uint16_t>value
    if f.priorities.data != NULL:
        value = value_of(&f.priorities, i, 0, 0)
        if value != <int32_t>value:
            return REFUSED_PRIORITY
        entry.gives |= GIVES_PRIORITY
        entry.priority = <int32_t>value
    if f.order_keys.data != NULL:
        entry.gives |= GIVES_ORDER_KEY
        entry.order_key = value_of(&f.order_keys, i, 0, 0)
    if f.sequences.data != NULL:
        entry.gives |= GIVES_SEQUENCE
        entry.sequence = value_of(&f.sequences, i, 0, 0)
    if f.probabilities != NULL:
        probability = f.probabilities[i * f.probability_step]
        if not 0 <= probability <= 1:
            return REFUSED_PROBABILITY
        entry.gives |= GIVES_PROBABILITY
        entry.answer_probability = probability
    return 0

cdef inline int64_t candidate(const Contacts* t, uint32_t hash_) noexcept nogil:
    """The row that likely has a key of this hash, its record under way to the cache; or -1."""
    cdef int64_t row = index_first(&t.index, hash_)
    cdef const char* at
    if row >= 0:
        at = <const char*>contacts_at(t, <uint32_t>row)
        __builtin_prefetch(at)
        __builtin_prefetch(at + LOOKED_AT - 1)
    return row

cdef int load_feed(Contacts* t, const Feed* f, int64_t n, LoadResult* out) noexcept nogil:
    """Load n rows; -1 when memory fails or the table is full, and then the rows before are in."""
    cdef char keys[BLOCK_ROWS][KEY_NBYTES_MAX]
    cdef uint32_t sizes[BLOCK_ROWS]
    cdef uint32_t hashes[BLOCK_ROWS]
    cdef Entry entry
    cdef int64_t start = -BLOCK_ROWS, i, block, row
    cdef bint is_new
    while start + BLOCK_ROWS < n:
        start += BLOCK_ROWS
        block = min(<int64_t>BLOCK_ROWS, n - start)
        for i in range(block):
            sizes[i] = key_hash(t, &f.keys, start + i, keys[i], &hashes[i])
        for i in range(block):
            if sizes[i]:
                candidate(t, hashes[i])
        for i in range(block):
            out.rows[start + i] = -1
            out.new[start + i] = 0
            out.refused[start + i] = (
                REFUSED_KEY if sizes[i] == 0 else <uint8_t>read_entry(f, start + i, &entry))
            if out.refused[start + i]:
                continue
            row = contacts_put(t, keys[i], sizes[i], hashes[i], &entry, &is_new)
            if row < 0:
                return -1
            out.rows[start + i] = <int32_t>row
            out.new[start + i] = is_new
    return 0

cdef void find_keys(const Contacts* t, const KeySource* k, int64_t n, int32_t* out) noexcept nogil:
    cdef char keys[BLOCK_ROWS][KEY_NBYTES_MAX]
    cdef uint32_t sizes[BLOCK_ROWS]
    cdef uint32_t hashes[BLOCK_ROWS]
    cdef int64_t rows[BLOCK_ROWS]
    cdef int64_t start = -BLOCK_ROWS, i, block
    while start + BLOCK_ROWS < n:
        start += BLOCK_ROWS
        block = min(<int64_t>BLOCK_ROWS, n - start)
        for i in range(block):
            sizes[i] = key_hash(t, k, start + i, keys[i], &hashes[i])
        for i in range(block):
            rows[i] = candidate(t, hashes[i]) if sizes[i] else -1
        for i in range(block):
            # Two keys of one hash are rare: only then is the index asked again.
            if rows[i] >= 0 and not contacts_has_key(
                    t, contacts_at(t, <uint32_t>rows[i]), keys[i], sizes[i]):
                rows[i] = contacts_find(t, keys[i], sizes[i], hashes[i])
            out[start + i] = <int32_t>rows[i]
