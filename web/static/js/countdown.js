// Counts down what is kept. The page says until when and works without this; here it says it every second, aloud
// only at a few moments, and shows the page that says it is over when it is.
"use strict";

(() => {
  const box = document.getElementById("countdown");
  const shown = document.getElementById("time-left");
  const said = document.getElementById("time-said");
  if (!box || !shown || !said) return;
  const end = performance.now() + Number(box.dataset.seconds) * 1000;
  const ALOUD = [300, 120, 60, 30];

  const tick = () => {
    const left = Math.max(0, Math.round((end - performance.now()) / 1000));
    const minutes = Math.floor(left / 60);
    const seconds = String(left % 60).padStart(2, "0");
    shown.textContent = box.dataset.left.replace("{time}", `${minutes}:${seconds}`);
    if (ALOUD.includes(left)) said.textContent = shown.textContent;
    if (left === 0) {
      window.clearInterval(clock);
      window.setTimeout(() => window.location.reload(), 1500); // by then the server says so too
    }
  };
  const clock = window.setInterval(tick, 1000);
  tick();
})();
