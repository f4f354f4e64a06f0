"""A project of somebody else cimports the kernel by its installed .pxd files, builds, and runs."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

import fastdial

pytest.importorskip("Cython", reason="a downstream build needs Cython")

USES = '''# cython: language_level=3
from libc.stdint cimport int64_t, uint32_t, uint64_t
from libc.stdlib cimport calloc, free

from fastdial.kernel.contact_table cimport (
    Contact, ContactTable, contacts_at, contacts_count_attempt, contacts_find, contacts_hash,
    contacts_is_live, contacts_number,
)
from fastdial.kernel.event_list cimport ID_BITS, EventList, events_pop, events_schedule
from fastdial.kernel.exclusion cimport ExclusionSet, numbers_has
from fastdial.kernel.ready_queue cimport ReadyQueue
from fastdial.kernel.slot_grid cimport SlotGrids
from fastdial.kernel.slot_query cimport NO_NOW, grid_first_free
from fastdial.kernel.slot_store cimport grids_at
from fastdial.kernel.timers cimport (
    TimerSet, timers_close, timers_open, timers_pop, timers_schedule,
)


cdef int64_t dialable(ContactTable table, ExclusionSet excluded, uint32_t row) noexcept nogil:
    """The first number of a contact that is not excluded, and count an attempt to it; else 0."""
    cdef Contact* contact = contacts_at(&table.contacts, row)
    cdef uint32_t i
    cdef int64_t number
    for i in range(contact.number_count):
        number = contacts_number(&table.contacts, contact, i).number
        if not numbers_has(&excluded.numbers, number):
            contacts_count_attempt(&table.contacts, row, i, 1000, 1)
            return number
    return 0


def dial(ContactTable table, ExclusionSet excluded, bytes key):
    cdef int64_t row = contacts_find(
        &table.contacts, key, len(key), contacts_hash(&table.contacts, key, len(key)))
    if not contacts_is_live(&table.contacts, row):
        return None
    contacts_at(&table.contacts, row).next_due_at = 5000
    return dialable(table, excluded, row)


def first_due(int64_t id, int64_t due_at):
    cdef TimerSet* timers = <TimerSet*>calloc(1, sizeof(TimerSet))
    cdef int64_t due = -1
    if timers == NULL or timers_open(timers) or timers_schedule(timers, id, due_at):
        raise MemoryError
    timers_pop(timers, due_at, &due)
    timers_close(timers)
    free(timers)
    return due


def first_slot(SlotGrids grids, uint32_t grid):
    return grid_first_free(grids_at(&grids.grids, grid), 0, 10000, NO_NOW)


def late_ties(EventList some, int count):
    """Ids in order of ties, where sequences reach their limit in between."""
    cdef uint32_t id
    cdef double at
    some.events.sequence = (<uint64_t>1 << 64 - ID_BITS) - 1 - count
    for id in range(3 * count):
        if events_schedule(&some.events, 3 * count - id, id % 2):
            raise MemoryError
    order = []
    while events_pop(&some.events, &id, &at):
        order.append(id)
    return order, some.events.sequence


def how_many(ReadyQueue queue):
    return len(queue)
'''

SETUP = """
from Cython.Build import cythonize
from setuptools import Extension, setup

setup(
    name="downstream",
    script_args=["--quiet", "build_ext", "--inplace"],
    ext_modules=cythonize(
        [Extension(name, [name + ".pyx"]) for name in ("downstream", "shown", "dialer")],
        quiet=True,
    ),
)
"""

RUN = """
from downstream import dial, first_due, first_slot, how_many, late_ties
from fastdial.kernel.contact_table import ContactTable
from fastdial.kernel.event_list import EventList
from fastdial.kernel.exclusion import ExclusionSet
from fastdial.kernel.ready_queue import ReadyQueue
from fastdial.kernel.slot_grid import SlotGrids

table = ContactTable()
table.load(["ada", "a key of more than sixteen bytes"], [[48600000000, 48600000001], [7, 8]])
excluded = ExclusionSet([48600000000, 7, 8])
print(dial(table, excluded, b"ada"))
print(dial(table, excluded, b"a key of more than sixteen bytes"))
print(dial(table, excluded, b"grace"))
print(table.attempts(0), table.number_attempts(0, 1), table.next_due_at(0), table.attempts(1))
print(first_due(7, 1000), how_many(ReadyQueue()))
print(*late_ties(EventList(), 3))

grids = SlotGrids()
grids.extend(grids.add(1000), 3000, [0, 1])
print(first_slot(grids, 0))

from array import array
from shown import first_of
print(first_of(array("q", [30, 10, 20]), 15), first_of(array("q", [30, 10, 20]), 5))

from dialer import LinesPerIdle
from fastdial.kernel.predictive import predictive
from fastdial.kernel.variates import Law
runs = predictive(LinesPerIdle(5.0), agents=10, answer=0.25, ring=Law.exponential(12),
                  handle=Law.exponential(180), opening_s=80000, seed=1)
print(0.80 < runs.handling_s[0, 0] / runs.present_s[0, 0] < 0.95, runs.most_lines[0, 0] > 15,
      0.02 < runs.abandoned.sum() / runs.answered.sum() < 0.5)
"""

DOCS = Path(__file__).parents[2] / "docs"


def shown_in_the_docs(page: str) -> str:
    """The Cython example of a page."""
    blocks = re.findall(r"```cython\n(.*?)```", (DOCS / page).read_text(), re.DOTALL)
    assert len(blocks) == 1
    return str(blocks[0])


def python(folder: Path, script: str) -> str:
    # Where the package stands, for the compiler as for the run: an installed one needs no help.
    source = str(Path(fastdial.__file__).parents[1])
    path = os.pathsep.join([source, *filter(None, [os.environ.get("PYTHONPATH")])])
    done = subprocess.run(
        [sys.executable, script],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": path, "CFLAGS": "-O0"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.mark.slow
def test_a_downstream_project_can_cimport_the_kernel(tmp_path: Path) -> None:
    (tmp_path / "downstream.pyx").write_text(USES)
    (tmp_path / "shown.pyx").write_text(shown_in_the_docs("kernel.md"))
    (tmp_path / "dialer.pyx").write_text(shown_in_the_docs("kernel/predictive.md"))
    (tmp_path / "setup.py").write_text(SETUP)
    (tmp_path / "run.py").write_text(RUN)
    python(tmp_path, "setup.py")
    assert python(tmp_path, "run.py").splitlines() == [
        "48600000001",
        "0",
        "None",
        "1 1 5000 0",
        "7 0",
        "[9, 7, 5, 3, 1, 8, 6, 4, 2] 9",
        "4000",
        "1 -1",
        "True True True",
    ]
