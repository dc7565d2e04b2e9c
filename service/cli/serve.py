"""`banjie serve`: pages and API by waitress."""

from __future__ import annotations

import gc

import click
import waitress

from service.cli.key import settle_key
from service.config import Config
from service.definitions import learn
from service.web.app import create_app


@click.command()
@click.option("--production", is_flag=True, help="Secure cookies; a moved clock is refused.")
def serve(production: bool) -> None:
    """Serve until interrupted; prints the address."""
    config = Config(production=True) if production else Config()
    config.now()
    settle_key(config, config.engine())
    app = create_app(config)
    learn(app.extensions["engine"])
    # What is known now stays: a full collection that walks it holds up somebody's page for a third of a second.
    gc.collect()
    gc.freeze()
    click.echo(f"办结已启动：http://{config.host}:{config.port}")
    waitress.serve(app, host=config.host, port=config.port, threads=8, ident="banjie")
