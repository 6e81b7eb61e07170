"""Minutes between the centre points of municipalities: roads by distance, water as a barrier, and public transport."""

from __future__ import annotations

from functools import cache
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from verdeelmodel.synthetic.frame import Frame, frame, packaged

OUT_OF_REACH = 150.0
NEIGHBOURS = 12
DETOUR = 1.25
ACCESS = 5.0
# Kilometres an hour by class of road: streets for the first kilometres, then through roads, then motorways.
STREETS, THROUGH, MOTORWAY = (7.0, 30.0), (20.0, 65.0), 95.0
WITHIN = 0.25
PUBLIC_ACCESS, PUBLIC_SPEED, CITY_SPEED = 17.0, 42.0, 60.0


def drive(kilometres: NDArray[np.float64]) -> NDArray[np.float64]:
    """Minutes over the road for a distance as the crow flies, shape of kilometres."""
    road = DETOUR * kilometres
    slow = np.minimum(road, STREETS[0])
    through = np.clip(road - STREETS[0], 0, THROUGH[0])
    fast = np.maximum(road - STREETS[0] - THROUGH[0], 0)
    return np.asarray(ACCESS + 60 * (slow / STREETS[1] + through / THROUGH[1] + fast / MOTORWAY))


@cache
def matrix() -> NDArray[np.float64]:
    """Minutes over the road between all municipalities of the frame, shape (n, n)."""
    from scipy.sparse.csgraph import dijkstra

    distance = kilometres()
    crossing = crosses_water()
    nearest = np.argsort(distance, axis=1)[:, 1 : NEIGHBOURS + 1]
    links = np.full(distance.shape, np.inf)
    rows = np.repeat(np.arange(len(distance)), NEIGHBOURS)
    links[rows, nearest.ravel()] = distance[rows, nearest.ravel()]
    links = np.minimum(links, links.T)
    links[crossing] = np.inf
    for place_a, place_b, length in crossings():
        links[place_a, place_b] = links[place_b, place_a] = length
    over_land = np.asarray(dijkstra(np.where(np.isfinite(links), links, 0.0), directed=False))
    # Where no water lies between, the straight line is the way; else the way round, over a bridge, dam or ferry.
    way = np.where(crossing, over_land, np.minimum(over_land, 1.08 * distance))
    minutes = drive(np.where(np.isfinite(way), way, 1e4))
    np.fill_diagonal(minutes, drive(WITHIN * np.sqrt(frame().km2.to_numpy(np.float64))))
    return np.asarray(minutes)


def kilometres() -> NDArray[np.float64]:
    """Kilometres between the centre points as the crow flies, shape (n, n)."""
    f = frame()
    x, y = f.x.to_numpy(np.float64), f.y.to_numpy(np.float64)
    return np.asarray(np.hypot(x[:, None] - x, y[:, None] - y))


def crosses_water() -> NDArray[np.bool_]:
    """Whether the line between two centre points crosses one of the large waters, shape (n, n)."""
    f = frame()
    x, y = f.x.to_numpy(np.float64), f.y.to_numpy(np.float64)
    found = np.zeros((len(f), len(f)), np.bool_)
    shore = packaged("water.csv")
    for _, water in shore.groupby("water", sort=True):
        points = water[["x", "y"]].to_numpy(np.float64)
        for (ax, ay), (bx, by) in pairwise(points):
            found |= _intersect(x, y, ax, ay, bx, by)
    return found


def _intersect(
    x: NDArray[np.float64], y: NDArray[np.float64], ax: float, ay: float, bx: float, by: float
) -> NDArray[np.bool_]:
    """Whether the segment between each pair of points meets the segment a-b."""
    side = (bx - ax) * (y - ay) - (by - ay) * (x - ax)
    apart = (side[:, None] > 0) != (side > 0)
    dx, dy = x - x[:, None], y - y[:, None]
    of_a = dx * (ay - y[:, None]) - dy * (ax - x[:, None])
    of_b = dx * (by - y[:, None]) - dy * (bx - x[:, None])
    return np.asarray(apart & ((of_a > 0) != (of_b > 0)))


def crossings() -> list[tuple[int, int, float]]:
    """Bridges, dams, tunnels and ferries: places in the frame at both ends, and the length that costs as much time."""
    table = packaged("oversteek.csv")
    place = {code: i for i, code in enumerate(frame().index)}
    return [(place[a], place[b], float(km)) for a, b, km in zip(table.van, table.naar, table.km, strict=True)]


def travel_times() -> Frame:
    """The table of travel times: every pair within reach, both directions, and within each municipality."""
    import pandas as pd

    minutes = matrix()
    public = by_public_transport()
    code = frame().index.to_numpy()
    start, end = np.nonzero(minutes <= OUT_OF_REACH)
    return pd.DataFrame(
        {
            "from": code[start].astype(np.int16),
            "to": code[end].astype(np.int16),
            "minutes": minutes[start, end].astype(np.float32),
            "minutes_ov": public[start, end].astype(np.float32),
        }
    )


def by_public_transport() -> NDArray[np.float64]:
    """Minutes from door to door by public transport: quicker between cities, slower in the country, shape (n, n)."""
    city = np.clip(np.log(frame().oad.to_numpy(np.float64) / 400) / np.log(10), 0, 1)
    both = np.sqrt(city[:, None] * city)
    speed = PUBLIC_SPEED + (CITY_SPEED - PUBLIC_SPEED) * both
    road = np.maximum(matrix() - ACCESS, 0) * MOTORWAY / 60
    minutes = PUBLIC_ACCESS + 15 * (1 - both) + 60 * np.minimum(road, DETOUR * kilometres() * 1.6) / speed
    np.fill_diagonal(minutes, PUBLIC_ACCESS + 0.6 * np.diag(matrix()))
    return np.asarray(minutes)
