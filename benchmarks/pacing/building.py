"""Compiles the peers, which are Cython over the kernel's declarations, into `build/pacing`."""

import importlib.util
import sys
from functools import cache
from pathlib import Path
from types import ModuleType

SOURCE = Path(__file__).with_name("peers.pyx")
FOLDER = Path(__file__).parents[2] / "build" / "pacing"


@cache
def peers() -> ModuleType:
    """The module of the peers, compiled anew where it or a declaration has changed."""
    from Cython.Build import cythonize  # noqa: PLC0415 - a tool for developers
    from setuptools import Extension  # noqa: PLC0415
    from setuptools.dist import Distribution  # noqa: PLC0415

    extension = Extension("fastdial_peers", [str(SOURCE)], extra_compile_args=["-O3"])
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
    return _load(Path(command.get_ext_fullpath("fastdial_peers")))


def _load(path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location("fastdial_peers", path)
    if spec is None or spec.loader is None:
        raise ImportError(f"{path} was not built")
    module = importlib.util.module_from_spec(spec)
    sys.modules["fastdial_peers"] = module
    spec.loader.exec_module(module)
    return module
