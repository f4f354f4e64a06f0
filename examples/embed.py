"""Embed fastdial: drive a campaign through `Site`, without a socket and without a clock.

Your program is the outside: it carries out what events ask for, and reports what it saw.
"""

from fastdial import Site
from fastdial.messages import commands as do
from fastdial.messages.events import BridgeRequested, DialRequested, HangUpRequested
from fastdial.messages.settings import CampaignSettings
from fastdial.messages.words import DialingMode, Saw


def main() -> None:
    """Call three people; the second is busy and is tried again ten minutes later."""
    site = Site(seed=1)
    now = 1_772_452_800_000  # ms since the epoch, UTC: the caller's clock, any clock
    settings = CampaignSettings(name="Spring offer", mode=DialingMode.PROGRESSIVE)
    numbers = ("+442079460001", "+442079460002", "+442079460003")
    contacts = [{"contact_key": f"c{n}", "numbers": [n]} for n in numbers]
    todo: list[do.Command] = [
        do.CampaignCreate(campaign_id="00001", settings=settings),
        do.ContactsLoad(campaign_id="00001", contacts=contacts),
        do.CampaignStart(campaign_id="00001"),
        do.AgentLogin(agent_id="ann"),
        do.AgentReady(agent_id="ann"),
    ]
    busy_once = {"+442079460002"}
    while True:
        if todo:
            reply, events = site.handle(todo.pop(0), now)
            print(f"{type(reply).__name__}")
        elif (due_at := site.next_due()) is not None:
            now = due_at
            events = site.advance(now)
        else:
            break
        for event in events:
            print(f"  {event.seq:3} {type(event).__name__}")
            match event:
                case DialRequested(call_id=call, number=number) if number in busy_once:
                    busy_once.remove(number)
                    todo.append(do.CallReport(call_id=call, saw=Saw.BUSY))
                case DialRequested(call_id=call):
                    todo.append(do.CallReport(call_id=call, saw=Saw.ANSWERED))
                case BridgeRequested(call_id=call, agent_id=agent):
                    todo.append(do.CallReport(call_id=call, saw=Saw.BRIDGED))
                    todo.append(do.CallReport(call_id=call, saw=Saw.HUNG_UP))
                    todo.append(do.CallWrapUp(call_id=call, agent_id=agent, code="sale"))
                case HangUpRequested(call_id=call):
                    todo.append(do.CallReport(call_id=call, saw=Saw.HUNG_UP))


if __name__ == "__main__":
    main()
