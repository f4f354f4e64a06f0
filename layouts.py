"""What the compiled engine knows of its own source beforehand; used by setup.py.

Two kinds of declarations are made from the source at every build, so that they cannot be older
than what they declare:

- where structs keep their fields. A `msgspec.Struct` keeps them as an extension type does: one
  pointer each, in the order of their names, those of the base first, as CPython lays out
  `__slots__`. A compiled module that knows this reads a field as fast as C does, and the class
  stays what it is; when such a module is imported, a class of another size than was declared is an
  ImportError.
- which functions a module has, and of which of our classes their arguments and results are, as
  the annotations say. A call of one that is known, from this module or another, is a call in C.
"""

import ast
import operator
import re
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple, TypeGuard

PACKAGE = Path("src/fastdial")
CERTAIN = ("rules.compliance.measured", "engine.records")
"""whose fields hold what their annotations say, as nobody else makes these structs"""

_COMES_TO: dict[type[ast.operator], Callable[[int, int], int]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.LShift: operator.lshift,
}
_PRIVATE = re.compile("_[A-Z][A-Z0-9_]*")
_TYPES: dict[type[ast.expr], str] = {ast.Dict: "dict", ast.DictComp: "dict", ast.Tuple: "tuple"}

LINE = 100
"""characters, above which Cython's linter is told to let one pass"""
MADE = "# made by layouts.py at every build\n"
HEAD = (
    MADE
    + '''\
# cython: language_level=3
"""Where structs keep their fields."""

{}
cdef extern from *:
    """
'''
)


class Struct(NamedTuple):
    """A struct as it stands in the source."""

    module: str
    name: str
    base: str
    """its name where that is declared too"""
    fields: dict[str, ast.expr]
    """their annotations"""


def structs() -> list[Struct]:
    """All that are declared, a base before what derives from it."""
    messages = [f"messages.{path.stem}" for path in sorted((PACKAGE / "messages").glob("*.py"))]
    classes = [
        (module, node)
        for module in (*messages, *CERTAIN)
        for node in _tree(_path(module)).body
        if isinstance(node, ast.ClassDef) and node.bases
    ]
    found: dict[str, Struct] = {}
    before = -1
    while before != len(found):
        before = len(found)
        for module, node in classes:
            base = ast.unparse(node.bases[0])
            if base != "msgspec.Struct" and base not in found:
                continue
            inherited = base if base in found else ""
            struct = Struct(module, node.name, inherited, dict(_fields(node)))
            if found.setdefault(node.name, struct).module != module:
                raise ValueError(f"two structs are called {node.name}: one needs another name")
    return list(found.values())


def declarations(module: str) -> str:
    """The text of a .pxd that declares the structs of a module."""
    c_structs, classes = "", ""
    cimports: dict[str, None] = {}
    every = structs()
    declared = {struct.name: struct.module for struct in every if struct.module != module}
    for struct in every:
        if struct.module == module:
            name = struct.name
            homes = [declared[struct.base]] if struct.base else []
            head = f"{struct.base}Fields __pyx_base;" if struct.base else "PyObject_HEAD"
            c_structs += f"    typedef struct {{\n        {head}\n"
            classes += f"    ctypedef class fastdial.{module}.{name}"
            classes += f"({struct.base})" if struct.base else ""
            classes += f" [object {name}Fields, check_size error]:  # no-cython-lint\n"
            for field, hint in sorted(struct.fields.items()):
                kind = _certain(hint, declared) if module in CERTAIN else "object"
                homes += [declared[kind]] if kind in declared else []
                c_type = f"{kind}Fields" if kind in declared else "PyObject"
                c_structs += f"        {c_type} *{field};\n"
                classes += f"        cdef {kind} {field}\n"
            if not struct.fields:
                classes += "        pass\n"
            c_structs += f"    }} {name}Fields;\n"
            cimports |= {
                f"from {layout(home)} cimport *\n": None for home in homes if home != module
            }
        declared[struct.name] = struct.module
    return HEAD.format("".join(cimports)) + c_structs + '    """\n' + classes


