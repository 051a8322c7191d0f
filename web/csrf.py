"""The CSRF fence: every form that posts carries a token of its session."""

from flask_wtf.csrf import CSRFProtect

csrf = CSRFProtect()
