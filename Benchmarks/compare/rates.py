"""The rate of kernel tiles alone, from `make microbenchmarks JSON=--json`, for the shape of a data set."""

import json
import math


class TileRates:
    """`given` maps a set, or `None` for all, to kernel values a second; it goes before the measured list."""

    def __init__(self, given, path=None):
        self.given, self.entries = given, []
        if path:
            with open(path) as file:
                self.entries = [entry for entry in json.load(file) if entry["name"] in ("tile", "sparse tile")]

    def rate(self, name, data, threads):
        """Kernel values a second for a set, or `None` when nothing tells them.

        Dense tiles are interpolated over the number of features, both logarithmic; a sparse tile counts with
        the rate of the nearest number of non-zeros a row. The faster of both is the floor.
        """
        for key in (name, None):
            if key in self.given:
                return self.given[key]
        mine = [entry for entry in self.entries if entry["threads"] == threads]
        dense = sorted((entry["dimension"], entry["valuesPerSecond"]) for entry in mine if entry["name"] == "tile")
        found = [_interpolated(dense, data["features"])] if dense else []
        filled = math.log(max(data["features"] * data["density"], 1e-9))
        sparse = [
            (abs(math.log(entry["dimension"] * entry["density"]) - filled), entry["valuesPerSecond"])
            for entry in mine if entry["name"] == "sparse tile"]
        if sparse:
            found.append(min(sparse)[1])
        return max(found, default=None)


def _interpolated(points, x):
    """The value at x of a line through points in both logarithms; the first value before them, in
    proportion to 1/x after them."""
    if x <= points[0][0]:
        return points[0][1]
    for (left, low), (right, high) in zip(points, points[1:]):
        if x <= right:
            share = math.log(x / left) / math.log(right / left)
            return low ** (1 - share) * high**share
    # Beyond the last point the product takes all the time: in proportion to the features.
    return points[-1][1] * points[-1][0] / x
