"""Builds the compiled kernel; everything else about the package stands in pyproject.toml.

FASTDIAL_BUILD selects how the kernel is compiled:

- unset or ``release``: optimised, without bounds checks;
- ``checked``: Cython's bounds, wraparound and ``None`` checks on;
- ``sanitized``: as ``checked``, with AddressSanitizer and UndefinedBehaviorSanitizer;
- ``profiled``: as ``release`` with symbols, for callgrind and perf;
- ``none``: not at all, for an editable install whose kernel is built in place afterwards.
"""

import os
from pathlib import Path

from Cython.Build import cythonize
from setuptools import Extension, setup

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
    "checked": (["-O1", "-g"], [], CHECKED),
    "sanitized": (["-O1", "-g", "-fno-omit-frame-pointer", *SANITIZE], SANITIZE, CHECKED),
    "profiled": (["-O3", "-g"], [], UNCHECKED),
}

NONE = "none"


def kernel(build: str) -> list[Extension]:
    """The extension modules, translated to C."""
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
        build_dir=f"build/cython-{build}",
        compiler_directives=directives,
        annotate=build == "profiled",
        force=build != "release",
    )
    return modules


build = os.environ.get("FASTDIAL_BUILD", "release")
if build not in (NONE, *BUILDS):
    raise SystemExit(f"FASTDIAL_BUILD is {build!r}; it can be one of {', '.join((*BUILDS, NONE))}")
setup(ext_modules=[] if build == NONE else kernel(build))
