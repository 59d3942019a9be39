// The living map of the results: Leaflet over our own contours. It comes after the list and the drawn map, which stay without it.
// It says what it wants searched by an event; the address of the page is the only state that lasts.
"use strict";

(() => {
const APART = 42; // pixels between two marks
const CLOSE = 10; // zoom from which communes are drawn
const CLOSEST = 13;
const MOST_KM = 200;
const MOST_KM2 = 100000;
const PLACE = ["territory", "coverage", "near", "radius_km", "polygon", "seat", "departement", "region"];
const NOT_OF_THE_SEARCH = ["page", "besoin", "choix", "criteres", "sort", "seed"];
const OVERSEAS = /:9[78]/;
const still = matchMedia("(prefers-reduced-motion: reduce)").matches;

let map, ground, section, data, asked, view, held, drawing, circle, handle;
let places = [];
let pins = new Map();
const clustered = new Map();
const parts = {};

const counted = (count, one, several = `${one}s`) => `${count.toLocaleString("fr-FR")} ${count > 1 ? several : one}`;
const km = (value) => `${value.toLocaleString("fr-FR", { maximumFractionDigits: 1 })}\u00a0km`;
const url = () => new URLSearchParams(location.search);
const address = (search) => `${location.pathname}?${String(search).replaceAll("%2C", ",").replaceAll("%3A", ":")}`;
const say = (text) => (parts.says.textContent = text);

function make(tag, properties = {}, ...children) {
  const { label, ...others } = properties;
  const element = Object.assign(document.createElement(tag), others);
  if (label) element.setAttribute("aria-label", label);
  element.append(...children);
  return element;
}

async function ask(address) {
  const response = await fetch(address, { headers: { Accept: "application/json" } });
  if (!response.ok) throw new Error(`${address} : ${response.status}`);
  return response.json();
}

// ---- What the map is drawn over

// A ring is the differences between its points, in parts of a degree.
function rings(shape) {
  return shape.map((ring) => {
    const points = [];
    let lon = 0, lat = 0;
    for (let at = 0; at < ring.length; at += 2) {
      lon += ring[at];
      lat += ring[at + 1];
      points.push([lat / ground.unit, lon / ground.unit]);
    }
    return points;
  });
}

function layer(name, height) {
  map.createPane(name).style.zIndex = height;
  return { pane: name, renderer: L.canvas({ pane: name, padding: 0.4 }), interactive: false };
}

function drawGround() {
  const tiled = section.dataset.tiles;
  const land = layer("land", 210);
  const towns = layer("communes", 220);
  const borders = layer("borders", 230);
  if (tiled) L.tileLayer(tiled, { attribution: section.dataset.credit, maxZoom: 18 }).addTo(map);
  else for (const shape of ground.abroad) L.polygon(rings(shape), { ...land, stroke: false, fillColor: "#dcdfdc", fillOpacity: 1 }).addTo(map);
  for (const one of ground.departements) {
    const shape = rings(one.rings);
    if (!tiled) L.polygon(shape, { ...land, color: "#fcfcfa", weight: 1, fillColor: "#fcfcfa", fillOpacity: 1 }).addTo(map);
    L.polygon(shape, { ...borders, color: "#9aa6b4", weight: 1, fill: false }).addTo(map);
  }
  ground.named = [...ground.towns];
  ground.communes = { ...towns, color: "#c9d0d8", weight: 0.7, fillColor: "#fcfcfa", fillOpacity: tiled ? 0 : 1, smoothFactor: 0.5 };
  map.attributionControl.addAttribution(ground.credit);
}

// The communes of the départements in view, from near.
function drawCommunes() {
  if (map.getZoom() < CLOSE) return;
  const seen = map.getBounds();
  for (const one of ground.departements) {
    const [west, south, east, north] = one.box;
    if (one.asked || !seen.intersects([[south, west], [north, east]])) continue;
    one.asked = true;
    ask(`/carte/fond/${one.code}`).then((near) => {
      for (const shape of near.communes) L.polygon(rings(shape), ground.communes).addTo(map);
      const known = new Set(ground.named.map((town) => town.join()));
      ground.named.push(...near.towns.filter((town) => !known.has(town.join())));
      ground.named.sort((one, other) => other[3] - one[3]);
      drawNames();
    }, () => (one.asked = false));
  }
}

// Names of towns, where no mark and no other name stands; the place asked first.
function drawNames() {
  parts.names.clearLayers();
  const size = map.getSize();
  const tools = [[0, 0, 60, 115], [size.x / 2 - 125, 0, size.x / 2 + 125, 48]]; // zoom, search here
  const taken = [...tools, ...[...pins.values()].map(({ pin }) => {
    const { x, y } = map.latLngToContainerPoint(pin.at);
    return [x - pin.size / 2, y - pin.size / 2, x + pin.size / 2, y + pin.size / 2];
  })];
  const write = ([name, lon, lat], bold) => {
    const { x, y } = map.latLngToContainerPoint([lat, lon]);
    if (x < 0 || y < 0 || x > size.x || y > size.y) return false;
    const half = (name.length * (bold ? 7.4 : 6.4)) / 2 + 4;
    const under = taken.find((box) => x > box[0] && x < box[2] && y > box[1] && y < box[3]); // the mark of the town itself
    const off = under ? (under[2] - under[0]) / 2 : 3;
    const around = [[0, -9 - off], [0, 9 + off], [half + off, 0], [-half - off, 0], ...(bold ? [[0, -9 - off]] : [])];
    for (const [turn, [dx, dy]] of around.entries()) {
      const box = [x + dx - half, y + dy - 8, x + dx + half, y + dy + 8];
      if (turn > 3); // the place asked is named whatever it covers
      else if (box[0] < 2 || box[2] > size.x - 2 || box[1] < 2 || box[3] > size.y - 18) continue;
      else if (taken.some((other) => box[0] < other[2] && box[2] > other[0] && box[1] < other[3] && box[3] > other[1])) continue;
      taken.push(box, [x - 3, y - 3, x + 3, y + 3]);
      const icon = L.divIcon({ className: bold ? "town asked-town" : "town", iconSize: [0, 0], html: make("span") });
      icon.options.html.textContent = name;
      const mark = L.marker([lat, lon], { icon, pane: "names", interactive: false, keyboard: false }).addTo(parts.names);
      const text = mark.getElement().firstChild;
      text.style.left = `${dx - half}px`;
      text.style.top = `${dy - 8}px`;
      text.style.width = `${2 * half}px`;
      return true;
    }
    return false;
  };
  let written = data?.centre && data.name ? Number(write([data.name.split(" (")[0], ...data.centre], true)) : 0;
  for (const town of ground.named) {
    if (written > 22) break;
    if (data?.name && town[0] === data.name.split(" (")[0]) continue;
    written += Number(write(town, false));
  }
}

// ---- Marks

// Every place once, with its count in each group; those who answer exactly first, then the largest.
function gathered() {
  const found = new Map();
  for (const group of data.groups)
    group.places.ids.forEach((id, row) => {
      const { names, lon, lat, counts } = group.places;
      const place = found.get(id) || { id, name: names[row], at: L.latLng(lat[row] / ground.unit, lon[row] / ground.unit), counts: {} };
      place.counts[group.code] = counts[row];
      found.set(id, place);
    });
  const exact = (place) => place.counts.exact || 0;
  const every = (place) => Object.values(place.counts).reduce((sum, count) => sum + count, 0);
  return [...found.values()].sort((one, other) => exact(other) - exact(one) || every(other) - every(one));
}

// Places nearer than APART share a mark, which stands where its first place is. It depends on the zoom alone, so that nothing moves
// while one drags the map.
function clusters(zoom) {
  if (clustered.has(zoom)) return clustered.get(zoom);
  const grid = new Map();
  const found = [];
  for (const place of places) {
    const { x, y } = map.project(place.at, zoom);
    const column = Math.floor(x / APART), row = Math.floor(y / APART);
    let nearest, least = APART;
    for (let dx = -1; dx < 2; dx++)
      for (let dy = -1; dy < 2; dy++)
        for (const other of grid.get(`${column + dx} ${row + dy}`) || []) {
          const distance = Math.hypot(other.x - x, other.y - y);
          if (distance < least) [nearest, least] = [other, distance];
        }
    if (nearest) {
      nearest.places.push(place);
      continue;
    }
    const pin = { x, y, at: place.at, places: [place], key: `${zoom} ${place.id}` };
    found.push(pin);
    const cell = `${column} ${row}`;
    grid.set(cell, [...(grid.get(cell) || []), pin]);
  }
  for (const pin of found) finish(pin);
  clustered.set(zoom, found);
  return found;
}

function finish(pin) {
  pin.counts = {};
  for (const place of pin.places)
    for (const [code, count] of Object.entries(place.counts)) pin.counts[code] = (pin.counts[code] || 0) + count;
  const { exact = 0, ...others } = pin.counts;
  pin.exact = exact;
  pin.others = Object.values(others).reduce((sum, count) => sum + count, 0);
  pin.count = exact || pin.others;
  pin.size = Math.round(Math.min(APART, 26 + 4 * Math.sqrt(pin.count - 1)));
  pin.ids = new Set(pin.places.map((place) => place.id));
}

function named(pin) {
  const first = pin.places.slice(0, 3).map((place) => place.name).join(", ");
  const more = pin.places.length > 3 ? ` et ${counted(pin.places.length - 3, "autre commune", "autres communes")}` : "";
  const exact = pin.exact ? counted(pin.exact, "structure") : "";
  const others = pin.others ? `${counted(pin.others, "structure")} des autres groupes` : "";
  return `${first}${more} : ${[exact, others].filter(Boolean).join(", ")}`;
}

function drawPins() {
  const size = map.getSize();
  // a mark that the edge of the map cuts is drawn when 24 px of it, a target for a finger, are seen
  const seen = ({ at, size: width }) => {
    const { x, y } = map.latLngToContainerPoint(at);
    const least = 24 - width / 2;
    return least <= x && x <= size.x - least && least <= y && y <= size.y - least;
  };
  const zoom = map.getZoom();
  const here = new Set([...document.querySelectorAll(".found[data-seat]")].map((card) => card.dataset.seat));
  const kept = new Map();
  for (const pin of clusters(zoom)) {
    if (!seen(pin)) continue;
    const known = pins.get(pin.key);
    const style = `${pin.exact ? "" : " other"}${pin.exact && pin.places.some((place) => here.has(place.id)) ? " here" : ""}${pin.count === 1 ? " single" : ""}`;
    if (known && known.pin === pin && known.style === style) {
      kept.set(pin.key, known);
      pins.delete(pin.key);
      continue;
    }
    const icon = L.divIcon({ className: `pin${style}`, iconSize: [pin.size, pin.size], html: make("span", { textContent: pin.count > 1 ? pin.count.toLocaleString("fr-FR") : "" }) });
    const marker = L.marker(pin.at, { icon, riseOnHover: true, zIndexOffset: pin.exact ? 1000 : 0 }).addTo(parts.pins);
    const element = marker.getElement();
    element.setAttribute("aria-label", named(pin));
    marker.on("click", () => open(pin));
    element.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" && event.key !== " ") return;
      event.preventDefault();
      open(pin);
    });
    for (const [name, on] of [["mouseover", true], ["mouseout", false], ["focus", true], ["blur", false]])
      element.addEventListener(name, () => lightCards(pin, on));
    kept.set(pin.key, { pin, marker, style });
  }
  for (const { marker } of pins.values()) parts.pins.removeLayer(marker);
  pins = kept;
}

