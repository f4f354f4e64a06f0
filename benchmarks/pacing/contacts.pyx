# cython: language_level=3
"""Value iteration for the best policy where contacts are of two kinds and it is known of which.

A state is the calls in the system n, the ringing lines a and b of either kind, and how many of the
next contacts that can be chosen are of the likelier kind. Dialing takes no time; whom one dials is
replaced in the choices by one of either kind, with even chances.
"""

from libc.math cimport fmax, fmin
from libc.stdint cimport int64_t
from libc.stdlib cimport calloc, free

cdef struct Chain:
    int64_t agents
    int64_t most                    # ringing lines of either kind
    int64_t choices
    double less                     # probabilities of an answer
    double more
    double ring_s
    double handle_s
    double cap


cdef inline int64_t state(const Chain* chain, int64_t n, int64_t a, int64_t b) noexcept nogil:
    return ((n * (chain.most + 1) + a) * (chain.most + 1) + b) * (chain.choices + 1)


cdef void dial(const Chain* chain, const double* waits, double* best) noexcept nogil:
    """The best of waiting and of dialing one of either kind, from many lines down to few."""
    cdef int64_t n, a, b, c, at
    cdef double found
    for n in range(chain.agents + 1):
        for a in range(chain.most, -1, -1):
            for b in range(chain.most, -1, -1):
                at = state(chain, n, a, b)
                for c in range(chain.choices + 1):
                    found = waits[at + c]
                    if c > 0 and b < chain.most:
                        found = fmax(found, 0.5 * (
                            best[state(chain, n, a, b + 1) + c]
                            + best[state(chain, n, a, b + 1) + c - 1]
                        ))
                    if c < chain.choices and a < chain.most:
                        found = fmax(found, 0.5 * (
                            best[state(chain, n, a + 1, b) + c]
                            + best[state(chain, n, a + 1, b) + c + 1]
                        ))
                    best[at + c] = found


cdef inline double ended(
    const Chain* chain, const double* best, int64_t n, int64_t after, int64_t c, double answer,
    double price, int64_t stride
) noexcept nogil:
    """What the end of a line is worth; `after`: the state with one line less, `stride`: of a call
    more."""
    cdef double silent = (1 - answer) * best[after + c]
    if n == chain.agents:
        return silent + answer * (price * (chain.cap - 1) + best[after + c])
    return silent + answer * (1 + price * chain.cap + best[after + stride + c])


cdef double wait(
    const Chain* chain, const double* best, double* waits, double price, double* spread
) noexcept nogil:
    """A step of time from every state; the mean rate of reward lies within `spread` of what is
    given."""
    cdef double pace = chain.agents / chain.handle_s + 2 * chain.most / chain.ring_s
    cdef double low = 1e300
    cdef double high = -1e300
    cdef double value, still
    cdef int64_t n, a, b, c, at
    cdef int64_t stride = state(chain, 1, 0, 0)
    for n in range(chain.agents + 1):
        for a in range(chain.most + 1):
            for b in range(chain.most + 1):
                at = state(chain, n, a, b)
                still = pace - n / chain.handle_s - (a + b) / chain.ring_s
                for c in range(chain.choices + 1):
                    value = still * best[at + c]
                    if n > 0:
                        value += n / chain.handle_s * best[at - stride + c]
                    if a > 0:
                        value += a / chain.ring_s * ended(
                            chain, best, n, state(chain, n, a - 1, b), c, chain.less, price, stride
                        )
                    if b > 0:
                        value += b / chain.ring_s * ended(
                            chain, best, n, state(chain, n, a, b - 1), c, chain.more, price, stride
                        )
                    value /= pace
                    low = fmin(low, value - waits[at + c])
                    high = fmax(high, value - waits[at + c])
                    waits[at + c] = value
    spread[0] = 0.5 * (high - low) * pace
    return 0.5 * (high + low) * pace


def reward(
    *, agents, less, more, choices, most, price, ring_s=12.0, handle_s=180.0, cap=0.03,
    accuracy=1e-7, steps=50_000,
):
    """The best mean of served + price (cap answered - abandoned), in a handle time of an agent."""
    cdef Chain chain
    cdef double* waits
    cdef double* best
    cdef double mean = 0.0
    cdef double spread = 1.0
    cdef double price_ = price
    cdef double accurate = accuracy
    cdef int64_t left = steps
    cdef int64_t at, size, reference
    cdef double level
    chain = Chain(agents, most, choices, less, more, ring_s, handle_s, cap)
    size = state(&chain, agents + 1, 0, 0)
    reference = state(&chain, agents, 0, 0)
    waits = <double*> calloc(size, sizeof(double))
    best = <double*> calloc(size, sizeof(double))
    if waits == NULL or best == NULL:
        free(waits)
        free(best)
        raise MemoryError(f"no memory for {size} states")
    with nogil:
        while spread > accurate and left > 0:
            dial(&chain, waits, best)
            mean = wait(&chain, best, waits, price_, &spread)
            level = waits[reference]
            for at in range(size):
                waits[at] -= level
            left -= 1
    free(waits)
    free(best)
    if left == 0:
        raise ArithmeticError(f"not within {accuracy} after {steps} steps, but {spread}")
    return mean * handle_s / agents
