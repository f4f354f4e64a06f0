"""What is shipped: sources that build; an installed package with its types and declarations."""

import os
import subprocess
import sys
import tarfile
from pathlib import Path

from fastdial.rules.windows.presets import presets

ROOT = Path(__file__).parents[2]
KERNEL = ROOT / "src" / "fastdial" / "kernel"
PRESETS = "fastdial/rules/windows/presets"


def setup(*arguments: str) -> None:
    """Run setup.py without compiling anything."""
    subprocess.run(
        [sys.executable, "setup.py", "--quiet", *arguments],
        cwd=ROOT,
        env={**os.environ, "FASTDIAL_BUILD": "none"},
        capture_output=True,
        check=True,
    )


def test_the_source_distribution_has_what_a_build_needs(tmp_path: Path) -> None:
    setup("sdist", "--dist-dir", str(tmp_path))
    (archive,) = tmp_path.glob("*.tar.gz")
    with tarfile.open(archive) as tar:
        names = {name.split("/", 1)[-1] for name in tar.getnames()}
    sources = {f"src/fastdial/kernel/{p.name}" for p in KERNEL.iterdir() if p.suffix == ".pyx"}
    assert sources <= names
    assert {f"src/{PRESETS}/{name}.toml" for name in presets()} <= names
    assert {"setup.py", "pyproject.toml", "LICENSE", "README.md", "Makefile"} <= names
    assert not [name for name in names if name.endswith((".so", ".pyc"))]


def test_the_installed_package_has_types_and_declarations(tmp_path: Path) -> None:
    setup("build_py", "--build-lib", str(tmp_path))
    installed = {p.relative_to(tmp_path).as_posix() for p in tmp_path.rglob("*")}
    assert "fastdial/py.typed" in installed
    wanted = {p.name for p in KERNEL.iterdir() if p.suffix in (".pxd", ".pyi")}
    assert {f"fastdial/kernel/{name}" for name in wanted} <= installed
    assert {f"{PRESETS}/{name}.toml" for name in presets()} <= installed
    assert not [name for name in installed if name.endswith((".pyx", ".c"))]


def test_every_compiled_module_has_its_stub_and_declarations() -> None:
    for source in KERNEL.glob("*.pyx"):
        assert source.with_suffix(".pxd").exists(), source.name
        assert source.with_suffix(".pyi").exists(), source.name
