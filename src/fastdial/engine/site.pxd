from fastdial.engine.layouts cimport Command, Event, Reply
from fastdial.engine.state cimport State
from fastdial.engine.turn cimport Turn


cdef class Site:
    cdef public State _state
    cdef public object _now
    cdef public object _paced_at
    cdef public object _launch_at
