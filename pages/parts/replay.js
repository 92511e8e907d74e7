// Recording, timeline and transcript on one clock. A recording is the upload that the page keeps
// (its own hidden video) or a file that the person opens here: the browser plays it, it goes
// nowhere. Without one a clock of its own runs.
export default function ({ parentElement, data, setStateValue, setTriggerValue }) {
  const me = parentElement.poise;
  if (me && me.clip === data.clip && me.shape === shape(data)) me.update(data, setStateValue);
  else {
    // With other words it is the same recording: what the person opened stays open.
    const url = me?.clip === data.clip ? me.hand() : null;
    me?.stop();
    parentElement.poise = build(parentElement, data, setStateValue, setTriggerValue, url);
  }
  return () => { if (!parentElement.isConnected) parentElement.poise?.stop(); };
}

// What is drawn; the second looked at is not.
const shape = (data) => JSON.stringify({ ...data, looked: 0 });

function build(parent, data, say, send, opened) {
  const { start, end, texts } = data;
  const span = end - start;
  const at = (s) => `${(100 * Math.min(Math.max(s - start, 0), span)) / span}%`;
  parent.querySelector(".replay")?.remove();
  const root = element("div", "replay");
  root.tabIndex = 0;
  root.setAttribute("role", "group");
  root.setAttribute("aria-label", texts.keys);
  parent.appendChild(root);

  // The recording.
  const stage = element("div", "stage empty");
  const video = element("video");
  video.playsInline = true;
  const chooser = element("label", "", texts.choose);
  const file = element("input");
  file.type = "file";
  file.accept = "video/*,audio/*";
  chooser.appendChild(file);
  stage.appendChild(chooser);
  const warning = element("p", "warn");
  warning.setAttribute("role", "status");

  // What was said.
  const said = element("div", "said");
  said.setAttribute("aria-label", texts.transcript);
  const words = data.tokens.map((token) => {
    const made = token.kind === "question" ? element("h4", "", token.text)
      : element("button", token.kind, token.text);
    made.title = clock(token.start);
    made.addEventListener("click", () => go(token.start, true));
    return { ...token, made };
  });
  words.forEach(({ made }) => { said.appendChild(made); said.append(" "); });
  if (data.written) {
    const tools = element("div", "tools"), begin = element("button", "", texts.correct);
    begin.type = "button";
    begin.addEventListener("click", () => correct(said, words, texts, tools, begin, send));
    tools.appendChild(begin);
    said.prepend(tools);
  } else {
    said.prepend(element("p", "", data.speech.length ? texts.no_words : texts.no_sound));
  }

  // The timeline.
  const line = element("div", "line"), bar = element("div", "bar"), lanes = element("div", "lanes");
  const play = element("button", "play", texts.play), shown = element("b");
  play.type = "button";
  play.addEventListener("click", () => toggle());
  bar.append(play, shown);
  const legend = (label, colour) => {
    const made = element("i", "", label);
    made.style.setProperty("--c", colour);
    bar.appendChild(made);
  };
  data.lines.forEach((one) => legend(one.label, one.colour));
  const lane = (name, label) => {
    const made = element("div", `lane ${name}`);
    if (label) made.appendChild(element("em", "", label));
    lanes.appendChild(made);
    return made;
  };
  const marks = lane("marks");
  data.marks.filter((m) => m.kind === "moment").forEach((mark) => {
    const made = element("button", "", "▼");
    made.type = "button";
    made.style.left = at((mark.start + mark.end) / 2);
    made.title = `${clock(mark.start)} ${mark.text}`;
    made.setAttribute("aria-label", made.title);
    made.addEventListener("click", (event) => { event.stopPropagation(); go(mark.start, true); });
    marks.appendChild(made);
  });
  const faces = lane("faces");
  const stops = data.seconds.map((second, i) => second
    && `${second.colour} ${(100 * i) / span}% ${(100 * (i + 1)) / span}%`
    || `transparent ${(100 * i) / span}% ${(100 * (i + 1)) / span}%`);
  faces.style.backgroundImage = `linear-gradient(90deg, ${stops.join(", ")})`;
  if (data.lines.length) drawing(lane("scores", texts.scores), data.lines, span);
  if (data.speech.length) {
    const voice = lane("voice", texts.voice);
    drawing(voice, [{ colour: "var(--soft)", filled: true,
      values: data.loudness.map((v) => (v === null ? null : 100 * v)) }], span);
    data.marks.filter((m) => m.kind !== "moment").forEach((mark) => {
      const made = element(mark.kind === "pause" ? "u" : "s", mark.kind);
      made.style.left = at(mark.start);
      if (mark.kind === "pause") made.style.width = at(start + mark.end - mark.start);
      made.title = `${clock(mark.start)} ${mark.text}`;
      voice.appendChild(made);
    });
    legend(texts.marks_filler, "var(--filler)");
    legend(texts.marks_pause, "repeating-linear-gradient(45deg, var(--soft) 0 2px, transparent 2px 5px)");
  }
  const head = element("div", "head");
  lanes.appendChild(head);
  const ticks = element("div", "ticks");
  const step = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1800].find((s) => span / s <= 10) ?? 3600;
  for (let s = start; s < end; s += step) {
    const made = element("span", "", clock(s));
    made.style.left = at(s);
    ticks.appendChild(made);
  }
  line.append(bar, lanes, ticks);
  const hint = element("p", "warn", texts.keys);
  root.append(stage, said, line, hint, warning);

  lanes.addEventListener("click", (event) => {
    const box = lanes.getBoundingClientRect();
    go(start + (span * (event.clientX - box.left)) / box.width, true);
  });

  // One clock: the recording's where there is one, else one that runs by itself.
  const me = { clip: data.clip, shape: shape(data), time: start, playing: false, last: 0 };
  const media = () => (video.src ? video : null);
  let reported = -1, looked = data.looked, frame = 0, saying = say;

  const show = () => {
    head.style.left = at(me.time);
    shown.textContent = `${clock(Math.min(me.time, data.lasts))} / ${clock(data.lasts)}`;
    let current = null;
    for (const word of words) {
      if (word.kind !== "question" && word.start <= me.time + 0.02 && me.time < word.end) current = word;
    }
    if (current !== me.current) {
      me.current?.made.classList.remove("now");
      me.current?.made.removeAttribute("aria-current");
      me.current = current;
      if (current) {
        current.made.classList.add("now");
        current.made.setAttribute("aria-current", "true");
        const top = current.made.offsetTop - said.clientHeight / 2;
        said.scrollTo({ top, behavior: "auto" });
      }
    }
    play.textContent = me.playing ? texts.pause_button : texts.play;
  };

  // By a person's hand the page moves too; while it plays only this part does.
  const report = () => {
    const second = Math.min(Math.max(Math.floor(me.time), start), end - 1);
    if (second !== reported) { reported = looked = second; saying("second", second); }
  };

  const go = (time, byHand) => {
    me.time = Math.min(Math.max(time, start), end);
    if (media()) video.currentTime = me.time;
    show();
    if (byHand) { root.focus({ preventScroll: true }); report(); }
  };

  const tick = (now) => {
    if (!me.playing) return;
    if (media()) me.time = video.currentTime;
    else { me.time += (now - me.last) / 1000; me.last = now; }
    if (me.time >= end || (media() && video.ended)) { halt(); }
    show();
    frame = requestAnimationFrame(tick);
  };
  const halt = () => { me.playing = false; video.pause(); cancelAnimationFrame(frame); show(); };
  const toggle = () => {
    if (me.playing) { halt(); report(); return; }
    if (me.time >= end - 0.05) go(start, false);
    me.playing = true;
    me.last = performance.now();
    if (media()) video.play().catch(halt);
    frame = requestAnimationFrame(tick);
    show();
  };

  root.addEventListener("keydown", (event) => {
    if (event.composedPath()[0].isContentEditable) return;
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (event.key === " ") toggle();
    else if (step) go(me.time + step * (event.shiftKey ? 5 : 1), true);
    else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      const down = event.key === "ArrowDown";
      const near = data.marks.map((m) => m.start).filter((s) => (down ? s > me.time + 0.05 : s < me.time - 0.05));
      if (near.length) go(down ? near[0] : near[near.length - 1], true);
    } else return;
    event.preventDefault();
    event.stopPropagation();
  });

  const open = (url) => {
    halt();
    video.src = url;
    video.currentTime = me.time;
    chooser.remove();
    stage.classList.remove("empty");
    stage.appendChild(video);
  };
  video.addEventListener("click", () => toggle());
  file.addEventListener("change", () => {
    const chosen = file.files[0];
    if (!chosen) return;
    me.url = URL.createObjectURL(chosen);
    open(me.url);
    verify(chosen, data).then((same) => { warning.textContent = same ? "" : texts.other; });
    root.focus({ preventScroll: true });
  });

  // The page's own video comes when it comes.
  const served = () => {
    const kept = document.querySelector(".st-key-replay_media video");
    const url = kept?.currentSrc || kept?.src || kept?.querySelector("source")?.src;
    if (url && !video.src) open(url);
  };
  const waiting = setInterval(() => { served(); if (video.src) clearInterval(waiting); }, 300);
  setTimeout(() => clearInterval(waiting), 8000);

  me.update = (next, nextSay) => {
    saying = nextSay;
    served();
    if (next.looked >= 0 && next.looked !== looked) {
      looked = reported = next.looked;
      go(next.looked, false);
    }
  };
  // The opened file for whoever comes next; no longer let go of here.
  me.hand = () => { const { url } = me; me.url = null; return url; };
  me.stop = () => { halt(); clearInterval(waiting); if (me.url) URL.revokeObjectURL(me.url); };
  if (opened) { me.url = opened; open(opened); }
  served();
  if (looked >= 0) go(looked, false); else show();
  return me;
}

