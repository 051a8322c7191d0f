"""The citizen's pages: ask, find one's request, see, print and cancel."""

from flask import Blueprint

bp = Blueprint("public", __name__, template_folder="templates")
