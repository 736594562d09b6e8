// Code samples in the language that the reader has chosen, which the address keeps.
import { copyButton } from "./copying.js";
import { el } from "./dom.js";
import { followAddress } from "./other_language.js";
import { say } from "./words.js";

// What the document's samples ask for, and the article that they name.
const BASE = "http://127.0.0.1:8080";
export const EXAMPLE_ID = "gia-gao-xuat-khau";
const LABELS = ["curl", "Python", "JavaScript"];
const PARAMETER = "in";
// An operation of which less shows below the form, in CSS pixels, has been read.
const READ = 40;

const chosen = () => LABELS.find((label) => label.toLowerCase() === new URLSearchParams(location.search).get(PARAMETER)) ?? LABELS[0];

/** A sample as it works here: asks this host, and readers' samples for an article that is there. */
function asHere(source, operation, id) {
  const here = source.replaceAll(BASE, location.origin);
  return operation.security ? here : here.replaceAll(EXAMPLE_ID, id);
}

/** The samples of an operation, one shown; `name` is the operation's for whoever can't see where it stands. */
export function samplesView(operation, name, id) {
  const shown = chosen();
  return el(
    "div",
    { class: "samples" },
    ...(operation["x-codeSamples"] ?? []).map(({ label, source }) => {
      const text = asHere(source, operation, id);
      const code = el("pre", { tabindex: "0", role: "region", "aria-label": say("docs.sample", { language: label, operation: name }) }, el("code", {}, text));
      return el("div", { class: "sample", "data-label": label, hidden: label !== shown }, code, ...copyButton(text));
    }),
  );
}

/** Fills the form that chooses the language of all samples under `place`. */
export function offerLanguages(form, place) {
  const radios = LABELS.map((label) => {
    const radio = el("input", { type: "radio", name: PARAMETER, value: label, checked: label === chosen() });
    return el("label", {}, radio, el("span", {}, label));
  });
  form.replaceChildren(el("fieldset", {}, el("legend", {}, say("docs.samples_in")), ...radios));
  form.addEventListener("change", ({ target }) => {
    const address = new URL(location.href);
    address.searchParams.set(PARAMETER, target.value.toLowerCase());
    history.replaceState(null, "", address);
    followAddress();
    // What is read stays where it is, though samples above it grow or shrink.
    const below = form.getBoundingClientRect().bottom + READ;
    const read = [...place.querySelectorAll(".operation")].find((one) => one.getBoundingClientRect().bottom > below);
    const before = read?.getBoundingClientRect().top ?? 0;
    for (const sample of place.querySelectorAll(".sample")) sample.hidden = sample.dataset.label !== target.value;
    if (read) scrollBy({ top: read.getBoundingClientRect().top - before, behavior: "instant" });
  });
  form.hidden = false;
}
