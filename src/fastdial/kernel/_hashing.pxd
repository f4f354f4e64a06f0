# cython: language_level=3
"""Hashes of bytes for the kernel's own use: a keyed one for look-ups, one for checksums.

Neither is a cryptographic hash. The keyed one multiplies by a secret made from the seed, so that
keys which collide can not be chosen without knowing the seed; the checksum finds damage, not
forgery.
"""

from libc.stddef cimport size_t
from libc.stdint cimport uint64_t
from libc.string cimport memcpy

from fastdial.kernel._hints cimport prefetch

cdef enum:
    AHEAD_NBYTES = 2048  # the processor by itself looks no further than the end of a page

cdef extern from *:
    """
    typedef unsigned __int128 fastdial_u128;
    """
    ctypedef unsigned long long u128 "fastdial_u128"

cdef inline uint64_t load64(const char* at) noexcept nogil:
    cdef uint64_t word
    memcpy(&word, at, 8)
    return word

cdef inline uint64_t fold(uint64_t a, uint64_t b) noexcept nogil:
    """Both halves of the 128-bit product, so that high bits of the input reach low bits."""
    cdef u128 product = <u128>a * b
    return <uint64_t>product ^ <uint64_t>(product >> 64)

cdef inline uint64_t hash_bytes(const char* data, size_t nbytes, uint64_t seed) noexcept nogil:
    cdef uint64_t secret = (seed ^ <uint64_t>0x9E3779B97F4A7C15) | 1
    cdef uint64_t h = fold(seed ^ <uint64_t>0xD6E8FEB86659FD93, secret)
    cdef uint64_t word
    cdef size_t left = nbytes
    secret = fold(secret, <uint64_t>0xA0761D6478BD642F) | 1
    while left >= 8:
        h = fold(h ^ load64(data), secret)
        data += 8
        left -= 8
    if left:
        if nbytes >= 8:  # without a call: the end of the last eight bytes
            word = load64(data + left - 8) >> (64 - 8 * left)
        else:
            word = 0
            memcpy(&word, data, left)
        h = fold(h ^ word, secret)
    return fold(h ^ nbytes, <uint64_t>0xE7037ED1A0B428DB)

cdef inline uint64_t hash_words(
        uint64_t first, uint64_t rest, size_t nbytes, uint64_t seed) noexcept nogil:
    """What hash_bytes gives for 8 to 16 bytes: the first eight, and the rest with zeros behind."""
    cdef uint64_t secret = (seed ^ <uint64_t>0x9E3779B97F4A7C15) | 1
    cdef uint64_t h = fold(seed ^ <uint64_t>0xD6E8FEB86659FD93, secret)
    secret = fold(secret, <uint64_t>0xA0761D6478BD642F) | 1
    h = fold(h ^ first, secret)
    if nbytes > 8:
        h = fold(h ^ rest, secret)
    return fold(h ^ nbytes, <uint64_t>0xE7037ED1A0B428DB)

# A checksum in the making, of data that comes in pieces.
cdef struct Checksum:
    uint64_t a
    uint64_t b
    uint64_t c
    uint64_t d
    uint64_t nbytes

cdef inline void checksum_start(Checksum* sum, uint64_t seed) noexcept nogil:
    sum.a = seed
    sum.b = seed + 1
    sum.c = seed + 2
    sum.d = seed + 3
    sum.nbytes = 0

cdef inline void checksum_add(Checksum* sum, const char* data, size_t nbytes) noexcept nogil:
    """The next piece, a multiple of 32 bytes; what is over is left for the end.

    Four lanes, so that the multiplications overlap; every step is a bijection of its lane.
    """
    cdef uint64_t k = <uint64_t>0x9FB21C651E98DF25
    cdef uint64_t a = sum.a, b = sum.b, c = sum.c, d = sum.d
    cdef size_t left = nbytes
    while left >= 32:
        prefetch(data + AHEAD_NBYTES)
        a = (a ^ load64(data)) * k
        b = (b ^ load64(data + 8)) * k
        c = (c ^ load64(data + 16)) * k
        d = (d ^ load64(data + 24)) * k
        a ^= a >> 32
        b ^= b >> 32
        c ^= c >> 32
        d ^= d >> 32
        data += 32
        left -= 32
    sum.a = a
    sum.b = b
    sum.c = c
    sum.d = d
    sum.nbytes += nbytes - left

cdef inline uint64_t checksum_end(Checksum* sum, const char* data, size_t nbytes) noexcept nogil:
    """The last piece, of any length; gives the checksum."""
    cdef uint64_t k = <uint64_t>0x9FB21C651E98DF25
    cdef uint64_t a, b, c, d
    cdef size_t left = nbytes & 31
    checksum_add(sum, data, nbytes)
    a = sum.a
    b = sum.b
    c = sum.c
    d = sum.d
    a = (a ^ (b >> 7) ^ (b << 57)) * k
    a ^= a >> 29
    a = (a ^ (c >> 13) ^ (c << 51)) * k
    a ^= a >> 29
    a = (a ^ (d >> 19) ^ (d << 45)) * k
    return hash_bytes(data + nbytes - left, left, a ^ (a >> 32) ^ (sum.nbytes + left))

cdef inline uint64_t checksum64(const char* data, size_t nbytes, uint64_t seed) noexcept nogil:
    cdef Checksum sum
    checksum_start(&sum, seed)
    return checksum_end(&sum, data, nbytes)
