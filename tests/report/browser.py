"""A page in headless Chromium: a script in a copy of the page measures it and writes its findings into the page."""

import html
import json
import os
import re
import shutil
import subprocess
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
WITHOUT = "no Chromium on this machine; install the Debian package chromium to measure the pages"
SCRIPT = """
function boxes(selector) { return Array.prototype.map.call(document.querySelectorAll(selector), function (e) {
  var b = e.getBoundingClientRect(); return {t: e.textContent, l: b.left, r: b.right, u: b.top, d: b.bottom}; }); }
function crossing(svg) {
  var found = [], all = Array.prototype.map.call(svg.querySelectorAll("text"), function (e) {
    return {t: e.textContent, b: e.getBoundingClientRect()}; });
  for (var i = 0; i < all.length; i++) { for (var j = i + 1; j < all.length; j++) {
    var a = all[i].b, c = all[j].b;
    if (Math.min(a.right, c.right) - Math.max(a.left, c.left) > 1 &&
        Math.min(a.bottom, c.bottom) - Math.max(a.top, c.top) > 2) { found.push(all[i].t + " / " + all[j].t); } } }
  return found; }
function outside(svg) { var s = svg.getBoundingClientRect();
  return Array.prototype.filter.call(svg.querySelectorAll("text"), function (e) { var b = e.getBoundingClientRect();
    return b.left < s.left - 1 || b.right > s.right + 1 || b.top < s.top - 2 || b.bottom > s.bottom + 2; })
    .map(function (e) { return e.textContent; }); }
function wide() { return boxes("body *").length && Array.prototype.filter.call(document.querySelectorAll("body *"),
  function (e) { return !e.closest(".scroll") && !e.closest(".skip") && !e.classList.contains("skip") &&
    e.getBoundingClientRect().right > document.documentElement.clientWidth + 1; })
  .map(function (e) { return e.tagName + " " + e.textContent.slice(0, 40); }); }
function lum(c) {
  var v = c.map(function (x) { x /= 255; return x <= 0.03928 ? x / 12.92 : Math.pow((x + 0.055) / 1.055, 2.4); });
  return 0.2126 * v[0] + 0.7152 * v[1] + 0.0722 * v[2]; }
function rgb(s) { return s.match(/[0-9.]+/g).slice(0, 3).map(Number); }
function contrast() { var low = [];
  document.querySelectorAll("p, li, th, td, h1, h2, a, caption, figcaption, button, strong").forEach(function (e) {
    if (e.closest(".skip") || !e.textContent.trim()) { return; }
    var s = getComputedStyle(e), a = lum(rgb(s.color)), b = 1, k = e;
    while (k) { var g = getComputedStyle(k).backgroundColor;
      if (g !== "rgba(0, 0, 0, 0)" && g !== "transparent") { b = lum(rgb(g)); break; } k = k.parentElement; }
    var ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    if (ratio < 4.5) { low.push(e.tagName + " " + ratio.toFixed(2)); } });
  document.querySelectorAll("svg text").forEach(function (e) {
    var ratio = 1.05 / (lum(rgb(getComputedStyle(e).fill)) + 0.05);
    if (ratio < 4.5) { low.push("text " + e.textContent + " " + ratio.toFixed(2)); } });
  return low; }
var cross = [], out = [];
document.querySelectorAll("svg").forEach(function (s) {
  cross = cross.concat(crossing(s)); out = out.concat(outside(s)); });
var report = {width: document.documentElement.clientWidth, scroll: document.documentElement.scrollWidth, wide: wide(),
  crossing: cross, outside: out, contrast: contrast(),
  sideways: Array.prototype.filter.call(document.querySelectorAll(".scroll"), function (e) {
    return e.scrollWidth > e.clientWidth + 1; }).map(function (e) { return e.getAttribute("aria-label"); }),
  buttons: document.querySelectorAll("th button").length};
var place = document.createElement("pre"); place.id = "gemeten"; place.textContent = JSON.stringify(report);
document.body.appendChild(place);
"""


def chromium() -> str | None:
    """The browser of this machine, if it has one."""
    return next((found for name in NAMES if (found := shutil.which(name))), None)


def measured(page: str, folder: Path, width: int) -> dict[str, object]:
    """What the script found on a page of this width."""
    copy = folder / f"meting-{width}.html"
    bare = re.sub(r'<meta http-equiv="Content-Security-Policy"[^>]*>', "", page)
    copy.write_text(bare.replace("</body>", f"<script>{SCRIPT}</script></body>"), encoding="utf-8")
    shown = run_browser(folder, f"--window-size={width},1200", "--dump-dom", copy.as_uri())
    found = re.search(r'<pre id="gemeten">(.*?)</pre>', shown, re.DOTALL)
    assert found, shown[-500:]
    return dict(json.loads(html.unescape(found.group(1))))


def run_browser(folder: Path, *options: str) -> str:
    """The browser without a window, with a profile of its own that is gone with the folder."""
    binary = chromium()
    assert binary is not None
    fixed = (
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--hide-scrollbars",
        f"--user-data-dir={folder / 'profiel'}",
    )
    done = subprocess.run(
        [binary, *fixed, *options],
        capture_output=True,
        encoding="utf-8",
        timeout=120,
        check=False,
        env={**os.environ, "HOME": str(folder)},
    )
    assert done.returncode == 0, done.stderr[-500:]
    return done.stdout
