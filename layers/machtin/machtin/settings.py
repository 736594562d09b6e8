"""Settings: the one place that reads the environment."""

from __future__ import annotations

import math
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Literal
from urllib.parse import urlsplit

from machtin.errors import SettingsError

# A domain's address says its region: NAME.REGION.es.amazonaws.com, or NAME.aos.REGION.on.aws.
_DOMAIN = re.compile(r"\.(?P<es>[a-z0-9-]+)\.es\.amazonaws\.com$|\.aos\.(?P<aos>[a-z0-9-]+)\.on\.aws$")

# A host, or all below one; a port other than 80 and 443 is named.
_FEED_HOST = re.compile(r"(?:\*\.)?[^\s/:@*]+(?::\d{1,5})?")

Engine = Literal["embedded", "opensearch"]
StoreKind = Literal["sqlite", "s3"]
BUNDLED_MODEL = Path(__file__).parent / "model"
# The name that stands for the bundled model, and the file below a data folder's models that names the chosen one.
BUNDLED: Final = "bundled"
CHOICE: Final = "chosen"
PORT: Final = 8080
# The live one and the one before: one step back is always possible, and who still reads the one before is answered.
KEEP_VERSIONS: Final = 2
# No model has more; a model that has fewer than are asked for says so itself.
MOST_DIMENSIONS: Final = 65_536
MOST_VERSIONS: Final = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenSearchSettings:
    """Where the cluster is and how it is asked. ``timeout`` in seconds, of one request of a reader.

    ``region``: requests are signed for an AWS domain there, unless a user is named.
    """

    url: str = "http://127.0.0.1:9200"
    user: str = ""
    password: str = field(default="", repr=False)
    region: str = ""
    prefix: str = "machtin"
    timeout: float = 2.0

    @classmethod
    def from_env(cls, env: Mapping[str, str]) -> OpenSearchSettings:
        """Read the MACHTIN_OPENSEARCH_ variables. Raises SettingsError naming the variable and the mend."""
        default = cls()
        url = env.get("MACHTIN_OPENSEARCH_URL") or default.url
        if "@" in url:
            raise SettingsError("MACHTIN_OPENSEARCH_URL holds a password; give it as MACHTIN_OPENSEARCH_PASSWORD")
        host = _host(url)
        if host is None:
            raise SettingsError(f"MACHTIN_OPENSEARCH_URL is {url!r}; give an address such as {default.url}")
        prefix = env.get("MACHTIN_OPENSEARCH_PREFIX") or default.prefix
        if not re.fullmatch(r"[a-z0-9][a-z0-9_-]{0,60}", prefix):
            raise SettingsError(
                f"MACHTIN_OPENSEARCH_PREFIX is {prefix!r}; give small letters, digits, _ or -, 61 at most"
            )
        domain = _DOMAIN.search(host)
        return cls(
            url=url.rstrip("/"),
            user=env.get("MACHTIN_OPENSEARCH_USER", ""),
            password=env.get("MACHTIN_OPENSEARCH_PASSWORD", ""),
            region=env.get("MACHTIN_OPENSEARCH_REGION") or (domain["es"] or domain["aos"] if domain else ""),
            prefix=prefix,
            timeout=_number(env, "MACHTIN_OPENSEARCH_TIMEOUT", default.timeout, 0.1, 10),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedSettings:
    """Which feeds are polled. ``hosts``: where else their articles may lie; ``contact``: whom a site may write to."""

    addresses: tuple[str, ...] = ()
    hosts: tuple[str, ...] = ()
    contact: str = ""

    @classmethod
    def from_env(cls, env: Mapping[str, str]) -> FeedSettings:
        """Read the MACHTIN_FEED variables, lists parted by white space or commas. Raises SettingsError."""
        addresses, hosts = _words(env, "MACHTIN_FEEDS"), _words(env, "MACHTIN_FEED_HOSTS")
        for one in addresses:
            if _host(one, with_query=True) is None or "@" in urlsplit(one).netloc:
                raise SettingsError(
                    f"MACHTIN_FEEDS has {one!r}; give addresses such as https://bao.example/rss/tin.rss"
                )
        for one in hosts:
            if not _FEED_HOST.fullmatch(one):
                raise SettingsError(f"MACHTIN_FEED_HOSTS has {one!r}; give hosts such as bao.example or *.bao.example")
        contact = env.get("MACHTIN_FEED_CONTACT", "").strip()
        if not re.fullmatch(r"[!-'*-~]{0,200}", contact):
            raise SettingsError(f"MACHTIN_FEED_CONTACT is {contact!r}; give an address such as https://toasoan.example")
        return cls(addresses=addresses, hosts=hosts, contact=contact)


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Everything that can be set from outside, with the defaults of a laptop.

    ``model_named``: MACHTIN_MODEL names the model, so that no other can be chosen. ``bucket`` holds the articles where
    ``store`` is s3; ``state_machine`` is the ARN of what carries out re-indexes there, ``ingest_queue`` and
    ``inbox_queue`` are the URLs of the queues of changes and of dropped files. ``site`` is where readers find the
    pages, for what other sites are told of them.
    """

    data: Path = Path(".machtin")
    port: int = PORT
    model: Path = BUNDLED_MODEL
    further_models: tuple[Path, ...] = ()
    model_named: bool = False
    dimensions: int | None = None
    golden: Path | None = None
    keep_versions: int = KEEP_VERSIONS
    index: Engine = "embedded"
    opensearch: OpenSearchSettings = OpenSearchSettings()
    store: StoreKind = "sqlite"
    bucket: str = ""
    state_machine: str = ""
    ingest_queue: str = ""
    inbox_queue: str = ""
    feeds: FeedSettings = FeedSettings()
    site: str = ""

    @classmethod
    def from_env(cls, env: Mapping[str, str] | None = None) -> Settings:
        """Read the MACHTIN_ variables. Raises SettingsError naming the variable and the mend.

        MACHTIN_MODEL names the folder of the model that new index versions are made with and, behind it, folders of
        models that earlier ones were made with, parted as in PATH. Without it ``machtin model use`` has the choice.
        """
        env = os.environ if env is None else env
        data = Path(env.get("MACHTIN_DATA") or ".machtin").expanduser()
        named = [Path(one).expanduser() for one in env.get("MACHTIN_MODEL", "").split(os.pathsep) if one]
        chosen = chosen_model(data)
        model, *further = named or [chosen, *([] if chosen == BUNDLED_MODEL else [BUNDLED_MODEL])]
        engine = env.get("MACHTIN_INDEX") or "embedded"
        if engine not in ("embedded", "opensearch"):
            raise SettingsError(f"MACHTIN_INDEX is {engine!r}; give embedded or opensearch")
        store, bucket = env.get("MACHTIN_STORE") or "sqlite", env.get("MACHTIN_BUCKET", "")
        if store not in ("sqlite", "s3"):
            raise SettingsError(f"MACHTIN_STORE is {store!r}; give sqlite or s3")
        if store == "s3" and not bucket:
            raise SettingsError("MACHTIN_STORE is s3 and MACHTIN_BUCKET names no bucket; give its name")
        return cls(
            data=data,
            port=_whole(env, "MACHTIN_PORT", 65535, "a port") or PORT,
            model=model,
            further_models=tuple(further),
            model_named=bool(named),
            dimensions=_whole(env, "MACHTIN_DIMENSIONS", MOST_DIMENSIONS, "a number of dimensions"),
            golden=Path(env["MACHTIN_GOLDEN"]).expanduser() if env.get("MACHTIN_GOLDEN") else None,
            keep_versions=_whole(env, "MACHTIN_KEEP_VERSIONS", MOST_VERSIONS, "a number", least=KEEP_VERSIONS)
            or KEEP_VERSIONS,
            index="opensearch" if engine == "opensearch" else "embedded",
            opensearch=OpenSearchSettings.from_env(env),
            store="s3" if store == "s3" else "sqlite",
            bucket=bucket,
            state_machine=env.get("MACHTIN_STATE_MACHINE", ""),
            ingest_queue=env.get("MACHTIN_INGEST_QUEUE", ""),
            inbox_queue=env.get("MACHTIN_INBOX_QUEUE", ""),
            feeds=FeedSettings.from_env(env),
            site=_site(env),
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
    def models_folder(self) -> Path:
        """Models that were taken in by ``machtin model use``, a folder each."""
        return self.data / "models"

    @property
    def golden_folder(self) -> Path:
        """The golden queries that a re-index is measured by, as a BEIR folder; it need not be there."""
        return self.golden or self.data / "golden"

    @property
    def refused_folder(self) -> Path:
        """Input that could not be taken, each with its reason."""
        return self.data / "refused"

    @property
    def inbox_folder(self) -> Path:
        """Files dropped here are ingested while the server runs."""
        return self.data / "inbox"

    @property
    def feeds_folder(self) -> Path:
        """What is known of the sites whose feeds are polled."""
        return self.data / "feeds"

    @property
    def token_file(self) -> Path:
        """The editors' token, readable by its owner alone."""
        return self.data / "token"


def chosen_model(data: Path) -> Path:
    """The model folder that ``machtin model use`` has chosen for a data folder: the bundled model's where none was."""
    try:
        name = (data / "models" / CHOICE).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError):
        name = BUNDLED
    return BUNDLED_MODEL if name in ("", BUNDLED) else data / "models" / name


