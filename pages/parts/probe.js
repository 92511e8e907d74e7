// Asks for the camera once and says what the browser answers; the stream itself is opened
// afterwards, by the page's camera.
export default function ({ parentElement, data, setStateValue }) {
  if (parentElement.poiseAttempt === data.attempt) return;
  parentElement.poiseAttempt = data.attempt;
  const say = (answer) => setStateValue("answer", data.attempt + ":" + answer);
  if (!navigator.mediaDevices) { say("Insecure"); return; }
  navigator.mediaDevices.getUserMedia({ video: true }).then(
    (stream) => { stream.getTracks().forEach((track) => track.stop()); say("ok"); },
    (error) => say(error.name));
}
