"""Every job there is: the common ones, and those of each feature in `web/bells/`.

A feature's file there holds nothing but its jobs, so that naming them loads no function and no solver:

    EXPIRE_HOLDS = Job("web.jobs.holds.expire_holds", QueueName.DEFAULT, every=60)
"""

from collections.abc import Iterator
from importlib import import_module
from pkgutil import iter_modules
from types import ModuleType

import web.bells
from web.queue import Job, JobName


def all_jobs() -> list[Job]:
    """By path."""
    found = [*_in(JobName)]
    for feature in iter_modules(web.bells.__path__):
        found += _in(import_module(f"web.bells.{feature.name}"))
    return sorted(found)


def _in(place: type | ModuleType) -> Iterator[Job]:
    return (value for value in vars(place).values() if isinstance(value, Job))
