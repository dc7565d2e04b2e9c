"""Parse trees become closures: build.py dispatches, the modules beside it build one group of nodes each."""

from service.feel.compile import calls, filters, iteration, literals, operations, unary
from service.feel.compile.build import BUILDERS, compile_tree
from service.feel.compile.calls import fitted_arguments
from service.feel.compile.filters import filtered
from service.feel.compile.iteration import each, looped, quantified
from service.feel.compile.scope import Code, Scope
from service.feel.compile.unary import Test, tests_code

MODULES = (calls, filters, iteration, literals, operations, unary)

__all__ = [
    "BUILDERS",
    "Code",
    "Scope",
    "Test",
    "compile_tree",
    "each",
    "filtered",
    "fitted_arguments",
    "looped",
    "quantified",
    "tests_code",
]
