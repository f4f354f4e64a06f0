"""The compiled kernel: numbers in, numbers out; every module is usable alone and by ``cimport``."""
