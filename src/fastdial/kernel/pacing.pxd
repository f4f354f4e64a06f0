from libc.stdint cimport int32_t, int64_t

from fastdial.kernel.odds cimport Outlook

cdef enum:
    FREE_OF_CAPS = 1_000_000        # lines beyond idle agents, where no cap can be broken

cdef double pacing_at_moment(
    double answers, double answers_2, double ends, double ends_2, int32_t free
) noexcept nogil
cdef double pacing_overflow(
    const Outlook* outlook, int32_t free, const float* chances, double lines, int32_t early
) noexcept nogil
# The same once one of all lines is answered, and what is accepted of it then: where it is more,
# that answer is waited for; from 1 on, none is. `usual`: calls answered in a second at large, here
# and below: of idle agents less people who wait, and of those whose calls count.
cdef double pacing_overflow_after(
    const Outlook* outlook, int32_t free, const float* chances, double lines, int32_t early
) noexcept nogil
cdef double pacing_accepted_after(
    const Outlook* outlook, const float* chances, double lines, double theta, double usual
) noexcept nogil
cdef bint pacing_awaits(
    const Outlook* outlook, int32_t free, const float* chances, double lines, double theta,
    double usual, int32_t early
) noexcept nogil
cdef int32_t pacing_launch(
    const Outlook* outlook, int32_t free, const float* chances, double theta, double usual,
    int32_t most, int32_t early
) noexcept nogil
cdef int32_t pacing_within(
    const Outlook* outlook, int32_t free, const float* chances, int32_t beyond, int32_t sure,
    int32_t most, bint is_known
) noexcept nogil
# So many lines more that were launched just now.
cdef void outlook_lines(Outlook* outlook, const float* chances, int32_t count) noexcept nogil
cdef double outlook_usual(const Outlook* outlook, int32_t free, double handle_s) noexcept nogil
cdef double pacing_theta(double theta, int32_t free, double chance) noexcept nogil
cdef int32_t pacing_choice(
    const double* chances, int32_t count, int32_t free, int64_t passed
) noexcept nogil
