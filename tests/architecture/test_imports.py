"""Who may enter which room (docs/architecture.md). A new room needs a line here."""

from graphlib import TopologicalSorter

from tests.architecture.tree import PACKAGES, imports, modules

_BELOW_SERVICES = (
    "vaccination.queries",
    "vaccination.models",
    "vaccination.domain",
    "vaccination.security",
    "vaccination.ports",
    "vaccination.errors",
)


def _services(*rooms: str) -> tuple[str, ...]:
    """What a room of services may import: these rooms, the audit trail, and all that lies below."""
    return (
        *_BELOW_SERVICES,
        "vaccination.services.audit",
        *(f"vaccination.services.{room}" for room in rooms),
    )


# room -> rooms of ours that it may import. The longest matching prefix counts.
MAY_IMPORT: dict[str, tuple[str, ...]] = {
    "vaccination.errors": (),
    "vaccination.clock": (),
    "vaccination.settings": (),
    "vaccination.db": (),
    "vaccination.domain": ("vaccination.errors", "vaccination.domain"),
    "vaccination.security": ("vaccination.errors", "vaccination.security", "vaccination.domain.references"),
    "vaccination.ports": ("vaccination.domain", "vaccination.errors"),
    "vaccination.models": (
        "vaccination.models",
        "vaccination.domain",
        "vaccination.security.fields",
        "vaccination.errors",
    ),
    "vaccination.queries": (
        "vaccination.queries",
        "vaccination.models",
        "vaccination.domain",
        "vaccination.errors",
        "vaccination.security.fields",
    ),
    "vaccination.readmodels": (
        "vaccination.readmodels",
        "vaccination.queries",
        "vaccination.models",
        "vaccination.domain",
        "vaccination.errors",
        "vaccination.security.tokens",
    ),
    "vaccination.services.audit": _BELOW_SERVICES,
    "vaccination.services.access": _services("access"),
    "vaccination.services.region": _services("region"),
    "vaccination.services.imports": _services("imports", "region"),
    "vaccination.services.telling": _services("telling"),
    "vaccination.services.asking": _services("asking", "telling"),
    "vaccination.services.appointments": _services("appointments", "telling"),
    "vaccination.services.planning": (
        *_services("planning", "appointments", "telling", "region"),
        "solver.contract",
        "solver.checks",
        "solver.files.folder",  # reads and writes numpy columns; loads no engine, see test_guards
        "solver.files.folder_export",
        "solver.files.folder_out",
        "solver.files.cells",
        "solver.objective",
        "solver.measures",
    ),
    "vaccination.services.replacing": _services("replacing", "appointments", "telling"),
    "vaccination.services.same_day": _services("same_day", "appointments", "telling"),
    "vaccination.services.desk": _services("desk", "region"),
    "vaccination.services.keeping": _services("keeping"),
    "vaccination.migrations": ("vaccination.models", "vaccination.settings", "vaccination.db"),
    "solver.frozen": (),
    "solver.codes": (),
    "solver.contract": ("solver.codes", "solver.frozen"),
    "solver": ("solver",),
    "reports": ("reports", "vaccination.readmodels", "vaccination.domain"),
    "web": ("web", "vaccination", "reports"),
    "web.jobs": ("web", "vaccination", "reports", "solver"),
    "seeds": ("seeds", "vaccination"),
}

# library -> the only rooms where it may live
LIVES_IN: dict[str, tuple[str, ...]] = {
    "ortools": ("solver",),
    "flask": ("web",),
    "flask_babel": ("web",),
    "rq": ("web",),
    "redis": ("web",),
    "sqlalchemy": (
        "vaccination.db",
        "vaccination.models",
        "vaccination.queries",
        "vaccination.readmodels",
        "vaccination.services",
        "vaccination.migrations",
        "vaccination.security.fields",
        "seeds",  # to name the type of the session which its services take
    ),
    "alembic": ("vaccination.migrations", "web.embedded", "web.commands"),
    "cryptography": ("vaccination.security",),
    "argon2": ("vaccination.security",),
    "reportlab": ("reports",),
    "qrcode": ("reports",),
}


def room_of(module: str, rooms: dict[str, tuple[str, ...]]) -> str | None:
    """The longest room whose name the module bears."""
    fitting = [room for room in rooms if module == room or module.startswith(room + ".")]
    return max(fitting, key=len, default=None)


def _inside(module: str, rooms: tuple[str, ...]) -> bool:
    return any(module == room or module.startswith(room + ".") for room in rooms)


def test_every_module_is_in_a_room() -> None:
    bare = {name for name in modules() if "." not in name}
    lost = [name for name in modules() if name not in bare and room_of(name, MAY_IMPORT) is None]
    assert not (set(lost) - {"vaccination.migrations"} - _empty_packages())


def _empty_packages() -> set[str]:
    return {name for name, path in modules().items() if path.name == "__init__.py"}


def test_imports_go_down_only() -> None:
    wrong = []
    for name in modules():
        room = room_of(name, MAY_IMPORT)
        allowed = MAY_IMPORT.get(room or "", ())
        for imported in imports(name):
            ours = imported.split(".")[0] in PACKAGES
            if ours and imported != name and not _inside(imported, allowed):
                wrong.append(f"{name} imports {imported}")
    assert not wrong, "\n".join(wrong)


def test_libraries_live_in_their_rooms() -> None:
    wrong = []
    for name in modules():
        for imported in imports(name):
            homes = LIVES_IN.get(imported.split(".")[0])
            if homes is not None and not _inside(name, homes):
                wrong.append(f"{name} imports {imported}")
    assert not wrong, "\n".join(wrong)


def test_no_module_reaches_itself() -> None:
    graph = {name: {i for i in imports(name) if i in modules() and i != name} for name in modules()}
    TopologicalSorter(graph).prepare()  # raises CycleError with the circle in its message


def test_package_files_are_empty() -> None:
    full = [
        name for name, path in modules().items() if path.name == "__init__.py" and path.read_text().strip()
    ]
    assert not full
