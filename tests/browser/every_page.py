"""`python3 dev.py shots pages`: every page of the product in four looks, beside each other, as docs/images/pages/NAME.webp.

Light and dark on a desktop, a phone, and as it is printed; of a long page the beginning. `README.md` there shows them.
"""

import base64
from pathlib import Path

from playwright.sync_api import Page

from tests.browser.county import County
from tests.browser.visits import VISITS

TALL, SCALE, QUALITY = 1240, 0.5, 58  # px of a page that are shown, how large, of 100
LOOKS = {
    "light": (1366, {"color_scheme": "light", "media": "screen"}),
    "dark": (1366, {"color_scheme": "dark", "media": "screen"}),
    "phone": (390, {"color_scheme": "light", "media": "screen"}),
    "print": (794, {"color_scheme": "light", "media": "print"}),
}
HEAD = """# 每个页面的样子

从左到右：浅色、深色、手机、打印。由 `python3 dev.py shots pages` 从运行中的系统截取。
"""
STYLE = """<style>body{margin:10px;background:#7d8590;display:flex;gap:10px;align-items:flex-start;width:max-content}
img{background:#fff;display:block}
img:last-child{padding:24px;box-sizing:border-box}</style>"""


def every_page(standing: County, folder: Path, names: list[str]) -> None:
    """Write a picture for each of these visits; of all visits also the list of them."""
    folder.mkdir(parents=True, exist_ok=True)
    board, titles = standing.browser.new_page(), {}
    for name in names:
        visit = VISITS[name]
        if visit.who in standing.pages:
            standing.page(visit.who).emulate_media(
                media="screen"
            )  # its path may be found by clicking
        path = visit.path(standing)
        page = standing.page(visit.who)
        page.goto(standing.address + path)
        page.wait_for_load_state("networkidle")
        titles[name] = page.inner_text("h1")
        picture = _beside(board, [_look(page, look) for look in LOOKS])
        (folder / f"{name}.webp").write_bytes(picture)
        print(f"pages/{name}.webp  {len(picture) // 1024} KB", flush=True)
    board.close()
    if names == list(VISITS):
        shown = (f"\n## {titles[name]}\n\n![{titles[name]}]({name}.webp)\n" for name in names)
        (folder / "README.md").write_text(HEAD + "".join(shown), encoding="utf-8")


def _look(page: Page, look: str) -> bytes:
    """A page as it looks, from its beginning."""
    width, media = LOOKS[look]
    page.set_viewport_size({"width": width, "height": TALL})
    page.emulate_media(**media)  # type: ignore[arg-type]
    page.evaluate("document.activeElement.blur(); scrollTo(0, 0)")
    return page.screenshot()


def _beside(board: Page, pictures: list[bytes]) -> bytes:
    """Pictures in a row, as WebP."""
    widths = [int(width * SCALE) for width, _ in LOOKS.values()]
    board.set_viewport_size(
        {"width": sum(widths) + 10 * (len(widths) + 1), "height": int(TALL * SCALE) + 20}
    )
    images = (
        f'<img width="{width}" src="data:image/png;base64,{base64.b64encode(one).decode()}">'
        for width, one in zip(widths, pictures, strict=True)
    )
    board.set_content(STYLE + "".join(images), wait_until="load")
    session = board.context.new_cdp_session(board)
    taken = session.send("Page.captureScreenshot", {"format": "webp", "quality": QUALITY})
    return base64.b64decode(taken["data"])
