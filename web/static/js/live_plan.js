// The live page of a plan: asks how things stand and shows the piece of page that says so. Without this
// script the page loads itself again every few seconds.
"use strict";

(() => {
  const live = document.getElementById("live");
  if (!live || !live.dataset.poll) return;
  const EVERY_MS = 1500;
  let seen = live.dataset.seen;

  const ask = async () => {
    try {
      const address = `${live.dataset.poll}?seen=${encodeURIComponent(seen)}`;
      const answer = await fetch(address, { headers: { Accept: "application/json" } });
      if (!answer.ok) throw new Error(String(answer.status));
      const state = await answer.json();
      const began = seen.split("-")[0];
      if (!state.is_live || state.status !== began) {
        window.location.reload(); // another state has another page
        return;
      }
      if (state.piece !== null) live.innerHTML = state.piece; // made by our own server, from our own templates
      seen = state.version;
    } catch (failure) {
      live.setAttribute("aria-busy", "true"); // the network is away; go on asking
    }
    window.setTimeout(ask, EVERY_MS);
  };
  window.setTimeout(ask, EVERY_MS);
})();
