"""Compiles what is Cython here, some of it over the kernel's declarations, into `build/pacing`."""

import importlib.util
import sys
from functools import cache
from pathlib import Path
from types import ModuleType

FOLDER = Path(__file__).parents[2] / "build" / "pacing"


@cache
def peers() -> ModuleType:
    """The peers."""
    return _compiled("peers")


@cache
def contacts() -> ModuleType:
    """The best policy for contacts that are known."""
    return _compiled("contacts")


def _compiled(name: str) -> ModuleType:
    """A module, compiled anew where it or a declaration has changed."""
    from Cython.Build import cythonize  # noqa: PLC0415 - a tool for developers
    from setuptools import Extension  # noqa: PLC0415
    from setuptools.dist import Distribution  # noqa: PLC0415

    source = Path(__file__).with_name(f"{name}.pyx")
    extension = Extension(f"fastdial_{name}", [str(source)], extra_compile_args=["-O3"])
    modules: list[Extension] = cythonize(  # type: ignore[no-untyped-call]
        [extension],
        build_dir=str(FOLDER),
        quiet=True,
        compiler_directives={"boundscheck": False, "wraparound": False, "cdivision": True},
    )
    distribution = Distribution({"ext_modules": modules})
    command = distribution.get_command_obj("build_ext")
    command.build_lib = command.build_temp = str(FOLDER)
    command.ensure_finalized()
    command.run()
    return _load(f"fastdial_{name}", Path(command.get_ext_fullpath(f"fastdial_{name}")))


def _load(name: str, path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise ImportError(f"{path} was not built")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module
