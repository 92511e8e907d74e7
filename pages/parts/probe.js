// Asks for the camera, and for the microphone if the person lets it be heard, once, and says what
// the browser answers; the stream itself is opened afterwards, by the page's camera.
export default function ({ parentElement, data, setStateValue }) {
  if (parentElement.poiseAttempt === data.attempt) return;
  parentElement.poiseAttempt = data.attempt;
  const say = (answer) => setStateValue("answer", data.attempt + ":" + answer);
  if (!navigator.mediaDevices) { say("Insecure"); return; }
  const ask = (audio) => navigator.mediaDevices.getUserMedia({ video: true, audio }).then(
    (stream) => stream.getTracks().forEach((track) => track.stop()));
  ask(data.audio).then(() => say("ok"), (error) => {
    if (!data.audio) { say(error.name); return; }
    ask(false).then(() => say("silent"), (other) => say(other.name));
  });
}
