"""When memory fails, MemoryError is raised and the object is as it was."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from starved.cases import CASES, OF_BOTH, OF_OTHERS, OF_PYTHON, WAYS

STARVED = Path(__file__).parents[1] / "starved"


@pytest.fixture(scope="module")
def faults(tmp_path_factory: pytest.TempPathFactory) -> dict[tuple[str, ...], str]:
    """What is wrong with each case, from one run of all of them."""
    compiler = shutil.which(os.environ.get("CC", "gcc"))
    if not sys.platform.startswith("linux") or compiler is None:
        pytest.skip("needs Linux, for LD_PRELOAD, and gcc or CC")
    if "asan" in os.environ.get("LD_PRELOAD", ""):
        pytest.skip("AddressSanitizer answers the requests for memory itself")
    library = tmp_path_factory.mktemp("starved") / "starve.so"
    built = subprocess.run(
        [
            compiler,
            "-shared",
            "-fPIC",
            "-Wl,-z,defs",
            "-o",
            str(library),
            str(STARVED / "starve.c"),
            "-ldl",
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    if built.returncode:
        pytest.skip(f"needs the GNU C library: {built.stderr}")
    run = subprocess.run(
        [sys.executable, "-m", "starved", str(library)],
        capture_output=True,
        text=True,
        # So that Python's own objects are asked for one by one, as any other memory.
        env=os.environ
        | {
            "LD_PRELOAD": str(library),
            "PYTHONMALLOC": "malloc",
            "PYTHONPATH": os.pathsep.join([str(STARVED.parent), *filter(None, sys.path)]),
            "OPENBLAS_NUM_THREADS": "1",
        },
        check=False,
    )
    assert run.returncode == 0, f"it ended with {run.returncode}\n{run.stdout}\n{run.stderr}"
    lines = [tuple(line.split("\t")) for line in run.stdout.splitlines()]
    return {line[:-1]: line[-1] for line in lines}


@pytest.mark.parametrize("mode", ["once", "lasting"])
@pytest.mark.parametrize(
    ("name", "whose"), [(case.name, whose) for case, whose in WAYS], ids=lambda part: part
)
def test_a_failure_changes_nothing(
    faults: dict[tuple[str, ...], str], name: str, whose: str, mode: str
) -> None:
    assert not faults[name, whose, mode]


def test_the_cases_set_apart_are_cases() -> None:
    assert {case.name for case in CASES} >= OF_BOTH | OF_OTHERS | OF_PYTHON
