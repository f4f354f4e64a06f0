# cython: language_level=3
"""Random variates under a seed: laws of chance, and streams that draw from them.

All laws but gamma and beta take one number of their stream for each draw (a mixture one more), by
the inverse of their distribution function: so draws rise with the number they are made from, and
two runs that ask in the same order stay in step whatever their parameters are.

Sources: M. J. Wichura, "Algorithm AS 241: The percentage points of the normal distribution",
Applied Statistics 37 (1988); G. Marsaglia and W. W. Tsang, "A simple method for generating gamma
variables", ACM Transactions on Mathematical Software 26 (2000); the generator is in _rng.pxd.
"""

cimport cython
from libc.math cimport exp, fabs, log, log1p, pow, sqrt
from libc.stdint cimport uint64_t
from libc.stdlib cimport calloc, free

import numpy as np

from fastdial.kernel._numbers cimport to_number
from fastdial.kernel._rng cimport Rng, rng_next, rng_open, rng_split, rng_uniform

LARGEST = 1e15
QUANTILES_MAX = 1_001
PARTS_MAX = 1_000

# AS 241 (PPND16): coefficients of numerators and denominators, highest power first.
cdef double[8] CENTRE_OVER = [
    2509.0809287301226727, 33430.575583588128105, 67265.770927008700853,
    45921.953931549871457, 13731.693765509461125, 1971.5909503065514427,
    133.14166789178437745, 3.3871328727963666080,
]
cdef double[8] CENTRE_UNDER = [
    5226.4952788528545610, 28729.085735721942674, 39307.895800092710610,
    21213.794301586595867, 5394.1960214247511077, 687.18700749205790830,
    42.313330701600911252, 1.0,
]
cdef double[8] SIDE_OVER = [
    7.74545014278341407640e-4, 2.27238449892691845833e-2, 2.41780725177450611770e-1,
    1.27045825245236838258, 3.64784832476320460504, 5.76949722146069140550,
    4.63033784615654529590, 1.42343711074968357734,
]
cdef double[8] SIDE_UNDER = [
    1.05075007164441684324e-9, 5.47593808499534494600e-4, 1.51986665636164571966e-2,
    1.48103976427480074590e-1, 6.89767334985100004550e-1, 1.67638483018380384940,
    2.05319162663775882187, 1.0,
]
cdef double[8] TAIL_OVER = [
    2.01033439929228813265e-7, 2.71155556874348757815e-5, 1.24266094738807843860e-3,
    2.65321895265761230930e-2, 2.96560571828504891230e-1, 1.78482653991729133580,
    5.46378491116411436990, 6.65790464350110377720,
]
cdef double[8] TAIL_UNDER = [
    2.04426310338993978564e-15, 1.42151175831644588870e-7, 1.84631831751005468180e-5,
    7.86869131145613259100e-4, 1.48753612908506148525e-2, 1.36929880922735805310e-1,
    5.99832206555887937690e-1, 1.0,
]


# ---- draws -----------------------------------------------------------------------------------

cdef inline double seventh(const double* terms, double x) noexcept nogil:
    """A polynomial of degree seven, by Horner's rule."""
    cdef double total = terms[0]
    cdef int power
    for power in range(1, 8):
        total = total * x + terms[power]
    return total


cdef double normal_quantile(double u) noexcept nogil:
    """Of the standard normal distribution, 0 < u < 1; relative error about 1e-16."""
    cdef double q = u - 0.5
    cdef double r, x
    if fabs(q) <= 0.425:
        r = 0.180625 - q * q
        return seventh(CENTRE_OVER, r) * q / seventh(CENTRE_UNDER, r)
    r = sqrt(-log(u if q < 0.0 else 1.0 - u))
    if r <= 5.0:
        x = seventh(SIDE_OVER, r - 1.6) / seventh(SIDE_UNDER, r - 1.6)
    else:
        x = seventh(TAIL_OVER, r - 5.0) / seventh(TAIL_UNDER, r - 5.0)
    return -x if q < 0.0 else x


