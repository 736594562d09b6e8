"""Settings: the one place that reads the environment."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from machtin.errors import SettingsError

BUNDLED_MODEL = Path(__file__).parent / "model"
PORT: Final = 8080
# The live one and the one before: one step back is always possible.
KEEP_VERSIONS: Final = 2
# No model has more; a model that has fewer than are asked for says so itself.
MOST_DIMENSIONS: Final = 65_536
MOST_VERSIONS: Final = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Everything that can be set from outside, with the defaults of a laptop."""

    data: Path = Path(".machtin")
    port: int = PORT
    model: Path = BUNDLED_MODEL
    further_models: tuple[Path, ...] = ()
    dimensions: int | None = None
    golden: Path | None = None
    keep_versions: int = KEEP_VERSIONS

    @classmethod
    def from_env(cls, env: Mapping[str, str] | None = None) -> Settings:
        """Read the variables MACHTIN_…. Raises SettingsError naming the variable and the mend.

        MACHTIN_MODEL names the folder of the model that new index versions are made with and, behind it, folders of
        models that earlier ones were made with, parted as in PATH.
        """
        env = os.environ if env is None else env
        folders = [Path(one).expanduser() for one in env.get("MACHTIN_MODEL", "").split(os.pathsep) if one]
        model, *further = folders or [BUNDLED_MODEL]
        return cls(
            data=Path(env.get("MACHTIN_DATA") or ".machtin").expanduser(),
            port=_number(env, "MACHTIN_PORT", 65535, "a port") or PORT,
            model=model,
            further_models=tuple(further),
            dimensions=_number(env, "MACHTIN_DIMENSIONS", MOST_DIMENSIONS, "a number of dimensions"),
            golden=Path(env["MACHTIN_GOLDEN"]).expanduser() if env.get("MACHTIN_GOLDEN") else None,
            keep_versions=_number(env, "MACHTIN_KEEP_VERSIONS", MOST_VERSIONS, "a number") or KEEP_VERSIONS,
        )

    @property
    def store_file(self) -> Path:
        """The SQLite file that holds articles and the queue."""
        return self.data / "articles.sqlite"

    @property
    def index_folder(self) -> Path:
        """One folder per index version stands below it."""
        return self.data / "index"

    @property
    def golden_folder(self) -> Path:
        """The golden queries that a re-index is measured by, as a BEIR folder; it need not be there."""
        return self.golden or self.data / "golden"

    @property
    def refused_folder(self) -> Path:
        """Input that could not be taken, each with its reason."""
        return self.data / "refused"

    @property
    def inbox_folder(self) -> Path:
        """Files dropped here are ingested while the server runs."""
        return self.data / "inbox"

    @property
    def token_file(self) -> Path:
        """The editors' token, readable by its owner alone."""
        return self.data / "token"


def _number(env: Mapping[str, str], name: str, most: int, what: str) -> int | None:
    """A whole number from 1; None where nothing is set."""
    text = env.get(name)
    if text is None:
        return None
    if not text.isascii() or not text.isdigit() or not 1 <= int(text) <= most:
        raise SettingsError(f"{name} is {text!r}; give {what} from 1 to {most}")
    return int(text)
