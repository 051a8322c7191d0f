"""Telephone numbers as people read them."""

import phonenumbers

_FRANCE = 33


def spoken_number(number: str) -> str:
    """+33612345678 as people read it out: 06 12 34 56 78; a foreign one with its country.

    What somebody wrote in their own way stays so, on one line.
    """
    try:
        parsed = phonenumbers.parse(number)
    except phonenumbers.NumberParseException:
        return number.replace(" ", "\u00a0")
    is_home = parsed.country_code == _FRANCE
    style = (
        phonenumbers.PhoneNumberFormat.NATIONAL if is_home else phonenumbers.PhoneNumberFormat.INTERNATIONAL
    )
    return str(phonenumbers.format_number(parsed, style)).replace(" ", "\u00a0")
