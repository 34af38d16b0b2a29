// What is wrong with the page that is shown, as a list of sentences: run as a function's body.
const problems = [];
const say = (element, what) => problems.push(`${what}: ${(element.outerHTML ?? "").slice(0, 160)}`);
const all = (selector) => [...document.querySelectorAll(selector)];
const shown = (element) => element.getClientRects().length > 0 && getComputedStyle(element).visibility === "visible";

for (const element of all("details")) element.open = true;

// Contrast of all text, as WCAG 2 computes it, whatever its size.
const parsed = (color) => {
  const [r, g, b, a = 1] = color.match(/[\d.]+/g).map(Number);
  return [r, g, b, a];
};
const luminance = ([r, g, b]) => {
  const [x, y, z] = [r, g, b].map((c) => (c / 255 <= 0.04045 ? c / 255 / 12.92 : ((c / 255 + 0.055) / 1.055) ** 2.4));
  return 0.2126 * x + 0.7152 * y + 0.0722 * z;
};
const behind = (element) => {
  for (let place = element; place; place = place.parentElement) {
    const color = parsed(getComputedStyle(place).backgroundColor);
    if (color[3] === 1) return color;
    if (color[3] !== 0) say(place, "a background that is half transparent");
  }
  return null;
};
const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
let texts = 0;
while (walker.nextNode()) {
  const element = walker.currentNode.parentElement;
  if (!walker.currentNode.data.trim() || ["STYLE", "title", "desc"].includes(element.tagName) || !shown(element)) continue;
  texts += 1;
  const style = getComputedStyle(element);
  const ground = behind(element);
  if (ground === null) { say(element, "text on no background"); continue; }
  const [a, b] = [luminance(parsed(element.closest("svg") ? style.fill : style.color)), luminance(ground)];
  const contrast = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
  if (contrast < 4.5) say(element, `contrast of ${contrast.toFixed(2)}`);
  if (parseFloat(style.fontSize) < 11) say(element, "small text");
}
if (texts < 3) problems.push(`only ${texts} texts are shown`);

// Nothing is wider than the screen but what scrolls by itself.
const width = document.documentElement.clientWidth;
if (document.documentElement.scrollWidth > width) problems.push(`the page is ${document.documentElement.scrollWidth} wide`);
for (const element of all("body *")) {
  if (shown(element) && !element.closest(".skip, .wide-table, pre, svg") && element.getBoundingClientRect().right > width + 0.5)
    say(element, "beyond the screen");
}
for (const element of all(".wide-table, pre")) {
  if (element.tabIndex !== 0) say(element, "scrolls, but not by keyboard");
  if (!["auto", "scroll"].includes(getComputedStyle(element).overflowX)) say(element, "does not scroll");
}

// Structure.
if (document.documentElement.lang !== "en") problems.push("no language");
if (!document.title.trim()) problems.push("no title");
if (!document.querySelector("meta[name=viewport]")) problems.push("no viewport");
for (const [selector, count] of [["h1", 1], ["main", 1], ["body > header", 1]])
  if (all(selector).length !== count) problems.push(`${all(selector).length} of ${selector}`);
let level = 1;
for (const heading of all("h1, h2, h3, h4")) {
  const next = Number(heading.tagName[1]);
  if (next > level + 1) say(heading, `a heading behind one of level ${level}`);
  level = next;
}
const named = (element) => element.getAttribute("aria-label")
  || (element.getAttribute("aria-labelledby") ?? "").split(" ").map((id) => document.getElementById(id)?.textContent ?? "").join(" ").trim();
for (const element of all("nav, section, [role]")) if (!named(element)) say(element, "a landmark without a name");
const names = all("body > header nav, main nav").map(named);
if (new Set(names).size !== names.length) problems.push(`landmarks of one name: ${names}`);
const ids = all("[id]").map((element) => element.id);
if (new Set(ids).size !== ids.length) problems.push("an id is there twice");
for (const element of all("svg")) {
  const parts = (element.getAttribute("aria-labelledby") ?? "").split(" ").map((id) => element.querySelector(`[id="${id}"]`)?.textContent);
  if (element.getAttribute("role") !== "img" || parts.length !== 2 || parts.some((part) => !part)) say(element, "a picture without words");
}
for (const cell of all("th")) if (!["col", "row"].includes(cell.scope) || !cell.textContent.trim()) say(cell, "a header of nothing");
for (const row of all("tbody tr"))
  if (row.querySelectorAll("th[scope=row]").length !== 1 || row.cells.length !== row.closest("table").tHead.rows[0].cells.length)
    say(row, "a row that does not fit its headers");
for (const link of all("a, button")) if (!link.textContent.trim()) say(link, "a link without words");
for (const light of all(".light")) if (!light.textContent.trim()) say(light, "a colour without words");

// The skip link comes first, and what has the focus is seen.
const first = all("a[href]")[0];
if (!first?.matches(".skip") || !document.querySelector(first.hash)) problems.push("no link that skips the menu");
for (const element of all("a[href], summary, pre, .wide-table").slice(0, 60)) {
  if (!shown(element)) continue;
  element.focus({ focusVisible: true, preventScroll: true });
  const style = getComputedStyle(element);
  if (document.activeElement !== element || style.outlineStyle === "none" || parseFloat(style.outlineWidth) < 2) say(element, "focus is not seen");
  if (element === first && element.getBoundingClientRect().left < 0) say(element, "the skip link stays hidden");
}
document.activeElement.blur();

// Nothing runs, nothing comes from elsewhere.
if (document.scripts.length) problems.push("there are scripts");
const foreign = performance.getEntriesByType("resource").map((entry) => entry.name).filter((name) => !name.startsWith("data:"));
if (foreign.length) problems.push(`fetched: ${foreign}`);
return problems;
