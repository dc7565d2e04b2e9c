"""What a rule says of itself."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Rule:
    """`title` is what must hold, `why` what goes wrong otherwise, `remedy` what to do. All in Chinese."""

    id: str
    title: str
    why: str
    remedy: str

    @property
    def page(self) -> str:
        """The rule's page of the documentation, in Markdown."""
        return f"# {self.title}\n\n规则 `{self.id}`\n\n**为什么**　{self.why}\n\n**怎么办**　{self.remedy}\n"
