"""What makes a draw checkable, and what may be told of small groups.

Before a plan the digest of its seed is public; after it seed and salt are. Whoever kept the digest can see
that the seed was not chosen afterwards. The salt is needed because there are few seeds: without it a
computer finds the seed behind a digest in a minute.
"""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256

from vaccination.domain.planning import RunStatus

SEEDS = 2**31
LEAST_SHOWN = 11
"""Fewer people than this are never counted in public: somebody might know who they are."""
REVEALED = (RunStatus.APPLIED, RunStatus.DISCARDED, RunStatus.FAILED)
"""A run's seed is public once nothing can be changed by it. What was thrown away counts too: a draw that
could be repeated in silence until it pleases would be no draw."""


@dataclass(frozen=True, slots=True)
class Draw:
    """The seed of a run; `digest` is empty when it was never public beforehand."""

    seed: int
    salt: str
    digest: str

    @property
    def is_kept(self) -> bool:
        """Whether seed and salt are those of the digest."""
        return self.digest == digest_of(self.seed, self.salt)


def fresh_draw() -> Draw:
    """A seed that nobody chose."""
    seed, salt = secrets.randbelow(SEEDS), secrets.token_hex(16)
    return Draw(seed, salt, digest_of(seed, salt))


def digest_of(seed: int, salt: str) -> str:
    """SHA-256 of `seed:salt`, as `printf '%s:%s' SEED SALT | sha256sum` writes it."""
    return sha256(f"{seed}:{salt}".encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Tally:
    """How many of a group asked, and how many of them have appointments or are done."""

    asked: int
    planned: int


@dataclass(frozen=True, slots=True)
class Odds:
    """What may be told of a group: how many asked, and which share was served (None: too few to say)."""

    group: str
    asked: int
    share: float | None


@dataclass(frozen=True, slots=True)
class OddsTable:
    """Groups that are large enough, largest first; `hidden` are too small."""

    rows: tuple[Odds, ...]
    hidden: int


def odds_of(tallies: Mapping[str, Tally], *, by_size: bool = True) -> OddsTable:
    """The table without small cells, and without those that could be worked out from the others.

    With one group hidden, the total would betray it: then the smallest of the others goes too, until what is
    hidden is at least two groups and enough people.
    """
    ordered = sorted(tallies.items(), key=lambda item: (item[1].asked, item[0]))
    hidden = [item for item in ordered if item[1].asked < LEAST_SHOWN]
    shown = ordered[len(hidden) :]
    while hidden and shown and (len(hidden) < 2 or sum(t.asked for _, t in hidden) < LEAST_SHOWN):
        hidden.append(shown.pop(0))
    kept = shown[::-1] if by_size else sorted(shown)
    return OddsTable(tuple(_odds(group, tally) for group, tally in kept), len(hidden))


def _odds(group: str, tally: Tally) -> Odds:
    left = tally.asked - tally.planned
    too_few = 0 < tally.planned < LEAST_SHOWN or 0 < left < LEAST_SHOWN
    return Odds(group, tally.asked, None if too_few else round(tally.planned / tally.asked, 2))


AGE_BANDS = (0, 18, 30, 50, 65, 75)
"""The first ages of the bands in which odds are told."""


def age_band(age: int) -> str:
    """`00-17`, `18-29` … `75+`; they sort by themselves."""
    bands = all_age_bands()
    return bands[max(at for at, first in enumerate(AGE_BANDS) if first <= max(age, 0))]


def all_age_bands() -> tuple[str, ...]:
    """The names of the bands, youngest first."""
    pairs = zip(AGE_BANDS, AGE_BANDS[1:], strict=False)
    return (*(f"{first:02}-{following - 1:02}" for first, following in pairs), f"{AGE_BANDS[-1]}+")
