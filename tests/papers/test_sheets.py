"""Sheets are data: what they name exists, what they say comes from the record, the code binds both."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import select, text

from service.commands.issue_sheet import issue_sheet
from service.config import project_root
from service.definitions import sheets_of
from service.engine import compile_bundle
from service.model.bundle import read_bundle
from service.model.errors import BadInput, NotFound
from service.papers.filled import FilledTable
from service.papers.issue import code_of, grouped
from service.papers.sheet import Table
from service.papers.sheet_reader import Known, read_sheets
from service.papers.template import BLANK, Template
from service.queries.sheets import check_code, issued, open_sheet, project_sheets
from service.store import tables as t
from service.store.session import begin, reading
from tests.papers.stand import after, go_on

TO_CONTRACT = """
- do: procurement_contract/organise_project
- do: procurement_contract/plan_procurement
- do: procurement_contract/file_procurement
- do: procurement_contract/record_result
- do: procurement_contract/appoint_supervisor
- do: procurement_contract/sign_contract
  with: {contract_amount_yuan: "190000.00"}
"""
NOW = datetime(2029, 3, 19, 1, 0, tzinfo=UTC)
DEFINITION = compile_bundle(read_bundle(project_root()))
SHEETS = sheets_of(DEFINITION)
# the papers that the regulation and its annex name, by their names on paper
WANTED = {
    "审批表", "初步验收意见", "竣工验收意见", "项目验收单", "竣工验收报告", "终止审批表", "变更审批表",
    "延期申请表", "资金使用申请表", "备案登记表", "档案目录",
}  # fmt: skip


def test_every_paper_of_the_regulation_is_there() -> None:
    assert {sheet.name for sheet in SHEETS.values()} == WANTED


def test_every_template_that_a_form_offers_is_a_sheet() -> None:
    offered = {
        component.properties["template"]
        for form in DEFINITION.forms.values()
        for component in form.fields.values()
        if "template" in component.properties
    }
    assert offered
    assert offered <= set(SHEETS)


def test_the_report_has_its_eleven_parts() -> None:
    """Article 19 names eleven; each is a row filled by the file that the form takes."""
    rows = [r for b in SHEETS["final_report_sheet"].blocks if isinstance(b, tuple) for r in b]
    labels = [cell.label for row in rows for cell in row.cells]
    numbered = [label for label in labels if "、" in label[:3]]
    assert [label.split("、")[0] for label in numbered] == [*list("一二三四五六七八九十"), "十一"]


def test_tables_fill_the_page() -> None:
    for sheet in SHEETS.values():
        for block in sheet.blocks:
            if isinstance(block, Table):
                assert sum(c.width for c in block.columns) == 100, sheet.id


def test_widths_have_a_class() -> None:
    """A column's width is a class of the style sheet, since the CSP allows no style attribute."""
    css = (project_root() / "service/web/static/paper.css").read_text(encoding="utf-8")
    for sheet in SHEETS.values():
        for block in sheet.blocks:
            if isinstance(block, Table):
                for column in block.columns:
                    assert f".w-{column.width}{{" in css, (sheet.id, column.width)


KNOWN = Known(
    DEFINITION.forms,
    {"joint_review/drc_opinion": "opinion"},
    frozenset(DEFINITION.processes),
    frozenset(DEFINITION.decisions),
    frozenset(DEFINITION.clauses),
)
HEAD = (
    "id: s\ntitle: 表\nname: 表\narticle: '7.1.6'\nsources:\n  basic: {form: declaration_basic}\n"
)


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("blocks: [{rows: [{label: a, field: basic.nothing}]}]", "没有 basic.nothing"),
        ("blocks: [{rows: [{label: a, text: '{other.project_name}'}]}]", "没有来源 other"),
        ("blocks: [{rows: [{label: a, text: '{basic.site|loud}'}]}]", "没有格式 loud"),
        ("blocks: [{rows: [{label: a, text: '{basic.site'}]}]", "写法不对"),
        ("blocks: [{rows: [{label: a, when: 'basic.site = ', field: basic.site}]}]", "when"),
        (
            "blocks: [{rows: [{label: a, marks: [{label: b, when: 'unknown > 1'}]}]}]",
            "没有 unknown",
        ),
        ("blocks: [{rows: [{label: a, colour: red}]}]", "不认识的键 colour"),
        ("blocks: [{rows: [{field: basic.site}]}]", "缺少键 label"),
        ("blocks: [{table: {of: basic.site, columns: []}}]", "不是列表"),
        (
            "blocks: [{table: {of: basic.estimate_items, columns: [{label: a, text: '{no}'}]}}]",
            "没有 no",
        ),
        ("per: nowhere\nblocks: []", "没有流程 nowhere"),
        ("begins: nowhere\nblocks: []", "没有来源 nowhere"),
        ("blocks: [", "不是合格的 YAML"),
    ],
)
def test_a_name_that_leads_nowhere_is_refused_at_reading(body: str, said: str) -> None:
    with pytest.raises(BadInput, match=said) as refused:
        read_sheets({"forms/print/s.yaml": (HEAD + body).encode()}, KNOWN)
    assert "forms/print/s.yaml" in refused.value.message