function lightCards(pin, on) {
  for (const card of document.querySelectorAll(".found[data-seat]"))
    if (pin.ids.has(card.dataset.seat)) card.classList.toggle("lit", on);
}

function lightPin(card, on) {
  for (const { pin, marker } of pins.values())
    if (pin.ids.has(card.dataset.seat)) {
      marker.getElement().classList.toggle("lit", on);
      marker.setZIndexOffset(on ? 5000 : pin.exact ? 1000 : 0);
    }
}

// A mark of several places opens on them; a mark of one place names its structures.
function open(pin) {
  if (pin.places.length > 1 && map.getZoom() < CLOSEST) {
    parts.canvas.focus({ preventScroll: true });
    map.fitBounds(L.latLngBounds(pin.places.map((place) => place.at)), { padding: [50, 50], maxZoom: CLOSEST, animate: !still });
    return;
  }
  const count = pin.exact + pin.others;
  const list = make("ul", { className: "plain", textContent: "Lecture…" });
  const all = url();
  all.delete("page");
  all.delete("seat");
  all.delete("group");
  for (const id of pin.ids) all.append("seat", id);
  if (!pin.exact) for (const code of Object.keys(pin.counts)) all.append("group", code);
  const link = make("a", { href: address(all), textContent: count > 1 ? `Afficher ces ${counted(count, "structure")}` : "N'afficher qu'elle" });
  const content = make("div", { className: "pop" }, make("p", { className: "pop-name", textContent: named(pin) }), list, make("p", {}, link));
  const popup = L.popup({ maxWidth: 300, minWidth: 200, autoPan: !still, offset: [0, -pin.size / 3] }).setLatLng(pin.at).setContent(content).openOn(map);
  const close = popup.getElement().querySelector(".leaflet-popup-close-button");
  close.setAttribute("aria-label", "Fermer");
  close.title = "Fermer";
  const keyboard = document.activeElement === pins.get(pin.key)?.marker.getElement();
  popup.on("remove", () => pins.get(pin.key)?.marker.getElement().focus({ preventScroll: true }));
  fill(pin, list).finally(() => {
    popup.update();
    if (keyboard) content.querySelector("a")?.focus({ preventScroll: true });
  });
}

