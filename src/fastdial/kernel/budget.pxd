from libc.stdint cimport int32_t, int64_t

cdef enum Kind:
    LIFE                            # for as long as it is counted
    WINDOW                          # until the next call of budget_window
    ROLLING                         # over what lies between now and then, at any time

cdef enum:
    PIECES = 96                     # that a rolling window is counted in

cdef struct Budget:
    int32_t kind
    double cap
    double gain                     # of the logarithm of theta, for each call, at least
    double handicap                 # calls kept in reserve
    double piece_s
    double theta                    # what follows: the chance to accept
    double reference                # logarithm of what was accepted over long
    double spare                    # cap * answered - abandoned, in the window
    double burst                    # the same, of the last calls
    double today                    # the same, since a day began
    double calls                    # answered, in the window
    int64_t piece                   # the newest
    double pieces[128]              # what each piece of a rolling window adds to `spare`

cdef void budget_open(
    Budget* budget, double cap, double theta, double handicap
) noexcept nogil
cdef void budget_window(Budget* budget) noexcept nogil
cdef void budget_counted(Budget* budget, bint lost, double to_come, double now) noexcept nogil
cdef void budget_moved(Budget* budget, double more, double to_come) noexcept nogil

cdef class RiskBudget:
    cdef Budget budget
    cdef double last
