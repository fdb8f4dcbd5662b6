// A signature drawn by hand. Without this script the name is typed instead.
(() => {
  "use strict";
  const canvas = document.getElementById("pad");
  const form = document.getElementById("hand");
  if (!canvas || !form || !window.SignaturePad) return;
  const part = canvas.closest(".pad-part");
  part.hidden = false;
  const pad = new window.SignaturePad(canvas, { penColor: "#1a1d22", minWidth: 0.9, maxWidth: 2.6 });
  const fit = () => {
    const strokes = pad.toData();
    const ratio = Math.min(window.devicePixelRatio || 1, 2);
    canvas.width = canvas.offsetWidth * ratio;
    canvas.height = canvas.offsetHeight * ratio;
    canvas.getContext("2d").scale(ratio, ratio);
    pad.clear();
    pad.fromData(strokes);
  };
  window.addEventListener("resize", fit);
  fit();
  document.getElementById("wipe").addEventListener("click", () => pad.clear());
  form.addEventListener("submit", () => {
    document.getElementById("drawn").value = pad.isEmpty() ? "" : pad.toDataURL("image/png");
  });
})();
