"""`python -m service.lint.rules docs/rules`: write the page of every rule."""

from __future__ import annotations

import sys
from pathlib import Path

from service.lint.rules import RULES


def main(folder: Path) -> None:
    """One page a rule, and an index."""
    folder.mkdir(parents=True, exist_ok=True)
    for rule in RULES.values():
        (folder / f"{rule.id}.md").write_text(rule.page, encoding="utf-8")
    rows = "".join(f"| [{r.id}]({r.id}.md) | {r.title} |\n" for r in RULES.values())
    head = "# 检查规则\n\n`banjie lint` 和发布前的检查所用的规则，一条一页。\n\n| 规则 | 要求 |\n|---|---|\n"
    (folder / "README.md").write_text(head + rows, encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
