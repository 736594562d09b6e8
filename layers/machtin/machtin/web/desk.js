// The desk: who is in, the rooms and the way between them.
import { inOtherLanguage } from "./address.js";
import { el } from "./dom.js";
import { atDesk, deskAddress, readDesk } from "./desk_address.js";
import { rooms } from "./desk_rooms.js";
import { onSignOut, signOut, whoIsIn } from "./desk_session.js";
import { signInView } from "./desk_sign_in.js";
import { mayLeave, maySignOut } from "./desk_unsaved.js";
import { lang, say } from "./words.js";

const root = document.getElementById("room");
const navigation = document.getElementById("rooms");
const who = document.getElementById("who");
let present = null; // the room's module that is shown
let turn = 0;
let ended = ""; // why nobody is in any more
let here = ""; // the address of what is shown

/** Show what the address names; `focus`: and go there, as after a link was followed. */
async function show({ focus = false } = {}) {
  const mine = ++turn;
  here = location.pathname + location.search;
  present?.leave();
  present = null;
  const place = readDesk(location);
  showFrame(place);
  if (!whoIsIn()) {
    root.replaceChildren(signInView({ why: ended, done: () => show({ focus: true }) }));
    if (focus) root.querySelector("h1")?.focus({ preventScroll: true });
    return;
  }
  if (!place) {
    root.replaceChildren(el("div", { class: "trouble" }, el("h1", { tabindex: "-1" }, say("desk.no_room")), el("p", {}, el("a", { href: deskAddress("draft") }, say("desk.room_draft")))));
    return;
  }
  const floor = el("div", { class: `room-${place.room}` });
  let room;
  try {
    room = await rooms[place.room]();
  } catch (error) {
    if (!(error instanceof TypeError)) throw error; // a TypeError is what a module is that did not come
    if (mine === turn) root.replaceChildren(el("p", { class: "notice", role: "alert" }, say("desk.room_not_loaded")));
    return;
  }
  if (mine !== turn) return;
  present = room;
  root.replaceChildren(floor);
  await room.show(floor, place);
  // Whoever types already, while the rest was still on its way, is not taken out of it.
  if (focus && mine === turn && !floor.contains(document.activeElement)) floor.querySelector("h1")?.focus({ preventScroll: true });
}

function showFrame(place) {
  const other = lang === "vi" ? "en" : "vi"; // there one signs in anew
  const person = whoIsIn();
  const name = place ? say(`desk.room_${place.room}`) : say("desk.title");
  document.title = `${person ? name : say("desk.sign_in")} – ${say("desk.title")} – mạch tin`;
  navigation.hidden = !person;
  navigation.replaceChildren(
    ...Object.keys(rooms).map((room) =>
      el("a", { href: deskAddress(room), "aria-current": room === place?.room && "page" }, say(`desk.room_${room}`)),
    ),
  );
  who.replaceChildren(
    ...(person
      ? [
          el("span", {}, person.kind === "token" ? say("desk.in_by_token") : say("desk.in_by_key", { key: person.accessKey })),
          el("button", { type: "button", class: "plain", click: () => maySignOut() && signOut() }, say("desk.sign_out")),
        ]
      : [el("a", { href: inOtherLanguage(location), lang: other, hreflang: other }, say("desk.other_language"))]),
  );
}

/** Go to an address of the desk, unless something there would be lost. */
function go(address) {
  if (!mayLeave()) return;
  history.pushState(null, "", address);
  scrollTo(0, 0);
  show({ focus: true });
}

document.addEventListener("click", (event) => {
  const link = event.target.closest("a[href]");
  const plain = event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey;
  if (!link || !plain || event.defaultPrevented || link.target || link.origin !== location.origin || link.hash || !atDesk(link)) return;
  event.preventDefault();
  go(link.pathname + link.search);
});

// By its hash this link would make a place of its own in the history, and show the room anew.
document.querySelector(".skip").addEventListener("click", (event) => {
  event.preventDefault();
  (root.querySelector("h1") ?? document.getElementById("main")).focus();
});

onSignOut((why) => {
  ended = why;
  show({ focus: true });
});
addEventListener("popstate", () => {
  if (mayLeave()) show();
  else history.pushState(null, "", here);
});
show();
