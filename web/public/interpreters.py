"""The languages in which an interpreter may be asked for, named by the Unicode data that Babel brings."""

from babel import Locale

LANGUAGES = (
    (
        "sq",
        "am",
        "ar",
        "hy",
        "bn",
        "bg",
        "zh",
        "hr",
        "de",
        "en",
        "es",
        "ka",
        "ha",
        "hi",
        "hu",
        "it",
        "ku",
        "ln",
    )
    + ("mn", "ne", "nl", "ps", "fa", "pl", "pt", "ro", "ru", "sr", "so", "sw", "ta", "ti", "tr", "uk", "ur")
    + ("vi", "wo")
)


def language_names(shown_in: str) -> dict[str, str]:
    """Code -> name, in the order of the names."""
    names = Locale.parse(shown_in).languages
    named = {code: str(names.get(code, code)) for code in LANGUAGES}
    return dict(sorted(named.items(), key=lambda pair: pair[1].casefold()))


def language_name(code: str, shown_in: str) -> str:
    """The name of a language, in another."""
    return language_names(shown_in).get(code, code)
