"""String functions (DMN 1.5, 10.3.4.3); positions count code points from 1."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from service.feel.functions.declare import builtin
from service.feel.functions.patterns import compiled, cutting, replacement
from service.feel.limits import Run
from service.feel.values import whole


@builtin("substring(string: str, start position: num, [length: num])")
def substring(run: Run, string: str, start: Decimal, length: Decimal | None = None) -> str | None:
    at = whole(start)
    if at == 0 or abs(at) > len(string) or (length is not None and length < 1):
        return None
    begin = at - 1 if at > 0 else len(string) + at
    return string[begin:] if length is None else string[begin : begin + whole(length)]


@builtin("string length(string: str)")
def string_length(run: Run, string: str) -> Decimal:
    return Decimal(len(string))


@builtin("upper case(string: str)")
def upper_case(run: Run, string: str) -> str:
    return string.upper()


@builtin("lower case(string: str)")
def lower_case(run: Run, string: str) -> str:
    return string.lower()


@builtin("substring before(string: str, match: str)")
def substring_before(run: Run, string: str, match: str) -> str:
    return string.partition(match)[0] if match and match in string else ""


@builtin("substring after(string: str, match: str)")
def substring_after(run: Run, string: str, match: str) -> str:
    return string.partition(match)[2] if match else string


@builtin("contains(string: str, match: str)")
def contains(run: Run, string: str, match: str) -> bool:
    return match in string


@builtin("starts with(string: str, match: str)")
def starts_with(run: Run, string: str, match: str) -> bool:
    return string.startswith(match)


@builtin("ends with(string: str, match: str)")
def ends_with(run: Run, string: str, match: str) -> bool:
    return string.endswith(match)


@builtin("split(string: str, delimiter: str)")
def split(run: Run, string: str, delimiter: str) -> list[Any]:
    parts = list(run.timed(lambda left: cutting(delimiter, "").split(string, timeout=left)))
    run.tick(len(parts) // 2)  # each part is a text of its own
    return parts


@builtin("string join(list: list, [delimiter: str])", null_ok=True)
def string_join(run: Run, items: list[Any] | None, delimiter: str | None = None) -> str | None:
    if items is None or any(not isinstance(i, str) for i in items if i is not None):
        return None
    parts, between = [i for i in items if i is not None], delimiter or ""
    run.room(sum(map(len, parts)) + len(between) * (len(parts) - 1))
    return between.join(parts)


@builtin("matches(input: str, pattern: str, [flags: str])", null_ok=True)
def matches(
    run: Run, input_: str | None, pattern: str | None, flags: str | None = None
) -> bool | None:
    if input_ is None or pattern is None:
        return None
    return bool(run.timed(lambda left: compiled(pattern, flags or "").search(input_, timeout=left)))


@builtin("replace(input: str, pattern: str, replacement: str, [flags: str])", null_ok=True)
def replace(
    run: Run, input_: str | None, pattern: str | None, new: str | None, flags: str | None = None
) -> str | None:
    if input_ is None or pattern is None or new is None:
        return None

    def search(left: float) -> Any:
        regex = cutting(pattern, flags or "")
        made = replacement(new, regex.groups, flags or "")
        return regex.sub(run.bounded(made), input_, timeout=left)

    return str(run.timed(search))