// Words and fillers become fields of text until they are saved or left as they were.
function correct(said, words, texts, tools, begin, send) {
  const fields = words.filter((w) => w.kind === "word" || w.kind === "filler").map((word) => {
    const field = element("span", `${word.kind} field`, word.text);
    field.contentEditable = "plaintext-only";
    field.spellcheck = false;
    field.setAttribute("role", "textbox");
    field.setAttribute("aria-label", `${clock(word.start)} ${word.text}`);
    word.made.replaceWith(field);
    return { ...word, field };
  });
  const finish = (save) => {
    const edits = !save ? [] : fields
      .map(({ start, end, text, field }) => ({ start, end, was: text, text: field.textContent.trim() }))
      .filter((edit) => edit.text !== edit.was);
    fields.forEach(({ field, made }) => field.replaceWith(made));
    tools.replaceChildren(begin);
    begin.focus();
    if (edits.length) send("edits", edits.map(({ start, end, text }) => ({ start, end, text })));
  };
  const button = (label, save) => {
    const made = element("button", save ? "main" : "", label);
    made.type = "button";
    made.addEventListener("click", () => finish(save));
    return made;
  };
  tools.replaceChildren(button(texts.save, true), button(texts.cancel, false),
    element("p", "", texts.correct_note));
  said.onkeydown = (event) => {
    if (event.key === "Enter") { event.preventDefault(); if (event.ctrlKey || event.metaKey) finish(true); }
    if (event.key === "Escape") finish(false);
  };
  fields[0]?.field.focus();
}

