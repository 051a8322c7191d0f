"""A thing with names in several languages."""

# beside French and English, which every programme and group must have
FURTHER = ("de", "es", "ar")
_FIRST = "fr"  # what signs and papers in the region say


def name_in(locale: str, **names: str) -> str:
    """The name in the reader's language, else the French one, else any: `name_in("de", fr=…, en=…)`."""
    known = [name for name in (names.get(locale), names.get(_FIRST), *names.values()) if name]
    return known[0] if known else ""
