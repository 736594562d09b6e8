"""Code run on the built artefacts, with nothing else on the path."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from lambda_parts import artefact_folders, this_architecture


def folders(module: str) -> list[Path]:
    """Where a built function's modules come from."""
    return artefact_folders(module, this_architecture())


def run(code: str, module: str, *arguments: str, env: dict[str, str] | None = None) -> Any:
    """What code prints as JSON: standard library and this function's artefacts, neither site-packages nor sources."""
    command = [str(Path(sys.executable).resolve()), "-S", "-s", "-P", "-B", "-W", "error", "-c", code, *arguments]
    known = {"PYTHONPATH": os.pathsep.join(map(str, folders(module)))}
    done = subprocess.run(command, env={**known, **(env or {})}, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])
