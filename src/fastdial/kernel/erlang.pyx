# cython: language_level=3
"""Erlang's formulas and their inverses, for one case or for arrays of cases.

Calls arrive in a Poisson stream and take an exponential time; the load is arrivals times mean
handle time, in erlangs. Every sum has terms of one sign, so nothing cancels, and nothing overflows
with thousands of agents. Every argument may be a number or an array; they are broadcast against
each other, and the result has their common shape, or is a plain number if all of them were.

Sources: A. K. Erlang (1917) for B and C; for the recurrence of 1/B, V. B. Iversen, "Teletraffic
Engineering and Network Planning"; for A, C. Palm (1957) and O. Garnett, A. Mandelbaum, M. Reiman,
"Designing a Call Center with Impatient Customers", M&SOM 4 (2002); for patience of any law, here a
fixed time, S. Zeltyn and A. Mandelbaum, "Call Centers with Impatient Customers: Many-Server
Asymptotics of the M/M/n+G Queue", Queueing Systems 51 (2005).
"""

from libc.math cimport INFINITY, exp, expm1, fabs, floor

from typing import NamedTuple

import numpy as np

cdef double PRECISION = 1e-17       # a share of a sum that adds nothing to a double

cdef object AGENTS_MAX = 10_000_000
cdef object PATIENT_ARRIVALS_MAX = 1e12

ctypedef void (*Formula)(const double* given, double* found) noexcept nogil


# ---- the formulas ----------------------------------------------------------------------------

cdef double b_inverse(double servers, double load) noexcept nogil:
    """1 / B(servers, load), by 1/B(n) = 1 + n/load * 1/B(n-1)."""
    cdef double inverse = 1.0
    cdef double n = 1.0
    while n <= servers and inverse < INFINITY:
        inverse = 1.0 + n / load * inverse
        n += 1.0
    return inverse


cdef double b_of(double servers, double load) noexcept nogil:
    return 1.0 / b_inverse(servers, load)


cdef inline double c_from_b(double agents, double load, double inverse) noexcept nogil:
    # C = B / (1 - load/agents * (1 - B)), both parts divided by B.
    return 1.0 / (inverse - load / agents * (inverse - 1.0)) if inverse < INFINITY else 0.0


cdef double c_of(double agents, double load) noexcept nogil:
    return 1.0 if load >= agents else c_from_b(agents, load, b_inverse(agents, load))


cdef double c_within(double agents, double load, double wait_handles) noexcept nogil:
    """P(wait <= wait_handles) = 1 - C * exp(-(agents - load) * wait_handles)."""
    if load >= agents:
        return 0.0
    return 1.0 - c_of(agents, load) * exp(-(agents - load) * wait_handles)


cdef Waiting a_of(double agents, double load, double handle, double patience) noexcept nogil:
    """Erlang A, as a birth-and-death chain summed outwards from the likeliest queue length.

    With j waiting, one leaves at rate agents/handle + j/patience. Weights are relative to the
    likeliest length, so that no overload overflows.
    """
    cdef Waiting result
    cdef double arrivals = load * patience / handle         # during one mean patience
    cdef double serves = agents * patience / handle
    cdef double peak = floor(arrivals - serves) if arrivals > serves else 0.0
    cdef double waiting = peak
    cdef double weight = 1.0
    cdef double weights = 1.0
    cdef double lengths = peak
    cdef double idle = 0.0                                  # weight of all states with a free agent
    result.waits = result.abandons = 0.0
    if load == 0.0:
        return result
    while waiting > 0.0 and weight > PRECISION * weights:
        weight *= (serves + waiting) / arrivals
        waiting -= 1.0
        weights += weight
        lengths += waiting * weight
    if waiting == 0.0:
        idle = weight * (b_inverse(agents, load) - 1.0)
    weight = 1.0
    waiting = peak
    while True:
        waiting += 1.0
        weight *= arrivals / (serves + waiting)
        weights += weight
        lengths += waiting * weight
        # From here on the weights shrink faster than by this ratio: what is left is below the
        # sum of a geometric series.
        if weight * waiting * (serves + waiting) <= (
            PRECISION * lengths * (serves + waiting - arrivals)
        ):
            break
    result.waits = weights / (weights + idle)
    result.abandons = lengths / (weights + idle) / arrivals
    return result


