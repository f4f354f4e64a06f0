"""A site and the actors around it in virtual time: no waiting, and always the same."""

from collections import deque
from collections.abc import Callable, Iterable, Sequence
from typing import Protocol

from fastdial.client.actor import Actor
from fastdial.messages.base import Command, Event, Reply
from fastdial.messages.errors import ErrorCode
from fastdial.messages.matching import matches, type_matches, type_of
from fastdial.messages.replies import Error

MAX_ROUNDS = 1_000_000
"""turns at one instant after which the world is taken to be stuck there"""


class WorldStuck(RuntimeError):
    """Somebody is due at the same instant for ever."""


class VirtualSite(Protocol):
    """What a world asks of a site (`fastdial.engine.Site`)."""

    def handle(self, command: Command, now: int) -> tuple[Reply, list[Event]]:
        """The reply to a command and the events that came of it."""

    def advance(self, now: int) -> list[Event]:
        """The events that have become due."""

    def next_due(self) -> int | None:
        """When to advance next."""


class World:
    """Drives a site and its actors from instant to instant.

    At one instant the site comes first, then the actors in the order given, one at a time, until
    nobody is due. Commands are handled in the order in which they were given; an actor hears the
    reply to a command before anybody sees the events that came of it.

    ``site`` may be replaced between two calls by another that knows the same (a restored one).
    """

    def __init__(
        self,
        site: VirtualSite,
        actors: Sequence[Actor],
        *,
        start_at: int = 0,
        journal: list[Event] | None = None,
        watchers: Iterable[Callable[[Event], object]] = (),
    ) -> None:
        """``journal`` gets every event, and each of ``watchers`` is called with it."""
        self.site = site
        self.actors = tuple(actors)
        self.now = start_at
        self.refused: dict[tuple[str, ErrorCode], int] = {}
        """commands refused, by type of command and first error code"""
        self.handled = 0
        """commands handled"""
        self._watchers = (*(() if journal is None else (journal.append,)), *watchers)
        self._commands: deque[tuple[Actor, Command]] = deque()
        self._routes: dict[type[Event], list[tuple[Actor, bool]]] = {}

    def send(self, command: Command) -> Reply:
        """A command from outside at the present instant; what it stirs up is lived through."""
        reply = self._handle(command, None)
        self._settle()
        return reply

    def next_due(self) -> int | None:
        """When something happens next, not before the present instant."""
        dues = [self.site.next_due(), *(actor.next_due() for actor in self.actors)]
        due = min((due for due in dues if due is not None), default=None)
        return None if due is None else max(due, self.now)

    def run(self, until: int | None = None, *, stop: Callable[[], bool] | None = None) -> None:
        """Live on until the instant ``until`` is over, ``stop`` says so, or nothing is due.

        ``stop`` is asked between instants. Raises `WorldStuck`.
        """
        due = self.next_due()
        while stop is None or not stop():
            if due is None or (until is not None and due > until):
                break
            self.now = due
            due = self._settle()
        else:
            return
        if until is not None:
            self.now = max(self.now, until)

    # --- one instant

    def _settle(self) -> int | None:
        """Live through the present instant to its end; when the next one is."""
        self._drain()
        for _ in range(MAX_ROUNDS):
            due = self._round()
            if due is None or due > self.now:
                return due
        raise WorldStuck(f"somebody is always due at {self.now}; the site or an actor is at fault")

    def _round(self) -> int | None:
        """Let the first who is due act, and say so by its instant; else when the next one is."""
        now = self.now
        first = self.site.next_due()
        if first is not None and first <= now:
            self._show(self.site.advance(now))
            self._drain()
            return now
        for actor in self.actors:
            due = actor.next_due()
            if due is None:
                continue
            if due <= now:
                self._take(actor, actor.act(now))
                self._drain()
                return now
            if first is None or due < first:
                first = due
        return first

    def _take(self, actor: Actor, commands: list[Command]) -> None:
        for command in commands:
            self._commands.append((actor, command))

    def _drain(self) -> None:
        commands = self._commands
        while commands:
            actor, command = commands.popleft()
            self._handle(command, actor)

    def _handle(self, command: Command, actor: Actor | None) -> Reply:
        reply, events = self.site.handle(command, self.now)
        self.handled += 1
        if isinstance(reply, Error):
            self._count_refusal(command, reply)
        if actor is not None:
            self._take(actor, actor.hear(command, reply, self.now))
        self._show(events)
        return reply

    def _count_refusal(self, command: Command, reply: Error) -> None:
        key = (str(command.__struct_config__.tag), reply.fault.code)
        self.refused[key] = self.refused.get(key, 0) + 1

    def _show(self, events: list[Event]) -> None:
        now = self.now
        for event in events:
            for watch in self._watchers:
                watch(event)
            route = self._routes.get(type(event))
            if route is None:
                route = self._routes[type(event)] = self._route(event)
            for actor, by_name in route:
                if not by_name or matches(actor.filter, event):
                    commands = actor.see(event, now)
                    if commands:
                        self._take(actor, commands)

    def _route(self, event: Event) -> list[tuple[Actor, bool]]:
        """Who may see events of this type, and whether the names in them matter."""
        return [
            (actor, bool(actor.filter.campaign_ids or actor.filter.agent_ids))
            for actor in self.actors
            if type_matches(actor.filter, type_of(event))
        ]
