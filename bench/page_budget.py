"""First load of the pages: bytes as they are sent (gzip), requests, and the time until one can read and act.

Each page is loaded in Debian's Chromium with an empty cache, ``--runs`` times; times are medians. ``read``: what the
page is about stands there; ``interactive``: the script has taken over, and no task of 50 ms or more is under way.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

import httpx
from playwright.sync_api import Browser, sync_playwright

ARTICLE: Final = "/articles/khoi-cong-cau-linh-nam-noi-bat-trang"
START_SECONDS: Final = 120
BUDGET_BYTES: Final = 60_000
BUDGET_MILLISECONDS: Final = 1_000
# Where each page says what it is about, and what only its script brings.
PAGES: Final = {
    "/": ("#hits .hit h2", "#q[role=combobox]"),
    "/en": ("#hits .hit h2", "#q[role=combobox]"),
    "/?q=cau+linh+nam": ("#hits .hit mark", "#q[role=combobox]"),
    ARTICLE: (".article .body p", ".summary li button"),
    f"{ARTICLE}?view=digest": (".sentence a", "#q[role=combobox]"),
    "/desk": (".sign-in", ".sign-in button"),
}
WATCH: Final = """
window.seen = { read: null, script: null, busy: 0, shift: 0 };
new PerformanceObserver((list) => {
  for (const task of list.getEntries()) seen.busy = Math.max(seen.busy, task.startTime + task.duration);
}).observe({ type: 'longtask', buffered: true });
new PerformanceObserver((list) => {
  for (const one of list.getEntries()) if (!one.hadRecentInput) seen.shift += one.value;
}).observe({ type: 'layout-shift', buffered: true });
const look = () => {
  if (seen.read === null && document.querySelector(READ)) seen.read = performance.now();
  if (seen.script === null && document.querySelector(SCRIPT)) seen.script = performance.now();
  if (seen.read === null || seen.script === null) requestAnimationFrame(look);
};
look();
"""


@dataclass(frozen=True)
class Load:
    """One page: bytes of all bodies as sent, requests, and milliseconds from the click on; ``shift`` as CLS counts."""

    address: str
    bytes: int
    requests: int
    first_paint: float
    read: float
    interactive: float
    shift: float


def load(browser: Browser, base: str, address: str, slowdown: int = 1) -> Load:
    """Load a page once, with nothing kept from before, on a processor that is so many times slower."""
    read, script = PAGES[address]
    context = browser.new_context(base_url=base, viewport={"width": 390, "height": 844}, locale="vi-VN")
    context.add_init_script(WATCH.replace("READ", json.dumps(read)).replace("SCRIPT", json.dumps(script)))
    page = context.new_page()
    sizes: dict[str, int] = {}
    page.on("requestfinished", lambda request: sizes.update({request.url: request.sizes()["responseBodySize"]}))
    if slowdown > 1:
        page.context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": slowdown})
    page.goto(address)
    page.wait_for_function("seen.read !== null && seen.script !== null")
    page.wait_for_load_state("networkidle")
    seen: dict[str, Any] = page.evaluate("seen")
    painted = page.evaluate("performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? 0")
    context.close()
    return Load(
        address=address,
        bytes=sum(sizes.values()),
        requests=len(sizes),
        first_paint=painted,
        read=seen["read"],
        interactive=max(seen["read"], seen["script"], seen["busy"]),
        shift=seen["shift"],
    )


def median(loads: list[Load]) -> Load:
    """The median of each figure; bytes and requests are the same each time, but for the time that an answer names."""
    figures = [asdict(one) for one in loads]
    names = [name for name in figures[0] if name != "address"]
    middle = {name: statistics.median(one[name] for one in figures) for name in names}
    return Load(loads[0].address, round(middle.pop("bytes")), round(middle.pop("requests")), **middle)


@contextmanager
def running() -> Iterator[str]:
    """The address of a server of its own with the sample articles. Ends the program where it does not start."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    base = f"http://127.0.0.1:{port}"
    command = [str(Path(sys.executable).parent / "machtin"), "serve", "--samples"]
    with tempfile.TemporaryDirectory() as data:
        environment = os.environ | {"MACHTIN_DATA": data, "MACHTIN_PORT": str(port)}
        with subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL) as server:
            try:
                for _ in range(START_SECONDS * 5):
                    if server.poll() is not None or answers(base):
                        break
                    time.sleep(0.2)
                else:
                    sys.exit("the server did not start; try: machtin serve --samples")
                yield base
            finally:
                server.terminate()


def answers(base: str) -> bool:
    """Whether the server serves, and has the sample articles."""
    try:
        return bool(httpx.get(f"{base}/v1/search", trust_env=False).json().get("total", 0) > 100)
    except httpx.TransportError:
        return False


@contextmanager
def chromium() -> Iterator[Browser]:
    """Debian's Chromium. Ends the program where there is none."""
    path = shutil.which("chromium")
    if path is None:
        sys.exit("Chromium is needed: apt-get install chromium")
    flags = ["--disable-gpu", "--no-first-run", "--disable-background-networking"]
    with sync_playwright() as playwright, tempfile.TemporaryDirectory() as kept:
        environment: dict[str, str | float | bool] = {**os.environ, "XDG_CACHE_HOME": kept}
        root = ["--no-sandbox"] if os.geteuid() == 0 else []
        browser = playwright.chromium.launch(executable_path=path, args=[*flags, *root], env=environment)
        yield browser
        browser.close()


def main() -> None:
    """Measure and print; ends with 1 where a budget is exceeded."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--slowdown", type=int, default=1, help="processor slower by this factor, as a telephone's")
    parser.add_argument("--url", help="of a running server with the sample articles; without it one is started")
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    with nullcontext(options.url) if options.url else running() as base, chromium() as browser:
        load(browser, base, "/")  # the first of all pays for the browser's start
        loads = [median([load(browser, base, one, options.slowdown) for _ in range(options.runs)]) for one in PAGES]
    print(f"{'page':58}{'bytes':>8}{'requests':>9}{'paint':>8}{'read':>7}{'interactive':>12}{'shift':>7}")
    for one in loads:
        print(
            f"{one.address:58}{one.bytes:8,}{one.requests:9}{one.first_paint:8.0f}{one.read:7.0f}"
            f"{one.interactive:12.0f}{one.shift:7.3f}"
        )
    if options.json:
        options.json.write_text(json.dumps([asdict(one) for one in loads], indent=2), encoding="utf-8")
    limit = BUDGET_MILLISECONDS * options.slowdown
    over = [one.address for one in loads if one.bytes > BUDGET_BYTES or one.interactive > limit]
    if over:
        sys.exit(f"over {BUDGET_BYTES:,} bytes or {limit:,} ms: {', '.join(over)}")


if __name__ == "__main__":
    main()
