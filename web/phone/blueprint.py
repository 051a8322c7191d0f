"""The blueprint of the phone agents' pages."""

from flask import Blueprint

bp = Blueprint("phone", __name__, url_prefix="/phone", template_folder="templates")
