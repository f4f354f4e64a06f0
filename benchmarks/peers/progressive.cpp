// Peer of the event list: the progressive model over std::priority_queue, with the same numbers.
#include <cmath>
#include <cstdint>
#include <queue>
#include <vector>

namespace {

// xoshiro256++ (Blackman and Vigna 2021).
struct Random {
    std::uint64_t s[4];

    static std::uint64_t turned(std::uint64_t word, int bits) {
        return (word << bits) | (word >> (64 - bits));
    }
    std::uint64_t next() {
        const std::uint64_t drawn = turned(s[0] + s[3], 23) + s[0];
        const std::uint64_t shifted = s[1] << 17;
        s[2] ^= s[0];
        s[3] ^= s[1];
        s[1] ^= s[2];
        s[0] ^= s[3];
        s[2] ^= shifted;
        s[3] = turned(s[3], 45);
        return drawn;
    }
    double uniform() { return (double(next() >> 12) + 0.5) * 0x1p-52; }
    double exponential(double mean) { return -mean * std::log(uniform()); }
};

struct Event {
    double at;
    std::uint64_t sequence;
    std::uint32_t agent;
    bool handling;
};

struct Later {
    bool operator()(const Event& a, const Event& b) const {
        return a.at != b.at ? a.at > b.at : a.sequence > b.sequence;
    }
};

}  // namespace

extern "C" {

// `words`: where the generator begins. Returns how many events there were.
std::int64_t progressive(const std::uint64_t* words, std::int64_t agents, double answer, double ring,
                         double handle, double end, std::int64_t* answered, double* handling) {
    Random random{{words[0], words[1], words[2], words[3]}};
    std::vector<Event> room;
    room.reserve(agents + 1);
    std::priority_queue<Event, std::vector<Event>, Later> events(Later(), std::move(room));
    std::uint64_t sequence = 0;
    std::int64_t count = 0;
    for (std::int64_t agent = 0; agent < agents; ++agent)
        events.push({random.exponential(ring), ++sequence, std::uint32_t(agent), false});
    *answered = 0;
    *handling = 0.0;
    while (events.top().at <= end) {
        const Event event = events.top();
        events.pop();
        ++count;
        if (!event.handling && random.uniform() < answer) {
            const double lasts = random.exponential(handle);
            ++*answered;
            *handling += std::fmin(event.at + lasts, end) - event.at;
            events.push({event.at + lasts, ++sequence, event.agent, true});
        } else {
            events.push({event.at + random.exponential(ring), ++sequence, event.agent, false});
        }
    }
    return count;
}

}
