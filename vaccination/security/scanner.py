"""What a keyboard scanner may have meant.

Such a scanner types as a US keyboard. On a French computer the digits and some letters arrive as
others, one for one; Caps Lock turns the case. The signature tells which reading is right.
"""

_SENT = "0123456789AQZWM$%*+-./:"
_RECEIVED = "à&é\"'(-è_çQAWZ?458+):!M"
_FROM_AZERTY = str.maketrans(_RECEIVED + "ÀÉÈÇ", _SENT + "0279")
_TO_UPPER = str.maketrans("abcdefghijklmnopqrstuvwxyz", "ABCDEFGHIJKLMNOPQRSTUVWXYZ")


def candidates(text: str) -> list[str]:
    """The readings of a scanned or typed text, likeliest first, each once."""
    raw = text.strip()
    upper = raw.translate(_TO_UPPER)
    readings = (raw, raw.translate(_FROM_AZERTY), upper, upper.translate(_FROM_AZERTY))
    return list(dict.fromkeys(readings))
