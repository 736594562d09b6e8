// What a summary should say, in which form, how long and about what.
import { LONGEST } from "./address.js";
import { el } from "./dom.js";
import { say } from "./words.js";

const MODES = { "": "summary.whole", "sapo+": "summary.sapo_and_new", fresh: "summary.only_new" };
const FORMS = { "": "summary.sentences_form", bullets: "summary.bullets", push: "summary.push" };
const UNITS = { sentences: "summary.sentences", syllables: "summary.syllables" };
/** So many syllables has a sentence of the news, about: who changes the unit means the same length. */
const USUAL_SENTENCE = 25;

/** A form that calls `change(summary)` when the reader wants another summary; `summary` is named as in the address. */
export class SummaryControls {
  /** `beside`: whether there is a sapo, and a body, to be set against each other. */
  constructor(beside, change) {
    this.change = change;
    this.wrong = el("p", { class: "wrong", id: "summary-wrong", role: "alert" });
    this.length = el("input", { type: "number", name: "length", id: "summary-length", min: 1, inputmode: "numeric", placeholder: say("summary.free"), "aria-describedby": "summary-wrong" });
    this.unit = el("select", { name: "unit", "aria-label": say("summary.unit") }, ...options(UNITS));
    this.form = el("select", { name: "form", id: "summary-form" }, ...options(FORMS));
    this.query = el("input", { type: "search", name: "query", id: "summary-query", maxlength: 1000, autocomplete: "off", enterkeyhint: "go" });
    this.lengthField = el("p", {}, el("label", { for: "summary-length" }, say("summary.longest")), el("span", { class: "pair" }, this.length, this.unit));
    this.more = el(
      "details",
      {},
      el("summary", {}, say("summary.ways")),
      el("p", {}, el("label", { for: "summary-form" }, say("summary.form")), this.form),
      this.lengthField,
      this.wrong,
      el(
        "p",
        { class: "ask" },
        el("label", { for: "summary-query" }, say("summary.by_question")),
        el("span", { class: "pair" }, this.query, el("button", { type: "submit" }, say("summary.ask"))),
      ),
    );
    const modes = Object.entries(MODES).map(([value, key]) =>
      el("label", {}, el("input", { type: "radio", name: "mode", value }), el("span", { "data-name": say(key) }, say(key))),
    );
    this.element = el(
      "form",
      { class: "ways", change: (event) => this.changed(event.target), submit: (event) => this.submitted(event), novalidate: true },
      beside && el("fieldset", { class: "modes" }, el("legend", { class: "unseen" }, say("summary.about")), ...modes),
      this.more,
    );
  }

  /** Show how the summary is made now. */
  show(summary) {
    for (const radio of this.element.querySelectorAll("[name=mode]")) radio.checked = radio.value === summary.mode;
    this.form.value = summary.form;
    this.query.value = summary.query;
    this.unit.value = summary.syllables && !summary.sentences ? "syllables" : "sentences";
    this.length.value = summary.sentences || summary.syllables;
    this.length.max = LONGEST[this.unit.value];
    this.lengthField.hidden = summary.form === "push";
    this.showWrong(false);
    if (summary.form || summary.query || this.length.value) this.more.open = true;
  }

  changed(field) {
    // A question is asked when it is whole.
    if (field === this.query) return;
    if (field === this.unit) {
      this.length.max = LONGEST[this.unit.value];
      const each = this.unit.value === "syllables" ? USUAL_SENTENCE : 1 / USUAL_SENTENCE;
      if (this.length.value) this.length.value = Math.min(Math.max(1, Math.round(this.length.value * each)), LONGEST[this.unit.value]);
    }
    this.tell();
  }

  showWrong(wrong) {
    this.wrong.textContent = wrong ? say("summary.wrong_length", { most: String(LONGEST[this.unit.value]) }) : "";
    this.length.setAttribute("aria-invalid", wrong);
  }

  submitted(event) {
    event.preventDefault();
    this.tell();
  }

  tell() {
    const form = this.form.value;
    // A notice is one line: what stands in the length, which is hidden then, is not asked for.
    const unasked = form === "push";
    const wrong = !unasked && !this.length.validity.valid;
    this.showWrong(wrong);
    if (wrong) return;
    this.change({
      mode: this.element.querySelector("[name=mode]:checked")?.value ?? "",
      form,
      // As a plain number: fields take "010" and "1e1" too.
      [this.unit.value]: unasked || !this.length.value ? "" : String(this.length.valueAsNumber),
      query: this.query.value.trim(),
    });
  }
}

function options(keys) {
  return Object.entries(keys).map(([value, key]) => el("option", { value }, say(key)));
}
