"""What the account pages' forms say."""

from flask_babel import gettext
from werkzeug.datastructures import MultiDict

from vaccination.services.access.accounts import ChangePassword
from vaccination.services.access.sign_in import SignIn
from web.forms import Fields


def parse_sign_in(form: "MultiDict[str, str]") -> SignIn:
    """Login and password; a password is never trimmed."""
    fields = Fields(form)
    login = fields.text("login", gettext("Enter your login"))
    password = form.get("password", "")
    if not password:
        fields.fault("password", gettext("Enter your password"))
    fields.check()
    return SignIn(login, password)


def parse_password(form: "MultiDict[str, str]") -> ChangePassword:
    """The present password and twice the new one."""
    fields = Fields(form)
    present, new, again = (form.get(name, "") for name in ("present", "new", "again"))
    if not present:
        fields.fault("present", gettext("Enter your present password"))
    if not new:
        fields.fault("new", gettext("Enter a new password"))
    elif new != again:
        fields.fault("again", gettext("The two new passwords differ: type the same one twice"))
    fields.check()
    return ChangePassword(present, new)
