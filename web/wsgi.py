"""The application for gunicorn: `gunicorn web.wsgi:app`."""

import logging
import os

from vaccination import db
from vaccination.models import every  # noqa: F401  every table, so that foreign keys find theirs
from vaccination.security.fields import KeyRing, use_keys
from vaccination.settings import Settings
from web import queue
from web.app import create_app

logging.basicConfig(level=logging.INFO, format="%(asctime)s %(name)s %(levelname)s %(message)s")
_settings = Settings.from_env(os.environ)
db.bind(_settings.database_url)
queue.bind(_settings.redis_url)
use_keys(KeyRing.from_text(_settings.field_keys))
app = create_app(_settings)
