"""The draw can be checked, and small groups stay small groups."""

from hashlib import sha256

from hypothesis import given
from hypothesis import strategies as st

from vaccination.domain.fair import LEAST_SHOWN, Draw, Tally, digest_of, fresh_draw, odds_of

TALLIES = st.dictionaries(
    st.text("abcdef", min_size=1, max_size=3),
    st.integers(0, 60).flatmap(lambda n: st.tuples(st.just(n), st.integers(0, n))).map(lambda t: Tally(*t)),
    max_size=8,
)


def test_the_digest_is_what_sha256sum_says_of_seed_colon_salt() -> None:
    assert digest_of(12, "ab") == sha256(b"12:ab").hexdigest()


def test_a_fresh_draw_keeps_its_word_and_another_seed_does_not() -> None:
    draw = fresh_draw()
    assert draw.is_kept
    assert not Draw(draw.seed + 1, draw.salt, draw.digest).is_kept
    assert fresh_draw() != draw


@given(TALLIES)
def test_no_small_group_is_shown_or_can_be_worked_out(tallies: dict[str, Tally]) -> None:
    table = odds_of(tallies)
    assert all(row.asked >= LEAST_SHOWN for row in table.rows)
    assert len(table.rows) + table.hidden == len(tallies)
    shown = {row.group for row in table.rows}
    unseen = sum(tally.asked for group, tally in tallies.items() if group not in shown)
    assert table.hidden != 1 or not shown
    assert not shown or not table.hidden or unseen >= LEAST_SHOWN


@given(TALLIES)
def test_no_share_gives_a_handful_away(tallies: dict[str, Tally]) -> None:
    for row in odds_of(tallies).rows:
        served = tallies[row.group].planned
        told = row.share is not None
        assert told == all(n == 0 or n >= LEAST_SHOWN for n in (served, row.asked - served))


def test_the_largest_group_comes_first_or_the_order_of_their_names() -> None:
    tallies = {"b": Tally(30, 15), "a": Tally(20, 0)}
    assert [row.group for row in odds_of(tallies).rows] == ["b", "a"]
    assert [row.group for row in odds_of(tallies, by_size=False).rows] == ["a", "b"]
    assert [row.share for row in odds_of(tallies).rows] == [0.5, 0.0]
