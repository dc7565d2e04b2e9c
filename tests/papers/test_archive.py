"""The archive package: whole, the same bytes for the same record, and whatever is changed in it is found."""

import hashlib
import io
import json
import zipfile
from pathlib import Path

import pytest
from click.testing import CliRunner
from openpyxl import load_workbook

from service.audit.signing import Signer
from service.cli.export import export
from service.commands.record_upload import record_upload
from service.config import project_root
from service.dmn import literal_outputs
from service.engine import compile_bundle
from service.model.bundle import read_bundle
from service.papers.archive import read_archive
from service.papers.archive_check import check_package
from service.papers.archive_contents import HASHES, NATURES, SIGNATURE
from service.papers.archive_package import write_archive
from service.papers.fixed_zip import FixedZip
from service.papers.natures import SAFE, TRUE, USABLE, WHOLE
from service.queries.archive import archive_contents, archive_state
from service.queries.projects import project_detail
from service.store import blobs
from service.store.session import begin, reading
from tests.papers.samples import PDF, docx
from tests.papers.stand import after, go_on, with_real_files

DEFINITION = compile_bundle(read_bundle(project_root()))
PLAN = read_archive(DEFINITION.bundle.files)
SIGNER = Signer("test", bytes(range(32)))


def test_every_demanded_material_is_known() -> None:
    """What the table may demand is what the plan knows how to show, and the forms of it exist."""
    items = {item for volume in PLAN.volumes for item in volume.items}
    decision = DEFINITION.decisions[PLAN.decision].decisions[PLAN.decision]
    assert items == literal_outputs(decision)
    for volume in PLAN.volumes:
        for needs in volume.items.values():
            for name in (name for group in needs for name in group):
                form, _, key = name.partition(".")
                assert form in DEFINITION.forms, name
                assert not key or key in DEFINITION.forms[form].fields, name


def test_the_six_volumes_of_article_21() -> None:
    assert [v.name for v in PLAN.volumes] == ["计划", "审批", "立项", "招标", "建设", "验收"]


def test_each_process_of_a_project_has_one_volume() -> None:
    county = {
        p.id for p in DEFINITION.processes.values() if p.start.properties.get("project") == "none"
    }
    called_by_county = {
        e.called for p in county for e in DEFINITION.processes[p].elements.values() if e.called
    }
    for process in DEFINITION.processes.values():
        tasks = [e for e in process.elements.values() if e.type == "userTask"]
        volumes = [v.name for v in PLAN.volumes if process.id in v.processes]
        if tasks and process.id not in county | called_by_county:
            assert len(volumes) == 1, process.id
        assert len(volumes) <= 1, process.id


