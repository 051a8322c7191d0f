"""The order of names on lists, where the database cannot sort them: it holds them as ciphertext."""

import unicodedata


def name_order(family_name: str, given_name: str) -> tuple[str, str]:
    """A key that puts Élie between Durand and Faure: accents and case do not count."""
    return _plain(family_name), _plain(given_name)


def _plain(name: str) -> str:
    apart = unicodedata.normalize("NFKD", name.casefold())
    return "".join(letter for letter in apart if not unicodedata.combining(letter))
