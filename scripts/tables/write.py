"""Writes and compares tables; the same input always gives the same bytes."""

from __future__ import annotations

import csv
import gzip
import io
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import numpy as np
import shapely


def write_csv(path: Path, columns: Sequence[str], rows: Iterable[Mapping[str, object]]) -> int:
    """Write rows under ``columns`` (LF line ends, gzipped without a time stamp when the name ends in ``.gz``)."""
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, columns, lineterminator="\n", extrasaction="raise")
    writer.writeheader()
    count = 0
    for row in rows:
        writer.writerow(row)
        count += 1
    data = text.getvalue().encode("utf-8")
    path.write_bytes(gzip.compress(data, 9, mtime=0) if path.suffix == ".gz" else data)
    return count


def write_contours(path: Path, contours: Mapping[str, shapely.Geometry], decimals: int = 4) -> int:
    """Write multipolygons as a compressed ``.npz`` of ragged arrays.

    ``codes``; ``xy`` (vertices, int32, units of 10^-decimals degree, each minus the one before, longitudes then
    latitudes, shape (2, n)); ``rings``, ``polygons``, ``contours``: the three offset arrays of shapely's ragged
    layout, as lengths. Small numbers compress well: the communes take 5 times less room than as WKB.
    """
    codes = sorted(contours)
    multi = [shapely.MultiPolygon(shapely.get_parts(contours[code]).tolist()) for code in codes]
    _, vertices, (rings, polygons, geometries) = shapely.to_ragged_array(multi)
    grid = np.rint(vertices * 10**decimals).astype(np.int32)
    np.savez_compressed(
        path,
        codes=np.array(codes),
        xy=np.diff(grid, axis=0, prepend=np.zeros((1, 2), np.int32)).T.copy(),
        rings=np.diff(rings).astype(np.int32),
        polygons=np.diff(polygons).astype(np.int16),
        contours=np.diff(geometries).astype(np.int16),
    )
    return len(codes)


def same_content(left: Path, right: Path) -> bool:
    """Whether two tables have the same data, whatever the version of zlib that compressed them."""
    if left.suffix == ".npz":
        return _same_arrays(left, right)
    return _plain(left) == _plain(right)


def _plain(path: Path) -> bytes:
    return gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()


def _same_arrays(left: Path, right: Path) -> bool:
    with np.load(left) as first, np.load(right) as second:
        return first.files == second.files and all(np.array_equal(first[name], second[name]) for name in first.files)
