"""Vectors of one index version in one file: rows of float32 by slot, appended, mapped into memory by readers."""

from __future__ import annotations

import os
import struct
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from machtin.errors import IndexUnavailable
from machtin.ports import Vectors

MAGIC: Final = b"machtin-vectors1"
HEADER: Final = 64
_FIELDS = struct.Struct("<16sI")


def create_vectors(path: Path, dimensions: int) -> None:
    """An empty file for vectors of that length."""
    with path.open("xb") as file:
        file.write(_FIELDS.pack(MAGIC, dimensions).ljust(HEADER, b"\0"))
        file.flush()
        os.fsync(file.fileno())


def append_vectors(path: Path, dimensions: int, rows: Mapping[int, Vectors], slots: int) -> None:
    """Put each vector at its slot and make the file ``slots`` rows long; durable on return.

    Slots without a vector are holes that read as zeros. A slot is written before the entry that owns it is
    committed, so no reader looks at it yet, and what a killed writer left is overwritten.
    """
    try:
        file = os.open(path, os.O_RDWR | os.O_CLOEXEC)
        try:
            _check_header(os.pread(file, HEADER, 0), path, dimensions)
            for first, block in _blocks(rows):
                _write_all(file, block, HEADER + first * dimensions * 4)
            if os.fstat(file).st_size < HEADER + slots * dimensions * 4:
                os.ftruncate(file, HEADER + slots * dimensions * 4)
            os.fsync(file)
        finally:
            os.close(file)
    except OSError as error:
        raise IndexUnavailable(f"cannot write {path}: {error}") from error


def map_vectors(path: Path, dimensions: int, slots: int) -> Vectors:
    """The first ``slots`` rows, read-only, shape (slots, dimensions). Raises IndexUnavailable if not there."""
    try:
        with path.open("rb") as file:
            _check_header(file.read(HEADER), path, dimensions)
            size = os.fstat(file.fileno()).st_size
        if size < HEADER + slots * dimensions * 4:
            raise IndexUnavailable(f"{path} is cut short ({size:,} bytes for {slots:,} vectors); re-index to mend it")
        if slots == 0:
            return np.zeros((0, dimensions), dtype=np.float32)
        return np.memmap(path, dtype="<f4", mode="r", offset=HEADER, shape=(slots, dimensions))
    except (OSError, ValueError) as error:
        raise IndexUnavailable(f"cannot read {path}: {error}") from error


def _check_header(header: bytes, path: Path, dimensions: int) -> None:
    if len(header) < HEADER or _FIELDS.unpack_from(header) != (MAGIC, dimensions):
        raise IndexUnavailable(f"{path} holds no vectors of length {dimensions}; re-index to mend it")


def _blocks(rows: Mapping[int, Vectors]) -> list[tuple[int, NDArray[np.float32]]]:
    """Runs of neighbouring slots, so that a batch is few system calls."""
    blocks: list[tuple[int, list[Vectors]]] = []
    for slot in sorted(rows):
        if blocks and slot == blocks[-1][0] + len(blocks[-1][1]):
            blocks[-1][1].append(rows[slot])
        else:
            blocks.append((slot, [rows[slot]]))
    return [(first, np.ascontiguousarray(run, dtype="<f4")) for first, run in blocks]


def _write_all(file: int, block: NDArray[np.float32], offset: int) -> None:
    left = block.tobytes()
    while left:
        written = os.pwrite(file, left, offset)
        left, offset = left[written:], offset + written
