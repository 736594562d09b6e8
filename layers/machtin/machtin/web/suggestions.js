// Suggestions while typing: a combobox with a list, after the WAI-ARIA Authoring Practices (list autocomplete, manual selection).
import { ask } from "./api.js";
import { el } from "./dom.js";
import { articleLang, say } from "./words.js";

const PAUSE = 90;
const HEADLINES = 5;
const PHRASES = 3;

/**
 * A list below the search box. `filters()` are those that the next search will have; `search(text)` and `open(id)` are
 * called with what the reader chose. Without this script the box stays the search box that it is.
 */
export class Suggestions {
  constructor(box, list, { filters, search, open }) {
    this.box = box;
    this.list = list;
    this.filters = filters;
    this.choices = { search, open };
    this.active = -1;
    this.pause = 0;
    this.request = new AbortController();
    for (const [name, value] of [["role", "combobox"], ["aria-autocomplete", "list"], ["aria-controls", list.id], ["aria-expanded", "false"]]) {
      box.setAttribute(name, value);
    }
    box.addEventListener("input", () => this.typed());
    box.addEventListener("keydown", (event) => this.key(event));
    box.addEventListener("blur", () => this.close());
    // Back and Forward leave the focus where it is, but not what was being typed.
    window.addEventListener("popstate", () => this.close());
    // The box keeps the focus, and with it the keyboard of a phone.
    list.addEventListener("mousedown", (event) => event.preventDefault());
    list.addEventListener("click", (event) => {
      const row = event.target.closest("[role=option]");
      if (row) this.choose([...list.children].indexOf(row));
    });
  }

  get expanded() {
    return !this.list.hidden;
  }

  typed() {
    clearTimeout(this.pause);
    if (!this.box.value.trim()) this.close();
    else this.pause = setTimeout(() => this.look(), PAUSE);
  }

  async look() {
    // Whatever was asked before is of no use any more, and must not come in after this.
    this.request.abort();
    const { signal } = (this.request = new AbortController());
    try {
      const answer = await ask("/v1/suggest", { q: this.box.value.slice(0, 200), size: HEADLINES, ...this.filters() }, signal);
      if (!signal.aborted) this.show(answer);
    } catch {
      // Nobody misses a suggestion that fails; the search itself tells of trouble.
      if (!signal.aborted) this.close();
    }
  }

  show({ phrases, completions }) {
    const typed = this.box.value.trim().toLowerCase();
    const rows = [
      ...phrases
        .filter((phrase) => phrase.toLowerCase() !== typed)
        .slice(0, PHRASES)
        .map((phrase) => ({ text: phrase, act: () => this.choices.search(phrase) })),
      ...completions.map(({ id, title }) => ({ text: title, id, act: () => this.choices.open(id) })),
    ];
    if (!rows.length) return this.close();
    this.rows = rows;
    this.active = -1;
    this.box.removeAttribute("aria-activedescendant");
    this.list.replaceChildren(...rows.map(rowView));
    this.list.hidden = false;
    this.list.scrollTop = 0;
    this.box.setAttribute("aria-expanded", "true");
  }

  close() {
    clearTimeout(this.pause);
    this.request.abort();
    this.list.hidden = true;
    this.active = -1;
    this.box.setAttribute("aria-expanded", "false");
    this.box.removeAttribute("aria-activedescendant");
  }

  key(event) {
    if (event.isComposing) return;
    if (event.key === "Enter") {
      if (this.expanded && this.active >= 0) {
        event.preventDefault();
        this.choose(this.active);
      } else {
        this.close();
      }
    }
    if (!this.expanded) return;
    if (event.key === "Escape") {
      event.preventDefault();
      this.close();
    } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      // One place more than there are rows: what was typed, between the last and the first.
      const places = this.rows.length + 1;
      const step = event.key === "ArrowDown" ? 1 : -1;
      this.activate(((this.active + 1 + step + places) % places) - 1);
    }
  }

  activate(at) {
    this.list.children[this.active]?.setAttribute("aria-selected", "false");
    this.active = at;
    const row = this.list.children[at];
    if (!row) return this.box.removeAttribute("aria-activedescendant");
    row.setAttribute("aria-selected", "true");
    row.scrollIntoView({ block: "nearest" });
    this.box.setAttribute("aria-activedescendant", row.id);
  }

  choose(at) {
    const { act } = this.rows[at];
    this.close();
    act();
  }
}

function rowView({ text, id }, at) {
  return el(
    "li",
    { role: "option", id: `suggestion-${at}`, "aria-selected": "false", class: id ? "headline" : "phrase" },
    el("span", { class: "unseen" }, say(id ? "box.suggest_open" : "box.suggest_search")),
    el("span", { lang: articleLang }, text),
  );
}