cdef inline double mean_growth(double x) noexcept nogil:
    """The mean of e**(x*u) for u from 0 to 1."""
    return 1.0 if fabs(x) < 1e-300 else expm1(x) / x


cdef Waiting d_of(double agents, double load, double handle, double patience) noexcept nogil:
    """M/M/n+D: all wait for `patience` and no longer.

    With J the integral of exp(arrivals * min(x, patience) - serves * x) over x > 0 and
    E = 1/B(agents-1, load): P(wait > 0) = arrivals*J / (E + arrivals*J), and
    P(abandon) = (1 + (arrivals - serves)*J) / (E + arrivals*J), whose numerator is
    load/agents * exp((arrivals - serves)*patience). Time is in units of patience here.
    """
    cdef Waiting result
    cdef double arrivals = load * patience / handle
    cdef double serves = agents * patience / handle
    cdef double drift = arrivals - serves
    cdef double idle = b_inverse(agents - 1.0, load)
    cdef double end = 1.0                                   # exp(drift), or all divided by it
    cdef double queue
    result.waits = result.abandons = 0.0
    if load == 0.0:
        return result
    if drift > 0.0:
        idle *= exp(-drift)
    else:
        end = exp(drift)
    queue = arrivals * mean_growth(-fabs(drift)) + end * load / agents
    result.waits = queue / (idle + queue)
    result.abandons = end * load / agents / (idle + queue)
    return result


# ---- the inverses ----------------------------------------------------------------------------

cdef double servers_at_blocking(double load, double target) noexcept nogil:
    cdef double inverse = 1.0
    cdef double servers = 0.0
    while inverse * target < 1.0:
        servers += 1.0
        inverse = 1.0 + servers / load * inverse
    return servers


cdef double load_at_blocking(double servers, double target) noexcept nogil:
    """By Newton's steps on B, whose slope is B * (servers/load - 1 + B), kept between bounds."""
    cdef double low = 0.0
    cdef double high = servers / (1.0 - target)             # since B >= 1 - servers/load
    cdef double load = 0.5 * high
    cdef double b, step
    cdef int _again
    for _again in range(1100):
        b = b_of(servers, load)
        if b < target:
            low = load
        else:
            high = load
        step = load - (b - target) / (b * (servers / load - 1.0 + b)) if b > 0.0 else low
        if not low < step < high:
            step = 0.5 * (low + high)
        if fabs(step - load) <= 4e-16 * load:
            return step
        load = step
    return load


cdef double agents_at_level(double load, double level, double wait_handles) noexcept nogil:
    cdef double agents = floor(load) + 1.0
    cdef double inverse = b_inverse(agents, load)
    while (
        1.0 - c_from_b(agents, load, inverse) * exp(-(agents - load) * wait_handles) < level
    ):
        agents += 1.0
        inverse = 1.0 + agents / load * inverse
    return agents


cdef double load_at_level(double agents, double level, double wait_handles) noexcept nogil:
    cdef double low = 0.0
    cdef double high = agents
    cdef double middle = 0.5 * high
    while low < middle < high:
        if c_within(agents, middle, wait_handles) >= level:
            low = middle
        else:
            high = middle
        middle = 0.5 * (low + high)
    return low


cdef double agents_at_abandonment(
    double load, double target, double handle, double patience
) noexcept nogil:
    cdef double low = 0.0
    cdef double high = 1.0
    cdef double middle
    while a_of(high, load, handle, patience).abandons > target:
        low = high
        high *= 2.0
    while high - low > 1.0:
        middle = floor(0.5 * (low + high))
        if a_of(middle, load, handle, patience).abandons > target:
            low = middle
        else:
            high = middle
    return high


# ---- over arrays -----------------------------------------------------------------------------

cdef void put_b(const double* given, double* found) noexcept nogil:
    found[0] = b_of(given[0], given[1])


cdef void put_c(const double* given, double* found) noexcept nogil:
    found[0] = c_of(given[0], given[1])


cdef void put_c_mean(const double* given, double* found) noexcept nogil:
    found[0] = INFINITY
    if given[1] < given[0]:
        found[0] = c_of(given[0], given[1]) * given[2] / (given[0] - given[1])


cdef void put_c_within(const double* given, double* found) noexcept nogil:
    found[0] = c_within(given[0], given[1], given[2])


