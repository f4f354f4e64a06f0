"""What agents did with their time, from their state changes."""

from collections import Counter, defaultdict

from fastdial.cli.report.form import Agents
from fastdial.messages.words import AgentState

HOUR_MS = 3_600_000
BUSY = (AgentState.TALKING, AgentState.WRAP_UP)


class AgentTime:
    """Time in each state, in steps of ``step_ms`` from ``begins_at`` on."""

    def __init__(self, step_ms: int) -> None:
        self.begins_at = 0
        self._step_ms = step_ms
        self._now: dict[str, tuple[AgentState, int]] = {}
        self._steps: defaultdict[int, Counter[AgentState]] = defaultdict(Counter)
        self._total: Counter[AgentState] = Counter()

    def changed(self, agent_id: str, state: AgentState, at: int) -> None:
        """The agent is in ``state`` from ``at`` on."""
        before = self._now.get(agent_id)
        if before is not None:
            self._add(*before, at)
        self._now[agent_id] = (state, at)

    def until(self, at: int) -> None:
        """Count what goes on up to ``at``."""
        for agent_id, (state, since) in self._now.items():
            self._add(state, since, at)
            self._now[agent_id] = (state, at)

    def _add(self, state: AgentState, since: int, until: int) -> None:
        if state is AgentState.LOGGED_OUT:
            return
        self._total[state] += until - since
        while since < until:
            step = (since - self.begins_at) // self._step_ms
            end = min(until, self.begins_at + (step + 1) * self._step_ms)
            self._steps[step][state] += end - since
            since = end

    def state_ms(self, state: AgentState, step: int, step_ms: int) -> int:
        """Time of all agents in ``state`` within a step; ``step_ms`` is a multiple of ours."""
        times = step_ms // self._step_ms
        return sum(
            self._steps[one][state]
            for one in range(step * times, (step + 1) * times)
            if one in self._steps
        )

    def present_and_busy_ms(self, step: int, step_ms: int) -> tuple[int, int]:
        """Time logged in and not on a break, and the part of it in talk and wrap-up."""
        times = {state: self.state_ms(state, step, step_ms) for state in AgentState}
        present = sum(times.values()) - times[AgentState.NOT_READY]
        return present, sum(times[state] for state in BUSY)

    def figures(self, connected: int) -> Agents:
        """Everything so far; ``connected`` calls were had by all agents."""
        logged_in = self._total.total()
        not_ready = self._total[AgentState.NOT_READY]
        present = logged_in - not_ready
        busy = sum(self._total[state] for state in BUSY)
        return Agents(
            agents=len(self._now),
            logged_in_ms=logged_in,
            not_ready_ms=not_ready,
            state_ms={str(state): self._total[state] for state in AgentState if self._total[state]},
            utilisation=busy / present if present else None,
            calls_per_agent_hour=connected * HOUR_MS / present if present else None,
        )
