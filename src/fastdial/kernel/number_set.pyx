# cython: language_level=3
"""A set of numbers as a tree of three levels: one root, branches of up to 512 leaves, leaves.

The root grows by a pointer for every 100,000 numbers or so; adding or removing one number rewrites
one leaf. Leaves lie in blocks of their size, which are used again.
"""

from libc.stdint cimport int64_t, uint32_t, uint64_t
from libc.stdlib cimport calloc, free, realloc
from libc.string cimport memcpy, memmove, memset

from fastdial.kernel._memory cimport (
    BLOCK_NONE, blocks_give, blocks_init, blocks_take, paged_at, paged_free,
)
from fastdial.kernel._number_leaf cimport (
    LEAF_NUMBERS, Leaf, leaf_describe, leaf_has, leaf_near, leaf_pack, leaf_payload_nbytes,
    leaf_unpack,
)

cdef extern from *:
    void __builtin_prefetch(const void*) noexcept nogil

cdef int64_t NUMBER_MAX = 999_999_999_999_999

cdef void numbers_init(NumberSet* s) noexcept nogil:
    cdef uint32_t i
    memset(s, 0, sizeof(NumberSet))
    for i in range(LEAF_CLASSES):
        # Small pages of small blocks, but of 2 KiB or more: each of 51 sizes may have one begun.
        blocks_init(&s.blocks[i], 6 if i == 0 else 5 if i < 4 else 4 if i < 8 else 3, 64 * (i + 1))

cdef void numbers_free(NumberSet* s) noexcept nogil:
    cdef uint32_t i
    for i in range(s.branch_count):
        free(s.branches[i])
    free(s.branches)
    free(s.firsts)
    free(s.spare)
    for i in range(LEAF_CLASSES):
        paged_free(&s.blocks[i].pages)
    numbers_init(s)

cdef uint64_t numbers_nbytes(const NumberSet* s) noexcept nogil:
    cdef uint64_t total = s.branch_count * sizeof(Branch)
    cdef uint32_t i
    if s.spare != NULL:
        total += sizeof(Branch)
    total += s.branch_capacity * (sizeof(Branch*) + sizeof(int64_t))
    for i in range(LEAF_CLASSES):
        total += s.blocks[i].pages.nbytes
    return total

cdef inline uint32_t last_at_most(
        const int64_t* firsts, uint32_t count, int64_t number) noexcept nogil:
    """Place of the last that is at most the number; 0 when there is none. Count is 1 or more."""
    cdef const int64_t* base = firsts
    cdef uint32_t half
    while count > 1:
        half = count >> 1
        base += half if base[half] <= number else 0
        count -= half
    return <uint32_t>(base - firsts)

cdef inline const Leaf* leaf_for(const NumberSet* s, int64_t number) noexcept nogil:
    """The only leaf that may hold a number; the set is not empty."""
    cdef const Branch* branch = s.branches[last_at_most(s.firsts, s.branch_count, number)]
    return branch.leaves[last_at_most(branch.firsts, branch.count, number)]

cdef bint numbers_has(const NumberSet* s, int64_t number) noexcept nogil:
    return s.branch_count != 0 and leaf_has(leaf_for(s, number), number)

cdef void numbers_has_many(
        const NumberSet* s, const int64_t* numbers, int64_t n, char* out) noexcept nogil:
    cdef const Leaf* leaves[BATCH]
    cdef int64_t asked[BATCH]
    cdef int64_t start = 0
    cdef uint32_t i, batch
    if s.branch_count == 0:
        memset(out, 0, n)
        return
    while start < n:
        batch = <uint32_t>min(<int64_t>BATCH, n - start)
        # Each number is read once, since its owner may be writing to it meanwhile.
        memcpy(asked, numbers + start, batch * sizeof(int64_t))
        for i in range(batch):
            leaves[i] = leaf_for(s, asked[i])
            __builtin_prefetch(leaves[i])
        for i in range(batch):
            if leaves[i].first <= asked[i] <= leaves[i].last:
                __builtin_prefetch(leaf_near(leaves[i], asked[i]))
        for i in range(batch):
            out[start + i] = leaf_has(leaves[i], asked[i])
        start += batch

cdef Leaf* leaf_make(NumberSet* s, const int64_t* numbers, uint32_t count) noexcept nogil:
    cdef Leaf plan
    cdef Leaf* leaf
    cdef uint32_t block, cls
    memset(&plan, 0, sizeof(Leaf))
    leaf_describe(&plan, numbers, count)
    cls = (<uint32_t>sizeof(Leaf) + leaf_payload_nbytes(&plan) - 1) >> 6
    block = blocks_take(&s.blocks[cls])
    if block == <uint32_t>BLOCK_NONE:
        return NULL
    plan.block = block
    leaf = <Leaf*>paged_at(&s.blocks[cls].pages, block)
    leaf[0] = plan
    leaf_pack(leaf, numbers)
    return leaf

