// Moments in forms: a day and an hour of Việt Nam, wherever the editor is.

const OFFSET = 7 * 3600_000;

/** RFC 3339 → what <input type="datetime-local"> takes; "" for none. */
export function toField(moment) {
  const time = Date.parse(moment ?? "");
  return Number.isNaN(time) ? "" : new Date(time + OFFSET).toISOString().slice(0, 16);
}

/** What <input type="datetime-local"> holds → RFC 3339; null for none. */
export function fromField(text) {
  return text ? `${text.length === 16 ? `${text}:00` : text.slice(0, 19)}+07:00` : null;
}

/** This moment, to the second. */
export function now() {
  return fromField(new Date(Date.now() + OFFSET).toISOString().slice(0, 19));
}
