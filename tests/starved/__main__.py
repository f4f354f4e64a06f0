"""Runs every case with the first request for memory refused, then the second, and so on.

Started by test_memory_failure.py with starve.c preloaded, whose path is the first argument. Refused
is what the kernel itself asks for, or what everybody asks for: Python's own objects too. Prints
for each case its name, whose requests, once or lasting, and what went wrong, or nothing; between
tabs.

With a second argument, "everybody", all requests count in all cases, for a look by hand. Not all
that this finds is ours: parts of NumPy, Cython and Python do not survive it, each version others.
"""

import ctypes
import os
import sys

from starved.cases import CASES, WAYS, Case

REQUESTS_MAX = 20_000
WHOSE = {"kernel": b"fastdial/kernel/", "everybody": b""}
LIBRARY = ctypes.CDLL(sys.argv[1])
LIBRARY.starve_prepare.argtypes = [ctypes.c_char_p, ctypes.c_long, ctypes.c_long]
LIBRARY.starve_refused.restype = ctypes.c_long


def starved(case: Case, whose: str, granted: int, lasting: bool) -> tuple[object, bool, object]:
    """The thing after the work was done without memory; whether that failed, and its result."""
    thing = case.make()
    failed = False
    result = None
    LIBRARY.starve_prepare(WHOSE[whose], granted, lasting)
    try:
        os.getppid()
        try:
            result = case.act(thing)
        finally:
            os.getppid()
    except MemoryError:
        failed = True
    return thing, failed, result


def fault(case: Case, whose: str, lasting: bool) -> str:
    """What is wrong with a case, or nothing."""
    before = case.state(case.make())
    thing = case.make()
    after = case.whole(case.act(thing), case.state(thing))
    for granted in range(REQUESTS_MAX):
        thing, failed, result = starved(case, whose, granted, lasting)
        refused = LIBRARY.starve_refused()
        where = f"request {granted + 1} refused" + (" and all after it" if lasting else "")
        if not failed:
            if case.whole(result, case.state(thing)) != after:
                return f"{where}: no error, and not the outcome"
        elif not refused:
            return f"{where}: MemoryError, and nothing was refused"
        elif case.in_parts:
            if case.whole(case.act(thing), case.state(thing)) != after:
                return f"{where}: done again, it has another outcome"
        elif case.state(thing) != before:
            return f"{where}: MemoryError, and the object is not as it was"
        if not refused:
            return "" if granted else "nothing was ever asked for"
    return f"asks for memory more than {REQUESTS_MAX} times"


def say(text: str) -> None:
    sys.stdout.write(text)
    sys.stdout.flush()


def main() -> None:
    chosen = [(case, "everybody") for case in CASES] if "everybody" in sys.argv[2:] else WAYS
    for case, whose in chosen:
        for mode in ("once", "lasting"):
            # Each part as soon as it is known, so that a crash can be told from where it was.
            say("\t".join([case.name, whose, mode, ""]))
            try:
                say(fault(case, whose, mode == "lasting"))
            except Exception as error:  # whatever it is, it is not what was promised
                say(repr(error).replace("\n", " "))
            say("\n")


if __name__ == "__main__":
    main()
