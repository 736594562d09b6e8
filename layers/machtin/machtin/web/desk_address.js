// The addresses of the desk's rooms: /desk/ROOM and /desk/ROOM/ID, and the same below /en.
import { pageAddress, pathOf } from "./address.js";
import { rooms } from "./desk_rooms.js";

/** The room that an address names, {room, id, parameters}: the first one where it names none; null where there is no such. */
export function readDesk(location) {
  const [, room, id] = pathOf(location)?.match(/^\/desk(?:\/([^/]*))?(?:\/([^/]+))?\/?$/) ?? [];
  const name = room || Object.keys(rooms)[0];
  if (!Object.hasOwn(rooms, name)) return null;
  return { room: name, id: id ? decoded(id) : "", parameters: new URLSearchParams(location.search) };
}

/** The address of a room, and of one thing in it, in the language of this page. */
export function deskAddress(room, id = "", parameters = {}) {
  const query = new URLSearchParams(Object.entries(parameters).filter(([, value]) => value)).toString();
  return pageAddress(`/desk/${room}${id && `/${encodeURIComponent(id)}`}${query && `?${query}`}`);
}

/** Whether the desk shows this address itself. */
export function atDesk(location) {
  return /^\/desk(\/|$)/.test(pathOf(location) ?? "");
}

function decoded(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
