"""Ten articles that a page can stumble over, all of which the API takes: each has something in every field."""

from __future__ import annotations

import unicodedata
from typing import Any, Final

SCRIPT: Final = (
    '<script>window.ran=1</script><img src=x onerror="window.ran=1"><svg onload=window.ran=1>'
    "<iframe srcdoc='<script>parent.ran=1</script>'><a href=javascript:window.ran=1>đọc</a>"
)
# Ends whatever a careless page could have put it into: an attribute, a title, a comment, a script's data.
ENDINGS: Final = (
    "\"'`> </title></textarea></style></noscript></template>--><!--<script></script><script>window.ran=1</script>"
    ']]> "onfocus="window.ran=1" autofocus=" \\u003cscript\\u003ewindow.ran=1 \u2028 \u2029'
)
# What a template, a translation, a formatter or a second unescaping would make something else of.
PLACEHOLDERS: Final = (
    "{title} {0} {n} {q} {} %s %(title)s ${7*7} {{7*7}} <%= 7*7 %> $& $1 $` #{7*7} &lt;b&gt; &amp;amp; &#60;i&#62; "
    "%3Cscript%3E \\n \\x3c"
)
BIDI: Final = "\u202eđảo ngược\u202c \u2066\u2067 \u202e chưa đóng \u200fעברית\u200e abc (1) \u202egnp.exe"
INVISIBLE: Final = "\u200bmột\u200chai\u200dba\u2060bốn\ufeff nă\u00adm \u180e \u3164 \u2800 \U000e0001\U000e0041"
STACKED: Final = "Z" + "\u0301\u0323\u0302\u0330\u0334" * 12 + "algo và ế" + "\u0300" * 20
EMOJI: Final = "👩‍👩‍👧‍👦 🏳️‍🌈 🇻🇳🇻🇳 👍🏽 🌾 𝕳𝖔̣̂ 𠀀 " + unicodedata.normalize("NFD", "Đỗ Hữu Nghị ở Huế, Ộ Ễ")
NULLS: Final = "null undefined NaN None true __proto__ constructor toString hasOwnProperty valueOf [object Object]"
SYNTAX: Final = (
    'title:* OR 1=1 -- " AND NOT ( [* TO *] ~2 ^9 /.*/ \\ && || ! + - tacgia:"x" muc:"y" ../../etc/passwd ?a=b&c#d'
)


def _everywhere(mark: str, text: str, **changes: Any) -> dict[str, Any]:
    """An article with the text in every field; ``mark`` is a word that finds it and stands at its beginning."""
    return {
        "title": f"Bài {mark} {text}",
        "sapo": f"Sapo {mark} {text}",
        "body": f"Câu thứ nhất của bài {mark} {text}.\n\nCâu thứ hai kể thêm về {mark}: {text}.\n\n{text}",
        "section": text[:200],
        "tags": [text[:200], mark],
        "author": text[:500],
        "publisher": text[:200],
        "url": f"https://toasoan.example/{mark}",
        "published_at": "2026-03-01T00:00:00+07:00",
        "related_as_published": [{"title": f"Dẫn {text}", "sapo": text, "url": "https://toasoan.example/x"}],
    } | changes


HOSTILE: Final[dict[str, dict[str, Any]]] = {
    "doc-the": _everywhere("docthe", SCRIPT, url="https://toasoan.example/%22%3E%3Cscript%3E?a='onclick=b&c=d"),
    "doc-ket": _everywhere("docket", ENDINGS),
    "doc-mau": _everywhere("docmau", PLACEHOLDERS),
    "doc-huong": _everywhere("dochuong", BIDI),
    "doc-an": _everywhere("docan", INVISIBLE),
    "doc-dau": _everywhere("docdau", STACKED),
    "doc-hinh": _everywhere("dochinh", EMOJI),
    "doc-rong": _everywhere("docrong", NULLS, section="null", author="undefined", publisher="NaN", tags=["__proto__"]),
    "doc-dai": _everywhere(
        "docdai",
        "W" * 180,
        title="Bài docdai " + "W" * 900,
        sapo="Sapo docdai " + "ữ" * 4_900,
        body="docdai " + "\n\n".join("M" * 4_900 for _ in range(3)),
        tags=["W" * 200, *(f"{'m' * 150}{at}" for at in range(60))],
        url="https://toasoan.example/" + "a" * 1_900,
    ),
    "doc-lon": _everywhere(
        "doclon",
        SYNTAX,
        body="\n\n".join(f"Đoạn {at} của bài doclon rất dài, {SYNTAX}." for at in range(6_800)),
    ),
}
