"""What whoever opened their own page may change."""

from vaccination.clock import now
from vaccination.db import snapshot
from vaccination.readmodels import change_page
from vaccination.readmodels.change_page import ChangePage
from web.public.grant import granted


def own_changes() -> ChangePage:
    """The changes that are open to the person at this moment."""
    moment = now()
    with snapshot() as session:
        return change_page.load(session, granted(moment), now=moment)
