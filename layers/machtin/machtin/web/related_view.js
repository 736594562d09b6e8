// Related news of an article: developments along a thread, background below, copies folded.
import { articleAddress, articleResource, digestAddress } from "./address.js";
import { ask } from "./api.js";
import { timeOf } from "./dates.js";
import { el, ofArticle, separated } from "./dom.js";
import { articleLang, lang, say } from "./words.js";

/** Asks for related news, with reasons in the page's language. */
export function askRelated(id, signal) {
  return ask(`${articleResource(id)}/related`, { lang: lang === "vi" ? "" : lang }, signal);
}

/** The parts that have something to show; `answer` is null where related news could not be had. */
export function relatedView(article, answer) {
  if (answer === null) return [el("p", { class: "fine" }, say("related.failed"))];
  const parts = [];
  if (answer.degraded) {
    parts.push(el("p", { class: "fine" }, say("related.degraded")));
  }
  if (answer.copies.length > 0) parts.push(copiesView(answer.copies, say("related.also_at", { n: answer.copies.length })));
  if (answer.developments.length > 0) {
    const digest = el("p", { class: "to-digest" }, el("a", { href: digestAddress(article.id) }, say("related.digest")));
    parts.push(part("developments", say("related.developments"), digest, el("ol", { class: "thread" }, ...thread(article, answer.developments))));
  }
  if (answer.background.length > 0) {
    parts.push(part("background", say("related.background"), el("ul", { class: "background" }, ...answer.background.map((one) => itemView(one)))));
  }
  if (answer.developments.length + answer.background.length === 0) {
    parts.push(el("p", { class: "fine" }, say("related.none")));
  }
  return parts;
}

function part(id, title, ...shown) {
  return el("section", { class: id, "aria-labelledby": `${id}-title` }, el("h2", { id: `${id}-title` }, title), ...shown);
}

/** Newest first, with a knot where the article itself stands among them. */
function thread(article, developments) {
  const here = el(
    "li",
    { class: "here", "aria-current": "true" },
    el("p", { class: "kicker" }, ...separated(" · ", say("article.reading"), timeOf(article.published_at))),
  );
  const rows = developments.map((one) => itemView(one));
  if (!article.published_at) return rows;
  const own = Date.parse(article.published_at);
  const older = developments.findIndex((one) => one.published_at && Date.parse(one.published_at) < own);
  return rows.toSpliced(older < 0 ? rows.length : older, 0, here);
}

function itemView(one) {
  return el(
    "li",
    {},
    el("p", { class: "kicker" }, ...separated(" · ", timeOf(one.published_at), ofArticle(one.publisher))),
    el("h3", {}, el("a", { href: articleAddress(one.id), lang: articleLang }, one.title)),
    one.reason.text && el("p", { class: "reason" }, one.reason.text),
    one.copies.length > 0 && copiesView(one.copies, say("related.copies", { n: one.copies.length })),
  );
}

/** Near-duplicates, folded; who published them is asked for when they are unfolded. */
function copiesView(ids, summary) {
  const list = el("ul", {}, ...ids.map(bareRow));
  const unfold = async () => {
    if (!details.open) return;
    const rows = await Promise.all(ids.map(copyRow));
    list.replaceChildren(...rows.filter(Boolean));
  };
  const details = el("details", { class: "copies", toggle: unfold }, el("summary", {}, summary), list);
  return details;
}

function bareRow(id) {
  return el("li", {}, el("a", { href: articleAddress(id) }, id));
}

async function copyRow(id) {
  try {
    const { title, publisher, published_at } = await ask(articleResource(id));
    const link = el("a", { href: articleAddress(id), lang: articleLang }, title);
    return el("li", {}, ...separated(" · ", ofArticle(publisher), timeOf(published_at, { exact: true }), link));
  } catch (error) {
    // Taken down since: nothing to lead to. Whatever else failed, the address still leads there.
    return error.status === 404 || error.status === 410 ? null : bareRow(id);
  }
}
