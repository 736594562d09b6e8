// Publishing a draft, scheduling it, or correcting what is published; and what came of it, told honestly.
import { articleAddress } from "./address.js";
import { deskAddress } from "./desk_address.js";
import { changedFields, diffView } from "./desk_diff.js";
import { fromField, now, toField } from "./desk_moment.js";
import { deskProblem } from "./desk_problem.js";
import { deskAsk } from "./desk_session.js";
import { onlyAsSeen, searchable, storedAs, telling } from "./desk_stored.js";
import { timeOf } from "./dates.js";
import { el } from "./dom.js";
import { say, sayParts } from "./words.js";

const ID = /^[A-Za-z0-9][A-Za-z0-9._~-]{0,127}$/;
const PAUSE = 400;

/** The end of the form: under which id, when, why, and the button. */
export class Publishing {
  /** `draft` {id, base}: what the room keeps of it; `article()` is what is in the form, `published()` is called when it was put. */
  constructor(draft, { article, tell, published }) {
    this.draft = draft;
    this.article = article;
    this.tell = tell;
    this.published = published;
    this.request = new AbortController();
    this.pause = 0;
    this.pressed = null; // when it was to be put, until an answer comes: sent again, it is the same to the letter
    this.id = el("input", { id: "draft-id", type: "text", spellcheck: "false", autocapitalize: "off", autocomplete: "off" });
    this.id.value = draft.id ?? "";
    this.id.readOnly = Boolean(draft.fixed);
    this.id.addEventListener("input", () => this.renamed());
    this.known = el("div", { class: "known", role: "status" });
    this.diff = el("div", { class: "diff-slot" });
    this.when = whenView(draft.waits ?? article().publish_at, () => {
      draft.waits = this.when.moment() ?? "";
      this.show();
    });
    this.reason = el("input", { id: "draft-reason", type: "text", maxlength: 500, autocomplete: "off", "aria-describedby": "draft-reason-help", value: draft.reason ?? "" });
    this.reason.addEventListener("input", () => (draft.reason = this.reason.value));
    this.act = el("button", { type: "submit", class: "main-act" });
    this.result = el("div", { class: "result", role: "status", tabindex: "-1" });
    this.element = el(
      "section",
      { class: "publishing", "aria-labelledby": "publishing-title" },
      el("h2", { id: "publishing-title" }, say("desk.publish_title")),
      el("p", { class: "field" }, el("label", { for: "draft-id" }, say("desk.id")), this.id),
      this.known,
      this.diff,
      this.when.element,
      el("p", { class: "field" }, el("label", { for: "draft-reason" }, say("desk.reason")), this.reason, el("span", { class: "fine", id: "draft-reason-help" }, say("desk.reason_help"))),
      el("p", { class: "acts" }, this.act),
      this.result,
    );
    this.show();
    if (!draft.base) this.look();
  }

  leave() {
    clearTimeout(this.pause);
    this.request.abort();
  }

  renamed() {
    this.draft.id = this.id.value.trim();
    this.draft.base = null;
    clearTimeout(this.pause);
    this.pause = setTimeout(() => this.look(), PAUSE);
    this.show();
  }

  /** Find out what is stored under the id; true where that could be told. */
  async look() {
    if (!ID.test(this.draft.id ?? "")) return false;
    this.request.abort();
    const { signal } = (this.request = new AbortController());
    try {
      const base = await storedAs(this.draft.id, signal);
      if (signal.aborted) return false;
      this.draft.base = base;
      this.show();
      return true;
    } catch (error) {
      if (!signal.aborted && error.status !== 401) this.known.replaceChildren(deskProblem(error, () => this.look()));
      return false;
    }
  }

  /** What would be put: what readers already see keeps its moment, and says when it was corrected. */
  sent() {
    const article = this.article();
    const moment = this.pressed ?? now();
    const { state } = this.draft.base ?? {};
    const waits = this.when.moment();
    const { publish_at: before, ...rest } = article;
    if (state === "published") {
      const corrected = changedFields(this.draft.base.article, article).length > 0 ? moment : article.modified_at;
      const published = article.published_at ?? this.draft.base.article.published_at;
      return { ...rest, ...(before && { publish_at: before }), published_at: published, modified_at: corrected };
    }
    return { ...rest, ...(waits ? { publish_at: waits } : { published_at: article.published_at ?? moment }) };
  }