def on_lambda(env: Mapping[str, str] | None = None) -> bool:
    """Whether this process is a function on Lambda, which names there how it was started."""
    return bool((os.environ if env is None else env).get("AWS_LAMBDA_INITIALIZATION_TYPE"))


def _words(env: Mapping[str, str], name: str) -> tuple[str, ...]:
    """The different entries of a list that is parted by white space or commas, in order."""
    return tuple(dict.fromkeys(env.get(name, "").replace(",", " ").split()))


def _site(env: Mapping[str, str]) -> str:
    site = env.get("MACHTIN_SITE", "").rstrip("/")
    if site and (_host(site) is None or urlsplit(site).path or "@" in site):
        raise SettingsError(f"MACHTIN_SITE is {site!r}; give scheme and host such as https://tin.example")
    return site


def _whole(env: Mapping[str, str], name: str, most: int, what: str, least: int = 1) -> int | None:
    """A whole number from ``least``; None where nothing is set."""
    text = env.get(name)
    if text is None:
        return None
    if not text.isascii() or not text.isdigit() or not least <= int(text) <= most:
        raise SettingsError(f"{name} is {text!r}; give {what} from {least} to {most}")
    return int(text)


def _host(url: str, *, with_query: bool = False) -> str | None:
    """The host of an address that requests can be sent to."""
    try:
        address = urlsplit(url)
        usable = address.scheme in ("http", "https") and (with_query or not address.query) and (address.port or 1) > 0
    except ValueError:
        return None
    return address.hostname if usable else None


def _number(env: Mapping[str, str], name: str, default: float, least: float, most: float) -> float:
    text = env.get(name) or str(default)
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not least <= value <= most:
        raise SettingsError(f"{name} is {text!r}; give a number from {least:g} to {most:g}")
    return value
