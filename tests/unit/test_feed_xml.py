"""Feeds of every kind, well formed and not."""

from __future__ import annotations

import gzip
import tracemalloc
from contextlib import suppress
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from machtin.adapters import feed_xml
from machtin.adapters.feed_xml import read_feed
from machtin.errors import InvalidInput
from machtin.feed_entry import Feed, ListedFeed
from machtin.page_dates import VIETNAM_TIME

HERE = "https://bao.example/rss/tin.rss"


def read(text: str | bytes, charset: str | None = None) -> Feed:
    return read_feed(text.encode() if isinstance(text, str) else text, HERE, charset)


def test_rss_2() -> None:
    (one, two) = read(
        '<?xml version="1.0"?><rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom"><channel><title>Báo</title>'
        '<link>https://bao.example/</link><atom:link href="https://bao.example/rss" rel="self"/>'
        "<item><title><![CDATA[Giá <b>gạo</b>&nbsp;tăng &amp; giảm]]></title><link> /gao-1.html#top </link>"
        '<source url="https://khac.example/"><title>Báo khác</title></source>'
        "<pubDate>Sun, 15 Mar 2026 08:30:00 +0700</pubDate><description>Sapo</description></item>"
        "<item><guid>https://bao.example/gao-2.html</guid></item>"
        '<item><guid isPermaLink="false">https://bao.example/no.html</guid><title>without an address</title></item>'
        "</channel></rss>"
    ).entries
    assert (one.address, one.title) == ("https://bao.example/gao-1.html", "Giá gạo tăng & giảm")
    assert one.published_at == datetime(2026, 3, 15, 8, 30, tzinfo=VIETNAM_TIME)
    assert two.address == "https://bao.example/gao-2.html"


def test_rss_1() -> None:
    (one,) = read(
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/" '
        'xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><link>https://bao.example/</link></channel>'
        '<item rdf:about="x"><title>A</title><link>https://bao.example/a</link><dc:date>2026-03-15T08:30:00Z</dc:date>'
        "</item></rdf:RDF>"
    ).entries
    assert (one.address, one.published_at) == ("https://bao.example/a", datetime(2026, 3, 15, 8, 30, tzinfo=UTC))


def test_atom() -> None:
    (one,) = read(
        '<feed xmlns="http://www.w3.org/2005/Atom" xml:base="/tin/"><title>Báo</title><link href="https://bao.example/"/>'
        '<entry><title type="html">A</title><link rel="self" href="no"/><link rel="alternate" href="a.html"/>'
        "<updated>2026-03-16T08:30:00Z</updated><published>2026-03-15T08:30:00Z</published></entry></feed>"
    ).entries
    assert one.address == "https://bao.example/tin/a.html"
    assert one.published_at == datetime(2026, 3, 15, 8, 30, tzinfo=UTC)
    assert one.changed_at == datetime(2026, 3, 16, 8, 30, tzinfo=UTC)


NEWS = (
    '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:i="http://www.google.com/schemas/sitemap-image/1.1"'
    ' xmlns:n="http://www.google.com/schemas/sitemap-news/0.9"><url><loc>https://bao.example/a</loc>'
    "<i:image><i:loc>https://anh.example/x.jpg</i:loc></i:image><n:news><n:publication><n:name>Báo</n:name>"
    "</n:publication><n:publication_date>2026-03-15</n:publication_date><n:title>Giá gạo</n:title></n:news></url>"
    "<url><loc>https://bao.example/b</loc><lastmod>2026-03-16T01:00:00+07:00</lastmod></url></urlset>"
)


@pytest.mark.parametrize("raw", [NEWS.encode(), gzip.compress(NEWS.encode())])
def test_sitemaps_of_news_packed_or_not(raw: bytes) -> None:
    one, two = read(raw).entries
    assert (one.address, one.title) == ("https://bao.example/a", "Giá gạo")
    assert one.published_at == datetime(2026, 3, 15, tzinfo=VIETNAM_TIME)
    assert two.changed_at == datetime(2026, 3, 16, 1, tzinfo=VIETNAM_TIME)


