"""The citizen's pages, gathered: importing this module hangs every route on the blueprint."""

from flask_babel import lazy_gettext

from vaccination.domain.requests import RequestStatus
from web.own_actions import OwnAction
from web.public import ask_family as ask_family
from web.public import asking as asking
from web.public import home as home
from web.public import my_answers as my_answers
from web.public import own_request as own_request
from web.public import sending as sending
from web.public.blueprint import bp as bp
from web.public.choices import OFFERS

bp.context_processor(lambda: OFFERS)
FOR_CITIZENS = True
_LIVE = (RequestStatus.WAITING, RequestStatus.PLANNED)
OWN_ACTIONS = (
    OwnAction(
        lazy_gettext("Change my answers"),
        "public.my_answers",
        lambda _session, page: page.status in _LIVE,
        why=lazy_gettext("Have your plans, your address or your phone number changed?"),
        order=60,
    ),
    OwnAction(
        lazy_gettext("Cancel my request"),
        "public.cancel",
        lambda _session, page: page.can_cancel,
        why=lazy_gettext("You cannot or no longer want to come? Tell us: somebody else can have your place."),
        order=90,
    ),
)

REFUSALS = {
    "no_programme": lazy_gettext("No vaccination programme takes requests at the moment."),
    "no_such_question": lazy_gettext("The request form has no such page."),
    "no_appointment": lazy_gettext("You have no appointment to print yet."),
    "no_such_request": lazy_gettext("We find no request with this reference."),
    "already_asked": lazy_gettext("There is already a request for this person."),
    "similar_request": lazy_gettext("There may already be a request for this person."),
    "no_request_to_change": lazy_gettext("We find no request with this reference."),
    "no_longer_waiting": lazy_gettext(
        "These answers can no longer be changed: the request is booked or ended."
    ),
    "member_refused": lazy_gettext("One of these people cannot ask, so we have kept no request."),
    "not_one_household": lazy_gettext("A household is two to six different people with the same wishes."),
    "not_eligible": lazy_gettext("The programme has no vaccine for this person at the moment."),
    "not_granted": lazy_gettext("Enter your reference to open your request."),
    "cannot_cancel": lazy_gettext(
        "This request can no longer be cancelled: a dose was given, or it is cancelled already."
    ),
    "unknown_programme": lazy_gettext("No vaccination programme takes requests at the moment."),
    "unknown_request": lazy_gettext("We find no request with this reference."),
}
