"""What `python -m solver replan` is asked; apart from the command itself, which loads the engine."""

import argparse
from enum import Enum
from pathlib import Path

from solver.files.cells import iso_date


class Alternative(Enum):
    """A way to answer a change."""

    REPAIR = "repair"
    """Whoever can stay stays at the very slot; only the others are planned anew."""
    BALANCED = "balanced"
    """Moves and drops at the policy's prices."""
    AFRESH = "afresh"
    """As if nothing had been promised."""


def add_arguments(command: argparse.ArgumentParser) -> None:
    """The folders, the changes, and which alternatives are wanted."""
    command.add_argument("problem", type=Path, metavar="PROBLEM_DIR")
    command.add_argument("plan", type=Path, metavar="PLAN_DIR")
    command.add_argument("--change", type=Path, required=True, metavar="CHANGES.json")
    command.add_argument(
        "--today", type=iso_date, metavar="DATE", help="what the plan gave before this day is history"
    )
    command.add_argument(
        "--alternatives", type=_alternatives, default=list(Alternative), metavar="repair,balanced,afresh"
    )


def _alternatives(text: str) -> list[Alternative]:
    """Names joined by commas, each once, in the order in which they are wanted."""
    return list(dict.fromkeys(Alternative(name) for name in text.split(",")))
