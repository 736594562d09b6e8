// The ingest room: what is stored and not yet found, what was refused and its mend, the inbox and the feeds.
import { deskAddress } from "./desk_address.js";
import { deskProblem } from "./desk_problem.js";
import { refusedView } from "./desk_refused.js";
import { deskAsk } from "./desk_session.js";
import { timeOf } from "./dates.js";
import { el, separated } from "./dom.js";
import { locale, number, say, sayParts } from "./words.js";

// How often it is looked again, while the page is looked at.
const EVERY = 5_000;
const NAMED = 8;
const sizes = new Intl.NumberFormat(locale, { style: "unit", unit: "kilobyte", maximumFractionDigits: 1 });
let timer = 0;
let request = new AbortController();

export async function show(root, { id }) {
  leave();
  const { signal } = (request = new AbortController());
  const status = el("div", { class: "standing", role: "status" });
  const aside = el("aside", {});
  const refused = el("section", { "aria-labelledby": "refused-title" });
  root.replaceChildren(
    el("h1", { tabindex: "-1" }, say("desk.room_ingest")),
    status,
    el("div", { class: "bench" }, refused, aside),
  );
  let before = "";
  let count = -1;
  const look = async () => {
    clearTimeout(timer);
    try {
      const answer = await deskAsk("GET", "/v1/ingest", { signal });
      const now = JSON.stringify(answer);
      // What has not changed stays, so that nobody is told the same again.
      if (now !== before) {
        status.replaceChildren(...standing(answer));
        aside.replaceChildren(...inboxView(answer.inbox), ...feedsView(answer.feeds));
      }
      before = now;
      // Nor is a text taken from under the hands of who mends it.
      if (answer.refused !== count && (await list({ stay: true }))) count = answer.refused;
    } catch (error) {
      if (signal.aborted) return;
      before = "";
      status.replaceChildren(deskProblem(error, look));
    }
    if (!signal.aborted) timer = setTimeout(() => (document.hidden ? again() : look()), EVERY);
  };
  const again = () => (timer = setTimeout(() => (document.hidden ? again() : look()), EVERY));
  const list = refusedView(refused, { id, signal, changed: (left) => (count = left) });
  await look();
}

export function leave() {
  clearTimeout(timer);
  request.abort();
}

function standing({ not_searchable: missing, queue }) {
  const shown = missing.ids.slice(0, NAMED).map((id) => el("a", { href: deskAddress("articles", id) }, id));
  const more = missing.ids.length - shown.length;
  const told = missing.failure
    ? el("div", { class: "notice" }, el("p", {}, say("ingest.index_away")), el("p", { class: "fine", lang: "en" }, missing.failure))
    : missing.ids.length === 0
      ? el("p", { class: "state" }, say(missing.looked_at === 0 ? "ingest.nothing_yet" : "ingest.all_found", { n: missing.looked_at }))
      : el(
          "div",
          {},
          el("p", { class: "state scheduled" }, ...sayParts("ingest.not_found_yet", { n: missing.ids.length, since: timeOf(missing.since, { exact: true }) })),
          el("p", { class: "fine codes" }, ...separated(", ", ...shown, more > 0 && say("ingest.and_more", { n: more }))),
        );
  if (!queue) return [told, el("p", { class: "fine" }, say("ingest.queue_elsewhere"))];
  const counts = separated(" · ", queue.waiting > 0 && say("ingest.queue", { n: queue.waiting }), queue.given_up > 0 && say("ingest.given_up", { n: queue.given_up }));
  return counts.length > 0 ? [told, el("p", { class: "fine" }, ...counts)] : [told];
}

function inboxView(files) {
  return [
    el("h2", {}, say("ingest.inbox")),
    files.length === 0
      ? el("p", { class: "fine" }, say("ingest.inbox_empty"))
      : el("ul", { class: "files" }, ...files.map((file) =>
          el(
            "li",
            {},
            el("span", { class: "file-name" }, file.name),
            el("span", { class: "fine" }, ...separated(" · ", say(`ingest.file_${file.state}`), sizes.format(file.size / 1000), timeOf(file.changed_at, { exact: true }))),
          ))),
  ];
}

function feedsView(feeds) {
  return [
    el("h2", {}, say("ingest.feeds")),
    feeds.length === 0
      ? el("p", { class: "fine" }, say("ingest.feeds_none"))
      : el("ul", { class: "files" }, ...feeds.map((feed) =>
          el(
            "li",
            {},
            el("span", { class: "file-name" }, feed.address),
            el(
              "span",
              { class: "fine" },
              ...separated(
                " · ",
                feed.asked_at ? el("span", {}, ...sayParts("ingest.asked", { time: timeOf(feed.asked_at, { exact: true }) })) : say("ingest.never_asked"),
                say("ingest.feed_articles", { n: feed.articles }),
                feed.waiting > 0 && say("ingest.feed_waiting", { n: feed.waiting }),
                feed.failures > 0 && el("strong", {}, say("ingest.feed_failures", { n: feed.failures })),
                feed.rests_until && Date.parse(feed.rests_until) > Date.now() && el("span", {}, ...sayParts("ingest.feed_rests", { time: timeOf(feed.rests_until, { exact: true }) })),
              ),
            ),
          ))),
    feeds.length > 0 && el("p", { class: "fine" }, say("ingest.feeds_in_all", { n: feeds.length, waiting: number(feeds.reduce((sum, one) => sum + one.waiting, 0)) })),
  ].filter(Boolean);
}
