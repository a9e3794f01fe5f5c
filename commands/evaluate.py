"""`evaluate`: the command that the engines' own measurements hang under."""

from __future__ import annotations

from commands import Subcommands

_NESTED = "evaluate_commands"


def evaluate_group(commands: Subcommands) -> Subcommands:
    """The sub-parsers of `evaluate`, made by whichever module asks first."""
    parser = commands.choices.get("evaluate")
    if parser is None:
        parser = commands.add_parser("evaluate", help="measure an engine on labelled data")
        nested = parser.add_subparsers(metavar="ENGINE", required=True)
        parser.set_defaults(**{_NESTED: nested})
    group: Subcommands = parser.get_default(_NESTED)
    return group
