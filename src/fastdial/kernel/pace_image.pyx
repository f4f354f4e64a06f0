# cython: language_level=3
"""What a campaign has learned, written down and read again.

Magic, version and checksum, and then numbers alone: all are doubles, so that one look finds what is
no number. Lines and talks are told again, and levels have an image of their own.
"""

from libc.math cimport fabs, isfinite
from libc.stdint cimport int32_t, int64_t, uint64_t, uint8_t
from libc.string cimport memcpy, memset

from cpython.bytes cimport PyBytes_FromStringAndSize

from fastdial.kernel._hashing cimport checksum64
from fastdial.kernel.answer_rates cimport MEMORIES, SECONDS, AnswerRate
from fastdial.kernel.campaign cimport CHANCE_MOST, COMMON_MOST, USUAL
from fastdial.kernel.hazards cimport BINS, Hazard
from fastdial.kernel.learned cimport learned_tables

cdef uint64_t MAGIC = 0x3145_4341_5044_4646     # "FFDPACE1" in the order of bytes
cdef uint64_t VERSION = 4

# Beyond these no number can have been learned, and further ones would be no numbers at all.
cdef double LEAST = 1e-30           # of shares and factors
cdef double MOST = 1e30
cdef double CALLS_MOST = 1e9        # of a second
cdef double LOG_ODDS_MOST = 1e4
cdef double SECONDS_MOST = 1e15

cdef struct KeptLaw:
    double weight
    double ended[64]
    double at_risk[64]
    double slopes[64]
    double sums[65]

cdef struct Kept:
    KeptLaw answer
    KeptLaw silence
    KeptLaw handle
    AnswerRate rate
    double rang_at
    double began_at
    double theta
    double reference
    double burst
    double answers
    double news
    double usual
    double usual_count
    double common
    double hour
    double hour_answered
    double hour_lost
    double newest[4]                # hour, attempt, kind, told

cdef struct Image:
    uint64_t magic
    uint64_t version
    uint64_t checksum
    Kept kept


cdef uint64_t seal(const Kept* kept) noexcept nogil:
    return checksum64(<const char*> kept, sizeof(Kept), VERSION)


# ---- laws and numbers ------------------------------------------------------------------------

cdef void keep_law(KeptLaw* kept, const Hazard* law) noexcept nogil:
    kept.weight = law.weight
    memcpy(kept.ended, law.ended, sizeof(kept.ended))
    memcpy(kept.at_risk, law.at_risk, sizeof(kept.at_risk))
    memcpy(kept.slopes, law.slopes, sizeof(kept.slopes))
    memcpy(kept.sums, law.sums, sizeof(kept.sums))


cdef void take_law(Hazard* law, const KeptLaw* kept) noexcept nogil:
    law.weight = kept.weight
    memcpy(law.ended, kept.ended, sizeof(kept.ended))
    memcpy(law.at_risk, kept.at_risk, sizeof(kept.at_risk))
    memcpy(law.slopes, kept.slopes, sizeof(kept.slopes))
    memcpy(law.sums, kept.sums, sizeof(kept.sums))


cdef bint is_law(const KeptLaw* kept) noexcept nogil:
    cdef int32_t at
    if kept.weight < 1.0 or kept.sums[0] != 0.0:
        return False
    for at in range(BINS):
        if kept.ended[at] < 0.0 or kept.at_risk[at] < 0.0 or kept.slopes[at] < 0.0:
            return False
        if kept.sums[at + 1] < kept.sums[at]:
            return False
    return True


cdef inline bint is_share(double answers, double chances) noexcept nogil:
    """Whether so many answers can have come where so many were expected."""
    return LEAST < answers < MOST and LEAST < chances < MOST and LEAST < answers / chances < MOST


cdef bint is_rate(const AnswerRate* rate) noexcept nogil:
    cdef int32_t at
    for at in range(MEMORIES):
        if not (
            is_share(rate.answers[at], rate.exposure[at]) and rate.keeps[at] < 0.0
            and fabs(rate.scores[at]) < LOG_ODDS_MOST
        ):
            return False
    for at in range(SECONDS):
        if not (
            0.0 <= rate.dialed[at] < CALLS_MOST and 0.0 <= rate.whole[at] < CALLS_MOST
            and 0.0 <= rate.answered[at] < CALLS_MOST
        ):
            return False
    return (
        LEAST < rate.factor < MOST and LEAST < rate.mixed < MOST and 0.0 <= rate.doubt < MOST
        and fabs(rate.steadiness) < LOG_ODDS_MOST and 0.0 <= rate.at < SECONDS_MOST
        and 0.0 <= rate.apart_s <= rate.stale_s < SECONDS_MOST
        and 0.0 <= rate.new_answers < CALLS_MOST
        and is_share(rate.life_answers, rate.life_chances)
        and is_share(rate.settled_answers, rate.settled_chances)
    )


