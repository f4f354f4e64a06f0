cdef struct Waiting:
    double waits                    # probability of not being served at once
    double abandons                 # probability of giving up

# Loads in erlangs; handle and patience in one unit of time; waits in mean handle times.
cdef double b_inverse(double servers, double load) noexcept nogil
cdef double b_of(double servers, double load) noexcept nogil
cdef double c_of(double agents, double load) noexcept nogil
cdef double c_within(double agents, double load, double wait_handles) noexcept nogil
cdef Waiting a_of(double agents, double load, double handle, double patience) noexcept nogil
cdef Waiting d_of(double agents, double load, double handle, double patience) noexcept nogil
cdef double servers_at_blocking(double load, double target) noexcept nogil
cdef double load_at_blocking(double servers, double target) noexcept nogil
cdef double agents_at_level(double load, double level, double wait_handles) noexcept nogil
cdef double load_at_level(double agents, double level, double wait_handles) noexcept nogil
cdef double agents_at_abandonment(
    double load, double target, double handle, double patience
) noexcept nogil
