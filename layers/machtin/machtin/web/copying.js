// A button that copies a text, and says whether it could.
import { el } from "./dom.js";

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
    button.textContent = done ? "Đã chép" : "Chưa chép được";
    told.textContent = done ? "Đã chép vào bộ nhớ tạm." : "Trình duyệt không cho chép. Hãy chọn chữ rồi chép.";
    clearTimeout(back);
    back = setTimeout(() => {
      button.textContent = "Chép";
      told.textContent = ""; // so that the next copy is told again
    }, SHOWN);
  };
  const button = el("button", { type: "button", class: "copy", click: copy }, "Chép");
  return [button, told];
}
