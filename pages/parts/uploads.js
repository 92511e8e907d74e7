// Files on their way to the server's disk: chosen, dropped, or put here by the recorder; sent piece
// by piece, two at a time, and on from where they broke off. Python hears of those that are there.
const PIECE = 8 * 2 ** 20, TOGETHER = 2, PATIENCE = 9;
const FINAL = { 403: "over", 413: "too_big", 507: "full" };

export default function ({ parentElement, data, setStateValue }) {
  const me = (parentElement.poise ??= build(parentElement, data));
  me.update(data, setStateValue);
  return () => { if (!parentElement.isConnected) me.stop(); };
}

function build(parent, first) {
  let data = first, say = () => {}, told = "";
  const files = [], { texts } = data;
  const root = element("div", "sending"), zone = element("div", "zone"), list = element("ul");
  const field = (folder) => {
    const made = element("input");
    made.type = "file";
    made.multiple = data.several;
    made.webkitdirectory = folder;
    if (!folder) made.accept = data.kinds.join(",");
    made.setAttribute("aria-label", folder ? texts.folder : data.label);
    const label = element("label", "", folder ? texts.folder : texts.choose);
    label.prepend(made);
    made.addEventListener("change", () => {
      add([...made.files].map((file) => [file, file.webkitRelativePath || file.name]));
      made.value = "";
    });
    zone.appendChild(label);
  };
  zone.appendChild(element("b", "", data.label));
  field(false);
  if (data.several) field(true);
  zone.appendChild(element("span", "", data.hint));
  const left = element("p");
  left.setAttribute("role", "status");
  root.append(zone, left, list);
  parent.appendChild(root);

  zone.addEventListener("dragover", (event) => { event.preventDefault(); zone.classList.add("over"); });
  zone.addEventListener("dragleave", () => zone.classList.remove("over"));
  zone.addEventListener("drop", async (event) => {
    event.preventDefault();
    zone.classList.remove("over");
    const entries = [...event.dataTransfer.items].map((item) => item.webkitGetAsEntry?.()).filter(Boolean);
    add((await Promise.all(entries.map(within))).flat());
  });

  const add = (found) => {
    const wanted = found.filter(([, path]) => data.kinds.some((kind) => path.toLowerCase().endsWith(kind)));
    left.textContent = wanted.length < found.length
      ? texts.left_out.replace("{count}", found.length - wanted.length) : "";
    if (!data.several && wanted.length) files.splice(0).forEach((one) => { one.gone = true; one.row.remove(); });
    for (const [file, path] of data.several ? wanted : wanted.slice(0, 1)) {
      const name = `${file.size} ${file.lastModified} ${path}`;
      if (files.some((one) => one.name === name)) continue;
      const one = { file, path, name, state: "waiting", sent: 0 };
      one.row = row(one);
      files.push(one);
    }
    next();
  };

  const row = (one) => {
    const made = element("li"), bar = element("progress");
    bar.max = Math.max(one.file.size, 1);
    bar.setAttribute("aria-label", one.path);
    one.bar = bar;
    one.how = element("span");
    const away = element("button", "", "×");
    away.type = "button";
    away.setAttribute("aria-label", `${texts.away}: ${one.path}`);
    away.addEventListener("click", () => {
      one.gone = true;
      files.splice(files.indexOf(one), 1);
      made.remove();
      next();
    });
    one.again = element("button", "again", texts.again);
    one.again.type = "button";
    one.again.addEventListener("click", () => { one.state = "waiting"; next(); });
    made.append(element("b", "", one.path), one.how, one.again, away, bar);
    list.appendChild(made);
    return made;
  };

  const show = (one) => {
    one.bar.value = one.sent;
    one.row.dataset.state = one.state;
    one.how.textContent = one.state === "failed" ? texts[one.why]
      : one.state === "sent" ? `${texts.sent} · ${megabytes(one.file.size)}`
        : one.state === "resting" ? texts.resting
          : `${megabytes(one.sent)} / ${megabytes(one.file.size)}`;
  };

  const next = () => {
    const busy = files.filter((one) => one.state === "sending" || one.state === "resting").length;
    files.filter((one) => one.state === "waiting").slice(0, Math.max(0, TOGETHER - busy)).forEach(send);
    files.forEach(show);
    // All of them together: a page that is drawn anew for every file would be drawn without end.
    if (files.some((one) => !["sent", "failed"].includes(one.state))) return;
    const there = files.filter((one) => one.state === "sent").map(({ name, path }) => ({ name, path }));
    if (JSON.stringify(there) !== told) { told = JSON.stringify(there); say("sent", there); }
  };

  const send = async (one) => {
    one.state = "sending";
    for (let tries = 0; !one.gone && one.state !== "sent" && one.state !== "failed";) {
      try {
        one.sent = await ask(one, "");
        do {
          const piece = one.file.slice(one.sent, one.sent + PIECE);
          one.sent = await ask(one, `&at=${one.sent}&whole=${one.file.size}`, piece);
          one.state = "sending";
          tries = 0;
          show(one);
        } while (one.sent < one.file.size && !one.gone);
        if (one.sent >= one.file.size) one.state = "sent";
      } catch (error) {
        tries += 1;
        one.why = error.why ?? "broken";
        one.state = error.why || tries > PATIENCE ? "failed" : "resting";
        show(one);
        if (one.state === "resting") await new Promise((on) => setTimeout(on, Math.min(30, 2 ** tries) * 1000));
      }
    }
    next();
  };

  const ask = async (one, more, body) => {
    const answer = await fetch(`${data.address}?name=${encodeURIComponent(one.name)}${more}`,
      body ? { method: "PUT", body } : {});
    if (answer.ok) return (await answer.json()).size;
    throw Object.assign(new Error(), { why: FINAL[answer.status] });
  };

  return {
    update: (wanted, heard) => { data = wanted; say = heard; },
    stop: () => files.forEach((one) => { one.gone = true; }),
  };
}

const megabytes = (bytes) => `${(bytes / 1e6).toFixed(1)} MB`;

// The files of what was dropped, with the folders before their names.
async function within(entry) {
  if (entry.isFile) {
    const file = await new Promise((got, not) => entry.file(got, not));
    return [[file, entry.fullPath.replace(/^\//, "")]];
  }
  const reader = entry.createReader(), found = [];
  for (;;) {  // a hundred at a time
    const some = await new Promise((got, not) => reader.readEntries(got, not));
    if (!some.length) break;
    found.push(...some);
  }
  return (await Promise.all(found.map(within))).flat();
}
