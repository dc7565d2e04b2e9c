"""The pages 流程: an owner's way from a draft to a release by a second person, and what others see."""

import io
import re

import pytest

from service.config import Config
from service.web.app import create_app
from service.workbench.check_next import check_next
from tests.web.test_web import csrf, signed_in
from tests.workbench.owners import FIRST, county, swapped


@pytest.fixture
def stand(tmp_path):
    world, home = county(tmp_path)
    app = create_app(
        Config(database_url=world.url, data_dir=tmp_path, clock="2025-03-12T09:00+08:00")
    )
    yield world, home, app
    app.extensions["engine"].dispose()
    world.close()


def said(page):
    assert page.status_code == 200, page.status
    return page.get_data(as_text=True)


def post(client, address, **data):
    data["csrf_token"] = csrf(client, "/workbench")
    return client.post(
        address, data=data, content_type="multipart/form-data", follow_redirects=True
    )


def drafted(client, world, old, new):
    page = post(client, "/workbench/drafts", name="改一处")
    address = page.request.path
    content = swapped(world, FIRST, old, new)
    said(
        post(
            client,
            f"{address}/files",
            path=FIRST,
            act="save",
            file=(io.BytesIO(content), "review.bpmn"),
        )
    )
    return address


def test_from_a_draft_to_a_release(stand):
    world, home, app = stand
    author, other, stranger = (signed_in(app, n) for n in ("office", "bureau", "outside"))
    assert "没有进行中的草稿" in said(author.get("/workbench"))
    assert ">流程</a>" in said(author.get("/regulation"))
    assert stranger.get("/workbench").status_code == 403
    address = drafted(author, world, 'name="办理组"', 'name="办理人员"')
    page = said(author.get(address))
    assert "<del>办理组</del>" in page
    assert "<ins>办理人员</ins>" in page
    file = author.get(f"{address}/file", query_string={"path": FIRST})
    assert "办理人员".encode() in file.data
    release = post(author, f"{address}/propose", reason="说得更清楚").request.path
    assert "等待检查" in said(author.get(release))
    check_next(world.engine, home, clock=lambda: world.now)
    assert "没有发现问题" in said(author.get(release))
    assert 'value="release"' not in said(author.get(release))
    assert post(author, release, act="release").status_code == 403
    assert 'value="release"' in said(other.get(release))
    assert "第 2 版" in said(post(other, release, act="release"))
    index = said(author.get("/workbench"))
    assert "2（现行）" in index
    digest = re.search(r'name="digest" value="(\w+)"', index).group(1)
    assert "退回第 1 版" in said(post(author, "/workbench/rollback", digest=digest, reason="改回"))


def test_what_was_found_is_told_and_drawn(stand):
    world, home, app = stand
    author = signed_in(app, "office")
    address = drafted(author, world, '<s:property name="act" value="a.examine"/>', "")
    release = post(author, f"{address}/propose", reason="试试").request.path
    check_next(world.engine, home, clock=lambda: world.now)
    page = said(author.get(release))
    assert "检查未通过" in page
    assert "act-cited" in page
    assert "写 act 属性" in page
    assert "没有运行" in page
    assert "已撤销" in said(post(author, release, act="withdraw"))
    assert (
        post(
            author, f"{address}/files", path="../x", act="save", file=(io.BytesIO(b""), "x")
        ).status_code
        == 400
    )
    assert "没有进行中的草稿" in said(post(author, f"{address}/discard"))


def test_a_promise_is_broken_by_mistake_or_rewritten_on_purpose(stand):
    """A draft that says less is refused, until its author rewrites the list, which stands in the difference."""
    world, home, app = stand
    author = signed_in(app, "office")
    address = drafted(author, world, 'name="办理组"', 'name="办理人员"')
    assert "重写约定清单" not in said(author.get(address))  # this county has no list yet
    assert "重写约定清单" in said(post(author, f"{address}/promises"))
    less = swapped(world, FIRST, '<s:property name="clock" value="stops"/>', "")
    file = (io.BytesIO(less), "review.bpmn")
    said(post(author, f"{address}/files", path=FIRST, act="save", file=file))

    def checked():
        release = post(author, f"{address}/propose", reason="少写一样").request.path
        check_next(world.engine, home, clock=lambda: world.now)
        return release, said(author.get(release))

    release, page = checked()
    assert "检查未通过" in page
    assert "不再写明计时（clock：stops）" in page
    said(post(author, release, act="withdraw"))
    assert "processes/promises.yaml" in said(post(author, f"{address}/promises"))
    assert "没有发现问题" in checked()[1]


def test_running_instances_are_moved_and_moved_back(stand):
    from service.commands.deploy import deploy
    from service.commands.start_instance import start_instance
    from service.model.bundle import Bundle
    from service.store.session import begin
    from tests.workbench.owners import LEGAL

    world, _, app = stand
    author = signed_in(app, "office")
    assert "都在现行版本上" in said(author.get("/workbench/running"))
    with begin(world.engine) as connection:
        key = start_instance(
            connection, world.people["office"], "review", now=world.now
        ).instance_key
    renamed = swapped(world, FIRST, 'name="办理组"', 'name="办理人员"')
    with begin(world.engine) as connection:
        deploy(connection, Bundle({**LEGAL.files, FIRST: renamed}), by="test", now=world.now)
    assert "✓ 可" in said(author.get("/workbench/running"))
    assert "请填写换版的理由" in said(
        post(author, "/workbench/running", instance=key, reason=" ", act="move")
    )
    assert "已换到现行版本。" in said(
        post(author, "/workbench/running", instance=key, reason="新版", act="move")
    )
    assert "已退回原来的版本。" in said(
        post(author, "/workbench/running", instance=key, reason="不换", act="undo")
    )
    gone = swapped(world, FIRST, 'id="examine"', 'id="inspect"').decode()
    for old, new in (
        ("<flowNodeRef>examine", "<flowNodeRef>inspect"),
        ('targetRef="examine"', 'targetRef="inspect"'),
        ('sourceRef="examine"', 'sourceRef="inspect"'),
        ('attachedToRef="examine"', 'attachedToRef="inspect"'),
    ):
        gone = gone.replace(old, new)
    with begin(world.engine) as connection:
        deploy(connection, Bundle({**LEGAL.files, FIRST: gone.encode()}), by="test", now=world.now)
    assert "✗ 不可：正在办的“examine”不能带过去" in said(author.get("/workbench/running"))
