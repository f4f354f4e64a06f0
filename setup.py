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
from typing import Any

from Cython.Build import cythonize
from Cython.Compiler.ExprNodes import AnnotationNode
from Cython.Compiler.Nodes import FromImportStatNode
from setuptools import Extension, setup

sys.path.insert(0, str(Path(__file__).parent))  # not so where pip builds

import layouts  # found there

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
    Path("src/fastdial/rules/retries.py"),
    Path("src/fastdial/rules/compliance/measure.py"),
    Path("src/fastdial/rules/compliance/presets.py"),
)
"""Python that a release compiles; a .pxd beside a module says the types of what is hot in it."""


def type_classes_alone() -> None:
    """Annotations say which of our classes a value is of, and nothing of ``str`` or ``int``.

    For those Cython takes values of exactly that type, and a word (a `StrEnum`) is a ``str`` too;
    ``float`` would become C's.
    """
    analyse = AnnotationNode.analyse_type_annotation

    def analyse_classes(*args: Any, **options: Any) -> tuple[Any, Any]:
        modifiers, found = analyse(*args, **options)
        is_class = found is not None and found.is_extension_type and not found.is_builtin_type
        return modifiers, found if is_class else None

    AnnotationNode.analyse_type_annotation = analyse_classes


def import_no_function_twice() -> None:
    """A function that a .pxd takes from another module as C's is not imported as Python's as well.

    Cython does so for classes; for functions it takes the import for an assignment to a constant.
    """
    analyse = FromImportStatNode.analyse_declarations

    def analyse_others(self: FromImportStatNode, env: Any) -> None:
        def is_known(target: Any) -> bool:
            entry = env.lookup_here(target.name)
            return entry is not None and entry.is_cfunction

        self.items = [(name, target) for name, target in self.items if not is_known(target)]
        analyse(self, env)

    FromImportStatNode.analyse_declarations = analyse_others


def engine() -> list[Extension]:
    """The engine's modules, translated to C."""
    type_classes_alone()
    import_no_function_twice()
    layouts.write(ENGINE)
    extensions = [
        Extension(
            ".".join(source.with_suffix("").parts[1:]),
            [str(source)],
            # Cython's arithmetic on objects, where GCC takes None for a short integer
            extra_compile_args=["-O3", "-Wno-array-bounds", *QUIET],
        )
        for source in sorted(ENGINE)
    ]
    modules: list[Extension] = cythonize(
        extensions,
        build_dir="build/cython-engine",
        compiler_directives={"language_level": 3, "nonecheck": True},
    )
    return modules


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
