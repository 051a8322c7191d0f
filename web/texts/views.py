"""The agency reads and changes the words of messages, sees them as their readers will, and what they cost."""

from dataclasses import dataclass

from flask import Blueprint, abort, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, lazy_gettext

from reports.words import LOCALES
from vaccination.clock import now
from vaccination.db import snapshot, transaction
from vaccination.domain import sms
from vaccination.domain.actor import Role
from vaccination.domain.messages import NOT_BY_LETTER, MessageChannel, MessageKind
from vaccination.domain.texts import EDITED_CHANNELS, Words, faults, needed, placeholders
from vaccination.readmodels import message_texts
from vaccination.readmodels.message_texts import OwnText
from vaccination.services.telling.texts import KeepText, Place, drop_text, keep_text
from web.access import allow, current_actor
from web.forms import BLANK, Fields, FilledForm, filled, shows_again
from web.language import LANGUAGES
from web.layout import MenuEntry
from web.message_text import MessageText, preview, standard_words
from web.texts import samples
from web.texts.words import CHANNEL_NAMES, KIND_NAMES, PLACEHOLDER_NAMES, beside_fields, sentences

bp = Blueprint("texts", __name__, url_prefix="/agency/texts", template_folder="templates")
MENU = (MenuEntry(lazy_gettext("Messages"), "texts.home", (Role.AGENCY,), order=50),)
REFUSALS = {
    "text_changed": lazy_gettext(
        "Somebody else has changed this text meanwhile: read it again before you change it."
    ),
    "no_active_programme": lazy_gettext("There is no active programme yet."),
}


@dataclass(frozen=True, slots=True)
class Shown:
    """A text as it reads for an invented person, and for a text message what it costs."""

    text: MessageText
    size: sms.Size | None
    costly: str  # letters that make the message dearer
    cents: float


@bp.get("")
@allow(Role.AGENCY)
def home() -> ResponseReturnValue:
    """Every kind of message, by channel and language, and whose words it has."""
    with snapshot() as session:
        texts = message_texts.load(session)
    channels = {channel: CHANNEL_NAMES[channel] for channel in EDITED_CHANNELS}
    return render_template(
        "texts/home.html",
        kinds=KIND_NAMES,
        channels=channels,
        columns=[("kind", gettext("Kind")), *((c.value, name) for c, name in channels.items())],
        locales=_locales(),
        own=texts.own,
        is_written=_is_written,
    )


@bp.get("/<kind>/<channel>/<locale>")
@allow(Role.AGENCY)
def edit(
    kind: str, channel: str, locale: str, form: FilledForm = BLANK, shown: Shown | None = None
) -> ResponseReturnValue:
    """One text, to change."""
    place = _place(kind, channel, locale)
    own, cents = _stored(place)
    words = own.words if own else _standard(place)
    if not form.values:
        form = filled(subject=words.subject, body=words.body, version=own.version if own else 0)
        shown = _shown(words, place, cents)
    return render_template(
        "texts/edit.html",
        form=form,
        place=place,
        own=own,
        shown=shown,
        kind_name=KIND_NAMES[place.kind],
        channel_name=CHANNEL_NAMES[place.channel],
        language_name=LANGUAGES[place.locale],
        placeholders={name: PLACEHOLDER_NAMES[name] for name in placeholders(place.kind, place.channel)},
        needed=needed(place.kind, place.channel),
        most_segments=sms.MOST_SEGMENTS,
    )


@bp.post("/<kind>/<channel>/<locale>")
@allow(Role.AGENCY)
@shows_again(edit)
def send_edit(kind: str, channel: str, locale: str) -> ResponseReturnValue:
    """Show what was typed as its readers will see it; or keep it."""
    place = _place(kind, channel, locale)
    words, version = _typed(place)
    if "preview" in request.form:
        return _previewed(place, words)
    command = KeepText(place, words, version, _longest(place))
    with beside_fields(), transaction() as session:
        keep_text(session, command, now=now(), user_id=current_actor().user_id)
    flash(gettext("The text is kept. Messages that leave from now on have these words."), "ok")
    return redirect(url_for("texts.edit", kind=kind, channel=channel, locale=locale), 303)


@bp.post("/<kind>/<channel>/<locale>/standard")
@allow(Role.AGENCY)
def send_standard(kind: str, channel: str, locale: str) -> ResponseReturnValue:
    """Back to the words that came with the product."""
    place = _place(kind, channel, locale)
    with transaction() as session:
        drop_text(session, place, now=now(), user_id=current_actor().user_id)
    flash(gettext("Messages of this kind have the standard words again."), "ok")
    return redirect(url_for("texts.edit", kind=kind, channel=channel, locale=locale), 303)


def _previewed(place: Place, words: Words) -> ResponseReturnValue:
    found = sentences(faults(words, place.kind, place.channel, _longest(place)))
    _own, cents = _stored(place)
    form = FilledForm(request.form, found)
    shown = None if found else _shown(words, place, cents)
    return edit(place.kind.value, place.channel.value, place.locale, form=form, shown=shown)


def _typed(place: Place) -> tuple[Words, int]:
    fields = Fields(request.form)
    is_sms = place.channel is MessageChannel.SMS
    body = request.form.get("body", "").replace("\r\n", "\n").strip()
    words = Words("" if is_sms else fields.raw("subject"), body)
    version = fields.whole("version", gettext("Load this page again"))
    fields.check()
    return words, version


def _shown(words: Words, place: Place, cents: float) -> Shown:
    text = preview(words, place.channel, place.locale, _values(place))
    if place.channel is not MessageChannel.SMS:
        return Shown(text, None, "", 0.0)
    size = sms.size(text.paragraphs[0])
    return Shown(text, size, sms.foreign(text.paragraphs[0]), size.cents(cents))


def _values(place: Place) -> dict[str, str]:
    return samples.values(place.kind, place.channel, place.locale, current_app.config["SETTINGS"])


def _longest(place: Place) -> dict[str, str]:
    return samples.values(
        place.kind, place.channel, place.locale, current_app.config["SETTINGS"], longest=True
    )


def _standard(place: Place) -> Words:
    return standard_words(place.kind, place.channel, place.locale)


def _stored(place: Place) -> tuple[OwnText | None, float]:
    with snapshot() as session:
        texts = message_texts.load(session)
    return texts.own.get((place.kind, place.channel, place.locale)), texts.cents_a_segment


def _place(kind: str, channel: str, locale: str) -> Place:
    """The text that an address names; an address that names none leads nowhere."""
    known = {(k.value, c.value) for k in MessageKind for c in EDITED_CHANNELS if _is_written(k, c)}
    if (kind, channel) not in known or locale not in LOCALES:
        abort(404)
    return Place(MessageKind(kind), MessageChannel(channel), locale)


def _is_written(kind: MessageKind, channel: MessageChannel) -> bool:
    return channel is not MessageChannel.LETTER or kind not in NOT_BY_LETTER


def _locales() -> dict[str, str]:
    return {locale: LANGUAGES[locale] for locale in LOCALES}
