"""Pictures of screens as PNG with a palette: at most 256 colours, a third of the bytes, no difference that one sees."""

from __future__ import annotations

import struct
import zlib
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

COLOURS: Final = 256
# Colours that agree in so many leading bits of each channel share a place in the palette.
KEPT_BITS: Final = 0xF8F8F8
_SIGNATURE: Final = b"\x89PNG\r\n\x1a\n"

Pixels = NDArray[np.uint8]
"""Rows, columns, and red, green, blue."""


def palette_png(pixels: Pixels) -> bytes:
    """The picture as a PNG file."""
    height, width, _ = pixels.shape
    packed = pixels.astype(np.uint32) @ np.array([1 << 16, 1 << 8, 1], dtype=np.uint32)
    colours, places, counts = np.unique(packed, return_inverse=True, return_counts=True)
    palette = colours if len(colours) <= COLOURS else _most_used(colours, counts)
    indices = _nearest(colours, palette)[places.reshape(height, width)]
    # Each row begins with its filter: none, since a palette's numbers are no quantities.
    rows = np.hstack([np.zeros((height, 1), np.uint8), indices])
    header = struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0)
    parts = [(b"IHDR", header), (b"PLTE", _channels(palette).astype(np.uint8).tobytes())]
    parts += [(b"IDAT", zlib.compress(rows.tobytes(), 9)), (b"IEND", b"")]
    return _SIGNATURE + b"".join(_chunk(name, data) for name, data in parts)


def _most_used(colours: NDArray[Any], counts: NDArray[Any]) -> NDArray[Any]:
    """Of the groups of like colours with most pixels, the colour that is used most."""
    order = np.argsort(-counts, kind="stable")
    groups, first, group = np.unique(colours[order] & KEPT_BITS, return_index=True, return_inverse=True)
    used = np.bincount(group.reshape(-1), weights=counts[order], minlength=len(groups))
    chosen = np.argsort(-used, kind="stable")[:COLOURS]
    most_used: NDArray[Any] = colours[order][first[chosen]]
    return most_used


def _nearest(colours: NDArray[Any], palette: NDArray[Any]) -> NDArray[np.uint8]:
    """For each colour the number of the palette's that is nearest."""
    wanted, offered = _channels(colours), _channels(palette)
    distances = ((wanted[:, None, :] - offered[None, :, :]) ** 2).sum(axis=2)
    nearest: NDArray[np.uint8] = distances.argmin(axis=1).astype(np.uint8)
    return nearest


def _channels(colours: NDArray[Any]) -> NDArray[np.int64]:
    return np.stack([colours >> 16 & 255, colours >> 8 & 255, colours & 255], axis=1).astype(np.int64)


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
