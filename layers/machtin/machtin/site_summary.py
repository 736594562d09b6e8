"""The summary of an article on the readers' site: its sentences, and a form for what else can be wanted of it."""

from __future__ import annotations

from typing import Final

from machtin.answers import ArticleAnswer, SummaryAnswer
from machtin.markup import Attribute, Child, Markup, el, separated
from machtin.site_address import Wanted, article_address
from machtin.site_text import article_lang, say_with
from machtin.summary_request import MAX_SENTENCES, MAX_SYLLABLES
from machtin.words import Lang, say

MODES: Final = {"": "summary.whole", "sapo+": "summary.sapo_and_new", "fresh": "summary.only_new"}
FORMS: Final = {"": "summary.sentences_form", "bullets": "summary.bullets", "push": "summary.push"}
UNITS: Final = {"sentences": "summary.sentences", "syllables": "summary.syllables"}


def summary_view(lang: Lang, article: ArticleAnswer, wanted: Wanted, answer: SummaryAnswer | None) -> Markup:
    """The card with the summary; without an answer it says that there is none now."""
    return el(
        "section",
        {"class": "summary", "aria-labelledby": "summary-title"},
        el("h2", {"id": "summary-title"}, say(lang, "summary.title")),
        _controls(lang, article, wanted),
        el("div", {"class": "told fine", "role": "status", "tabindex": "-1"}, *_told(lang, article, wanted, answer)),
        el("div", {"class": "said"}, *_said(lang, answer)),
        el("p", {"class": "offer", "hidden": not wanted.query}, _drop(lang, article, wanted)),
    )


def copy_button(lang: Lang) -> Markup:
    """Holds the place of the button that copies, which only a script can do."""
    return el("button", {"type": "button", "class": "copy", "disabled": True}, say(lang, "copy.copy"))


def _controls(lang: Lang, article: ArticleAnswer, wanted: Wanted) -> Markup:
    modes = [
        el(
            "label",
            {},
            el("input", {"type": "radio", "name": "mode", "value": value, "checked": value == wanted.mode}),
            el("span", {"data-name": say(lang, key)}, say(lang, key)),
        )
        for value, key in MODES.items()
    ]
    beside = bool(article.sapo and article.body)
    legend = el("legend", {"class": "unseen"}, say(lang, "summary.about"))
    return el(
        "form",
        {"class": "ways", "action": article_address(lang, article.id)},
        beside and el("fieldset", {"class": "modes"}, legend, *modes),
        beside and el("noscript", {}, el("button", {"type": "submit"}, say(lang, "summary.ask"))),
        _ways(lang, wanted),
    )


def _ways(lang: Lang, wanted: Wanted) -> Markup:
    unit = "syllables" if wanted.syllables and not wanted.sentences else "sentences"
    length = wanted.sentences or wanted.syllables
    length_field = el(
        "input",
        {
            "type": "number", "name": "length", "id": "summary-length", "min": 1, "inputmode": "numeric",
            "max": MAX_SENTENCES if unit == "sentences" and length else MAX_SYLLABLES,
            "placeholder": say(lang, "summary.free"), "value": length or None,
        },
    )  # fmt: skip
    units = el("select", {"name": "unit", "aria-label": say(lang, "summary.unit")}, *_options(lang, UNITS, unit))
    question: dict[str, Attribute] = {
        "type": "search", "name": "query", "id": "summary-query", "maxlength": 1000, "autocomplete": "off",
        "enterkeyhint": "go", "value": wanted.query or None,
    }  # fmt: skip
    return el(
        "details",
        {"open": bool(wanted.form or wanted.query or length)},
        el("summary", {}, say(lang, "summary.ways")),
        el(
            "p",
            {},
            el("label", {"for": "summary-form"}, say(lang, "summary.form")),
            el("select", {"name": "form", "id": "summary-form"}, *_options(lang, FORMS, wanted.form)),
        ),
        el(
            "p",
            {"hidden": wanted.form == "push"},
            el("label", {"for": "summary-length"}, say(lang, "summary.longest")),
            el("span", {"class": "pair"}, length_field, units),
        ),
        el("p", {"class": "wrong", "id": "summary-wrong"}),
        el(
            "p",
            {"class": "ask"},
            el("label", {"for": "summary-query"}, say(lang, "summary.by_question")),
            el(
                "span",
                {"class": "pair"},
                el("input", question),
                el("button", {"type": "submit"}, say(lang, "summary.ask")),
            ),
        ),
    )


def _options(lang: Lang, keys: dict[str, str], chosen: str) -> list[Markup]:
    return [el("option", {"value": value, "selected": value == chosen}, say(lang, key)) for value, key in keys.items()]


def _told(lang: Lang, article: ArticleAnswer, wanted: Wanted, answer: SummaryAnswer | None) -> list[Child]:
    """Whether the article speaks of the question, how much there is, why there is nothing."""
    if answer is None:
        return [el("p", {}, say(lang, "trouble.failed"))]
    some, query = bool(answer.sentences), wanted.query
    irrelevant = say(lang, "summary.irrelevant", query=query)
    general = f" {say(lang, 'summary.irrelevant_general')}" if some else None
    counted = say(lang, "summary.sentence_count", n=len(answer.sentences))
    length: list[Child] = [
        say(lang, "summary.one_line") if answer.form == "push" else counted,
        say(lang, "summary.syllable_count", n=answer.syllables),
        answer.novelty is not None and say(lang, "summary.novelty", share=f"{int(100 * answer.novelty + 0.5)}%"),
    ]
    return [
        answer.relevant is False and el("p", {"class": "notice"}, irrelevant, general),
        answer.relevant and el("p", {}, say(lang, "summary.relevant", query=query)),
        el("p", {}, *separated(" · ", *length)) if some else el("p", {}, _nothing(lang, article, wanted, answer)),
    ]


def _nothing(lang: Lang, article: ArticleAnswer, wanted: Wanted, answer: SummaryAnswer) -> str:
    if not article.sapo and not article.body:
        return say(lang, "summary.no_text")
    if answer.form == "push":
        return say(lang, "summary.no_line")
    if wanted.sentences or wanted.syllables:
        return say(lang, "summary.too_short")
    return say(lang, "summary.nothing_new" if answer.mode == "fresh" else "summary.none")


def _said(lang: Lang, answer: SummaryAnswer | None) -> list[Child]:
    if answer is None or not answer.sentences:
        return []
    rows = []
    before = None
    for index, one in enumerate(answer.sentences):
        # Beside a sapo that is shown too it is told where it ends.
        key = "summary.from_sapo" if one.field == "sapo" else "summary.from_body"
        told = answer.mode == "sapo+" and one.field != before and el("span", {"class": "from"}, say(lang, key))
        link = el("a", {"href": f"#s{index}", "lang": article_lang(lang)}, one.text)
        rows.append(el("li", {"class": f"of-{one.field}"}, told, link))
        before = one.field
    hint = say_with(lang, "summary.hint", keys=el("span", {"class": "keys"}, say(lang, "summary.hint_keys")))
    return [
        el("ol", {"class": f"as-{answer.form}"}, *rows),
        el("p", {"class": "fine copying"}, copy_button(lang), el("span", {}, hint)),
    ]


def _drop(lang: Lang, article: ArticleAnswer, wanted: Wanted) -> Child:
    if not wanted.query:
        return None
    others = {name: value for name, value in wanted.parameters().items() if name != "query"}
    return el("a", {"href": article_address(lang, article.id, **others)}, say(lang, "summary.drop"))
