"""A fetched page → an article, with what its feed said where the page is silent."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from machtin.article import Article, id_of_url
from machtin.article_reading import CLOCK_SKEW, EARLIEST, read_article
from machtin.errors import InvalidInput
from machtin.feed_state import Waiting
from machtin.web_address import AllowedSites, normal_address


def article_of(page: Mapping[str, Any], address: str, told: Waiting, allowed: AllowedSites, now: datetime) -> Article:
    """The article of a page that came from ``address``. Raises InvalidInput with every problem found.

    Its id is made of its canonical address. A page may name one at an allowed site only, since it would take the place
    of another site's article otherwise, and not the site's front page, as careless templates do.
    """
    url = _canonical(page.get("url"), allowed) or address
    document = {**page, "url": url, "id": id_of_url(url)}
    if not str(page.get("title") or "").strip():
        document["title"] = told.title
    if page.get("published_at") is None and told.published and EARLIEST <= told.published <= now + CLOCK_SKEW:
        document["published_at"] = told.published_at
    return read_article(document, now=now)


def _canonical(stated: object, allowed: AllowedSites) -> str | None:
    if not isinstance(stated, str):
        return None
    try:
        address = normal_address(stated)
    except InvalidInput:
        return None
    parts = urlsplit(address)
    return stated if allowed.allows(address) and (parts.path != "/" or parts.query) else None
