"""What the environment may say of text messages and answers."""

import pytest

from vaccination.settings import MissingSettings, Settings

REQUIRED = {
    name: "x"
    for name in ("DATABASE_URL", "REDIS_URL", "SECRET_KEY", "FIELD_KEYS", "SIGNING_KEYS", "BASE_URL")
}


def test_without_a_gateway_text_messages_are_files() -> None:
    settings = Settings.from_env(REQUIRED)
    assert (settings.sms_url, settings.sms_from, settings.bounces, settings.reply_to) == ("", "", "", "")


def test_a_gateway_is_named() -> None:
    said = {
        "SMS_URL": "https://sms.example.org/v1",
        "SMS_FROM": "Vaccination",
        "SMS_TOKEN": "t",
        "REPLY_TO": "a@b.fr",
    }
    settings = Settings.from_env({**REQUIRED, **said})
    assert (settings.sms_url, settings.sms_from) == (said["SMS_URL"], said["SMS_FROM"])
    assert (settings.sms_token, settings.reply_to) == ("t", "a@b.fr")


@pytest.mark.parametrize("name", ["Vaccinations", "Ma santé", "à"])
def test_a_senders_name_that_phones_do_not_show_is_refused(name: str) -> None:
    with pytest.raises(MissingSettings, match="SMS_FROM"):
        Settings.from_env({**REQUIRED, "SMS_FROM": name})


@pytest.mark.parametrize(
    "url", ["http://sms.example.org/v1", "sms.example.org", "http://127.0.0.1.example.org/"]
)
def test_a_gateway_that_everybody_can_overhear_is_refused(url: str) -> None:
    with pytest.raises(MissingSettings, match="SMS_URL"):
        Settings.from_env({**REQUIRED, "SMS_URL": url})