cdef double gamma_draw(double shape, Rng* rng) noexcept nogil:
    """With mean `shape` and scale 1; a shape below 1 by Marsaglia and Tsang's boost."""
    cdef double boost = 1.0
    cdef double d, c, x, v
    if shape < 1.0:
        boost = pow(rng_uniform(rng), 1.0 / shape)
        shape += 1.0
    d = shape - 1.0 / 3.0
    c = 1.0 / sqrt(9.0 * d)
    while True:
        x = normal_quantile(rng_uniform(rng))
        v = 1.0 + c * x
        v = v * v * v
        if v > 0.0 and log(rng_uniform(rng)) < x * x / 2.0 + d - d * v + d * log(v):
            return d * v * boost


cdef double beta_draw(double alpha, double beta, Rng* rng) noexcept nogil:
    cdef double x, y
    while True:
        x = gamma_draw(alpha, rng)
        y = gamma_draw(beta, rng)
        if x + y > 0.0:             # both can be too small for a double where shapes are small
            return x / (x + y)


cdef double empirical_draw(const LawTerms* law, Rng* rng) noexcept nogil:
    cdef double place = rng_uniform(rng) * <double> (law.count - 1)
    cdef size_t left = <size_t> place
    if left > law.count - 2:        # where the product was rounded up
        left = law.count - 2
    return law.table[left] + (law.table[left + 1] - law.table[left]) * (place - <double> left)


cdef size_t part_draw(const LawTerms* law, Rng* rng) noexcept nogil:
    """Which part of a mixture; the last share is 1 and never asked."""
    cdef double u = rng_uniform(rng)
    cdef size_t part = 0
    while part < law.count - 1 and u >= law.table[part]:
        part += 1
    return part


cdef double law_draw(const LawTerms* law, Rng* rng) noexcept nogil:
    while law.kind == MIXTURE:
        law = &law.parts[part_draw(law, rng)]
    if law.kind == EXPONENTIAL:
        return -law.a * log(rng_uniform(rng))
    if law.kind == UNIFORM:
        return law.a + law.b * rng_uniform(rng)
    if law.kind == LOGNORMAL:
        return exp(law.a + law.b * normal_quantile(rng_uniform(rng)))
    if law.kind == GAMMA:
        return law.b * gamma_draw(law.a, rng)
    if law.kind == BETA:
        return beta_draw(law.a, law.b, rng)
    if law.kind == BERNOULLI:
        return 1.0 if rng_uniform(rng) < law.a else 0.0
    if law.kind == EMPIRICAL:
        return empirical_draw(law, rng)
    return law.a


cdef void law_draw_many(
    const LawTerms* law, Rng* rng, double* drawn, size_t count
) noexcept nogil:
    cdef size_t at
    for at in range(count):
        drawn[at] = law_draw(law, rng)


# ---- laws ------------------------------------------------------------------------------------

cdef inline double to_positive(object value, str name) except? -1.0:
    cdef double number = to_number(value, name, 0.0, LARGEST)
    if number == 0.0:
        raise ValueError(f"{name} is 0; it must be above 0 and can be up to {LARGEST:g}")
    return number


cdef object to_column(object values, str name):
    """A copy, which nobody else writes to: one column of finite numbers."""
    cdef object column = np.array(values)
    if column.dtype.kind not in "iuf":
        raise TypeError(f"{name} has dtype {column.dtype}; give numbers")
    if column.ndim != 1:
        raise ValueError(f"{name} has {column.ndim} dimensions; give it as one column")
    column = column.astype(np.float64)
    bad = np.flatnonzero(~(np.abs(column) <= LARGEST))
    if bad.size:
        raise ValueError(
            f"{name}[{bad[0]}] is {column[bad[0]]}; it can be {-LARGEST:g} to {LARGEST:g}"
        )
    return column


cdef Law plain(LawKind kind, double a, double b, double mean, double low, str said):
    cdef Law law = Law.__new__(Law)
    law.terms = LawTerms(
        kind=kind, a=a, b=b, mean=mean, low=low, table=NULL, count=0, parts=NULL
    )
    law.said = said
    return law


cdef double* table_of(object column) except NULL:
    cdef const double[::1] values = column
    cdef Py_ssize_t at
    cdef double* table = <double*> calloc(values.shape[0], sizeof(double))
    if table == NULL:
        raise MemoryError(f"no memory for {values.shape[0]} numbers of a law")
    for at in range(values.shape[0]):
        table[at] = values[at]
    return table