cdef void put_a(const double* given, double* found) noexcept nogil:
    cdef Waiting waiting = a_of(given[0], given[1], given[2], given[3])
    found[0] = waiting.waits
    found[1] = waiting.abandons
    found[2] = waiting.abandons * given[3]


cdef void put_d(const double* given, double* found) noexcept nogil:
    cdef Waiting waiting = d_of(given[0], given[1], given[2], given[3])
    found[0] = waiting.waits
    found[1] = waiting.abandons


cdef void put_servers_at_blocking(const double* given, double* found) noexcept nogil:
    found[0] = servers_at_blocking(given[0], given[1])


cdef void put_load_at_blocking(const double* given, double* found) noexcept nogil:
    found[0] = load_at_blocking(given[0], given[1])


cdef void put_agents_at_level(const double* given, double* found) noexcept nogil:
    found[0] = agents_at_level(given[0], given[1], given[2])


cdef void put_load_at_level(const double* given, double* found) noexcept nogil:
    found[0] = load_at_level(given[0], given[1], given[2])


cdef void put_agents_at_abandonment(const double* given, double* found) noexcept nogil:
    found[0] = agents_at_abandonment(given[0], given[1], given[2], given[3])


cdef object each(Formula formula, tuple given, Py_ssize_t outputs):
    """Apply `formula` to every case; shape of the cases, and `outputs` behind it."""
    # Cython's wraparound is off, for tuples too: no index from the end here.
    cdef object columns = np.broadcast_arrays(*given)
    cdef object cases = np.stack(columns, axis=columns[0].ndim)
    cdef object found = np.empty((*columns[0].shape, outputs))
    cdef const double[:, ::1] rows = np.ascontiguousarray(cases).reshape(-1, len(columns))
    cdef double[:, ::1] results = found.reshape(-1, outputs)
    cdef Py_ssize_t row
    with nogil:
        for row in range(rows.shape[0]):
            formula(&rows[row, 0], &results[row, 0])
    return found


cdef object one(Formula formula, tuple given):
    cdef object found = each(formula, given, 1)[..., 0]
    return found if found.ndim else float(found)


cdef object count(Formula formula, tuple given):
    cdef object found = each(formula, given, 1)[..., 0].astype(np.int64)
    return found if found.ndim else int(found)


cdef list several(Formula formula, tuple given, Py_ssize_t outputs):
    cdef object found = each(formula, given, outputs)
    return [
        found[..., column] if found.ndim > 1 else float(found[column])
        for column in range(outputs)
    ]


# ---- the Python face -------------------------------------------------------------------------

cdef int refuse(object array, object bad, str name, str allowed) except -1:
    cdef object value
    if bad.any():
        value = array[bad].flat[0] if array.ndim else array[()]
        raise ValueError(f"{name} holds {value}; it can be {allowed}")
    return 0


cdef object counted(object values, str name, int least):
    cdef object array = np.asarray(values)
    if array.dtype.kind not in "iu" and array.size:         # an empty list comes as floats
        raise TypeError(f"{name} has dtype {array.dtype}; give integers")
    refuse(array, (array < least) | (array > AGENTS_MAX), name, f"{least} to {AGENTS_MAX}")
    return array.astype(np.float64)


cdef object real(object values, str name):
    cdef object array = np.asarray(values)
    if array.dtype.kind not in "iuf":
        raise TypeError(f"{name} has dtype {array.dtype}; give real numbers")
    return array.astype(np.float64)


cdef object loads(object values, str name="load"):
    cdef object array = real(values, name)
    refuse(array, ~((array >= 0) & (array <= AGENTS_MAX)), name, f"0 to {AGENTS_MAX} erlangs")
    return array


cdef object shares(object values, str name):
    cdef object array = real(values, name)
    refuse(array, ~((array > 0) & (array < 1)), name, "above 0 and below 1")
    return array


cdef object durations(object values, str name, bint zero=False):
    cdef object array = real(values, name)
    cdef object good = (array >= 0 if zero else array > 0) & (array < np.inf)
    refuse(array, ~good, name, "finite and " + ("at least 0" if zero else "above 0"))
    return array


