"""How a feature says who may call its routes: `ROUTES` in `tests/web/access/<feature>.py`, a line a route.

`PUBLIC` everybody · `roles(R…)` people with a role · `at_centre(R…)` and the `centre_id` must be theirs.
Other parts of the address by name: `at_centre(Role.DESK, day="2027-05-04")`; else ints are 1, texts "x".
`a_file(…)` around any of them: a file or figures for scripts, which the walk over all pages leaves out.
"""

from dataclasses import dataclass, field, replace

from vaccination.domain.actor import Role


@dataclass(frozen=True, slots=True)
class Rule:
    """What the matrix expects of a route."""

    roles: tuple[Role, ...] = ()  # none: everybody
    at_centre: bool = False
    values: dict[str, str | int] = field(default_factory=dict)
    is_file: bool = False


PUBLIC = Rule()


def public(**values: str | int) -> Rule:
    """Everybody; the address has these parts."""
    return Rule(values=values)


def roles(*allowed: Role, **values: str | int) -> Rule:
    """People who hold one of the roles anywhere."""
    return Rule(allowed, values=values)


def at_centre(*allowed: Role, **values: str | int) -> Rule:
    """People with one of the roles at the address's centre; another centre does not exist for them."""
    return Rule(allowed, at_centre=True, values=values)


def a_file(rule: Rule) -> Rule:
    """The same, for what is no page."""
    return replace(rule, is_file=True)


AT_DESK = (Role.DESK, Role.VACCINATOR, Role.CENTRE_MANAGER)
AT_CENTRE = (Role.AGENCY, Role.CENTRE_MANAGER)
