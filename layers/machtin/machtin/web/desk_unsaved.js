// What an editor has begun and not saved: nobody loses it by mistake, and who signs out leaves nothing of it behind.
import { say } from "./words.js";

const kept = new Map(); // what outlasts its room: whether it is unsaved, and what drops it
const open = new Set(); // what ends with its room: whether it is unsaved

/** A room keeps something until the page is left: `unsaved()` tells whether it may not be lost, `forget()` drops it. */
export function keep(unsaved, forget) {
  kept.set(unsaved, forget);
}

/** A room drops something when it is left, as `signal` tells; `unsaved()` tells whether it may not be lost. */
export function holdOpen(unsaved, signal) {
  open.add(unsaved);
  signal.addEventListener("abort", () => open.delete(unsaved));
}

const any = (them) => [...them].some((unsaved) => unsaved());

/** Whether the room may be left: asked where that loses something. */
export function mayLeave() {
  return !any(open) || confirm(say("desk.leave_sure"));
}

/** Whether the editor may sign out, asked where that loses something; then all of it is dropped. */
export function maySignOut() {
  if ((any(open) || any(kept.keys())) && !confirm(say("desk.sign_out_sure"))) return false;
  open.clear();
  for (const forget of kept.values()) forget();
  return true;
}

addEventListener("beforeunload", (event) => {
  if (any(open) || any(kept.keys())) event.preventDefault();
});
