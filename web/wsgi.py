"""The application for gunicorn: `gunicorn web.wsgi:app`."""

import logging
import os

from vaccination import db
from vaccination.settings import Settings
from web.app import create_app

logging.basicConfig(level=logging.INFO, format="%(asctime)s %(name)s %(levelname)s %(message)s")
_settings = Settings.from_env(os.environ)
db.bind(_settings.database_url)
app = create_app(_settings)
