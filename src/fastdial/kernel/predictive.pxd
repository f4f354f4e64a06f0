from fastdial.kernel.centre cimport Policy

cdef class Dialer:
    cdef Policy policy              # its state is to live as long as the object
    cdef bint busy
