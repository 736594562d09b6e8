// What helps to publish a draft: published duplicates, a summary, related news, tags and links.
import { articleAddress } from "./address.js";
import { copyButton } from "./copying.js";
import { timeOf } from "./dates.js";
import { el, separated } from "./dom.js";
import { deskProblem } from "./desk_problem.js";
import { deskAsk } from "./desk_session.js";
import { lang, percent, say } from "./words.js";

const PAUSE = 1200;
const SENT = ["id", "title", "sapo", "body", "url", "section", "tags", "author", "publisher", "published_at"];

/** Asks anew a moment after the draft has changed, and shows what it is told. */
export class Advice {
  /** `fields` is the form of the draft: tags are added there, and phrases found. */
  constructor(fields) {
    this.fields = fields;
    this.request = new AbortController();
    this.pause = 0;
    this.asked = "";
    this.slots = Object.fromEntries(["duplicates", "summary", "tags", "links", "related"].map((name) => [name, el("div", { class: `of-${name}` })]));
    const { duplicates, ...others } = this.slots;
    this.duplicates = duplicates; // stands where it is published, not beside
    this.element = el("aside", { class: "advice", "aria-label": say("desk.advice") }, ...Object.values(others));
  }

  leave() {
    clearTimeout(this.pause);
    this.request.abort();
  }

  /** The draft has changed. */
  changed(article) {
    clearTimeout(this.pause);
    this.pause = setTimeout(() => this.ask(article), PAUSE);
  }

  async ask(article) {
    const sent = Object.fromEntries(SENT.filter((name) => article[name] !== null && article[name] !== "").map((name) => [name, article[name]]));
    const asked = JSON.stringify(sent);
    if (asked === this.asked || !article.title.trim()) return;
    this.leave();
    this.asked = asked;
    const { signal } = (this.request = new AbortController());
    this.element.setAttribute("aria-busy", "true");
    const body = article.body.trim() || article.sapo.trim();
    await Promise.all([
      this.told(signal, ["duplicates", "tags", "links", "related"], () => deskAsk("POST", "/v1/drafts/related", { body: sent, parameters: { lang }, signal }), (answer) => this.showRelated(answer)),
      body
        ? this.told(signal, ["summary"], () => deskAsk("POST", "/v1/drafts/summary", { body: sent, signal }), (answer) => this.slots.summary.replaceChildren(...summaryView(answer)))
        : this.slots.summary.replaceChildren(),
    ]);
    if (!signal.aborted) this.element.removeAttribute("aria-busy");
  }

  async told(signal, slots, ask, show) {
    try {
      const answer = await ask();
      if (!signal.aborted) show(answer);
    } catch (error) {
      if (signal.aborted || error.name === "AbortError") return;
      this.asked = "";
      for (const name of slots) this.slots[name].replaceChildren();
      // What is wrong with a field is told at the field, when it is to be published.
      if (error.status === 401 || error.status === 413 || error.status === 422) return;
      this.slots[slots.at(-1)].replaceChildren(deskProblem(error));
    }
  }

  showRelated(answer) {
    const { duplicates, tags, links, developments, background, degraded } = answer;
    this.slots.duplicates.replaceChildren(
      ...(duplicates.length > 0
        ? [el("div", { class: "notice" }, el("h2", {}, say("desk.duplicates", { n: duplicates.length })), el("ul", {}, ...duplicates.map(duplicateView)))]
        : [el("p", { class: "fine" }, say("desk.no_duplicates"))]),
    );
    const add = (tag) => () => this.fields.addTag(tag);
    this.slots.tags.replaceChildren(
      ...part(tags, "desk.suggested_tags", el("ul", { class: "suggested", lang: "vi" }, ...tags.map(({ tag, articles }) =>
        el("li", {}, el("button", { type: "button", class: "chip", click: add(tag), title: say("desk.tag_articles", { n: articles }) }, el("span", { "aria-hidden": "true" }, "+"), tag))))),
    );
    this.slots.links.replaceChildren(...part(links, "desk.suggested_links", el("ul", { class: "links" }, ...links.map((link) => this.linkView(link)))));
    this.slots.related.replaceChildren(
      ...[
        degraded && el("p", { class: "fine" }, say("desk.advice_degraded")),
        ...part(developments, "desk.developments", el("ul", { class: "background" }, ...developments.map(relatedView))),
        ...part(background, "desk.background", el("ul", { class: "background" }, ...background.map(relatedView))),
        developments.length + background.length === 0 && el("p", { class: "fine" }, say("desk.no_related")),
      ].filter(Boolean),
    );
  }

  linkView({ field, start, end, text, article, tag }) {
    const find = () => this.fields.select(field, start, end);
    const target = article ? articleLink(article) : el("span", {}, say("desk.link_to_tag", { tag }));
    return el("li", {}, el("button", { type: "button", class: "phrase", lang: "vi", click: find }, `“${text}”`), el("span", { "aria-hidden": "true" }, " → "), target);
  }
}

function part(items, key, shown) {
  return items.length > 0 ? [el("h2", {}, say(key)), shown] : [];
}

function summaryView({ sentences, text }) {
  if (sentences.length === 0) return [];
  return [
    el("h2", {}, say("desk.summary")),
    el("ul", { class: "sentences", lang: "vi" }, ...sentences.map((one) => el("li", {}, one.text))),
    el("p", { class: "copying" }, ...copyButton(text)),
  ];
}

function duplicateView({ id, title, publisher, published_at: published, share, facts_differ: differ }) {
  return el(
    "li",
    {},
    articleLink({ id, title }),
    el("p", { class: "fine" }, ...separated(" · ", say("desk.duplicate_share", { share: percent(share) }), publisher, timeOf(published, { exact: true }))),
    differ && el("p", {}, say("desk.facts_differ")),
  );
}

function relatedView(one) {
  return el(
    "li",
    {},
    el("p", { class: "kicker" }, ...separated(" · ", timeOf(one.published_at), one.publisher)),
    el("h3", {}, articleLink(one)),
    one.reason?.text && el("p", { class: "reason" }, one.reason.text),
  );
}

/** In a tab of its own: the draft stays where it is. */
export function articleLink({ id, title }) {
  return el("a", { href: articleAddress(id), target: "_blank", rel: "noopener", lang: "vi" }, title);
}
