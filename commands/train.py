"""`train`: learn from the shipped examples and the staff's corrections, or step back."""

from __future__ import annotations

import argparse

from commands import Subcommands
from commands.intents import train_and_compare
from commands.support import fail, open_database, settings_of
from intents import Example, ModelError
from intents.store import step_back
from services import corrections
from storage.engine import Database
from storage.migrate import is_current


def register(commands: Subcommands) -> None:
    """Adds `train`."""
    about = "train the intent model from the shipped examples and the stored corrections"
    parser = commands.add_parser("train", help=about, description=about)
    parser.add_argument(
        "--back", action="store_true", help="switch to the model before the one in use"
    )
    parser.set_defaults(run=_train)


def _train(args: argparse.Namespace) -> int:
    settings = settings_of(args)
    if args.back:
        try:
            print(f"model {step_back(settings.paths.model)} is in use again")
        except ModelError as error:
            return fail(f"train: {error}")
        return 0
    with open_database(settings) as database:
        intents, categories = _learned(database)
    return train_and_compare(settings.paths.model, intents, categories)


def _learned(database: Database) -> tuple[list[Example], list[Example]]:
    """The corrections of intents and of categories; none where there are no tables yet."""
    if not is_current(database):
        return [], []
    return (
        database.read_now(lambda s: corrections.examples(s, "intent")),
        database.read_now(lambda s: corrections.examples(s, "category")),
    )
