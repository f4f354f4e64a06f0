from libc.stdint cimport int64_t, uint32_t

from fastdial.kernel.levels cimport Levels

cdef class AnswerLevels:
    cdef Levels levels
    cdef int64_t known(self, object serial) except -1
    cdef object named(self, uint32_t first, uint32_t count)
