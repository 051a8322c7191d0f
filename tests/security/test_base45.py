import pytest
from hypothesis import given
from hypothesis import strategies as st

from vaccination.security import base45


@pytest.mark.parametrize(
    ("plain", "text"),
    [
        (b"AB", "BB8"),
        (b"Hello!!", "%69 VD92EX0"),
        (b"base-45", "UJCLQE7W581"),
        (b"ietf!", "QED8WEX0"),
        (b"", ""),
    ],
)
def test_examples_of_the_standard(plain: bytes, text: str) -> None:
    assert base45.encode(plain) == text
    assert base45.decode(text) == plain


@given(st.binary(max_size=300))
def test_every_text_comes_back(plain: bytes) -> None:
    assert base45.decode(base45.encode(plain)) == plain


@given(st.text(alphabet="0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:", max_size=30))
def test_one_writing_only_is_accepted(text: str) -> None:
    try:
        plain = base45.decode(text)
    except ValueError:
        return
    assert base45.encode(plain) == text


@given(st.binary(min_size=2, max_size=200))
def test_a_text_never_ends_on_a_space(plain: bytes) -> None:
    assert not base45.encode(plain).endswith(" ")


@pytest.mark.parametrize("wrong", ["GGW", ":::", "::", "A", "BB8A", "bb8", "BB é", "0060"])
def test_what_nobody_writes_is_refused(wrong: str) -> None:
    with pytest.raises(ValueError, match="base45"):
        base45.decode(wrong)
