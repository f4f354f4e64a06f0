"""What is checked of a callback before a customer is promised it (rule CB-3)."""

import re
from collections.abc import Iterator

from fastdial.messages.settings import SiteCallbacks
from fastdial.rules.days import is_zone
from fastdial.rules.numbers import BadNumber, to_e164

MIN_DIGITS, MAX_DIGITS = 7, 15
MIN_NAME, MAX_NAME = 3, 250
MAX_REASON = 250

_WRITTEN = re.compile(r"\+?[0-9 .,-]*")
_SEPARATORS = re.compile(r"[ .,-]")

Fault = tuple[str, str]
"""the field at fault, and a sentence"""


def site_faults(site: SiteCallbacks) -> Iterator[Fault]:
    """Bounds between which nothing would fit; fields are paths in the site's configuration."""
    path = "config.callbacks"
    if site.lead_s > site.horizon_s:
        yield f"{path}.lead_s", "the lead is longer than the horizon: no window could start"
    if site.min_window_s > site.max_window_s:
        yield f"{path}.min_window_s", "it is above max_window_s: no window would be long enough"


def to_number(text: str, default_region: str | None) -> str:
    """The number of a callback as E.164; raises `BadNumber` with the reason.

    7 to 15 digits, with an optional country code; spaces, dashes, commas and points are allowed.
    """
    text = text.strip()
    if not _WRITTEN.fullmatch(text):
        raise BadNumber(
            f"{text[:40]!r} has more than digits, spaces, dashes, commas, points and a leading plus"
        )
    plain = _SEPARATORS.sub("", text)
    digits = len(plain.removeprefix("+"))
    if not MIN_DIGITS <= digits <= MAX_DIGITS:
        raise BadNumber(f"the number has {digits} digits; {MIN_DIGITS} to {MAX_DIGITS} are allowed")
    return to_e164(plain, default_region)


def name_faults(name: str) -> Iterator[Fault]:
    """A customer's name has 3 to 250 characters of whatever script."""
    length = len(name.strip())
    if not MIN_NAME <= length <= MAX_NAME:
        sentence = f"the name has {length} characters; {MIN_NAME} to {MAX_NAME} are allowed"
        yield "name", sentence


def reason_faults(reason: str) -> Iterator[Fault]:
    """A reason has at most 250 characters."""
    if len(reason) > MAX_REASON:
        sentence = f"the reason has {len(reason)} characters; {MAX_REASON} are allowed"
        yield "reason", sentence


def zone_faults(zone: str) -> Iterator[Fault]:
    """A zone that IANA knows."""
    if not is_zone(zone):
        yield "zone", f"{zone[:64]!r} is not an IANA time zone"


def window_faults(
    start_at: int | None, end_at: int | None, now: int, site: SiteCallbacks
) -> Iterator[Fault]:
    """When the window begins, and how long it is; instants in ms since the epoch, UTC."""
    if start_at is None:
        yield "window_start_at", "say when the window starts"
    else:
        earliest, latest = now + site.lead_s * 1_000, now + site.horizon_s * 1_000
        if start_at < earliest:
            sentence = f"the window starts at {start_at}; the earliest start is {earliest}"
            yield "window_start_at", sentence
        if start_at > latest:
            sentence = f"the window starts at {start_at}; the latest start is {latest}"
            yield "window_start_at", sentence
    if end_at is None:
        yield "window_end_at", "say when the window ends"
    elif start_at is not None:
        yield from _length_faults(end_at - start_at, site)


def _length_faults(length_ms: int, site: SiteCallbacks) -> Iterator[Fault]:
    shortest, longest = site.min_window_s, site.max_window_s
    if length_ms <= 0:
        yield "window_end_at", "the window ends before it starts"
    elif not shortest * 1_000 <= length_ms <= longest * 1_000:
        sentence = f"the window is {length_ms // 1_000} s long; it can be {shortest} to {longest}"
        yield "window_end_at", sentence
