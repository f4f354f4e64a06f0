"""The page on compliance says of every preset what the data says."""

from pathlib import Path

import pytest

from fastdial.messages.compliance import AbandonmentPreset, CapPreset
from fastdial.rules.compliance.presets import ABANDONMENT, ABANDONMENT_SOURCES, CAP_SOURCES, CAPS

PAGE = (Path(__file__).parents[2] / "docs" / "compliance.md").read_text(encoding="utf-8")


def row_of(preset: str) -> str:
    (row,) = [line for line in PAGE.splitlines() if line.startswith(f"| `{preset}` |")]
    return row


@pytest.mark.parametrize("preset", [*AbandonmentPreset, *CapPreset])
def test_every_preset_stands_on_the_page_with_its_source_and_dates(
    preset: AbandonmentPreset | CapPreset,
) -> None:
    sources = {**ABANDONMENT_SOURCES} if preset in AbandonmentPreset else {**CAP_SOURCES}
    source = next(source for name, source in sources.items() if name == preset)
    row = row_of(preset.value)
    if source.url:
        assert f"[{source.title}]({source.url})" in row
        assert f"in force from {source.in_force_from}, read on {source.read_on}" in row


@pytest.mark.parametrize("preset", [one for one in AbandonmentPreset if ABANDONMENT[one].cap < 1])
def test_the_figures_of_a_definition_are_those_of_the_data(preset: AbandonmentPreset) -> None:
    definition, row = ABANDONMENT[preset], row_of(preset.value)
    assert f"| {definition.cap:.0%}".replace("%", " %") in row
    assert f"{definition.start.value.split('_')[-1]}" in row or "connection" in row
    assert f", {definition.limit_ms // 1_000} s |" in row
    assert definition.window.value.split("_")[0] in row
    assert (f"| {definition.min_ring_s} s |" in row) == bool(definition.min_ring_s)
    assert (" h |" in row) == bool(definition.quiet_after_abandoned_s)
    assert ("| required |" in row) == definition.message_required
    assert ("| count |" in row) == definition.false_positives_count


@pytest.mark.parametrize("preset", list(CapPreset))
def test_the_figures_of_a_cap_are_those_of_the_data(preset: CapPreset) -> None:
    (cap,) = CAPS[preset]
    days = cap.period_s // 86_400
    assert f"{cap.attempts} attempts in {days} days for a" in row_of(preset.value)
    assert cap.subject.value in row_of(preset.value)
