// What a patient's page on this device could not send waits here, under the address of its questions, and nowhere else.
// Every page of this device sends it. A tablet goes from hand to hand, so the next page is seldom that patient's.
(() => {
  "use strict";
  const $ = (selector, root = document) => root.querySelector(selector);
  const UNSENT = "hallway-unsent:";
  const LATE = "hallway-late";
  const LONGEST = 7 * 24 * 3600 * 1000;   // a link opens for seven days
  const AGAIN = 15000;

  const read = (name, empty) => {
    try { return JSON.parse(localStorage.getItem(name)) ?? empty; } catch { return empty; }
  };
  // Without a storage, or with a full one, what is unsent waits in the page alone.
  const write = (name, value) => {
    try {
      if (value) localStorage.setItem(name, JSON.stringify(value)); else localStorage.removeItem(name);
    } catch { /* see above */ }
  };
  const kept = (address) => {
    const held = read(UNSENT + address, {});
    return Array.isArray(held.answers) ? held : { at: Date.now(), answers: Array.isArray(held) ? held : [] };
  };
  const keep = (address, answers, { mode = "", at = Date.now() } = {}) =>
    write(UNSENT + address, answers.length ? { at, mode, answers } : null);

  const post = (address, values) => fetch(address, {
    method: "POST",
    headers: {
      Accept: "application/json",
      "Content-Type": "application/x-www-form-urlencoded",
      "X-CSRFToken": $("[name=csrfmiddlewaretoken]").value,
    },
    body: new URLSearchParams(values),
    keepalive: true,
  });
  // What the server said of an answer. Whatever is neither a yes nor its own no is tried again.
  const send = async (address, answer) => {
    const told = await post(address, { step: "answer", ...answer });
    if (!told.ok && told.status !== 422) throw new Error("later");
    return told.json();
  };

  // The questions of a tablet that have ended take nothing more. Staff are told when it was, and no answer stays here.
  const late = (address, { at, answers }) => {
    write(LATE, [...read(LATE, []), { at, count: answers.length }]);
    keep(address, []);
  };
  const sendAllOf = async (address) => {
    const { answers, ...about } = kept(address);
    const sent = new Set();
    let isOver = false;
    if (Date.now() - about.at > LONGEST) { keep(address, []); return; }
    for (const answer of answers) {
      const told = await send(address, answer);
      // A link may open again by its birth date; then its own page sends them.
      if (told.over && about.mode !== "tablet") return;
      // Too late for one is too late for all, and yet each is told: a sign of danger is heeded though it is not kept.
      if (told.over) { isOver = true; continue; }
      sent.add(answer.number);
      keep(address, kept(address).answers.filter((one) => !sent.has(one.number)), about);
    }
    if (isOver) late(address, kept(address));
  };

  // Questions that are shown send their own.
  const isShownHere = (address) => address === location.pathname && $("main.ask") && !$("#ended");
  const addresses = () => {
    try { return Object.keys(localStorage).filter((one) => one.startsWith(UNSENT)).map((one) => one.slice(UNSENT.length)); } catch { return []; }
  };
  const sendOthers = async () => {
    if (!$("[name=csrfmiddlewaretoken]")) return;
    let isAll = true;
    for (const address of addresses().filter((one) => !isShownHere(one))) {
      try { await sendAllOf(address); } catch { isAll = false; }
    }
    if (!isAll) setTimeout(sendOthers, AGAIN);
    say();
  };

  const say = () => {
    const note = $("#late");
    const ended = read(LATE, []);
    if (!note || !ended.length) return;
    $("#late-times").textContent = ended.map((one) => new Date(one.at).toLocaleString("en-US", { month: "short", day: "numeric", hour: "numeric", minute: "2-digit" })).join("; ");
    note.hidden = false;
  };
  $("#late-seen")?.addEventListener("click", () => { write(LATE, null); $("#late").hidden = true; });

  window.hallwayUnsent = { kept, keep, post, send };
  const waits = $("#waits");
  if (waits) waits.hidden = !kept(location.pathname).answers.length;
  sendOthers();
})();
