// Single keys, for hands that stay on the keyboard. Each is also a button or a link; they work only outside fields and
// can be switched off (WCAG 2.1.4). Nothing that leaves, signs, revokes or overrides sits on one of them but A.
(() => {
  "use strict";
  const $ = (selector, root = document) => root.querySelector(selector);
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const inField = (target) => target.closest?.("input, textarea, select, [contenteditable], dialog[open]");
  const shown = (element) => element.offsetParent !== null;

  // Lists: [data-list] holds [data-row], each with a link [data-open]. The peek is the panel #peek.
  const rows = () => all("[data-list] [data-row]").filter(shown);
  const current = () => $("[data-list] [data-row].on");
  const mark = (row) => {
    all("[data-row].on").forEach((other) => { other.classList.remove("on"); other.removeAttribute("aria-current"); });
    row.classList.add("on");
    row.setAttribute("aria-current", "true");
  };
  const look = (row) => { if (row && $("#peek") && !$("#peek").hidden) row.dispatchEvent(new CustomEvent("peek")); };
  const step = (by) => {
    const list = rows();
    if (!list.length) return;
    const held = list.indexOf(list.find((row) => row.contains(document.activeElement)) ?? current());
    const row = list[Math.max(0, Math.min(list.length - 1, held + by))];
    mark(row);
    look(row);
    $("[data-open]", row)?.focus({ preventScroll: true });
    row.scrollIntoView({ block: "nearest" });
  };
  const peek = () => {
    const panel = $("#peek");
    if (!panel) return;
    panel.hidden = !panel.hidden;
    panel.closest(".desk")?.classList.toggle("alone", panel.hidden);
    look(current() ?? rows()[0]);
  };

  let prefix = "";
  const single = {
    "/": () => $("#find")?.focus(),
    "?": () => $("#keys")?.showModal(),
    j: () => step(1),
    k: () => step(-1),
    g: () => { prefix = "g"; setTimeout(() => { prefix = ""; }, 1500); },
  };
  const click = (element) => { element?.click(); return Boolean(element); };
  const press = (event) => {
    const key = event.key.toLowerCase();
    if (prefix === "g") {
      prefix = "";
      return click(all("[data-go]").find((link) => link.dataset.go.toLowerCase() === key));
    }
    const named = all(`[data-key="${CSS.escape(key)}"]`).find(shown);
    if (named) return click(named);
    if (single[key]) { single[key](); return true; }
    if (key === " " && rows().length && !event.target.closest("button, summary")) { peek(); return true; }
    if (key === "enter" && event.target === document.body && current()) return click($("[data-open]", current()));
    return /^[1-9]$/.test(key) && click(all(".tabs a")[Number(key) - 1]);
  };

  document.addEventListener("keydown", (event) => {
    const control = event.ctrlKey || event.metaKey;
    if (control && event.key === "Enter" && $("[data-send]")) { event.preventDefault(); click($("[data-send]")); return; }
    if (control && event.key.toLowerCase() === "s" && $("[data-save]")) { event.preventDefault(); click($("[data-save]")); return; }
    if (control || event.altKey || document.body.dataset.keys !== "on" || inField(event.target)) return;
    if (press(event)) event.preventDefault();
  });

  // Beside the list stands the peek: at first of its first row, without taking the focus.
  document.addEventListener("DOMContentLoaded", () => {
    const first = rows()[0];
    const panel = $("#peek");
    if (!first || !panel || !shown(panel) || current()) return;
    mark(first);
    setTimeout(() => look(first), 0);
  });

  // The row that has the focus is the row that is meant.
  document.addEventListener("focusin", (event) => {
    const row = event.target.closest?.("[data-list] [data-row]");
    if (!row || row.classList.contains("on")) return;
    mark(row);
    look(row);
  });
})();
