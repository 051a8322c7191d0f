"""The blueprint of changes."""

from flask import Blueprint

bp = Blueprint("changes", __name__, template_folder="templates")
