"""What all tests share: how Hypothesis runs on slow machines, and where the research data lie."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

# Time says nothing about correctness on a busy machine; slow inputs are slow, not wrong.
settings.register_profile("machtin", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("machtin")

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of research data; a floor that can't be measured fails, it is never skipped."""
    folder = Path(os.environ.get("MACHTIN_SHARED_DATA") or ROOT.parent / "shared" / "data")
    if not folder.is_dir():
        pytest.fail(f"the research data are not in {folder}; set MACHTIN_SHARED_DATA")
    return folder