  show() {
    const { id, base, fixed } = this.draft;
    const state = base?.state;
    const told = !id ? "desk.id_missing" : ID.test(id) ? state && state !== "none" && !fixed && `desk.known_${state}` : "desk.id_wrong";
    this.known.replaceChildren(...(told ? [el("p", { class: "notice" }, say(told))] : []));
    this.when.element.hidden = state === "published";
    this.act.textContent = say(state === "published" ? "desk.correct" : this.when.moment() ? "desk.schedule" : "desk.publish");
    const diff = base?.article && diffView(base.article, this.sent());
    this.diff.replaceChildren(
      ...(base?.article ? [el("h3", {}, say("desk.changes")), diff ?? el("p", { class: "fine" }, say("desk.no_changes"))] : []),
    );
  }

  async publish() {
    const { draft } = this;
    // The look at an id that was just typed would end the one below.
    clearTimeout(this.pause);
    draft.id = this.id.value.trim();
    if (!ID.test(draft.id)) {
      this.id.focus();
      return this.show();
    }
    this.act.disabled = true;
    this.result.replaceChildren(el("p", { class: "fine" }, say("desk.storing")));
    try {
      if (!draft.base) {
        if (!(await this.look())) return this.result.replaceChildren();
        if (draft.base.article) return this.say("notice", say("desk.look_first"));
      }
      const before = draft.base;
      this.pressed ??= now();
      const sent = this.sent();
      const reason = this.reason.value.trim();
      const headers = onlyAsSeen(before);
      const answer = await deskAsk("PUT", `/v1/articles/${encodeURIComponent(draft.id)}`, { body: { ...sent, id: draft.id }, parameters: { reason }, headers });
      this.pressed = null;
      this.tell([]);
      this.published(sent, answer);
      this.show();
      this.follow(before.article, sent, answer);
    } catch (error) {
      if (error.name === "AbortError") return;
      if (error.status > 0 && error.status < 500) this.pressed = null;
      if (error.status === 412) return await this.lookAgain();
      const rest = this.tell(error.errors ?? []);
      if (error.status !== 422 || rest.length > 0) this.result.replaceChildren(deskProblem(error));
      else this.say("notice", say("desk.mend_fields"));
    } finally {
      this.act.disabled = false;
    }
  }

  /** What is stored is no longer what the editor saw: show what it is, and change nothing before the editor says so again. */
  async lookAgain() {
    if (await this.look()) this.say("notice", say("desk.changed_meanwhile"));
    else this.result.replaceChildren();
  }

  /** Stored is not yet found: told one after the other. */
  async follow(before, sent, { id, outcome, publish_at: waits }) {
    const stored = el("p", {}, say(`desk.outcome_${outcome}`), " ");
    const found = el("p", {});
    const see = el("p", { class: "acts" },
      !waits && el("a", { class: "side-act", href: articleAddress(id), target: "_blank", rel: "noopener" }, say("desk.see_article")),
      el("a", { class: "side-act", href: deskAddress("articles", id) }, say("desk.see_trail")));
    this.result.replaceChildren(el("div", { class: "done" }, stored, found, see));
    this.result.focus({ preventScroll: true });
    this.result.scrollIntoView({ block: "nearest" });
    if (waits) return found.replaceChildren(...sayParts("desk.waits_until", { time: timeOf(waits, { exact: true }) }));
    if (outcome === "unchanged") return;
    const words = telling(before, sent);
    if (!words) return found.replaceChildren(say("desk.found_soon"));
    found.replaceChildren(say("desk.finding"));
    const { signal } = (this.request = new AbortController());
    try {
      found.replaceChildren(say((await searchable(id, words, { signal })) ? "desk.found" : "desk.found_late"));
    } catch (error) {
      if (!signal.aborted) found.replaceChildren(say("desk.found_unknown"));
    }
  }

  say(kind, text) {
    this.result.replaceChildren(el("p", { class: kind, role: "alert" }, text));
  }
}

function whenView(moment, change) {
  const waits = Boolean(moment) && Date.parse(moment) > Date.now();
  const at = el("input", { id: "publish-at", type: "datetime-local", value: waits ? toField(moment) : "", min: toField(now()) });
  const choice = (kind, checked) => el("label", {}, el("input", { type: "radio", name: "when", value: kind, checked, change: chosen }), ` ${say(`desk.when_${kind}`)}`);
  const later = choice("later", waits);
  const field = el("p", { class: "field half", hidden: !waits }, el("label", { for: "publish-at" }, say("desk.publish_at")), at);
  function chosen() {
    const scheduled = later.firstChild.checked;
    field.hidden = !scheduled;
    at.required = scheduled;
    change();
  }
  at.addEventListener("input", change);
  const element = el("fieldset", { class: "when" }, el("legend", {}, say("desk.when")), choice("now", !waits), later, field);
  return { element, moment: () => (later.firstChild.checked && !element.hidden ? fromField(at.value) : null) };
}