async function fill(pin, list) {
  if (!data.api) return list.remove();
  const asks = new URLSearchParams();
  for (const id of pin.ids) asks.append("seat", id);
  for (const code of Object.keys(pin.counts)) asks.append("group", code);
  const found = await ask(`${data.api}&${asks}`).catch(() => null);
  if (!found) return void (list.textContent = "La liste n'a pas pu être lue.");
  const kept = new URLSearchParams();
  for (const name of ["as_of", "choix"]) if (url().get(name)) kept.set(name, url().get(name));
  const query = String(kept) ? `?${kept}` : "";
  list.replaceChildren(
    ...found.results.map((one) => {
      const kinds = [...new Set((one.agreements || []).map((fact) => fact.value.kind))].join(", ");
      const away = one.distance_km == null ? "" : one.distance_km === 0 ? "sur place" : `à ${km(one.distance_km)}`;
      const about = [kinds, away].filter(Boolean).join(" · ");
      return make("li", {}, make("a", { href: `/fournisseurs/${encodeURIComponent(one.id)}${query}`, textContent: one.name.value }), about ? ` ${about}` : "");
    }),
  );
}

// ---- What is asked of the search

function search(changes, how = {}) {
  const next = url();
  next.delete("page");
  for (const [name, value] of Object.entries(changes)) {
    next.delete(name);
    if (value != null) next.set(name, value);
  }
  if (next.get("sort") === "distance" && !next.has("near") && !next.has("territory")) next.delete("sort");
  held = { ...how, focus: parts.root.contains(document.activeElement) ? document.activeElement : null };
  document.dispatchEvent(new CustomEvent("searched", { detail: address(next) }));
}

