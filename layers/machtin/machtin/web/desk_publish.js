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
  /**
   * `draft` {id, base, opened}: what the room keeps of it, with the state in which it was opened; `article()` is what is
   * in the form, `touched()` is called when anything here was changed, `published()` when it was put.
   */
  constructor(draft, { article, tell, touched, published }) {
    this.draft = draft;
    this.article = article;
    this.tell = tell;
    this.touched = touched;
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
    this.when = whenView(this.planned(), () => {
      draft.waits = this.when.moment() ?? "";
      touched();
      this.show();
    });
    this.reason = el("input", { id: "draft-reason", type: "text", maxlength: 500, autocomplete: "off", "aria-describedby": "draft-reason-help", value: draft.reason ?? "" });
    this.reason.addEventListener("input", () => {
      draft.reason = this.reason.value;
      touched();
    });
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
    this.touched();
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
      // What the editor chose, or is about to, stays.
      if (this.draft.waits === undefined) this.when.set(this.planned());
      this.show();
      return true;
    } catch (error) {
      if (!signal.aborted && error.status !== 401) this.known.replaceChildren(deskProblem(error, () => this.look()));
      return false;
    }
  }

  /** When it is to be published: as the editor chose, or else as somebody else has scheduled it. */
  planned() {
    const { waits, base } = this.draft;
    return waits ?? base?.article?.publish_at ?? this.article().publish_at;
  }

  /** What would be put: what readers already see keeps its moment, and says when it was corrected. */
  sent() {
    const { publish_at: _, ...article } = this.article();
    const moment = this.pressed ?? now();
    const { state, article: seen } = this.draft.base ?? {};
    const waits = this.when.moment();
    if (state === "published") {
      const { publish_at: released, published_at: published, modified_at: modified } = seen;
      const kept = { ...article, ...(released && { publish_at: released }), published_at: article.published_at ?? published, modified_at: modified };
      return { ...kept, modified_at: changedFields(seen, kept).length > 0 ? moment : modified };
    }
    return { ...article, ...(waits ? { publish_at: waits } : { published_at: article.published_at ?? moment }) };
  }

  /** What the editor has to know of the id: what is wrong with it, or what is stored there that was not seen when the room opened. */
  told() {
    const { id, base, fixed, opened } = this.draft;
    if (!id) return [say("desk.id_missing")];
    if (!ID.test(id)) return [say("desk.id_wrong")];
    if (!base || base.state === "none" || (fixed && base.state === opened)) return [];
    return sayParts(`desk.known_${base.state}`, { time: timeOf(base.article?.publish_at, { full: true }) });
  }

  show() {
    const { base } = this.draft;
    const state = base?.state;
    const told = this.told();
    this.known.replaceChildren(...(told.length > 0 ? [el("p", { class: "notice" }, ...told)] : []));
    // What is hidden may not keep the form from being sent.
    this.when.element.hidden = this.when.element.disabled = state === "published";
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
    this.id.readOnly = true;
    this.result.replaceChildren(el("p", { class: "fine" }, say("desk.storing")));
    try {
      if (!draft.base) {
        if (!(await this.look())) return this.result.replaceChildren();
        if (draft.base.article) return this.say("notice", say("desk.look_first"));
      }
      if (draft.base.state === "taken_down" && !confirm(say("desk.bring_back_sure"))) return this.result.replaceChildren();
      const before = draft.base;
      this.pressed ??= now();
      const sent = this.sent();
      const written = { ...draft };
      const reason = this.reason.value.trim();
      const headers = onlyAsSeen(before);
      const answer = await deskAsk("PUT", `/v1/articles/${encodeURIComponent(draft.id)}`, { body: { ...sent, id: draft.id }, parameters: { reason }, headers });
      this.pressed = null;
      this.tell([]);
      this.published(sent, answer, written);
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
      this.id.readOnly = Boolean(draft.fixed);
    }
  }

  /** What is stored is no longer what the editor saw: show what it is, and change nothing before the editor says so again. */
  async lookAgain() {
    const before = this.draft.base?.state;
    if (!(await this.look())) return this.result.replaceChildren();
    const { state, article } = this.draft.base;
    if (state === before && state !== "scheduled") return this.say("notice", say("desk.changed_meanwhile"));
    this.say("notice", ...sayParts(`desk.meanwhile_${state}`, { time: timeOf(article?.publish_at, { full: true }) }));
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

  say(kind, ...text) {
    this.result.replaceChildren(el("p", { class: kind, role: "alert" }, ...text));
  }
}

function whenView(planned, change) {
  let given = null; // goes back as it came, to the second and the letter, where nobody touched it
  const at = el("input", { id: "publish-at", type: "datetime-local" });
  const choice = (kind) => el("label", {}, el("input", { type: "radio", name: "when", value: kind, change: chosen }), ` ${say(`desk.when_${kind}`)}`);
  const [soon, later] = [choice("now"), choice("later")];
  const field = el("p", { class: "field half" }, el("label", { for: "publish-at" }, say("desk.publish_at")), at);
  function open() {
    field.hidden = !later.firstChild.checked;
    at.required = later.firstChild.checked;
  }
  function chosen() {
    open();
    change();
  }
  function set(moment) {
    given = Date.parse(moment ?? "") > Date.now() ? moment : null;
    at.min = toField(now());
    at.value = toField(given);
    (given ? later : soon).firstChild.checked = true;
    open();
  }
  at.addEventListener("input", change);
  const element = el("fieldset", { class: "when" }, el("legend", {}, say("desk.when")), soon, later, field);
  set(planned);
  const moment = () => (!later.firstChild.checked || element.hidden ? null : at.value === toField(given) ? given : fromField(at.value));
  return { element, set, moment };
}
