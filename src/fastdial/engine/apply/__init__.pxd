from fastdial.engine.layouts cimport Event, Records
from fastdial.engine.state cimport State


cpdef apply(State state, Event event)
