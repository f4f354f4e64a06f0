"""What Cython is taught for the engine, which is plain Python; used by setup.py.

Each function here changes one thing in how Cython takes Python that it compiles. None of them
changes what the engine does, and the kernel can do without them.
"""

import operator
from typing import Any

import layouts
from Cython.Compiler.Builtin import dict_type, frozenset_type, tuple_type
from Cython.Compiler.Code import UtilityCode
from Cython.Compiler.ExprNodes import (
    AnnotationNode,
    AttributeNode,
    BinopNode,
    IntNode,
    MulNode,
    NameNode,
    PyMethodCallNode,
)
from Cython.Compiler.Nodes import CClassDefNode, FromImportStatNode
from Cython.Compiler.PyrexTypes import py_object_type
from Cython.Utils import str_to_number

_PROPERTIES = UtilityCode(
    proto="""
typedef struct { PyTypeObject *type; PyGetSetDef *property; } fastdial_known;
CYTHON_UNUSED static PyObject *fastdial_get(
    PyObject *one, PyObject *name, fastdial_known *known);
CYTHON_UNUSED static int fastdial_set(
    PyObject *one, PyObject *name, PyObject *value, fastdial_known *known);
""",
    impl="""
/* the property of a class of C's; no other can change, or go */
static int fastdial_find(PyObject *one, PyObject *name, fastdial_known *known) {
    PyTypeObject *type = Py_TYPE(one);
    if (type == known->type) return 1;
    if (!(type->tp_flags & Py_TPFLAGS_HEAPTYPE) && type->tp_getattro == PyObject_GenericGetAttr) {
        PyObject *found = _PyType_Lookup(type, name);
        if (found && Py_TYPE(found) == &PyGetSetDescr_Type) {
            known->property = ((PyGetSetDescrObject *) found)->d_getset;
            known->type = type;
            return 1;
        }
    }
    return 0;
}
static PyObject *fastdial_get(PyObject *one, PyObject *name, fastdial_known *known) {
    if (fastdial_find(one, name, known) && known->property->get)
        return known->property->get(one, known->property->closure);
    return PyObject_GetAttr(one, name);
}
static int fastdial_set(PyObject *one, PyObject *name, PyObject *value, fastdial_known *known) {
    if (fastdial_find(one, name, known) && known->property->set)
        return known->property->set(one, value, known->property->closure);
    return PyObject_SetAttr(one, name, value);
}
""",
)


_STRUCTS = UtilityCode(
    proto="""
typedef struct {
    int cannot;
    Py_ssize_t given, fields;
    Py_ssize_t *offsets; /* of the fields that are given, then of the others */
    PyObject **defaults; /* of the others */
} fastdial_made;
CYTHON_UNUSED static PyObject *fastdial_make(
    fastdial_made *here, PyObject *type, PyObject *const *args, size_t nargsf, PyObject *kwnames);
""",
    impl="""
/* which field of the type this argument is; -1: none */
static Py_ssize_t fastdial_field(
    PyObject *fields, Py_ssize_t at, Py_ssize_t nargs, PyObject *kwnames
) {
    PyObject *name = at < nargs ? NULL : PyTuple_GET_ITEM(kwnames, at - nargs);
    for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(fields); i++)
        if (at < nargs ? i == at : PyTuple_GET_ITEM(fields, i) == name) return i;
    return -1;
}
static Py_ssize_t fastdial_offset(PyObject *type, PyObject *name) {
    PyObject *found = _PyType_Lookup((PyTypeObject *) type, name);
    if (!found || Py_TYPE(found) != &PyMemberDescr_Type) return -1;
    return ((PyMemberDescrObject *) found)->d_member->offset;
}
/* a call that has gone well, of a struct that no collector looks at and nothing is done after */
static int fastdial_look(
    fastdial_made *here, PyObject *type, Py_ssize_t nargs, PyObject *kwnames
) {
    int done = -1;
    PyObject *config = PyObject_GetAttrString(type, "__struct_config__");
    PyObject *fields = PyObject_GetAttrString(type, "__struct_fields__");
    PyObject *defaults = PyObject_GetAttrString(type, "__struct_defaults__");
    PyObject *collected = config ? PyObject_GetAttrString(config, "gc") : NULL;
    PyObject *hashed = config ? PyObject_GetAttrString(config, "cache_hash") : NULL;
    char *is_given = NULL;
    Py_ssize_t given = nargs + (kwnames ? PyTuple_GET_SIZE(kwnames) : 0), next = 0, count, i, at;
    if (!fields || !defaults || collected != Py_False || hashed != Py_False) goto end;
    if (PyType_IS_GC((PyTypeObject *) type)) goto end;
    if (PyObject_HasAttrString(type, "__post_init__")) goto end;
    count = PyTuple_GET_SIZE(fields);
    here->offsets = (Py_ssize_t *) PyMem_Calloc(count + 1, sizeof(Py_ssize_t));
    here->defaults = (PyObject **) PyMem_Calloc(count + 1, sizeof(PyObject *));
    is_given = (char *) PyMem_Calloc(count + 1, 1);
    if (!here->offsets || !here->defaults || !is_given) goto end;
    for (i = 0; i < given; i++) {
        at = fastdial_field(fields, i, nargs, kwnames);
        if (at < 0) goto end;
        is_given[at] = 1;
        here->offsets[i] = fastdial_offset(type, PyTuple_GET_ITEM(fields, at));
        if (here->offsets[i] < 0) goto end;
    }
    for (i = 0; i < count; i++) {
        Py_ssize_t from_end = PyTuple_GET_SIZE(defaults) - count + i;
        if (is_given[i]) continue;
        if (from_end < 0) goto end;
        here->defaults[next] = PyTuple_GET_ITEM(defaults, from_end);
        /* one that is made anew for each is not for all of them */
        if (!strcmp(Py_TYPE(here->defaults[next])->tp_name, "msgspec._core.Factory")) goto end;
        here->offsets[given + next] = fastdial_offset(type, PyTuple_GET_ITEM(fields, i));
        if (here->offsets[given + next] < 0) goto end;
        next++;
    }
    here->given = given;
    here->fields = given + next;
    done = 0;
end:
    PyErr_Clear();
    PyMem_Free(is_given);
    Py_XDECREF(config); Py_XDECREF(fields); Py_XDECREF(defaults);
    Py_XDECREF(collected); Py_XDECREF(hashed);
    return done;
}
static PyObject *fastdial_make(
    fastdial_made *here, PyObject *type, PyObject *const *args, size_t nargsf, PyObject *kwnames
) {
    PyObject *made;
    Py_ssize_t i;
    if (unlikely(!here->fields)) {
        made = PyObject_Vectorcall(type, args, nargsf, kwnames);
        if (made && !here->cannot)
            here->cannot = fastdial_look(here, type, PyVectorcall_NARGS(nargsf), kwnames);
        return made;
    }
    made = ((PyTypeObject *) type)->tp_alloc((PyTypeObject *) type, 0);
    if (unlikely(!made)) return NULL;
    for (i = 0; i < here->fields; i++) {
        PyObject *value = i < here->given ? args[i] : here->defaults[i - here->given];
        Py_INCREF(value);
        *(PyObject **) ((char *) made + here->offsets[i]) = value;
    }
    return made;
}
""",
)

