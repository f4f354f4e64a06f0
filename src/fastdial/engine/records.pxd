from libc.stdint cimport int64_t

include "records.pxi"


cpdef int64_t timer_id(int64_t kind, int64_t number) except -1
