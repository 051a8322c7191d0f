"""Words about disruptions that the agency reads."""

from flask_babel import lazy_gettext

from vaccination.domain.disruptions import DisruptionKind, DisruptionStatus, ReplacementStatus

KINDS = {
    DisruptionKind.SESSION_CLOSED: lazy_gettext("Closed day"),
    DisruptionKind.CENTRE_CLOSED: lazy_gettext("Closed centre"),
    DisruptionKind.DELIVERY_CUT: lazy_gettext("Missing doses"),
    DisruptionKind.LOT_WITHDRAWN: lazy_gettext("Lot set aside"),
    DisruptionKind.RULE_CHANGED: lazy_gettext("Changed rule"),
}
STATUS = {
    DisruptionStatus.DRAFT: lazy_gettext("to be looked at"),
    DisruptionStatus.SENT: lazy_gettext("waiting for answers"),
    DisruptionStatus.DONE: lazy_gettext("done"),
}
STATUS_KIND = {DisruptionStatus.DRAFT: "warn", DisruptionStatus.SENT: "plain", DisruptionStatus.DONE: "ok"}
ANSWERS = {
    ReplacementStatus.OPEN: lazy_gettext("No answer yet"),
    ReplacementStatus.ACCEPTED: lazy_gettext("Said yes"),
    ReplacementStatus.CHOSEN_OTHER: lazy_gettext("Chose something else"),
    ReplacementStatus.ASKED_TO_CALL: lazy_gettext("Want to be called"),
    ReplacementStatus.LAPSED: lazy_gettext("No answer in time"),
}
