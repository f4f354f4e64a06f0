"""An exclusion set that is obviously right: a Python set."""

NUMBER_MAX = 999_999_999_999_999


class ExclusionSet:
    def __init__(self) -> None:
        self.numbers: set[int] = set()

    def add_many(self, numbers: list[int]) -> int:
        before = len(self.numbers)
        self.numbers |= set(numbers)
        return len(self.numbers) - before

    def discard_many(self, numbers: list[int]) -> int:
        before = len(self.numbers)
        self.numbers -= set(numbers)
        return before - len(self.numbers)

    def contains_many(self, numbers: list[int]) -> list[bool]:
        return [number in self.numbers for number in numbers]

    def numbers_from(self, start: int, limit: int) -> list[int]:
        return sorted(number for number in self.numbers if number >= start)[:limit]


def parse_numbers(text: bytes) -> tuple[list[int], list[int]]:
    """Lines of 7 to 15 digits, perhaps after a plus sign, perhaps with ' -,.' after a digit."""
    numbers, refused = [], []
    for place, line in enumerate(text.removeprefix(b"\xef\xbb\xbf").split(b"\n"), 1):
        stripped = line.rstrip(b" \t\r").lstrip(b" \t")
        digits = stripped.removeprefix(b"+")
        if not stripped:
            continue
        bare = digits.translate(None, b" -,.")
        good = digits[:1] in b"123456789" and bare.isdigit() and 7 <= len(bare) <= 15
        if good and digits:
            numbers.append(int(bare))
        else:
            refused.append(place)
    return numbers, refused
