from libc.stdint cimport uint32_t

from fastdial.kernel.centre cimport Policy

cdef class Dialer:
    cdef Policy policy              # its state is to live as long as the object
    cdef bint busy
    cdef uint32_t agents_max        # that it has memory for; 0: any number
    cdef uint32_t lines_max
