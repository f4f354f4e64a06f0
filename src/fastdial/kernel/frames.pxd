from libc.stdint cimport uint8_t, uint32_t

cdef enum FrameKind:
    FRAME_NONE                      # the data is used up
    FRAME_PART                      # a piece of a payload, perhaps all of it
    FRAME_OVERSIZED                 # the head of a frame over the limit; its payload is passed over

cdef struct FrameState:
    uint32_t limit
    uint32_t length                 # of the frame whose head is complete
    uint32_t remaining              # bytes of it still to come
    uint8_t head[4]
    uint8_t head_length
    bint skipping

cdef struct FrameStep:
    FrameKind kind
    size_t at                       # where the piece starts in the data given
    size_t size
    bint begins                     # it is the first piece of its frame
    bint ends                       # it is the last

cdef FrameStep frames_step(
    FrameState* state, const uint8_t* data, size_t size, size_t* at
) noexcept nogil
cdef void frames_write_head(uint8_t* head, uint32_t length) noexcept nogil
