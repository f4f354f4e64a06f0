"""The command and its options."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import click
import msgspec
from rich.console import Console

from fastdial.cli.explain.asked import ask, ask_callback
from fastdial.cli.explain.form import Explained
from fastdial.cli.explain.past import explain_call, explain_callback, explain_moment
from fastdial.cli.explain.text import print_explained
from fastdial.cli.problems import Unusable
from fastdial.client import BadAddress, parse_address

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@click.command()
@click.option("--to", "address", metavar="ADDRESS", help="A running site: unix:/path/to.sock or "
              "tcp:host:port.")  # fmt: skip
@click.option("--journal", type=click.Path(dir_okay=False, path_type=Path),
              help="A journal, for what was; its server may go on writing it.")  # fmt: skip
@click.option("--campaign", "campaign_id", metavar="ID", help="What holds it back.")
@click.option("--contact", "contact_key", metavar="KEY", help="Whether it may be dialed.")
@click.option("--number", help="Which of the contact's numbers. [default: the one that goes next]")
@click.option("--call", "call_id", type=click.IntRange(1), help="Why its customer was dialed.")
@click.option("--callback", "callback_id", type=click.IntRange(1),
              help="Whether it may be made.")  # fmt: skip
@click.option("--at", "instant", metavar="INSTANT",
              help="How it stood then, as 2026-03-02T12:00:00+01:00.")  # fmt: skip
@click.option("--seq", type=click.IntRange(1), help="How it stood after this event.")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text",
              show_default=True)  # fmt: skip
def explain(
    address: str | None,
    journal: Path | None,
    campaign_id: str | None,
    contact_key: str | None,
    number: str | None,
    call_id: int | None,
    callback_id: int | None,
    instant: str | None,
    seq: int | None,
    form: str,
) -> None:
    """Why a contact is dialed or is not: every rule that is looked at, with its values.

    A running site tells of now. A journal tells of any moment, by default its last: the site is
    rebuilt as it was then and asked the same; with --call, as it was just before the customer was
    dialed. It also gives the contact's history.
    """
    if (address is None) == (journal is None):
        raise click.UsageError("say either --to ADDRESS or --journal FILE")
    _check(campaign_id, contact_key, number, call_id, callback_id, instant, seq)
    if journal is None:
        if call_id is not None or instant is not None or seq is not None:
            raise click.UsageError("what was is in the record: say --journal FILE, not --to")
        explained = _now(address or "", campaign_id or "", contact_key, number, callback_id)
    elif call_id is not None:
        explained = explain_call(journal, call_id)
    else:
        at = None if instant is None else _ms(instant)
        if callback_id is not None:
            explained = explain_callback(journal, callback_id, at=at, seq=seq)
        else:
            explained = explain_moment(
                journal, campaign_id or "", contact_key, number, at=at, seq=seq
            )
    _tell(explained, form)


def _check(
    campaign_id: str | None,
    contact_key: str | None,
    number: str | None,
    call_id: int | None,
    callback_id: int | None,
    instant: str | None,
    seq: int | None,
) -> None:
    """Options that go together."""
    if call_id is not None:
        _none_of("--call", campaign_id, contact_key, number, callback_id, instant, seq)
    elif callback_id is not None:
        _none_of("--callback", campaign_id, contact_key, number)
    elif campaign_id is None:
        raise click.UsageError("which --campaign, which --call or which --callback?")
    if number is not None and contact_key is None:
        raise click.UsageError("--number is one of a --contact's numbers")
    if instant is not None and seq is not None:
        raise click.UsageError("say --at or --seq, not both")


def _none_of(name: str, *others: object) -> None:
    if any(other is not None for other in others):
        raise click.UsageError(f"{name} says it all; leave the other options out")


def _now(
    address: str,
    campaign_id: str,
    contact_key: str | None,
    number: str | None,
    callback_id: int | None,
) -> Explained:
    try:
        parse_address(address)
    except BadAddress as error:
        raise Unusable(str(error)) from None
    if callback_id is not None:
        return ask_callback(address, callback_id)
    return ask(address, campaign_id, contact_key, number)


def _ms(instant: str) -> int:
    try:
        at = datetime.fromisoformat(instant)
    except ValueError:
        raise Unusable(
            f"{instant!r} is no instant; write it as 2026-03-02T12:00:00+01:00"
        ) from None
    if at.tzinfo is None:
        raise Unusable(f"{instant} is an instant only with an offset, such as {instant}Z")
    return (at - _EPOCH) // timedelta(milliseconds=1)


def _tell(explained: Explained, form: str) -> None:
    if form == "json":
        text = msgspec.json.format(msgspec.json.encode(explained), indent=2).decode()
        click.echo(text)
    else:
        print_explained(explained, Console())
