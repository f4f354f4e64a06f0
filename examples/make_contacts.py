"""Writes ``contacts.csv``: the contact list of the example campaign, the same at every run.

    python examples/make_contacts.py > examples/contacts.csv

Every number comes from a range that its country's regulator keeps for films, books and examples;
README.md in this folder names the sources. Some rows are wrong on purpose, so that a run shows
what becomes of such rows.
"""

import csv
import random
import sys
from collections.abc import Iterable, Iterator
from typing import NamedTuple

SEED = 20_260_301
CONTACTS = 12_000
HEADER = ("contact_key", "number", "number_2", "zone", "priority", "name", "language", "segment")


class Range(NamedTuple):
    """Numbers ``prefix`` + ``first`` to ``prefix`` + ``last``, filled up to ``digits`` digits."""

    prefix: str
    first: int
    last: int
    digits: int
    zone: str
    language: str

    def numbers(self) -> Iterator[str]:
        """All of them, in E.164."""
        for number in range(self.first, self.last + 1):
            yield f"{self.prefix}{number:0{self.digits}}"

    def drawn(self, chance: random.Random) -> str:
        """One of them."""
        return f"{self.prefix}{chance.randint(self.first, self.last):0{self.digits}}"


LONDON = "Europe/London"
UNITED_KINGDOM = [
    Range(f"+44{prefix}", 0, 999, 3, LONDON, "en")
    for prefix in (
        "2079460",  # London
        "1134960",  # Leeds
        "1144960",  # Sheffield
        "1154960",  # Nottingham
        "1164960",  # Leicester
        "1174960",  # Bristol
        "1184960",  # Reading
        "1214960",  # Birmingham
        "1314960",  # Edinburgh
        "1414960",  # Glasgow
        "1514960",  # Liverpool
        "1614960",  # Manchester
        "1914980",  # Newcastle, Durham and Sunderland
        "2896496",  # Northern Ireland
        "2920180",  # Cardiff
        "1632960",  # a place that does not exist
        "7700900",  # mobile
    )
]
NORTH_AMERICA = [
    Range(f"+1{area_code}555", 100, 199, 4, zone, "en")
    for zone, area_codes in {
        "America/New_York": ("202", "212", "216", "305", "404", "410", "412", "614", "617", "704"),
        "America/Chicago": ("214", "312", "314", "504", "612", "615", "713", "816", "901"),
        "America/Denver": ("303", "505", "801"),
        "America/Phoenix": ("602",),
        "America/Los_Angeles": ("206", "213", "415", "503", "702"),
        "America/Anchorage": ("907",),
        "Pacific/Honolulu": ("808",),
        "America/Toronto": ("416", "514", "613"),
        "America/Winnipeg": ("204",),
        "America/Regina": ("306",),
        "America/Edmonton": ("403",),
        "America/Vancouver": ("604",),
        "America/Halifax": ("902",),
        "America/St_Johns": ("709",),
    }.items()
    for area_code in area_codes
]
AUSTRALIA = [
    Range(f"+61{area_code}{block}", 0, 9_999, 4, zone, "en")
    for area_code, zone in {
        "2": "Australia/Sydney",
        "3": "Australia/Melbourne",
        "7": "Australia/Brisbane",
        "8": "Australia/Adelaide",
    }.items()
    for block in ("5550", "7010")
]
FRANCE = [
    Range(f"+33{block}", 0, 9_999, 4, "Europe/Paris", "fr")
    for block in ("19900", "26191", "35301", "46571", "53649", "63998")
]
GERMANY = [
    Range(f"+49{block}", 0, 999, 3, "Europe/Berlin", "de")
    for block in ("3023125", "6990009", "4066969", "2214710", "8999998")
]
IRELAND = [Range("+3532091", 0, 99_999, 5, "Europe/Dublin", "en")]
SWEDEN = [Range("+467017406", 5, 99, 2, "Europe/Stockholm", "sv")]

SHARES = [
    (UNITED_KINGDOM, 0.40),
    (NORTH_AMERICA, 0.24),
    (FRANCE, 0.12),
    (GERMANY, 0.12),
    (AUSTRALIA, 0.07),
    (IRELAND, 0.045),
    (SWEDEN, 0.005),
]


def drawn_numbers(chance: random.Random) -> list[tuple[str, Range]]:
    """A number for each contact, none twice, with its range."""
    drawn: list[tuple[str, Range]] = []
    for ranges, share in SHARES:
        every = [(number, each) for each in ranges for number in each.numbers()]
        drawn += chance.sample(every, round(CONTACTS * share))
    chance.shuffle(drawn)
    return drawn


def good_rows(chance: random.Random) -> Iterator[list[str]]:
    """The contacts. One in five has a second number, which may be somebody else's as well."""
    for index, (number, origin) in enumerate(drawn_numbers(chance), start=1):
        second = origin.drawn(chance) if chance.random() < 0.2 else ""
        yield [
            f"c-{index:05}",
            number,
            second,
            origin.zone,
            str(chance.choices((0, 5, 10), weights=(80, 15, 5))[0]),
            f"Contact {index:05}",
            origin.language,
            chance.choice(("trial", "basic", "plus")),
        ]


def bad_rows() -> list[list[str]]:
    """One row for each thing that goes wrong in lists, each twice."""
    fine = ["", "+442079460123", "", LONDON, "0", "Contact with a mistake", "en", "trial"]
    mistakes: list[dict[int, str]] = [
        {1: "+4420"},  # too short
        {1: "0 20 79 46 01 23 45 67"},  # no country that has such numbers
        {1: "ask reception"},
        {1: ""},  # no number at all
        {0: " "},  # no key
        {0: "c-" + "9" * 70},  # a key that is too long
        {2: "|".join(f"+4420794600{n:02}" for n in range(10))},  # eleven numbers
        {3: "Europe/Lundon"},
        {3: "GMT+25"},
        {4: "high"},
        {4: "99999"},  # beyond the priorities that there are
        {7: "trial,surplus"},  # becomes two cells, see below
    ]
    rows = []
    for index, mistake in enumerate(mistakes * 2, start=1):
        row = [mistake.get(place, cell) for place, cell in enumerate(fine)]
        row[0] = row[0].strip() if 0 in mistake else f"bad-{index:02}"
        rows.append([part for cell in row for part in cell.split(",")])
    return rows


def written(rows: Iterable[list[str]]) -> None:
    """The rows as CSV to standard output."""
    csv.writer(sys.stdout, lineterminator="\n").writerows(rows)


def main() -> None:
    """Write the list to standard output."""
    chance = random.Random(SEED)
    rows = list(good_rows(chance))
    for bad in bad_rows():
        rows.insert(chance.randrange(len(rows)), bad)
    again = chance.sample(rows[:200], 3)
    # A few contacts are listed twice: the second row updates the first.
    rows += [[*row[:4], "10", *row[5:]] for row in again]
    written([list(HEADER), *rows])


if __name__ == "__main__":
    main()
