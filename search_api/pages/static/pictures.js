// Says under a map what the pointer or the focus is on. Without it, the same words show when the pointer waits.
"use strict";

const line = document.getElementById("lu");
const before = line ? line.textContent : "";

function said(event) {
  const shape = event.target.closest ? event.target.closest("[data-say], path") : null;
  const title = shape && shape.closest("svg") ? shape.querySelector("title") || (shape.parentNode.dataset.say && shape.parentNode.querySelector("title")) : null;
  line.textContent = title ? title.textContent : before;
}

if (line) {
  document.querySelectorAll("svg.depth").forEach((map) => {
    map.addEventListener("pointerover", said);
    map.addEventListener("focusin", said);
    map.addEventListener("pointerleave", () => { line.textContent = before; });
  });
}
