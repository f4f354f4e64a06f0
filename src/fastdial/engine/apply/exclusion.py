"""Events of exclusion lists."""

from fastdial.engine.state import State
from fastdial.messages.events import ExclusionAdded, ExclusionRemoved
from fastdial.rules.compliance.packed import unpacked


def added(state: State, event: ExclusionAdded) -> None:
    state.compliance.list_named(event.list_name).add_many(unpacked(event.numbers))


def removed(state: State, event: ExclusionRemoved) -> None:
    state.compliance.list_named(event.list_name).discard_many(unpacked(event.numbers))
