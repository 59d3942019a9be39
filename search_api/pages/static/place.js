// Suggests places and trades while one types. Without it the same fields work: the server reads plain French.
"use strict";

// `address`: where the proposals for a text are asked.
function suggest(field, address) {
  const list = document.createElement("datalist");
  list.id = `liste-${field.id}`;
  field.after(list);
  field.setAttribute("list", list.id);
  let asked = 0;
  let waiting;

  const propose = async () => {
    const text = field.value.trim();
    const turn = ++asked;
    if (text.length < 2) return list.replaceChildren();
    const response = await fetch(address + encodeURIComponent(text));
    if (!response.ok || turn !== asked) return;
    const { results } = await response.json();
    list.replaceChildren(...results.map((one) => Object.assign(document.createElement("option"), { value: one.label_fr })));
  };

  field.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(() => propose().catch(() => list.replaceChildren()), 150);
  });
}

function everyField() {
  for (const field of document.querySelectorAll("input[data-places]:not([list])")) suggest(field, "/v1/territories?limit=8&q=");
  for (const field of document.querySelectorAll("input[data-trades]:not([list])")) suggest(field, "/v1/suggest?types=trade&limit=8&q=");
}
everyField();
document.addEventListener("renewed", everyField); // a script may renew the page

// A click elsewhere, or Escape, closes the tools of the header.
function closeTools(event) {
  const tools = document.querySelector(".tools[open]");
  if (tools && (event.key === "Escape" || (event.type === "click" && !tools.contains(event.target)))) tools.open = false;
}
document.addEventListener("click", closeTools);
document.addEventListener("keydown", closeTools);
