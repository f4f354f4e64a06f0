"""The command and its options."""

import click
from rich.console import Console

from fastdial.cli.problems import Failed, Unusable
from fastdial.cli.slots.grid import print_grid
from fastdial.client import BadAddress, Client, ClientError, parse_address
from fastdial.messages.codec import Encoding, encode
from fastdial.messages.slot_queries import SlotsAvailability, SlotsReply
from fastdial.rules.days import BadDay, day_begins_at, is_zone


@click.command()
@click.argument("queue_id", metavar="QUEUE")
@click.option("--to", "address", metavar="ADDRESS", required=True,
              help="A running site: unix:/path/to.sock or tcp:host:port.")  # fmt: skip
@click.option("--zone", metavar="ZONE", default="UTC", show_default=True,
              help="In whose time; the customer's, such as Europe/Warsaw.")  # fmt: skip
@click.option("--days", type=click.IntRange(1, 62), default=7, show_default=True)
@click.option("--first-day", metavar="DATE", help="Such as 2026-03-02. [default: today there]")
@click.option("--agent", "agent_id", metavar="ID", help="For a personal callback of this agent.")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text",
              show_default=True)  # fmt: skip
def slots(
    queue_id: str,
    address: str,
    zone: str,
    days: int,
    first_day: str | None,
    agent_id: str | None,
    form: str,
) -> None:
    """The slots of a queue: those that can be booked, and why the others cannot."""
    if not is_zone(zone):
        raise Unusable(f"{zone!r} is not an IANA time zone; write one such as Europe/Warsaw")
    if first_day is not None:
        _check_day(first_day, zone)
    command = SlotsAvailability(
        queue_id=queue_id, zone=zone, first_day=first_day, days=days, agent_id=agent_id
    )
    reply = _ask(address, command)
    if form == "json":
        click.echo(encode(reply, Encoding.JSON))
    else:
        print_grid(reply, Console(highlight=False))


def _check_day(first_day: str, zone: str) -> None:
    try:
        day_begins_at(first_day, zone)
    except BadDay as bad:
        raise Unusable(f"--first-day: {bad}; write it as 2026-03-02") from None


def _ask(address: str, command: SlotsAvailability) -> SlotsReply:
    try:
        parse_address(address)
    except BadAddress as error:
        raise Unusable(str(error)) from None
    try:
        with Client(address, name="fastdial slots") as client:
            reply = client.request(command)
    except ClientError as error:
        raise Failed(str(error)) from None
    if not isinstance(reply, SlotsReply):
        raise Failed(f"the server answered with {type(reply).__name__}")
    return reply
