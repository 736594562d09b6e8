"""The pages of the readers' site: what each address shows, made of the answers that the API gives."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import asdict, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final, TypeVar

from machtin.answers import SearchAnswer
from machtin.article import valid_id
from machtin.digest_request import DigestRequest
from machtin.errors import InvalidInput, MachtinError, status_of
from machtin.markup import Child, el
from machtin.site_address import Search, article_path, page_address, read_search, read_stretch, read_wanted, search_path
from machtin.site_article import Reading, article_facts, article_properties, article_view, back_link
from machtin.site_digest import digest_title, digest_view
from machtin.site_filters import Results
from machtin.site_frame import Given, View, brief
from machtin.site_search import search_view
from machtin.site_trouble import trouble_view
from machtin.words import VIETNAMESE, Lang, say

if TYPE_CHECKING:
    from machtin.service import Machtin

RELATED: Final = 6
# A longer article is asked for once more by the script: twice in one answer it could be more than a function may send.
LONGEST_GIVEN: Final = 300_000
log = logging.getLogger(__name__)

# How failures are told, by their HTTP status.
_GONE: Final = {404: "article.missing", 410: "article.gone", 422: "article.missing"}
Part = TypeVar("Part")


def search_page(service: Machtin, lang: Lang, given: Mapping[str, str], now: datetime) -> View:
    """The front page, or the results of a search. Whatever fails is told on the page."""
    search = read_search(given)
    words = search.q.strip()
    view = View(
        name="search",
        path=search_path(search),
        title=words or say(lang, "page.title"),
        description=say(lang, "page.description"),
        search=search_view(lang, search, None, now),
        sought=search,
        # Other search engines want no results of this one, and lists by filters are without end.
        kept_out=bool(words) or search.filtered or bool(search.sort),
    )
    try:
        answer = service.search(search.request())
        whole = answer if not search.section else _whole(service, search)
    except MachtinError as error:
        _note(error)
        trouble = trouble_view(lang, error)
        return replace(view, status=status_of(error), search=search_view(lang, search, None, now, trouble=trouble))
    asked = [_given("/v1/search", search.parameters(), answer)]
    if whole is not answer:
        asked.append(_given("/v1/search", _whole_parameters(search), whole))
    results = Results(answer, whole.facets.get("section", {}))
    return replace(view, search=search_view(lang, search, results, now), given=asked)


def article_page(
    service: Machtin, lang: Lang, site: str, article_id: str, given: Mapping[str, str], now: datetime
) -> View:
    """An article; a part that can't be had is left out. Whatever else fails is told on the page."""
    wanted, at = read_wanted(given), read_stretch(given.get("at", ""))
    path = article_path(article_id)
    chosen = wanted.parameters() | ({"at": given["at"]} if at else {})
    view = replace(_reader(lang, "article", path, now), place=article_path(article_id, chosen))
    try:
        article = service.article(valid_id(article_id))
    except MachtinError as error:
        return _missing(lang, view, error, [back_link(page_address(lang, "/"), say(lang, "article.back"))])
    summary = _part(lambda: service.summary(article_id, wanted.request()))
    related = _part(lambda: service.related(article_id, RELATED, lang=lang))
    thread = _part(lambda: service.thread(article_id))
    reading = Reading(
        article=article,
        wanted=wanted,
        at=at,
        summary=summary,
        related=related,
        thread=thread,
    )
    resource = f"/v1{path}"
    language = {} if lang == VIETNAMESE else {"lang": lang}
    answers: list[tuple[str, Mapping[str, str], Any]] = [
        (resource, {}, article if len(article.body) <= LONGEST_GIVEN else None),
        (f"{resource}/summary", wanted.parameters(), summary),
        (f"{resource}/related", language, related),
        (f"{resource}/thread", {}, thread),
    ]
    return replace(
        view,
        title=article.title,
        description=brief(article.sapo or article.body) or article.title,
        shown=article_view(lang, reading, now),
        kind="article",
        properties=article_properties(article),
        facts=article_facts(article, site + page_address(VIETNAMESE, path)),
        given=[_given(asked, parameters, answer) for asked, parameters, answer in answers if answer is not None],
    )


def digest_page(service: Machtin, lang: Lang, article_id: str, now: datetime) -> View:
    """The digest of an article and the developments of its event. Whatever fails is told on the page."""
    view = replace(_reader(lang, "digest", article_path(article_id, {"view": "digest"}), now), kept_out=True)
    try:
        answer = service.digest(DigestRequest(article=valid_id(article_id)))
    except MachtinError as error:
        return _missing(lang, view, error, [])
    return replace(
        view,
        title=digest_title(lang, article_id, answer),
        description=brief(answer.text) or view.description,
        shown=digest_view(lang, article_id, answer, now),
        given=[_given("/v1/digests", {"article": article_id}, answer)],
    )


def unknown_page(lang: Lang, now: datetime) -> View:
    """What stands at an address that leads nowhere; a script would show the front page there."""
    view = replace(_reader(lang, "article", "/", now), scripted=False)
    return replace(_state(lang, view, say(lang, "page.missing"), say(lang, "page.missing_help"), []), status=404)


def failed_page(lang: Lang, now: datetime) -> View:
    """What is shown where something failed that nobody foresaw."""
    return replace(_reader(lang, "article", "/", now), status=500, shown=[trouble_view(lang, None)])


def _reader(lang: Lang, name: str, path: str, now: datetime) -> View:
    """A view beside the search, which is there for the script and hidden."""
    return View(
        name="digest" if name == "digest" else "article",
        path=path,
        title=say(lang, "page.title"),
        description=say(lang, "page.description"),
        search=search_view(lang, Search(), None, now, hidden=True),
    )


def _missing(lang: Lang, view: View, error: MachtinError, before: list[Child]) -> View:
    """Why an article can't be read. An address that no article can have leads nowhere."""
    status = 404 if isinstance(error, InvalidInput) else status_of(error)
    key = _GONE.get(status)
    if key is None:
        _note(error)
        return replace(view, status=status, shown=[*before, trouble_view(lang, error)], kept_out=True)
    return replace(_state(lang, view, say(lang, key), say(lang, f"{key}_help"), before), status=status)


def _state(lang: Lang, view: View, title: str, help_of: str, before: list[Child]) -> View:
    """A page with a title and what helps."""
    home = el("p", {}, el("a", {"href": page_address(lang, "/")}, say(lang, "search.to_newest")))
    state = el("div", {"class": "trouble"}, el("h1", {"tabindex": "-1"}, title), el("p", {}, help_of), home)
    return replace(view, title=title, shown=[*before, state], kept_out=True)


def _whole(service: Machtin, search: Search) -> SearchAnswer:
    """Inside one section all others count nothing; what they would give without it is asked beside."""
    return service.search(replace(replace(search, section="").request(), size=0))


def _whole_parameters(search: Search) -> Mapping[str, str | int]:
    return replace(search, section="").parameters() | {"size": 0}


def _part(ask: Callable[[], Part]) -> Part | None:
    """An answer, None where this part alone can't be had: the article is worth reading without it."""
    try:
        return ask()
    except MachtinError as error:
        _note(error)
        return None


def _note(error: MachtinError) -> None:
    """A page tells readers little of a failure, and nobody who could mend it."""
    if status_of(error) >= 500:
        log.error("a page, or a part of it, could not be had", exc_info=error)


def _given(path: str, parameters: Mapping[str, str | int], answer: Any) -> Given:
    return Given(path, parameters, asdict(answer))
