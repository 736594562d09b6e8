"""A fetched page → the fields of an article."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from machtin.charset import decode_page
from machtin.errors import InvalidInput
from machtin.page import read_page
from machtin.web_port import WebAnswer

_HTML: Final = ("text/html", "application/xhtml+xml", "")


def read_web_page(answer: WebAnswer) -> Mapping[str, Any]:
    """The fields of an article as JSON values, without an id. Raises InvalidInput for what is no page, or has no text.

    What the page says of its letters is believed where the site says nothing.
    """
    if answer.kind in _HTML:
        from machtin.adapters.html_page import read_html_page

        body = answer.body
        return read_html_page(decode_page(body, declared=answer.charset) if answer.charset else body)
    if answer.kind == "text/plain":
        return read_page(decode_page(answer.body, declared=answer.charset))
    raise InvalidInput.of("page", f"is {answer.kind}; only HTML and plain text are read")
