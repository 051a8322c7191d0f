"""A request's stored answers as the form knows them, and as they would have been typed."""

from collections.abc import Callable
from datetime import date

from vaccination.readmodels.asking_form import AskingForm
from vaccination.readmodels.own_answers import OwnAnswers
from vaccination.services.asking.command import FirstDose, Place
from web.forms import FilledForm, filled, filled_day
from web.public.answers import Answers
from web.public.ask_contact import told_key
from web.public.towns import Town, find


def answers_of(own: OwnAnswers, offered: AskingForm, today: date) -> Answers:
    """The answers, typed, for reading one question anew over them."""
    place, second = own.place, own.second_place
    answers = Answers(
        offered,
        today,
        given_name=own.given_name,
        family_name=own.family_name,
        birth_date=own.birth_date,
        place=Place(place.town, place.postcode, place.lat, place.lon),
        max_km=own.max_km,
        second_place=Place(second.town, second.postcode, second.lat, second.lon) if second else None,
        availability=own.availability,
        earliest=own.earliest,
        unavailable=tuple(day for day in own.unavailable if day >= today),
        products=own.products,
        first_dose=FirstDose(0, today) if own.has_first_dose else None,
        wheelchair=own.wheelchair,
        sign_language=own.sign_language,
        interpreter=own.interpreter,
        large_print=own.large_print,
        contact_by=own.contact_by,
        by_phone=own.by_phone,
        email=own.email,
        phone=own.phone,
    )
    if own.address:
        answers.street, _line, rest = own.address.partition("\n")
        answers.postcode, _space, answers.town = rest.partition(" ")
    return answers


def typed_of(name: str, answers: Answers) -> FilledForm:
    """The fields of a question, filled with what is stored."""
    return _TYPED[name](answers)


def _where(answers: Answers) -> FilledForm:
    place = answers.place
    typed = f"{place.postcode} {place.town}"
    answers.towns = find(typed)
    return filled(where=typed, town=_key(answers.towns, place))


def _second(answers: Answers) -> FilledForm:
    second = answers.second_place
    if second is None:
        return filled(second="same")
    answers.second_towns = find(second.town)
    key = _key(answers.second_towns, second)
    return filled(second="other", second_where=second.town, second_town=key)


def _key(fitting: tuple[Town, ...], place: Place) -> str:
    """Which of the towns that fit is meant: the one that stands where the place is."""
    near = [town for town in fitting if (town.lat, town.lon) == (place.lat, place.lon)]
    return near[0].key if near else ""


def _distance(answers: Answers) -> FilledForm:
    return filled(distance=f"{answers.max_km:g}")


def _times(answers: Answers) -> FilledForm:
    return filled(times=[band for band, free in enumerate(answers.availability) if free == "1"])


def _dates(answers: Answers) -> FilledForm:
    away = "\n".join(f"{day.day} {day.month} {day.year}" for day in answers.unavailable)
    earliest = filled_day("earliest", answers.earliest) if answers.earliest else {}
    return filled(away=away, **earliest)


def _vaccines(answers: Answers) -> FilledForm:
    offered = [product.id for product in answers.form.products]
    refused = [product for product in offered if answers.products and product not in answers.products]
    return filled(refused=refused)


def _needs(answers: Answers) -> FilledForm:
    return filled(
        step_free=answers.wheelchair, sign_language=answers.sign_language, interpreter=answers.interpreter
    )


def _contact(answers: Answers) -> FilledForm:
    return filled(
        contact_by=told_key(answers.contact_by, answers.by_phone),
        email=answers.email,
        phone=answers.phone,
        street=answers.street,
        postcode=answers.postcode,
        address_town=answers.town,
        large_print=answers.large_print,
    )


_TYPED: dict[str, Callable[[Answers], FilledForm]] = {
    "where": _where,
    "second-place": _second,
    "distance": _distance,
    "times": _times,
    "dates": _dates,
    "vaccines": _vaccines,
    "needs": _needs,
    "contact": _contact,
}
