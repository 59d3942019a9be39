// Suggests places while one types. Without it the same fields work: the server reads the place in plain French.
"use strict";

function suggestPlaces(field) {
  const list = document.createElement("datalist");
  list.id = `lieux-${field.id}`;
  field.after(list);
  field.setAttribute("list", list.id);
  let asked = 0;
  let waiting;

  const suggest = async () => {
    const text = field.value.trim();
    const turn = ++asked;
    if (text.length < 2) {
      list.replaceChildren();
      return;
    }
    const response = await fetch(`/v1/territories?limit=8&q=${encodeURIComponent(text)}`);
    if (!response.ok || turn !== asked) return;
    const { results } = await response.json();
    list.replaceChildren(
      ...results.map((place) => {
        const option = document.createElement("option");
        option.value = place.label_fr;
        return option;
      }),
    );
  };

  field.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(() => suggest().catch(() => list.replaceChildren()), 150);
  });
}

function everyPlace() {
  document.querySelectorAll("input[data-places]:not([list])").forEach(suggestPlaces);
}
everyPlace();
document.addEventListener("renewed", everyPlace); // a script may renew the page
