"""Reading how the person wants to be told."""

import phonenumbers
from flask_babel import gettext
from phonenumbers import PhoneNumber, PhoneNumberFormat, PhoneNumberType

from vaccination.domain.requests import ContactBy
from web.forms import PHONE_REGIONS, Fields
from web.public.answers import Answers

_LONGEST_STREET = 160
# what may be chosen -> how it is written, and whether it is told by a call
TOLD_BY = {
    "email": (ContactBy.EMAIL, False),
    "sms": (ContactBy.SMS, False),
    "phone": (ContactBy.LETTER, True),
    "letter": (ContactBy.LETTER, False),
}
_OURS = frozenset(phonenumbers.country_code_for_region(region) for region in PHONE_REGIONS)
_MOBILE = (PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE_OR_MOBILE)


def read_contact(fields: Fields, answers: Answers) -> None:
    answers.contact_by, answers.by_phone = fields.choice(
        "contact_by", TOLD_BY, gettext("Choose how we should tell you")
    )
    chosen = fields.raw("contact_by")
    answers.email = fields.optional_email("email")
    if chosen == "email" and answers.email is None:
        fields.fault("email", gettext("Enter your e-mail address, or choose another way"))
    answers.phone = read_phone(fields, "phone", for_texts=chosen == "sms")
    if chosen == "sms" and answers.phone is None:
        fields.fault("phone", gettext("Enter your mobile number, or choose another way"))
    if chosen == "phone" and answers.phone is None:
        fields.fault("phone", gettext("Enter the number at which we may call you, or choose another way"))
    if answers.by_phone and answers.email:
        answers.contact_by = ContactBy.EMAIL  # what must be in writing goes there


def told_key(contact_by: ContactBy, by_phone: bool) -> str:
    """The choice of the form that stands for a stored way of being told."""
    return "phone" if by_phone else contact_by.value


def read_address(fields: Fields, answers: Answers) -> None:
    answers.street = fields.text(
        "street",
        gettext("Enter the number and the street, or the name of the place"),
        longest=_LONGEST_STREET,
    )
    answers.postcode = fields.postcode("postcode", gettext("Enter the postcode"))
    answers.town = fields.text("address_town", gettext("Enter the town"), longest=80)
    answers.large_print = fields.ticked("large_print")


def read_phone(fields: Fields, name: str, *, for_texts: bool = False) -> str | None:
    """A French number as +33…; nothing when empty. `for_texts`: only one that receives text messages."""
    typed = fields.raw(name)
    if not typed:
        return None
    number = _parsed(typed)
    if number is None:
        fields.fault(name, gettext("Check the phone number: it should look like 06 12 34 56 78"))
        return ""
    if number.country_code not in _OURS:
        fields.fault(name, gettext("This number is of another country, and we cannot reach it. Write a "
                                   "French number, or choose an e-mail or a letter"))  # fmt: skip
    elif for_texts and phonenumbers.number_type(number) not in _MOBILE:
        fields.fault(name, gettext("This is not a mobile number, so it receives no text messages. Write a "
                                   "mobile number, or choose a phone call"))  # fmt: skip
    return str(phonenumbers.format_number(number, PhoneNumberFormat.E164))


def _parsed(typed: str) -> PhoneNumber | None:
    """The number if it is a real one; of another country also when it is not, to say so."""
    foreign = None
    for region in PHONE_REGIONS:
        try:
            number = phonenumbers.parse(typed, region)
        except phonenumbers.NumberParseException:
            continue
        if phonenumbers.is_valid_number(number):
            return number
        if number.country_code not in _OURS:
            foreign = number
    return foreign
