"""Turn a parse tree into closures; each takes a Scope and gives a value."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal
from typing import Any

from lark import Token, Tree

from service.feel.errors import FeelLimitExceeded
from service.feel.limits import Run
from service.feel.operators import arithmetic, compare, conjunction, disjunction, matches, order
from service.feel.paths import member
from service.feel.temporal import read_at
from service.feel.tokens import normal_name
from service.feel.types import instance_of, type_of_tree
from service.feel.values import NUMBERS, DaysTime, Function, Range, YearsMonths, kind


class Scope:
    """Names visible at a place: a mapping, the scope around it, and the run."""

    __slots__ = ("around", "names", "run")

    def __init__(self, names: Any, around: Scope | None, run: Run) -> None:
        self.names = names
        self.around = around
        self.run = run

    def find(self, name: str) -> Any:
        """The value of a name; null when nobody has set it."""
        scope: Scope | None = self
        while scope is not None:
            if name in scope.names:
                return scope.names[name]
            scope = scope.around
        return self.run.null(f"{name} 未定义")

    def inner(self, names: Any) -> Scope:
        """A scope inside this one."""
        return Scope(names, self, self.run)


Code = Callable[[Scope], Any]
ESCAPE = re.compile(r"\\(?:u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{6})|(.))", re.S)
PLAIN = {"n": "\n", "t": "\t", "r": "\r", '"': '"', "'": "'", "\\": "\\"}


def text_of_token(raw: str) -> str:
    """The characters of a string literal."""

    def one(match: re.Match[str]) -> str:
        if match[1] or match[2]:
            return chr(int(match[1] or match[2], 16))
        return PLAIN.get(match[3], "\\" + match[3])

    text = ESCAPE.sub(one, raw[1:-1])
    # surrogate pairs written as two \u escapes are one character
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def compile_tree(tree: Any) -> Code:
    """The closure of a parse tree."""
    return _BUILDERS[tree.data](tree.children)


def _children(children: list[Any]) -> list[Any]:
    return [child for child in children if isinstance(child, Tree)]


def _only(children: list[Any]) -> Code:
    return compile_tree(_children(children)[0])


def _constant(value: Any) -> Code:
    return lambda scope: value


def _number(children: list[Any]) -> Code:
    return _constant(NUMBERS.create_decimal(str(children[0])))


def _name(children: list[Any]) -> Code:
    name = str(children[0])

    def find(scope: Scope) -> Any:
        inner: Scope | None = scope
        while inner is not None:
            if name in inner.names:
                return inner.names[name]
            inner = inner.around
        return scope.run.null(f"{name} 未定义")

    return find


def _binary(children: list[Any]) -> Code:
    left, operator, right = compile_tree(children[0]), str(children[1]), compile_tree(children[2])

    def apply(scope: Scope) -> Any:
        a, b = left(scope), right(scope)
        result = arithmetic(operator, a, b)
        if result is None:
            scope.run.null(f"{kind(a)} {operator} {kind(b)} 无意义")
        elif type(result) is str:
            scope.run.sized(result)
        return result

    return apply


def _powers(children: list[Any]) -> Code:
    codes = [compile_tree(child) for child in _children(children)]

    def apply(scope: Scope) -> Any:
        value = codes[0](scope)
        for code in codes[1:]:
            value = arithmetic("**", value, code(scope))
        return value

    return apply


def _negative(children: list[Any]) -> Code:
    inner = _only(children)

    def apply(scope: Scope) -> Any:
        value = inner(scope)
        if isinstance(value, Decimal):
            return -value
        if isinstance(value, YearsMonths | DaysTime):
            return arithmetic("*", value, Decimal(-1))
        return scope.run.null(f"-{kind(value)} 无意义")

    return apply


def _compare(children: list[Any]) -> Code:
    left, operator, right = compile_tree(children[0]), str(children[1]), compile_tree(children[2])
    return lambda scope: compare(operator, left(scope), right(scope))


def _between(children: list[Any]) -> Code:
    value, low, high = (compile_tree(child) for child in _children(children))

    def apply(scope: Scope) -> Any:
        it = value(scope)
        return conjunction([compare(">=", it, low(scope)), compare("<=", it, high(scope))])

    return apply


def _logic(join: Callable[[list[Any]], Any], decisive: bool) -> Callable[[list[Any]], Code]:
    def build(children: list[Any]) -> Code:
        left, right = (compile_tree(child) for child in _children(children))

        def apply(scope: Scope) -> Any:
            first = left(scope)
            return first if first is decisive else join([first, right(scope)])

        return apply

    return build


def _comparison_test(children: list[Any]) -> Callable[[Scope, Any], Any]:
    operator, code = str(children[0]), compile_tree(children[1])
    return lambda scope, value: compare(operator, value, code(scope))


def test_code(tree: Any) -> Callable[[Scope, Any], Any]:
    """The closure of one test: it takes the scope and the value tested (bound to `?` in the scope)."""
    if tree.data == "comparison_test":
        return _comparison_test(tree.children)
    if tree.data == "test":
        return test_code(tree.children[0])
    code = compile_tree(tree)
    mentions = any(str(t) == "?" for t in tree.scan_values(lambda v: isinstance(v, Token)))

    def apply(scope: Scope, value: Any) -> Any:
        found = code(scope)
        if mentions and isinstance(found, bool | None):
            return found
        if isinstance(found, bool) and not isinstance(value, bool) and value is not None:
            return found
        return matches(value, found)

    return apply


def tests_code(children: list[Any]) -> Callable[[Scope, Any], Any]:
    """The closure of several tests: true when one of them is."""
    tests = [test_code(child) for child in _children(children)]
    return lambda scope, value: disjunction([test(scope, value) for test in tests])


def _in(children: list[Any]) -> Code:
    left, target = compile_tree(children[0]), children[2]
    inner = _children(target.children)[0]
    test = tests_code(inner.children) if target.data == "in_many" else test_code(inner)
    return lambda scope: _strict(test, scope, left(scope))


def _strict(test: Callable[[Scope, Any], Any], scope: Scope, value: Any) -> Any:
    return test(scope.inner({"?": value}), value)


def _instance(children: list[Any]) -> Code:
    value, wanted = compile_tree(children[0]), type_of_tree(children[3])
    return lambda scope: instance_of(value(scope), wanted)


def _path(children: list[Any]) -> Code:
    inner, name = compile_tree(children[0]), normal_name(str(children[2]))

    def apply(scope: Scope) -> Any:
        value = inner(scope)
        if isinstance(value, list):
            scope.run.tick(len(value))
            return [member(item, name, scope.run) for item in value]
        return member(value, name, scope.run)

    return apply


def _filter(children: list[Any]) -> Code:
    inner, test_tree = compile_tree(children[0]), children[2]
    test = compile_tree(test_tree)

    def apply(scope: Scope) -> Any:
        value = inner(scope)
        items = value if isinstance(value, list) else [] if value is None else [value]
        index = _index(test, scope, items, test_tree)
        if index is not None:
            at = index - 1 if index > 0 else len(items) + index
            return items[at] if index and 0 <= at < len(items) else None
        kept = []
        for item in items:
            scope.run.tick()
            names = {**item, "item": item} if isinstance(item, dict) else {"item": item}
            if test(scope.inner(names)) is True:
                kept.append(item)
        return kept

    return apply


def _index(test: Code, scope: Scope, items: list[Any], tree: Any) -> int | None:
    """The position a filter asks for, when its value is a number; else None."""
    if tree.data in ("compare", "and_", "or_", "between", "in_", "instance", "quantified"):
        return None
    first = items[0] if items else None
    names = {**first, "item": first} if isinstance(first, dict) else {"item": first}
    found = test(scope.inner(names))
    if isinstance(found, Decimal):
        return int(found) if found == int(found) else 0
    return None


def _call(children: list[Any]) -> Code:
    function, arguments = compile_tree(children[0]), children[2]
    if arguments is None:
        return lambda scope: invoke(function(scope), [], scope.run)
    if arguments.children[0].data == "named" if _children(arguments.children) else False:
        pairs = [
            (normal_name(str(n.children[0])), compile_tree(n.children[2]))
            for n in _children(arguments.children)
        ]
        return lambda scope: invoke_named(
            function(scope), {n: code(scope) for n, code in pairs}, scope.run
        )
    codes = [compile_tree(child) for child in _children(arguments.children)]
    return lambda scope: invoke(function(scope), [code(scope) for code in codes], scope.run)


def invoke(function: Any, arguments: list[Any], run: Run) -> Any:
    """Call a function value with arguments in order; null when it is none or they do not fit."""
    if not isinstance(function, Function):
        return run.null("调用的不是函数")
    few, many = function.required, len(function.parameters)
    if len(arguments) < few or (len(arguments) > many and not function.variadic):
        return run.null(f"{function.name} 的参数个数不对")
    run.tick()
    run.depth += 1
    if run.depth > run.limits.depth:
        raise FeelLimitExceeded(f"函数调用超过 {run.limits.depth} 层，请改写。")
    try:
        return run.sized(function.call(run, *arguments))
    finally:
        run.depth -= 1


def invoke_named(function: Any, named: dict[str, Any], run: Run) -> Any:
    """Call a function value with arguments by name."""
    if not isinstance(function, Function):
        return run.null("调用的不是函数")
    if not set(named) <= set(function.parameters):
        return run.null(
            f"{function.name} 没有参数 {'、'.join(set(named) - set(function.parameters))}"
        )
    ordered = list(function.parameters)
    while ordered and ordered[-1] not in named:
        ordered.pop()
    if len(ordered) < function.required:
        return run.null(f"{function.name} 缺少参数")
    return invoke(function, [named.get(name) for name in ordered], run)


def _function(children: list[Any]) -> Code:
    parameters = [
        (normal_name(str(p.children[0])), type_of_tree(p.children[2]) if p.children[2] else None)
        for c in children
        if isinstance(c, Tree) and c.data == "parameters"
        for p in _children(c.children)
    ]
    external = any(isinstance(c, Token) and c.type == "EXTERNAL" for c in children)
    names = tuple(name for name, _ in parameters)
    body = compile_tree(children[-1])

    def build(scope: Scope) -> Any:
        if external:
            return scope.run.null("不支持外部函数")

        def call(run: Run, *arguments: Any) -> Any:
            for value, (_, wanted) in zip(arguments, parameters, strict=True):
                if wanted is not None and value is not None and not instance_of(value, wanted):
                    return run.null("参数的类型不符")
            return body(scope.inner(dict(zip(names, arguments, strict=True))))

        return Function(names, call, required=len(names))

    return build


def _if(children: list[Any]) -> Code:
    test, yes, no = (compile_tree(child) for child in _children(children))
    return lambda scope: yes(scope) if test(scope) is True else no(scope)


def _iterator(tree: Any) -> tuple[str, Callable[[Scope], list[Any] | None]]:
    name, domain = normal_name(str(tree.children[0])), tree.children[2]
    start = compile_tree(domain.children[0])
    if domain.children[1] is None:
        return name, lambda scope: _items(start(scope), scope)
    end = compile_tree(domain.children[2])
    return name, lambda scope: _span(start(scope), end(scope), scope)


def _items(value: Any, scope: Scope) -> list[Any] | None:
    if isinstance(value, list):
        return value
    if isinstance(value, Range):
        low, high = value.start, value.end
        items = _span(low, high, scope)
        if items is None:
            return None
        return items[0 if value.start_included else 1 : None if value.end_included else -1]
    return None if value is None else [value]


def _span(start: Any, end: Any, scope: Scope) -> list[Any] | None:
    if (
        isinstance(start, Decimal)
        and isinstance(end, Decimal)
        and start == int(start)
        and end == int(end)
    ):
        low, high = int(start), int(end)
        step = 1 if high >= low else -1
        if abs(high - low) >= scope.run.limits.items:
            raise FeelLimitExceeded(f"循环超过 {scope.run.limits.items} 次，请改写。")
        return [Decimal(i) for i in range(low, high + step, step)]
    if type(start) is date and type(end) is date:
        step = 1 if end >= start else -1
        count = abs((end - start).days)
        if count >= scope.run.limits.items:
            raise FeelLimitExceeded(f"循环超过 {scope.run.limits.items} 次，请改写。")
        return [date.fromordinal(start.toordinal() + step * i) for i in range(count + 1)]
    scope.run.null("循环的范围应是整数或日期")
    return None


def _rows(
    pairs: list[tuple[str, Callable[[Scope], list[Any] | None]]], scope: Scope
) -> Iterator[Scope | None]:
    """A scope for each combination; later iterators see the earlier names. None: a domain is null."""
    if not pairs:
        yield scope
        return
    (name, domain), rest = pairs[0], pairs[1:]
    items = domain(scope)
    if items is None:
        yield None
        return
    for item in items:
        scope.run.tick()
        yield from _rows(rest, scope.inner({name: item}))


def _for(children: list[Any]) -> Code:
    iterators, body_tree = _children(children)
    pairs = [_iterator(child) for child in _children(iterators.children)]
    body = compile_tree(body_tree)

    def apply(scope: Scope) -> Any:
        partial: list[Any] = []
        outer = scope.inner({"partial": partial})
        for row in _rows(pairs, outer):
            if row is None:
                return None
            partial.append(body(row))
            if len(partial) > scope.run.limits.items:
                scope.run.sized(partial)
        return list(partial)

    return apply


def _quantified(children: list[Any]) -> Code:
    some = children[0].type == "SOME"
    iterators, test_tree = _children(children)
    pairs = [_iterator(child) for child in _children(iterators.children)]
    test = compile_tree(test_tree)

    def apply(scope: Scope) -> Any:
        seen = []
        for row in _rows(pairs, scope):
            if row is None:
                return None
            value = test(row)
            if value is some:
                return some
            seen.append(value)
        return None if any(not isinstance(v, bool) for v in seen) else not some

    return apply


def _interval(children: list[Any]) -> Code:
    low, high = compile_tree(children[1]), compile_tree(children[3])
    start_in, end_in = str(children[0]) == "[", str(children[4]) == "]"

    def build(scope: Scope) -> Any:
        a, b = low(scope), high(scope)
        if a is not None and b is not None and order(a, b) is None:
            return scope.run.null("范围两端的类型不同")
        return Range(a, b, start_in and a is not None, end_in and b is not None)

    return build


def _open_range(children: list[Any]) -> Code:
    operator, code = str(children[1].children[0]), compile_tree(children[1].children[1])

    def build(scope: Scope) -> Any:
        value = code(scope)
        if operator in ("<", "<="):
            return Range(None, value, False, operator == "<=")
        if operator in (">", ">="):
            return Range(value, None, operator == ">=", False)
        return Range(value, value) if operator == "=" else None

    return build


def _list(children: list[Any]) -> Code:
    codes = [compile_tree(child) for child in _children(children)]
    return lambda scope: [code(scope) for code in codes]


def _context(children: list[Any]) -> Code:
    entries = [(_key(e.children[0]), compile_tree(e.children[2])) for e in _children(children)]
    twice = len({key for key, _ in entries}) != len(entries)

    def build(scope: Scope) -> Any:
        if twice:
            return scope.run.null("同一个键写了两次")
        made: dict[str, Any] = {}
        inner = scope.inner(made)
        for key, code in entries:
            made[key] = code(inner)
        return made

    return build


def _key(token: Token) -> str:
    return text_of_token(token) if token.type == "STRING" else normal_name(str(token))


def _at(children: list[Any]) -> Code:
    return _constant(read_at(text_of_token(children[1])))


_BUILDERS: dict[str, Callable[[list[Any]], Code]] = {
    "expression": _only,
    "grouped": _only,
    "number": _number,
    "string": lambda c: _constant(text_of_token(c[0])),
    "boolean": lambda c: _constant(c[0].type == "TRUE"),
    "null": lambda c: _constant(None),
    "name": _name,
    "at": _at,
    "binary": _binary,
    "powers": _powers,
    "negative": _negative,
    "compare": _compare,
    "between": _between,
    "and_": _logic(conjunction, False),
    "or_": _logic(disjunction, True),
    "in_": _in,
    "instance": _instance,
    "path": _path,
    "filter": _filter,
    "call": _call,
    "function_": _function,
    "if_": _if,
    "for_": _for,
    "quantified": _quantified,
    "interval": _interval,
    "open_range": _open_range,
    "list_": _list,
    "context": _context,
}
