"""Stock."""

from tests.web.access.rule import AT_CENTRE, Rule, at_centre, roles
from vaccination.domain.actor import Role

ROUTES: dict[str, Rule] = {
    "stock.home": roles(*AT_CENTRE),
    "stock.new_delivery": roles(Role.AGENCY),
    "stock.send_delivery": roles(Role.AGENCY),
    "stock.centre": at_centre(*AT_CENTRE),
    "stock.send_receive": at_centre(*AT_CENTRE),
    "stock.lot": at_centre(*AT_CENTRE),
    "stock.send_write_off": at_centre(*AT_CENTRE),
    "stock.send_count": at_centre(*AT_CENTRE),
    "stock.send_cancel": at_centre(Role.AGENCY),
    "stock.send_quarantine": at_centre(Role.AGENCY),
    "stock.send_allotment": at_centre(Role.AGENCY),
}
