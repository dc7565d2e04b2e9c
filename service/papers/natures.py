"""The four natures of an electronic archive (真实、完整、可用、安全): each check is a line with its result."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

TRUE, WHOLE, USABLE, SAFE = "真实性", "完整性", "可用性", "安全性"


@dataclass(frozen=True)
class Check:
    """`good`: whether it holds; `detail`: what was found, or what to do."""

    nature: str
    what: str
    good: bool
    detail: str

    def as_dict(self) -> dict[str, Any]:
        """As it stands in the package."""
        return asdict(self)

    def line(self) -> str:
        """As people read it."""
        return f"{self.nature}　{'通过' if self.good else '不通过'}　{self.what}：{self.detail}"