@cython.final
cdef class Law:
    """How something varies by chance; made by one of the static methods, and never changed.

    Numbers are in any unit and go up to 1e15 in size.
    """

    def __init__(self):
        raise TypeError("make a law by a method: Law.exponential(mean=180), for one")

    def __dealloc__(self):
        free(<void*> self.terms.table)
        free(<void*> self.terms.parts)

    @staticmethod
    def constant(value):
        """Always `value`."""
        cdef double v = to_number(value, "value", -LARGEST, LARGEST)
        return plain(CONSTANT, v, 0.0, v, v, f"constant(value={v:g})")

    @staticmethod
    def uniform(low, high):
        """Anything between `low` and `high`, equally likely."""
        cdef double a = to_number(low, "low", -LARGEST, LARGEST)
        cdef double b = to_number(high, "high", a, LARGEST)
        return plain(UNIFORM, a, b - a, a + (b - a) / 2.0, a, f"uniform(low={a:g}, high={b:g})")

    @staticmethod
    def exponential(mean):
        """Without memory: what is left does not depend on how long it has lasted."""
        cdef double m = to_positive(mean, "mean")
        return plain(EXPONENTIAL, m, 0.0, m, 0.0, f"exponential(mean={m:g})")

    @staticmethod
    def lognormal(mean, cv):
        """Of this mean and coefficient of variation (standard deviation over mean), 0 to 20.

        sigma**2 = ln(1 + cv**2), mu = ln(mean) - sigma**2 / 2.
        """
        cdef double m = to_positive(mean, "mean")
        cdef double v = to_number(cv, "cv", 0.0, 20.0)
        cdef double variance = log1p(v * v)
        return plain(
            LOGNORMAL, log(m) - variance / 2.0, sqrt(variance), m, 0.0,
            f"lognormal(mean={m:g}, cv={v:g})",
        )

    @staticmethod
    def gamma(mean, shape):
        """Of this mean and shape, 0.05 to 1000: several things in turn, or bursts (below 1)."""
        cdef double m = to_positive(mean, "mean")
        cdef double k = to_number(shape, "shape", 0.05, 1_000.0)
        return plain(GAMMA, k, m / k, m, 0.0, f"gamma(mean={m:g}, shape={k:g})")

    @staticmethod
    def beta(mean, sd):
        """A share between 0 and 1 that varies itself: of this mean and standard deviation.

        alpha = mean * n and beta = (1 - mean) * n, with n = mean * (1 - mean) / sd**2 - 1; both
        must come to 0.05 or more.
        """
        cdef double m = to_number(mean, "mean", 0.0, 1.0)
        cdef double s = to_number(sd, "sd", 1e-6, 0.5)
        cdef double n = m * (1.0 - m) / (s * s) - 1.0
        if min(m, 1.0 - m) * n < 0.05:
            raise ValueError(
                f"sd is {s:g} with a mean of {m:g}, too much for shares between 0 and 1;"
                " make it smaller, or use bernoulli"
            )
        return plain(BETA, m * n, (1.0 - m) * n, m, 0.0, f"beta(mean={m:g}, sd={s:g})")

    @staticmethod
    def bernoulli(p):
        """1 with probability `p`, else 0."""
        cdef double share = to_number(p, "p", 0.0, 1.0)
        return plain(
            BERNOULLI, share, 0.0, share, 0.0 if share < 1.0 else 1.0, f"bernoulli(p={share:g})"
        )

    @staticmethod
    def empirical(quantiles):
        """Between measured quantiles, on a straight line from each to the next.

        `quantiles`: shape (2 to 1001,), evenly spaced from the smallest (0 %) to the largest
        (100 %), not falling.
        """
        cdef object column = to_column(quantiles, "quantiles")
        cdef object falls
        cdef Law law
        if not 2 <= column.size <= QUANTILES_MAX:
            raise ValueError(f"quantiles has {column.size} rows; give 2 to {QUANTILES_MAX}")
        falls = np.flatnonzero(np.diff(column) < 0)
        if falls.size:
            raise ValueError(
                f"quantiles falls from {column[falls[0]]} to {column[falls[0] + 1]};"
                " give it in rising order"
            )
        # Cython's wraparound is off: no index from the end here.
        mean = (column.sum() - (column[0] + column[column.size - 1]) / 2) / (column.size - 1)
        law = plain(
            EMPIRICAL, 0.0, 0.0, mean, column[0], f"empirical({column.size} quantiles)"
        )
        law.terms.table = table_of(column)
        law.terms.count = column.size
        return law

    @staticmethod
    def mixture(laws, shares):
        """One of `laws`, which may be mixtures themselves, in proportion to `shares`."""
        cdef list given = list(laws)
        cdef object column = to_column(shares, "shares")
        cdef LawTerms* parts
        cdef Law law, part
        cdef size_t at
        if not 1 <= len(given) <= PARTS_MAX:
            raise ValueError(f"there are {len(given)} laws; give 1 to {PARTS_MAX}")
        if len(given) != column.size:
            raise ValueError(f"there are {len(given)} laws and {column.size} shares")
        if column.min() <= 0:
            raise ValueError(f"shares holds {column.min()}; each must be above 0")
        for each in given:
            if not isinstance(each, Law):
                raise TypeError(f"laws holds {each!r}; give laws")
        column = column / column.sum()
        law = plain(MIXTURE, 0.0, 0.0, 0.0, LARGEST, f"mixture({len(given)} laws)")
        law.terms.table = table_of(np.cumsum(column))
        parts = <LawTerms*> calloc(len(given), sizeof(LawTerms))
        if parts == NULL:
            raise MemoryError(f"no memory for {len(given)} parts of a mixture")
        law.terms.parts = parts
        law.kept = given                # their tables are used from here
        law.terms.count = len(given)
        for at in range(law.terms.count):
            part = given[at]
            parts[at] = part.terms
            law.terms.mean += <double> column[at] * part.terms.mean
            law.terms.low = min(law.terms.low, part.terms.low)
        return law

    @property
    def mean(self):
        """What draws come to on average."""
        return self.terms.mean

    @property
    def low(self):
        """Nothing below this is ever drawn."""
        return self.terms.low

    def __repr__(self):
        return f"Law.{self.said}"

    def __sizeof__(self):
        cdef size_t part = sizeof(double)
        if self.terms.parts != NULL:
            part += sizeof(LawTerms)
        return object.__sizeof__(self) + self.terms.count * part


