"""`banjie verify`: hash chain, replay of every instance, and what only running data can show."""

from __future__ import annotations

import sys

import click

from service.config import Config
from service.queries.monitors import monitor
from service.queries.rebuild import differences
from service.queries.restores import losses
from service.queries.stamps import wrong_stamps
from service.store.session import reading


@click.command()
@click.option("--monitors", "only", is_flag=True, help="Only the invariants, without the replay.")
def verify(only: bool) -> None:
    """Rebuild everything from the event log and compare, check the invariants; status 1 on findings."""
    config = Config()
    engine, authority = config.engine(), config.time_authority()
    with reading(engine) as connection:
        found = [] if only else differences(connection)
        checked = monitor(connection)
        lost = losses(connection)
        stamps, wrong = wrong_stamps(connection, authority) if authority else (0, [])
    for loss in lost:
        click.secho(loss.sentence, fg="red")
    for line in found:
        click.echo(line)
    if not only:
        click.echo("与事件日志一致。" if not found else f"有 {len(found)} 处不一致。")
    if authority:
        click.echo(f"时间戳 {stamps} 个，不对的 {len(wrong)} 个。")
    for line in wrong:
        click.echo(line)
    broken = len(wrong)
    for one in checked:
        broken += len(one.violations)
        click.echo(
            f"{one.invariant} 核对 {one.tested} 处，违反 {len(one.violations)} 处：{one.text}"
        )
        for violation in one.violations:
            click.echo(f"  事件 {violation.seq}：{violation.text}")
    sys.exit(1 if found or broken else 0)
