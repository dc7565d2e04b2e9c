"""Function definitions and calls."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from lark import Token, Tree

from service.feel.calling import invoke, invoke_named
from service.feel.compile.build import body_steps, builds, compile_tree, parts
from service.feel.compile.scope import Code, Scope
from service.feel.limits import Run
from service.feel.tokens import normal_name
from service.feel.types import Type, fitted, type_of_tree
from service.feel.values import Function


@builds("call")
def _call(children: list[Any]) -> Code:
    function, arguments = compile_tree(children[0]), children[2]
    if arguments is None:
        return lambda scope: invoke(function(scope), [], scope.run)
    if arguments.children[0].data == "named" if parts(arguments.children) else False:
        pairs = [
            (normal_name(str(n.children[0])), compile_tree(n.children[2]))
            for n in parts(arguments.children)
        ]
        return lambda scope: invoke_named(
            function(scope), {n: code(scope) for n, code in pairs}, scope.run
        )
    codes = [compile_tree(child) for child in parts(arguments.children)]
    name = str(children[0].children[0]) if children[0].data == "name" else ""
    if name == "not" and len(codes) == 1:
        return _negation(function, codes[0])
    if len(codes) == 1:
        only = codes[0]
        return lambda scope: invoke(function(scope), [only(scope)], scope.run)
    return lambda scope: invoke(function(scope), [code(scope) for code in codes], scope.run)


def _negation(function: Code, negand: Code) -> Code:
    """`not(…)`, unless the scope gives the name another meaning."""

    def apply(scope: Scope) -> Any:
        if scope.knows("not"):
            return invoke(function(scope), [negand(scope)], scope.run)
        value = negand(scope)
        return not value if value is True or value is False else scope.run.null("not 要真假值")

    return apply


def fitted_arguments(
    arguments: Sequence[Any], wanted: Sequence[Type | None], run: Run
) -> list[Any] | None:
    """Arguments as the parameters' types want them; None when one does not fit: no call then."""
    try:
        return [
            value if type_ is None else fitted(value, type_, run.types, run)
            for value, type_ in zip(arguments, wanted, strict=True)
        ]
    except TypeError as wrong:
        run.null(f"参数的类型不符：{wrong}")
        return None


@builds("function_")
def _function(children: list[Any]) -> Code:
    parameters = [
        (normal_name(str(p.children[0])), type_of_tree(p.children[2]) if p.children[2] else None)
        for c in children
        if isinstance(c, Tree) and c.data == "parameters"
        for p in parts(c.children)
    ]
    external = any(isinstance(c, Token) and c.type == "EXTERNAL" for c in children)
    names, types = tuple(n for n, _ in parameters), tuple(wanted for _, wanted in parameters)
    body, steps = compile_tree(children[-1]), body_steps(children[-1])

    def build(scope: Scope) -> Any:
        if external:
            return scope.run.null("不支持外部函数")

        def call(run: Run, *arguments: Any) -> Any:
            run.tick(steps)
            given = fitted_arguments(arguments, types, run)
            if given is None:
                return None
            return body(scope.inner(dict(zip(names, given, strict=True))))

        scope.run.tick()
        return Function(names, call, required=len(names))

    return build
