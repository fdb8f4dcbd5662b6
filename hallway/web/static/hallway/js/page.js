// What every page does: says what changed, keeps drafts, warns before sign-out, closes menus. Pages work without it.
(() => {
  "use strict";
  const $ = (selector, root = document) => root.querySelector(selector);
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];

  // One polite live region. A swap that changes meaning sends its sentence: HX-Trigger: {"announce": "..."}.
  const announce = (sentence) => {
    const live = $("#live");
    live.textContent = "";
    setTimeout(() => { live.textContent = sentence; }, 50);
  };
  document.addEventListener("announce", (event) => announce(event.detail?.value ?? event.detail ?? ""));

  // Colors for charts, resolved from the tokens in the scheme of the moment.
  window.hallwayColor = (token) => {
    const probe = document.createElement("i");
    probe.className = "sr";
    probe.style.color = `var(${token})`;
    document.body.append(probe);
    const color = getComputedStyle(probe).color;
    probe.remove();
    return color;
  };

  // Menus are <details>: they close on Escape and on a press outside.
  const closeMenus = (except) => all("details[data-menu][open]").forEach((menu) => { if (menu !== except) menu.open = false; });
  document.addEventListener("click", (event) => closeMenus(event.target.closest("details[data-menu]")));
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    const menu = event.target.closest?.("details[data-menu][open]");
    closeMenus();
    if (menu) $("summary", menu).focus();
  });

  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-open-keys]")) { closeMenus(); $("#keys")?.showModal(); }
    if (event.target.closest("[data-print]")) window.print();
    const show = event.target.closest("[data-show-password]");
    if (!show) return;
    const field = document.getElementById(show.getAttribute("aria-controls"));
    field.type = field.type === "text" ? "password" : "text";
    show.setAttribute("aria-pressed", String(field.type === "text"));
  });

  // A submitted form says that it is busy and is not sent twice.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.method === "dialog") return;
    if (form.dataset.sent) { event.preventDefault(); return; }
    form.dataset.sent = "1";
    const button = event.submitter;
    if (button?.dataset.busy) {
      button.style.minWidth = `${button.offsetWidth}px`;
      button.setAttribute("aria-busy", "true");
      button.textContent = button.dataset.busy;
    }
    setTimeout(() => { delete form.dataset.sent; }, 4000);
  });
  window.addEventListener("pageshow", () => all("form[data-sent]").forEach((form) => { delete form.dataset.sent; }));

  // Drafts stay in this tab until they are sent or the person signs out: <form data-draft="referral">.
  const keepDraft = (form) => {
    const key = `draft:${location.pathname}:${form.dataset.draft}`;
    const kept = JSON.parse(sessionStorage.getItem(key) ?? "{}");
    all("textarea[name]", form).forEach((field) => {
      if (field.name in kept && field.value === field.defaultValue) field.value = kept[field.name];
    });
    form.addEventListener("input", () => {
      const words = all("textarea[name]", form).map((field) => [field.name, field.value]);
      sessionStorage.setItem(key, JSON.stringify(Object.fromEntries(words)));
    });
  };
  const dropDrafts = () => Object.keys(sessionStorage).filter((key) => key.startsWith("draft:")).forEach((key) => sessionStorage.removeItem(key));

  // Two minutes' warning before sign-out for want of use.
  let timer;
  const wind = () => {
    const idle = Number(document.body.dataset.idleSeconds || 0);
    clearTimeout(timer);
    if (!idle) return;
    timer = setTimeout(() => {
      $("#page-note")?.replaceChildren($("#idle-note").content.cloneNode(true));
      timer = setTimeout(() => { location.href = `/sign-in?why=idle&next=${encodeURIComponent(location.pathname)}`; }, 120000);
    }, (idle - 120) * 1000);
  };
  document.addEventListener("htmx:after:request", (event) => {
    if (!event.target.closest?.("[data-passive]")) wind();  // what a page asks for by itself is no use of it
  });
  document.addEventListener("click", async (event) => {
    if (!event.target.closest("[data-stay]")) return;
    const answer = await fetch("/stay", { headers: { "HX-Request": "true" } });
    if (!answer.ok) return;
    $("#page-note").replaceChildren();
    $("#main").focus();
    announce("You stay signed in.");
    wind();
  });

  // A page is never replaced under its reader's eyes: after ten minutes it says how old it is.
  const age = () => setTimeout(() => {
    const note = $("#page-note");
    const template = $("#stale-note");
    if (note && template && !note.textContent.trim()) note.replaceChildren(template.content.cloneNode(true));
  }, 600000);

  // Cut off: reading works, sending does not.
  const connection = () => {
    const template = $("#offline-note");
    if (template) $("#page-note")?.replaceChildren(...(navigator.onLine ? [] : [template.content.cloneNode(true)]));
  };
  window.addEventListener("offline", connection);
  window.addEventListener("online", connection);

  document.addEventListener("DOMContentLoaded", () => {
    if ($("[data-draft-done]")) dropDrafts();
    all("form[data-draft]").forEach(keepDraft);
    all("form[action='/sign-out']").forEach((form) => form.addEventListener("submit", dropDrafts));
    wind();
    age();
    $("[data-focus]")?.focus();
  });
})();
