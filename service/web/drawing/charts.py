"""Small charts as SVG: bars, columns, stacked bars; each says in words what it shows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from markupsafe import Markup

WIDTH, HEIGHT, NAMES = 272, 150, 96
ROWS, STEP, LONGEST = 5, 28, 62


@dataclass(frozen=True)
class Bar:
    """A value with its name; `words` stand behind the bar."""

    name: str
    value: float
    words: str


@dataclass(frozen=True)
class Stack:
    """Counts that add up: overdue and near."""

    name: str
    late: int
    near: int


def bars(title: str, items: Sequence[Bar]) -> Markup:
    """Bars below each other, the first five in the order given."""
    shown = items[:ROWS]
    most = max((bar.value for bar in shown), default=0) or 1
    parts = []
    for row, bar in enumerate(shown):
        y, width = 11 + row * STEP, max(3, round(LONGEST * bar.value / most))
        parts += [
            _text(0, y + 12, _short(bar.name)),
            f'<rect class="c-1" x="{NAMES}" y="{y}" width="{width}" height="14" rx="2"/>',
            _text(NAMES + width + 6, y + 12, bar.words, "v"),
        ]
    return _svg(title, "；".join(f"{b.name} {b.words}" for b in items), parts, _rows_high(shown))


def columns(title: str, items: Sequence[Bar]) -> Markup:
    """Columns beside each other, one for each month; the highest is marked."""
    most = max((bar.value for bar in items), default=0) or 1
    step = WIDTH / max(1, len(items))
    parts = [f'<path class="c-axis" d="M0 128.5h{WIDTH}"/>']
    for place, bar in enumerate(items):
        x, height = place * step, round(100 * bar.value / most)
        middle, mark = round(x + step / 2), "c-1" if bar.value == most else "c-2"
        left, wide = round(x + step * 0.18), round(step * 0.64)
        parts += [
            f'<rect class="{mark}" x="{left}" y="{128 - height}" width="{wide}" height="{height}" rx="2"/>',
            _text(middle, 145, bar.name.removesuffix("月"), middle=True),
            _text(middle, 122 - height, bar.words, "v", middle=True),
        ]
    return _svg(title, "，".join(f"{b.name} {b.words}" for b in items), parts)


def stacks(title: str, items: Sequence[Stack]) -> Markup:
    """Stacked bars: overdue and near, with their numbers."""
    shown = items[:ROWS]
    most = max((s.late + s.near for s in shown), default=0) or 1
    parts: list[str] = []
    for row, stack in enumerate(shown):
        y, x = 9 + row * STEP, float(NAMES)
        parts.append(_text(0, y + 14, _short(stack.name)))
        for count, mark, ink in _parts_of(stack):
            wide = (WIDTH - NAMES - 4) * count / most
            parts.append(
                f'<rect class="{mark}" x="{x:.1f}" y="{y}" width="{max(1.0, wide - 2):.1f}" height="18" rx="2"/>'
            )
            if wide > 8 * len(str(count)) + 4:
                parts.append(_text(round(x + wide / 2 - 1), y + 14, str(count), ink, middle=True))
            x += wide
    said = "；".join(f"{s.name} 逾期 {s.late} 临近 {s.near}" for s in items)
    return _svg(title, said, parts, _rows_high(shown))


def _parts_of(stack: Stack) -> list[tuple[int, str, str]]:
    found = [(stack.late, "c-late", "c-on"), (stack.near, "c-warn", "c-on-warn")]
    return [part for part in found if part[0]]


def _rows_high(shown: Sequence[object]) -> int:
    """Only as high as its rows: on a phone, cards stand below each other."""
    return 10 + STEP * max(1, len(shown))


def _svg(title: str, words: str, parts: Sequence[str], height: int = HEIGHT) -> Markup:
    said = escape(f"{title}：{words or '没有'}", quote=True)
    head = f'<svg class="chart" viewBox="0 0 {WIDTH} {height}" role="img" aria-label="{said}">'
    return Markup(head + "".join(parts) + "</svg>")  # noqa: S704 (every text in it is escaped)


def _text(x: int, y: int, words: str, kind: str = "", *, middle: bool = False) -> str:
    mark = f' class="{kind}"' if kind else ""
    anchor = ' text-anchor="middle"' if middle else ""
    return f'<text{mark} x="{x}" y="{y}"{anchor}>{escape(words)}</text>'


def _short(name: str) -> str:
    return name if len(name) <= 7 else f"{name[:6]}…"
