"""The console script `banjie`: one verb a file, loaded only when it is used.

Exit status: 0 good, 1 findings, 2 usage or bad input (one clear line on stderr, never a traceback).
"""

from __future__ import annotations

import importlib
import sys

import click

from service.model.errors import Refused

# verb -> (module, attribute); the help line stands here so that `banjie --help` loads nothing.
VERBS = {
    "account": ("service.cli.account", "Create the first administrator"),
    "backup": ("service.cli.backup", "Copy everything while the service goes on"),
    "check": ("service.cli.check", "Check a proposal or a folder as before a release"),
    "coverage": ("service.cli.coverage", "Clauses, what carries them, stories that exercise them"),
    "decide": ("service.cli.decide", "Evaluate a decision of a DMN file"),
    "deploy": ("service.cli.deploy", "Deploy processes/ and forms/ into the database"),
    "diff": ("service.cli.diff", "Compare two folders or versions by what they mean"),
    "editors": ("service.cli.editors", "Install the editors of the workbench"),
    "export": ("service.cli.export", "Evidence packages, archives, and logs for process mining"),
    "feel": ("service.cli.feel", "Evaluate a FEEL expression"),
    "key": ("service.cli.key", "Tell or change the key that signs the record"),
    "lint": ("service.cli.lint", "Check the diagrams, tables and forms of a folder"),
    "prepare": ("service.cli.prepare", "Create or upgrade the database, deploy, seed the demo"),
    "prove": ("service.cli.prove", "Prove soundness and the invariants of a folder"),
    "restore": ("service.cli.restore", "Fill an empty database from a backup"),
    "pull": ("service.cli.push", "Write the released version into a folder"),
    "push": ("service.cli.push", "Save a folder as a draft of the regulation"),
    "scenario": ("service.cli.scenario", "Run stories of the regulation"),
    "serve": ("service.cli.serve", "Serve the pages and the API"),
    "tck": ("service.cli.tck", "Run a copy of the DMN Technology Compatibility Kit"),
    "verify": ("service.cli.verify", "Verify the event log and replay every instance"),
    "witness": ("service.cli.witness", "Keep the newest checkpoint if it continues the kept one"),
    "worker": ("service.cli.worker", "Fire due timers and send what waits"),
}


class LazyGroup(click.Group):
    """A group that imports the module of a verb when the verb is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """All verbs, sorted."""
        return sorted(VERBS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The click command of a verb: the attribute of its module that bears its name."""
        if cmd_name not in VERBS:
            return None
        command = getattr(importlib.import_module(VERBS[cmd_name][0]), cmd_name)
        assert isinstance(command, click.Command)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The list of verbs with their help lines, without importing any."""
        with formatter.section("Commands"):
            formatter.write_dl([(verb, VERBS[verb][1]) for verb in sorted(VERBS)])


@click.group(cls=LazyGroup)
@click.version_option(package_name="banjie")
def banjie() -> None:
    """办结: runs a county's rules for government IT projects from BPMN diagrams."""


def main() -> None:
    """Entry point: refusals become one line and exit status 2."""
    try:
        banjie.main(standalone_mode=False)
    except click.exceptions.Exit as leave:
        sys.exit(leave.exit_code)
    except click.ClickException as wrong:
        wrong.show()
        sys.exit(2)
    except click.Abort:
        sys.exit(130)
    except Refused as refused:
        click.echo(refused.message, err=True)
        for reason in refused.reasons:
            click.echo(f"  {reason.text}（{'、'.join(reason.clauses)}）", err=True)
        sys.exit(2)
