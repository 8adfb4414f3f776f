// The home page: search, near me, the hour, filters, the map, the present.
// Nothing leaves this site: places are found in its own index, your position stays in the browser.

const WALKING = 75; // metres a minute, streets not being straight
const REACH = 800; // metres
const SHOWN = 3;
const ABBREVIATIONS = { av: "avenue", ave: "avenue", bd: "boulevard", bld: "boulevard", bvd: "boulevard",
  pl: "place", r: "rue", st: "saint", ste: "sainte", fg: "faubourg", fbg: "faubourg", sq: "square", qu: "quai" };
const CLASSES = ["always", "often", "half", "rare", "unknown"];

/** Words of a text without accents and case, abbreviations spelled out. */
export function wordsOf(text) {
  return text.normalize("NFD").replace(/[\u0300-\u036f]/g, "").toLowerCase().replace(/œ/g, "oe")
    .replace(/[^a-z0-9]+/g, " ").trim().split(" ").filter(Boolean).map((word) => ABBREVIATIONS[word] ?? word);
}

/** Entries of the search box: {name, words, kind, places: [[number, lat, lon]]}. */
export function entriesOf(index, stations, text) {
  const ordinal = (number) => (number ? `, ${text.arrondissement.replace("{number}", number)}` : "");
  const entry = (kind, name, number, places) => {
    const words = wordsOf(name);
    // The postal code and the number of the arrondissement may be typed; nobody has to.
    const extra = number ? [`750${String(number).padStart(2, "0")}`, `${number}e`, "paris"] : ["paris"];
    return { kind, name: name + ordinal(number), words, all: words.concat(extra), places };
  };
  return [
    ...index.places.map(([name, number, lat, lon]) => entry("place", name, number, [[0, lat, lon]])),
    ...index.streets.map(([name, number, places]) => entry("street", name, number, places)),
    ...stations.filter((each) => each.lat !== null).map((each) => ({
      ...entry("station", each.address ?? each.name ?? each.id, null, [[0, each.lat, each.lon]]),
      id: each.id, all: wordsOf(`${each.address ?? ""} ${each.name ?? ""} ${each.id}`),
    })),
  ];
}

/** The entries that a query means, the best first. */
export function found(entries, query, most = 7) {
  let words = wordsOf(query).filter((word) => word !== "bis" && word !== "ter");
  const house = words.length > 1 && /^\d{1,3}$/.test(words[0]) ? Number(words[0]) : 0;
  if (house) words = words.slice(1);
  if (!words.length) return [];
  const scored = [];
  for (const entry of entries) {
    if (entry.kind === "station" && house) continue; // the street knows its numbers
    if (!words.every((word) => entry.all.some((own) => own.startsWith(word)))) continue;
    const whole = words.filter((word) => entry.all.includes(word)).length;
    const starts = entry.words[0]?.startsWith(words[0]) ? 1 : 0;
    const kind = { place: 2, street: 1, station: 0 }[entry.kind];
    scored.push([whole * 4 + starts * 2 + kind - entry.words.length / 50, entry]);
  }
  scored.sort((one, other) => other[0] - one[0] || one[1].name.localeCompare(other[1].name));
  return scored.slice(0, most).map(([, entry]) => ({ ...entry, ...position(entry.places, house) }));
}

/** Where an entry is: at the nearest house number that is known, else in the middle of them. */
export function position(places, house) {
  const near = house && [...places].sort((a, b) => Math.abs(a[0] - house) - Math.abs(b[0] - house))[0];
  const used = near ? [near] : places;
  const mean = (at) => used.reduce((sum, place) => sum + place[at], 0) / used.length;
  return { lat: mean(1), lon: mean(2) };
}

/** Metres between two places of a city. */
export function metres(one, other) {
  const north = (one.lat - other.lat) * 111200;
  const east = (one.lon - other.lon) * 111320 * Math.cos((one.lat * Math.PI) / 180);
  return Math.hypot(north, east);
}

/** A chance of the file of chances: a sign for every 2 %; null where it is not known. */
export function chanceAt(text, index, signs) {
  const at = signs.indexOf(text?.[index] ?? " ");
  return at < 0 ? null : at / (signs.length - 1);
}

