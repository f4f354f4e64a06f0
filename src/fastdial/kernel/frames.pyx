# cython: language_level=3
"""Where one message ends and the next begins: a 4-byte big-endian length, then the payload.

Every payload byte is copied once, from where it was received into the `bytes` that is delivered.
A frame over the limit is reported when its head is complete and takes no memory; its payload is
passed over, so that the stream goes on with the frame after it.
"""

cimport cython
from cpython.buffer cimport PyBUF_SIMPLE, PyBuffer_Release, PyObject_GetBuffer
from cpython.bytes cimport PyBytes_AS_STRING, PyBytes_FromStringAndSize, PyBytes_GET_SIZE
from libc.stdint cimport uint8_t, uint32_t
from libc.string cimport memcpy

cdef enum:
    HEAD = 4
    BUFFER_SIZE = 64 * 1024

cdef object LENGTH_MAX = 2**32 - 1


cdef FrameStep frames_step(
    FrameState* state, const uint8_t* data, size_t size, size_t* at
) noexcept nogil:
    """The next thing to know of `data` from `at` on; moves `at` past it."""
    cdef FrameStep step
    cdef size_t piece
    step.kind = FRAME_NONE
    step.at = step.size = 0
    step.begins = step.ends = False
    if state.skipping:
        piece = size - at[0]
        if piece > state.remaining:
            piece = state.remaining
        at[0] += piece
        state.remaining -= <uint32_t> piece
        if state.remaining:
            return step
        state.skipping = False
        state.head_length = 0
    while state.head_length < HEAD:
        if at[0] == size:
            return step
        state.head[state.head_length] = data[at[0]]
        state.head_length += 1
        at[0] += 1
        if state.head_length == HEAD:
            state.length = (
                <uint32_t> state.head[0] << 24 | <uint32_t> state.head[1] << 16
                | <uint32_t> state.head[2] << 8 | <uint32_t> state.head[3]
            )
            state.remaining = state.length
            step.begins = True
            if state.length > state.limit:
                state.skipping = True
                step.kind = FRAME_OVERSIZED
                return step
    piece = size - at[0]
    if piece > state.remaining:
        piece = state.remaining
    if piece == 0 and not step.begins:
        return step
    step.kind = FRAME_PART
    step.at = at[0]
    step.size = piece
    at[0] += piece
    state.remaining -= <uint32_t> piece
    step.ends = state.remaining == 0
    if step.ends:
        state.head_length = 0
    return step


cdef void frames_write_head(uint8_t* head, uint32_t length) noexcept nogil:
    head[0] = length >> 24
    head[1] = (length >> 16) & 255
    head[2] = (length >> 8) & 255
    head[3] = length & 255


@cython.final
cdef class Oversized:
    """Stands in the place of a frame whose payload of `length` bytes was over the limit."""

    __match_args__ = ("length",)
    cdef readonly uint32_t length

    def __init__(self, uint32_t length):
        self.length = length

    def __repr__(self):
        return f"Oversized(length={self.length})"

    def __eq__(self, other):
        return isinstance(other, Oversized) and (<Oversized> other).length == self.length

    def __hash__(self):
        return hash((Oversized, self.length))


