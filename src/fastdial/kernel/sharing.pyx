# cython: language_level=3
"""Which campaign launches the next call, among those that compete for the same agents (CA-5).

The lowest order number goes first. Among equal orders calls are shared by the quota method of
Balinski and Young ("The quota method of apportionment", American Mathematical Monthly 82(7), 1975):
of the members to whom one more call would be no more than their share rounded up, the one whose
next call falls due first. With W the sum of parities, x calls launched by a member of parity w and
h in all, it is one with x < w (h + 1) / W and the largest w / (x + 1).

That keeps |x - w h / W| < 1 for every member at every h while the members stay the same. Here the
method is written in credits, w h / W - x, which outlive a change of members.
"""

from libc.stdint cimport int64_t
from libc.stdlib cimport free, malloc, realloc
from libc.string cimport memcpy, memmove

cdef extern from *:
    # Cython knows no 128-bit numbers; the C compiler does, and C's rules hold for what it sees.
    ctypedef long long int128 "__int128"

cdef enum:
    MAX_CREDIT = 1 << 30    # 1024 calls, many more than calls in turn can lead to
    ONE_PART = 1 << 20      # parts of a call into which credits are rounded when members change

MAX_PARITY = 10_000
MAX_TOTAL_PARITY = 10_000_000


cdef Py_ssize_t shares_find(const Shares* shares, int64_t id) noexcept nogil:
    """Where a member is, or ~where it would be."""
    cdef Py_ssize_t low = 0, high = shares.count, middle
    while low < high:
        middle = (low + high) >> 1
        if shares.members[middle].id < id:
            low = middle + 1
        else:
            high = middle
    if low < shares.count and shares.members[low].id == id:
        return low
    return ~low


cdef inline bint competes(const Member* member, int64_t order) noexcept nogil:
    return member.order == order and not member.dry


cdef int64_t shares_total(const Shares* shares, int64_t order) noexcept nogil:
    """The sum of parities of those who compete at an order."""
    cdef Py_ssize_t at
    cdef int64_t total = 0
    for at in range(shares.count):
        if competes(&shares.members[at], order):
            total += shares.members[at].parity
    return total


cdef inline int64_t scaled(int64_t value, int64_t to, int64_t of) noexcept nogil:
    """value * to / of, rounded to the nearest; of > 0."""
    cdef int128 product = <int128>value * to
    cdef int128 half = of >> 1
    return <int64_t>((product + half if product >= 0 else product - half) / <int128>of)


cdef inline void rescale(Member* member, int64_t total) noexcept nogil:
    if member.scale != total:
        member.credit = scaled(member.credit, total, member.scale)
        member.scale = total


cdef void shares_spread(Shares* shares, const Member* gone) noexcept nogil:
    """Gives what credit or debt a member leaves behind to those it competed with, by parity."""
    cdef int64_t total = shares_total(shares, gone.order)
    cdef int64_t left
    cdef Py_ssize_t at
    cdef Member* member
    if total == 0:
        return
    left = scaled(gone.credit, total, gone.scale)
    for at in range(shares.count):
        member = &shares.members[at]
        if competes(member, gone.order):
            rescale(member, total)
            member.credit += scaled(left, member.parity, total)


cdef Py_ssize_t shares_next(Shares* shares) noexcept nogil:
    """Where the member is that launches the next call; -1: all are dry."""
    cdef Py_ssize_t at, best = -1
    cdef int64_t order = 0, total
    cdef bint found = False, eligible, best_eligible = False
    cdef int64_t due, best_due = 0
    cdef Member* member
    for at in range(shares.count):
        member = &shares.members[at]
        if not member.dry and (not found or member.order < order):
            order = member.order
            found = True
    if not found:
        return -1
    total = shares_total(shares, order)
    for at in range(shares.count):
        member = &shares.members[at]
        if not competes(member, order):
            continue
        rescale(member, total)
        eligible = member.credit + member.parity * ONE_PART > 0
        # Its credit reaches a whole call after due / parity more calls.
        due = total * ONE_PART - member.credit
        if best < 0 or eligible > best_eligible or (
            eligible == best_eligible
            and <int128>due * shares.members[best].parity < <int128>best_due * member.parity
        ):
            best = at
            best_due = due
            best_eligible = eligible
    return best


