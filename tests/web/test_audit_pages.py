"""The auditor's pages: for auditors only, read-only, and as sheets that open again."""

import io
import zipfile

import pytest
from openpyxl import load_workbook
from sqlalchemy import update

from service.audit.verify import Package, check
from service.config import Config, project_root
from service.jobs.index_record import index_record
from service.scenarios.runner import run_story
from service.scenarios.stands import open_world
from service.scenarios.story import read_story
from service.scenarios.world import SIGNER
from service.store import tables as t
from service.store.session import begin
from service.web.app import create_app
from service.web.workbook import workbook
from tests.web.test_web import signed_in

ROOT = project_root()
CLOCK = "2027-01-04T10:00+08:00"
EVIL = '=HYPERLINK("http://example.invalid","点我")'


@pytest.fixture(scope="module")
def app(tmp_path_factory):
    folder = tmp_path_factory.mktemp("audit-pages")
    world = open_world(f"sqlite:///{folder / 'audit.sqlite3'}", ROOT)
    assert run_story(read_story(ROOT / "processes/scenarios/S04.yaml"), world).ok
    with begin(world.engine) as connection:
        connection.execute(update(t.project).values(name=EVIL))
    (folder / "data").mkdir()
    (folder / "data/record.key").write_text(f"{SIGNER.secret.hex()} {SIGNER.name}")
    made = create_app(Config(database_url=world.url, data_dir=folder / "data", clock=CLOCK))
    yield made
    made.extensions["engine"].dispose()
    world.close()


@pytest.fixture(scope="module")
def auditor(app):
    return signed_in(app, "audit_bureau")


def test_every_question_has_a_page_and_leads_to_its_moment(app, auditor) -> None:
    front = auditor.get("/audit").text
    for words in ("各环节、各单位用时", "疑似化整为零", "规则核对", "未见违反"):
        assert words in front
    page = auditor.get("/audit/paid_ahead").text
    link = page.split('href="/projects/')[2].split('"')[0]
    assert "replay?event=" in link
    replayed = auditor.get(f"/projects/{link}").text
    assert "审核并据实拨付" in replayed.split('id="tab"')[0]
    assert auditor.get("/audit/no_such_question").status_code == 404


def test_the_evidence_of_a_period(auditor) -> None:
    assert "期间的证据包" not in auditor.get("/audit").text
    page = auditor.get("/audit?since=2025-03-01&until=2025-04-30").text
    link = page.split("下载这个期间的证据包")[0].rpartition('href="')[2].split('"')[0]
    answer = auditor.get(link.replace("&amp;", "&"))
    assert answer.status_code == 200
    assert (
        "%E8%AF%81%E6%8D%AE%E5%8C%85_2025-03-01_2025-04-30.zip"
        in answer.headers["Content-Disposition"]
    )
    with zipfile.ZipFile(io.BytesIO(answer.data)) as archive:
        report = check(Package(archive))
    assert [said for _, said in report.bad if "附件" not in said] == []
    assert any("期间 2025-03-01 至 2025-04-30" in said for said in report.told)
    for query, status in (("", 400), ("?since=2020-01-01&until=2020-01-02", 422)):
        assert auditor.get(f"/audit/evidence.zip{query}").status_code == status


def test_what_was_typed_wrongly_is_told(auditor) -> None:
    for query, words in (
        ("since=2026-02-30", "日期请写成"),
        ("since=2026-02-02&until=2026-01-01", "晚于"),
        ("article=x", "条应是数字"),
        ("after=x.y", "从第一页"),
    ):
        answer = auditor.get(f"/audit/off_hours?{query}")
        assert answer.status_code == 400, query
        assert words in answer.text


def test_only_auditors(app) -> None:
    for login in ("info_center", "civil_affairs", "system_admin", "audit_admin"):
        client = signed_in(app, login)
        for path in ("/audit", "/audit/off_hours", "/audit/all.xlsx", "/audit/evidence.zip"):
            assert client.get(path).status_code == 403, (login, path)
        for path in ("/heat", "/heat/joint_review"):  # sums: who draws sees where projects wait
            expected = 200 if login == "info_center" else 403
            assert client.get(path).status_code == expected, (login, path)
        assert 'href="/audit"' not in client.get("/regulation").text
    assert 'href="/audit"' in signed_in(app, "audit_bureau").get("/regulation").text


def test_the_sheet_opens_again_with_typed_cells(auditor) -> None:
    answer = auditor.get("/audit/paid_ahead.xlsx")
    book = load_workbook(io.BytesIO(answer.data))
    sheet = book["拨付与进度"]
    heads = [cell.value for cell in sheet[3]]
    assert heads[:2] == ["日期", "项目"]
    assert heads[-2:] == ["事件", "标出"]
    assert sheet.freeze_panes == "A4"
    row = dict(zip(heads, sheet[4], strict=True))
    assert row["日期"].is_date
    assert row["累计拨付（元）"].value == 568400
    assert row["累计拨付（元）"].number_format == "#,##0.00"
    assert isinstance(row["核签进度（%）"].value, int | float)
    assert sheet.column_dimensions["B"].width >= 24
    assert "据事件日志第 1 至" in sheet["A2"].value


def test_no_cell_becomes_a_formula(auditor) -> None:
    book = load_workbook(io.BytesIO(auditor.get("/audit/all.xlsx").data))
    assert len(book.sheetnames) == len(set(book.sheetnames)) >= 15
    cells = [c for sheet in book for row in sheet.iter_rows() for c in row]
    assert any(EVIL in str(c.value) for c in cells)
    assert [c.coordinate for c in cells if c.data_type == "f"] == []
    evil = [c for c in cells if str(c.value).startswith("=")]
    assert evil
    assert all(c.quotePrefix for c in evil)


def test_control_characters_and_long_titles() -> None:
    content = workbook(
        [
            (
                "同名：很长很长很长很长很长很长很长很长很长很长很长的标题",
                ["x"],
                (("甲", "text"),),
                [["a\x00b\x1f"]],
            ),
            (
                "同名：很长很长很长很长很长很长很长很长很长很长很长的标题",
                [],
                (("甲", "text"),),
                [["+1"], [None], [True]],
            ),
        ]
    )
    book = load_workbook(io.BytesIO(content))
    first, second = book.worksheets
    assert first["A3"].value == "ab"
    assert [second[f"A{n}"].value for n in (2, 3, 4)] == ["+1", None, "是"]


def test_article_filter_keeps_elements_that_cite_it(auditor) -> None:
    page = auditor.get("/audit/step_time?article=23").text
    assert "填写资金使用申请" in page
    assert "填报基本情况" not in page


def test_reading_on_while_looking(app, auditor) -> None:
    """A page says how far it has read; the worker's job reads the rest."""
    engine = app.extensions["engine"]
    index_record(engine, now=app.extensions["config"].now())
    assert "正在读入" not in auditor.get("/audit").text
