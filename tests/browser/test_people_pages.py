"""Administration in a real browser: three offices, import from a sheet, an initial password replaced."""

import io
import os
from pathlib import Path

import pytest
from openpyxl import Workbook

from tests.browser.barriers import barriers, inject
from tests.browser.chrome import PATH
from tests.browser.county import County, press

needs_chromium = pytest.mark.skipif(
    PATH is None and not os.environ.get("CI"),
    reason="no Chromium on this machine (apt-get install chromium)",
)
pytestmark = [pytest.mark.browser, needs_chromium]
IMAGES = os.environ.get("BANJIE_IMAGES")


def look(page, name: str) -> None:
    """The page has no fault that axe finds; its picture, when pictures are wanted."""
    inject(page)
    found = barriers(page, preload=True)
    assert not found, [(v["id"], v["nodes"][0]["html"][:200]) for v in found]
    if IMAGES:
        page.screenshot(path=Path(IMAGES) / f"{name}.png", full_page=True)


def sheet() -> bytes:
    book = Workbook()
    for row in (
        ("姓名", "账号", "单位", "岗位"),
        ("李建国", "lijianguo", "县发展和改革局", "经办人"),
        ("王秀英", "wangxiuying", "县财局", "经办人"),
        ("张伟", "zhangwei", "县民政局", "法人、经办人"),
    ):
        book.active.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def test_administration_by_clicking(running: County) -> None:
    page = running.page("system_admin")
    look(page, "admin-people")
    for name in ("units", "posts", "people/import"):
        page.goto(f"{running.address}/admin/{name}")
        look(page, f"admin-{name.replace('/', '-')}")
    page.set_input_files(
        "#f-sheet",
        {"name": "人员.xlsx", "mimeType": "application/octet-stream", "buffer": sheet()},
    )
    press(page, page.get_by_role("button", name="检查"))
    assert "没有名为“县财局”的单位" in page.inner_text("main")
    look(page, "admin-import-checked")
    page.goto(f"{running.address}/admin/units/drc")
    look(page, "admin-unit")
    page.goto(f"{running.address}/admin/people/new")
    press(page, page.get_by_role("button", name="建立账号"))
    look(page, "admin-person-refused")
    page.fill("#f-login", "zhaomin")
    page.fill("#f-name", "赵敏")
    page.select_option("#f-unit_id", "drc")
    page.get_by_label("经办人").check()
    page.fill("#f-reason", "新入职，眉人社发〔2025〕8号")
    press(page, page.get_by_role("button", name="建立账号"))
    password = page.locator("td.mono").nth(1).inner_text()
    look(page, "admin-handed")

    other = running.browser.new_context(
        locale="zh-CN", viewport={"width": 390, "height": 844}
    ).new_page()
    other.goto(f"{running.address}/login")
    other.fill("#login", "zhaomin")
    other.fill("#password", password)
    press(other, "button.btn-primary")
    assert other.url.endswith("/password")
    look(other, "password-phone")
    other.fill("#f-old", password)
    other.fill("#f-password", "meixian-2025")
    other.fill("#f-again", "meixian-2025")
    press(other, other.get_by_role("button", name="修改密码"))
    assert "密码已修改" in other.inner_text("main")
    look(other, "sessions-phone")

    guard = running.page("security_admin")
    guard.goto(f"{running.address}/admin/sessions")
    look(guard, "admin-sessions")
    guard.goto(f"{running.address}/admin/rights")
    assert "没有权限" in guard.inner_text("main")
    look(guard, "admin-rights")
    guard.check("input[name=account]")
    guard.fill("#f-reason", "与人社部门核对无误")
    press(guard, guard.get_by_role("button", name="按申请授予所选"))
    assert "待授权" not in guard.inner_text("main").partition("赵敏")[0]
    press(guard, guard.get_by_role("link", name="赵敏"))
    assert "经办人" in guard.inner_text("main .meta")
    look(guard, "admin-right")
    auditor = running.page("audit_admin")
    auditor.emulate_media(color_scheme="dark")
    auditor.reload()
    assert "新入职，眉人社发〔2025〕8号" in auditor.inner_text("main")
    look(auditor, "admin-record-dark")
