"""How many people of a programme wait and how many have a place, by rank."""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from vaccination.domain.requests import RequestStatus
from vaccination.models.requests import Request


@dataclass(frozen=True, slots=True)
class Crowd:
    """Requests by rank and status."""

    counted: Mapping[tuple[int, RequestStatus], int]

    def of(self, *statuses: RequestStatus) -> int:
        """All ranks together."""
        return sum(n for (_, status), n in self.counted.items() if status in statuses)

    def by_rank(self, *statuses: RequestStatus) -> Counter[int]:
        """Rank by rank."""
        found: Counter[int] = Counter()
        for (rank, status), n in self.counted.items():
            if status in statuses:
                found[rank] += n
        return found


CountCrowd: TypeAlias = Callable[[Session, int], Crowd]
"""Counts a programme's crowd; pages may give one that remembers for some seconds."""


def count_crowd(session: Session, programme_id: int) -> Crowd:
    """One walk over the programme's requests."""
    rows = session.execute(
        select(Request.priority, Request.status, func.count(Request.id))
        .where(Request.programme_id == programme_id)
        .group_by(Request.priority, Request.status)
    )
    return Crowd({(rank, status): n for rank, status, n in rows})