@pytest.mark.parametrize(
    ("words", "known", "said"),
    [
        ("文号 {a.x}，{a.y}", {"a.x": "3号"}, f"文号 3号，{BLANK}"),
        ("文号 {a.x}", {}, ""),
        ("同意。[[金额 {a.x}。]]", {}, "同意。"),
        ("同意。[[金额 {a.x}。]]", {"a.x": "1"}, "同意。金额 1。"),
        ("{a.x}。[[{a.y}]]", {"a.y": "理由"}, ""),
        ("不变", {}, "不变"),
    ],
)
def test_templates(words: str, known: dict[str, str], said: str) -> None:
    assert Template(words).fill(lambda name, _: known.get(name, "")) == said


def words_of(filled) -> str:
    """All that stands on the paper."""
    parts = [t for pair in filled.top for t in pair]
    for block in filled.blocks:
        if isinstance(block, FilledTable):
            parts += [cell for line in block.lines for cell in line]
        else:
            for row in block:
                for cell in row:
                    parts += [cell.text, cell.date, *(f"{w}:{n}" for w, n in cell.signs)]
                    parts += [f"[x]{w}" for w, on in cell.boxes if on]
    return "|".join(parts)


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory):
    folder: Path = tmp_path_factory.mktemp("sheets")
    made = after(f"sqlite:///{folder / 'sheets.sqlite3'}", "S04")
    yield made
    made.close()


def opened(world, sheet_id: str, **more):
    with reading(world.engine) as connection:
        return open_sheet(
            connection,
            world.of_unit("info_center"),
            world.project_key(None),
            sheet_id,
            now=NOW,
            **more,
        )


def test_the_annex_says_what_was_submitted(world) -> None:
    said = words_of(opened(world, "approval_sheet").filled)
    for words in (
        "就业服务平台", "860,000.00 元（86.00 万元），大写：捌拾陆万元整", "[x]市级审核指导（超过20万元）",
        "[x]建设类", "[x]逐项核对均不涉及（（八）原文缺项）", "[x]可行性研究报告", "2025年3月3日",
        "经办:张华", "[x]同意",
    ):  # fmt: skip
        assert words in said
    assert "[x]县级" not in said
    assert "[x]运维实施方案" not in said


def test_members_sign_once_each(world) -> None:
    filled = opened(world, "preliminary_sheet").filled
    members = next(b for b in filled.blocks if isinstance(b, FilledTable))
    assert [line[0] for line in members.lines] == [
        "项目建设单位", "承建单位", "设计单位", "监理单位", "质检机构", "用户单位",
    ]  # fmt: skip
    assert "[x]合格，问题限期整改" in words_of(filled)
    assert "日志保存不足六个月" in words_of(filled)


def test_one_sheet_for_each_payment(world) -> None:
    with reading(world.engine) as connection:
        lines = project_sheets(
            connection, world.of_unit("info_center"), world.project_key(None), now=NOW
        )
    payments = [line for line in lines if line.sheet.id == "disbursement_sheet"]
    assert [line.number for line in payments] == [1, 2]
    said = [
        words_of(opened(world, "disbursement_sheet", instance_key=p.instance_key).filled)
        for p in payments
    ]
    assert "贰拾肆万叁仟陆佰元整" in said[0]
    assert "叁拾贰万肆仟捌佰元整" in said[1]
    with pytest.raises(NotFound):
        opened(world, "disbursement_sheet")


