"""Whether a callback can be promised: every check that fails is told (rules CB-3, CB-4, CB-6)."""

from collections.abc import Iterable, Iterator

from fastdial.engine.decide.exclusion import on_lists
from fastdial.engine.records import Agent, Callback, Campaign, Queue
from fastdial.engine.turn import Refused, Turn
from fastdial.messages.callbacks import CallbackSchedule
from fastdial.messages.errors import ErrorCode, Fault
from fastdial.messages.settings import SiteCallbacks
from fastdial.messages.words import CallbackKind, Channel, PersonalCallbacks, SecondCallback
from fastdial.rules import callbacks as rules
from fastdial.rules.numbers import BadNumber

_INVALID = ErrorCode.INVALID_VALUE
_KINDS = (CallbackKind.SCHEDULED, CallbackKind.WEB, CallbackKind.COURTESY)


class Checks:
    """What was found wrong so far, and what was found on the way."""

    __slots__ = ("_turn", "faults")

    def __init__(self, turn: Turn) -> None:
        self._turn = turn
        self.faults: list[Fault] = []

    @property
    def site(self) -> SiteCallbacks:
        """What holds for every callback of the site."""
        return self._turn.state.records.config.callbacks

    def refuse(self) -> None:
        """Refuse the command if anything was wrong."""
        if self.faults:
            raise Refused(*self.faults)

    def add(
        self,
        code: ErrorCode,
        message: str,
        field: str,
        values: dict[str, str | int] | None = None,
    ) -> None:
        """One thing that is wrong."""
        self.faults.append(Fault(code, message, field, values or {}))

    def values(self, found: Iterable[rules.Fault]) -> None:
        """Faults of single values."""
        for field, sentence in found:
            self.add(_INVALID, sentence, field)

    def number(self, text: str) -> str:
        """The number as E.164; empty where it is none."""
        try:
            return rules.to_number(text, self._turn.state.records.config.default_region)
        except BadNumber as bad:
            self.add(_INVALID, str(bad), "number")
            return ""

    def not_excluded(self, campaign_id: str, number: str) -> None:
        """A number that may never be dialed is promised no call (rules CO-2, CB-11)."""
        found = on_lists(self._turn.state.compliance, campaign_id, [number] if number else [])
        for name in found.values():
            sentence = f"{number} is on exclusion list {name} (rule CO-2)"
            self.add(ErrorCode.NOT_ALLOWED, sentence, "number", {"list_name": name})

    def agent(self, agent_id: str | None, field: str) -> Agent | None:
        """The agent who is named, if any."""
        if agent_id is None:
            return None
        agent = self._turn.state.records.agents.get(agent_id)
        if agent is None:
            sentence = f"agent {agent_id!r} has never logged in"
            self.add(ErrorCode.UNKNOWN_AGENT, sentence, field)
        return agent

    def queue(self, queue_id: str, agent: Agent | None) -> Queue | None:
        """An active voice queue that the agent may use."""
        queue = self._turn.state.records.queues.get(queue_id)
        if queue is None:
            self.add(ErrorCode.UNKNOWN_QUEUE, f"there is no queue {queue_id!r}", "queue_id")
            return None
        if not queue.settings.active:
            sentence = f"queue {queue_id!r} is not active"
            self.add(ErrorCode.QUEUE_STATE, sentence, "queue_id")
        if queue.settings.channel is not Channel.VOICE:
            sentence = f"queue {queue_id!r} is for {queue.settings.channel.value}, not for voice"
            self.add(ErrorCode.QUEUE_STATE, sentence, "queue_id")
        if agent is not None and not queue.takes(agent.teams):
            sentence = f"agent {agent.agent_id!r} does not work on queue {queue_id!r}"
            self.add(ErrorCode.NOT_ASSIGNED, sentence, "queue_id")
        return queue

    def owner(
        self, chosen: bool | None, owner_id: str | None, agent: Agent | None, campaign: Campaign
    ) -> str | None:
        """The owner of a personal callback; none: it is for anybody (rule CB-6)."""
        wanted = chosen if owner_id is None else chosen is not False
        rule = self.site.personal
        if rule is PersonalCallbacks.NONE and wanted:
            sentence = "callbacks of this site are for anybody"
            self.add(ErrorCode.NOT_ALLOWED, sentence, "personal", {"personal": rule.value})
            return None
        if rule is PersonalCallbacks.ALL:
            if chosen is False:
                sentence = "all callbacks of this site are personal"
                self.add(ErrorCode.NOT_ALLOWED, sentence, "personal", {"personal": rule.value})
            wanted = True
        if not wanted:
            if owner_id is not None:
                self.add(_INVALID, "a callback for anybody has no owner", "owner_id")
            return None
        owner = agent if owner_id is None else self.agent(owner_id, "owner_id")
        if owner is None:
            if owner_id is None:
                self.add(_INVALID, "a personal callback needs an owner: say whose", "owner_id")
            return None
        self._may_own(owner, agent, campaign)
        return owner.agent_id

    def _may_own(self, owner: Agent, agent: Agent | None, campaign: Campaign) -> None:
        if not campaign.takes(owner.teams):
            sentence = f"agent {owner.agent_id!r} does not work on this queue or campaign"
            self.add(ErrorCode.NOT_ASSIGNED, sentence, "owner_id")
        if agent is None or owner is agent:
            return
        teammates = any(team in agent.teams for team in owner.teams)
        if not teammates and (owner.teams or agent.teams):
            sentence = f"agent {owner.agent_id!r} is not in a team with {agent.agent_id!r}"
            self.add(ErrorCode.NOT_ASSIGNED, sentence, "owner_id")

    def origin(self, call_id: int | None) -> None:
        """A campaign may forbid that its calls give rise to callbacks (rule CB-4)."""
        if call_id is None:
            return
        call = self._turn.state.records.calls.get(call_id)
        if call is None:
            self.add(ErrorCode.UNKNOWN_CALL, f"there is no live call {call_id}", "call_id")
            return
        self.allowed_by(self._turn.state.records.campaigns[call.campaign_id], "call_id")

    def allowed_by(self, campaign: Campaign, field: str) -> None:
        """The campaign lets its calls give rise to callbacks."""
        if not campaign.settings.callbacks.allowed:
            sentence = f"campaign {campaign.campaign_id!r} allows no callbacks"
            self.add(ErrorCode.NOT_ALLOWED, sentence, field, {"campaign_id": campaign.campaign_id})

    def second(self, queue: Queue, number: str) -> Callback | None:
        """The open callback that the new one replaces, where the queue is so set (rule CB-12)."""
        if not number:
            return None
        book = self._turn.state.callbacks
        open_one = book.open_for(int(queue.campaign_id), int(number))
        if open_one is None:
            return None
        if queue.settings.second_callback is SecondCallback.REPLACE and replaceable(open_one):
            return open_one
        self.exists(open_one, number)
        return None

    def exists(self, open_one: Callback, number: str) -> None:
        """One callback is open for each number and queue (rule CB-12)."""
        self.add(
            ErrorCode.CALLBACK_EXISTS,
            f"callback {open_one.callback_id} is open for {number} and this queue",
            "number",
            {"callback_id": open_one.callback_id, "state": open_one.state.value},
        )


def replaceable(callback: Callback) -> bool:
    """Whether no agent has it on screen or in a call."""
    return callback.agent_id is None


def kind_faults(command: CallbackSchedule) -> Iterator[rules.Fault]:
    """Callbacks of the other kinds are made of calls and of callers."""
    if command.kind not in _KINDS:
        how = {
            CallbackKind.CAMPAIGN: "call.reschedule",
            CallbackKind.ABANDONED: "queue.caller_abandoned or queue.key_pressed",
        }[command.kind]
        yield "kind", f"a callback of kind {command.kind.value} is made by {how}"
