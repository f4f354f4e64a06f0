"""What chose an attempt that was made, and what became of it."""

from collections.abc import Iterator

from fastdial.cli.explain.form import Attempt
from fastdial.messages.events import CallEnded, CallWrappedUp, DialRequested
from fastdial.messages.explain import Looked
from fastdial.messages.replies import ContactExplanation
from fastdial.messages.settings import CampaignSettings
from fastdial.messages.words import DialingMode


def attempt_of(
    dialed: DialRequested,
    explained: ContactExplanation,
    settings: CampaignSettings,
    outcome: tuple[CallEnded | None, CallWrappedUp | None],
) -> Attempt:
    """The attempt that ``dialed`` began, explained as everything stood just before."""
    standing = [one for one in explained.looked_at if not one.passed]
    settled = {one.reason: why for one in standing if (why := _settled(one, dialed))}
    return Attempt(
        dialed=dialed,
        order=settings.order,
        parity=settings.parity,
        contact_order=settings.contact_order,
        chosen=list(_chosen(dialed, explained, settings)),
        settled=settled,
        against=[f"{one.rule} {one.reason}" for one in standing if one.reason not in settled],
        ended=outcome[0],
        wrapped_up=outcome[1],
    )


def _chosen(
    dialed: DialRequested, explained: ContactExplanation, settings: CampaignSettings
) -> Iterator[str]:
    agent = f"agent {dialed.agent_id}"
    match dialed.mode:
        case _ if dialed.callback_id is not None:
            yield f"callback {dialed.callback_id} was on the screen of {agent}"
        case _ if dialed.agent_first:
            yield f"{agent} was connected first and is on the line"
        case DialingMode.PREVIEW:
            yield f"{agent} had asked for a contact and dialed this one"
        case DialingMode.PUSH_PREVIEW:
            yield f"the contact had been pushed to {agent}"
        case DialingMode.AGENTLESS:
            yield "a line was free, and no agent is needed"
        case _ if dialed.agent_id is not None:
            yield f"{agent} was ready"
        case _:
            yield "launched ahead of agents, reserved for none"
    if dialed.competed:
        rivals = ", ".join(one for one in dialed.competed if one != dialed.campaign_id)
        yield (
            f"it was the turn of campaign {dialed.campaign_id} (order {settings.order}, parity "
            f"{settings.parity}), which competed with {rivals}"
        )
    else:
        yield f"no other campaign competed (order {settings.order}, parity {settings.parity})"
    contact = explained.contact
    yield (
        f"among contacts: {settings.contact_order.value} first, under priority "
        f"(here {contact.priority})"
    )
    yield (
        f"attempt {dialed.attempt} of this contact, at number {dialed.number_index + 1} of "
        f"{len(contact.numbers)}"
    )


def _settled(looked: Looked, dialed: DialRequested) -> str:
    """Why what stands in the way of others does not in the way of this attempt."""
    if looked.reason == "previewed":
        return f"agent {dialed.agent_id} is the one who has it on screen"
    if looked.reason == "live" and dialed.agent_first:
        return "this is the call for which its agent was connected"
    at_once = str(looked.values.get("limit", "")).endswith(".calls")
    if looked.reason == "limit_reached" and dialed.agent_first and at_once:
        return "this call counts as up already, since its agent was connected"
    reserved = looked.rule == "AG-2" or looked.reason == "quiet_after_abandoned"
    if reserved and dialed.agent_id is not None:
        return f"agent {dialed.agent_id} is taken by this very call"
    if looked.rule == "AG-2" and dialed.mode is DialingMode.PREDICTIVE:
        return "predictive calls are launched ahead of agents"
    return ""
