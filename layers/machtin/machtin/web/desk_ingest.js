// To be furnished.
import { el } from "./dom.js";
import { say } from "./words.js";

export async function show(root) {
  root.replaceChildren(el("h1", { tabindex: "-1" }, say("desk.room_ingest")));
}

export function leave() {}