const nowhere = () => Object.fromEntries(PLACE.map((name) => [name, null]));
const area = (points) => JSON.stringify({ type: "Polygon", coordinates: [[...points, points[0]].map(({ lng, lat }) => [+lng.toFixed(4), +lat.toFixed(4)])] });

function around(radius) {
  if (!data.centre) return;
  const near = url().has("near") ? url().get("near") : data.centre.map((axis) => axis.toFixed(5)).join();
  search({ ...nowhere(), near, radius_km: radius });
}

function searchHere() {
  const box = map.getBounds();
  const across = map.distance(box.getNorthWest(), box.getNorthEast()) / 1000;
  const down = map.distance(box.getNorthWest(), box.getSouthWest()) / 1000;
  if (across * down > MOST_KM2) return say("La zone est trop grande : zoomez d'abord (100 000 km² au plus).");
  search({ ...nowhere(), polygon: area([box.getSouthWest(), box.getSouthEast(), box.getNorthEast(), box.getNorthWest()]) }, { keep: true });
}

// The circle: its edge is dragged, or moved by arrows; the field follows.
function drawCircle() {
  circle?.remove();
  handle?.remove();
  circle = handle = null;
  const radius = Number(url().get("radius_km")) || null;
  parts.radius.value = radius ?? "";
  parts.around.hidden = !data.centre;
  if (!radius || !url().has("near")) return;
  const [lon, lat] = data.centre;
  const centre = L.latLng(lat, lon);
  circle = L.circle(centre, { ...parts.place, radius: radius * 1000 }).addTo(map);
  const edge = (reach) => [lat, lon + reach / (111.195 * Math.cos((lat * Math.PI) / 180))];
  const icon = L.divIcon({ className: "handle", iconSize: [28, 28], html: make("span") });
  handle = L.marker(edge(radius), { icon, draggable: true, autoPan: true, zIndexOffset: 6000 }).addTo(map);
  const slider = handle.getElement();
  for (const [name, value] of [["role", "slider"], ["aria-label", "Rayon de la recherche"], ["aria-valuemin", 1], ["aria-valuemax", MOST_KM]]) slider.setAttribute(name, value);
  slider.title = "Tirez pour changer le rayon";
  let reach = radius, waiting;
  const show = (value, move) => {
    reach = Math.max(1, Math.min(MOST_KM, Math.round(value)));
    circle.setRadius(reach * 1000);
    parts.radius.value = reach;
    slider.setAttribute("aria-valuenow", reach);
    slider.setAttribute("aria-valuetext", km(reach));
    if (move) handle.setLatLng(edge(reach));
  };
  slider.setAttribute("aria-valuenow", radius);
  slider.setAttribute("aria-valuetext", km(radius));
  const settle = () => {
    clearTimeout(waiting);
    if (reach !== radius) around(reach);
  };
  handle.on("drag", () => show(map.distance(centre, handle.getLatLng()) / 1000, false));
  handle.on("dragend", () => {
    show(reach, true);
    settle();
  });
  L.DomEvent.on(slider, "keydown", (event) => {
    const step = { ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1, PageUp: 10, PageDown: -10 }[event.key];
    if (!step) return;
    L.DomEvent.stop(event);
    show(reach + step, true);
    clearTimeout(waiting);
    waiting = setTimeout(settle, 700);
  });
  parts.radius.oninput = () => parts.radius.value > 0 && show(Number(parts.radius.value), true);
}

