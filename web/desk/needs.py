"""What somebody needs, in the desk's words."""

from babel import Locale
from flask_babel import gettext

from vaccination.domain.needs import Needs
from web.language import language


def need_names(needs: Needs) -> list[str]:
    """Short words, for a line of the list."""
    said = [gettext("no steps")] if needs.step_free else []
    if needs.sign_language:
        said.append(gettext("sign language"))
    if needs.interpreter:
        spoken = Locale.parse(language()).languages.get(needs.interpreter, needs.interpreter)
        said.append(gettext("interpreter: %(language)s", language=spoken))
    return said
