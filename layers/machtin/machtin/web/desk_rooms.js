// The desk's rooms, in the order in which they stand in its navigation; each is loaded when it is first entered.

/**
 * A room is a module with `async show(root, place)`, which fills `root` for `place` ({room, id, parameters}, as
 * desk_address.js reads it), and `leave()`, which ends what still runs. It may keep what an editor has not saved
 * (desk_unsaved.js): after a session that has ended it is shown again. Its name in the navigation is the word `desk.room_NAME`.
 */
export const rooms = {
  draft: () => import("./desk_draft.js"),
  articles: () => import("./desk_articles.js"),
  ingest: () => import("./desk_ingest.js"),
  reindex: () => import("./desk_reindex.js"),
  golden: () => import("./desk_golden.js"),
  audit: () => import("./desk_house.js"),
};
