"""The `openhour` command line. What every command promises stands in `contract`, how to add one in `commands`.

Called as the console script `openhour`. Importing this module imports click and the kernel, nothing heavier.
"""

from __future__ import annotations

import importlib
import os
import sys
from collections.abc import Sequence

import click

from openhour.kernel import Finding, Refused
from openhour.project.cli.commands import COMMANDS
from openhour.project.cli.contract import show_findings


class LazyGroup(click.Group):
    """Knows its commands by name, and imports one only when it is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Names, in the order of the register."""
        return [registered.name for registered in COMMANDS]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import the command's module."""
        for registered in COMMANDS:
            if registered.name == cmd_name:
                module = importlib.import_module(f"openhour.project.cli.{registered.module}")
                found: click.Command = module.command
                return found
        return None

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands from the register, without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl([(registered.name, registered.short) for registered in COMMANDS])


EXAMPLE = "\b\nExample:\n  openhour score phq-9 answers.csv --id SEQN --out scores.csv"


@click.group(cls=LazyGroup, epilog=EXAMPLE, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="openhour")
def openhour() -> None:
    """The open, self-hosted system for the therapy hour."""


def run(arguments: Sequence[str]) -> int:
    """Run one command and give its exit code: 0, or 2 for bad input. Never raises for bad input."""
    as_json = "--json" in arguments
    try:
        outcome = openhour.main(args=list(arguments), prog_name="openhour", standalone_mode=False)
        return outcome if isinstance(outcome, int) else 0
    except Refused as refusal:
        return show_findings(refusal.findings, as_json=as_json)
    except click.exceptions.NoArgsIsHelpError as asked:
        click.echo(asked.format_message(), err=True)
        return 2
    except click.ClickException as error:
        if not as_json and isinstance(error, click.UsageError) and error.ctx is not None:
            click.echo(error.ctx.get_usage(), err=True)
        return show_findings([Finding("usage", error.format_message())], as_json=as_json)
    except click.Abort:
        click.echo("Stopped.", err=True)
        return 130
    except BrokenPipeError:  # the reader of a pipe has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0


def main() -> None:
    """The console script."""
    sys.exit(run(sys.argv[1:]))
