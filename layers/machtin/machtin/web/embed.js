// Related news for a newspaper's own page: what happened next, and what explains it.
//   <script src="https://HOST/embed.js" data-article="ID" async></script>
// data-size: at most so many links in each part (1 to 50). data-lang: vi or en, by default the page's.
// data-target: a selector; the list is put into that element, by default right behind the script.
// It brings no style: the page's own holds, and may name .machtin, .machtin-part, .machtin-developments,
// .machtin-background, .machtin-title, .machtin-list, .machtin-item, .machtin-link, .machtin-note, .machtin-time.
// Where anything is amiss nothing is shown.
(() => {
  "use strict";
  const script = document.currentScript;
  const PATIENCE = 5000;
  const WORDS = {
    vi: { developments: "Diễn biến", background: "Bối cảnh", locale: "vi-VN", month: "numeric", pages: "" },
    en: { developments: "Developments", background: "Background", locale: "en-GB", month: "short", pages: "en/" },
  };

  /** An element of this class. Text enters the page as text alone: nothing here parses markup. */
  function el(tag, name, ...children) {
    const element = document.createElement(tag);
    element.className = name;
    element.append(...children);
    return element;
  }

  /** The address as published where it is one of the web, else the article's own page here. */
  function addressOf(one, lang) {
    try {
      const parsed = new URL(one.url);
      if (/^https?:$/.test(parsed.protocol)) return parsed.href;
    } catch {
      // Not published with an address.
    }
    return new URL(`${WORDS[lang].pages}articles/${encodeURIComponent(one.id)}`, script.src).href;
  }

  function timeOf(published, { locale, month }) {
    const moment = new Date(published ?? "");
    if (Number.isNaN(moment.getTime())) return null;
    const shown = moment.toLocaleString(locale, {
      timeZone: "Etc/GMT-7", // seven hours ahead at all times, as the API counts; the city's own zone was not before 1975
      day: "numeric",
      month,
      year: "numeric",
      hour: "2-digit",
      minute: "2-digit",
    });
    const time = el("time", "machtin-time", shown);
    time.dateTime = published;
    return time;
  }

  /** What an article says of itself runs whichever way its letters do, and turns nothing around it. */
  function apart(text) {
    const part = document.createElement("bdi");
    part.textContent = text;
    return text && part;
  }

  function itemOf(one, lang) {
    const link = el("a", "machtin-link", one.title);
    link.href = addressOf(one, lang);
    link.lang = "vi";
    const notes = [timeOf(one.published_at, WORDS[lang]), apart(one.publisher), apart(one.reason?.text)].filter(Boolean);
    const note = el("small", "machtin-note", ...notes.flatMap((part, at) => (at ? [" · ", part] : [part])));
    return el("li", "machtin-item", link, ...(notes.length ? [document.createElement("br"), note] : []));
  }

  function partOf(name, items, lang) {
    const list = el("ul", "machtin-list", ...items.map((one) => itemOf(one, lang)));
    return el("section", `machtin-part machtin-${name}`, el("h2", "machtin-title", WORDS[lang][name]), list);
  }

  async function answerTo(article, size, lang) {
    const asked = new URL(`v1/articles/${encodeURIComponent(article)}/related`, script.src);
    if (/^([1-9]|[1-4]\d|50)$/.test(size)) asked.searchParams.set("size", size);
    if (lang !== "vi") asked.searchParams.set("lang", lang);
    const waiting = new AbortController();
    const patience = setTimeout(() => waiting.abort(), PATIENCE);
    try {
      // Asked at each view whether what the browser has kept still holds: what was taken down is gone at the next one.
      const how = { cache: "no-cache", credentials: "omit", referrerPolicy: "no-referrer", signal: waiting.signal };
      const answer = await fetch(asked, how);
      return answer.ok ? await answer.json() : null;
    } finally {
      clearTimeout(patience);
      waiting.abort(); // whatever is left of an answer that nobody reads
    }
  }

  async function show() {
    const { article, size, target, lang: given } = script.dataset;
    if (!article || (!target && script.closest("head"))) return;
    const lang = Object.keys(WORDS).includes(given) ? given : document.documentElement.lang.startsWith("en") ? "en" : "vi";
    const answer = await answerTo(article, size, lang);
    const parts = ["developments", "background"].filter((name) => answer?.[name]?.length > 0);
    if (parts.length === 0) return;
    const shown = el("div", "machtin", ...parts.map((name) => partOf(name, answer[name], lang)));
    shown.lang = lang;
    if (target && document.readyState === "loading") {
      await new Promise((go) => document.addEventListener("DOMContentLoaded", go, { once: true }));
    }
    if (target) document.querySelector(target)?.append(shown);
    else script.after(shown);
  }

  // A module has no script of its own to read, and an element of that name may stand in for it: nothing is shown either.
  if (script instanceof HTMLScriptElement) show().catch(() => {});
})();