// Lines (or one filled shape) of values 0 to 100, a gap where one is not known.
function drawing(lane, lines, span) {
  const space = "http://www.w3.org/2000/svg";
  const svg = document.createElementNS(space, "svg");
  svg.setAttribute("viewBox", `0 0 ${span} 100`);
  svg.setAttribute("preserveAspectRatio", "none");
  svg.setAttribute("aria-hidden", "true");
  for (const { values, colour, filled } of lines) {
    let path = "", open = false;
    values.forEach((value, i) => {
      if (value === null) { open = false; return; }
      if (filled) path += `M${i} 100V${100 - value}H${i + 1}V100Z`;
      else { path += `${open ? "L" : "M"}${i + 0.5} ${98 - 0.96 * value}`; open = true; }
    });
    const made = document.createElementNS(space, "path");
    made.setAttribute("d", path);
    made.style.fill = filled ? colour : "none";
    made.style.opacity = filled ? 0.45 : 1;
    if (!filled) { made.style.stroke = colour; made.style.strokeWidth = 2; }
    made.setAttribute("vector-effect", "non-scaling-stroke");
    svg.appendChild(made);
  }
  lane.appendChild(svg);
}

// Whether a chosen file is the one that was analysed; a large one is not read for that.
async function verify(file, data) {
  if (file.size > 200e6 || !crypto.subtle) return true;
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", await file.arrayBuffer()));
  return Array.from(digest, (b) => b.toString(16).padStart(2, "0")).join("") === data.sha256;
}
