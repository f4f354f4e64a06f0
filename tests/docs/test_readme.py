"""What the README shows in Python runs as it stands there."""

import asyncio
from pathlib import Path
from typing import Any

from fastdial.engine import Outcome
from fastdial.messages.commands import CampaignCreate
from fastdial.messages.replies import CampaignReply
from protocol.serving import Raw, campaign, config, run, serving

README = Path(__file__).parents[2] / "README.md"


def _blocks() -> list[str]:
    parts = README.read_text(encoding="utf-8").split("```python\n")[1:]
    return [part.split("```")[0] for part in parts]


def _play(block: str) -> dict[str, Any]:
    names: dict[str, Any] = {}
    exec(compile(block, str(README), "exec"), names)
    return names


def test_embedding_as_in_the_readme() -> None:
    names = _play(_blocks()[0])
    assert isinstance(names["reply"], CampaignReply)
    assert Outcome(names["reply"], names["events"]).events[0].seq == 1


def test_a_client_as_in_the_readme(tmp_path: Path) -> None:
    async def scenario() -> None:
        settings = config(tmp_path)
        async with serving(settings) as server:
            raw = await Raw.open(server)
            await raw.hello()
            await raw.ask(CampaignCreate(id=1, settings=campaign()))
            block = _blocks()[1].replace("unix:fastdial.sock", f"unix:{settings.listen.unix}")
            await asyncio.to_thread(_play, block)
            view = server.host.site._state.records.campaigns["00001"]  # type: ignore[attr-defined] # a Site
            assert view.state == "running"
            await raw.close()

    run(scenario)
