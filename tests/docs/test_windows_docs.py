"""The page about call windows says what the data say, and its example can be loaded."""

import re
from pathlib import Path

from fastdial.messages.settings import CampaignSettings
from fastdial.messages.toml import load_toml
from fastdial.messages.windows import WeeklyHours
from fastdial.rules.windows import window_faults
from fastdial.rules.windows.presets import PresetRule, presets

PAGE = Path(__file__).parents[2] / "docs" / "windows.md"


def hours(rule: PresetRule) -> str:
    return "; ".join(f"{days(one)} {one.from_}-{one.until}" for one in rule.weekly)


def days(hours: WeeklyHours) -> str:
    if len(hours.days) == 7:
        return "daily"
    first, last = hours.days[0], hours.days[-1]
    return first.value if first is last else f"{first.value}-{last.value}"


def table() -> str:
    lines = [
        "| preset | regions | open, local | holidays | from | source | as of | confidence |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for name, preset in presets().items():
        for rule in preset.rules:
            closed = ", ".join(f"closed ({one.region})" for one in rule.holidays) or "as other days"
            source = f"[{rule.source}]({rule.url})" + (f" {rule.note}" if rule.note else "")
            cells = (
                f"`{name}`",
                ", ".join(rule.regions),
                hours(rule),
                closed,
                rule.valid_from or "",
                source,
                rule.as_of,
                rule.confidence,
            )
            lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines) + "\n"


def test_the_table_of_presets_is_that_of_the_data() -> None:
    text = PAGE.read_text(encoding="utf-8")
    shown = re.search(r"<!-- made: presets -->\n(.*?)<!-- end: presets -->", text, re.DOTALL)
    assert shown is not None
    assert shown[1] == table(), "write it anew: python -m tests.docs.test_windows_docs"


def test_the_example_is_taken() -> None:
    (example,) = re.findall(r"```toml\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    text = 'name = "example"\n' + example.replace("settings.windows", "windows")
    settings = load_toml(text, CampaignSettings)
    assert window_faults(settings.windows) == []


if __name__ == "__main__":
    before, marker, rest = PAGE.read_text(encoding="utf-8").partition("<!-- made: presets -->\n")
    after = rest[rest.index("<!-- end: presets -->") :]
    PAGE.write_text(before + marker + table() + after, encoding="utf-8")
