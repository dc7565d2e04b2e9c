"""`banjie account create`: the first administrator, from the server's own console."""

from __future__ import annotations

import click

from service.commands.create_account import create_account
from service.config import Config
from service.model.actor import SYSTEM
from service.model.people import ROLES, Person
from service.store.session import begin, create_engine


@click.group()
def account() -> None:
    """Accounts, from the console of the server."""


@account.command()
@click.argument("login")
@click.option("--name", required=True, prompt="姓名", help="Name of the person.")
@click.option("--unit", required=True, prompt="单位编号", help="Id of the unit.")
@click.option("--role", type=click.Choice(list(ROLES)), help="An office of administration.")
@click.option("--post", "posts", multiple=True, help="Id of a post; may be repeated.")
def create(login: str, name: str, unit: str, role: str | None, posts: tuple[str, ...]) -> None:
    """Create an account; the password is asked for and never shown."""
    # asked for, never an option: what stands on a command line, others can read
    password = click.prompt("密码（不显示）", hide_input=True, confirmation_prompt="再输一次")
    config = Config()
    person = Person(login, name, unit, posts, role)
    with begin(create_engine(config.url)) as connection:
        create_account(
            connection,
            SYSTEM,
            person,
            password=password,
            reason="由服务器控制台建立",
            now=config.now(),
            must_change=False,
        )
    click.echo(f"已建立账号 {login}。")
