"""Settings, read once at each edge from the environment, frozen and loud."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from pathlib import Path


class MissingSettings(Exception):
    """Names every missing or wrong variable at once."""


@dataclass(frozen=True, slots=True)
class Settings:
    """All that an installation chooses. Each field is the environment variable of the same name in capitals.

    The last group has defaults. Secrets may be given as files: `FIELD_KEYS_FILE` instead of `FIELD_KEYS`.
    """

    database_url: str  # sqlite:////path/region.sqlite or postgresql+psycopg://…
    redis_url: str  # unix:///path?db=0 or redis://…
    secret_key: str  # signs cookies and CSRF tokens
    field_keys: str  # KeyRing text: encrypts personal fields (vaccination.security.fields)
    signing_keys: str  # SigningKeys text: signs QR codes (vaccination.security.tokens)
    base_url: str  # where people reach the product, e.g. https://vaccination.example.fr

    files_dir: Path = Path("var/files")  # made papers (PDF) and the mail outbox
    mail_url: str = ""  # starttls://user:password@host:587, smtps://…, smtp://relay; empty: files_dir/outbox
    mail_from: str = "ne-pas-repondre@example.org"
    reply_to: str = ""  # a mailbox that somebody reads; empty: answers are not wanted
    sms_url: str = ""  # https:// address of the text-message gateway; empty: files_dir/outbox
    sms_token: str = ""
    sms_from: str = ""  # the sender's name on the phone: 11 letters or digits at most
    bounces: str = ""  # the Maildir where refused mails come back; empty: nobody looks
    help_phone: str = ""
    post_address: str = ""  # on one line: where slips of letters are sent back to; empty: letters have none
    timezone: str = "Europe/Paris"  # of the region: schedule of the nightly plan
    planner_seconds: int = 120  # time limit of one plan
    planner_workers: int = 2
    nightly_plan_at: str = "02:30"  # local time; empty = no nightly plan
    apply_nightly_plan: bool = True
    secure_cookies: bool = True  # False only for http on this very machine
    trusted_proxies: int = 0  # reverse proxies in front, for X-Forwarded-*

    @classmethod
    def from_env(cls, env: Mapping[str, str]) -> "Settings":
        """Read the environment; raises MissingSettings naming all that is missing or wrong."""
        values: dict[str, object] = {}
        faults: list[str] = []
        for field in fields(cls):
            name = field.name.upper()
            text = _text(env, name)
            if text is None:
                if field.name in _REQUIRED:
                    faults.append(f"{name} is missing")
                continue
            try:
                values[field.name] = _PARSERS.get(field.name, str)(text)
            except ValueError as wrong:
                faults.append(f"{name}: {wrong}")
        if faults:
            raise MissingSettings("; ".join(faults))
        return cls(**values)  # type: ignore[arg-type]


def _text(env: Mapping[str, str], name: str) -> str | None:
    if name in env:
        return env[name]
    path = env.get(name + "_FILE")
    return Path(path).read_text(encoding="utf-8").strip() if path else None


def _sender(text: str) -> str:
    if len(text) > 11 or not (text.isascii() and text.isalnum() or not text):
        raise ValueError(f"needs at most 11 letters or digits, got {text!r}")
    return text


def _gateway(text: str) -> str:
    # The token and what a text says must not cross the network in clear; a test's gateway is on this machine.
    if text and not text.startswith(("https://", "http://127.0.0.1:", "http://localhost:")):
        raise ValueError("needs an https:// address")
    return text


def _truth(text: str) -> bool:
    if text.lower() in ("1", "true", "yes", "on"):
        return True
    if text.lower() in ("0", "false", "no", "off", ""):
        return False
    raise ValueError(f"needs 0 or 1, got {text!r}")


_REQUIRED = {"database_url", "redis_url", "secret_key", "field_keys", "signing_keys", "base_url"}
_PARSERS: dict[str, Callable[[str], object]] = {
    "files_dir": Path,
    "sms_url": _gateway,
    "sms_from": _sender,
    "planner_seconds": int,
    "planner_workers": int,
    "trusted_proxies": int,
    "apply_nightly_plan": _truth,
    "secure_cookies": _truth,
}
