"""Where structs keep their fields, for the compiled engine; used by setup.py.

A `msgspec.Struct` keeps its fields as an extension type does: one pointer each, in the order of
their names, those of the base first, as CPython lays out `__slots__`. A compiled module that knows
this reads a field as fast as C does, and the class stays what it is. The declarations are made from
the source at every build, so that they cannot be older than the classes; when a compiled module is
imported, a class of another size than was declared is an ImportError.
"""

import ast
from collections.abc import Iterator
from pathlib import Path

PACKAGE = Path("src/fastdial")

STRUCTS: dict[str, tuple[str, ...]] = {
    "messages.base": ("Command", "Event", "Reply"),
    "messages.settings": ("CampaignSettings", "WrapUpCode"),
    "messages.commands": ("CallReport", "CallWrapUp"),
    "messages.fates": ("ContactFate",),
    "messages.events": (
        "AgentStateChanged",
        "BridgeRequested",
        "CallAnswered",
        "CallBridged",
        "CallEnded",
        "CallRinging",
        "CallWrappedUp",
        "DialRequested",
    ),
    "engine.records": ("Agent", "Call", "Estimates", "Counts", "Campaign", "Records"),
}
"""What the hot path reads. A base stands before what derives from it, a part before its whole."""

RECORDS = "engine.records"

HEAD = '''\
# cython: language_level=3
"""Where structs keep their fields; made by layouts.py at every build."""

cdef extern from *:
    """
'''


def declarations() -> str:
    """The text of a .pxd that declares `STRUCTS`."""
    c_structs, classes = "", ""
    declared: list[str] = []
    for module, name, node in _nodes():
        base = next((b.id for b in node.bases if isinstance(b, ast.Name)), None)
        of_base = f"({base})" if base in declared else ""
        head = f"{base}Fields __pyx_base;" if of_base else "PyObject_HEAD"
        c_structs += f"    typedef struct {{\n        {head}\n"
        classes += f"    ctypedef class fastdial.{module}.{name}{of_base}"
        classes += f" [object {name}Fields, check_size error]:  # no-cython-lint\n"
        for field, hint in sorted(_fields(node), key=lambda one: one[0]):
            kind = _certain(hint, declared) if module == RECORDS else "object"
            c_type = f"{kind}Fields" if kind in declared else "PyObject"
            c_structs += f"        {c_type} *{field};\n"
            classes += f"        cdef {kind} {field}\n"
        c_structs += f"    }} {name}Fields;\n"
        declared.append(name)
    return HEAD + c_structs + '    """\n' + classes


def write(path: Path) -> None:
    """Write the declarations, unless they stand there already."""
    text = declarations()
    if not path.exists() or path.read_text() != text:
        path.write_text(text)


def _nodes() -> Iterator[tuple[str, str, ast.ClassDef]]:
    for module, names in STRUCTS.items():
        source = PACKAGE.joinpath(*module.split(".")).with_suffix(".py")
        tree = ast.parse(source.read_text())
        found = {node.name: node for node in tree.body if isinstance(node, ast.ClassDef)}
        yield from ((module, name, found[name]) for name in names)


def _fields(node: ast.ClassDef) -> Iterator[tuple[str, ast.expr]]:
    for part in node.body:
        if isinstance(part, ast.AnnAssign) and isinstance(part.target, ast.Name):
            yield part.target.id, part.annotation


def _certain(hint: ast.expr, declared: list[str]) -> str:
    """What the compiler may take for certain: of records only, as nobody else makes them."""
    if isinstance(hint, ast.Name) and hint.id in declared:
        return hint.id
    if isinstance(hint, ast.Subscript) and isinstance(hint.value, ast.Name):
        return hint.value.id if hint.value.id in ("dict", "list") else "object"
    return "object"
