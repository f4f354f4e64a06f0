"""How long a server keeps others waiting while a million rows are loaded into it."""

import asyncio
import os
from unittest.mock import patch

from benchmarks.compare.engine import compiled
from benchmarks.compare.harness import Measure, Row
from benchmarks.load_pause import GOAL_MS, measure


def beside_a_campaign(scale: float) -> tuple[Measure, Measure]:
    # what a release contains, for the server and all processes around it
    release = {"PYTHONPATH": str(compiled())}

    def ours() -> float:
        with patch.dict(os.environ, release):
            result = asyncio.run(measure(int(1_000_000 * scale), before_s=min(5.0, 500 * scale)))
        return max(waits.longest for waits in result.during.values())

    return ours, lambda: GOAL_MS


ROWS = [
    Row(
        name="load.pause",
        unit="ms",
        goal=1,
        peer_name="limit",
        prepare=beside_a_campaign,
        more_is_better=False,
        work="1 M rows beside a campaign of 50 agents; the longest answer to a ping or a command",
    ),
]
