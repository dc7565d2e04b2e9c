"""`banjie prepare`: database, deployment, and — unless in production — a demo county."""

from __future__ import annotations

import dataclasses
from datetime import UTC, datetime, timedelta

import click
from sqlalchemy import Engine, func, select

from service.cli.deploy import differs
from service.cli.key import settle_key
from service.commands.deploy import deploy
from service.config import Config, project_root
from service.engine import compile_bundle
from service.model.bundle import read_bundle
from service.scenarios.people import PASSWORD, people_of
from service.scenarios.runner import run_story
from service.scenarios.samples import keep_samples
from service.scenarios.story import Story, read_story
from service.scenarios.world import World
from service.store.schema import upgrade
from service.store.session import begin, reading
from service.store.tables import account, unit

FIRST = """还没有任何账号，系统也不带默认账号。请在本机建立三员（三个不同的人，密码在提示后输入，不显示）：
  banjie account create admin --role system_admin --unit info_center
  banjie account create security --role security_admin --unit info_center
  banjie account create auditing --role audit_admin --unit info_center
然后由系统管理员在“人员”里建各单位人员的账号，由安全管理员在“授权”里授予。"""
DEMO_BEGINS = datetime(2025, 1, 1, tzinfo=UTC)


@click.command()
@click.option("--production", is_flag=True, help="Seed nothing and create no account.")
def prepare(production: bool) -> None:
    """Create or upgrade the database, deploy, seed once."""
    config = Config(production=True) if production else Config()
    config.data_dir.mkdir(parents=True, exist_ok=True)
    engine = config.engine()
    upgrade(engine)
    settle_key(config, engine)
    with begin(engine) as connection:
        bundle = read_bundle(project_root())
        words = differs(connection, bundle) if production else None
        if words:
            click.echo(words)
        else:
            deploy(connection, bundle, by="banjie prepare", now=config.now())
    with reading(engine) as connection:
        seeded = connection.execute(select(func.count()).select_from(account)).scalar_one()
    if production:
        if not seeded:
            click.echo(FIRST)
        return
    if not seeded:
        _seed(engine, config)
    _tell(engine)


def _seed(engine: Engine, config: Config) -> None:
    """Accounts of all units, and projects brought to different stages by the demo stories."""
    click.echo("正在准备示例单位和项目 …")
    root = project_root()
    definition = compile_bundle(read_bundle(root))
    people = people_of(definition, engine, config.now())
    keep_samples(root, config.files)
    for path in sorted((root / "processes" / "scenarios" / "demo").glob("*.yaml")):
        story = _until_today(read_story(path), config.now())
        world = World(engine, definition, root, DEMO_BEGINS, people)
        outcome = run_story(story, world)
        if not outcome.ok:
            raise SystemExit(f"{path.name}：{outcome.difference}")


def _until_today(story: Story, now: datetime) -> Story:
    """The story moved in time, so that its last day was two days ago."""
    last = max(step.value for step in story.steps if step.verb == "at")
    shift = timedelta(days=(now - last).days - 2)
    steps = tuple(
        dataclasses.replace(s, value=s.value + shift) if s.verb == "at" else s for s in story.steps
    )
    return dataclasses.replace(story, steps=steps)


def _tell(engine: Engine) -> None:
    with reading(engine) as connection:
        rows = connection.execute(
            select(account.c.login, unit.c.name)
            .join(unit, unit.c.unit_id == account.c.unit_id)
            .order_by(account.c.created_at, account.c.login)
        )
        click.echo(f"示例账号（密码都是 {PASSWORD}）：")
        for row in rows:
            click.echo(f"  {row.login:<24}{row.name}")
