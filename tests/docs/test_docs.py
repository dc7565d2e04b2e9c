"""The pages of docs: each is listed for its readers, each link and picture is there."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
PAGES = sorted(DOCS.rglob("*.md"))
LINK = re.compile(r"\]\(([^)\s#]+)(?:#[^)]*)?\)")


def test_every_page_is_listed_in_the_index() -> None:
    """docs/README.md, or an index that it names, leads to each page (ADRs by their folder)."""
    reached, pending = set(), [DOCS / "README.md"]
    while pending:
        page = pending.pop()
        if page in reached or page.suffix != ".md":
            continue
        reached.add(page)
        links = LINK.findall(page.read_text(encoding="utf-8"))
        pending += [(page.parent / link).resolve() for link in links if "://" not in link]
        pending = [p for p in pending if p.exists() and p.is_relative_to(DOCS)]
    lost = [p for p in PAGES if p not in reached and "adr" not in p.parts]
    names = [p.relative_to(DOCS).as_posix() for p in lost]
    assert not lost, f"list them in docs/README.md under their readers: {names}"


@pytest.mark.parametrize(
    "page", [*PAGES, *ROOT.glob("*.md")], ids=lambda p: p.relative_to(ROOT).as_posix()
)
def test_links_and_pictures_are_there(page: Path) -> None:
    """No link of a page leads nowhere."""
    links = LINK.findall(page.read_text(encoding="utf-8"))
    gone = [x for x in links if "://" not in x and not (page.parent / x).exists()]
    assert not gone, gone


def test_pictures_are_small() -> None:
    """The pictures of the how-tos together stay below 8 MB, those of every page below 5 MB."""
    images = DOCS / "images"
    sizes = {p: p.stat().st_size for p in images.rglob("*.*")}
    every = sum(size for p, size in sizes.items() if images / "pages" in p.parents)
    drawn = sum(size for p, size in sizes.items() if images / "processes" in p.parents)
    assert every < 5_000_000
    assert sum(sizes.values()) - every - drawn < 8_000_000
