cimport cython

from fastdial.engine.layouts cimport Call, Campaign


@cython.final
cdef class LaunchBook:
    cdef dict _bounds
    cdef dict _calls
    cdef dict _launched

    cpdef add(self, Call call)
    cpdef launch(self, Call call)
    cpdef remove(self, Call call)