@cython.final
cdef class FrameSplitter:
    """Cuts a stream of bytes, fed in pieces of any size, into the payloads of its frames.

    `limit` is the largest payload taken, 0 to 2**32 - 1 bytes. An unfinished frame holds memory for
    the whole of its payload, so one splitter holds at most `limit` bytes, and 64 KiB more once
    `get_buffer` has been called.

    Use either `feed`, or `get_buffer` and `buffer_updated` (the two methods of the same name of
    asyncio.BufferedProtocol); both deliver lists whose items are `bytes`, or `Oversized` for each
    frame over the limit.
    """

    cdef FrameState state
    cdef bytes partial              # the payload under way; nobody else has seen it yet
    cdef bytearray buffer

    def __init__(self, limit=1 << 20):
        if not 0 <= limit <= LENGTH_MAX:
            raise ValueError(f"limit is {limit}; it can be 0 to 2**32 - 1 bytes")
        self.state.limit = limit

    @property
    def limit(self):
        """The largest payload taken, in bytes."""
        return self.state.limit

    @property
    def unfinished(self):
        """Whether the stream, if it ended here, would end within a frame."""
        return self.state.head_length > 0

    def feed(self, data):
        """The frames completed by `data`, a bytes-like object. O(len(data)).

        Raises TypeError or BufferError for what is not contiguous bytes. After a MemoryError the
        splitter is as it was before, and the same data can be fed again.
        """
        cdef Py_buffer view
        PyObject_GetBuffer(data, &view, PyBUF_SIMPLE)
        try:
            return self.split(<const uint8_t*> view.buf, view.len)
        finally:
            PyBuffer_Release(&view)

    def get_buffer(self, sizehint=-1):
        """Where to receive the next bytes: a writable memoryview of 64 KiB, whatever the hint."""
        if self.buffer is None:
            self.buffer = bytearray(BUFFER_SIZE)
        return memoryview(self.buffer)

    def buffer_updated(self, nbytes):
        """The frames completed by the `nbytes` bytes received at the head of the buffer.

        Raises ValueError if there are more than the buffer holds.
        """
        cdef Py_ssize_t size = 0 if self.buffer is None else len(self.buffer)
        if not 0 <= nbytes <= size:
            raise ValueError(f"nbytes is {nbytes}; the buffer given holds {size}")
        size = nbytes
        return self.split(<const uint8_t*> <char*> self.buffer if size else NULL, size)

    cdef list split(self, const uint8_t* data, size_t size):
        cdef list frames = []
        cdef FrameState state = self.state
        cdef bytes partial = self.partial
        cdef FrameStep step
        cdef size_t at = 0
        # The object changes only when nothing can fail any more.
        while True:
            step = frames_step(&state, data, size, &at)
            if step.kind == FRAME_NONE:
                break
            if step.kind == FRAME_OVERSIZED:
                frames.append(Oversized(state.length))
            elif step.begins and step.ends:
                frames.append(PyBytes_FromStringAndSize(<char*> data + step.at, step.size))
            else:
                if step.begins:
                    partial = PyBytes_FromStringAndSize(NULL, state.length)
                memcpy(
                    PyBytes_AS_STRING(partial) + state.length - state.remaining - step.size,
                    data + step.at,
                    step.size,
                )
                if step.ends:
                    frames.append(partial)
                    partial = None
        self.state = state
        self.partial = partial
        return frames

    def __sizeof__(self):
        return object.__sizeof__(self) + (0 if self.partial is None else len(self.partial)) + (
            0 if self.buffer is None else len(self.buffer)
        )


cdef bytes as_bytes(object payload):
    # memoryview refuses what has no bytes; bytes(3) would be three zeros.
    cdef bytes data = payload if type(payload) is bytes else bytes(memoryview(payload))
    if PyBytes_GET_SIZE(data) > LENGTH_MAX:
        raise ValueError(f"the payload has {len(data)} bytes; a frame holds at most 2**32 - 1")
    return data


cdef uint8_t* put(uint8_t* to, bytes payload) noexcept:
    cdef Py_ssize_t size = PyBytes_GET_SIZE(payload)
    frames_write_head(to, <uint32_t> size)
    memcpy(to + HEAD, PyBytes_AS_STRING(payload), size)
    return to + HEAD + size


def frame(payload):
    """`payload` (bytes-like, at most 2**32 - 1 bytes) behind its head."""
    cdef bytes data = as_bytes(payload)
    cdef bytes framed = PyBytes_FromStringAndSize(NULL, HEAD + PyBytes_GET_SIZE(data))
    put(<uint8_t*> PyBytes_AS_STRING(framed), data)
    return framed


def join(payloads):
    """Every one of `payloads` (an iterable of bytes-like objects) behind its head, in one piece."""
    cdef list pieces = []
    cdef bytes piece, joined
    cdef Py_ssize_t size = 0
    cdef uint8_t* to
    # Cython 3.3 gives an item up twice where a list comprehension has no memory for it.
    for payload in payloads:
        pieces.append(as_bytes(payload))
    for piece in pieces:
        size += HEAD + PyBytes_GET_SIZE(piece)
    joined = PyBytes_FromStringAndSize(NULL, size)
    to = <uint8_t*> PyBytes_AS_STRING(joined)
    for piece in pieces:
        to = put(to, piece)
    return joined
