// Answers typed in by number: inside a question, a digit picks the answer of that number and goes on to the next question.
(() => {
  "use strict";
  const questions = [...document.querySelectorAll("[data-typed]")];
  const goTo = (question) => (question?.querySelector("input:checked") ?? question?.querySelector("input"))?.focus();
  document.addEventListener("keydown", (event) => {
    const question = event.target.closest?.("[data-typed]");
    if (!question || event.repeat || event.ctrlKey || event.metaKey || event.altKey) return;
    const picked = question.querySelector(`input[data-number="${CSS.escape(event.key)}"]`);
    if (!picked) return;
    event.preventDefault();
    picked.checked = true;
    const next = questions[questions.indexOf(question) + 1];
    if (next) goTo(next);
    else document.querySelector("form[data-once] [type=submit]")?.focus();
  });
})();
