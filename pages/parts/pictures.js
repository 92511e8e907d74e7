// The camera's pictures as small JPEGs through the page itself, for a computer on which no stream
// connects: a new one is taken when the last has arrived, so that none ever queues.
export default function ({ parentElement, data, setStateValue }) {
  const me = (parentElement.poise ??= { sent: 0, at: 0 });
  const video = parentElement.querySelector("video");
  me.arrived = data.arrived;

  const send = () => {
    const waiting = me.arrived < me.sent && performance.now() - me.at < 3000;
    const live = me.stream.getVideoTracks()[0].readyState === "live";
    if (waiting || !live || !video.videoWidth) return;
    const canvas = (me.canvas ??= document.createElement("canvas"));
    canvas.width = Math.min(video.videoWidth, data.width);
    canvas.height = Math.round(canvas.width * video.videoHeight / video.videoWidth);
    canvas.getContext("2d").drawImage(video, 0, 0, canvas.width, canvas.height);
    me.at = performance.now();
    setStateValue("picture", `${++me.sent}:${canvas.toDataURL("image/jpeg", 0.8).split(",")[1]}`);
  };

  if (!me.asked) {
    me.asked = true;
    navigator.mediaDevices.getUserMedia({ video: { width: { ideal: data.width } } }).then(
      (stream) => {
        me.stream = video.srcObject = stream;
        me.timer = setInterval(send, 100);
      }, () => { me.asked = false; });
  }
  return () => {
    clearInterval(me.timer);
    me.stream?.getTracks().forEach((track) => track.stop());
  };
}
