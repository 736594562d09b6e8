"""Takes the pictures of the README from the running program, with its sample articles, in Debian's Chromium.

The clock of the page stands still, so that the same program gives the same pictures.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

import httpx
from playwright.sync_api import Browser, sync_playwright

TARGET: Final = Path(__file__).resolve().parent.parent / "docs" / "images"
NOW: Final = "2026-10-20T08:00:00+07:00"
LARGEST_BYTES: Final = 300_000
START_SECONDS: Final = 120
FLAGS: Final = ["--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-sync", "--lang=vi"]


@dataclass(frozen=True)
class Picture:
    """One picture: the address it shows, and on what screen."""

    name: str
    address: str
    width: int
    height: int
    scheme: Literal["light", "dark"] = "light"


PICTURES: Final = (
    Picture("search", "/?q=cau+linh+nam", 1200, 820),
    Picture("article", "/articles/khoi-to-chu-lo-cha-vu-ngo-doc-banh-mi", 1200, 1080),
    Picture("article-dark", "/articles/khoi-to-chu-lo-cha-vu-ngo-doc-banh-mi", 1200, 1080, "dark"),
    Picture("phone", "/?q=cau+linh+nam", 390, 844),
)


@contextmanager
def running() -> Iterator[str]:
    """The address of a server of its own with the sample articles."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    base = f"http://127.0.0.1:{port}"
    with tempfile.TemporaryDirectory() as data:
        environment = os.environ | {"MACHTIN_DATA": data, "MACHTIN_PORT": str(port)}
        command = [str(Path(sys.executable).parent / "machtin"), "serve", "--samples"]
        with subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL) as server:
            try:
                wait_for(base, server)
                yield base
            finally:
                server.terminate()


def wait_for(base: str, server: subprocess.Popen[bytes]) -> None:
    """Wait until the server answers; ends the program when it does not."""
    deadline = time.monotonic() + START_SECONDS
    while server.poll() is None and time.monotonic() < deadline:
        try:
            if httpx.get(f"{base}/v1/health", trust_env=False).status_code == 200:
                return
        except httpx.TransportError:
            time.sleep(0.2)
    sys.exit("the server did not start; try: machtin serve --samples")


def take(browser: Browser, base: str, picture: Picture) -> None:
    """Write one picture. Ends the program when it is larger than a README should carry."""
    context = browser.new_context(
        base_url=base,
        viewport={"width": picture.width, "height": picture.height},
        color_scheme=picture.scheme,
        locale="vi-VN",
        reduced_motion="reduce",
    )
    page = context.new_page()
    page.clock.set_fixed_time(NOW)
    page.goto(picture.address)
    page.wait_for_load_state("networkidle")
    file = TARGET / f"{picture.name}.png"
    page.screenshot(path=file)
    context.close()
    size = file.stat().st_size
    print(f"{file.name}: {size:,} bytes")
    if size >= LARGEST_BYTES:
        sys.exit(f"{file.name} is larger than {LARGEST_BYTES:,} bytes")


def main() -> None:
    """Take all pictures."""
    chromium = shutil.which("chromium")
    if chromium is None:
        sys.exit("Chromium is needed: apt-get install chromium")
    TARGET.mkdir(parents=True, exist_ok=True)
    flags = [*FLAGS, "--no-sandbox"] if os.geteuid() == 0 else FLAGS
    with running() as base, sync_playwright() as playwright:
        environment: dict[str, str | float | bool] = {**os.environ, "LANGUAGE": "vi"}
        browser = playwright.chromium.launch(executable_path=chromium, args=flags, env=environment)
        for picture in PICTURES:
            take(browser, base, picture)
        browser.close()


if __name__ == "__main__":
    main()
