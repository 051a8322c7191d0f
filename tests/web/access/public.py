"""The citizen's pages."""

from tests.web.access.rule import PUBLIC, Rule, a_file, public

ROUTES: dict[str, Rule] = {
    "public.home": PUBLIC,
    "public.begin": PUBLIC,
    "public.question": public(name="name"),
    "public.answer": public(name="name"),
    "public.send_family": PUBLIC,
    "public.my_answers": PUBLIC,
    "public.my_answer": public(name="contact"),
    "public.send_my_answer": public(name="contact"),
    "public.check": PUBLIC,
    "public.send": PUBLIC,
    "public.done": PUBLIC,
    "public.find": PUBLIC,
    "public.open_request": PUBLIC,
    "public.own": PUBLIC,
    "public.confirmation": PUBLIC,
    "public.confirmation_pdf": a_file(PUBLIC),
    "public.calendar_file": a_file(PUBLIC),
    "public.cancel": PUBLIC,
    "public.send_cancel": PUBLIC,
    "public.leave": PUBLIC,
}
