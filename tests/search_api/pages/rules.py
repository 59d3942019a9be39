"""The rules of axe-core on a page in a browser: each contrast is looked at once a process, for it is half of the patience."""

from __future__ import annotations

from collections.abc import Collection
from functools import cache
from importlib.resources import files

from playwright.sync_api import Page

RULES = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")
_SOUND: set[str] = set()
"""Looks whose contrast was found sound, on any page."""
_MARK = """([within, mark, sound]) => {
  const seen = new Set(sound), found = [], below = new Map([[document.documentElement.parentNode, ""]]);
  const hash = (text) => {
    let one = 2166136261, two = 5381;
    for (let at = 0; at < text.length; at++) {
      one = Math.imul(one ^ text.charCodeAt(at), 16777619);
      two = Math.imul(two, 33) + text.charCodeAt(at);
    }
    return `${one >>> 0}.${two >>> 0}`;
  };
  const ground = (one) => {
    if (!below.has(one)) {
      const style = getComputedStyle(one);
      const own = [style.backgroundColor, style.backgroundImage, style.opacity, style.filter, style.position, one.tagName, one.getAttribute("class")];
      below.set(one, hash(own.join() + ">" + ground(one.parentNode)));
    }
    return below.get(one);
  };
  const isNew = (one) => {
    const style = getComputedStyle(one);
    const look = hash([style.color, style.fontSize, style.fontWeight, style.textShadow, style.webkitTextStroke, ground(one)].join());
    return !seen.has(look) && seen.add(look) && found.push(look);
  };
  [...document.querySelectorAll("body *")]
    .filter((one) => one.closest(within))
    .filter((one) => one.matches("input, select, textarea") || [...one.childNodes].some((node) => node.nodeType === 3 && node.data.trim()))
    .filter((one) => one.checkVisibility({ visibilityProperty: true }) && isNew(one))
    .forEach((one) => one.dataset.looked = mark);
  return found;
}"""
"""Marks the first visible text of each look that no page has shown before, and gives these looks: its colours, size and weight, and all
that is under it."""


_RUN = """([within, mark, asked]) => {
  axe.configure({ rules: [{ id: "color-contrast", selector: `[data-looked='${mark}']` }] });
  return axe.run(within, asked).then((all) => all.violations);
}"""


def broken(page: Page, within: str = "html", but: Collection[str] = ()) -> list[str]:
    """What the rules find in the elements that a selector gives. ``but``: rules left out. It looks at the
    contrasts that are new since the process began."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(script())
    mark = page.evaluate("String(window.turn = (window.turn ?? 0) + 1)")
    looks = page.evaluate(_MARK, [within, mark, list(_SOUND)])
    asked = {
        "runOnly": {"type": "tag", "values": list(RULES)},
        "rules": {rule: {"enabled": False} for rule in but},
        "resultTypes": ["violations"],
        # what axe-core would read beforehand; the only rule that asks for style sheets is not among these
        "preload": {"assets": ["media"]},
    }
    violations = page.evaluate(_RUN, [within, mark, asked])
    if "color-contrast" not in (*but, *(one["id"] for one in violations)):
        _SOUND.update(looks)
    return [f"{one['id']} ({one['help']}): {[node['html'][:200] for node in one['nodes'][:3]]}" for one in violations]


@cache
def script() -> str:
    """axe-core, which comes in a package of the development tools."""
    return (files("axe_playwright_python") / "axe.min.js").read_text(encoding="utf8")
