"""The example for embedders does what the README says."""

import subprocess
import sys
from pathlib import Path

EXAMPLE = Path(__file__).parents[2] / "examples" / "embed.py"


def test_the_embedding_example_works_through_its_campaign() -> None:
    done = subprocess.run(
        [sys.executable, str(EXAMPLE)], capture_output=True, text=True, check=True
    )
    lines = done.stdout.split()
    assert lines.count("DialRequested") == 4, "three contacts, one of them twice"
    assert lines.count("CallWrappedUp") == 3
    assert lines[-1] == "CampaignStateChanged", "finished"
    assert "Error" not in lines


def test_the_embedding_example_is_short() -> None:
    assert len(EXAMPLE.read_text().splitlines()) < 60
