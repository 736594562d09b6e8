// Asking the API, and telling its failures in words.
import { el } from "./dom.js";

/** A failure: `status` is 0 where no answer came at all. */
export class Problem extends Error {
  constructor(status, detail, errors = []) {
    super(detail);
    this.status = status;
    this.errors = errors;
  }
}

/** The JSON answer of GET `path`. Empty parameters are left out. Throws Problem, or AbortError when `signal` says so. */
export async function ask(path, parameters = {}, signal = undefined) {
  const given = Object.entries(parameters).filter(([, value]) => value !== "" && value !== null && value !== undefined);
  const query = new URLSearchParams(given).toString();
  let answer;
  let document;
  try {
    // Whoever reloads the page sees what holds now: what the browser has kept is asked about each time.
    const how = { signal, cache: "no-cache", headers: { accept: "application/json" } };
    answer = await fetch(query ? `${path}?${query}` : path, how);
    document = await answer.json();
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Problem(answer && !answer.ok ? answer.status : 0, error.message);
  }
  if (!answer.ok) throw new Problem(answer.status, document.detail ?? "", document.errors ?? []);
  return document;
}

const FIELDS = {
  q: "Câu tìm",
  section: "Chuyên mục",
  tag: "Thẻ",
  author: "Tác giả",
  since: "Từ ngày",
  until: "Đến ngày",
  from: "Xem thêm",
  article_id: "Mã bài",
  article: "Mã bài",
  query: "Câu hỏi",
  sentences: "Số câu",
  syllables: "Số âm tiết",
};

function told(problem) {
  if (problem.status === 0) {
    return navigator.onLine
      ? ["Không nối được tới máy chủ", "Máy chủ có thể vừa tắt hoặc đang khởi động lại."]
      : ["Máy này đang ngoại tuyến", "Hãy kiểm tra kết nối mạng rồi thử lại."];
  }
  if (problem.status === 410) return ["Bài đã gỡ", "Toà soạn vừa gỡ bài này xuống."];
  if (problem.status === 429) return ["Nhiều người đang tìm quá", "Hãy đợi vài giây rồi thử lại."];
  if (problem.status >= 500) return ["Máy chủ chưa trả lời được", "Sự cố đã được ghi lại. Hãy thử lại sau ít phút."];
  return ["Yêu cầu này chưa hiểu được", "Hãy sửa câu tìm hoặc bỏ bớt bộ lọc."];
}

/** A failure as a reader sees it: what happened, what helps, the details of single fields, and another try. */
export function problemView(problem, retry) {
  const [title, help] = told(problem);
  const fields = problem.errors.map(({ field, message }) =>
    el("li", {}, `${FIELDS[field] ?? field}: `, el("span", { lang: "en" }, message)),
  );
  return el(
    "div",
    { class: "trouble", role: "alert" },
    el("h2", {}, title),
    el("p", {}, help),
    fields.length > 0 && el("ul", {}, ...fields),
    retry && el("p", {}, el("button", { type: "button", click: retry }, "Thử lại")),
  );
}
