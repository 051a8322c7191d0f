"""The settings of this worker: RQ calls jobs with a row id only, the rest is bound once, before it forks."""

from vaccination.settings import Settings

_bound: Settings | None = None


class SettingsUnbound(RuntimeError):
    """This process never called `use`."""


def use(settings: Settings | None) -> None:
    """Bind the settings that jobs of this process read; None takes them away again."""
    global _bound
    _bound = settings


def settings() -> Settings:
    """What the worker was started with."""
    if _bound is None:
        raise SettingsUnbound("call web.jobs.settings.use(settings) at the edge")
    return _bound