def layout(module: str) -> str:
    """The module whose .pxd declares the structs of a module of ours."""
    room, _, name = module.rpartition(".")
    return f"fastdial.{room}.layout_{name}"


def write(sources: Iterable[Path]) -> None:
    """Write the declarations for these modules, where they do not stand there already."""
    for module in dict.fromkeys(struct.module for struct in structs()):
        path = PACKAGE.parent.joinpath(*layout(module).split("."))
        _renew(path.with_suffix(".pxd"), declarations(module))
    known = Known(sources)
    for source in known.sources.values():
        by_hand = source.with_suffix(".pxd")
        if by_hand.exists() and not by_hand.read_text().startswith(MADE):
            # it declares the module's classes, and includes the rest
            _renew(source.with_suffix(".pxi"), MADE + known.of(source))
        else:
            _renew(by_hand, MADE + "# cython: language_level=3\n" + known.of(source))


class Known:
    """What modules that are compiled together may know of each other."""

    def __init__(self, sources: Iterable[Path]) -> None:
        self.sources = {_module(source): source for source in sources}
        kernel = {_module(path): path for path in (PACKAGE / "kernel").glob("*.pxd")}
        self._classes = {
            (f"fastdial.{struct.module}", struct.name): layout(struct.module)
            for struct in structs()
        }
        """for a class by its module and name, where it is declared"""
        for module, path in (*self.sources.items(), *kernel.items()):
            for name in _classes_by_hand(path.with_suffix(".pxd")):
                self._classes[module, name] = module
        self._functions = {
            (module, node.name): node
            for module, source in self.sources.items()
            for node in _tree(source).body
            if isinstance(node, ast.FunctionDef) and _can_be_c(node)
        }

    def of(self, source: Path) -> str:
        """What a module is told: which names it imports are C's, and its own functions."""
        module, tree = _module(source), _tree(source)
        types = {name for (known, name), home in self._classes.items() if known == home == module}
        lines = [f"cdef class {name}\n" for name in sorted(types)]
        for line, name in self._cimports(tree):
            lines.append(line)
            types.add(name)
        by_hand = _functions_by_hand(source.with_suffix(".pxd"))
        lines += [
            f"\n{_declared(node, types)}\n"
            for (known, name), node in self._functions.items()
            if known == module and name not in by_hand
        ]
        return "".join(dict.fromkeys(lines))

    def _cimports(self, tree: ast.Module) -> Iterator[tuple[str, str]]:
        as_values, of_fields = _used_as_values(tree), _used_in_fields(tree)
        for node in tree.body:
            if not isinstance(node, ast.ImportFrom) or node.module is None:
                continue
            for alias in node.names:
                name, called = alias.name, alias.asname or alias.name
                renamed = "" if alias.asname is None else f" as {alias.asname}"
                home = self._classes.get((node.module, name))
                if home is not None and called not in of_fields:
                    yield f"from {home} cimport {name}{renamed}\n", called
                    continue
                if called not in as_values and self._goes_by_place(node.module, name, called, tree):
                    yield f"from {node.module} cimport {name}{renamed}\n", ""

    def _goes_by_place(self, module: str, name: str, called: str, tree: ast.Module) -> bool:
        """Whether what is imported is a function, or a module, that is only called as C can."""
        function = self._functions.get((module, name))
        if function is not None:
            return all(_by_place(call, function) for call in _calls(tree, called))
        module = f"{module}.{name}"
        return module in self.sources and all(
            _by_place(call, known)
            for (home, of_module), known in self._functions.items()
            if home == module
            for call in _calls(tree, f"{called}.{of_module}")
        )