cdef void leaf_drop(NumberSet* s, Leaf* leaf) noexcept nogil:
    cdef uint32_t block = leaf.block
    blocks_give(
        &s.blocks[(<uint32_t>sizeof(Leaf) + leaf_payload_nbytes(leaf) - 1) >> 6], block)

cdef int provide_branch(NumberSet* s) noexcept nogil:
    """Have what one more branch needs, so that the change itself can not fail."""
    cdef uint32_t capacity
    cdef Branch** branches
    cdef int64_t* firsts
    if s.spare == NULL:
        s.spare = <Branch*>calloc(1, sizeof(Branch))
        if s.spare == NULL:
            return -1
    if s.branch_count < s.branch_capacity:
        return 0
    capacity = max(<uint32_t>8, s.branch_capacity * 2)
    branches = <Branch**>realloc(s.branches, capacity * sizeof(Branch*))
    if branches == NULL:
        return -1
    s.branches = branches
    firsts = <int64_t*>realloc(s.firsts, capacity * sizeof(int64_t))
    if firsts == NULL:
        return -1
    s.firsts = firsts
    s.branch_capacity = capacity
    return 0

cdef void insert_branch(NumberSet* s, uint32_t at) noexcept nogil:
    """Put the spare branch, which must have its leaves, at its place in the root."""
    memmove(s.branches + at + 1, s.branches + at, (s.branch_count - at) * sizeof(Branch*))
    memmove(s.firsts + at + 1, s.firsts + at, (s.branch_count - at) * sizeof(int64_t))
    s.branches[at] = s.spare
    s.firsts[at] = s.spare.firsts[0]
    s.branch_count += 1
    s.spare = NULL

cdef void insert_leaf(NumberSet* s, uint32_t in_branch, uint32_t at, Leaf* leaf) noexcept nogil:
    """Put a leaf at its place in a branch, splitting a full one; a branch must be provided."""
    cdef Branch* branch = s.branches[in_branch]
    cdef uint32_t keep
    if branch.count == BRANCH_LEAVES:
        # Behind the last leaf of all, the branch stays full: that is how ascending loads come.
        keep = BRANCH_LEAVES // 2
        if at == BRANCH_LEAVES and in_branch + 1 == s.branch_count:
            keep = BRANCH_LEAVES
        s.spare.count = BRANCH_LEAVES - keep
        memcpy(s.spare.firsts, branch.firsts + keep, s.spare.count * sizeof(int64_t))
        memcpy(s.spare.leaves, branch.leaves + keep, s.spare.count * sizeof(Leaf*))
        branch.count = keep
        if s.spare.count == 0:
            s.spare.firsts[0] = leaf.first
        insert_branch(s, in_branch + 1)
        if at > keep or keep == BRANCH_LEAVES:
            in_branch += 1
            branch = s.branches[in_branch]
            at -= keep
    memmove(branch.firsts + at + 1, branch.firsts + at, (branch.count - at) * sizeof(int64_t))
    memmove(branch.leaves + at + 1, branch.leaves + at, (branch.count - at) * sizeof(Leaf*))
    branch.firsts[at] = leaf.first
    branch.leaves[at] = leaf
    branch.count += 1
    s.firsts[in_branch] = branch.firsts[0]

cdef void replace_leaf(NumberSet* s, uint32_t in_branch, uint32_t at, Leaf* leaf) noexcept nogil:
    cdef Branch* branch = s.branches[in_branch]
    leaf_drop(s, branch.leaves[at])
    branch.leaves[at] = leaf
    branch.firsts[at] = leaf.first
    s.firsts[in_branch] = branch.firsts[0]

cdef void remove_leaf(NumberSet* s, uint32_t in_branch, uint32_t at) noexcept nogil:
    cdef Branch* branch = s.branches[in_branch]
    leaf_drop(s, branch.leaves[at])
    branch.count -= 1
    memmove(branch.firsts + at, branch.firsts + at + 1, (branch.count - at) * sizeof(int64_t))
    memmove(branch.leaves + at, branch.leaves + at + 1, (branch.count - at) * sizeof(Leaf*))
    if branch.count:
        s.firsts[in_branch] = branch.firsts[0]
        return
    free(branch)
    s.branch_count -= 1
    memmove(s.branches + in_branch, s.branches + in_branch + 1,
            (s.branch_count - in_branch) * sizeof(Branch*))
    memmove(s.firsts + in_branch, s.firsts + in_branch + 1,
            (s.branch_count - in_branch) * sizeof(int64_t))

cdef int append_leaf(NumberSet* s, const int64_t* numbers, uint32_t count) noexcept nogil:
    """Put numbers that are beyond all others into a leaf of their own."""
    cdef Leaf* leaf
    if provide_branch(s):
        return -1
    leaf = leaf_make(s, numbers, count)
    if leaf == NULL:
        return -1
    if s.branch_count == 0:
        s.spare.count = 1
        s.spare.firsts[0] = leaf.first
        s.spare.leaves[0] = leaf
        insert_branch(s, 0)
    else:
        insert_leaf(s, s.branch_count - 1, s.branches[s.branch_count - 1].count, leaf)
    s.count += count
    return 0

