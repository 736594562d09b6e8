"""What an OpenSearch on this machine needs: a Java that is new enough, and jars, which Maven fetches once."""

from __future__ import annotations

import fcntl
import os
import re
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final
from xml.etree import ElementTree

ROOT: Final = Path(__file__).resolve().parent.parent
BUILD: Final = ROOT / "build" / "opensearch"
CONFIG: Final = ROOT / "scripts" / "opensearch"
OLDEST_JAVA: Final = 11
HOW_TO_INSTALL: Final = """On Debian and Ubuntu: apt-get install default-jdk-headless maven
On macOS: brew install openjdk maven, then export JAVA_HOME="$(brew --prefix openjdk)\""""


def release() -> str:
    """The release of the runner and of the k-NN plugin, such as 2.19.1.0, as pom.xml names it."""
    found = ElementTree.parse(CONFIG / "pom.xml").findtext("{*}dependencies/{*}dependency/{*}version")
    return found or sys.exit("scripts/opensearch/pom.xml names no version")


def name() -> str:
    """OpenSearch and its version: the runner's without its own last number."""
    return "OpenSearch " + release().rpartition(".")[0]


def java_version(said: str) -> tuple[int, str]:
    """Major version and full version from what ``java -version`` says; (0, "") when it says none. 1.8 is 8."""
    found = re.search(r'version "((?:1\.)?(\d+)[^"]*)"', said)
    return (int(found[2]), found[1]) if found else (0, "")


def find_java() -> tuple[str, str]:
    """The java to run and its version: that of JAVA_HOME, else the first on the PATH. Ends the program without one."""
    home = os.environ.get("JAVA_HOME")
    java = shutil.which("java", path=str(Path(home) / "bin") if home else None)
    said = subprocess.run([java, "-version"], capture_output=True, text=True, check=False).stderr if java else ""
    major, version = java_version(said)
    if major == 0:  # macOS has a java that only says that there is none
        where = f"in JAVA_HOME ({home})" if home else "on the PATH"
        sys.exit(f"{name()} needs Java {OLDEST_JAVA} or newer; there is none {where}.\n{HOW_TO_INSTALL}")
    if major < OLDEST_JAVA:
        sys.exit(f"{name()} needs Java {OLDEST_JAVA} or newer; {java} is {version}.\n{HOW_TO_INSTALL}")
    return str(java), version


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Keep other runs of this program out of a folder, so that two never fetch or start the same thing."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def fetch() -> Path:
    """The folder of the server's jars, fetched when it is not there. It gets its name only once it is whole."""
    whole = BUILD / f"lib-{release()}"
    with alone(BUILD):
        if whole.is_dir():
            return whole
        if shutil.which("mvn") is None:
            sys.exit(f"Maven is needed once, to fetch {name()}; there is no mvn on the PATH.\n{HOW_TO_INSTALL}")
        part = whole.with_suffix(".part")
        shutil.rmtree(part, ignore_errors=True)
        print(f"Fetching {name()} with Maven (60 MB, once; about 40 s) ...", flush=True)
        plugin = f"org.opensearch.plugin:opensearch-knn:{release()}:zip"
        command = ["mvn", "-B", "-q", "--strict-checksums", "-f", str(CONFIG / "pom.xml")]
        command += ["dependency:copy-dependencies", "dependency:copy", "-DincludeScope=runtime"]
        command += [f"-Dartifact={plugin}", f"-DoutputDirectory={part}"]
        done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
        if done.returncode:
            last = "\n".join(done.stdout.splitlines()[-15:])
            sys.exit(f"{last}\nMaven could not fetch {name()}; what it said last stands above. Try again.")
        for archive in part.glob("*.zip"):
            unpack(archive)
        part.rename(whole)
    return whole


def unpack(archive: Path) -> None:
    """Put the jars of a plugin beside its archive, those that are not there already."""
    with zipfile.ZipFile(archive) as plugin:
        for inside in plugin.namelist():
            jar = archive.parent / Path(inside).name
            if jar.suffix == ".jar" and not jar.exists():
                jar.write_bytes(plugin.read(inside))
    archive.unlink()
