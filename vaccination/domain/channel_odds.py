"""Whether every channel has the same chances: what was served, beside what the web's rate would have served.

Channels bring different people, and who comes first is decided by priority. So a channel is compared with the
web inside each priority: its expected share is what it would have if each of its priorities were served at
the web's rate.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median_low

from vaccination.domain.requests import Channel

TOO_FEW = 11  # of so few people a share says nothing


@dataclass(frozen=True, slots=True)
class Tally:
    """Of one channel and priority: how many asked, and how many have appointments or had their doses."""

    channel: Channel
    priority: int
    asked: int
    served: int


@dataclass(frozen=True, slots=True)
class ChannelOdds:
    """One channel; shares are None where too few people asked, or the web has nobody to compare with."""

    channel: Channel
    asked: int
    served: int
    share: float | None
    expected: float | None
    days_waited: int | None  # the middle person's, of those who are served

    @property
    def gap(self) -> float | None:
        """How much better (or worse) than the web, people of the same priority compared."""
        return None if self.share is None or self.expected is None else self.share - self.expected


def odds(tallies: Sequence[Tally], waited: Mapping[Channel, Mapping[int, int]]) -> list[ChannelOdds]:
    """Every channel by which anybody asked; `waited`: by channel, days -> how many waited so long."""
    web = {t.priority: t.served / t.asked for t in tallies if t.channel is Channel.WEB and t.asked}
    return [
        _odds(channel, [t for t in tallies if t.channel is channel], web, waited.get(channel, {}))
        for channel in Channel
        if any(t.channel is channel for t in tallies)
    ]


def _odds(
    channel: Channel, own: Sequence[Tally], web: Mapping[int, float], waited: Mapping[int, int]
) -> ChannelOdds:
    asked, served = sum(t.asked for t in own), sum(t.served for t in own)
    comparable = asked >= TOO_FEW and all(t.priority in web for t in own)
    days = sorted(day for day, people in waited.items() for _ in range(people))
    return ChannelOdds(
        channel,
        asked,
        served,
        share=served / asked if asked >= TOO_FEW else None,
        expected=sum(t.asked * web[t.priority] for t in own) / asked if comparable else None,
        days_waited=median_low(days) if days else None,
    )