/** The interval of free points by a forecast: [least, most]; null where there is none. */
export function pointsAt(station, index, signs) {
  const ends = [station.points_low, station.points_high].map((text) => signs.indexOf(text?.[index] ?? " "));
  return ends.includes(-1) ? null : ends;
}

/** Whether a station has what is asked for. */
export function fits(station, filter) {
  return (station.power_kw ?? 0) >= filter.power && (!filter.plug || station.plugs.includes(filter.plug));
}

/** The surest stations around a place: {note, list: [{station, distance, chance}]}, the surest first.
 *
 * hour: an index of the hours of the file; null for the present, where free points count.
 * note: why the nearest are listed instead, the key of a text; empty where some are within reach.
 */
export function surest(stations, file, place, hour, filter) {
  const near = stations.filter((each) => each.lat !== null && fits(each, filter)).map((station) => ({
    station,
    distance: metres(place, station),
    chance: hour === null ? null : chanceAt(station.chance, hour, file.signs),
  }));
  const rank = hour === null
    ? (one) => [Math.min(one.station.free ?? 0, SHOWN), -one.distance]
    : (one) => [Math.round((one.chance ?? -1) * 50), -one.distance];
  const good = (one) => (hour === null ? (one.station.free ?? 0) > 0 : one.chance !== null);
  const reached = near.filter((one) => one.distance <= REACH);
  const within = reached.filter(good);
  within.sort((one, other) => {
    const [first, second] = [rank(one), rank(other)];
    return second[0] - first[0] || second[1] - first[1];
  });
  if (within.length) return { note: "", list: within.slice(0, SHOWN) };
  const known = near.filter(good);
  const list = (known.length ? known : near).sort((one, other) => one.distance - other.distance);
  const note = known.length === 0 ? (hour === null ? "noneFree" : "noChance")
    : reached.length === 0 ? "far" : hour === null ? "full" : "noChance";
  return { note, list: list.slice(0, SHOWN) };
}

/** A chance in words: "9 in 10". The same rule as `chances.chance_in_ten`. */
export function inTen(chance, text) {
  if (chance === null) return text.unknown;
  if (chance >= 0.95) return text.always;
  if (chance < 0.05) return text.never;
  return text.inTen.replace("{count}", Math.min(9, Math.max(1, Math.round(chance * 10))));
}

/** The interval of a chance in words, empty where it is one number. The same rule as `chances.interval_in_tenths`. */
export function intervalInTen(low, high, text) {
  if (low === null || high === null) return "";
  const [first, last] = [Math.round(low * 10), Math.round(high * 10)];
  return first < last ? text.between.replace("{low}", first).replace("{high}", last) : "";
}

/** The class of a chance on the map. The same rule as `chances.bucket`. */
export function bucket(chance) {
  if (chance === null) return "unknown";
  return chance >= 0.9 ? "always" : chance >= 0.7 ? "often" : chance >= 0.4 ? "half" : "rare";
}

/** The class of a station on the map now. */
export function bucketNow(station) {
  if (station.state === "available" || station.free > 0) return "always";
  return station.state === "full" ? "rare" : "unknown";
}

/** Stations of the page with the present of the live file, by id with or without asterisks. */
export function merged(stations, live) {
  const now = new Map(live.map((each) => [each.id.replaceAll("*", ""), each]));
  return stations.map((each) => {
    const other = now.get(each.id);
    return other ? { ...each, state: other.state, free: other.free, points: other.points ?? each.points } : each;
  });
}

