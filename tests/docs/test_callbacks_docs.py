"""What the page about callbacks says is so."""

import re
from pathlib import Path

from fastdial import Site
from fastdial.messages.callback_events import CallerMissed
from fastdial.messages.callbacks import CALLBACK_COMMANDS
from fastdial.messages.words import CallbackKind, CallbackState

PAGE = (Path(__file__).parents[2] / "docs" / "callbacks.md").read_text(encoding="utf-8")


def test_the_example_makes_a_queue() -> None:
    (code,) = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
    *setup, last = code.rstrip().rsplit("\nQueueCreate", 1)
    names: dict[str, object] = {}
    exec(f"{setup[0]}\ncommand = QueueCreate{last}", names)
    reply, events = Site().handle(names["command"], 0)  # type: ignore[arg-type]
    assert not hasattr(reply, "faults"), reply
    assert [event.__struct_config__.tag for event in events] == [
        "queue.created",
        "campaign.created",
        "campaign.state_changed",
    ]


def test_every_kind_and_state_is_told_of() -> None:
    for word in (*CallbackKind, *CallbackState):
        assert f"`{word.value}`" in PAGE, word


def test_every_command_that_is_named_exists() -> None:
    known = {str(kind.__struct_config__.tag) for kind in CALLBACK_COMMANDS}
    named = set(re.findall(r"`((?:callback|call)\.[a-z_]+)`", PAGE))
    events = {"callback.due", "callback.offered", "callback.reassigned", "callback.scheduled"}
    events |= {"callback.ended", "call.hang_up"}
    assert named <= known | events, named - known - events
    assert str(CallerMissed.__struct_config__.tag) in PAGE
