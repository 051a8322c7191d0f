"""Reading who asks, for whom, and how somebody else has agreed to it."""

from datetime import date

from flask_babel import gettext
from werkzeug.datastructures import MultiDict

from vaccination.domain.contacts import Consent, Relation
from vaccination.services.asking.consent import HelperDetails
from vaccination.services.asking.household import MOST_MEMBERS
from web.forms import Fields
from web.public.answers import HOUSEHOLD, OTHER, SELF, Answers, Member
from web.public.ask_contact import read_phone

LONGEST_NAME = 100
MOST_OTHERS = MOST_MEMBERS - 1
Typed = dict[str, list[str]]


def read_for_whom(fields: Fields, answers: Answers) -> None:
    options = {key: key for key in (SELF, OTHER, HOUSEHOLD)}
    answers.for_whom = fields.choice("for_whom", options, gettext("Say for whom you are asking"))


def read_helper(fields: Fields, answers: Answers) -> None:
    relation = fields.choice("relation", {r.value: r for r in Relation}, gettext("Say who you are for them"))
    name = fields.text("helper_name", gettext("Enter your own name"), longest=LONGEST_NAME)
    consent = fields.choice(
        "consent", {c.value: c for c in Consent}, gettext("Say how the person has agreed that you ask")
    )
    phone = read_phone(fields, "helper_phone")
    email = fields.optional_email("helper_email")
    if not phone and not email:
        fields.fault("helper_phone", gettext("Enter your phone number or your e-mail address"))
    answers.helper = HelperDetails(relation, name or "-", consent, phone=phone, email=email)


def read_name(fields: Fields, answers: Answers) -> None:
    answers.given_name = fields.text("given_name", gettext("Enter the first name"), longest=LONGEST_NAME)
    answers.family_name = fields.text("family_name", gettext("Enter the last name"), longest=LONGEST_NAME)


def read_birth(fields: Fields, answers: Answers) -> None:
    answers.birth_date = fields.birth_day("birth", answers.today)


def read_family(fields: Fields, answers: Answers) -> None:
    """The others of a household, as `with_member` keeps them; and that they have agreed."""
    rows = zip(fields.every("who_given"), fields.every("who_family"), fields.every("who_born"), strict=False)
    answers.others = tuple(Member(given, family, date.fromisoformat(born)) for given, family, born in rows)
    if not answers.others:
        fields.fault("new_given", gettext("Add at least one person, or ask for yourself alone"))
    answers.agreed = fields.consent(
        "agreed", gettext("Tick this box: nobody is asked for without their agreement")
    )


def read_new_member(fields: Fields, answers: Answers) -> Member:
    """The person who is being added to the household."""
    given = fields.text("new_given", gettext("Enter the first name"), longest=LONGEST_NAME)
    family = fields.text("new_family", gettext("Enter the last name"), longest=LONGEST_NAME)
    born = fields.birth_day("new_born", answers.today)
    if len(answers.others) >= MOST_OTHERS:
        fields.fault("new_given", gettext("A household has at most %(count)s people", count=MOST_MEMBERS))
    member = Member(given, family, born)
    if not fields.errors and member.identity in {one.identity for one in answers.people}:
        fields.fault("new_given", gettext("This person is in the list already"))
    return member


def with_member(typed: "MultiDict[str, str]", member: Member) -> Typed:
    """The kept fields of the page with one more person."""
    kept = {key: typed.getlist(key) for key in typed}
    new = {"who_given": member.given_name, "who_family": member.family_name,
           "who_born": member.birth_date.isoformat()}  # fmt: skip
    return {**kept, **{key: [*kept.get(key, []), value] for key, value in new.items()}}


def without_member(typed: "MultiDict[str, str]", place: int) -> Typed:
    """The kept fields of the page with one person less."""
    kept = {key: typed.getlist(key) for key in typed}
    people = {
        key: [value for at, value in enumerate(kept.get(key, [])) if at != place]
        for key in ("who_given", "who_family", "who_born")
    }
    return {**kept, **people}
