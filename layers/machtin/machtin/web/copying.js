// A button that copies a text, and says whether it could.
import { el } from "./dom.js";
import { say } from "./words.js";

const SHOWN = 2500;

/** Button and what a screen reader is told; `text` is what is copied. */
export function copyButton(text) {
  const told = el("span", { class: "unseen", role: "status" });
  let back = 0;
  const copy = async () => {
    let done = true;
    try {
      // Not there at all on a plain http address of another machine.
      await navigator.clipboard.writeText(text);
    } catch {
      done = false;
    }
    button.textContent = say(done ? "copy.done" : "copy.failed");
    told.textContent = say(done ? "copy.done_told" : "copy.failed_told");
    clearTimeout(back);
    back = setTimeout(() => {
      button.textContent = say("copy.copy");
      told.textContent = ""; // so that the next copy is told again
    }, SHOWN);
  };
  const button = el("button", { type: "button", class: "copy", click: copy }, say("copy.copy"));
  return [button, told];
}
