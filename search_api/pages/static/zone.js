// The circle of a declared zone on a map: what is drawn is what the fields beside it send. Without it the same fields work.
"use strict";

(() => {
const box = document.getElementById("carte-zone");
const field = document.getElementById("champ-km");
const town = document.getElementById("champ-around");
const choice = document.getElementById("champ-zone-radius");
const MOST = Number(box.dataset.most);
const seat = box.dataset.lon ? L.latLng(Number(box.dataset.lat), Number(box.dataset.lon)) : null;
const LINE = { color: "#1d5c4d", weight: 2, dashArray: "6 4", fillColor: "#1d5c4d", fillOpacity: 0.1 };
const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
let map, circle, handle, middle, says, centre = seat, turn = 0;

const km = (value) => `${value.toLocaleString("fr-FR", { maximumFractionDigits: 2 })}\u00a0km`;
const typed = () => Number(field.value.toLowerCase().replace("km", "").replace(",", ".").trim());
const radius = () => (typed() > 0 && typed() <= MOST ? typed() : null);
const edge = (reach) => [centre.lat, centre.lng + reach / (111.195 * Math.cos((centre.lat * Math.PI) / 180))];

function rings(ground, shape) {
  return shape.map((ring) => {
    const points = [];
    let lon = 0, lat = 0;
    for (let at = 0; at < ring.length; at += 2) points.push([(lat += ring[at + 1]) / ground.unit, (lon += ring[at]) / ground.unit]);
    return points;
  });
}

async function start() {
  const response = await fetch(box.dataset.ground);
  if (!response.ok) return;
  const ground = await response.json();
  box.className = "living";
  const canvas = document.createElement("div");
  canvas.className = "canvas zone";
  canvas.setAttribute("role", "region");
  canvas.setAttribute("aria-label", "Carte de votre zone : flèches pour se déplacer, plus et moins pour zoomer");
  says = document.createElement("p");
  says.className = "hint";
  says.setAttribute("aria-live", "polite");
  box.append(canvas, says);
  map = L.map(canvas, { zoomControl: false, scrollWheelZoom: false, minZoom: 4, maxZoom: 13, zoomSnap: 0.25, zoomAnimation: !still, fadeAnimation: !still });
  map.attributionControl.setPrefix("Leaflet").addAttribution(ground.credit);
  L.control.zoom({ zoomInTitle: "Agrandir", zoomOutTitle: "Réduire" }).addTo(map);
  map.setView([46.6, 2.5], 5.5);
  const plain = { renderer: L.canvas({ padding: 0.4 }), interactive: false };
  for (const shape of ground.abroad) L.polygon(rings(ground, shape), { ...plain, stroke: false, fillColor: "#dcdfdc", fillOpacity: 1 }).addTo(map);
  for (const one of ground.departements) L.polygon(rings(ground, one.rings), { ...plain, color: "#9aa6b4", weight: 1, fillColor: "#fcfcfa", fillOpacity: 1 }).addTo(map);
  for (const [name, lon, lat] of ground.towns.slice(0, 300)) named(name, lat, lon);
  await place();
}

// The largest towns, so that one knows where one is.
const names = [];
function named(name, lat, lon) {
  names.push([name, L.latLng(lat, lon)]);
}

let written = [];
function write() {
  for (const mark of written) mark.remove();
  written = [];
  const taken = [];
  for (const [name, at] of names) {
    if (!map.getBounds().contains(at)) continue;
    const { x, y } = map.latLngToContainerPoint(at);
    const half = name.length * 3.4 + 6;
    if (taken.some(([left, top, right, bottom]) => x - half < right && left < x + half && y - 10 < bottom && top < y + 10)) continue;
    taken.push([x - half, y - 10, x + half, y + 10]);
    const text = document.createElement("span");
    text.textContent = name;
    text.style.left = `${-half}px`;
    text.style.width = `${2 * half}px`;
    written.push(L.marker(at, { icon: L.divIcon({ className: "town", iconSize: [0, 0], html: text }), interactive: false, keyboard: false }).addTo(map));
    if (taken.length > 25) return;
  }
}

// The middle: the commune written, else the seat.
async function place() {
  const mine = ++turn;
  let found = seat;
  const text = town.value.trim();
  if (text) {
    const response = await fetch(`/v1/territories?limit=8&q=${encodeURIComponent(text.split("(")[0].trim())}`);
    const { results = [] } = response.ok ? await response.json() : {};
    const communes = results.filter((each) => each.kind === "commune");
    const one = communes.find((each) => each.label_fr === text) || communes.find((each) => each.name.toLowerCase() === text.toLowerCase());
    found = one?.point ? L.latLng(one.point[1], one.point[0]) : null;
  }
  if (mine !== turn) return;
  centre = found;
  draw(true);
}

function draw(fit) {
  for (const layer of [circle, handle, middle]) layer?.remove();
  circle = handle = middle = null;
  const reach = radius();
  box.hidden = !choice.checked;
  if (box.hidden) return;
  map.invalidateSize();
  says.textContent = words();
  if (centre) middle = L.circleMarker(centre, { ...LINE, dashArray: null, radius: 5, fillOpacity: 1, interactive: false }).addTo(map);
  if (centre && reach) {
    circle = L.circle(centre, { ...LINE, radius: reach * 1000, interactive: false }).addTo(map);
    grip(reach);
    if (fit) map.fitBounds(circle.getBounds(), { padding: [20, 20], animate: false });
  } else if (centre && fit) map.setView(centre, 8);
  write();
}

function words() {
  if (!centre) return town.value.trim() ? "Ce lieu n’est pas une commune : choisissez-la dans la liste." : "L’adresse de votre fiche est inconnue : écrivez une commune.";
  return radius() ? "Tirez le bord du cercle, ou écrivez le rayon : c’est la même zone." : "Écrivez un rayon : il paraît ici.";
}

// The edge is dragged, or moved by arrows; the field follows.
function grip(reach) {
  const icon = L.divIcon({ className: "handle", iconSize: [28, 28], html: document.createElement("span") });
  handle = L.marker(edge(reach), { icon, draggable: true, autoPan: true, zIndexOffset: 6000 }).addTo(map);
  const slider = handle.getElement();
  slider.setAttribute("role", "slider");
  slider.setAttribute("aria-label", "Rayon de la zone");
  slider.setAttribute("aria-valuemin", 1);
  slider.setAttribute("aria-valuemax", MOST);
  const tell = (value) => {
    slider.setAttribute("aria-valuenow", value);
    slider.setAttribute("aria-valuetext", km(value));
  };
  const move = (value) => {
    reach = Math.max(1, Math.min(MOST, Math.round(value)));
    field.value = String(reach);
    circle.setRadius(reach * 1000);
    tell(reach);
  };
  tell(reach);
  handle.on("drag", () => move(centre.distanceTo(handle.getLatLng()) / 1000));
  handle.on("dragend", () => draw(false));
  slider.addEventListener("keydown", (event) => {
    const step = { ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1, PageUp: 10, PageDown: -10 }[event.key];
    if (!step) return;
    event.preventDefault();
    event.stopPropagation();
    move(reach + step);
    handle.setLatLng(edge(reach));
  });
}

document.querySelectorAll("input[name=zone]").forEach((one) => one.addEventListener("change", () => map && draw(true)));
field.addEventListener("input", () => map && draw(true));
town.addEventListener("change", () => map && place().catch(() => {}));
box.hidden = !choice.checked;
start().catch(() => {});
})();