def test_a_sitemap_index_lists_feeds() -> None:
    feed = read(
        "<sitemapindex><sitemap><loc>https://bao.example/3.xml.gz</loc><lastmod>2026-03-01</lastmod></sitemap>"
        "<sitemap><loc>/4.xml</loc></sitemap><sitemap><loc>ftp://no</loc></sitemap></sitemapindex>"
    )
    march, april = ListedFeed("https://bao.example/3.xml.gz", "2026-03-01"), ListedFeed("https://bao.example/4.xml")
    assert feed == Feed((), (march, april))


def test_an_address_that_is_listed_twice_is_one_entry() -> None:
    assert len(read("<urlset>" + "<url><loc>https://bao.example/a</loc></url>" * 3 + "</urlset>").entries) == 1


def test_a_mark_changes_with_what_the_feed_says() -> None:
    def mark(inside: str) -> str:
        return read(f"<rss><item><link>/a</link>{inside}</item></rss>").entries[0].mark

    told = [mark(""), mark("<title>A</title>"), mark("<title>B</title>"), mark("<updated>2026-03-15</updated>")]
    assert len(set(told)) == 4
    assert mark("<title>A</title><updated>2026-03-15</updated>") == told[3], "a date of change says it all"


def with_entities(entities: str, title: str) -> str:
    return f"<!DOCTYPE rss [{entities}]><rss><item><link>/a</link><title>{title}</title></item></rss>"


LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(2, 12))
BILLION = '<?xml version="1.0"?>' + with_entities(f'<!ENTITY l1 "lol">{LAUGHS}', "&l11;")
QUADRATIC = with_entities(f'<!ENTITY a "{"a" * 50_000}">', "&a;" * 50_000)


@pytest.mark.parametrize("text", [BILLION, QUADRATIC])
def test_entities_are_not_unfolded(text: str) -> None:
    feed = read(text)
    assert all(len(one.title) <= 1_000 for one in feed.entries)


def test_nothing_is_loaded_from_elsewhere() -> None:
    feed = read(
        '<!DOCTYPE rss [<!ENTITY x SYSTEM "file:///etc/passwd">]><rss><item><link>/a</link><title>&x;</title></item></rss>'
    )
    assert all("root:" not in one.title for one in feed.entries)
    read('<!DOCTYPE rss SYSTEM "http://127.0.0.1:1/x.dtd"><rss><item><link>/a</link></item></rss>')


@pytest.mark.parametrize(
    ("text", "addresses"),
    [
        ("<rss><channel><item><title>a & b</title><link>/a?x=1&amp;y=2</link></item>", ["/a?x=1&y=2"]),
        ("<rss><item><title><br>&nbsp;</title><link><![CDATA[/a?x=1&y=2]]></link></item></rss>", ["/a?x=1&y=2"]),
        ("<rss><item><title>&amp;amp; &#38; &#x26; & &</title><link>/a?x=&lt;&y=2</link></item>", ["/a?x=%3C&y=2"]),
        ("<rss><channel><item><link>/a</link></item><item><link>/b</link></ite", ["/a", "/b"]),
        ("\n\n<?xml version='1.0'?><rss><item><link>/a</link></item></rss>", ["/a"]),
        ("\ufeff<rss><item><link>/a</link><title>&nbsp;&copy;</title></item></rss>", ["/a"]),
        ("<rss><item><link>/a</link><title>\x00\x01</title></item></rss>", ["/a"]),
        ("<rss><channel></channel></rss>", []),
    ],
)
def test_what_is_broken_is_read_as_far_as_it_makes_sense(text: str, addresses: list[str]) -> None:
    assert [one.address.removeprefix("https://bao.example") for one in read(text).entries] == addresses


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (b"", "is no XML|is empty"),
        (b"hello", "is no XML|is empty"),
        (b"<html><body>404</body></html>", "begins with <html>"),
        (b"\x1f\x8bnot packed", "not packed"),
        (b'{"items": []}', "is no XML|is empty"),
    ],
)
def test_what_is_no_feed_is_refused(raw: bytes, reason: str) -> None:
    with pytest.raises(InvalidInput, match=reason):
        read(raw)


