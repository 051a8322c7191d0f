"""Base45 (RFC 9285): bytes as the 45 characters that a QR code stores most tightly."""

_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"
_VALUES = {letter: value for value, letter in enumerate(_ALPHABET)}


def encode(plain: bytes) -> str:
    letters: list[str] = []
    for start in range(0, len(plain) - 1, 2):
        rest, low = divmod(plain[start] << 8 | plain[start + 1], 45)
        high, middle = divmod(rest, 45)
        letters += (_ALPHABET[low], _ALPHABET[middle], _ALPHABET[high])
    if len(plain) % 2:
        high, low = divmod(plain[-1], 45)
        letters += (_ALPHABET[low], _ALPHABET[high])
    return "".join(letters)


def decode(text: str) -> bytes:
    """The bytes of a text; ValueError for whatever encode would never have written."""
    try:
        values = [_VALUES[letter] for letter in text]
    except KeyError:
        raise ValueError("not a base45 character") from None
    plain = bytearray()
    for start in range(0, len(values), 3):
        group = values[start : start + 3]
        number = sum(value * 45**power for power, value in enumerate(group))
        try:
            plain += number.to_bytes(len(group) - 1 or 1, "big")
        except OverflowError:
            raise ValueError("not a base45 group") from None
        if len(group) == 1:
            raise ValueError("a base45 text never ends on a lone character")
    return bytes(plain)