cdef int split_leaf(
        NumberSet* s, uint32_t in_branch, uint32_t at, const int64_t* numbers, uint32_t count
) noexcept nogil:
    """Replace a leaf by two with one number more than it held."""
    cdef bint is_last = (in_branch + 1 == s.branch_count
                         and at + 1 == s.branches[in_branch].count)
    cdef uint32_t keep = count // 2
    cdef Leaf* left
    cdef Leaf* right
    # A number behind all others begins a leaf, so that ascending additions leave full ones.
    if is_last and numbers[count - 1] > s.branches[in_branch].leaves[at].last:
        keep = count - 1
    if provide_branch(s):
        return -1
    left = leaf_make(s, numbers, keep)
    if left == NULL:
        return -1
    right = leaf_make(s, numbers + keep, count - keep)
    if right == NULL:
        leaf_drop(s, left)
        return -1
    replace_leaf(s, in_branch, at, left)
    insert_leaf(s, in_branch, at + 1, right)
    return 0

cdef int numbers_add(NumberSet* s, int64_t number) noexcept nogil:
    cdef int64_t held[LEAF_NUMBERS + 1]
    cdef uint32_t in_branch, at, count, i
    cdef Branch* branch
    cdef Leaf* leaf
    if number < 1 or number > NUMBER_MAX:
        return 0
    if s.branch_count == 0:
        held[0] = number
        return -1 if append_leaf(s, held, 1) else 1
    in_branch = last_at_most(s.firsts, s.branch_count, number)
    branch = s.branches[in_branch]
    at = last_at_most(branch.firsts, branch.count, number)
    if leaf_has(branch.leaves[at], number):
        return 0
    count = leaf_unpack(branch.leaves[at], held)
    i = count
    while i > 0 and held[i - 1] > number:
        held[i] = held[i - 1]
        i -= 1
    held[i] = number
    count += 1
    if count > LEAF_NUMBERS:
        if split_leaf(s, in_branch, at, held, count):
            return -1
    else:
        leaf = leaf_make(s, held, count)
        if leaf == NULL:
            return -1
        replace_leaf(s, in_branch, at, leaf)
    s.count += 1
    return 1

cdef int numbers_remove(NumberSet* s, int64_t number) noexcept nogil:
    cdef int64_t held[LEAF_NUMBERS]
    cdef uint32_t in_branch, at, count, i
    cdef Branch* branch
    cdef Leaf* leaf
    if s.branch_count == 0:
        return 0
    in_branch = last_at_most(s.firsts, s.branch_count, number)
    branch = s.branches[in_branch]
    at = last_at_most(branch.firsts, branch.count, number)
    if not leaf_has(branch.leaves[at], number):
        return 0
    count = leaf_unpack(branch.leaves[at], held)
    if count == 1:
        remove_leaf(s, in_branch, at)
    else:
        i = last_at_most(held, count, number)
        memmove(held + i, held + i + 1, (count - i - 1) * sizeof(int64_t))
        leaf = leaf_make(s, held, count - 1)
        if leaf == NULL:
            return -1
        replace_leaf(s, in_branch, at, leaf)
    s.count -= 1
    return 1

cdef void cursor_seek(const NumberSet* s, int64_t number, Cursor* cursor) noexcept nogil:
    cdef const Branch* branch
    cursor.branch = 0
    cursor.leaf = 0
    if s.branch_count:
        cursor.branch = last_at_most(s.firsts, s.branch_count, number)
        branch = s.branches[cursor.branch]
        cursor.leaf = last_at_most(branch.firsts, branch.count, number)

cdef const Leaf* cursor_next(const NumberSet* s, Cursor* cursor) noexcept nogil:
    """The leaf at the cursor, which moves on; NULL at the end."""
    cdef const Leaf* leaf
    if cursor.branch >= s.branch_count:
        return NULL
    leaf = s.branches[cursor.branch].leaves[cursor.leaf]
    cursor.leaf += 1
    if cursor.leaf == s.branches[cursor.branch].count:
        cursor.branch += 1
        cursor.leaf = 0
    return leaf

cdef void builder_init(Builder* b, NumberSet* target) noexcept nogil:
    b.target = target
    b.above = 0
    b.count = 0

cdef int builder_push(Builder* b, int64_t number) noexcept nogil:
    if number <= b.above or number > NUMBER_MAX:
        return 0
    if b.count == BULK_NUMBERS and builder_flush(b):
        return -1
    b.numbers[b.count] = number
    b.count += 1
    b.above = number
    return 0

cdef int builder_flush(Builder* b) noexcept nogil:
    if b.count:
        if append_leaf(b.target, b.numbers, b.count):
            return -1
        b.count = 0
    return 0
