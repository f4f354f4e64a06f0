"""Explanations as text for a terminal or a log; instants in the campaign's zone."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from fastdial.cli.explain.form import Attempt, Explained
from fastdial.messages.explain import AnswerChance, Looked, PacingDecision
from fastdial.messages.replies import (
    CallbackExplanation,
    CampaignExplanation,
    ContactExplanation,
)

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def print_explained(explained: Explained, console: Console) -> None:
    """All of it."""
    zone = explained.zone
    console.print(_moment(explained))
    if explained.refused:
        console.print(Text(f"Not explained: {explained.refused}", style="bold"))
    if explained.attempt is not None:
        _print_attempt(explained.attempt, zone, console)
    settled = {} if explained.attempt is None else explained.attempt.settled
    if explained.contact is not None:
        if explained.attempt is None:
            console.print(_verdict(explained.contact, zone))
        console.print(_contact(explained.contact, zone))
        console.print(_rules(explained.contact.looked_at, zone, settled))
    if explained.callback is not None:
        console.print(_callback_verdict(explained.callback, zone))
        console.print(_callback(explained.callback, zone))
        console.print(_rules(explained.callback.looked_at, zone, {}))
    if explained.campaign is not None:
        _print_campaign(explained.campaign, zone, console)
    if explained.history:
        console.print(_history(explained))


def local(at: int, zone: str) -> str:
    """An instant (ms) as ISO 8601 in ``zone``, with its offset."""
    try:
        there = (_EPOCH + timedelta(milliseconds=at)).astimezone(ZoneInfo(zone))
    except OverflowError:
        return str(at)
    return there.isoformat(timespec="milliseconds" if at % 1_000 else "seconds")


def _moment(explained: Explained) -> Text:
    after = "" if explained.seq is None else f", after event {explained.seq}"
    return Text(f"As it stood at {local(explained.at, explained.zone)} {explained.zone}{after}")


def _verdict(contact: ContactExplanation, zone: str) -> Text:
    return _may(contact.may_be_dialed, contact.earliest_at, "contact may", "be dialed", zone)


def _callback_verdict(callback: CallbackExplanation, zone: str) -> Text:
    return _may(callback.may_be_dialed, callback.earliest_at, "callback may", "be made", zone)


def _may(may: bool, earliest_at: int | None, who: str, what: str, zone: str) -> Text:
    if may:
        return Text(f"The {who} {what}.", style="bold green")
    if earliest_at is None:
        return Text(f"The {who} not {what}, until something changes.", style="bold red")
    before = local(earliest_at, zone)
    return Text(f"The {who} not {what} before {before}.", style="bold yellow")


def _callback(callback: CallbackExplanation, zone: str) -> Text:
    view = callback.callback
    whose = "anybody" if view.owner_id is None else view.owner_id
    queue = f" of queue {view.queue_id}" if view.queue_id else ""
    return Text(
        f"Callback {view.callback_id} ({view.kind.value}) of campaign {view.campaign_id}{queue}: "
        f"{view.state.value}"
        + (f" ({view.end_reason})" if view.end_reason else "")
        + f", {view.number}, {view.name}, for {whose}, from {local(view.window_start_at, zone)} "
        f"until {local(view.window_end_at, zone)}, tried {len(view.tried)} times"
    )


def _contact(contact: ContactExplanation, zone: str) -> Text:
    view = contact.contact
    numbers = ", ".join(
        f"[{one}]" if one == contact.number else one for one in view.numbers
    )  # the one that is asked about
    due = "" if view.due_at is None else f", due {local(view.due_at, zone)}"
    return Text(
        f"Contact {view.contact_key}: {view.state.value}"
        + (f" ({view.reason})" if view.reason else "")
        + f"{due}, {view.attempts} attempts, numbers {numbers}"
        + ("" if contact.answer is None else f". {_likely(contact.answer)}")
    )


def _likely(made: AnswerChance) -> str:
    """How likely a contact answers, and the factors that make it so."""
    source = "by default" if made.told is None else "told"
    return (
        f"It answers with a chance of {made.answer:.3f}: {made.prior:.3f} {source}, times "
        f"{made.by_base * made.by_list:.2f} for all of the list, {made.by_hour:.2f} at {made.hour} "
        f"o'clock, {made.by_attempt:.2f} for attempt {made.attempt}, {made.by_kind:.2f} for a "
        f"number that is {made.kind.value}, {made.by_told:.2f} for what was told, "
        f"{made.of_late:.2f} of late"
    )


def _rules(looked_at: tuple[Looked, ...], zone: str, settled: Mapping[str, str]) -> Table:
    table = _table("rule", "", "looked at", "values", "what would change it")
    for one in looked_at:
        why = settled.get(one.reason, "") if not one.passed else ""
        passes = "yes" if one.passed else "(no)" if why else "no"
        style = "" if one.passed else "yellow" if why else "red"
        values = in_words(one.values, zone)
        if not one.passed and one.reason:
            values = f"{one.reason}; {values}" if values else one.reason
        change = one.change if not one.until else f"{one.change}; until {local(one.until, zone)}"
        table.add_row(
            one.rule,
            Text(passes, style=style),
            Text(one.what),
            Text(values),
            Text(why or change.removeprefix("; ")),
        )
    return table


def _print_attempt(attempt: Attempt, zone: str, console: Console) -> None:
    dialed = attempt.dialed
    console.print(
        Text(
            f"Call {dialed.call_id}: contact {dialed.contact_key} of campaign "
            f"{dialed.campaign_id} dialed at {dialed.number}, {local(dialed.at, zone)}, "
            f"mode {dialed.mode.value}",
            style="bold",
        )
    )
    for sentence in attempt.chosen:
        console.print(Text(f"  - {sentence}"))
    if attempt.against:
        console.print(Text(f"Dialed against {', '.join(attempt.against)}.", style="bold red"))
    ended, wrapped_up = attempt.ended, attempt.wrapped_up
    if ended is None:
        console.print(Text("It has not ended, as far as the record goes."))
    else:
        code = (wrapped_up.code if wrapped_up is not None else ended.code) or "none"
        console.print(
            Text(
                f"Ended {local(ended.at, zone)}: {ended.outcome.value}, by {ended.party.value}, "
                f"wrap-up code {code}."
            )
        )


def _print_campaign(campaign: CampaignExplanation, zone: str, console: Console) -> None:
    console.print(
        Text(f"Campaign {campaign.campaign_id} dials, given agents.", style="bold green")
        if campaign.launches
        else Text(f"Campaign {campaign.campaign_id} is held back.", style="bold yellow")
    )
    console.print(_rules(campaign.looked_at, zone, {}))
    table = _table("contacts", "state", "reason", "until", "values")
    for one in campaign.contacts:
        table.add_row(
            f"{one.contacts:,}",
            one.state.value,
            Text(one.reason),
            "" if one.until is None else local(one.until, zone),
            Text(in_words(one.values, zone)),
        )
    if campaign.contacts:
        console.print(table)
    if campaign.pacing is not None:
        console.print(_pacing(campaign.pacing))


def _pacing(made: PacingDecision) -> Text:
    """What would be launched now, and the numbers that make it so."""
    return Text(
        f"Pacing: {made.launch} more lines now, held by {made.held_by}. {made.lines} ring, "
        f"{made.idle} agents are ready, {made.waiting} people wait; within {made.moment_s:.0f} s "
        f"{made.answers:.1f} answers and {made.ends:.1f} ends of calls are expected. The next "
        f"answer would meet no agent with a chance of {made.overflow:.4f}; {made.accepted:.4f} is "
        f"accepted. {_awaited(made)}Learned: {made.answer:.3f} answer, after {made.ring_s:.1f} s, "
        f"and take an agent {made.handle_s:.0f} s. {made.beyond:,} lines beyond ready agents can "
        "break no cap." + ("" if made.next is None else f" The next contact: {_likely(made.next)}.")
    )


def _awaited(made: PacingDecision) -> str:
    if made.held_by != "awaited":
        return ""
    return (
        f"But {made.soon:.3f} answers are expected within a second, and after one it would be "
        f"{made.overflow_after:.4f}: above {made.accepted_after:.4f} that is waited for. "
    )


def _history(explained: Explained) -> Table:
    table = _table("event", "at", "what", "details", title="History of the contact")
    for one in explained.history:
        table.add_row(
            str(one.seq),
            local(one.at, explained.zone),
            one.type,
            Text(in_words(one.details, explained.zone)),
        )
    return table


def in_words(values: Mapping[str, Any], zone: str) -> str:
    """Values by name, instants among them in ``zone``."""
    words = []
    for name, value in values.items():
        if isinstance(value, Mapping):
            words.append(f"{name} ({in_words(value, zone)})")
        elif isinstance(value, list | tuple):
            words.append(f"{name} {', '.join(str(one) for one in value)}")
        elif name.endswith(("_at", "until")) and isinstance(value, int):
            words.append(f"{name} {local(value, zone)}")
        elif isinstance(value, str) and not value:
            words.append(f"{name} none")
        else:
            words.append(f"{name} {value}")
    return ", ".join(words)


def _table(*columns: str, title: str | None = None) -> Table:
    table = Table(box=box.SIMPLE_HEAD, title=title, title_justify="left", title_style="bold")
    for name in columns:
        table.add_column(name, justify="right" if name in ("contacts", "event") else "left")
    return table
