"""An invented region: `python -m seeds region` stores it, `python -m seeds folder DIR` writes it down.

`region` writes to the database of DATABASE_URL and prints one line of JSON: programme, centres, and the
reference and secret code of a request that anybody may open to look around.
"""

import argparse
import json
import os
from datetime import date
from pathlib import Path

from seeds.drawing import draw_region
from seeds.folder import write_folder
from seeds.region import store
from vaccination import db
from vaccination.clock import now
from vaccination.models import every  # noqa: F401  every table, so that foreign keys find theirs
from vaccination.security.fields import KeyRing, use_keys
from vaccination.settings import Settings

_SEED = 20_260_501


def main() -> None:
    """Read the command line and do it."""
    parser = argparse.ArgumentParser(prog="python -m seeds", description="An invented region.")
    parser.add_argument("what", choices=("region", "folder"))
    parser.add_argument("folder", nargs="?", type=Path, help="where to write the planning folder")
    parser.add_argument("--requests", type=int, default=5000)
    parser.add_argument("--seed", type=int, default=_SEED)
    parser.add_argument("--start", type=date.fromisoformat, default=None, help="first day (today)")
    words = parser.parse_args()
    start = words.start or date.today()
    region = draw_region(words.requests, words.seed, start)
    if words.what == "folder":
        if words.folder is None:
            parser.error("folder needs a DIR")
        write_folder(region, words.folder)
        return
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
