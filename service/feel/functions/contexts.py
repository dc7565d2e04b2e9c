"""Context functions (DMN 1.5, 10.3.4.9)."""

from __future__ import annotations

from typing import Any

from service.feel.functions.declare import builtin
from service.feel.limits import Run


@builtin("get value(m: ctx, key: str)")
def get_value(run: Run, m: dict[str, Any], key: str) -> Any:
    return m.get(key)


@builtin("get entries(m: ctx)")
def get_entries(run: Run, m: dict[str, Any]) -> list[Any]:
    run.tick(len(m))  # each entry is a context of its own
    return [{"key": key, "value": value} for key, value in m.items()]


@builtin("context(entries: list)")
def context(run: Run, entries: list[Any]) -> dict[str, Any] | None:
    made: dict[str, Any] = {}
    run.tick(len(entries) // 4)
    for entry in entries:
        fits = isinstance(entry, dict) and isinstance(entry.get("key"), str) and "value" in entry
        if not fits or entry["key"] in made:
            return None
        made[entry["key"]] = entry["value"]
    return made


@builtin("context put(context: ctx, key: str, value: any)", null_ok=True)
def context_put(run: Run, m: Any, key: Any, value: Any) -> dict[str, Any] | None:
    return None if m is None or key is None else {**m, key: value}


@builtin("context put(context: ctx, keys: list, value: any)", null_ok=True)
def context_put_deep(run: Run, m: Any, keys: Any, value: Any) -> dict[str, Any] | None:
    if m is None or not keys or not all(isinstance(key, str) for key in keys):
        return None
    made = {**m}
    inner = made
    for key in keys[:-1]:
        below = inner.get(key, {})
        if not isinstance(below, dict):
            return None
        run.charge(below)
        inner[key] = {**below}
        inner = inner[key]
    inner[keys[-1]] = value
    return made


@builtin("context merge(contexts: list)")
def context_merge(run: Run, contexts: list[Any]) -> dict[str, Any] | None:
    if not all(isinstance(c, dict) for c in contexts):
        return None
    return {key: value for c in contexts for key, value in c.items()}
