"""The kernel relies on the GIL, says so, and does not run without it."""

import importlib
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

import fastdial.kernel

KERNEL = Path(fastdial.kernel.__file__).parent
FLAGS = sys.flags
MODULES = sorted(source.stem for source in KERNEL.glob("*.pyx"))


class Flags:
    """Those of this Python, but for one."""

    def __init__(self, gil: int | None) -> None:
        self.gil = gil

    def __getattr__(self, name: str) -> object:
        return getattr(FLAGS, name)


def test_it_is_refused_where_the_gil_is_forced_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "flags", Flags(gil=0))
    with pytest.raises(ImportError, match="needs the GIL, which PYTHON_GIL=0"):
        importlib.reload(fastdial.kernel)


@pytest.mark.parametrize("gil", [1, None])
def test_it_is_served_otherwise(gil: int | None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "flags", Flags(gil=gil))
    importlib.reload(fastdial.kernel)


@pytest.mark.parametrize("module", MODULES)
def test_no_module_declares_itself_free_of_the_gil(module: str) -> None:
    for source in (KERNEL / f"{module}.pyx", KERNEL / f"{module}.pxd"):
        assert "freethreading_compatible" not in source.read_text()


def test_nor_does_the_build() -> None:
    setup = KERNEL.parents[2] / "setup.py"
    if not setup.exists():
        pytest.skip("needs the source tree")
    assert "freethreading_compatible" not in setup.read_text()


@pytest.mark.skipif(
    not sysconfig.get_config_var("Py_GIL_DISABLED"), reason="needs a free-threaded Python"
)
def test_a_free_threaded_python_turns_its_gil_on() -> None:
    script = "\n".join(
        [
            "import importlib, sys",
            f"for module in {MODULES}:",
            "    importlib.import_module('fastdial.kernel.' + module)",
            "print(sys._is_gil_enabled())",
        ]
    )
    done = subprocess.run(
        [sys.executable, "-W", "always", "-c", script], capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == ["True"]
    assert "RuntimeWarning" in done.stderr
