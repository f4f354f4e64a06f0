"""The compiled kernel: numbers in, numbers out; every module is usable alone and by ``cimport``."""

import sys

# The modules turn the GIL of a free-threaded Python on, unless it is forced off.
if getattr(sys.flags, "gil", None) == 0:
    raise ImportError(
        "fastdial.kernel needs the GIL, which PYTHON_GIL=0 or -X gil=0 forces off; "
        "leave that out, and run several processes to use more cores"
    )
