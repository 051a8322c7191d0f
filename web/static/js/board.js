"use strict";

// Today's list renews itself while somebody uses the screen; a desk left alone stops, so that its session can end.
(() => {
    const LEFT_ALONE_MS = 15 * 60 * 1000;
    let usedAt = performance.now();
    const live = () => document.getElementById("live");

    for (const kind of ["keydown", "pointerdown", "pointermove", "scroll"]) {
        addEventListener(kind, () => { usedAt = performance.now(); }, {passive: true});
    }

    async function renew() {
        const isBusy = live().contains(document.activeElement) || document.hidden;
        if (isBusy || performance.now() - usedAt > LEFT_ALONE_MS) return;
        const answer = await fetch(location.href, {headers: {Accept: "text/html"}}).catch(() => null);
        if (!answer?.ok || answer.redirected) return;
        const page = new DOMParser().parseFromString(await answer.text(), "text/html");
        const fresh = page.getElementById("live");
        if (fresh && !live().contains(document.activeElement)) live().replaceWith(document.importNode(fresh, true));
    }

    setInterval(renew, Number(live().dataset.refresh) * 1000);
})();
