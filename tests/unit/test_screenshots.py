"""Pictures show the pages as they are: each is recorded with its sources, small, and shown somewhere."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

import numpy as np
import pytest

from palette_png import palette_png
from screenshot_scenes import SCENES, Scene
from screenshot_sources import IMAGES, LARGEST_BYTES, RECORD, entry, recorded, stale

ROOT: Final = Path(__file__).parent.parent.parent
FILES: Final = [scene.file for scene in SCENES]


@pytest.mark.parametrize("scene", SCENES, ids=FILES)
def test_each_picture_shows_the_pages_as_they_are(scene: Scene) -> None:
    assert stale(scene.file, scene.recipe, recorded()) == [], "run: make screenshots"
    assert (IMAGES / scene.file).stat().st_size <= LARGEST_BYTES


def test_no_other_picture_is_recorded_or_left_over() -> None:
    assert sorted(recorded()) == sorted(FILES)
    assert {path.name for path in IMAGES.glob("*.png")} == set(FILES)
    assert RECORD.parent == IMAGES


def test_each_picture_is_shown_and_each_that_is_shown_is_there() -> None:
    told = [ROOT / "README.md", *(ROOT / "docs").glob("*.md")]
    shown = {name for path in told for name in re.findall(r"images/([\w-]+\.png)", path.read_text(encoding="utf-8"))}
    assert shown == set(FILES)


def test_a_change_of_what_a_page_loads_makes_its_picture_stale(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "view.js").write_text("one", encoding="utf-8")
    monkeypatch.setattr("screenshot_sources.WEB", tmp_path)
    record = {FILES[0]: entry(FILES[0], "look", ["view.js"])}
    assert stale(FILES[0], "look", record) == []
    assert stale(FILES[0], "look twice", record) == ["recipe"]
    (tmp_path / "view.js").write_text("two", encoding="utf-8")
    assert stale(FILES[0], "look", record) == ["web/view.js"]
    (tmp_path / "view.js").unlink()
    assert stale(FILES[0], "look", record) == ["web/view.js"]
    assert "recipe" in stale("new.png", "look", record)


@pytest.mark.parametrize("colours", [3, 5000])
def test_a_picture_keeps_its_size_and_its_main_colours(colours: int) -> None:
    rng = np.random.default_rng(1)
    pixels = rng.integers(0, 256, (40, 125, 3), dtype=np.uint8)
    pixels[:20] = (251, 249, 244)
    if colours == 3:
        pixels[20:, :60], pixels[20:, 60:] = (31, 27, 22), (165, 48, 28)
    png = palette_png(pixels)
    assert png.startswith(b"\x89PNG\r\n\x1a\n")
    assert (int.from_bytes(png[16:20]), int.from_bytes(png[20:24])) == (125, 40)
    palette = png[41 : 41 + int.from_bytes(png[33:37])]
    assert len(palette) == (9 if colours == 3 else 768)
    assert bytes((251, 249, 244)) in {palette[at : at + 3] for at in range(0, len(palette), 3)}
