"""Settings: the one place that reads the environment."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from machtin.errors import SettingsError

BUNDLED_MODEL = Path(__file__).parent / "model"


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Everything that can be set from outside, with the defaults of a laptop."""

    data: Path = Path(".machtin")
    port: int = 8080
    model: Path = BUNDLED_MODEL

    @classmethod
    def from_env(cls, env: Mapping[str, str] | None = None) -> Settings:
        """Read MACHTIN_DATA, MACHTIN_PORT and MACHTIN_MODEL. Raises SettingsError naming the variable and the mend."""
        env = os.environ if env is None else env
        port = env.get("MACHTIN_PORT", "8080")
        if not port.isascii() or not port.isdigit() or not 1 <= int(port) <= 65535:
            raise SettingsError(f"MACHTIN_PORT is {port!r}; give a port from 1 to 65535")
        return cls(
            data=Path(env.get("MACHTIN_DATA") or ".machtin").expanduser(),
            port=int(port),
            model=Path(env.get("MACHTIN_MODEL") or BUNDLED_MODEL).expanduser(),
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
