# cython: language_level=3
"""Seeded random numbers: xoshiro256++, and streams of it that do not meet.

D. Blackman and S. Vigna, "Scrambled linear pseudorandom number generators", ACM Transactions on
Mathematical Software 47 (2021): 256 bits of state, period 2**256 - 1, no failures in BigCrush or
PractRand. A stream has a key of two words. Four Luby-Rackoff rounds, with SplitMix64's finaliser
for the round function (G. L. Steele, D. Lea, C. H. Flood, "Fast splittable pseudorandom number
generators", OOPSLA 2014), turn the key into two others, from which SplitMix64 makes two words of
state each, as the authors advise. All of this is one to one: different keys give different states.
That stretches of n numbers of k streams overlap has a chance below k**2 * n / 2**256.
"""

from libc.stdint cimport uint64_t

cdef extern from *:
    """
    #include <stdint.h>
    #define FASTDIAL_GOLDEN UINT64_C(0x9E3779B97F4A7C15)
    static inline uint64_t fastdial_mix64(uint64_t z) {
        z = (z ^ (z >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
        z = (z ^ (z >> 27)) * UINT64_C(0x94D049BB133111EB);
        return z ^ (z >> 31);
    }
    """
    const uint64_t GOLDEN "FASTDIAL_GOLDEN"
    uint64_t mix64 "fastdial_mix64"(uint64_t) noexcept nogil

cdef struct Rng:
    uint64_t words[4]
    uint64_t key[2]                 # of the stream; what it is split by
    uint64_t splits                 # how often `rng_split` was called


cdef inline uint64_t turned(uint64_t word, int bits) noexcept nogil:
    return (word << bits) | (word >> (64 - bits))


cdef inline void rng_mix(uint64_t* key) noexcept nogil:
    """Four rounds; each round has a constant of its own, so that 0, 0 does not stay there."""
    cdef uint64_t round, left
    for round in range(1, 5):
        left = key[0]
        key[0] = key[1]
        key[1] = left ^ mix64(key[1] + round * GOLDEN)


cdef inline void rng_start(Rng* rng) noexcept nogil:
    """The state that follows from the key."""
    cdef uint64_t key[2]
    key[0] = rng.key[0]
    key[1] = rng.key[1]
    rng_mix(key)
    rng.words[0] = mix64(key[0] + GOLDEN)
    rng.words[1] = mix64(key[0] + 2 * GOLDEN)
    rng.words[2] = mix64(key[1] + GOLDEN)
    rng.words[3] = mix64(key[1] + 2 * GOLDEN)
    rng.splits = 0


cdef inline void rng_open(Rng* rng, uint64_t seed, uint64_t stream) noexcept nogil:
    rng.key[0] = seed
    rng.key[1] = stream
    rng_start(rng)


cdef inline void rng_split(Rng* rng, Rng* child) noexcept nogil:
    """A stream of its own, by the key and how often this one was split; draws nothing.

    Keys of children are 128 mixed bits: that two among k streams are the same has a chance below
    k**2 / 2**129.
    """
    rng.splits += 1
    child.key[0] = rng.key[0]
    child.key[1] = rng.key[1]
    rng_mix(child.key)
    child.key[1] ^= mix64(rng.splits)
    rng_mix(child.key)
    rng_start(child)


cdef inline uint64_t rng_next(Rng* rng) noexcept nogil:
    """64 random bits."""
    cdef uint64_t* s = rng.words
    cdef uint64_t drawn = turned(s[0] + s[3], 23) + s[0]
    cdef uint64_t shifted = s[1] << 17
    s[2] ^= s[0]
    s[3] ^= s[1]
    s[1] ^= s[2]
    s[0] ^= s[3]
    s[2] ^= shifted
    s[3] = turned(s[3], 45)
    return drawn


cdef inline double rng_uniform(Rng* rng) noexcept nogil:
    """Above 0 and below 1: the middles of 2**52 equal steps.

    With 53 bits the last middle would not be a double, and be rounded to 1.
    """
    return (<double> (rng_next(rng) >> 12) + 0.5) * (1.0 / 4503599627370496.0)
