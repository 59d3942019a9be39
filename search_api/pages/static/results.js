// Renews the page of results while one ticks, sorts or chooses, without leaving it. Without it, buttons and links do the same.
// The page asked for is the one that a click would open: only its main part is taken.
"use strict";

const PATH = "/fournisseurs";
let turn = 0;
let shown = location.search;

const said = document.createElement("p");
said.className = "sr";
said.setAttribute("aria-live", "polite");
document.body.append(said);

const main = () => document.querySelector("main");

// What the reader has opened, and where the focus is, so that both stay.
function remember() {
  const active = document.activeElement;
  return {
    open: [...main().querySelectorAll(".pane-filters details[open] > summary")].map((one) => one.textContent.trim()),
    side: main().querySelector(".pane-filters")?.open,
    view: main().querySelector(".views input:checked")?.id,
    top: scrollY,
    name: active?.name,
    value: active?.value,
    label: active?.closest?.(".found")?.id,
    form: active?.form?.className,
  };
}

function restore(was) {
  for (const summary of main().querySelectorAll(".pane-filters details > summary"))
    if (was.open.includes(summary.textContent.trim())) summary.parentElement.open = true;
  if (was.side) main().querySelector(".pane-filters").open = true;
  if (was.view) {
    const view = document.getElementById(was.view);
    if (view) view.checked = true;
  }
  const again = was.label
    ? document.getElementById(was.label)?.querySelector(".add")
    : [...main().querySelectorAll(`form.${was.form || "filters"} [name]`)].find(
        (one) => one.name === was.name && (one.type !== "checkbox" || one.value === was.value),
      );
  (again || main()).focus({ preventScroll: true });
}

async function show(url, { keep = true, push = true } = {}) {
  const mine = ++turn;
  main().setAttribute("aria-busy", "true");
  const response = await fetch(url, { headers: { Accept: "text/html" } });
  if (mine !== turn) return;
  const type = response.headers.get("Content-Type") || "";
  if (!response.ok || !type.startsWith("text/html")) return void location.assign(url);
  const page = new DOMParser().parseFromString(await response.text(), "text/html");
  if (mine !== turn) return;
  const was = remember();
  const fresh = page.querySelector("main");
  main().replaceChildren(...fresh.childNodes);
  main().removeAttribute("aria-busy");
  document.title = page.title;
  if (push) history.pushState(null, "", response.url);
  shown = location.search;
  if (keep) restore(was);
  said.textContent = main().querySelector("h1")?.textContent || "";
  document.dispatchEvent(new Event("renewed"));
  ready();
}

const go = (url, how) => show(url, how).catch(() => location.assign(url));

function addressOf(form) {
  const filled = [...new FormData(form)].filter(([, value]) => typeof value === "string" && value.trim());
  return `${PATH}?${new URLSearchParams(filled)}`;
}

document.addEventListener("change", (event) => {
  const form = event.target.form;
  if (!form || !main().contains(form)) return;
  if (form.matches(".filters") && event.target.matches("[type=checkbox], select")) go(addressOf(form));
});

document.addEventListener("submit", (event) => {
  if (!event.target.matches(".results form.filters, .results form.criteria")) return;
  event.preventDefault();
  go(addressOf(event.target));
});

document.addEventListener("click", async ({ target }) => {
  if (target.matches("[data-print]")) print();
  if (!target.matches("[data-copy]")) return;
  const copied = await navigator.clipboard?.writeText(location.href).then(() => true, () => false);
  target.textContent = said.textContent = copied ? "Adresse copiée" : "Copiez l'adresse dans la barre du navigateur";
});

document.addEventListener("click", (event) => {
  if (event.defaultPrevented || event.button || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
  const link = event.target.closest(".results .add, .results .criterion a, .results .every a, .tray a[rel=nofollow]");
  if (link && new URL(link.href).pathname === PATH) {
    event.preventDefault();
    go(link.href);
  }
});

// A click elsewhere, or Escape, closes the editor of a criterion.
document.addEventListener("click", (event) => {
  for (const open of document.querySelectorAll(".criterion details[open]")) if (!open.contains(event.target)) open.open = false;
});
document.addEventListener("keydown", (event) => {
  const open = document.querySelector(".criterion details[open]");
  if (event.key !== "Escape" || !open) return;
  open.open = false;
  open.querySelector("summary").focus();
});

addEventListener("popstate", () => {
  if (location.pathname === PATH && location.search !== shown) go(location.href, { push: false, keep: false }); // not for « #… »
});

// A card and its mark light up together.
function light(card, on) {
  card.classList.toggle("lit", on);
  document.getElementById(`m-${card.dataset.at}`)?.classList.toggle("lit", on);
}
for (const [name, on] of [["mouseover", true], ["mouseout", false], ["focusin", true], ["focusout", false]])
  document.addEventListener(name, (event) => {
    const card = event.target.closest?.(".found[data-at]");
    if (card) light(card, on);
    const mark = event.target.closest?.(".mark[id]");
    if (mark) for (const one of document.querySelectorAll(`.found[data-at="${mark.id.slice(2)}"]`)) light(one, on);
  });

// The living map comes after the list, and only where it is seen; the drawn one stays when it cannot.
let brought;
const loaded = (tag, properties) =>
  new Promise((done, failed) => document.head.append(Object.assign(document.createElement(tag), { onload: done, onerror: failed, ...properties })));
async function bring({ styles, scripts }) {
  await Promise.all(styles.split(" ").map((href) => loaded("link", { rel: "stylesheet", href })));
  for (const src of scripts.split(" ")) await loaded("script", { src });
}
function enliven() {
  const place = main().querySelector(".pane-map");
  if (!place?.offsetParent) return;
  brought ??= bring(place.dataset);
  brought.then(() => window.livingMap.show(place)).catch(() => place.classList.remove("alive"));
}
document.addEventListener("renewed", enliven);
document.addEventListener("searched", (event) => go(event.detail)); // what the map asks
document.addEventListener("change", (event) => event.target.matches(".views input") && enliven());
addEventListener("load", () => (window.requestIdleCallback || setTimeout)(enliven));

// The structures chosen follow a new need too.
function ready() {
  for (const one of document.querySelectorAll("[data-with-script]")) one.hidden = false;
  const chosen = new URLSearchParams(location.search).get("choix");
  for (const form of document.querySelectorAll("form.need")) {
    form.querySelector("[name=choix]")?.remove();
    if (!chosen) continue;
    const kept = document.createElement("input");
    Object.assign(kept, { type: "hidden", name: "choix", value: chosen });
    form.append(kept);
  }
}
ready();
