// The link to the page in the other language leads to the same place there.
const link = document.getElementById("language");

/** Takes over what the address says now; to be called wherever a script has changed it. */
export function followAddress() {
  link.href = link.pathname + location.search + location.hash;
}

addEventListener("hashchange", followAddress);
followAddress();
