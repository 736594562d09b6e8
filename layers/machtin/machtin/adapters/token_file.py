"""The editors' token of a laptop: made once, readable by its owner alone."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from machtin.errors import SettingsError


def read_token(path: Path) -> str | None:
    """The token, or None where none was made. Raises SettingsError when others could read or replace it."""
    try:
        mode = path.stat().st_mode
        token = path.read_text(encoding="ascii").strip()
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"cannot read the token in {path}: {error}") from error
    if os.name == "posix" and mode & 0o077:
        raise SettingsError(f"others can read the token in {path}; run: chmod 600 {path}")
    return token or None


def make_token(path: Path) -> str:
    """The token, made now if there was none. Raises SettingsError."""
    existing = read_token(path)
    if existing:
        return existing
    token = secrets.token_urlsafe(32)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        # Written beside and linked into place: whoever comes second finds the first one's token, never half of one.
        draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(token + "\n")
        try:
            os.link(draft, path)
        except FileExistsError:
            token = read_token(path) or token
        finally:
            draft.unlink()
    except OSError as error:
        raise SettingsError(f"cannot write the token to {path}: {error}") from error
    return token