# ---- streams ---------------------------------------------------------------------------------

cdef inline uint64_t to_seed(object value, str name) except? 0:
    try:
        value = value.__index__()
    except AttributeError:
        raise TypeError(f"{name} is {value!r}; it must be an integer") from None
    if not 0 <= value < 1 << 64:
        raise ValueError(f"{name} is {value}; it can be 0 to 2**64 - 1")
    return value


@cython.final
cdef class Stream:
    """Random numbers that follow from `seed` and `stream` alone, each 0 to 2**64 - 1.

    Streams of one seed, and of different seeds, are independent of each other: give one to each
    replication. While `draws` runs without the GIL, any other use of the same stream, from another
    thread, raises RuntimeError.
    """

    def __init__(self, seed, stream=0):
        self.check_free()
        rng_open(&self.rng, to_seed(seed, "seed"), to_seed(stream, "stream"))

    cdef int check_free(self) except -1:
        if self.busy:
            raise RuntimeError("this Stream is in use by another thread; give each its own")
        return 0

    def bits(self):
        """An integer, 0 to 2**64 - 1."""
        self.check_free()
        return rng_next(&self.rng)

    def uniform(self):
        """A number above 0 and below 1."""
        self.check_free()
        return rng_uniform(&self.rng)

    def happens(self, p):
        """Whether something happens that has probability `p`."""
        cdef double share = to_number(p, "p", 0.0, 1.0)
        self.check_free()
        return rng_uniform(&self.rng) < share

    def draw(self, Law law not None):
        """A number by the law."""
        self.check_free()
        return law_draw(&law.terms, &self.rng)

    def draws(self, Law law not None, count):
        """As many numbers by the law, as `draw` would give them in turn; shape (count,)."""
        cdef double[::1] drawn
        if not 0 <= count < 1 << 40:
            raise ValueError(f"count is {count}; it can be 0 to 2**40 - 1")
        found = np.empty(count, np.float64)
        drawn = found
        self.check_free()
        if count:
            self.busy = True
            with nogil:
                law_draw_many(&law.terms, &self.rng, &drawn[0], drawn.shape[0])
            self.busy = False
        return found

    def split(self):
        """A stream independent of this one and of those split off before; draws nothing."""
        cdef Stream child = Stream.__new__(Stream)
        self.check_free()
        rng_split(&self.rng, &child.rng)
        return child
