"""The blueprint of organisations: the agency's pages about them, and their own."""

from flask import Blueprint

bp = Blueprint("proxies", __name__, template_folder="templates")
