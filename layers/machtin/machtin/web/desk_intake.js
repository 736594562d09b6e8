// Taking a draft in: pasted or dropped text, HTML, or a file, sent as it is to be understood.
import { el } from "./dom.js";
import { say } from "./words.js";

const KINDS = [
  [/\.(html?|xhtml)$/i, "text/html"],
  [/\.json$/i, "application/json"],
  [/\.(txt|text|md)$/i, "text/plain"],
];
// What the API takes at most.
const MOST_BYTES = 6_000_000;
const MARKUP = /^\s*<(?:!doctype|html|head|body|article|main|section|div|h[1-6]|p|\?xml)\b/i;

/** {body, type} of a text as it was pasted: HTML, JSON or plain text by how it begins. */
export function sentText(text) {
  if (MARKUP.test(text)) return { body: text, type: "text/html; charset=utf-8" };
  if (/^\s*\{\s*"/.test(text)) return { body: text, type: "application/json" };
  return { body: text, type: "text/plain; charset=utf-8" };
}

/** {body, type} of a file, its bytes as they are: the server finds out in which encoding. Throws a key of the catalogue. */
export async function sentFile(file) {
  const [, type] = KINDS.find(([name]) => name.test(file.name)) ?? [null, file.type.split(";")[0]];
  if (!KINDS.some(([, known]) => known === type)) throw new Error("desk.file_unknown");
  if (file.size > MOST_BYTES) throw new Error("desk.file_too_large");
  if (file.size === 0) throw new Error("desk.file_empty");
  const body = new Uint8Array(await file.arrayBuffer());
  // What is called text is handed on as UTF-8, on AWS, whatever it is.
  return { body, type: type === "application/json" || isUtf8(body) ? type : "application/octet-stream" };
}

function isUtf8(bytes) {
  try {
    new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    return true;
  } catch {
    return false;
  }
}

/**
 * Where a draft is pasted or dropped, with the `text` that stood there; `typed(text)` is told what stands there now.
 * `take({body, type})` gets it, and nothing is changed before it is done; `write()` begins one with what stands there;
 * `tell(key)` what can't be taken.
 */
export function intakeView({ text: before, typed, take, write, tell }) {
  const area = el("textarea", { id: "intake", rows: 12, lang: "vi", spellcheck: "false", "aria-describedby": "intake-help" });
  area.value = before;
  area.addEventListener("input", () => typed(area.value));
  const file = el("input", { type: "file", id: "intake-file", class: "unseen", accept: ".html,.htm,.xhtml,.txt,.text,.md,.json,text/html,text/plain" });
  const give = async (sent) => {
    if (area.readOnly) return;
    area.readOnly = true;
    try {
      await take(sent);
    } finally {
      area.readOnly = false;
    }
  };
  // What comes from elsewhere takes the place of what was typed.
  const replace = (sent) => (!area.value.trim() || confirm(say("desk.drop_sure"))) && give(sent);
  const takeFile = async (one) => {
    let sent;
    try {
      sent = await sentFile(one);
    } catch (error) {
      return tell(error.message);
    }
    replace(sent);
  };
  const takeText = () => (area.value.trim() ? give(sentText(area.value)) : area.focus());
  file.addEventListener("change", () => {
    const [chosen] = file.files;
    if (chosen) takeFile(chosen);
    file.value = "";
  });
  area.addEventListener("paste", (event) => {
    const text = event.clipboardData.getData("text/plain");
    // What is pasted into what somebody has begun to write is not all of it.
    if (area.readOnly || area.value.trim() || !text.trim()) return;
    event.preventDefault();
    area.value = text;
    typed(text);
    takeText();
  });
  const view = el(
    "div",
    { class: "intake" },
    el("p", { class: "field" }, el("label", { for: "intake" }, say("desk.intake")), area),
    el("p", { class: "fine", id: "intake-help" }, say("desk.intake_help")),
    el(
      "p",
      { class: "acts" },
      el("button", { type: "button", class: "main-act", click: takeText }, say("desk.read_draft")),
      file,
      el("label", { for: "intake-file", class: "side-act" }, say("desk.choose_file")),
      el("button", { type: "button", class: "plain", click: () => area.readOnly || write() }, say("desk.write_new")),
    ),
  );
  const over = (now) => (event) => {
    if (event.dataTransfer && ![...event.dataTransfer.types].some((type) => type === "Files" || type.startsWith("text/"))) return;
    event.preventDefault();
    view.classList.toggle("over", now);
  };
  view.addEventListener("dragover", over(true));
  view.addEventListener("dragleave", over(false));
  view.addEventListener("drop", (event) => {
    over(false)(event);
    const [dropped] = event.dataTransfer.files;
    const text = event.dataTransfer.getData("text/plain");
    if (area.readOnly) return;
    if (dropped) takeFile(dropped);
    else if (text.trim()) replace(sentText(text));
  });
  return view;
}
