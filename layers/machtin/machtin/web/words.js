// The words of the page in its language, which <html lang> says, with those of its own area, which <html data-words> names, and how that language writes numbers.

const LOCALES = { vi: "vi-VN", en: "en-GB" };

/** The page's language: "vi" or "en". */
export const lang = document.documentElement.lang === "en" ? "en" : "vi";
export const locale = LOCALES[lang];
/** The `lang` of what stands in an article, whose language is Vietnamese: null where the page's is as well. */
export const articleLang = lang === "vi" ? null : "vi";

const plurals = new Intl.PluralRules(locale);
const numbers = new Intl.NumberFormat(locale);
const shares = new Intl.NumberFormat(locale, { style: "percent" });
// Without its words the page can't take over from what the server sent, which stays as it is.
const { words: area } = document.documentElement.dataset;
const catalogue = Object.assign({}, ...(await Promise.all([wordsOf(`${lang}.json`), area && wordsOf(`${area}_${lang}.json`)])));

async function wordsOf(name) {
  return (await fetch(`/assets/${name}`)).json();
}

/** A number, and a share of 1, as the page's language writes them. */
export const number = (n) => numbers.format(n);
export const percent = (share) => shares.format(share);

// Section names, tags and authors are Vietnamese in either language, and sorted as Vietnamese is.
export const collator = new Intl.Collator("vi");

/** The text of a key: "one article|{n} articles" has a variant for one and for others, chosen by `n`. */
function textOf(key, n) {
  const variants = (catalogue[key] ?? key).split("|");
  return variants.length > 1 && plurals.select(n) === "one" ? variants[0] : variants.at(-1);
}

/** What a key of the catalogue says: each {name} stands for that of `values`, numbers as the language writes them. */
export function say(key, values = {}) {
  return sayParts(key, values).join("");
}

/** The same in pieces, for values that are elements: children of `el`. */
export function sayParts(key, values = {}) {
  const pieces = textOf(key, values.n).split(/\{(\w+)\}/);
  return pieces.map((piece, at) => (at % 2 ? shown(values[piece]) : piece)).filter((piece) => piece !== "");
}

function shown(value) {
  return typeof value === "number" ? number(value) : (value ?? "");
}
