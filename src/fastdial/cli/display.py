"""What a run looks like while it goes on: a live picture in a terminal, plain lines elsewhere."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import TracebackType
from typing import Protocol, TypeVar

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.panel import Panel
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from fastdial.cli.report.tally import ratio
from fastdial.cli.report.text import duration, instant, percent
from fastdial.messages.replies import Stats
from fastdial.messages.words import AgentState, ContactState

S = TypeVar("S", AgentState, ContactState)

PLAIN_EVERY_S = 10.0
BAR_WIDTH = 60

AGENT_STYLES = {
    AgentState.TALKING: "green",
    AgentState.WRAP_UP: "bright_green",
    AgentState.PREVIEWING: "magenta",
    AgentState.RESERVED: "yellow",
    AgentState.READY: "blue",
    AgentState.LOGGING_OUT: "white",
    AgentState.NOT_READY: "bright_black",
}
CONTACT_STYLES = {
    ContactState.DONE: "green",
    ContactState.LIVE: "bright_green",
    ContactState.PREVIEWED: "magenta",
    ContactState.WAITING: "yellow",
    ContactState.HELD: "red",
    ContactState.READY: "blue",
    ContactState.PROMISED: "cyan",
}


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a shift has come."""

    begins_at: int
    now: int
    ends_at: int
    phase: str
    stats: Stats

    @property
    def utilisation(self) -> float | None:
        """(talking + wrap-up) / (logged in - not ready) so far."""
        spent = self.stats.agent_ms
        busy = spent.get(AgentState.TALKING, 0) + spent.get(AgentState.WRAP_UP, 0)
        idle = (AgentState.LOGGED_OUT, AgentState.NOT_READY)
        return ratio(busy, sum(ms for state, ms in spent.items() if state not in idle))

    @property
    def abandonment(self) -> float | None:
        """Abandoned / answered by a person so far."""
        return ratio(self.stats.abandoned, self.stats.answered)

    @property
    def contacts_left(self) -> int:
        """Contacts that are not done."""
        done = self.stats.contacts.get(ContactState.DONE, 0)
        return sum(self.stats.contacts.values()) - done


class Display(Protocol):
    """Shows progress; a context in which a terminal may be taken over."""

    def __enter__(self) -> "Display":
        """Begin."""

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """End, leaving the last picture."""

    def note(self, sentence: str) -> None:
        """Something happened once."""

    def show(self, progress: Progress, at_s: float) -> None:
        """How far it is, at ``at_s`` seconds on a steady clock."""


class PlainDisplay:
    """A line now and then."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._shown_s: float | None = None

    def __enter__(self) -> "PlainDisplay":
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def note(self, sentence: str) -> None:
        """One line at once."""
        self._console.print(sentence, markup=False, highlight=False, soft_wrap=True)

    def show(self, progress: Progress, at_s: float) -> None:
        """One line, unless the last one is less than `PLAIN_EVERY_S` old."""
        if self._shown_s is not None and at_s - self._shown_s < PLAIN_EVERY_S:
            return
        self._shown_s = at_s
        self.note(plain_line(progress))


def plain_line(progress: Progress) -> str:
    """Progress in one line."""
    stats = progress.stats
    agents = ", ".join(
        f"{n} {state.replace('_', ' ')}"
        for state in AGENT_STYLES
        if (n := stats.agents.get(state, 0))
    )
    return (
        f"{duration(progress.now - progress.begins_at)} of "
        f"{duration(progress.ends_at - progress.begins_at)}, {progress.phase}: "
        f"attempts {stats.attempts:,}, live {stats.live_calls:,}, "
        f"connected {stats.answered - stats.abandoned:,}, "
        f"abandoned {percent(progress.abandonment, 2)}, "
        f"contacts left {progress.contacts_left:,}, "
        f"agents: {agents or 'none'}; utilisation {percent(progress.utilisation)}"
    )


class LiveDisplay:
    """A picture that is drawn over itself."""

    def __init__(self, console: Console, title: str) -> None:
        self._title = title
        self._live = Live(console=console, refresh_per_second=4, transient=True)
        self._notes: list[str] = []
        self._progress: Progress | None = None

    def __enter__(self) -> "LiveDisplay":
        self._live.__enter__()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._live.__exit__(kind, error, traceback)

    def note(self, sentence: str) -> None:
        """A line above the picture, which stays."""
        self._live.console.print(sentence, markup=False, highlight=False)

    def show(self, progress: Progress, at_s: float) -> None:
        """Draw it anew."""
        self._live.update(picture(self._title, progress))


def picture(title: str, progress: Progress) -> RenderableType:
    """Progress for a terminal."""
    stats = progress.stats
    figures = Table.grid(padding=(0, 3))
    figures.add_column(justify="right", style="bold")
    figures.add_column()
    figures.add_column(justify="right", style="bold")
    figures.add_column()
    connected = stats.answered - stats.abandoned
    left = [
        (f"{stats.attempts:,}", "attempts"),
        (f"{stats.live_calls:,}", "calls up"),
        (f"{connected:,}", "connected"),
    ]
    right = [
        (percent(progress.abandonment, 2), f"abandoned ({stats.abandoned:,})"),
        (percent(progress.utilisation), "utilisation"),
        (f"{progress.contacts_left:,}", "contacts left"),
    ]
    for (a, b), (c, d) in zip(left, right, strict=True):
        figures.add_row(a, b, c, d)
    shift = Table.grid(padding=(0, 2))
    shift.add_row(
        Text(instant(progress.now)[11:] + " UTC"),
        ProgressBar(
            total=max(1, progress.ends_at - progress.begins_at),
            completed=min(progress.now, progress.ends_at) - progress.begins_at,
            width=BAR_WIDTH - 14,
        ),
        Text(f"{duration(max(0, progress.ends_at - progress.now))} left, {progress.phase}"),
    )
    return Panel(
        Group(
            shift,
            Text(),
            figures,
            Text(),
            _bar("agents", stats.agents, AGENT_STYLES),
            Text(),
            _bar("contacts", stats.contacts, CONTACT_STYLES),
        ),
        title=Text(title),
        title_align="left",
        padding=(1, 2),
        expand=False,
    )


def _bar(name: str, counts: Mapping[S, int], styles: Mapping[S, str]) -> RenderableType:
    """A bar with a part for each state, and what the parts mean."""
    whole = sum(counts.get(state, 0) for state in styles)
    bar, legend = Text(), Text()
    heading = Text(f"{whole:,} {name}", style="bold")
    filled = seen = 0
    for state, style in styles.items():
        count = counts.get(state, 0)
        if not count:
            continue
        seen += count
        upto = round(BAR_WIDTH * seen / whole)
        bar.append("█" * (upto - filled), style=style)
        filled = upto
        legend.append("■ ", style=style)
        legend.append(f"{state.replace('_', ' ')} {count:,}  ")
    return Group(heading, bar, legend)


def display_for(console: Console, title: str, *, plain: bool) -> Display:
    """The live picture in a terminal that can be drawn over, plain lines elsewhere."""
    if plain or not console.is_terminal or console.is_dumb_terminal:
        return PlainDisplay(console)
    return LiveDisplay(console, title)
