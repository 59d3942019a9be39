// Tells the response rate while the slider moves, and asks for the study again once it rests. Without it, the button does the same.
"use strict";

for (const form of document.querySelectorAll("form.rate")) {
  const slider = form.querySelector("input[type=range]");
  const told = form.querySelector("output");
  slider.addEventListener("input", () => {
    told.textContent = `${slider.value} %`;
  });
  slider.addEventListener("change", () => form.submit());
}
