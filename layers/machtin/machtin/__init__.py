"""machtin (*mạch tin*, the thread of the news): search, related stories and summaries for Vietnamese newsrooms."""

from __future__ import annotations

from typing import Final

# Said here too, since a layer carries no metadata; a test compares it with pyproject.toml.
__version__: Final = "0.1.0"