cdef tuple impatient(object arrivals_per_s, object handle_s, object patience_s):
    """(load, handle, patience), checked also for how long their sums would be."""
    cdef object arrivals = durations(arrivals_per_s, "arrivals_per_s", zero=True)
    cdef object handle = durations(handle_s, "handle_s")
    cdef object patience = durations(patience_s, "patience_s")
    cdef object patient = np.asarray(arrivals * patience)
    refuse(
        patient, patient > PATIENT_ARRIVALS_MAX, "arrivals_per_s * patience_s",
        f"at most {PATIENT_ARRIVALS_MAX:g}; without abandonment use erlang_c",
    )
    return loads(arrivals * handle, "arrivals_per_s * handle_s"), handle, patience


class Impatient(NamedTuple):
    """What callers with exponential patience meet: two probabilities, and a mean over all."""

    waits: object
    abandons: object
    mean_wait_s: object


class FixedPatience(NamedTuple):
    """What callers with one fixed patience meet: two probabilities."""

    waits: object
    abandons: object


def erlang_b(servers, load):
    """The share of calls that find all of `servers` (at least 0) busy and are lost. O(servers).

    `load` in erlangs. Raises ValueError outside what is stated, TypeError for servers that are no
    integers; so do all functions here.
    """
    return one(put_b, (counted(servers, "servers", 0), loads(load)))


def erlang_c(agents, load):
    """The share of calls that wait, all with endless patience; 1 if load >= agents. O(agents)."""
    return one(put_c, (counted(agents, "agents", 1), loads(load)))


def erlang_c_mean_wait(agents, load, handle_s):
    """The mean wait of all calls under Erlang C, in seconds; infinite if load >= agents."""
    return one(
        put_c_mean, (counted(agents, "agents", 1), loads(load), durations(handle_s, "handle_s"))
    )


def erlang_c_service_level(agents, load, within_s, handle_s):
    """The share of calls served within `within_s` under Erlang C: 1 - C*exp(-(n - a)*t/S)."""
    wait_handles = durations(within_s, "within_s", zero=True) / durations(handle_s, "handle_s")
    return one(put_c_within, (counted(agents, "agents", 1), loads(load), wait_handles))


def erlang_a(agents, arrivals_per_s, handle_s, patience_s):
    """Erlang A: patience is exponential with mean `patience_s`.

    Returns Impatient(waits, abandons, mean_wait_s). The cost grows with agents and with the root of
    arrivals_per_s * patience_s, which can be up to 1e12.
    """
    load, handle, patience = impatient(arrivals_per_s, handle_s, patience_s)
    return Impatient(*several(put_a, (counted(agents, "agents", 1), load, handle, patience), 3))


def fixed_patience(agents, arrivals_per_s, handle_s, patience_s):
    """M/M/n+D: who has waited for `patience_s` gives up. Returns FixedPatience(waits, abandons).

    With small `patience_s` this is the world of outbound calls, abandoned after 2 s, say.
    """
    load, handle, patience = impatient(arrivals_per_s, handle_s, patience_s)
    return FixedPatience(*several(put_d, (counted(agents, "agents", 1), load, handle, patience), 2))


def servers_for_blocking(load, blocking):
    """The fewest servers with erlang_b(servers, load) <= blocking, above 0 and below 1."""
    return count(put_servers_at_blocking, (loads(load), shares(blocking, "blocking")))


def load_for_blocking(servers, blocking):
    """The load at which erlang_b(servers, load) = blocking, above 0 and below 1."""
    return one(
        put_load_at_blocking, (counted(servers, "servers", 1), shares(blocking, "blocking"))
    )


def agents_for_service_level(load, level, within_s, handle_s):
    """The fewest agents with erlang_c_service_level(...) >= level, above 0 and below 1."""
    wait_handles = durations(within_s, "within_s", zero=True) / durations(handle_s, "handle_s")
    return count(put_agents_at_level, (loads(load), shares(level, "level"), wait_handles))


def load_for_service_level(agents, level, within_s, handle_s):
    """The largest load with erlang_c_service_level(...) >= level, above 0 and below 1."""
    wait_handles = durations(within_s, "within_s", zero=True) / durations(handle_s, "handle_s")
    return one(
        put_load_at_level, (counted(agents, "agents", 1), shares(level, "level"), wait_handles)
    )


def agents_for_abandonment(arrivals_per_s, abandons, handle_s, patience_s):
    """The fewest agents with erlang_a(...).abandons <= abandons, above 0 and below 1."""
    load, handle, patience = impatient(arrivals_per_s, handle_s, patience_s)
    return count(
        put_agents_at_abandonment, (load, shares(abandons, "abandons"), handle, patience)
    )
