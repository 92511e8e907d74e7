// A clip as reviewers watch it: player, questions as chapters, notes pinned to a second.
// The clip comes from the server's disk as far as it is played.
export default function ({ parentElement, data, setTriggerValue }) {
  const say = (what) => setTriggerValue("said", what);
  const me = parentElement.poise;
  if (me && me.clip === data.clip) me.update(data, say);
  else { me?.stop(); parentElement.poise = build(parentElement, data, say); }
  return () => { if (!parentElement.isConnected) parentElement.poise?.stop(); };
}

const SPEEDS = [0.75, 1, 1.25, 1.5, 2];

const button = (name, text, act, title) => {
  const made = element("button", name, text);
  made.type = "button";
  if (title) { made.title = title; made.setAttribute("aria-label", title); }
  made.addEventListener("click", act);
  return made;
};

function build(parent, first, firstSay) {
  parent.querySelector(".watch")?.remove();
  const me = { spoken: null };
  let data = first, say = firstSay, speed = 1;
  const { texts } = data;
  const root = element("div", "watch");
  root.tabIndex = 0;
  root.setAttribute("role", "group");
  root.setAttribute("aria-label", texts.player);
  parent.appendChild(root);

  const stage = element("div", "stage"), video = element("video");
  video.playsInline = true;
  video.setAttribute("controlslist", "nodownload");
  video.addEventListener("contextmenu", (event) => event.preventDefault());
  const waiting = element("p", "waiting", texts.loading);
  stage.append(video, waiting);
  if (data.watermark) {
    const mark = element("div", "mark");
    mark.setAttribute("aria-hidden", "true");
    for (let n = 0; n < 12; n += 1) mark.appendChild(element("span", "", data.watermark));
    stage.appendChild(mark);
  }

  // Play, time, speed.
  const bar = element("div", "bar"), shown = element("b");
  const play = button("play", texts.play, () => toggle());
  const speeds = element("div", "speeds");
  speeds.setAttribute("role", "group");
  speeds.setAttribute("aria-label", texts.speed);
  const rates = SPEEDS.map((rate) => {
    const made = button("", `${rate}×`, () => hurry(rate));
    speeds.appendChild(made);
    return made;
  });
  bar.append(play, button("", "−5", () => go(video.currentTime - 5), texts.back),
    button("", "+5", () => go(video.currentTime + 5), texts.forth), shown, speeds);
  const line = element("div", "line"), head = element("i", "head"), pins = element("div", "pins");
  line.setAttribute("role", "slider");
  line.setAttribute("aria-label", texts.place);
  line.setAttribute("aria-valuemin", "0");
  line.append(pins, head);
  line.addEventListener("click", (event) => {
    const box = line.getBoundingClientRect();
    go((length() * (event.clientX - box.left)) / box.width);
  });
  root.append(stage, bar, line, element("p", "hint", texts.keys));

  const section = (title) => {
    const made = element("section");
    made.append(element("h4", "", title));
    root.appendChild(made);
    return made;
  };
  const chapters = element("ol", "chapters"), notes = element("ul", "notes");
  if (data.questions.length) section(texts.questions).append(chapters);
  const noting = element("form", "noting"), field = element("input"), when = element("b", "", "0:00");
  if (data.writes) {
    const place = section(texts.notes);
    field.maxLength = 500;
    field.placeholder = texts.note;
    field.setAttribute("aria-label", texts.note);
    const send = element("button", "send", texts.pin);
    noting.append(when, field, send);
    noting.addEventListener("submit", (event) => {
      event.preventDefault();
      if (!field.value.trim()) { field.focus(); return; }
      say({ kind: "note", second: second(), text: field.value.trim() });
      field.value = "";
      root.focus({ preventScroll: true });
    });
    field.addEventListener("focus", () => { if (!video.paused) toggle(); });
    place.append(noting, notes);
  }
  const words = element("div", "words");
  if (data.words.length || data.unsaid) section(texts.said).append(words);
  const length = () => (Number.isFinite(video.duration) ? video.duration : 0);
  const second = () => Math.round(10 * video.currentTime) / 10;
  const show = () => {
    const end = length();
    shown.textContent = `${clock(video.currentTime)} / ${clock(end)}`;
    when.textContent = clock(video.currentTime);
    head.style.left = `${end ? (100 * video.currentTime) / end : 0}%`;
    line.setAttribute("aria-valuemax", String(Math.round(end)));
    line.setAttribute("aria-valuenow", String(Math.round(video.currentTime)));
    line.setAttribute("aria-valuetext", shown.textContent);
    play.textContent = video.paused ? texts.play : texts.pause;
    const spoken = spokenAt(video.currentTime);
    if (spoken !== me.spoken) {
      me.spoken?.removeAttribute("aria-current");
      spoken?.setAttribute("aria-current", "true");
      if (spoken && !video.paused) words.scrollTo({ top: spoken.offsetTop - words.clientHeight / 2 });
      me.spoken = spoken;
    }
    const here = data.questions.filter((q) => q.second !== null && q.second <= video.currentTime + 0.05)
      .sort((a, b) => b.second - a.second)[0];
    for (const made of chapters.children) {
      made.toggleAttribute("data-here", Boolean(here) && made.dataset.number === String(here.number));
    }
  };
  const spokenAt = (time) => {
    let found = null;
    data.words.forEach(([start], n) => { if (start <= time + 0.02) found = words.children[n]; });
    return found;
  };
  const go = (time) => { video.currentTime = Math.min(Math.max(time, 0), length() || 0); show(); };
  const toggle = () => {
    if (!video.src) return;
    if (!video.paused) video.pause();
    else { if (video.ended) go(0); video.play().catch(() => {}); }
  };
  const hurry = (rate) => {
    speed = video.playbackRate = rate;
    rates.forEach((made, n) => made.setAttribute("aria-pressed", String(SPEEDS[n] === rate)));
  };

  const draw = () => {
    chapters.replaceChildren(...data.questions.map((q) => {
      const made = element("li"), set = q.second !== null;
      made.dataset.number = q.number;
      const open = button("open", q.text, () => go(q.second));
      open.disabled = !set;
      made.append(open, element("span", "", set ? clock(q.second) : ""));
      if (data.writes) {
        made.append(button("set", set ? texts.unmark : texts.mark, () => say(set
          ? { kind: "unmark", question: q.number }
          : { kind: "mark", question: q.number, second: second() }),
        `${set ? texts.unmark : texts.mark}: ${q.text}`));
      }
      return made;
    }));
    notes.replaceChildren(...data.notes.map((note) => {
      const made = element("li");
      made.append(button("open", clock(note.second), () => go(note.second)),
        element("span", "", note.text), element("em", "", note.who));
      if (note.mine) {
        made.append(button("set", texts.delete, () => say({ kind: "delete", id: note.id }),
          `${texts.delete}: ${clock(note.second)} ${note.text}`));
      }
      return made;
    }));
    if (words.childElementCount !== Math.max(data.words.length, 1)) {
      words.replaceChildren(...(data.words.length ? data.words.map(([start, , text]) => {
        const made = button("word", text, () => go(start));
        made.title = clock(start);
        return made;
      }) : [element("p", "", data.unsaid)]));
    }
    const end = length();
    pins.replaceChildren(...(end ? [
      ...data.questions.filter((q) => q.second !== null).map((q) => [q.second, "chapter", q.text]),
      ...data.notes.map((note) => [note.second, "note", note.text])] : []).map(([at, kind, text]) => {
      const made = element("u", kind);
      made.style.left = `${(100 * Math.min(at, end)) / end}%`;
      made.title = `${clock(at)} ${text}`;
      return made;
    }));
    show();
  };

  root.addEventListener("keydown", (event) => {
    const typing = event.composedPath()[0] instanceof HTMLInputElement;
    const pressing = event.composedPath()[0] instanceof HTMLButtonElement;
    if (typing || event.ctrlKey || event.metaKey || event.altKey) return;
    const step = { ArrowLeft: -5, ArrowRight: 5 }[event.key];
    if (event.key === " " && !pressing) toggle();
    else if (step) go(video.currentTime + (event.shiftKey ? step / 5 : step));
    else if (event.key === "ArrowUp" || event.key === "ArrowDown") {
      const at = SPEEDS.indexOf(speed) + (event.key === "ArrowUp" ? 1 : -1);
      if (SPEEDS[at]) hurry(SPEEDS[at]);
    } else if (event.key.toLowerCase() === "n" && data.writes) field.focus();
    else return;
    event.preventDefault();
    event.stopPropagation();
  });
  for (const name of ["timeupdate", "play", "pause", "seeked", "ended"]) video.addEventListener(name, show);
  video.addEventListener("loadedmetadata", () => { waiting.remove(); video.playbackRate = speed; draw(); });
  video.addEventListener("error", () => { waiting.textContent = texts.broken; stage.appendChild(waiting); });
  video.addEventListener("click", () => toggle());

  video.src = data.address;
  hurry(1);
  draw();
  return {
    clip: data.clip,
    update: (next, nextSay) => {
      if (next.address !== data.address) video.src = next.address;
      data = next;
      say = nextSay;
      draw();
    },
    stop: () => { video.pause(); video.removeAttribute("src"); video.load(); },
  };
}
