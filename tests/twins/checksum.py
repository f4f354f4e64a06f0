"""The checksum of snapshots in plain Python, to forge snapshots that have a right one."""

WORD = 2**64 - 1


def fold(a: int, b: int) -> int:
    product = a * b
    return (product ^ product >> 64) & WORD


def hash_bytes(data: bytes, seed: int) -> int:
    secret = (seed ^ 0x9E3779B97F4A7C15) | 1
    h = fold(seed ^ 0xD6E8FEB86659FD93, secret)
    secret = fold(secret, 0xA0761D6478BD642F) | 1
    for start in range(0, len(data), 8):
        h = fold(h ^ int.from_bytes(data[start : start + 8], "little"), secret)
    return fold(h ^ len(data), 0xE7037ED1A0B428DB)


def checksum64(data: bytes, seed: int) -> int:
    k = 0x9FB21C651E98DF25
    lanes = [(seed + lane) & WORD for lane in range(4)]
    whole = len(data) // 32 * 32
    for start in range(0, whole, 8):
        lane = start // 8 % 4
        mixed = (lanes[lane] ^ int.from_bytes(data[start : start + 8], "little")) * k & WORD
        lanes[lane] = mixed ^ mixed >> 32
    a, b, c, d = lanes
    a = (a ^ b >> 7 ^ b << 57 & WORD) * k & WORD
    a ^= a >> 29
    a = (a ^ c >> 13 ^ c << 51 & WORD) * k & WORD
    a ^= a >> 29
    a = (a ^ d >> 19 ^ d << 45 & WORD) * k & WORD
    return hash_bytes(data[whole:], a ^ a >> 32 ^ len(data))
