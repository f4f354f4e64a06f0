"""Builds what is compiled; everything else about the package stands in pyproject.toml.

That is the kernel, which is written for it, and in a release also the engine, which is Python that
runs as it stands too: a developer's engine is not compiled, so that no edit is hidden by a module
that was compiled before it. FASTDIAL_BUILD selects:

- unset or ``release``: optimised, without bounds checks; kernel and engine;
- ``kernel``: the same kernel alone;
- ``checked``: Cython's bounds, wraparound and ``None`` checks on;
- ``sanitized``: as ``checked``, with AddressSanitizer and UndefinedBehaviorSanitizer;
- ``profiled``: as ``release`` with symbols, for callgrind and perf;
- ``none``: nothing, for an editable install whose kernel is built in place afterwards.

``checked``, ``sanitized`` and ``profiled`` are about the kernel alone, too.
"""

import os
import sys
from pathlib import Path

from Cython.Build import cythonize
from setuptools import Extension, setup

sys.path.insert(0, str(Path(__file__).parent))  # not so where pip builds

import layouts  # found there
import shortcuts

# These switches stand here and not at the head of the .pyx files, since a file's own directives
# win over those given to cythonize and would keep the checks off in checked builds.
UNCHECKED = {
    "boundscheck": False,
    "wraparound": False,
    "nonecheck": False,
    "initializedcheck": False,
    "cdivision": True,
}
CHECKED = UNCHECKED | {"boundscheck": True, "nonecheck": True, "initializedcheck": True}
# what Cython itself writes: counters of other signs, views of const memory
QUIET = ["-Wno-sign-compare", "-Wno-discarded-qualifiers"]
SANITIZE = ["-fsanitize=address,undefined", "-fno-sanitize-recover=undefined"]
BUILDS: dict[str, tuple[list[str], list[str], dict[str, bool]]] = {
    "release": (["-O3"], [], UNCHECKED),
    "kernel": (["-O3"], [], UNCHECKED),
    "checked": (["-O1", "-g"], [], CHECKED),
    "sanitized": (["-O1", "-g", "-fno-omit-frame-pointer", *SANITIZE], SANITIZE, CHECKED),
    "profiled": (["-O3", "-g"], [], UNCHECKED),
}

NONE = "none"

ENGINE = (
    *(path for path in Path("src/fastdial/engine").rglob("*.py") if path.name != "__init__.py"),
    Path("src/fastdial/engine/apply/__init__.py"),
    Path("src/fastdial/rules/codes.py"),
    Path("src/fastdial/rules/retries.py"),
    Path("src/fastdial/rules/compliance/measure.py"),
    Path("src/fastdial/rules/compliance/presets.py"),
)
"""Python that a release compiles; a .pxd beside a module says the types of what is hot in it."""

TRANSLATED = Path("build/cython-engine")


def engine() -> list[Extension]:
    """The engine's modules, translated to C."""
    shortcuts.know()
    layouts.write(ENGINE)
    for source in ENGINE:
        forget_if_stale(source)
    extensions = [
        Extension(
            ".".join(source.with_suffix("").parts[1:]),
            [str(source)],
            # Cython's arithmetic on objects, where GCC takes None for a short integer
            extra_compile_args=["-O3", "-g0", "-Wno-array-bounds", *QUIET],
        )
        for source in sorted(ENGINE)
    ]
    modules: list[Extension] = cythonize(
        extensions,
        build_dir=str(TRANSLATED),
        compiler_directives={"language_level": 3, "nonecheck": True},
    )
    return modules


def forget_if_stale(source: Path) -> None:
    """Cython knows of sources and .pxd files, not of what it is taught besides."""
    translated = TRANSLATED / source.with_suffix(".c")
    teachers = {Path(shortcuts.__file__), Path(layouts.__file__)}
    teachers |= layouts.numbers_come_from(source)
    if translated.exists():
        made_at = translated.stat().st_mtime
        if any(teacher.stat().st_mtime > made_at for teacher in teachers):
            translated.unlink()


def kernel(build: str) -> list[Extension]:
    """The kernel's modules, translated to C."""
    compile_args, link_args, directives = BUILDS[build]
    extensions = [
        Extension(
            f"fastdial.kernel.{source.stem}",
            [str(source)],
            extra_compile_args=compile_args + QUIET,
            extra_link_args=link_args,
        )
        for source in sorted(Path("src/fastdial/kernel").glob("*.pyx"))
    ]
    modules: list[Extension] = cythonize(
        extensions,
        build_dir=f"build/cython-{'release' if build == 'kernel' else build}",
        compiler_directives=directives,
        annotate=build == "profiled",
        force=build not in ("release", "kernel"),
    )
    return modules


build = os.environ.get("FASTDIAL_BUILD", "release")
if build not in (NONE, *BUILDS):
    raise SystemExit(f"FASTDIAL_BUILD is {build!r}; it can be one of {', '.join((*BUILDS, NONE))}")
modules = [] if build == NONE else kernel(build)
setup(ext_modules=modules + engine() if build == "release" else modules)