TO_CONTRACT = """
- do: procurement_contract/organise_project
- do: procurement_contract/plan_procurement
- do: procurement_contract/file_procurement
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("archive")


@pytest.fixture(scope="module")
def world(folder: Path):
    """S01 to the purchase, with real contents behind the attachments that it names."""
    root = with_real_files(folder / "root", folder / "files")
    made = after(f"sqlite:///{folder / 'archive.sqlite3'}", "S01", root)
    go_on(made, folder, TO_CONTRACT)
    yield made
    made.close()


def contents_of(world, folder: Path, stored=None):
    with reading(world.engine) as connection:
        found = archive_contents(connection, world.project_key(None), folder / "files")
    return type(found)(
        found.archive, found.entries, found.about, found.chain_holds, found.classified, found.items,
        stored or found.stored, SIGNER.sign, SIGNER.public.text(),
    )  # fmt: skip


@pytest.fixture(scope="module")
def package(world, folder: Path) -> Path:
    path = folder / "a.zip"
    with path.open("wb") as stream:
        write_archive(stream, contents_of(world, folder))
    return path


def test_same_record_same_bytes(world, folder: Path, package: Path) -> None:
    again = io.BytesIO()
    write_archive(again, contents_of(world, folder))
    assert (
        hashlib.sha256(again.getvalue()).digest() == hashlib.sha256(package.read_bytes()).digest()
    )


def test_what_is_in_it(package: Path) -> None:
    with zipfile.ZipFile(package) as found:
        names = found.namelist()
        listed = found.read(HASHES).decode()
        for line in listed.splitlines():
            digest, _, name = line.partition("  ")
            assert hashlib.sha256(found.read(name)).hexdigest() == digest
        assert set(names) == {line.partition("  ")[2] for line in listed.splitlines()} | {
            HASHES,
            SIGNATURE,
        }
        book = load_workbook(io.BytesIO(found.read("目录.xlsx")))
        metadata = json.loads(found.read("元数据.json"))
        page = next(n for n in names if "项目申报表（基本情况）" in n and n.endswith("内容.html"))
        assert "养老" in found.read(page).decode()
    rows = list(book.active.iter_rows(values_only=True))
    assert rows[0][:3] == ("件号", "卷", "题名")
    assert len(rows) - 1 == len(metadata["entries"])
    first = metadata["entries"][0]
    assert first["密级"] == "非涉密"
    assert {"责任者", "题名", "日期", "文号", "保管期限"} <= set(first)
    assert {row[1] for row in rows[1:]} == {"审批", "立项", "招标"}


def result(checks, nature: str) -> bool:
    assert any(c.nature == nature for c in checks)
    return all(c.good for c in checks if c.nature == nature)


def test_a_package_checks_itself(package: Path) -> None:
    """S01 stands before its contract: true, usable and safe, and it says what is missing."""
    checks = check_package(package, key=SIGNER.public.text())
    assert result(checks, TRUE)
    assert result(checks, USABLE)
    assert result(checks, SAFE)
    missing = [c for c in checks if c.nature == WHOLE and not c.good]
    assert missing
    assert all("移交时" in c.what for c in missing)
    assert any("招标卷" in c.what and "承建合同" in c.detail for c in missing)


def rebuilt(package: Path, target: Path, change) -> Path:
    """The package with its files changed by `change(files)`."""
    with zipfile.ZipFile(package) as old:
        files = {name: old.read(name) for name in old.namelist()}
    change(files)
    with target.open("wb") as stream, FixedZip(stream) as made:
        for name, content in files.items():
            made.add(name, content)
    return target


def relisted(files: dict[str, bytes]) -> None:
    """A cunning hand also writes the list of hashes anew."""
    lines = [
        f"{hashlib.sha256(content).hexdigest()}  {name}\n"
        for name, content in files.items()
        if name not in (HASHES, SIGNATURE)
    ]
    files[HASHES] = "".join(lines).encode()


def first(files: dict[str, bytes], end: str) -> str:
    return next(name for name in files if name.endswith(end))


@pytest.mark.parametrize("cunning", [False, True])
@pytest.mark.parametrize(
    "change",
    [
        lambda files: files.update({first(files, "内容.json"): b"{}"}),
        lambda files: files.pop(first(files, "内容.html")),
        lambda files: files.update({"1计划/多出.pdf": PDF}),
        lambda files: files.update({f"{NATURES}.json": b"[]"}),
        lambda files: files.update(
            {"元数据.json": files["元数据.json"].replace("县民政局".encode(), "县水利局".encode())}
        ),
    ],
    ids=["changed", "removed", "added", "checks", "metadata"],
)
def test_tampering_is_found(package: Path, tmp_path: Path, change, cunning: bool) -> None:
    def alter(files: dict[str, bytes]) -> None:
        change(files)
        if cunning:
            relisted(files)

    changed = rebuilt(package, tmp_path / "t.zip", alter)
    before = {(c.what, c.good) for c in check_package(package, key=SIGNER.public.text())}
    after_ = check_package(changed, key=SIGNER.public.text())
    assert {(c.what, c.good) for c in after_ if not c.good} - before


def test_another_key_and_no_signature_are_found(package: Path, tmp_path: Path) -> None:
    other = Signer("other", bytes(32))
    assert not result(check_package(package, key=other.public.text()), TRUE)
    unsigned = rebuilt(package, tmp_path / "u.zip", lambda files: files.pop(SIGNATURE))
    assert not result(check_package(unsigned), TRUE)


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"MZ", b"not a zip"])
def test_what_is_no_package_is_one_line(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "x.zip"
    path.write_bytes(content)
    (check,) = check_package(path)
    assert not check.good


def test_missing_damaged_and_forbidden_attachments_are_told(world, folder: Path) -> None:
    out = io.BytesIO()
    checks = write_archive(out, contents_of(world, folder, stored=lambda digest: None))
    assert not result(checks, TRUE)
    assert not result(checks, WHOLE)
    checks = write_archive(
        io.BytesIO(), contents_of(world, folder, stored=lambda digest: b"MZ\x90")
    )
    assert not result(checks, USABLE)
    assert not result(checks, SAFE)


def test_a_finished_project_lacks_nothing(tmp_path: Path) -> None:
    made = after(f"sqlite:///{tmp_path / 'full.sqlite3'}", "S04")
    with reading(made.engine) as connection:
        state = archive_state(connection, made.of_unit("info_center"), made.project_key(None))
    assert [p.what for p in state.papers if p.state != "here"] == []
    assert [s.name for s in state.shelves if s.entries] == ["审批", "立项", "招标", "建设", "验收"]
    assert any("市数字经济局建设意见" in p.what for p in state.papers)
    plan = state.shelves[0]
    assert plan.note == "本卷没有单独的材料，已归档：2-001。"
    made.close()


def test_a_terminated_project_needs_its_reasons(tmp_path: Path) -> None:
    made = after(f"sqlite:///{tmp_path / 'ended.sqlite3'}", "S08")
    with reading(made.engine) as connection:
        state = archive_state(connection, made.of_unit("info_center"), made.project_key(None))
    demanded = {p.what: p.state for p in state.papers}
    assert not any("验收卷" in what for what in demanded)
    assert demanded["建设卷：终止原因书面报告、处理意见、资金收回凭证、资产处置清单"] == "here"
    made.close()


def test_what_lies_ahead_is_not_missing(tmp_path: Path) -> None:
    """S01 ends at 立项: what is still to come is not due; without its stages, as for the package, it lacks."""
    made = after(f"sqlite:///{tmp_path / 'way.sqlite3'}", "S01")
    who, key = made.of_unit("info_center"), made.project_key(None)
    with reading(made.engine) as connection:
        stages = project_detail(connection, who, key, now=made.now).stages
        state = archive_state(connection, who, key, stages)
        without = archive_state(connection, who, key)
    assert {p.what.partition("卷")[0] for p in state.papers if p.state == "ahead"} == {
        "招标", "建设", "验收",
    }  # fmt: skip
    assert [p for p in state.papers if p.state == "lacking"] == []
    assert [p.what for p in without.papers if p.state == "lacking"] == [
        p.what for p in state.papers if p.state == "ahead"
    ]
    made.close()


def test_the_command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """From the database to the file and back: status 1 while something is missing, and it says what."""
    url = f"sqlite:///{tmp_path / 'c.sqlite3'}"
    made = after(url, "S01")
    digest = blobs.keep(tmp_path / "files", docx())
    with begin(made.engine) as connection:
        record_upload(
            connection,
            made.of_unit("县民政局"),
            digest=digest,
            name="采购.docx",
            size=len(docx()),
            now=made.now,
        )
    made.close()
    monkeypatch.setenv("BANJIE_DATABASE_URL", url)
    monkeypatch.setenv("BANJIE_DATA_DIR", str(tmp_path))
    out = tmp_path / "档案.zip"
    run = CliRunner()
    packed = run.invoke(export, ["archive", "--project", "2025-0001", "--out", str(out)])
    assert packed.exit_code == 1, packed.output
    assert "完整性　不通过　招标卷" in packed.output
    key = tmp_path / "key.txt"
    assert run.invoke(export, ["key", "--out", str(key)]).exit_code == 0
    checked = run.invoke(export, ["check", str(out), "--key", str(key), "--json"])
    told = json.loads(checked.output)
    assert {c["nature"] for c in told} == {TRUE, WHOLE, USABLE, SAFE}
    assert all(c["good"] for c in told if c["nature"] == TRUE and "移交时" not in c["what"])
