"""Takes the pictures of the README and of docs/ from the running program, its sample articles and Debian's Chromium.

Only those are taken whose sources have changed since; --all takes each, names take these. The clock of the pages always
begins at the same moment, so that the same program gives the same pictures.
"""

from __future__ import annotations

import base64
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import httpx
import numpy as np
from playwright.sync_api import Browser, Response, sync_playwright

from palette_png import Pixels, palette_png
from screenshot_scenes import SCENES, Scene
from screenshot_sources import IMAGES, LARGEST_BYTES, WEB, entry, recorded, stale, write

NOW: Final = "2026-10-20T08:00:00+07:00"
START_SECONDS: Final = 120
# So many of the samples, all but what is not indexed yet.
ARTICLES: Final = 158
REFUSED: Final = '{"id": "lua-dong-xuan", "title": "", "body": "Nông dân Đồng Tháp thu hoạch sớm."}'
# Letters without coloured edges and without hinting: the same on each machine, and fewer colours.
FLAGS: Final = (
    "--disable-gpu --no-first-run --disable-background-networking --disable-sync --lang=vi --disable-lcd-text "
    "--font-render-hinting=none"
).split()
READ_PIXELS: Final = """async (png) => {
  const image = new Image();
  image.src = `data:image/png;base64,${png}`;
  await image.decode();
  const canvas = new OffscreenCanvas(image.width, image.height);
  const context = canvas.getContext("2d");
  context.drawImage(image, 0, 0);
  const { data } = context.getImageData(0, 0, image.width, image.height);
  let text = "";
  for (let at = 0; at < data.length; at += 0x8000) text += String.fromCharCode(...data.subarray(at, at + 0x8000));
  return [btoa(text), image.width, image.height];
}"""


@contextmanager
def running() -> Iterator[tuple[str, str]]:
    """The address of a server of its own with the sample articles, and its editors' token."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    base = f"http://127.0.0.1:{port}"
    with tempfile.TemporaryDirectory() as data:
        kept = {name: value for name, value in os.environ.items() if not name.startswith("MACHTIN_")}
        environment = kept | {"MACHTIN_DATA": data, "MACHTIN_PORT": str(port)}
        furnish(Path(data))
        command = [str(Path(sys.executable).parent / "machtin"), "serve", "--samples"]
        with subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL) as server:
            try:
                wait_for(base, server)
                yield base, (Path(data) / "token").read_text(encoding="utf-8").strip()
            finally:
                server.terminate()


def furnish(data: Path) -> None:
    """Put in what an installation has after a while: a file that could not be taken."""
    (data / "inbox").mkdir()
    (data / "inbox" / "tin-sang.ndjson").write_text(REFUSED + "\n", encoding="utf-8")


def wait_for(base: str, server: subprocess.Popen[bytes]) -> None:
    """Wait until the server has the sample articles; ends the program when it does not."""
    deadline = time.monotonic() + START_SECONDS
    while server.poll() is None and time.monotonic() < deadline:
        try:
            if httpx.get(f"{base}/v1/search?size=0", trust_env=False).json().get("total", 0) >= ARTICLES:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.5)
    sys.exit("the server did not start; try: machtin serve --samples")


def take(browser: Browser, base: str, token: str, scene: Scene) -> set[str]:
    """Write one picture; the page's files that it shows. Ends the program when it is too large for a README."""
    context = browser.new_context(
        base_url=base,
        viewport={"width": scene.width, "height": scene.height},
        color_scheme=scene.scheme,
        locale="vi-VN",
        reduced_motion="reduce",
    )
    page = context.new_page()
    loaded: set[str] = set()

    def hear(response: Response) -> None:
        name = response.url.removeprefix(base).partition("?")[0].removeprefix("/assets/").removeprefix("/")
        if (WEB / name).is_file() and name != "openapi.json":
            loaded.add(name)

    page.on("response", hear)
    if not scene.live:
        page.clock.install(time=NOW)
    page.goto(scene.address)
    page.wait_for_load_state("networkidle")
    scene.act(page, token)
    page.wait_for_load_state("networkidle")
    picture = palette_png(pixels_of(browser, page.screenshot()))
    context.close()
    print(f"{scene.file}: {len(picture):,} bytes")
    if len(picture) > LARGEST_BYTES:
        sys.exit(f"{scene.file} is larger than {LARGEST_BYTES:,} bytes; show less on it")
    (IMAGES / scene.file).write_bytes(picture)
    return loaded


def pixels_of(browser: Browser, png: bytes) -> Pixels:
    """A picture's colours, read by the browser that took it."""
    page = browser.new_page()
    text, width, height = page.evaluate(READ_PIXELS, base64.b64encode(png).decode())
    page.close()
    return np.frombuffer(base64.b64decode(text), np.uint8).reshape(height, width, 4)[:, :, :3]


def wanted(arguments: list[str]) -> list[Scene]:
    """The scenes that are to be taken."""
    if unknown := {one for one in arguments if one != "--all"} - {scene.name for scene in SCENES}:
        sys.exit(f"there is no scene {', '.join(sorted(unknown))}; there are {', '.join(one.name for one in SCENES)}")
    if arguments:
        return [scene for scene in SCENES if "--all" in arguments or scene.name in arguments]
    record = recorded()
    return [scene for scene in SCENES if stale(scene.file, scene.recipe, record)]


def main() -> None:
    """Take the pictures that are wanted, and record what they show."""
    scenes = wanted(sys.argv[1:])
    if not scenes:
        print("every picture shows the pages as they are; --all takes them anyway")
        return
    chromium = shutil.which("chromium")
    if chromium is None:
        sys.exit("Chromium is needed: apt-get install chromium")
    IMAGES.mkdir(parents=True, exist_ok=True)
    flags = [*FLAGS, "--no-sandbox"] if os.geteuid() == 0 else FLAGS
    with running() as (base, token), sync_playwright() as playwright:
        environment: dict[str, str | float | bool] = {**os.environ, "LANGUAGE": "vi"}
        browser = playwright.chromium.launch(executable_path=chromium, args=flags, env=environment)
        record = {name: one for name, one in recorded().items() if name in {scene.file for scene in SCENES}}
        for scene in scenes:
            loaded = take(browser, base, token, scene)
            record[scene.file] = entry(scene.file, scene.recipe, loaded)
            write(record)
        browser.close()


if __name__ == "__main__":
    main()
