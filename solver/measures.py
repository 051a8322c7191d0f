"""Distances and parts of the day, as the planning format defines them."""

import numpy as np

from solver.contract import Floats, Ints

EARTH_KM = 6371.0088
NOON, EVENING = 12 * 60, 17 * 60


def band_of(minutes: Ints) -> Ints:
    """0 before noon, 1 until the evening, 2 from then on."""
    return (minutes >= NOON).astype(np.int64) + (minutes >= EVENING)


def great_circle_km(lat: Floats, lon: Floats, to_lat: Floats, to_lon: Floats) -> Floats:
    """Haversine distance; the arguments broadcast against each other."""
    lat, lon, to_lat, to_lon = (np.radians(x) for x in (lat, lon, to_lat, to_lon))
    half = np.sin((to_lat - lat) / 2) ** 2 + np.cos(lat) * np.cos(to_lat) * np.sin((to_lon - lon) / 2) ** 2
    return np.asarray(2 * EARTH_KM * np.arcsin(np.sqrt(np.minimum(half, 1.0))))


def pieces(start: Ints, length: Ints) -> Ints:
    """The numbers from each `start` on, `length` of them, one piece after another."""
    turn = np.arange(length.sum()) - np.repeat(np.cumsum(length) - length, length)
    return np.asarray(np.repeat(start, length) + turn)
