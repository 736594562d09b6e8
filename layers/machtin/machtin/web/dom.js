// Elements made of plain values. Text only ever enters the page as text: nothing here, or anywhere, parses markup.
import { articleLang } from "./words.js";

/** An element: attributes by name (functions are listeners, null and false are left out), then children. */
export function el(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (typeof value === "function") element.addEventListener(name, value);
    else element.setAttribute(name, value === true ? "" : String(value));
  }
  element.append(...children.filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

/** The children with a separator between them, empty ones left out. */
export function separated(separator, ...children) {
  return children.filter(Boolean).flatMap((child, at) => (at ? [separator, child] : [child]));
}

/** Words of an article in a line of the page: whatever direction their letters ask for, what follows keeps its own. */
export function ofArticle(words) {
  return words && el("bdi", { lang: articleLang }, words);
}

/** An address of another site that a reader may follow; null for what is no http address. */
export function outsideAddress(url) {
  if (!url) return null;
  try {
    const parsed = new URL(url);
    return parsed.protocol === "https:" || parsed.protocol === "http:" ? parsed.href : null;
  } catch {
    return null;
  }
}

/** Take the reader to what heads a view, be it that of a failure. */
export function focusHeading(root, { preventScroll = true } = {}) {
  const heading = root.querySelector("h1") ?? root.querySelector("h2");
  if (!heading) return;
  heading.tabIndex = -1;
  heading.focus({ preventScroll });
}

/** How the page moves to a place: at once where the reader asked for less motion. */
export function scrollBehavior() {
  return matchMedia("(prefers-reduced-motion: reduce)").matches ? "auto" : "smooth";
}
