"""Which group a person is in, and why."""

from datetime import date

from vaccination.domain.ages import age_on
from vaccination.domain.priority import Group, WhyGroup, can_declare, choose_group, standings

OLD = Group(1, "75+", rank=1, min_age=75)
ILL = Group(2, "ill", rank=2, min_age=18, needs_declaration=True)
ADULT = Group(3, "adults", rank=4, min_age=18)
CHILD = Group(4, "children", rank=6, max_age=17)
ALL = (ADULT, CHILD, ILL, OLD)


def _chosen(age: int, *declared: str) -> tuple[str, WhyGroup]:
    standing = choose_group(ALL, age, declared)
    assert standing is not None
    return standing.group.code, standing.why


def test_the_best_ranked_group_that_fits_is_chosen() -> None:
    assert _chosen(80) == ("75+", WhyGroup.BY_AGE)
    assert _chosen(80, "ill") == ("75+", WhyGroup.BY_AGE)
    assert _chosen(40) == ("adults", WhyGroup.BY_AGE)
    assert _chosen(40, "ill") == ("ill", WhyGroup.BY_CATEGORY)


def test_a_category_of_another_age_does_not_help() -> None:
    assert _chosen(12, "ill") == ("children", WhyGroup.BY_AGE)


def test_every_group_says_why_not() -> None:
    whys = {standing.group.code: standing.why for standing in standings(ALL, 40, ())}
    assert whys == {
        "75+": WhyGroup.TOO_YOUNG,
        "ill": WhyGroup.NOT_DECLARED,
        "adults": WhyGroup.BY_AGE,
        "children": WhyGroup.TOO_OLD,
    }


def test_nobody_is_put_into_a_group_that_does_not_fit() -> None:
    assert choose_group((OLD, CHILD), 40, ("75+",)) is None


def test_only_categories_of_ones_age_are_asked_about() -> None:
    assert [group.code for group in ALL if can_declare(group, 40)] == ["ill"]
    assert [group.code for group in ALL if can_declare(group, 10)] == []


def test_age_counts_whole_years_and_leap_days() -> None:
    assert age_on(date(1948, 3, 27), date(2027, 3, 26)) == 78
    assert age_on(date(1948, 3, 27), date(2027, 3, 27)) == 79
    assert age_on(date(2000, 2, 29), date(2027, 2, 28)) == 26
    assert age_on(date(2000, 2, 29), date(2027, 3, 1)) == 27
