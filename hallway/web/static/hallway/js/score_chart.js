// Scores as a chart that follows the width and the scheme. The server's drawing stays for print and without script.
(() => {
  "use strict";
  if (!window.uPlot) return;
  const MONTH = new Intl.DateTimeFormat("en-US", { month: "short", timeZone: "UTC" });
  const day = (seconds) => new Date(seconds * 1000);

  // First, highest and last value are written at the point; nothing is said in a tooltip only.
  const labelled = (totals) => {
    const highest = totals.indexOf(Math.max(...totals));
    return new Set([0, highest, totals.length - 1]);
  };

  const months = (from, to) => {
    const ticks = [];
    const at = day(from);
    for (let m = Date.UTC(at.getUTCFullYear(), at.getUTCMonth(), 1); m <= to * 1000;) {
      if (m >= from * 1000) ticks.push(m / 1000);
      const d = new Date(m);
      m = Date.UTC(d.getUTCFullYear(), d.getUTCMonth() + 1, 1);
    }
    const step = Math.ceil(ticks.length / 5);
    return ticks.filter((_, n) => n % step === 0);
  };

  const draw = (figure) => {
    const data = JSON.parse(figure.dataset.plot);
    const color = (name) => window.hallwayColor(`--${name}`);
    const ink = { pc: color("pc"), bh: color("bh"), other: color("ink-3") };
    const font = (weight) => `${weight} 12.5px ${getComputedStyle(document.body).fontFamily}`;
    const marks = labelled(data.totals);

    const under = (u) => {
      const { ctx, bbox } = u;
      ctx.save();
      const top = u.valToPos(data.target, "y", true);
      ctx.fillStyle = color("done-soft");
      ctx.fillRect(bbox.left, top, bbox.width, bbox.top + bbox.height - top);
      ctx.restore();
    };
    const over = (u) => {
      const { ctx, bbox } = u;
      const k = window.devicePixelRatio || 1;
      const x = (n) => u.valToPos(data.at[n], "x", true);
      const y = (n) => u.valToPos(data.totals[n], "y", true);
      ctx.save();
      ctx.font = font(500).replace("12.5px", `${12.5 * k}px`);
      ctx.textBaseline = "alphabetic";
      ctx.fillStyle = color("done");
      const band = u.valToPos(data.target / 2, "y", true);
      ctx.textAlign = "left";
      if (data.target) ctx.fillText(`${data.goal}: below ${data.target}`, bbox.left + 6 * k, band + 4 * k);
      let taken = -Infinity;
      data.changes.forEach((change) => {
        const at = u.valToPos(change.at, "x", true);
        if (at < bbox.left || at > bbox.left + bbox.width) return;
        ctx.strokeStyle = color("ink-3");
        ctx.lineWidth = k;
        ctx.setLineDash([k, 3 * k]);
        ctx.beginPath();
        ctx.moveTo(at, bbox.top);
        ctx.lineTo(at, bbox.top + bbox.height);
        ctx.stroke();
        ctx.setLineDash([]);
        const width = ctx.measureText(change.word).width;
        const left = at + 4 * k + width > bbox.left + bbox.width;
        const from = left ? at - 4 * k - width : at + 4 * k;
        if (from <= taken) return;
        ctx.fillStyle = color("ink-2");
        ctx.fillText(change.word, from, bbox.top - 5 * k);
        taken = from + width + 6 * k;
      });
      for (let n = 1; n < data.at.length; n += 1) {
        ctx.strokeStyle = ink[data.sides[n]];
        ctx.lineWidth = 2.25 * k;
        ctx.setLineDash(data.sides[n] === "bh" ? [5 * k, 3 * k] : []);
        ctx.beginPath();
        ctx.moveTo(x(n - 1), y(n - 1));
        ctx.lineTo(x(n), y(n));
        ctx.stroke();
      }
      ctx.setLineDash([]);
      data.at.forEach((_, n) => {
        const hollow = data.sides[n] === "bh";
        ctx.beginPath();
        ctx.arc(x(n), y(n), 4.5 * k, 0, Math.PI * 2);
        ctx.fillStyle = hollow ? color("surface") : ink[data.sides[n]];
        ctx.fill();
        if (hollow) { ctx.lineWidth = 2 * k; ctx.strokeStyle = ink.bh; ctx.stroke(); }
        if (!marks.has(n)) return;
        ctx.font = font(700).replace("12.5px", `${12.5 * k}px`);
        ctx.fillStyle = color("ink");
        const last = n > 0 && n === data.at.length - 1;
        ctx.textAlign = last ? "left" : "center";
        ctx.fillText(String(data.totals[n]), x(n) + (last ? 9 * k : 0), y(n) + (last ? 4 * k : -9 * k));
      });
      ctx.restore();
    };

    const axis = { stroke: color("ink-2"), font: font(500), ticks: { show: false }, grid: { stroke: color("line"), width: 1 } };
    const step = data.top <= 20 ? 5 : data.top === 27 ? 9 : 7;
    const box = figure.querySelector(".plot");
    box.replaceChildren();
    new window.uPlot({
      width: box.clientWidth,
      height: 190,
      padding: [20, 10, 0, 0],
      legend: { show: false },
      cursor: { show: false },
      select: { show: false },
      scales: {
        x: { time: true, range: () => { const wide = data.span[1] - data.span[0]; return [data.span[0] - wide * 0.03, data.span[1] + wide * 0.05]; } },
        y: { range: [0, data.top] },
      },
      axes: [
        {
          ...axis,
          size: 26,
          grid: { show: false },
          splits: (u, n, min, max) => months(min, max),
          values: (u, at) => at.map((value, n) => {
            const year = day(value).getUTCFullYear();
            const turn = n === 0 || year !== day(at[n - 1]).getUTCFullYear();
            return turn && day(at[0]).getUTCFullYear() !== day(at.at(-1)).getUTCFullYear()
              ? `${MONTH.format(day(value))} ${year}` : MONTH.format(day(value));
          }),
        },
        { ...axis, size: 30, splits: () => Array.from({ length: Math.floor(data.top / step) + 1 }, (_, n) => n * step) },
      ],
      series: [{}, { stroke: "transparent", points: { show: false } }],
      hooks: { drawClear: [under], draw: [over] },
    }, [data.at, data.totals], box);
  };

  const all = () => document.querySelectorAll("figure[data-plot]").forEach((figure) => {
    if (!figure.querySelector(".plot")) {
      const box = document.createElement("div");
      box.className = "plot";
      box.setAttribute("aria-hidden", "true");
      figure.prepend(box);
      figure.classList.add("drawn");
    }
    draw(figure);
  });
  document.addEventListener("DOMContentLoaded", () => document.fonts.ready.then(all));
  if (document.readyState !== "loading") document.fonts.ready.then(all);
  // Paper shows the tables: what is folded away on the screen is open in print.
  window.addEventListener("beforeprint", () => document.querySelectorAll(".panel details").forEach((fold) => { fold.open = true; }));
  let wait;
  window.addEventListener("resize", () => { clearTimeout(wait); wait = setTimeout(all, 120); });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", all);
})();