_TUPLES = UtilityCode(
    proto="""
CYTHON_UNUSED static PyObject *fastdial_tuple(
    PyObject *function, PyObject *const *args, size_t nargsf);
""",
    impl="""
static PyObject *fastdial_tuple(PyObject *function, PyObject *const *args, size_t nargsf) {
    if (PyVectorcall_NARGS(nargsf) == 2 && PyType_Check(args[0]) && PyTuple_CheckExact(args[1])) {
        PyTypeObject *type = (PyTypeObject *) args[0];
        if (type != &PyTuple_Type && PyType_IsSubtype(type, &PyTuple_Type)) {
            Py_ssize_t count = PyTuple_GET_SIZE(args[1]);
            PyObject *made = type->tp_alloc(type, count);
            for (Py_ssize_t i = 0; made && i < count; i++) {
                Py_INCREF(PyTuple_GET_ITEM(args[1], i));
                PyTuple_SET_ITEM(made, i, PyTuple_GET_ITEM(args[1], i));
            }
            return made;
        }
    }
    return PyObject_Vectorcall(function, args, nargsf, NULL);
}
""",
)


def know() -> None:
    """Teach Cython all of it."""
    take_classes_alone_for_types()
    import_no_function_twice()
    hold_what_a_pxd_says_of_a_class()
    ask_properties_where_they_stand()
    make_structs_and_tuples_where_they_are_made()
    know_whole_numbers()
    keep_private_constants_in_c()


def take_classes_alone_for_types() -> None:
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


def hold_what_a_pxd_says_of_a_class() -> None:
    """Whether a class keeps what it gave up for the next, and is looked at for cycles.

    Cython forgets what decorators in a .pxd say of that once it comes to the class itself.
    """
    analyse = CClassDefNode.analyse_declarations

    def analyse_and_hold(self: CClassDefNode, env: Any) -> None:
        declared = env.lookup_here(self.class_name)
        scope = declared.type.scope if declared is not None and declared.is_type else None
        said = {} if scope is None else scope.directives
        analyse(self, env)
        if self.scope is not None and not self.in_pxd:
            held = {name: said[name] for name in ("freelist", "no_gc") if said.get(name)}
            self.scope.directives = self.scope.directives | held

    CClassDefNode.analyse_declarations = analyse_and_hold


