"""Text as people search for it: whatever the case and the accents."""

import unicodedata

_STROKES = str.maketrans("łŁøØđĐħĦŧŦıæÆœŒ", "lLoOdDhHtTiaAoO")
"""letters that Unicode does not take apart into a plain one and a mark"""


def folded(text: str) -> str:
    """``text`` without case, accents and space around it, for comparisons only."""
    apart = unicodedata.normalize("NFKD", text.strip().translate(_STROKES))
    plain = "".join(letter for letter in apart if not unicodedata.combining(letter))
    return plain.casefold()
