// Peers of the ready queue: std::priority_queue of (key, id), smallest key first.
#include <cstddef>
#include <cstdint>
#include <functional>
#include <queue>
#include <utility>
#include <vector>

namespace {
using Item = std::pair<std::int64_t, std::int64_t>;
using Heap = std::priority_queue<Item, std::vector<Item>, std::greater<Item>>;
}  // namespace

extern "C" {

// All in, one push each, and all out.
void bulk_pushed(const std::int64_t* keys, const std::int64_t* ids, std::size_t count,
                 std::int64_t* out) {
    std::vector<Item> room;
    room.reserve(count);
    Heap heap(std::greater<Item>(), std::move(room));
    for (std::size_t i = 0; i < count; ++i) heap.emplace(keys[i], ids[i]);
    for (std::size_t i = 0; i < count; ++i) {
        out[i] = heap.top().second;
        heap.pop();
    }
}

// The same, made into a heap in one go.
void bulk_heapified(const std::int64_t* keys, const std::int64_t* ids, std::size_t count,
                    std::int64_t* out) {
    std::vector<Item> items;
    items.reserve(count);
    for (std::size_t i = 0; i < count; ++i) items.emplace_back(keys[i], ids[i]);
    Heap heap(std::greater<Item>(), std::move(items));
    for (std::size_t i = 0; i < count; ++i) {
        out[i] = heap.top().second;
        heap.pop();
    }
}

struct Zones {
    std::vector<Heap> heaps;
    std::vector<char> open;
};

Zones* zones_load(const std::int64_t* keys, const std::int64_t* ids, const std::int32_t* classes,
                  std::size_t count, std::size_t class_count) {
    std::vector<std::vector<Item>> items(class_count);
    for (auto& each : items) each.reserve(count / class_count * 9 / 8);
    for (std::size_t i = 0; i < count; ++i) items[classes[i]].emplace_back(keys[i], ids[i]);
    auto* zones = new Zones;
    for (auto& each : items) zones->heaps.emplace_back(std::greater<Item>(), std::move(each));
    zones->open.assign(class_count, 1);
    return zones;
}

void zones_set(Zones* zones, std::size_t window_class, int open) {
    zones->open[window_class] = static_cast<char>(open);
}

// Pops the best of all open heaps, looking at each of them for each pop.
std::size_t zones_pop(Zones* zones, std::size_t count, std::int64_t* out) {
    const std::size_t classes = zones->heaps.size();
    for (std::size_t i = 0; i < count; ++i) {
        Heap* best = nullptr;
        for (std::size_t c = 0; c < classes; ++c) {
            Heap& heap = zones->heaps[c];
            if (zones->open[c] && !heap.empty() && (!best || heap.top() < best->top()))
                best = &heap;
        }
        if (!best) return i;
        out[i] = best->top().second;
        best->pop();
    }
    return count;
}

void zones_free(Zones* zones) { delete zones; }
}
