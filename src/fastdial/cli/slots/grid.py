"""Slots as a grid: a row for each local day, free slots in green, the others grey with the reason.

What comes twice when clocks go back is told apart by its offset.
"""

from collections import Counter
from collections.abc import Iterator
from datetime import date
from itertools import groupby
from typing import NamedTuple

from rich import box
from rich.columns import Columns
from rich.console import Console
from rich.table import Table
from rich.text import Text

from fastdial.messages.slot_queries import SlotsReply
from fastdial.messages.words import SlotReason

FREE, AWAY, OVER = "green", "bright_black", "yellow"


class Cell(NamedTuple):
    """One slot as it is drawn."""

    start: str
    end: str
    capacity: int
    taken: int
    free: int
    reason: SlotReason | None

    @property
    def day(self) -> str:
        """The local day on which it begins."""
        return self.start[:10]

    @property
    def kind(self) -> tuple[SlotReason | None, bool]:
        """Slots of the same kind that follow each other are drawn as one, unless they are free."""
        return self.reason, self.taken > 0


def print_grid(reply: SlotsReply, console: Console) -> None:
    """All of it."""
    cells = [
        Cell(*one)
        for one in zip(
            reply.start_local,
            reply.end_local,
            reply.capacity,
            reply.taken,
            reply.free,
            reply.reasons,
            strict=True,
        )
    ]
    table = Table("day", "slots", box=box.SIMPLE_HEAD, title_justify="left", expand=False)
    for day, of_day in groupby(cells, key=lambda cell: cell.day):
        table.add_row(_day_name(day), Columns(_drawn(list(of_day)), padding=(0, 1), equal=True))
    console.print(Text(f"Queue {reply.queue_id}, times in {reply.zone}", style="bold"))
    console.print(table)
    bookable = [cell for cell in cells if cell.reason is None]
    places = sum(cell.free for cell in bookable)
    console.print(
        Text(f"{len(bookable)} of {len(cells)} slots can be booked, with {places} places.")
    )


def _day_name(day: str) -> Text:
    return Text(f"{date.fromisoformat(day):%a} {day}", style="bold")


def _drawn(cells: list[Cell]) -> Iterator[Text]:
    twice = {
        label for label, times in Counter(cell.start[11:16] for cell in cells).items() if times > 1
    }
    for (reason, is_taken), group in groupby(cells, key=lambda cell: cell.kind):
        together = list(group)
        if reason is None:
            yield from (_free(cell, twice) for cell in together)
        elif is_taken:
            yield from (_not_free(cell, cell, twice) for cell in together)
        else:
            yield _not_free(together[0], together[-1], twice)


def _free(cell: Cell, twice: set[str]) -> Text:
    return Text(f"{_span(cell, cell, twice)} {cell.free}", style=FREE)


def _not_free(first: Cell, last: Cell, twice: set[str]) -> Text:
    word = str(first.reason.value if first.reason else "").replace("_", " ")
    if first.taken > first.capacity:
        return Text(f"{_span(first, last, twice)} over-full", style=OVER)
    return Text(f"{_span(first, last, twice)} {word}", style=AWAY)


def _span(first: Cell, last: Cell, twice: set[str]) -> str:
    offset = first.start[16:] if first.start[11:16] in twice else ""
    until = last.end[11:16]
    if until == "00:00" and last.end[:10] > last.day:
        until = "24:00"
    return f"{first.start[11:16]}{offset}-{until}"
