// Suggests suppliers, trades and places under the search box, as an ARIA combobox. Without it the box is a plain field.
// What comes from the index is only ever written as text.
"use strict";

const PAUSE = 150;

class Combobox {
  constructor(field) {
    this.field = field;
    this.asked = 0;
    this.active = -1;
    this.options = [];
    this.list = element("ul", { id: `propositions-${field.id}`, role: "listbox", hidden: "", class: "plain suggestions" });
    this.list.setAttribute("aria-label", "Propositions");
    this.said = element("span", { class: "sr", "aria-live": "polite" });
    field.closest(".need-line").append(this.list, this.said);
    for (const [name, value] of Object.entries({
      role: "combobox",
      "aria-autocomplete": "list",
      "aria-controls": this.list.id,
      "aria-expanded": "false",
    })) field.setAttribute(name, value);
    field.addEventListener("input", () => this.wait());
    field.addEventListener("keydown", (event) => this.key(event));
    field.addEventListener("blur", () => this.close());
    this.list.addEventListener("mousedown", (event) => event.preventDefault()); // the field keeps the focus
  }

  wait() {
    clearTimeout(this.waiting);
    this.waiting = setTimeout(() => this.ask().catch(() => this.close()), PAUSE);
  }

  async ask() {
    const turn = ++this.asked;
    const text = this.field.value.trim();
    if (text.length < 2 || text.length > 120) return this.close();
    const response = await fetch(`/v1/suggest?limit=4&q=${encodeURIComponent(text)}`);
    if (turn !== this.asked || document.activeElement !== this.field) return;
    if (!response.ok) return this.close();
    this.show((await response.json()).results);
  }

  show(results) {
    this.options = results.map((one, place) => this.option(one, place));
    this.list.replaceChildren(...this.options);
    this.active = -1;
    this.field.removeAttribute("aria-activedescendant");
    this.open(this.options.length > 0);
    const count = this.options.length;
    this.said.textContent = count ? `${count} proposition${count > 1 ? "s" : ""}, flèche bas pour les parcourir` : "";
  }

  option(one, place) {
    const option = element("li", { id: `${this.list.id}-${place}`, role: "option", "aria-selected": "false" });
    const type = element("span", { class: "suggestion-type" }, `${one.type_fr} `);
    option.append(type, element("bdi", {}, one.label_fr));
    if (one.detail_fr) option.append(" ", element("span", { class: "hint" }, one.detail_fr));
    option.dataset.link = one.link.replace("/v1/suppliers", "/fournisseurs");
    option.addEventListener("click", () => location.assign(option.dataset.link));
    return option;
  }

  key(event) {
    const open = !this.list.hidden;
    if (event.key === "Escape" && open) this.close();
    else if (event.key === "ArrowDown" && open) this.move(1);
    else if (event.key === "ArrowUp" && open) this.move(-1);
    else if (event.key === "Enter" && open && this.active >= 0) location.assign(this.options[this.active].dataset.link);
    else return;
    event.preventDefault();
  }

  // From the field to the first option, from the last back to the field.
  move(step) {
    const places = this.options.length + 1;
    this.active = ((this.active + 1 + step + places) % places) - 1;
    this.options.forEach((option, place) => option.setAttribute("aria-selected", String(place === this.active)));
    if (this.active < 0) return this.field.removeAttribute("aria-activedescendant");
    this.field.setAttribute("aria-activedescendant", this.options[this.active].id);
    this.options[this.active].scrollIntoView({ block: "nearest" });
  }

  open(wanted) {
    this.list.hidden = !wanted;
    this.field.setAttribute("aria-expanded", String(wanted));
  }

  close() {
    this.asked++;
    clearTimeout(this.waiting);
    this.active = -1;
    this.field.removeAttribute("aria-activedescendant");
    this.open(false);
  }
}

function element(name, attributes, text = "") {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.textContent = text;
  return made;
}

for (const field of document.querySelectorAll("input[data-suggest]")) new Combobox(field);
