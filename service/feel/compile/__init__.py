"""Parse trees become closures: build.py dispatches, the modules beside it build one group of nodes each."""

from service.feel.compile import calls, iteration, literals, operations, unary
from service.feel.compile.build import compile_tree
from service.feel.compile.calls import fitted_arguments, invoke, invoke_named
from service.feel.compile.scope import Code, Scope
from service.feel.compile.unary import tests_code

BUILDERS = (calls, iteration, literals, operations, unary)

__all__ = [
    "Code",
    "Scope",
    "compile_tree",
    "fitted_arguments",
    "invoke",
    "invoke_named",
    "tests_code",
]
