// The digest of an event: what several articles say, in order of time, and the numbers that they give differently.
import { articleAddress, placeAddress } from "./address.js";
import { ask, Problem } from "./api.js";
import { missingView } from "./article_view.js";
import { copyButton } from "./copying.js";
import { timeOf } from "./dates.js";
import { el, separated } from "./dom.js";
import { numbersView } from "./numbers_view.js";

const REASONS = { taken_down: "đã gỡ", unknown: "không có trong kho" };
const numbers = new Intl.NumberFormat("vi-VN");

/** Shows digests in `root`. */
export class DigestView {
  constructor(root) {
    this.root = root;
    this.id = null;
    this.request = new AbortController();
  }

  /** Stop what is under way; who comes back gets the digest of the articles as they are then. */
  leave() {
    this.id = null;
    this.request.abort();
  }

  /** Whether the digest stands on the page already. */
  shows(place) {
    return this.id === place.id;
  }

  /** Show the digest of an article and its developments; true when it stands there, false when the reader has gone on. */
  async show({ id }) {
    if (this.shows({ id })) {
      document.title = this.title;
      return true;
    }
    this.leave();
    const { signal } = (this.request = new AbortController());
    this.id = id;
    this.root.setAttribute("aria-busy", "true");
    document.title = this.title = "Tổng hợp diễn biến – mạch tin";
    this.root.replaceChildren(...heading(id), waiting());
    try {
      const answer = await ask("/v1/digests", { article: id }, signal);
      const own = answer.articles.find((one) => one.id === id);
      document.title = this.title = `Diễn biến: ${own?.title ?? id} – mạch tin`;
      this.root.replaceChildren(...heading(id, own), ...digestView(id, answer));
    } catch (error) {
      if (error.name === "AbortError") return false;
      if (!(error instanceof Problem)) throw error;
      this.id = null;
      const gone = [404, 410, 422].includes(error.status);
      this.root.replaceChildren(...(gone ? [] : heading(id)), missingView(error, () => this.show({ id })));
    } finally {
      if (!signal.aborted) this.root.removeAttribute("aria-busy");
    }
    return !signal.aborted;
  }
}

function heading(id, own) {
  return [
    el("p", { class: "back" }, el("a", { href: articleAddress(id) }, el("span", { "aria-hidden": "true" }, "← "), "Về bài")),
    el("header", {}, el("p", { class: "kicker" }, "Tổng hợp diễn biến"), el("h1", { tabindex: "-1" }, own?.title ?? "Tổng hợp diễn biến")),
  ];
}

function waiting() {
  return el("p", { class: "waiting", role: "status" }, el("label", {}, "Đang đọc các bài của sự việc… ", el("progress")));
}

function digestView(id, answer) {
  const { articles, sentences, contradictions, degraded, missing } = answer;
  return [
    el("p", { class: "fine extent" }, ...separated(" · ", extent(articles), `${sentences.length} câu`, `${numbers.format(answer.syllables)} âm tiết`)),
    degraded && el("p", { class: "notice" }, "Một phần của bộ tìm kiếm đang tạm nghỉ, nên có thể thiếu vài bài của sự việc này."),
    missing.length > 0 && el("p", { class: "notice" }, `Không đọc được ${missing.length} bài: `, ...missingOnes(missing), "."),
    articles.length < 2 && el("p", { class: "notice" }, "Chưa có bài nào khác về việc này. Dưới đây là những câu chính của riêng bài."),
    contradictions.length > 0 && numbersView(contradictions),
    ...told(id, answer),
    ...silent(articles, sentences),
  ].filter(Boolean);
}

/** "4 bài, từ 9/10/2025 đến 3/3/2026", "2 bài, 4/5/2026" */
function extent(articles) {
  const dated = articles.filter((one) => one.published_at);
  const count = `${articles.length} bài`;
  if (dated.length < 2) return count;
  const [first, last] = [dated[0], dated.at(-1)].map((one) => timeOf(one.published_at, { day: true }));
  return first.textContent === last.textContent ? el("span", {}, `${count}, `, first) : el("span", {}, `${count}, từ `, first, " đến ", last);
}

function missingOnes(missing) {
  return separated(", ", ...missing.map((one) => el("span", {}, `${one.id} (${REASONS[one.reason] ?? one.reason})`)));
}

function told(id, { sentences, text }) {
  if (sentences.length === 0) return [el("p", { class: "notice" }, "Các bài này không có câu nào đứng riêng được.")];
  const rows = runs(sentences).map((own) => {
    const { source } = own[0];
    return el(
      "li",
      { class: source.id === id ? "here" : null },
      el("p", { class: "kicker" }, ...separated(" · ", source.id === id && "Bài vừa đọc", timeOf(source.published_at) ?? "Không rõ ngày", source.publisher)),
      ...own.map((one) => el("p", { class: "sentence" }, el("a", { href: placeAddress(source.id, one) }, one.text))),
      el("p", { class: "source" }, el("a", { href: articleAddress(source.id) }, source.title)),
    );
  });
  return [
    el(
      "section",
      { class: "story", "aria-labelledby": "story-title" },
      el("h2", { id: "story-title" }, "Theo thời gian"),
      el("p", { class: "fine" }, "Nguyên văn câu trong các bài, điều đã nói không nhắc lại; bấm vào câu để đọc nó trong bài."),
      el("ol", { class: "thread" }, ...rows),
      el("p", { class: "fine copying" }, ...copyButton(text)),
    ),
  ];
}

/** Sentences of the same article that follow one another. */
function runs(sentences) {
  const result = [];
  for (const one of sentences) {
    if (result.at(-1)?.[0].source.id === one.source.id) result.at(-1).push(one);
    else result.push([one]);
  }
  return result;
}

/** Articles that were read and have no sentence of their own here. */
function silent(articles, sentences) {
  const speaking = new Set(sentences.map((one) => one.source.id));
  const others = articles.filter((one) => !speaking.has(one.id));
  if (others.length === 0) return [];
  const rows = others.map((one) =>
    el("li", {}, el("a", { href: articleAddress(one.id) }, one.title), " ", el("span", { class: "fine" }, ...separated(" · ", timeOf(one.published_at), one.publisher))),
  );
  return [el("details", { class: "silent" }, el("summary", {}, `${others.length} bài nữa đã đọc, không thêm câu nào`), el("ul", {}, ...rows))];
}