def test_what_is_not_yet_done_is_a_blank_form(world) -> None:
    with reading(world.engine) as connection:
        lines = project_sheets(
            connection, world.of_unit("info_center"), world.project_key(None), now=NOW
        )
    blank = {line.sheet.id for line in lines if not line.filled.has_content}
    assert blank == {"filing_sheet"}
    filing = opened(world, "filing_sheet").filled
    boxes = [c.boxes for b in filing.blocks for row in b for c in row if c.boxes]
    assert boxes == [(("是", False), ("否", False))]


def test_only_who_sees_the_project_prints_it(world) -> None:
    with reading(world.engine) as connection, pytest.raises(NotFound):
        open_sheet(
            connection,
            world.of_unit("县水利局"),
            world.project_key(None),
            "approval_sheet",
            now=NOW,
        )


def test_a_code_binds_paper_and_record(world) -> None:
    before = opened(world, "approval_sheet")
    with begin(world.engine) as connection:
        code = issue_sheet(connection, world.people["info_center"], before.issue)
        assert issue_sheet(connection, world.people["info_center"], before.issue) == code
        told = connection.execute(select(t.event).where(t.event.c.act == "issue_sheet")).all()
        assert [code in row.body for row in told] == [True], "one event, of no project's chain"
        assert told[0].project_key is None
    assert code_of(grouped(code).lower()) == code
    with reading(world.engine) as connection:
        found = check_code(connection, code)
        again = issued(connection, world.of_unit("info_center"), world.project_key(None), code)
    assert found.sound
    assert not found.newer
    assert found.title == "眉县政务信息化项目审批表"
    assert again.filled == before.filled
    assert opened(world, "final_sheet").issue.code != code
    with reading(world.engine) as connection:
        with pytest.raises(NotFound, match="没有这个校验码"):
            check_code(connection, "A" * 20)
        with pytest.raises(NotFound):
            issued(connection, world.of_unit("县水利局"), world.project_key(None), code)


def test_a_changed_record_is_found(tmp_path: Path) -> None:
    """Whoever gets round the triggers and changes a submission or the log is found by the paper."""
    made = after(f"sqlite:///{tmp_path / 'changed.sqlite3'}", "S01")
    with reading(made.engine) as connection:
        issue = open_sheet(
            connection,
            made.of_unit("info_center"),
            made.project_key(None),
            "approval_sheet",
            now=NOW,
        ).issue
    with begin(made.engine) as connection:
        code = issue_sheet(connection, made.of_unit("info_center"), issue)
    with begin(made.engine) as connection:
        connection.execute(text("DROP TRIGGER submission_no_update"))
        connection.execute(
            text("UPDATE submission SET content = replace(content, '198000.00', '188000.00')")
        )
    with reading(made.engine) as connection:
        assert not check_code(connection, code).sound
    made.close()


def test_the_record_may_go_on(tmp_path: Path) -> None:
    made = after(f"sqlite:///{tmp_path / 'on.sqlite3'}", "S01")
    key, person = made.project_key(None), made.of_unit("info_center")
    with reading(made.engine) as connection:
        issue = open_sheet(connection, person, key, "preliminary_sheet", now=NOW).issue
        annex = open_sheet(connection, person, key, "approval_sheet", now=NOW).issue
    with begin(made.engine) as connection:
        code, other = (
            issue_sheet(connection, made.of_unit("info_center"), issue),
            issue_sheet(connection, made.of_unit("info_center"), annex),
        )
    go_on(made, tmp_path, TO_CONTRACT)
    with reading(made.engine) as connection:
        found, same = check_code(connection, code), check_code(connection, other)
    assert found.sound
    assert found.newer
    assert same.sound
    assert not same.newer
    made.close()


def test_papers_are_never_changed(world) -> None:
    with begin(world.engine) as connection:
        code = issue_sheet(
            connection, world.people["info_center"], opened(world, "final_sheet").issue
        )
    for act in (
        "UPDATE issued_sheet SET content = 'x'",
        f"DELETE FROM issued_sheet WHERE code = '{code}'",
    ):
        with pytest.raises(Exception, match="append-only"), begin(world.engine) as connection:
            connection.execute(text(act))