// ---- Drawing an area

const crosses = (a, b, c, d) => {
  const side = (p, q, r) => Math.sign((q.lng - p.lng) * (r.lat - p.lat) - (q.lat - p.lat) * (r.lng - p.lng));
  return side(a, b, c) !== side(a, b, d) && side(c, d, a) !== side(c, d, b);
};

function startDrawing() {
  if (drawing) return stopDrawing();
  map.closePopup();
  drawing = { points: [], line: L.polyline([], parts.place).addTo(map), dots: L.layerGroup().addTo(map) };
  map.doubleClickZoom.disable();
  parts.root.classList.add("drawing");
  parts.draw.textContent = "Abandonner le dessin";
  parts.done.hidden = false;
  say("Cliquez sur la carte pour poser les coins de la zone (au clavier, Entrée pose un coin au centre), puis « Terminer ».");
}

function stopDrawing() {
  drawing.line.remove();
  drawing.dots.remove();
  drawing = null;
  map.doubleClickZoom.enable();
  parts.root.classList.remove("drawing");
  parts.draw.textContent = "Dessiner une zone";
  parts.done.hidden = true;
  say("");
}

function addCorner(at) {
  const { points, line, dots } = drawing;
  const first = points[0];
  if (points.length > 2 && map.latLngToContainerPoint(first).distanceTo(map.latLngToContainerPoint(at)) < 14) return finishDrawing();
  const last = points[points.length - 1];
  if (points.some((point, index) => index < points.length - 2 && crosses(last, at, point, points[index + 1])))
    return say("Les côtés de la zone ne peuvent pas se croiser : posez ce coin ailleurs.");
  points.push(at);
  line.setLatLngs(points);
  L.circleMarker(at, { ...parts.place, radius: 5, fillOpacity: 1 }).addTo(dots);
  say(points.length < 3 ? `${counted(points.length, "coin posé", "coins posés")}, il en faut trois.` : `${counted(points.length, "coin posé", "coins posés")} : « Terminer » ferme la zone.`);
}

