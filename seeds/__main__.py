"""An invented region for the application, and invented campaigns of any size for planners alone.

`python -m seeds region` writes to the database of DATABASE_URL and prints one line of JSON: programme,
centres, and the reference and secret code of a request that anybody may open to look around.
`python -m seeds folder DIR` writes a campaign down as a planning folder (docs/planning-format.md).
"""

import argparse
import json
import os
from collections.abc import Callable
from datetime import date
from pathlib import Path

from seeds.campaign.folder import Size, write_campaign
from seeds.campaign.rules import HORIZON_DAYS, START
from seeds.drawing import draw_region
from seeds.region import store
from vaccination import db
from vaccination.clock import now
from vaccination.models import every  # noqa: F401  every table, so that foreign keys find theirs
from vaccination.security.fields import KeyRing, use_keys
from vaccination.settings import Settings

_SEED = 20_260_501


def main() -> None:
    """Read the command line and do it."""
    options = _parser().parse_args()
    options.run(options)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m seeds", description="Invented regions and campaigns.")
    commands = parser.add_subparsers(required=True, metavar="region|folder")
    region = commands.add_parser("region", help="store the region's programme, centres and requests")
    region.set_defaults(run=_region)
    region.add_argument("--seed", type=int, default=_SEED)
    region.add_argument("--start", type=date.fromisoformat, default=None, help="first day (today)")
    folder = commands.add_parser("folder", help="write a campaign as a planning folder")
    folder.set_defaults(run=_folder)
    folder.add_argument("folder", type=Path, metavar="DIR")
    folder.add_argument("--seed", type=int, default=1)
    folder.add_argument("--start", type=date.fromisoformat, default=START, help=f"first day ({START})")
    folder.add_argument("--days", type=_at_least(1), default=HORIZON_DAYS, help=f"horizon ({HORIZON_DAYS})")
    folder.add_argument("--centres", type=_at_least(1), help="by default 4, and 150 for a million requests")
    for command in (region, folder):
        command.add_argument("--requests", type=_at_least(1), default=5000)
    return parser


def _at_least(least: int) -> Callable[[str], int]:
    def whole(text: str) -> int:
        if int(text) < least:
            raise argparse.ArgumentTypeError(f"{text} is below {least}")
        return int(text)

    return whole


def _folder(options: argparse.Namespace) -> None:
    size = Size(options.requests, options.centres, options.days, options.start)
    write_campaign(options.folder, size, options.seed)


def _region(options: argparse.Namespace) -> None:
    region = draw_region(options.requests, options.seed, options.start or date.today())
    settings = Settings.from_env(os.environ)
    db.bind(settings.database_url)
    use_keys(KeyRing.from_text(settings.field_keys))
    with db.transaction() as session:
        stored = store(session, region, now=now())
    print(
        json.dumps(
            {
                "programme_id": stored.programme_id,
                "centre_ids": stored.centre_ids,
                "requests": stored.requests,
                "refused": stored.refused,
                "reference": stored.guest.reference,
                "secret": stored.guest.secret,
            }
        )
    )


if __name__ == "__main__":
    main()
