"""How much a property test tries."""

import os


def examples(count: int) -> int:
    """So many, or a fifth under AddressSanitizer, where each takes ten times as long."""
    return count // 5 if "asan" in os.environ.get("LD_PRELOAD", "") else count