function finishDrawing() {
  const { points } = drawing;
  if (points.length < 3) return say("Il faut trois coins au moins.");
  const last = points[points.length - 1];
  if (points.some((point, index) => index > 0 && index < points.length - 2 && crosses(last, points[0], point, points[index + 1])))
    return say("Les côtés de la zone ne peuvent pas se croiser : recommencez le dessin.");
  const polygon = area(points);
  stopDrawing();
  search({ ...nowhere(), polygon });
}

// ---- Building and renewing

function build() {
  parts.canvas = make("div", { className: "canvas" });
  parts.radius = make("input", { type: "number", id: "carte-rayon", min: 1, max: MOST_KM, step: 1, inputMode: "numeric" });
  parts.around = make("span", { className: "around" }, make("label", { htmlFor: "carte-rayon", textContent: "Rayon" }), parts.radius, " km");
  parts.here = make("button", { type: "button", className: "search-here", textContent: "Chercher dans cette zone", onclick: searchHere });
  parts.draw = make("button", { type: "button", textContent: "Dessiner une zone", onclick: startDrawing });
  parts.done = make("button", { type: "button", className: "main", textContent: "Terminer", hidden: true, onclick: finishDrawing });
  parts.says = make("p", { className: "map-says" });
  parts.says.setAttribute("aria-live", "polite");
  parts.away = make("p", { className: "hint away" });
  parts.under = make("div", { id: "sous-la-carte", tabIndex: -1 });
  const past = make("a", { className: "past-map", href: "#sous-la-carte", textContent: "Passer la carte" });
  const tools = make("div", { className: "map-tools", label: "Outils de la carte" }, parts.around, parts.draw, parts.done);
  tools.setAttribute("role", "group");
  parts.root = make("div", { className: "living" }, tools, parts.says, past, make("div", { className: "stage" }, parts.here, parts.canvas), parts.under);
  parts.under.append(parts.away);
}

function start() {
  map = L.map(parts.canvas, {
    zoomControl: false,
    scrollWheelZoom: false, // the page scrolls under the pointer, until one clicks the map
    zoomSnap: 0.25,
    minZoom: 5,
    maxZoom: section.dataset.tiles ? 17 : CLOSEST,
    zoomAnimation: !still,
    fadeAnimation: !still,
    markerZoomAnimation: !still,
    inertia: !still,
  });
  map.attributionControl.setPrefix("Leaflet");
  parts.canvas.setAttribute("role", "region");
  parts.canvas.setAttribute("aria-label", "Carte des sièges : flèches pour se déplacer, plus et moins pour zoomer");
  L.control.zoom({ zoomInTitle: "Agrandir", zoomOutTitle: "Réduire" }).addTo(map);
  parts.place = { ...layer("place", 240), color: "#1d5c4d", weight: 2, dashArray: "6 4", fillColor: "#1d5c4d", fillOpacity: 0.1 };
  map.createPane("names").style.zIndex = 590;
  map.getPane("names").setAttribute("aria-hidden", "true");
  parts.names = L.layerGroup().addTo(map);
  parts.pins = L.layerGroup().addTo(map);
  parts.asked = L.layerGroup().addTo(map);
  drawGround();
  map.on("focus click", () => map.scrollWheelZoom.enable());
  parts.canvas.addEventListener("mouseleave", () => map.scrollWheelZoom.disable());
  map.whenReady(() => map.on("moveend", moved)); // layers are on the map from its first view
  map.on("click", (event) => drawing && addCorner(event.latlng));
  map.on("mousemove", (event) => drawing?.points.length && drawing.line.setLatLngs([...drawing.points, event.latlng]));
  parts.radius.onchange = () => {
    const radius = Math.round(Number(parts.radius.value));
    if (radius >= 1 && radius <= MOST_KM) around(radius);
    else say(`Le rayon va de 1 à ${MOST_KM} km.`);
  };
  parts.root.addEventListener("keydown", (event) => {
    if (event.key === "Escape") drawing ? stopDrawing() : map.closePopup();
    if (event.key === "Enter" && drawing && event.target === parts.canvas) addCorner(map.getCenter());
  });
}

