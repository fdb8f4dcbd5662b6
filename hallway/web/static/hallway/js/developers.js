// Asks an API from the page: shows the request as curl, then the answer with its status, headers and time. A body is
// laid out without being read as numbers, so that 1.50 stays 1.50.
(() => {
  "use strict";

  const pretty = (text) => {
    let out = "";
    let depth = 0;
    let inString = false;
    const line = () => `\n${"  ".repeat(depth)}`;
    for (let at = 0; at < text.length; at += 1) {
      const one = text[at];
      if (inString) {
        out += one;
        if (one === "\\") { at += 1; out += text[at] ?? ""; } else if (one === '"') inString = false;
      } else if (one === '"') { inString = true; out += one; }
      else if (one === "{" || one === "[") {
        const close = one === "{" ? "}" : "]";
        const next = text.slice(at + 1).match(/^\s*(.)/s)?.[1];
        if (next === close) { out += one + close; at = text.indexOf(close, at); } else { depth += 1; out += one + line(); }
      } else if (one === "}" || one === "]") { depth -= 1; out += line() + one; }
      else if (one === ",") out += one + line();
      else if (one === ":") out += ": ";
      else if (!/\s/.test(one)) out += one;
    }
    return out;
  };

  const quoted = (text) => `'${text.replaceAll("'", "'\\''")}'`;

  // What a form asks for: method, path, headers, body.
  const asked = (form) => {
    const query = new URLSearchParams();
    let path = form.querySelector("input[data-path]")?.value.trim() || form.dataset.path;
    for (const field of form.querySelectorAll("[data-parameter]")) {
      const { parameter, where } = field.dataset;
      if (where === "path") path = path.replace(`{${parameter}}`, encodeURIComponent(field.value));
      else if (field.value) query.append(parameter, field.value);
    }
    if (`${query}`) path += `?${query}`;
    const method = form.querySelector("[data-method]")?.value || form.dataset.method;
    const headers = {};
    for (const line of (form.querySelector("[data-headers]")?.value || "").split("\n")) {
      const [name, ...rest] = line.split(":");
      if (name.trim() && rest.length) headers[name.trim()] = rest.join(":").trim();
    }
    const body = method === "GET" ? "" : form.querySelector("[data-body]")?.value || "";
    const typed = Object.keys(headers).some((name) => name.toLowerCase() === "content-type");
    if (body && !typed) headers["Content-Type"] = form.dataset.type || "application/fhir+json";
    const bearer = form.querySelector("[data-bearer]")?.value.trim();
    return { method, path, headers, body, bearer };
  };

  const curl = ({ method, path, headers, body, bearer }, form) => {
    const lines = [`curl ${method === "GET" ? "" : `-X ${method} `}${quoted(location.origin + path)}`];
    for (const [name, value] of Object.entries(headers)) lines.push(`-H ${quoted(`${name}: ${value}`)}`);
    // A secret is named, not written: commands end up in histories.
    if (bearer !== undefined) lines.push('-H "Authorization: Bearer $CREDENTIAL"');
    else if ("fhir" in form.dataset) lines.push('-H "Authorization: Bearer $TOKEN"');
    if (body) lines.push(`--data-raw ${quoted(body)}`);
    return lines.join(" \\\n  ");
  };

  const show = (form, name) => {
    form.querySelector("[data-said]").hidden = false;
    const part = form.querySelector(`[data-${name}]`);
    part.hidden = false;
    return part;
  };

  const showCurl = (form) => { show(form, "request").querySelector("pre").textContent = curl(asked(form), form); };

  const told = (form, status, time, heads, text) => {
    const part = show(form, "answer");
    part.querySelector("[data-status]").textContent = status;
    part.querySelector("[data-time]").textContent = time;
    part.querySelector("[data-heads]").textContent = heads;
    part.querySelector("[data-text]").textContent = text;
  };

  const ask = async (form) => {
    const request = asked(form);
    if (!request.path.startsWith("/") || request.path.startsWith("//")) {
      told(form, "Not asked.", "The address begins with one slash: this page asks this Hallway only.", "", "");
      return;
    }
    const headers = { ...request.headers };
    if (request.bearer) headers.Authorization = `Bearer ${request.bearer}`;
    const begun = performance.now();
    try {
      const answer = await fetch(request.path, {
        method: request.method,
        headers,
        body: request.body || undefined,
        // A program sends no cookie; FHIR is asked with the person's own session.
        credentials: "fhir" in form.dataset ? "same-origin" : "omit",
        cache: "no-store",
        redirect: "manual",
      });
      const text = await answer.text();
      const time = `${Math.round(performance.now() - begun)} ms, ${text.length.toLocaleString("en-US")} characters`;
      const heads = [...answer.headers].map(([name, value]) => `${name}: ${value}`).join("\n");
      const kind = answer.headers.get("Content-Type") || "";
      const status = answer.status ? `${answer.status} ${answer.statusText}` : "A redirect, not followed.";
      told(form, status, time, heads, /json/.test(kind) && !/ndjson/.test(kind) ? pretty(text) : text);
    } catch {
      told(form, "No answer.", "Hallway did not answer. Nothing is known to have been done. Try again.", "", "");
    }
  };

  for (const form of document.querySelectorAll("form[data-try]")) {
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      showCurl(form);
      const button = form.querySelector("[type=submit]");
      if (!button || button.getAttribute("aria-busy") === "true") return;
      const word = button.textContent;
      button.setAttribute("aria-busy", "true");
      button.textContent = button.dataset.while;
      await ask(form);
      button.textContent = word;
      button.removeAttribute("aria-busy");
    });
    form.querySelector("[data-curl]").addEventListener("click", () => showCurl(form));
  }

  // The builder knows kinds and parameters from the capability statement, as any client would.
  const builder = document.querySelector("form[data-builder]");
  if (!builder) return;
  const kind = builder.querySelector("[data-kind]");
  const names = [...builder.querySelectorAll("[data-name]")];
  const values = [...builder.querySelectorAll("[data-value]")];
  let parametersByKind = new Map();

  const option = (value, label) => {
    const made = document.createElement("option");
    made.value = value;
    made.textContent = label;
    return made;
  };

  const fill = () => {
    const known = parametersByKind.get(kind.value) || [];
    for (const name of names) {
      const kept = name.value;
      name.replaceChildren(option("", "None"), ...known.map((one) => option(one.name, `${one.name} (${one.type})`)));
      name.value = known.some((one) => one.name === kept) ? kept : "";
    }
  };

  const read = async () => {
    const answer = await fetch(builder.dataset.metadata, { headers: { Accept: "application/fhir+json" } });
    const statement = await answer.json();
    const resources = statement.rest.flatMap((one) => one.resource);
    parametersByKind = new Map(resources.map((one) => [one.type, one.searchParam || []]));
    kind.replaceChildren(...[...parametersByKind.keys()].map((name) => option(name, name)));
    kind.value = "Patient";
    fill();
    builder.dataset.ready = "";
  };

  kind.addEventListener("change", fill);
  builder.addEventListener("submit", (event) => {
    event.preventDefault();
    const query = new URLSearchParams();
    names.forEach((name, at) => { if (name.value && values[at].value) query.append(name.value, values[at].value); });
    const count = builder.querySelector("[data-count]").value;
    if (count) query.append("_count", count);
    const address = document.querySelector("form[data-fhir] input[data-path]");
    address.value = `/fhir/${kind.value}${`${query}` ? `?${query}` : ""}`;
    document.querySelector("form[data-fhir] select[data-method]").value = "GET";
    address.focus();
  });
  read().catch(() => {});
})();
