"""Who does something, and where they may."""

from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    """What a signed-in person is here to do."""

    AGENCY = "agency"  # configures the region, plans, sees everything that is not personal
    CENTRE_MANAGER = "centre_manager"  # hours, stock and figures of own centres
    DESK = "desk"  # checks arrivals of own centres
    VACCINATOR = "vaccinator"  # records doses at own centres
    PHONE = "phone"  # takes requests by phone
    PROXY = "proxy"  # asks for the people of an organisation


@dataclass(frozen=True, slots=True)
class Grant:
    """A role, at one centre or (centre_id None) everywhere in the region."""

    role: Role
    centre_id: int | None = None


@dataclass(frozen=True, slots=True)
class Actor:
    """A signed-in user with their grants."""

    user_id: int
    grants: tuple[Grant, ...] = ()

    def has(self, *roles: Role) -> bool:
        """Whether the actor holds any of the roles, wherever."""
        return any(grant.role in roles for grant in self.grants)

    def may(self, role: Role, centre_id: int) -> bool:
        """Whether the actor holds the role at this centre."""
        return any(g.role is role and g.centre_id in (None, centre_id) for g in self.grants)

    def may_any(self, roles: tuple[Role, ...], centre_id: int) -> bool:
        """Whether the actor holds one of the roles at this centre."""
        return any(self.may(role, centre_id) for role in roles)

    def centre_ids(self, *roles: Role) -> frozenset[int] | None:
        """Centres where the actor holds one of the roles; None means every centre."""
        held = [g.centre_id for g in self.grants if g.role in roles]
        if None in held:
            return None
        return frozenset(c for c in held if c is not None)