function moved() {
  if (!data) return;
  drawPins();
  drawCommunes();
  drawNames();
  sayAway();
}

// What lies out of the view, with a button for each part of the country.
function sayAway() {
  const seen = map.getBounds();
  const out = places.filter((place) => place.counts.exact && !seen.contains(place.at));
  const parted = new Map();
  for (const place of out) {
    const part = OVERSEAS.test(place.id) ? place.id.split(":")[1].slice(0, 3) : "";
    parted.set(part, [...(parted.get(part) || []), place]);
  }
  const buttons = [...parted].map(([part, some]) => {
    const name = part ? ground.overseas[part] || part : "ailleurs en métropole";
    const total = some.reduce((sum, place) => sum + place.counts.exact, 0);
    const fit = () => map.fitBounds(L.latLngBounds((part ? some : places.filter((place) => place.counts.exact && !OVERSEAS.test(place.id))).map((place) => place.at)), { padding: [40, 40], maxZoom: CLOSE, animate: !still });
    return make("button", { type: "button", textContent: `${name} (${total.toLocaleString("fr-FR")})`, onclick: fit });
  });
  parts.away.replaceChildren(...(buttons.length ? ["Hors du cadre : ", ...buttons] : []));
}

function drawAsked() {
  parts.asked.clearLayers();
  for (const shape of data.asked) L.polygon(rings(shape), parts.place).addTo(parts.asked);
}

const dot = (style, text) => make("span", {}, make("span", { className: `dot${style}` }), ` ${text}`);

function drawKey() {
  parts.under.querySelectorAll(".key-of, .left").forEach((one) => one.remove());
  const exact = data.groups.some((group) => group.code === "exact" && group.total);
  const others = data.groups.some((group) => group.code !== "exact" && group.total);
  const key = [...(exact ? [dot(" here", "dans cette page"), dot("", "dans les suivantes")] : []), ...(others ? [dot(" other", "autres groupes")] : [])];
  parts.under.append(make("p", { className: "hint key-of" }, ...key), ...data.left_out.map((text) => make("p", { className: "hint left", textContent: text })));
}

async function show(place) {
  section = place;
  if (!parts.root) build();
  section.insertBefore(parts.root, section.querySelector(".drawn"));
  if (map) section.classList.add("alive"); // else the drawn map stays until this one has something to show
  const searched = url();
  for (const name of NOT_OF_THE_SEARCH) searched.delete(name);
  const [body, under] = await Promise.all([asked === String(searched) ? data : ask(`/carte/fournisseurs?${searched}`), ground || ask("/carte/fond")]);
  if (section !== place) return; // another page came meanwhile
  ground = under;
  section.classList.add("alive");
  if (!map) start();
  map.invalidateSize({ animate: false });
  const where = JSON.stringify(PLACE.map((name) => searched.getAll(name)));
  if (data !== body) {
    data = body;
    asked = String(searched);
    places = gathered();
    clustered.clear();
    map.closePopup();
  }
  const [west, south, east, north] = data.frame;
  const frame = [[south, west], [north, east]];
  const stays = held?.keep || (view === where && map._loaded);
  view = where;
  drawAsked();
  drawKey();
  if (!stays) map.fitBounds(frame, { animate: false });
  drawCircle();
  moved();
  say("");
  held?.focus?.focus({ preventScroll: true });
  held = null;
}

for (const [name, on] of [["mouseover", true], ["mouseout", false], ["focusin", true], ["focusout", false]])
  document.addEventListener(name, (event) => {
    const card = event.target.closest?.(".found[data-seat]");
    if (card && map) lightPin(card, on);
  });

window.livingMap = { show };
})();
