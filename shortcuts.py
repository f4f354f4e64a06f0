"""What Cython is taught for the engine, which is plain Python; used by setup.py.

Each function here changes one thing in how Cython takes Python that it compiles. None of them
changes what the engine does, and the kernel can do without them.
"""

from typing import Any

import layouts
from Cython.Compiler.Code import UtilityCode
from Cython.Compiler.ExprNodes import AnnotationNode, AttributeNode, IntNode, NameNode
from Cython.Compiler.Nodes import FromImportStatNode

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


def know() -> None:
    """Teach Cython all of it."""
    take_classes_alone_for_types()
    import_no_function_twice()
    ask_properties_where_they_stand()
    know_whole_numbers()


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


def know_whole_numbers() -> None:
    """A constant of a module that is a whole number is that number in C, wherever it is used."""
    analyse = NameNode.analyse_types

    def analyse_numbers(self: NameNode, env: Any) -> Any:
        module = env.global_scope()
        entry = env.lookup(self.name)
        if entry is None or entry.scope is not module:
            return analyse(self, env)
        number = layouts.whole_numbers(module.qualified_name).get(self.name)
        if number is None:
            return analyse(self, env)
        return IntNode(self.pos, value=str(number))

    NameNode.analyse_types = analyse_numbers
