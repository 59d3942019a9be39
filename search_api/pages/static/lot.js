// Tells the response rate while the slider moves, and asks for the study again once it rests; notes an answer without leaving the place
// where one reads; prints, copies. Without it, buttons and links do the same.
"use strict";

document.addEventListener("input", ({ target }) => {
  if (target.matches(".rate input[type=range]")) target.form.querySelector("output").textContent = `${target.value} %`;
});
document.addEventListener("change", ({ target }) => {
  if (target.matches(".rate input[type=range]")) target.form.submit();
});

async function note(form, button) {
  const body = new URLSearchParams(new FormData(form, button));
  const response = await fetch(form.action, { method: "POST", body }).catch(() => ({ ok: false }));
  if (!response.ok) {
    form.append(Object.assign(document.createElement("input"), { type: "hidden", name: button.name, value: button.value }));
    return void form.submit();
  }
  const page = new DOMParser().parseFromString(await response.text(), "text/html");
  document.querySelector("main").replaceChildren(...page.querySelector("main").childNodes);
  ready();
  const again = document.querySelector(`.to-call input[value="${body.get("structure")}"]`)?.form;
  const same = [...(again?.querySelectorAll("button") || [])].find((each) => each.textContent === button.textContent);
  (same || document.querySelector("main")).focus({ preventScroll: true });
  document.querySelector(".verdict").scrollIntoView({ block: "nearest" });
}

document.addEventListener("submit", (event) => {
  if (!event.target.closest(".to-call")) return;
  event.preventDefault();
  note(event.target, event.submitter);
});

function ready() {
  for (const button of document.querySelectorAll("[data-print], [data-copy]")) button.hidden = false;
}

document.addEventListener("click", async ({ target }) => {
  if (target.matches("[data-print]")) print();
  if (!target.matches("[data-copy]")) return;
  const copied = await navigator.clipboard?.writeText(target.dataset.copy).then(() => true, () => false);
  target.textContent = copied ? "Copié" : "Copiez le lien à côté";
});
ready();