@cache
def whole_numbers(module: str) -> dict[str, int]:
    """The constants of a module of ours that are whole numbers, those that it imports too."""
    tree = _tree_of(module)
    numbers: dict[str, int] = {}
    for node in tree.body:
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("fastdial."):
            for alias in node.names:
                if alias.name.isupper() and alias.asname is None:
                    known = whole_numbers(node.module or "")
                    numbers |= {alias.name: known[alias.name]} if alias.name in known else {}
    for name, value in _given_once(tree):
        number = _whole_number(value, numbers)
        if number is not None:
            numbers[name] = number
    return numbers


def _given_once(tree: ast.Module) -> Iterator[tuple[str, ast.expr]]:
    """Names of a module that are never given another value, with the one that they have."""
    stored = [one.id for one in ast.walk(tree) if _is_stored(one)]
    for node in tree.body:
        if isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None:
            target = node.targets[0] if isinstance(node, ast.Assign) else node.target
            if isinstance(target, ast.Name) and stored.count(target.id) == 1:
                yield target.id, node.value


@cache
def numbers_come_from(source: Path) -> frozenset[Path]:
    """The sources whose constants a source is compiled with, which Cython does not know of."""
    sources: set[Path] = set()
    for node in _tree(source).body:
        if isinstance(node, ast.ImportFrom) and any(one.name.isupper() for one in node.names):
            path = _path((node.module or "").removeprefix("fastdial."))
            if path.exists():
                sources |= {path} | numbers_come_from(path)
    return frozenset(sources)


def _is_stored(node: ast.AST) -> TypeGuard[ast.Name]:
    return isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)


@cache
def private_constants(module: str) -> dict[str, str]:
    """The types of names that nobody but the module itself uses, and that are given once."""
    constants: dict[str, str] = {}
    for name, value in _given_once(_tree_of(module)):
        called = ast.unparse(value.func) if isinstance(value, ast.Call) else ""
        if _PRIVATE.fullmatch(name) and called != "TypeVar":
            kind = "frozenset" if called == "frozenset" else "object"
            constants[name] = _TYPES.get(type(value), kind)
    return constants


@cache
def makers_of_tuples(module: str) -> set[str]:
    """Names of a module that stand for ``tuple.__new__``."""
    return {
        node.targets[0].id
        for node in _tree_of(module).body
        if isinstance(node, ast.Assign)
        and isinstance(node.targets[0], ast.Name)
        and ast.unparse(node.value) == "tuple.__new__"
    }


def _whole_number(node: ast.expr, known: dict[str, int]) -> int | None:
    """What a sum of whole numbers comes to, where it is one; nothing below zero."""
    if isinstance(node, ast.Constant):
        return node.value if type(node.value) is int else None
    if isinstance(node, ast.Name):
        return known.get(node.id)
    if isinstance(node, ast.BinOp) and type(node.op) in _COMES_TO:
        left, right = _whole_number(node.left, known), _whole_number(node.right, known)
        if left is not None and right is not None:
            return _COMES_TO[type(node.op)](left, right)
    return None


def _declared(node: ast.FunctionDef, types: set[str]) -> str:
    """A function as C is told of it."""
    arguments = [*node.args.args, *node.args.kwonlyargs]
    given = len(node.args.args) - len(node.args.defaults)
    optional = [place >= given for place in range(len(node.args.args))]
    optional += [default is not None for default in node.args.kw_defaults]
    text = ", ".join(
        f"{_type(argument.annotation, types)} {argument.arg}".strip() + "=*" * can_be_left_out
        for argument, can_be_left_out in zip(arguments, optional, strict=True)
    )
    if isinstance(node.returns, ast.Name) and node.returns.id == "bool":
        line = f"cpdef bint {node.name}({text}) except -1"
    else:
        line = f"cpdef {_type(node.returns, types)} {node.name}({text})".replace("  ", " ")
    return line if len(line) <= LINE else f"{line}  # no-cython-lint"


def _type(hint: ast.expr | None, types: set[str]) -> str:
    """Which of our classes an annotation names, if any; ``| None`` goes without saying in C."""
    if isinstance(hint, ast.BinOp) and ast.unparse(hint.right) == "None":
        hint = hint.left
    return hint.id if isinstance(hint, ast.Name) and hint.id in types else ""


