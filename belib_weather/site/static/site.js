// Shared by all pages: says how old the page is, and turns it grey when that is too old.
// Without it a page states the time of its data; it needs no network.

const MOST_MINUTES = 90; // pages are made every hour
export const MOST_LIVE_MINUTES = 20; // live files every few minutes

/** Whole minutes from an instant to the present; null where it is none. */
export function minutesSince(instant, now) {
  const then = Date.parse(instant ?? "");
  return Number.isNaN(then) ? null : Math.max(0, Math.floor((now - then) / 60000));
}

/** An age in words of the language: "3 minutes ago". */
export function ago(minutes, language) {
  const words = new Intl.RelativeTimeFormat(language, { numeric: "auto" });
  if (minutes < 1) return words.format(0, "second"); // "now"
  if (minutes < 60) return words.format(-minutes, "minute");
  const hours = Math.round(minutes / 60);
  return hours < 48 ? words.format(-hours, "hour") : words.format(-Math.round(hours / 24), "day");
}

/** Show the age of the data on the page; live data may be younger than the page. */
export function showAge(instant, most = MOST_MINUTES) {
  const minutes = minutesSince(instant, Date.now());
  if (minutes === null) return;
  document.body.dataset.seenAt = instant;
  document.documentElement.classList.toggle("stale", minutes > most);
  for (const place of document.querySelectorAll("[data-age]")) {
    place.textContent = ` (${ago(minutes, document.documentElement.lang)})`; // within a sentence
  }
  for (const warning of document.querySelectorAll("[data-stale]")) {
    warning.hidden = minutes <= most;
  }
}

if (typeof document !== "undefined") {
  let most = MOST_MINUTES;
  const show = () => showAge(document.body.dataset.seenAt, most);
  addEventListener("belib:live", () => { most = MOST_LIVE_MINUTES; show(); });
  show();
  setInterval(show, 30000);
}