function start() {
  const $ = (id) => document.getElementById(id);
  const { text, language, data, live, station: page } = JSON.parse($("home-data").textContent);
  const number = new Intl.NumberFormat(language);
  const plural = new Intl.PluralRules(language);
  const fill = (form, values) => form.replace(/\{(\w+)\}/g, (_, name) => values[name]);
  const count = (forms, value) => fill(forms[plural.select(value)] ?? forms.other, { count: number.format(value) });
  const state = { hour: -1, file: null, stations: [], entries: [], place: null, active: -1, options: [], isHourAsked: false };
  const input = $("where"), list = $("suggestions"), when = $("when"), results = $("results"), status = $("status");
  const map = $("map"), picked = $("picked");

  const make = (name, content = {}, ...children) => {
    const { className, ...attributes } = content;
    const element = document.createElement(name);
    if (className) element.className = className;
    for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
    element.append(...children); // text, never HTML: names come from elsewhere
    return element;
  };
  const address = (station) => (station.address ?? station.name ?? station.id).replace(/,? ?75[01]\d\d Paris$/i, "");
  const link = (station) => page.replace("ID", station.id);
  const hourIndex = () => (when.value ? state.file.hours.indexOf(when.value) : -1);

  async function load() {
    if (state.file) return state.file;
    state.loading ??= Promise.all([data.chances, data.places].map(async (url) => {
      const answer = await fetch(url);
      if (!answer.ok) throw new Error(`${url}: ${answer.status}`);
      return answer.json();
    }));
    try {
      const [file, places] = await state.loading;
      state.file = file;
      state.stations = merged(file.stations, state.live ?? []);
      state.entries = entriesOf(places, file.stations, text);
    } catch (error) {
      state.loading = null;
      status.textContent = text.failed;
      throw error;
    }
    return state.file;
  }

  async function present() {
    if (document.hidden) return;
    try {
      const answer = await fetch(live, { cache: "no-cache" });
      if (!answer.ok) return;
      const now = await answer.json();
      // The page itself may be the newer one, where the live files stand still.
      if (!(Date.parse(now.updated_at) >= Date.parse(document.body.dataset.seenAt))) return;
      state.live = now.stations;
      if (state.file) state.stations = merged(state.file.stations, now.stations);
      document.body.dataset.seenAt = now.updated_at;
      dispatchEvent(new Event("belib:live"));
      paint(now.stations);
      if (state.place) show();
    } catch { /* the page says how old it is */ }
  }

  // ---- search
  function suggest(options) {
    state.options = options;
    state.active = -1;
    list.replaceChildren(...options.map((option, at) => {
      const item = make("li", { role: "option", id: `option-${at}`, "aria-selected": "false" },
        option.name, make("span", { className: "kind" }, text.kinds[option.kind]));
      item.addEventListener("pointerdown", (event) => event.preventDefault());
      item.addEventListener("click", () => choose(option));
      return item;
    }));
    list.hidden = !options.length;
    input.setAttribute("aria-expanded", String(options.length > 0));
    input.removeAttribute("aria-activedescendant");
  }
  function activate(at) {
    state.active = at;
    [...list.children].forEach((item, each) => item.setAttribute("aria-selected", String(each === at)));
    if (at >= 0) {
      input.setAttribute("aria-activedescendant", `option-${at}`);
      list.children[at].scrollIntoView({ block: "nearest" });
    }
  }
  function choose(option) {
    input.value = option.name;
    suggest([]);
    state.place = option;
    recolour();
    history.replaceState(null, "", `#${new URLSearchParams({ near: option.name, lat: option.lat.toFixed(5), lon: option.lon.toFixed(5) })}`);
    show();
  }
  input.addEventListener("focus", () => load().catch(() => {}));
  input.addEventListener("input", async () => {
    await load();
    suggest(found(state.entries, input.value));
  });
  input.addEventListener("keydown", (event) => {
    const last = state.options.length - 1;
    if (event.key === "ArrowDown" && last >= 0) activate(state.active >= last ? 0 : state.active + 1);
    else if (event.key === "ArrowUp" && last >= 0) activate(state.active <= 0 ? last : state.active - 1);
    else if (event.key === "Escape") suggest([]);
    else return;
    event.preventDefault();
  });
  input.addEventListener("blur", () => suggest([]));
  $("search").addEventListener("submit", async (event) => {
    event.preventDefault();
    await load();
    const option = state.options[Math.max(0, state.active)] ?? found(state.entries, input.value)[0];
    if (option) choose(option);
    else status.textContent = text.nothing;
  });
  $("near").addEventListener("click", () => {
    if (!navigator.geolocation) { status.textContent = text.noPosition; return; }
    status.textContent = text.locating;
    navigator.geolocation.getCurrentPosition(async ({ coords }) => {
      await load();
      choose({ name: text.here, lat: coords.latitude, lon: coords.longitude });
    }, () => { status.textContent = text.noPosition; }, { timeout: 10000, maximumAge: 60000 });
  });
  for (const control of ["when", "power", "plug"]) {
    $(control).addEventListener("change", async () => {
      await load();
      state.isHourAsked ||= control === "when";
      recolour();
      weather();
      if (state.place) show();
    });
  }

  // ---- answers
  function card({ station, distance, chance }, hour) {
    const parts = [];
    const free = station.free ?? 0;
    if (hour === null) {
      parts.push(make("p", { className: "big" }, count(text.free, free), " ", make("small", {}, fill(text.of, { points: station.points }))));
    } else {
      const low = chanceAt(station.low, hour, state.file.signs), high = chanceAt(station.high, hour, state.file.signs);
      const ends = pointsAt(station, hour, state.file.signs);
      const between = ends ? fill(text.points, { low: ends[0], high: ends[1] }) : intervalInTen(low, high, text);
      parts.push(make("p", { className: "big" }, make("span", { className: `dot ${bucket(chance)}`, "aria-hidden": "true" }), inTen(chance, text),
        " ", make("small", {}, between ? `(${between})` : "")));
      parts.push(make("p", { className: "muted" }, fill(text.nowFree, { free: count(text.free, free), points: station.points })));
    }
    const plugs = station.plugs.map((plug) => text.plugs[plug]).join(", ");
    const power = station.power_kw ? `${number.format(station.power_kw)} kW` : "";
    const walk = fill(text.walk, { metres: number.format(Math.round(distance / 10) * 10), minutes: Math.max(1, Math.round(distance / WALKING)) });
    return make("li", {}, make("h4", {}, make("a", { href: link(station) }, address(station))), ...parts,
      make("p", { className: "muted" }, [walk, power, plugs].filter(Boolean).join(" · ")),
      make("p", { className: "go" }, make("a", { href: `geo:${station.lat},${station.lon}?q=${station.lat},${station.lon}(${encodeURIComponent(address(station))})` },
        text.go, make("span", { className: "heard" }, ` ${address(station)}`))));
  }
  function show() {
    const filter = { power: Number($("power").value), plug: $("plug").value };
    const hour = hourIndex();
    const blocks = [[text.now, null], ...(hour < 0 ? [] : [[when.selectedOptions[0].textContent, hour]])];
    if (state.isHourAsked) blocks.reverse(); // who chose an hour wants to read of it first
    const own = state.place.id ? [make("p", { className: "note" }, make("a", { href: link(state.place) }, text.own))] : [];
    results.replaceChildren(make("h2", { tabindex: "-1", id: "answer" }, fill(text.around, { place: state.place.name })), ...own,
      make("div", { className: "answers" }, ...blocks.map(([title, at]) => {
        const { list: best, note } = surest(state.stations, state.file, state.place, at, filter);
        const source = at === null ? "" : text.from[state.file.from[at]];
        return make("section", {}, make("h3", {}, title), ...(source ? [make("p", { className: "muted" }, source)] : []),
          ...(note && best.length ? [make("p", { className: "note" }, text.notes[note])] : []),
          best.length ? make("ol", { className: "cards" }, ...best.map((one) => card(one, at))) : make("p", {}, text.none));
      })));
    status.textContent = fill(text.around, { place: state.place.name });
    mark(state.place);
  }
  function weather() {
    const at = hourIndex(), place = $("weather-then");
    if (!place || at < 0) return;
    place.querySelector("h3").textContent = when.selectedOptions[0].textContent;
    place.querySelector("p").textContent = state.file.weather[language]?.[at] ?? text.noWeather;
  }

  // ---- map
  const symbols = map ? [...map.querySelectorAll("a[data-id]")] : [];
  const symbolOf = new Map(symbols.map((symbol) => [symbol.dataset.id, symbol]));
  function colour(symbol, name) {
    symbol.classList.remove(...CLASSES);
    symbol.classList.add(name);
  }
  function paint(stations) {
    if (state.hour >= 0) return;
    for (const station of stations) {
      const symbol = symbolOf.get(station.id.replaceAll("*", ""));
      if (symbol) colour(symbol, bucketNow(station));
    }
  }
  function recolour() {
    const at = state.hour = hourIndex();
    $("map-hour").textContent = at < 0 ? text.now : when.selectedOptions[0].textContent;
    $("legend-now").hidden = at >= 0;
    $("legend-then").hidden = at < 0;
    for (const station of state.stations) {
      const symbol = symbolOf.get(station.id);
      if (symbol) colour(symbol, at < 0 ? bucketNow(station) : bucket(chanceAt(station.chance, at, state.file.signs)));
    }
  }
  function onMap({ lat, lon }) {
    const { west, north, across, down } = map.dataset;
    return [(lon - west) * across, (north - lat) * down];
  }
  function mark(place) {
    if (!map) return;
    const [x, y] = onMap(place);
    for (const name of ["here-ring", "here"]) {
      $(name).setAttribute("transform", `translate(${x.toFixed(1)} ${y.toFixed(1)})`);
      $(name).removeAttribute("visibility");
    }
  }
  async function pick(symbol) {
    await load();
    const station = state.stations.find((each) => each.id === symbol.dataset.id);
    if (!station) return;
    for (const other of symbols) other.classList.toggle("picked", other === symbol);
    state.picked = symbol;
    const at = state.hour;
    const chance = at < 0 ? null : chanceAt(station.chance, at, state.file.signs);
    picked.replaceChildren(make("bdi", {}, make("a", { href: link(station) }, address(station))), " ",
      fill(text.nowFree, { free: count(text.free, station.free ?? 0), points: station.points }),
      at < 0 ? "" : ` ${$("map-hour").textContent}${text.colon} ${inTen(chance, text)}.`);
  }
  function nearestTo(x, y, keep = () => true) {
    let best = null, least = Infinity;
    for (const symbol of symbols) {
      const distance = Math.hypot(symbol.dataset.x - x, symbol.dataset.y - y);
      if (distance < least && keep(symbol)) [best, least] = [symbol, distance];
    }
    return best;
  }
  if (map) {
    map.addEventListener("click", (event) => {
      if (event.ctrlKey || event.metaKey) return;
      const box = map.getBoundingClientRect(), view = map.viewBox.baseVal;
      const symbol = nearestTo(((event.clientX - box.left) / box.width) * view.width, ((event.clientY - box.top) / box.height) * view.height);
      if (!symbol) return;
      event.preventDefault();
      pick(symbol).catch(() => { location.href = symbol.href.baseVal; });
    });
    map.addEventListener("keydown", (event) => {
      const step = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
      if (step) {
        event.preventDefault();
        const from = state.picked ?? nearestTo(map.viewBox.baseVal.width / 2, map.viewBox.baseVal.height / 2);
        const [x, y] = [Number(from.dataset.x), Number(from.dataset.y)];
        const ahead = (symbol) => (symbol.dataset.x - x) * step[0] + (symbol.dataset.y - y) * step[1];
        const aside = (symbol) => Math.abs((symbol.dataset.x - x) * step[1]) + Math.abs((symbol.dataset.y - y) * step[0]);
        const next = state.picked ? nearestTo(x, y, (each) => each !== from && ahead(each) > 0 && ahead(each) >= aside(each)) : from;
        if (next) pick(next).catch(() => {});
      } else if (event.key === "Enter" && state.picked) {
        location.href = state.picked.href.baseVal;
      }
    });
  }

  // ---- start
  for (const option of [...when.options]) {
    if (option.value && Date.parse(option.value) + 3600000 < Date.now()) option.remove();
  }
  const kept = new URLSearchParams(location.hash.slice(1));
  if (kept.has("near") && Number(kept.get("lat")) && Number(kept.get("lon"))) {
    input.value = kept.get("near");
    load().then(() => {
      state.place = { name: kept.get("near"), lat: Number(kept.get("lat")), lon: Number(kept.get("lon")) };
      recolour();
      show();
    }, () => {});
  }
  present();
  setInterval(present, 60000);
  document.addEventListener("visibilitychange", present);
}

if (typeof document !== "undefined" && document.getElementById("home-data")) start();
