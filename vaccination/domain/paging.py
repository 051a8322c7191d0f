"""A long list, a page at a time: nothing of it is left out unsaid."""

from dataclasses import dataclass

A_PAGE = 100


@dataclass(frozen=True, slots=True)
class Part:
    """Which page of how many rows; pages count from 1."""

    total: int
    page: int
    a_page: int = A_PAGE

    @property
    def pages(self) -> int:
        return max(1, -(-self.total // self.a_page))

    @property
    def offset(self) -> int:
        """How many rows stand on the pages before."""
        return (self.page - 1) * self.a_page


def part_of(total: int, asked: int, a_page: int = A_PAGE) -> Part:
    """The page that was asked for; the first or last one for a number beyond."""
    last = Part(total, 1, a_page).pages
    return Part(total, min(max(asked, 1), last), a_page)