def ask_properties_where_they_stand() -> None:
    """A property of a class that is C's is looked for once for each place that asks for it.

    Python looks for it in the class and its bases, and in the object, each time.
    """
    generate = AttributeNode.generate_result_code
    assign = AttributeNode.generate_assignment_code

    def is_of_c(node: AttributeNode) -> bool:
        kind = node.obj.type
        return bool(
            node.is_py_attr
            and not node.is_special_lookup
            and kind.is_extension_type
            and not kind.is_builtin_type
            and not kind.is_external  # a struct, whose properties are Python's
        )

    def arguments(node: AttributeNode, code: Any) -> str:
        code.globalstate.use_utility_code(_PROPERTIES)
        code.putln("{ static fastdial_known fastdial_here;")
        return f"{node.obj.py_result()}, {code.intern_identifier(node.attribute)}"

    def generate_here(self: AttributeNode, code: Any) -> None:
        if not is_of_c(self):
            generate(self, code)
            return
        given = arguments(self, code)
        failed = code.error_goto_if_null(self.result(), self.pos)
        code.putln(f"{self.result()} = fastdial_get({given}, &fastdial_here); }} {failed}")
        self.generate_gotref(code)

    def assign_here(self: AttributeNode, rhs: Any, code: Any, *args: Any, **options: Any) -> None:
        if not is_of_c(self):
            assign(self, rhs, code, *args, **options)
            return
        self.obj.generate_evaluation_code(code)
        given = arguments(self, code)
        call = f"fastdial_set({given}, {rhs.py_result()}, &fastdial_here)"
        code.put_error_if_neg(self.pos, call)
        code.putln("}")
        rhs.generate_disposal_code(code)
        rhs.free_temps(code)
        self.obj.generate_disposal_code(code)
        self.obj.free_temps(code)

    AttributeNode.generate_result_code = generate_here
    AttributeNode.generate_assignment_code = assign_here


def make_structs_and_tuples_where_they_are_made() -> None:
    """Which field takes which argument of a struct is found out once for each place that makes one.

    Only once a struct was made there as msgspec does it, and only of those that no collector looks
    at, with no default that is made anew for each. A named tuple is made where a name that stands
    for ``tuple.__new__`` is called.
    """
    select = PyMethodCallNode.select_utility_code

    def makes_tuples(node: PyMethodCallNode) -> bool:
        entry = node.function.entry if node.function.is_name else None
        if entry is None or not entry.scope.is_module_scope or node.kwnames or node.kwdict:
            return False
        return node.function.name in layouts.makers_of_tuples(entry.scope.qualified_name)

    def select_here(self: PyMethodCallNode, code: Any) -> str:
        if makes_tuples(self):
            code.globalstate.use_utility_code(_TUPLES)
            return "fastdial_tuple"
        entry = self.function.type_entry if self.function.is_name else None
        if entry is None or not entry.type.is_external or self.kwdict:
            return str(select(self, code))
        place = len(code.globalstate.utility_codes)
        names = "names" if self.kwnames else "NULL"
        given = "type, args, count" + (", names" if self.kwnames else "")
        proto = f"""
static fastdial_made fastdial_made_{place};
#define fastdial_make_{place}({given}) \\
    fastdial_make(&fastdial_made_{place}, type, args, count, {names})
"""
        code.globalstate.use_utility_code(UtilityCode(proto=proto, requires=[_STRUCTS]))
        return f"fastdial_make_{place}"

    PyMethodCallNode.select_utility_code = select_here


def know_whole_numbers() -> None:
    """A constant of a module that is a whole number is that number in C, wherever it is used.

    What two of them come to is worked out here: C would do so in as few bits as each of them takes.
    """
    analyse = NameNode.analyse_types
    comes_to = {"+": operator.add, "-": operator.sub, "*": operator.mul, "<<": operator.lshift}

    def analyse_numbers(self: NameNode, env: Any) -> Any:
        module = env.global_scope()
        entry = env.lookup(self.name)
        if entry is None or entry.scope is not module:
            return analyse(self, env)
        number = layouts.whole_numbers(module.qualified_name).get(self.name)
        if number is None:
            return analyse(self, env)
        return IntNode(self.pos, value=str(number))

    def fold(kind: type[BinopNode]) -> None:
        analyse_sum = kind.analyse_types

        def analyse_sums(self: BinopNode, env: Any) -> Any:
            node = analyse_sum(self, env)
            operands = (node.operand1, node.operand2)
            if node.operator not in comes_to or not all(type(one) is IntNode for one in operands):
                return node
            number = comes_to[node.operator](*(str_to_number(one.value) for one in operands))
            return IntNode(self.pos, value=str(number)) if number >= 0 else node

        kind.analyse_types = analyse_sums

    NameNode.analyse_types = analyse_numbers
    fold(BinopNode)
    fold(MulNode)


def keep_private_constants_in_c() -> None:
    """A name that only its module uses, and gives once, is a variable of C's, of a known type.

    Python looks for it in the dict of the module each time.
    """
    analyse = NameNode.analyse_target_declaration
    types = {
        "dict": dict_type,
        "frozenset": frozenset_type,
        "object": py_object_type,
        "tuple": tuple_type,
    }

    def analyse_private(self: NameNode, env: Any) -> None:
        if env.is_module_scope and env.lookup_here(self.name) is None:
            kind = layouts.private_constants(env.qualified_name).get(self.name)
            if kind is not None:
                env.declare_var(self.name, types[kind], self.pos, is_cdef=True)
        analyse(self, env)

    NameNode.analyse_target_declaration = analyse_private