cdef void shares_give(Shares* shares, Py_ssize_t at) noexcept nogil:
    """Writes down that a member, found by shares_next(), launches a call."""
    cdef int64_t order = shares.members[at].order
    cdef int64_t total = shares_total(shares, order)
    cdef Py_ssize_t other
    for other in range(shares.count):
        if competes(&shares.members[other], order):
            rescale(&shares.members[other], total)
            shares.members[other].credit += shares.members[other].parity * ONE_PART
    shares.members[at].credit -= total * ONE_PART


cdef inline void shares_bound(Member* member) noexcept nogil:
    """Forgets credit and debt that only calls launched out of turn can pile up."""
    member.credit = min(max(member.credit, -MAX_CREDIT * member.scale), MAX_CREDIT * member.scale)


cdef void shares_dry(Shares* shares, Py_ssize_t at, bint dry) noexcept nogil:
    """A member that runs dry keeps its debt, or else running dry would pay; its credit it loses."""
    cdef Member* member = &shares.members[at]
    cdef Member before = member[0]
    if member.dry == dry:
        return
    member.dry = dry
    if dry and before.credit > 0:
        member.credit = 0
        shares_spread(shares, &before)


cdef class Sharing:
    """Campaigns that compete for the same agents, and which of them launches the next call."""

    def __dealloc__(self):
        free(self.shares.members)

    def __len__(self):
        return self.shares.count

    def __contains__(self, int64_t id):
        return shares_find(&self.shares, id) >= 0

    cdef Member* member(self, int64_t id) except NULL:
        cdef Py_ssize_t at = shares_find(&self.shares, id)
        if at < 0:
            raise KeyError(f"campaign {id} does not share here; join() comes first")
        return &self.shares.members[at]

    cdef int add(self, Member member) except -1:
        cdef Py_ssize_t at = shares_find(&self.shares, member.id)
        cdef Py_ssize_t room
        cdef void* grown
        if at >= 0:
            raise ValueError(f"campaign {member.id} shares here already; say update() to change it")
        check_parity(&self.shares, member.id, member.order, member.parity)
        at = ~at
        if self.shares.count == self.shares.room:
            room = 2 * self.shares.room + 4
            grown = realloc(self.shares.members, room * sizeof(Member))
            if grown == NULL:
                raise MemoryError
            self.shares.members = <Member*>grown
            self.shares.room = room
        memmove(
            &self.shares.members[at + 1],
            &self.shares.members[at],
            (self.shares.count - at) * sizeof(Member),
        )
        self.shares.members[at] = member
        self.shares.count += 1
        return 0

    def join(self, int64_t id, int64_t order, int64_t parity):
        self.add(Member(id=id, order=order, parity=parity, credit=0, scale=1, dry=False))

    def leave(self, int64_t id):
        cdef Member gone = self.member(id)[0]
        cdef Py_ssize_t at = shares_find(&self.shares, id)
        self.shares.count -= 1
        memmove(
            &self.shares.members[at],
            &self.shares.members[at + 1],
            (self.shares.count - at) * sizeof(Member),
        )
        shares_spread(&self.shares, &gone)

    def update(self, int64_t id, *, order=None, parity=None):
        cdef Member* member = self.member(id)
        cdef Member before = member[0]
        cdef int64_t new_order = before.order if order is None else order
        cdef int64_t new_parity = before.parity if parity is None else parity
        check_parity(&self.shares, id, new_order, new_parity)
        member.parity = new_parity
        if new_order != before.order:
            member.order = new_order
            member.credit = 0
            shares_spread(&self.shares, &before)

    def set_dry(self, int64_t id, bint dry):
        self.member(id)
        shares_dry(&self.shares, shares_find(&self.shares, id), dry)

    def is_dry(self, int64_t id):
        return self.member(id).dry

    def peek(self):
        cdef Py_ssize_t at = shares_next(&self.shares)
        return None if at < 0 else self.shares.members[at].id

    def pick(self):
        cdef Py_ssize_t at = shares_next(&self.shares)
        if at < 0:
            return None
        # The answer is made first: for want of memory for it, no credit must be lost.
        cdef object picked = self.shares.members[at].id
        shares_give(&self.shares, at)
        return picked

    def choose(self, ids):
        cdef Py_ssize_t at, size = self.shares.count * sizeof(Member)
        cdef object chosen = None
        if self.shares.count == 0:
            self.only(ids)
            return None
        cdef Member* before = <Member*>malloc(size)
        if before == NULL:
            raise MemoryError
        memcpy(before, self.shares.members, size)
        try:
            self.only(ids)
            at = shares_next(&self.shares)
            if at >= 0:
                chosen = self.shares.members[at].id
        finally:
            memcpy(self.shares.members, before, size)
            free(before)
        return chosen

    def charge(self, int64_t id, ids):
        cdef Py_ssize_t at
        cdef list dry
        self.member(id)
        if id not in ids:
            raise ValueError(f"campaign {id} launches a call that it did not compete for: {ids}")
        dry = [self.shares.members[at].dry for at in range(self.shares.count)]
        try:
            self.only(ids)
            shares_give(&self.shares, shares_find(&self.shares, id))
            for at in range(self.shares.count):
                shares_bound(&self.shares.members[at])
        finally:
            for at in range(self.shares.count):
                self.shares.members[at].dry = dry[at]

    cdef int only(self, ids) except -1:
        """Lets nobody compete but these, whoever is dry."""
        cdef Py_ssize_t at
        cdef int64_t id
        for at in range(self.shares.count):
            self.shares.members[at].dry = True
        for id in ids:
            self.member(id).dry = False
        return 0

    def entries(self):
        cdef Py_ssize_t at
        cdef Member member
        found = []
        for at in range(self.shares.count):
            member = self.shares.members[at]
            found.append(
                (
                    member.id, member.order, member.parity,
                    member.credit, member.scale, bool(member.dry),
                )
            )
        return found

    @staticmethod
    def restore(entries):
        cdef Sharing sharing = Sharing()
        cdef int64_t id, order, parity, credit, scale
        cdef bint dry
        for id, order, parity, credit, scale, dry in entries:
            if not 1 <= scale <= MAX_TOTAL_PARITY:
                raise ValueError(f"scale of campaign {id} is {scale}; these are no entries()")
            if not -MAX_CREDIT * scale <= credit <= MAX_CREDIT * scale:
                raise ValueError(f"credit of campaign {id} is {credit}; these are no entries()")
            sharing.add(
                Member(
                    id=id, order=order, parity=parity, credit=credit, scale=scale, dry=dry,
                )
            )
        return sharing


cdef int check_parity(
    const Shares* shares, int64_t id, int64_t order, int64_t parity
) except -1:
    cdef int64_t total = parity
    cdef Py_ssize_t at
    if not 1 <= parity <= MAX_PARITY:
        raise ValueError(f"parity of campaign {id} is {parity}; it can be 1 to {MAX_PARITY}")
    for at in range(shares.count):
        if shares.members[at].order == order and shares.members[at].id != id:
            total += shares.members[at].parity
    if total > MAX_TOTAL_PARITY:
        raise ValueError(
            f"with parity {parity} of campaign {id} parities at order {order} add up to {total};"
            f" they can add up to {MAX_TOTAL_PARITY}: make them smaller in the same proportion"
        )
    return 0
