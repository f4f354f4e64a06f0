"""Places of agents: when each has promised to call somebody back, one at a time (SL-7).

Queues have slots of different lengths that begin at different times, and a callback need not be of
a queue at all. So an agent's grid is made of the times that are taken, whatever their length.
"""

from bisect import bisect_right

import msgspec
import numpy as np
from numpy.typing import NDArray


class AgentPlace(msgspec.Struct, array_like=True, gc=False):
    """A time that an agent has promised."""

    token: int
    start_at: int
    until_at: int


class AgentPlaces:
    """The promised times of each agent, which never overlap.

    Tokens are below 0, and never again those of another place.
    """

    __slots__ = ("_agents", "by_agent", "last")

    def __init__(self, by_agent: dict[str, list[AgentPlace]] | None = None, last: int = 0) -> None:
        self.by_agent = {} if by_agent is None else by_agent
        """in order of time"""
        self.last = last
        """places that were ever taken"""
        self._agents = {
            place.token: agent_id for agent_id, places in self.by_agent.items() for place in places
        }

    def is_free(self, agent_id: str, start_at: int, until_at: int) -> bool:
        """Whether the agent has promised nothing that overlaps."""
        places = self.by_agent.get(agent_id, ())
        return not any(p.start_at < until_at and start_at < p.until_at for p in places)

    def are_free(
        self, agent_id: str, starts: NDArray[np.int64], slot_ms: int, moving: tuple[int, ...] = ()
    ) -> NDArray[np.bool_]:
        """The same for many slots; places in ``moving`` are taken to be given back."""
        places = [p for p in self.by_agent.get(agent_id, ()) if p.token not in moving]
        if not places:
            return np.ones(len(starts), bool)
        begins = np.array([p.start_at for p in places] + [2**62], np.int64)
        ends = np.array([p.until_at for p in places], np.int64)
        # the first place that ends after a slot's beginning
        free: NDArray[np.bool_] = (
            begins[np.searchsorted(ends, starts, side="right")] >= starts + slot_ms
        )
        return free

    def take(self, agent_id: str, start_at: int, until_at: int) -> int:
        """Take a time that is free; gives its token."""
        self.last += 1
        token = -self.last
        places = self.by_agent.setdefault(agent_id, [])
        after = bisect_right(places, start_at, key=lambda place: place.start_at)
        places.insert(after, AgentPlace(token, start_at, until_at))
        self._agents[token] = agent_id
        return token

    def give_back(self, token: int) -> bool:
        """Give a place back once; False where it is not taken any more."""
        agent_id = self._agents.pop(token, None)
        if agent_id is None:
            return False
        left = [place for place in self.by_agent[agent_id] if place.token != token]
        if left:
            self.by_agent[agent_id] = left
        else:
            del self.by_agent[agent_id]
        return True
