// The snippet's demonstration: the line to paste for an article, and what it shows.
import { ask, Problem, problemView } from "./api.js";
import { copyButton } from "./copying.js";
import { el } from "./dom.js";
import { followAddress } from "./other_language.js";
import { articleLang, lang, say } from "./words.js";

const NEWEST = 20;
const form = document.getElementById("choices");
const newspaper = document.getElementById("newspaper");
const told = document.getElementById("told");
const absent = document.getElementById("absent");
let latest = 0;

const choice = (name) => form.elements[name];
const size = () => Math.min(Math.max(Math.round(Number(choice("size").value)) || 4, 1), 50);

function attributes() {
  return { "data-article": choice("article").value, "data-size": String(size()), "data-lang": choice("lang").value };
}

/** The line as it is pasted. Ids have no sign that would need an escape. */
function line() {
  const given = Object.entries(attributes()).map(([name, value]) => `${name}="${value}"`);
  return `<script src="${location.origin}/embed.js" ${given.join(" ")} async></script>`;
}

async function show() {
  const turn = ++latest;
  const text = line();
  const code = el("pre", { tabindex: "0", role: "region", "aria-label": say("demo.line_label") }, el("code", {}, text));
  document.getElementById("line").replaceChildren(code, ...copyButton(text));
  const address = new URL(location.href);
  for (const name of ["article", "size", "lang"]) address.searchParams.set(name, name === "size" ? size() : choice(name).value);
  history.replaceState(null, "", address);
  followAddress();
  const title = choice("article").selectedOptions[0].textContent;
  newspaper.replaceChildren(el("p", { class: "newspaper-title", lang: articleLang }, title), el("script", { src: "/embed.js", ...attributes() }));
  told.textContent = "";
  try {
    const { developments, background } = await ask(`/v1/articles/${encodeURIComponent(choice("article").value)}/related`, { size: size() });
    if (turn === latest && developments.length + background.length === 0) told.textContent = say("demo.nothing");
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    if (turn === latest) told.replaceChildren(absence(error) ?? problemView(error, show));
  }
}

/** That there is no such article, which is no failure; null for what is one. */
function absence({ status }) {
  if (![404, 410, 422].includes(status)) return null;
  const [title, help] =
    status === 410 ? [say("article.gone"), say("article.gone_help")] : [say("article.missing"), say("article.missing_help")];
  return el("div", { class: "trouble", role: "alert" }, el("h2", {}, title), el("p", {}, help));
}

/** The newest articles, behind the one that the address names; without that one where there is none, which is told. */
async function articles() {
  const named = new URLSearchParams(location.search).get("article");
  const newest = (await ask("/v1/search", { size: NEWEST })).hits;
  absent.replaceChildren();
  if (!named || newest.some(({ id }) => id === named)) return [newest, named];
  try {
    return [[await ask(`/v1/articles/${encodeURIComponent(named)}`), ...newest], named];
  } catch (error) {
    const why = absence(error);
    if (!why) throw error;
    absent.replaceChildren(why);
    return [newest, null];
  }
}

async function begin() {
  try {
    const [offered, named] = await articles();
    if (offered.length === 0) {
      told.textContent = say("demo.no_articles");
      return;
    }
    choice("article").replaceChildren(...offered.map(({ id, title }) => el("option", { value: id, lang: articleLang, selected: id === named }, title)));
    const parameters = new URLSearchParams(location.search);
    choice("size").value = parameters.get("size") ?? "4";
    choice("lang").value = parameters.get("lang") === "en" || (!parameters.has("lang") && lang === "en") ? "en" : "vi";
    form.hidden = false;
    form.addEventListener("change", () => {
      absent.replaceChildren();
      show();
    });
    form.addEventListener("submit", (event) => event.preventDefault());
    await show();
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    told.replaceChildren(problemView(error, begin));
  }
}

begin();