def _can_be_c(node: ast.FunctionDef) -> bool:
    """Not one that keeps its variables beyond its end, or takes any number of arguments."""
    closures = (ast.Lambda, ast.GeneratorExp, ast.FunctionDef, ast.Yield, ast.YieldFrom)
    return not (
        node.decorator_list
        or (node.args.defaults and None in node.args.kw_defaults)
        or node.args.vararg
        or node.args.kwarg
        or any(isinstance(one, closures) for part in node.body for one in ast.walk(part))
    )


def _calls(tree: ast.Module, name: str) -> Iterator[ast.Call]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and ast.unparse(node.func) == name:
            yield node


def _by_place(call: ast.Call, function: ast.FunctionDef) -> bool:
    """Whether arguments given by name could be given by place; in C there is no other way."""
    names = [one.arg for one in (*function.args.args, *function.args.kwonlyargs)]
    given = [one.arg for one in call.keywords]
    starred = any(isinstance(one, ast.Starred) for one in call.args)
    return not starred and names[len(call.args) :][: len(given)] == given


def _used_as_values(tree: ast.Module) -> set[str]:
    """Names, and modules of which an attribute, that are used for anything but a call."""
    called = {id(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)}
    # Cython would take a method of the same name for the function
    values = {
        node.name
        for one in tree.body
        if isinstance(one, ast.ClassDef)
        for node in one.body
        if isinstance(node, ast.FunctionDef)
    }
    called |= {
        id(node.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and id(node) in called
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and id(node) not in called:
            values.add(node.id)
    return values


def _used_in_fields(tree: ast.Module) -> set[str]:
    """Names in the annotations of structs, which msgspec looks up in the module."""
    return {
        one.id
        for node in tree.body
        if isinstance(node, ast.ClassDef)
        and [ast.unparse(base) for base in node.bases] != ["NamedTuple"]
        for _, hint in _fields(node)
        for one in ast.walk(hint)
        if isinstance(one, ast.Name)
    }


def _classes_by_hand(path: Path) -> list[str]:
    """The classes that a .pxd declares."""
    if not path.exists():
        return []
    words = [line.split() for line in path.read_text().splitlines()]
    return [
        part[2].partition(":")[0].partition("(")[0]
        for part in words
        if part[:2] == ["cdef", "class"]
    ]


def _functions_by_hand(path: Path) -> set[str]:
    """The functions that a .pxd declares; one whose integers are C's, for example."""
    if not path.exists() or path.read_text().startswith(MADE):
        return set()
    heads = [line.partition("(")[0] for line in path.read_text().splitlines()]
    return {head.split()[-1] for head in heads if head.startswith("cpdef ")}


def _fields(node: ast.ClassDef) -> Iterator[tuple[str, ast.expr]]:
    for part in node.body:
        if isinstance(part, ast.AnnAssign) and isinstance(part.target, ast.Name):
            yield part.target.id, part.annotation


def _certain(hint: ast.expr, declared: dict[str, str]) -> str:
    """What the compiler may take for certain of a field."""
    if isinstance(hint, ast.Name) and hint.id in declared:
        return hint.id
    if isinstance(hint, ast.Subscript) and isinstance(hint.value, ast.Name):
        return hint.value.id if hint.value.id in ("dict", "list") else "object"
    return "object"


def _path(module: str) -> Path:
    return PACKAGE.joinpath(*module.split(".")).with_suffix(".py")


def _module(path: Path) -> str:
    parts = ("fastdial", *path.relative_to(PACKAGE).with_suffix("").parts)
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def _tree_of(module: str) -> ast.Module:
    """Of a module by its whole name; nothing where it is not Python."""
    path = _path(module.removeprefix("fastdial."))
    if not path.exists():
        path = path.with_suffix("") / "__init__.py"
    return _tree(path) if path.exists() else ast.Module([], [])


def _tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text())


def _renew(path: Path, text: str) -> None:
    if not path.exists() or path.read_text() != text:
        path.write_text(text)
