// The form of an article: what an editor sees and changes of each field.
import { el } from "./dom.js";
import { fromField, toField } from "./desk_moment.js";
import { say } from "./words.js";

// Each field as text in the form, and back. What nobody touched goes back as it came, to the second and the letter.
const FIELDS = {
  title: { lines: 1, ...text(""), read: (shown) => shown.trim().replace(/\s*\n\s*/g, " "), required: true },
  sapo: { lines: 2, ...text("") },
  body: { lines: 10, ...text("") },
  section: { ...text(null), half: true },
  author: { ...text(null), half: true },
  published_at: { type: "datetime-local", show: toField, read: fromField, half: true, how: true },
  publisher: { ...text(null), half: true },
  tags: { show: (tags) => tags.join(", "), read: (shown) => shown.split(/[,;\n]/).map((tag) => tag.trim()).filter(Boolean), how: true },
  url: { type: "url", ...text(null) },
};

function text(nothing) {
  return { show: (value) => value ?? "", read: (shown) => (shown.trim() === "" ? nothing : shown) };
}

/** A form for the fields of `article` (JSON of the API). */
export class ArticleFields {
  /** `change()` is called after each change. */
  constructor(article, change) {
    this.given = article;
    this.inputs = {};
    this.told = {};
    this.element = el("div", { class: "article-fields" }, ...Object.keys(FIELDS).map((name) => this.row(name)));
    this.element.addEventListener("input", (event) => {
      if (event.target.tagName === "TEXTAREA") fit(event.target);
      change();
    });
  }

  row(name) {
    const { lines, type, half, required, how, show } = FIELDS[name];
    const id = `draft-${name}`;
    const attributes = { id, lang: "vi", required, "aria-describedby": `${id}-told` };
    const input = lines ? el("textarea", { ...attributes, rows: lines }) : el("input", { ...attributes, type: type ?? "text" });
    input.value = show(this.given[name]);
    this.inputs[name] = input;
    this.told[name] = el("span", { class: "wrong", id: `${id}-told` });
    const label = el("label", { for: id }, say(`desk.field_${name}`), how && ` ${say(`desk.how_${name}`)}`);
    return el("p", { class: half ? `field half of-${name}` : `field of-${name}` }, label, input, this.told[name]);
  }

  /** Long texts are shown whole; called once the form stands in the page. */
  fit() {
    for (const input of Object.values(this.inputs)) if (input.tagName === "TEXTAREA") fit(input);
  }

  /** The article as it is in the form now. */
  article() {
    const fields = Object.entries(FIELDS).map(([name, { show, read }]) => {
      const shown = this.inputs[name].value;
      return [name, shown === show(this.given[name]).replace(/\r\n?/g, "\n") ? this.given[name] : read(shown)];
    });
    return { ...this.given, ...Object.fromEntries(fields) };
  }

  /** The form is of `article` from now on; the fields named in `left` keep what was typed there. */
  settle(article, left) {
    this.given = article;
    for (const [name, { show }] of Object.entries(FIELDS)) {
      const shown = show(article[name]);
      if (!left.includes(name) && this.inputs[name].value !== shown) this.inputs[name].value = shown;
    }
  }

  /** Say at each field what is wrong with it, [{field, message}]; what belongs to no field is returned. */
  tell(problems) {
    for (const [name, told] of Object.entries(this.told)) {
      const own = problems.filter(({ field }) => field.split("[")[0] === name);
      told.replaceChildren(...own.map(({ message }) => el("span", { lang: "en" }, message)));
      if (own.length > 0) this.inputs[name].setAttribute("aria-invalid", "true");
      else this.inputs[name].removeAttribute("aria-invalid");
    }
    return problems.filter(({ field }) => !Object.hasOwn(FIELDS, field.split("[")[0]));
  }

  addTag(tag) {
    const { value } = this.inputs.tags;
    this.inputs.tags.value = value.trim() ? `${value.trim().replace(/,$/, "")}, ${tag}` : tag;
    this.inputs.tags.dispatchEvent(new Event("input", { bubbles: true }));
  }

  /** Select a stretch of a field, in code points of its text. */
  select(field, start, end) {
    const input = this.inputs[field];
    const letters = [...input.value];
    const units = (count) => letters.slice(0, count).join("").length;
    input.focus();
    input.setSelectionRange(units(start), units(end));
    input.scrollIntoView({ block: "center" });
  }

  focus(field) {
    this.inputs[field]?.focus();
  }
}

function fit(area) {
  area.style.height = "auto";
  area.style.height = `${area.scrollHeight + 2}px`;
}
