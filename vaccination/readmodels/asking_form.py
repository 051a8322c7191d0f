"""What the request form offers: the programme that runs now, its products, and the categories to declare."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from vaccination.domain.languages import name_in
from vaccination.domain.priority import Group
from vaccination.domain.serving import Serving
from vaccination.models.programmes import PriorityGroup, Product, Programme, Schedule


@dataclass(frozen=True, slots=True)
class OfferedProduct:
    """A product of the programme; `starts_pair` when a second dose may follow it."""

    id: int
    name: str
    starts_pair: bool


@dataclass(frozen=True, slots=True)
class NamedGroup:
    """A priority group with its public names."""

    group: Group
    name_fr: str
    name_en: str
    names: Mapping[str, str]  # in further languages

    def name(self, locale: str) -> str:
        return name_in(locale, fr=self.name_fr, en=self.name_en, **self.names)


@dataclass(frozen=True, slots=True)
class AskingForm:
    """The active programme as somebody who asks must see it."""

    programme_id: int
    name_fr: str
    name_en: str
    names: Mapping[str, str]
    products: tuple[OfferedProduct, ...]
    groups: tuple[NamedGroup, ...]
    is_direct: bool
    """Whether people choose among offers themselves."""

    def name(self, locale: str) -> str:
        return name_in(locale, fr=self.name_fr, en=self.name_en, **self.names)


def load(session: Session) -> AskingForm | None:
    """The form of the programme that is active, if any is."""
    programme = session.scalar(select(Programme).where(Programme.is_active))
    if programme is None:
        return None
    return AskingForm(
        programme_id=programme.id,
        name_fr=programme.name_fr,
        name_en=programme.name_en,
        names=programme.names,
        products=_products(session, programme.id),
        groups=_groups(session, programme.id),
        is_direct=programme.serving is Serving.DIRECT,
    )


def _products(session: Session, programme_id: int) -> tuple[OfferedProduct, ...]:
    schedules = session.execute(
        select(Schedule.first_product_id, Schedule.second_product_id).where(
            Schedule.programme_id == programme_id
        )
    ).all()
    starting = {first for first, second in schedules if second is not None}
    rows = session.execute(
        select(Product.id, Product.name)
        .join(
            Schedule, or_(Schedule.first_product_id == Product.id, Schedule.second_product_id == Product.id)
        )
        .where(Schedule.programme_id == programme_id)
        .distinct()
        .order_by(Product.name)
    )
    return tuple(OfferedProduct(row.id, row.name, row.id in starting) for row in rows)


def _groups(session: Session, programme_id: int) -> tuple[NamedGroup, ...]:
    rows = session.scalars(
        select(PriorityGroup)
        .where(PriorityGroup.programme_id == programme_id)
        .order_by(PriorityGroup.rank, PriorityGroup.code)
    )
    return tuple(NamedGroup(_group(row), row.name_fr, row.name_en, row.names) for row in rows)


def _group(row: PriorityGroup) -> Group:
    return Group(row.id, row.code, row.rank, row.min_age, row.max_age, row.needs_declaration)
