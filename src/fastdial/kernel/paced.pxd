from fastdial.kernel.pacer cimport Pacer
from fastdial.kernel.predictive cimport Dialer

cdef class Paced(Dialer):
    cdef Pacer pacer
