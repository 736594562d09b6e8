// How far a re-index has come: its steps, a bar of articles, what is left.
import { el, separated } from "./dom.js";
import { locale, say } from "./words.js";

const STEPS = ["plan", "build", "catch_up", "warm_up", "gate", "promote", "settle"];
const rates = new Intl.NumberFormat(locale, { maximumFractionDigits: 0 });

/** {element, update(reindex), trouble(shown)}: what is drawn stays, and changes with what is known. */
export function progressView(reindex) {
  const bar = el("progress", { max: 1, "aria-label": say("reindex.progress") });
  const counts = el("p", { class: "fine" });
  // Steps are told when they change; numbers are there for whoever looks.
  const told = el("p", { class: "unseen", role: "status" });
  const setback = el("div", {});
  const steps = STEPS.map((step) => el("li", {}, say(`reindex.step_${step}`)));
  const list = el("ol", { class: "steps", "aria-label": say("reindex.steps") }, ...steps);
  const element = el("div", { class: "progress" }, list, bar, counts, told, setback);
  let step = "";

  const update = (now) => {
    const at = now.step === "done" ? STEPS.length : STEPS.indexOf(now.step);
    const back = now.step === "roll_back";
    const running = now.state === "running";
    list.hidden = back || (!running && now.state !== "failed" && now.state !== "cancelled");
    steps.forEach((one, place) => {
      one.toggleAttribute("data-done", place < at);
      if (place === at) one.setAttribute("aria-current", "step");
      else one.removeAttribute("aria-current");
    });
    bar.hidden = !running;
    const building = now.step === "build" && now.articles_total > 0;
    if (building) bar.value = Math.min(1, now.articles_done / now.articles_total);
    else if (at > STEPS.indexOf("build")) bar.value = 1;
    else bar.removeAttribute("value");
    counts.replaceChildren(
      ...separated(
        " · ",
        say(running && building ? "reindex.articles_of" : "reindex.articles", { n: now.articles_done, total: now.articles_total }),
        now.rate && say("reindex.rate", { rate: rates.format(now.rate) }),
        now.seconds_left !== null && say("reindex.left", { n: Math.ceil(now.seconds_left) }),
      ),
    );
    counts.hidden = now.articles_done === 0;
    const name = running ? say(`reindex.step_${now.step}`) : say(`reindex.state_${now.state}`);
    if (name !== step) told.textContent = name;
    step = name;
    const back_off = running && now.setbacks > 0 && el("div", { class: "notice" }, el("p", {}, say("reindex.setbacks", { n: now.setbacks })), now.error && el("p", { class: "fine", lang: "en" }, now.error));
    setback.replaceChildren(...[back_off].filter(Boolean));
  };
  update(reindex);
  return { element, update, trouble: (shown) => setback.replaceChildren(shown) };
}
