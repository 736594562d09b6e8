"""The models that were taken into a data folder: one folder each, and a file that names the chosen one."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Final

from machtin.errors import ModelError
from machtin.model_folder import RECORD, content_version, plain_name, read_model_folder
from machtin.settings import BUNDLED, CHOICE

# Of a model's folder: what is not needed to run it, among it the same weights for other libraries.
LEFT_OUT: Final = (
    "onnx",
    "openvino",
    "*.bin",
    "*.pt",
    "*.pth",
    "*.h5",
    "*.msgpack",
    "*.ot",
    ".*",
    "__pycache__",
    "*.py",
)
# A folder in the making that is older was left by a process that died.
LEFT_SECONDS: Final = 86_400
_MAKING: Final = ".making-"


class ModelShelf:
    """Takes models in, names them and chooses one. A folder is there whole or not at all."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def folders(self) -> list[Path]:
        """The models that were taken in, by name."""
        if not self.folder.is_dir():
            return []
        return sorted(one for one in self.folder.iterdir() if one.is_dir() and not one.name.startswith("."))

    def named(self, name: str) -> Path | None:
        """The model of this name, or of the only name that begins so, or that was fetched by this name."""
        found = [one for one in self.folders() if one.name == name or one.name.startswith(f"{name}-")]
        found = found or [one for one in self.folders() if _source(one) == name][:1]
        exact = [one for one in found if one.name == name]
        if len(found) > 1 and not exact:
            raise ModelError(f"{name} may be {' or '.join(one.name for one in found)}; give the whole name")
        return next(iter(exact or found), None)

    def take_in(self, source: Path, name: str, origin: str | None = None) -> Path:
        """Copy a model, without what is not needed to run it; where it is there already, that one.

        ``origin`` is where it came from, if not from ``source``. Raises ModelError for a folder that can't be used.
        """
        read_model_folder(source)
        with self.making() as part:
            shutil.copytree(source, part, dirs_exist_ok=True, ignore=shutil.ignore_patterns(*LEFT_OUT))
            read = read_model_folder(part)
            version = read.model_version or _own_version(part) or content_version(part, name)
            write_record(part, {**read.record, "model_version": version, "source": origin or str(source.resolve())})
            return self.keep(part, version)

    @contextmanager
    def making(self) -> Iterator[Path]:
        """An empty folder beside the models, gone afterwards unless it is kept. Raises ModelError on a full disk."""
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            self._sweep()
            part = Path(tempfile.mkdtemp(prefix=_MAKING, dir=self.folder))
            try:
                yield part
            finally:
                shutil.rmtree(part, ignore_errors=True)
        except OSError as error:
            raise ModelError(f"the model can't be kept below {self.folder}: {error}") from error

    def _sweep(self) -> None:
        for left in self.folder.glob(f"{_MAKING}*"):
            with suppress(FileNotFoundError):
                if time.time() - left.stat().st_mtime > LEFT_SECONDS:
                    shutil.rmtree(left, ignore_errors=True)

    def keep(self, part: Path, name: str) -> Path:
        """Give a finished folder its name, which tells its content: where that is taken, the same is there already."""
        place = self.folder / plain_name(name)
        if not place.is_dir():
            part.chmod(0o755)
            try:
                part.rename(place)
            except OSError:
                # Another process may have kept the same meanwhile.
                if not place.is_dir():
                    raise
        return place

    def choose(self, model: Path | None) -> None:
        """Make this model, or the bundled one, the one that new index versions are made with."""
        self.folder.mkdir(parents=True, exist_ok=True)
        _replace(self.folder / CHOICE, (model.name if model else BUNDLED) + "\n")


def copy_model(source: Path, into: Path) -> None:
    """Copy a model that is ready; its record comes last, so that half a copy has none."""
    shutil.copytree(source, into, dirs_exist_ok=True, ignore=shutil.ignore_patterns(RECORD))
    if (source / RECORD).is_file():
        shutil.copy(source / RECORD, into / RECORD)


def write_record(folder: Path, record: Mapping[str, Any]) -> None:
    """Note what machtin knows of a model beside it."""
    _replace(folder / RECORD, json.dumps(record, ensure_ascii=False, indent=1) + "\n")


def _source(folder: Path) -> str | None:
    """Where a model came from; None for what was exported from one."""
    try:
        read = read_model_folder(folder)
    except ModelError:
        return None
    return read.record.get("source") if read.runtime != "onnx" else None


def _own_version(folder: Path) -> str | None:
    """The name that a static model carries in its weights."""
    from machtin.embedding import named_in_weights

    return named_in_weights(read_model_folder(folder))


def _replace(path: Path, text: str) -> None:
    """Whoever reads it meanwhile reads the one or the other."""
    part = path.with_name(f".{path.name}.{os.getpid()}")
    part.write_text(text, encoding="utf-8")
    part.replace(path)
