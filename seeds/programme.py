"""The invented programme: real vaccines with their intervals, and published priority groups."""

from dataclasses import dataclass

from vaccination.domain.rules import GroupFacts, Policy, ProductFacts

CODE = "region"
NAME_FR, NAME_EN = "Campagne régionale", "Regional campaign"
NAMES = {"de": "Regionale Impfkampagne", "es": "Campaña regional de vacunación", "ar": "حملة التلقيح الجهوية"}
HORIZON_DAYS = 84
POLICY = Policy(
    weights={str(rank): w for rank, w in enumerate((16.0, 8.0, 5.0, 3.0, 2.0, 1.0, 1.0, 1.0, 1.0), 1)}
)


@dataclass(frozen=True, slots=True)
class Vaccine:
    """A product as delivered, and how much of it."""

    product: ProductFacts
    share: float  # of all doses that the region receives
    weeks: int  # of the horizon in which some is delivered


@dataclass(frozen=True, slots=True)
class Way:
    """A schedule by product codes; no second product is a single dose."""

    code: str
    first: str
    second: str = ""
    min_age: int | None = None
    days: tuple[int, int, int] | None = None  # least, ideal, most


@dataclass(frozen=True, slots=True)
class PublishedGroup:
    """A priority group, and the part of those whose age fits that declares its category."""

    facts: GroupFacts
    declared_by: float = 0.0


VACCINES = (
    Vaccine(ProductFacts("COM", "Comirnaty", 6, 31), 0.62, 12),
    Vaccine(ProductFacts("SPI", "Spikevax", 10, 30), 0.20, 12),
    Vaccine(ProductFacts("VAX", "Vaxzevria", 10, 120), 0.12, 12),
    Vaccine(ProductFacts("JCO", "Jcovden", 5, 90), 0.06, 8),
)
WAYS = (
    Way("COM-COM", "COM", "COM", 12, (21, 28, 49)),
    Way("SPI-SPI", "SPI", "SPI", 30, (28, 28, 49)),
    Way("VAX-VAX", "VAX", "VAX", 55, (56, 63, 84)),
    Way("VAX-COM", "VAX", "COM", 55, (28, 42, 84)),
    Way("JCO", "JCO", "", 55),
)
GROUPS = (
    PublishedGroup(GroupFacts("75plus", "75 ans et plus", "Aged 75 and over", 1, 75)),
    PublishedGroup(
        GroupFacts("carers", "Soignants et aides à domicile", "Health and home-care staff", 1, 18, 70, True),
        0.06,
    ),
    PublishedGroup(
        GroupFacts("high_risk", "Très haut risque médical", "Very high medical risk", 2, 12, None, True), 0.03
    ),
    PublishedGroup(GroupFacts("65to74", "De 65 à 74 ans", "Aged 65 to 74", 3, 65, 74)),
    PublishedGroup(GroupFacts("front_line", "Métiers exposés", "Exposed occupations", 4, 18, 70, True), 0.08),
    PublishedGroup(GroupFacts("50to64", "De 50 à 64 ans", "Aged 50 to 64", 5, 50, 64)),
    PublishedGroup(GroupFacts("12plus", "12 ans et plus", "Aged 12 and over", 6, 12)),
)
# the groups' names in further languages
GROUP_NAMES = {
    "75plus": {"de": "75 Jahre und älter", "es": "75 años o más", "ar": "75 سنة فما فوق"},
    "carers": {
        "de": "Pflegende und Haushaltshilfen",
        "es": "Personal sanitario y de ayuda a domicilio",
        "ar": "العاملون في الصحة والمساعدة المنزلية",
    },
    "high_risk": {
        "de": "Sehr hohes medizinisches Risiko",
        "es": "Riesgo médico muy alto",
        "ar": "خطر طبي مرتفع جدًا",
    },
    "65to74": {"de": "65 bis 74 Jahre", "es": "De 65 a 74 años", "ar": "من 65 إلى 74 سنة"},
    "front_line": {
        "de": "Berufe mit viel Kontakt",
        "es": "Profesiones expuestas",
        "ar": "المهن المعرضة للخطر",
    },
    "50to64": {"de": "50 bis 64 Jahre", "es": "De 50 a 64 años", "ar": "من 50 إلى 64 سنة"},
    "12plus": {"de": "12 Jahre und älter", "es": "12 años o más", "ar": "12 سنة فما فوق"},
}
