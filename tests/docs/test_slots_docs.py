"""The page about slots: its example can be loaded, and names every reason."""

import re
from pathlib import Path

from fastdial.messages.queues import QueueSettings
from fastdial.messages.slot_queries import SLOT_COMMANDS
from fastdial.messages.toml import load_toml
from fastdial.messages.words import SlotReason
from fastdial.rules.calendars import office_of, slot_faults

PAGE = (Path(__file__).parents[2] / "docs" / "slots.md").read_text(encoding="utf-8")


def test_the_example_is_taken() -> None:
    (example,) = re.findall(r"```toml\n(.*?)```", PAGE, re.DOTALL)
    text = 'name = "example"\n' + example.replace("settings.slots", "slots")
    settings = load_toml(text, QueueSettings)
    assert settings.slots is not None
    assert slot_faults(settings.slots) == []
    christmas_eve = office_of(settings.slots).slots(739_974)  # 2026-12-24
    assert [(run.count, run.capacity) for run in christmas_eve] == [(36, 0), (16, 1), (44, 0)]


def test_every_reason_and_every_command_is_named() -> None:
    for reason in SlotReason:
        assert f"`{reason.value}`" in PAGE
    for command in SLOT_COMMANDS:
        assert f"`{command.__struct_config__.tag}`" in PAGE
