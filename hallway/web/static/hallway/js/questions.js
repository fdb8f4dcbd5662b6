// One question a screen, also while the connection is cut. Answers wait on this device only until they are sent.
// Without this script every page works by itself; the address alone says whose questions these are.
(() => {
  "use strict";
  const $ = (selector, root = document) => root.querySelector(selector);
  const address = location.pathname;
  const main = $("#main");
  const { kept, keep: keepOf, post, send } = window.hallwayUnsent;
  const AGAIN = 15000;

  // A page that the browser kept in its memory is never shown again.
  window.addEventListener("pageshow", (event) => { if (event.persisted) location.replace(address); });
  if ($("#ended")) return;

  // The second half of a double tap, or of a trembling finger, is no answer to what has just come under it.
  const ECHO = 400;
  let shownAt = performance.now();
  main.addEventListener("click", (event) => {
    if (performance.now() - shownAt >= ECHO) return;
    event.preventDefault();
    event.stopImmediatePropagation();
  }, true);

  // Reading aloud ----------------------------------------------------------------------------------------------------
  const speech = window.speechSynthesis;
  let reads = false;
  const say = () => {
    if (!speech) return;
    speech.cancel();
    if (!reads) return;
    const parts = ["#lead", "h1", "#main > p, #main .stay > p"].map((one) => $(one, $("#main"))?.textContent ?? "");
    const choices = [...document.querySelectorAll("#choices .choice")].map((one) => one.textContent);
    const words = new SpeechSynthesisUtterance([...parts, ...choices].map((one) => one.trim()).filter(Boolean).join(". "));
    words.lang = document.documentElement.lang === "es" ? "es-US" : "en-US";
    words.rate = 0.9;
    speech.speak(words);
  };
  const reader = $("#read");
  if (reader && speech) {
    reader.hidden = false;
    reader.addEventListener("click", () => {
      reads = !reads;
      reader.setAttribute("aria-pressed", String(reads));
      $("span", reader).textContent = word(reads ? "read_off" : "read") || $("span", reader).textContent;
      say();
    });
    window.addEventListener("pagehide", () => speech.cancel());
  }
  const word = (key) => $(`#words-${document.documentElement.lang}`)?.content.querySelector(`[data-word="${key}"]`)?.textContent ?? "";
  const fill = (text, values) => text.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);

  const spoken = (page) => {
    page.querySelectorAll("[data-say]").forEach((one) => { one.textContent = word(one.dataset.say) || one.textContent; });
    return page;
  };

  // Kept here only while unsent, so that a tablet that loses its connection, or its power, loses no answer.
  let unsent = kept(address).answers;
  let all = null;      // what the server said there is to ask
  let gone = false;    // nobody touched a shared tablet for long

  // A shared tablet that nobody touches closes its page, whichever it is; what was answered is kept by the server.
  const leave = () => post(address, { step: "leave" })
    .then((answer) => { if (!answer.ok && answer.status !== 422) throw new Error("later"); })
    .catch(() => setTimeout(leave, AGAIN));
  const closesAfter = Number(main.dataset.closesAfter || 0);
  if (closesAfter) {
    let timer;
    const close = () => {
      speech?.cancel();
      main.replaceChildren(spoken($("#closed").content.cloneNode(true)));
      all = null;
      gone = true;
      if (!unsent.length) leave();
    };
    const wind = () => {
      clearTimeout(timer);
      if (!gone) timer = setTimeout(close, closesAfter * 1000);
    };
    ["pointerdown", "keydown"].forEach((name) => document.addEventListener(name, wind));
    wind();
  }

  const root = $("#ask");
  if (!root) {
    // What was still unsent when the page was closed goes first, and the page of a question sends it.
    if (unsent.length && $("[value=begin]", main)) location.replace(`${address}?at=`);
    if (unsent.length && $("[value=send], [value=stop]", main)) location.replace(`${address}?at=1`);
    return;
  }
  let at = 0;          // the question shown, among all
  const warned = new Set();   // the answers after which the page has stopped
  let leaving = null;  // the button pressed that waits for the last answers to be sent
  let pause = 1000;
  let busy = false;
  const keep = () => keepOf(address, unsent, { mode: closesAfter ? "tablet" : "link" });

  const note = (key) => document.querySelectorAll("#main .note-line").forEach((one) => { one.textContent = key ? word(key) : ""; });

  const flush = async () => {
    if (busy) return;
    busy = true;
    try {
      while (unsent.length) {
        const one = unsent[0];
        const told = await send(address, one);
        // What is unsent stays: a link asks for the birth date again, and then it is sent.
        if (told.over) { location.replace(address); return; }
        unsent.shift();
        keep();
        if (told.stay && !gone && !warned.has(one.question)) stay(one.question);
      }
      if (pause > 1000) note("back_online"); else if (all) note("");
      pause = 1000;
      if (leaving?.isConnected) leaving.form.requestSubmit(leaving);
      leaving = null;
      if (gone) leave();
    } catch {
      note(leaving ? "offline_end" : "offline");
      setTimeout(flush, pause);
      pause = Math.min(pause * 2, 15000);
    } finally { busy = false; }
  };
  window.addEventListener("online", () => { pause = 1000; flush(); });
  window.addEventListener("offline", () => note("offline"));

  // What is asked -----------------------------------------------------------------------------------------------------
  const key = (one) => `${one.instrument}/${one.question}`;
  const isAsked = (one) => {
    if (one.if === null) return one.put;
    if (!one.if.length) return true;
    return one.if.some((line) => line.every((test) => isSo(`${one.instrument}/${test.question}`, test.answers)));
  };
  // An answer counts where it was carried over from another questionnaire, and only while its own question is asked.
  const isSo = (name, answers) => {
    const source = name in all.answers ? name : all.carried[name] ?? name;
    const behind = all.questions.find((one) => key(one) === source);
    return (!behind || isAsked(behind)) && answers.includes(all.answers[source]);
  };
  const asked = () => all.questions.filter(isAsked);
  const text = (words) => words[all.language] ?? words.en ?? "";
  const tongue = (words) => (all.language in words ? all.language : "en");

  const next = () => {
    const list = asked();
    const open = (from) => list.findIndex((one, place) => place >= from && !(key(one) in all.answers));
    const here = open(at + 1) >= 0 ? open(at + 1) : open(0);
    if (here < 0) last(); else show(here);
  };

  const frame = root.cloneNode(true);
  const show = (place) => {
    const list = asked();
    at = Math.min(place, list.length - 1);
    const one = list[at];
    const page = frame.cloneNode(true);
    const words = all.instruments[one.instrument];
    const set = (selector, value) => { $(selector, page).textContent = value; };
    set("#far-words", fill(word("of"), { number: at + 1, count: list.length }));
    Object.assign($("#far", page), { value: at + 1, max: list.length });
    set("#lead", text(Object.keys(one.lead).length ? one.lead : words.lead));
    set("#question", text(one.text));
    ["#lead", "#question", "#choices"].forEach((selector) => { $(selector, page).lang = tongue(one.text); });
    $("#choices", page).replaceChildren(...one.choices.map((choice) => {
      const button = document.createElement("button");
      button.className = "btn wide choice";
      button.name = "code";
      button.value = choice.key;
      button.textContent = text(choice.text);
      if (all.answers[key(one)] === choice.key) button.setAttribute("aria-pressed", "true");
      return button;
    }));
    set("#skip", word("skip"));
    $("#back button", page).lastChild.textContent = word("back");
    $("#back", page).hidden = at === 0;
    set("#may-stop button", word("stop"));
    set("#instrument", text(words.title));
    set("#licence", words.notice);
    $("#notice", page).hidden = !words.notice;
    root.replaceChildren(...page.childNodes);
    shownAt = performance.now();
    const here = $(".seg [name=at]");
    if (here) here.value = at + 1;
    $("#question").focus();
    scrollTo(0, 0);
    if (!navigator.onLine) note("offline");
    say();
  };

  const last = () => {
    at = asked().length;
    root.replaceChildren(spoken($("#last").content.cloneNode(true)));
    shownAt = performance.now();
    $("h1", root).focus();
    if (!navigator.onLine) note("offline");
    say();
  };
  const stay = (question) => {
    if (question) warned.add(question);
    const on = document.createElement("button");
    on.type = "button";
    on.className = "btn quiet";
    on.id = "stay-on";
    on.textContent = word("stay_on");
    root.replaceChildren(spoken($("#stay").content.cloneNode(true)), on);
    shownAt = performance.now();
    $("h1", root).focus();
    say();
  };
  const answer = (code) => {
    const one = asked()[at];
    all.answers[key(one)] = code;
    all.number += 1;
    unsent.push({ question: key(one), code, number: all.number });
    keep();
    flush();
    if (one.stay.includes(code) && !warned.has(key(one))) stay(key(one)); else next();
  };

  // What is taken over here must not be marked as sent by the script of all pages: it may be pressed again at once.
  const take = (event) => { event.preventDefault(); event.stopPropagation(); };
  root.addEventListener("submit", (event) => {
    const form = event.target;
    if ((form.id === "send" || form.id === "may-stop") && unsent.length) {
      // Pressed while answers are on their way: it is done by itself once they have come.
      take(event);
      leaving = event.submitter;
      flush();
      return;
    }
    if (!all) return;
    if (form.id === "answers") { take(event); answer(event.submitter.value); }
    if (form.id === "back" || form.id === "last-back") { take(event); show(Math.max(at - 1, 0)); }
  });
  root.addEventListener("click", (event) => {
    if (!event.target.closest("#stay-on")) return;
    if (all) next(); else location.replace(`${address}?at=`);
  });
  $(".seg")?.addEventListener("submit", (event) => {
    if (!all) return;
    take(event);
    const language = event.submitter.value;
    all.language = language;
    document.documentElement.lang = language;
    document.querySelectorAll(".seg [name=language]").forEach((one) => one.setAttribute("aria-pressed", String(one.value === language)));
    if (reader) $("span", reader).textContent = word(reads ? "read_off" : "read");
    $(".crisis b").textContent = word("crisis");
    const [call, write] = document.querySelectorAll(".crisis a");
    call.textContent = word("call");
    write.textContent = word("text");
    post(address, { step: "language", language }).catch(() => {});
    if ($(".stay", root)) stay(); else if ($("#send", root)) last(); else show(at);
  });

  const begin = async () => {
    try {
      const answered = await fetch(address, { headers: { Accept: "application/json" } });
      if (answered.ok) all = await answered.json();
    } catch { /* the page goes on by its forms */ }
    if (gone) all = null;
    if (all) goOn();
    flush();
  };
  const goOn = () => {
    unsent.forEach((one) => { all.answers[one.question] = one.code; all.number = Math.max(all.number, one.number); });
    const shown = $("#answers [name=question]")?.value;
    const place = shown ? asked().findIndex((one) => key(one) === shown) : asked().length;
    // A question that this script would not have put is the server's alone: an answer must never count for another one.
    if (place < 0) { all = null; return; }
    at = place;
    // Answered here before the page was closed, and sent below.
    if (unsent.length && shown in all.answers) next();
  };
  begin();
})();
