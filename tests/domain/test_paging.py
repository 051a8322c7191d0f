"""Pages of a list: none is empty but the only one, none is left out."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vaccination.domain.paging import part_of


@pytest.mark.parametrize(
    ("total", "asked", "page", "pages", "offset"),
    [(0, 1, 1, 1, 0), (100, 1, 1, 1, 0), (101, 2, 2, 2, 100), (250, 9, 3, 3, 200), (250, -5, 1, 3, 0)],
)
def test_a_page_beyond_the_ends_is_the_nearest(
    total: int, asked: int, page: int, pages: int, offset: int
) -> None:
    part = part_of(total, asked)
    assert (part.page, part.pages, part.offset) == (page, pages, offset)


@given(st.integers(0, 10_000), st.integers(1, 500))
def test_the_pages_hold_every_row_once(total: int, a_page: int) -> None:
    last = part_of(total, 10**12, a_page)
    rows = [part_of(total, page, a_page).offset for page in range(1, last.pages + 1)]
    assert rows == [a_page * at for at in range(last.pages)]
    assert total == 0 or rows[-1] < total <= rows[-1] + a_page