cdef bint is_whole(const Kept* kept) noexcept nogil:
    """Whether a campaign can have learned this."""
    cdef const double* numbers = <const double*> kept
    cdef Py_ssize_t at
    for at in range(<Py_ssize_t> (sizeof(Kept) // sizeof(double))):
        if not isfinite(numbers[at]):
            return False
    return (
        is_law(&kept.answer) and is_law(&kept.silence) and is_law(&kept.handle)
        and is_rate(&kept.rate) and 0.0 < kept.theta <= 1.0 and -20.0 <= kept.reference <= 0.0
        and 0.0 <= kept.answers <= 1e15 and 0.0 <= kept.news <= 1e6
        and 0.0 <= kept.usual <= CHANCE_MOST and 0.0 <= kept.usual_count <= USUAL
        and 1.0 / COMMON_MOST <= kept.common <= COMMON_MOST
        and -1.0 <= kept.hour <= 1e12 and kept.hour_answered >= 0.0 and kept.hour_lost >= 0.0
        and 0.0 <= kept.newest[0] < 24.0 and 0.0 <= kept.newest[1] <= 8.0
        and 0.0 <= kept.newest[2] < 8.0 and -1.0 <= kept.newest[3] <= 1.0
    )


cdef void keep(Kept* kept, const Campaign* campaign) noexcept nogil:
    keep_law(&kept.answer, &campaign.learned.answer)
    keep_law(&kept.silence, &campaign.learned.silence)
    keep_law(&kept.handle, &campaign.learned.handle)
    kept.rate = campaign.learned.rate
    kept.rang_at = campaign.learned.rang_at
    kept.began_at = campaign.learned.began_at
    kept.theta = campaign.budget.theta
    kept.reference = campaign.budget.reference
    kept.burst = campaign.budget.burst
    kept.answers = campaign.learned.answers
    kept.news = campaign.learned.news
    kept.usual = campaign.usual
    kept.usual_count = campaign.usual_count
    kept.common = campaign.common
    kept.hour = campaign.hourly.hour
    kept.hour_answered = campaign.hourly.answered
    kept.hour_lost = campaign.hourly.lost
    kept.newest[0] = campaign.newest.hour
    kept.newest[1] = campaign.newest.attempt
    kept.newest[2] = campaign.newest.kind
    kept.newest[3] = campaign.newest.told


cdef void take(Campaign* campaign, const Kept* kept) noexcept nogil:
    take_law(&campaign.learned.answer, &kept.answer)
    take_law(&campaign.learned.silence, &kept.silence)
    take_law(&campaign.learned.handle, &kept.handle)
    campaign.learned.rate = kept.rate
    campaign.learned.rang_at = kept.rang_at
    campaign.learned.began_at = kept.began_at
    campaign.budget.theta = kept.theta
    campaign.budget.reference = kept.reference
    campaign.budget.burst = kept.burst
    campaign.learned.answers = <int64_t> kept.answers
    campaign.learned.news = <int64_t> kept.news
    campaign.usual = kept.usual
    campaign.usual_count = <int64_t> kept.usual_count
    campaign.common = kept.common
    campaign.hourly.hour = <int64_t> kept.hour
    campaign.hourly.answered = kept.hour_answered
    campaign.hourly.lost = kept.hour_lost
    campaign.newest.hour = <uint8_t> kept.newest[0]
    campaign.newest.attempt = <uint8_t> kept.newest[1]
    campaign.newest.kind = <uint8_t> kept.newest[2]
    campaign.newest.told = <float> kept.newest[3]


# ---- images ----------------------------------------------------------------------------------

cdef bytes campaign_to_bytes(const Campaign* campaign):
    cdef Image image
    memset(&image, 0, sizeof(Image))
    image.magic = MAGIC
    image.version = VERSION
    keep(&image.kept, campaign)
    image.checksum = seal(&image.kept)
    return PyBytes_FromStringAndSize(<char*> &image, sizeof(Image))


cdef Py_ssize_t campaign_from_bytes(
    Campaign* campaign, const unsigned char[::1] data
) except -1:
    cdef Image known
    if data.shape[0] < sizeof(Image):
        raise ValueError(
            f"not what a pace learned: {data.shape[0]} bytes are less than {sizeof(Image)}"
        )
    memcpy(&known, &data[0], sizeof(Image))
    if known.magic != MAGIC:
        raise ValueError("not what a pace learned: it does not begin as that")
    if known.version != VERSION:
        raise ValueError(
            f"not what a pace learned that is read here: version {known.version}; {VERSION} is"
        )
    if known.checksum != seal(&known.kept) or not is_whole(&known.kept):
        raise ValueError("not what a pace learned: it is damaged")
    take(campaign, &known.kept)
    learned_tables(&campaign.learned)
    return sizeof(Image)
