from hypothesis import given
from hypothesis import strategies as st

from reports.page import Type, fitting, shortened, wrapped

BODY = Type(10)
texts = st.text(alphabet="ab -é\u00a0M", max_size=80)


@given(texts, st.floats(10, 100))
def test_every_line_fits_and_no_letter_is_lost(text: str, width: float) -> None:
    lines = wrapped(text, width, BODY)
    assert all(BODY.width(line) <= width for line in lines)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")


@given(texts, st.floats(10, 100), st.integers(1, 3))
def test_too_many_lines_end_in_an_ellipsis(text: str, width: float, most: int) -> None:
    lines = wrapped(text, width, BODY, most=most)
    assert len(lines) <= most
    assert lines == wrapped(text, width, BODY) or lines[-1].endswith("…")


def test_words_are_parted_at_spaces_first_and_long_ones_at_hyphens() -> None:
    assert wrapped("un rendez-vous de plus", 30, BODY) == ["un rendez-vous", "de plus"]
    assert wrapped("Saint-Pryvé-Saint-Mesmin", 30, BODY) == ["Saint-Pryvé-", "Saint-Mesmin"]
    assert wrapped("à 9\u00a0h\u00a040", 8, BODY)[-1].endswith("40")


@given(texts, st.floats(20, 100))
def test_type_shrinks_no_further_than_allowed(text: str, width: float) -> None:
    type_ = fitting(text, width, BODY, smallest=7)
    assert 7 <= type_.size <= 10
    assert type_.width(text) <= width or type_.size == 7
    assert BODY.width(shortened(text, width, BODY)) <= width