def test_a_packed_feed_that_unpacks_without_end_is_refused() -> None:
    with pytest.raises(InvalidInput, match="larger than 50 MiB"):
        read(gzip.compress(b"<rss>" + bytes(60 << 20)))


ACCENTED = "<rss><item><link>/a</link><title>Đường phố</title></item></rss>"


@pytest.mark.parametrize(
    ("raw", "charset"),
    [
        (ACCENTED.encode(), "iso-8859-1"),
        (b'<?xml version="1.0" encoding="windows-1252"?>' + ACCENTED.encode(), None),
        (('<?xml version="1.0" encoding="utf-16"?>' + ACCENTED).encode("utf-16"), None),
        (b'<?xml version="1.0" encoding="no-such"?>' + ACCENTED.encode(), "nor-this"),
    ],
)
def test_letters_are_read_whatever_the_feed_calls_them(raw: bytes, charset: str | None) -> None:
    assert read(raw, charset).entries[0].title == "Đường phố"


def test_windows_1258_is_read() -> None:
    import unicodedata

    marked = "Đươ\u0300ng phô\u0301, gia\u0301 gạo"
    raw = f"<rss><item><link>/a</link><title>{marked}</title></item></rss>"
    raw = raw.replace("ạ", "a\u0323")
    assert read(raw.encode("cp1258")).entries[0].title == unicodedata.normalize("NFC", marked)


def test_one_broken_byte_does_not_cost_the_feed() -> None:
    raw = ACCENTED.encode().replace("ờ".encode(), "ờ".encode()[:2])
    assert read(raw).entries[0].address == "https://bao.example/a"


def test_no_more_entries_are_read_than_a_sitemap_may_have(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(feed_xml, "MOST_ENTRIES", 100)
    text = "".join(f"<url><loc>https://bao.example/{number}</loc></url>" for number in range(300))
    assert len(read(f"<urlset>{text}</urlset>").entries) == 100


def test_no_more_elements_are_read_than_a_feed_can_need(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(feed_xml, "MOST_ELEMENTS", 100)
    entry = "<url><loc>https://bao.example/{}</loc></url>"
    text = entry.format("a") + "<x/>" * 200 + entry.format("b")
    assert [one.address for one in read(f"<urlset>{text}</urlset>").entries] == ["https://bao.example/a"]


def test_a_deeply_nested_text_takes_no_more_memory_than_a_flat_one() -> None:
    nested = "<b>" + "x" * 50_000
    text = "<item><link>/a</link><description>" + nested * 200 + "</b>" * 200 + "</description></item>"
    tracemalloc.start()
    (entry,) = read(f"<rss>{text}</rss>").entries
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert len(entry.text) == 5_000
    assert most < 6 * len(text)


def test_only_what_stands_in_the_entry_itself_is_told_of_it() -> None:
    inner = "<media><title>Ảnh</title><link>/anh</link></media>"
    news = "<news><publication><name>Báo</name></publication><title>Tin</title></news>"
    text = f"<urlset><url>{inner}<loc>https://bao.example/a</loc>{news}</url></urlset>"
    assert [(one.address, one.title) for one in read(text).entries] == [("https://bao.example/a", "Tin")]


PIECES = ["<rss>", "<item>", "</item>", "<link>", "/a", "</link>", "<", "&x;", "]]>", "<!--", "\x00"]


@settings(max_examples=200)
@given(st.lists(st.sampled_from(PIECES) | st.text(max_size=8)))
def test_any_bytes_are_read_or_refused(pieces: list[str]) -> None:
    with suppress(InvalidInput):
        read("".join(pieces).encode("utf-8", "replace"))
