"""What a keyboard scanner may have meant.

Such a scanner types as a US keyboard. On a French computer the digits and some letters arrive as
others, one for one. Caps Lock turns the case of letters, and under Windows shifts the other keys too.
The signature tells which reading is right.
"""

_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"
# What arrives for each character of the alphabet, in its order.
_FRENCH = "à&é\"'(-è_çQBCDEFGHIJKL?NOPARSTUVZXYW 458+):!M"
_FRENCH_CAPS = "À&É\"'(-È_Çqbcdefghijkl?noparstuvzxyw 458+):!m"
_FRENCH_CAPS_WINDOWS = "0123456789qbcdefghijkl,noparstuvzxyw '(_=°/§m"
_US_CAPS = _ALPHABET.swapcase()

_LAYOUTS = tuple(
    str.maketrans(received, _ALPHABET) for received in (_FRENCH, _US_CAPS, _FRENCH_CAPS, _FRENCH_CAPS_WINDOWS)
)


def candidates(text: str) -> list[str]:
    """The readings of a scanned or typed text, likeliest first, each once."""
    raw = text.strip()
    return list(dict.fromkeys((raw, *(raw.translate(layout) for layout in _LAYOUTS))))
