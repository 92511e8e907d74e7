// Records the camera in the browser. Python says which take is under way (0: none); what lies
// between takes is not recorded. In the end the clip goes to this page's own file uploader
// ("upload") or to the person's downloads folder ("download"); it goes nowhere else.
export default function ({ parentElement, data, setStateValue }) {
  const me = (parentElement.poise ??= { take: 0, takes: [], spent: 0, chunks: [], state: "" });
  const say = (state) => { if (me.state !== state) { me.state = state; setStateValue("state", state); } };
  const video = parentElement.querySelector("video");

  const turn = (take) => {
    if (!me.recorder || take === me.take) return;
    const now = performance.now();
    if (me.take) {
      me.spent += (now - me.began) / 1000;
      me.takes.push({ take: me.take, start: me.start, end: me.spent });
      if (me.recorder.state === "recording") me.recorder.pause();
    }
    me.take = take;
    if (take) {
      me.began = now;
      me.start = me.spent;
      if (me.recorder.state === "inactive") me.recorder.start(1000); else me.recorder.resume();
    }
  };

  const deliver = () => {
    const type = me.recorder.mimeType.split(";")[0] || "video/webm";
    const name = data.name + (type.includes("mp4") ? ".mp4" : ".webm");
    const clip = new File(me.chunks, name, { type });
    me.chunks = [];
    if (data.deliver === "download") {
      const link = document.createElement("a");
      link.href = URL.createObjectURL(clip);
      link.download = name;
      link.click();
      setTimeout(() => URL.revokeObjectURL(link.href), 60000);
    } else {
      const input = document.querySelector(".st-key-recorded input[type=file]");
      const files = new DataTransfer();
      files.items.add(clip);
      input.files = files.files;
      input.dispatchEvent(new Event("change", { bubbles: true }));
    }
    setStateValue("takes", me.takes);
    say("saved");
  };

  const follow = (wanted) => {
    turn(wanted.stop ? 0 : wanted.take);
    if (wanted.stop && !me.stopped) {
      me.stopped = true;
      if (!me.recorder || me.recorder.state === "inactive") { release(); say("empty"); return; }
      me.recorder.onstop = () => { release(); deliver(); };
      me.recorder.stop();
    }
  };

  const release = () => me.stream?.getTracks().forEach((track) => track.stop());

  if (!me.asked) {
    me.asked = true;
    if (!navigator.mediaDevices || !window.MediaRecorder) { say("error:Unsupported"); return; }
    const size = { width: { ideal: data.width }, height: { ideal: data.height } };
    navigator.mediaDevices.getUserMedia({ video: size, audio: data.audio }).then((stream) => {
      me.stream = stream;
      video.srcObject = data.show ? stream : null;
      video.style.display = data.show ? "block" : "none";
      me.recorder = new MediaRecorder(stream, { videoBitsPerSecond: 1500000 });
      me.recorder.ondataavailable = (event) => { if (event.data.size) me.chunks.push(event.data); };
      say("ready");
      follow(me.wanted);
    }, (error) => say("error:" + error.name));
  }
  me.wanted = data;
  if (me.recorder) follow(data);
  return release;
}
