// Asks for the camera, and for the microphone if the person lets it be heard, and says what the
// browser answers; the stream itself is opened afterwards, by the page's camera. A patient one that
// finds no camera asks again when a device is plugged in, and every second in case nobody tells.
export default function ({ parentElement, data, setStateValue }) {
  if (parentElement.poiseAttempt === data.attempt) return;
  parentElement.poiseAttempt = data.attempt;
  const say = (answer) => {
    if (parentElement.poiseAttempt === data.attempt) {
      setStateValue("answer", data.attempt + ":" + answer);
    }
  };
  if (!navigator.mediaDevices) { say("Insecure"); return; }
  const ask = (audio) => navigator.mediaDevices.getUserMedia({ video: true, audio }).then(
    (stream) => stream.getTracks().forEach((track) => track.stop()));
  const fail = (error) => {
    say(error.name);
    if (!data.patient || error.name === "NotAllowedError") return;
    const again = () => {
      clearTimeout(timer);
      navigator.mediaDevices.removeEventListener("devicechange", again);
      if (parentElement.isConnected && parentElement.poiseAttempt === data.attempt) attempt();
    };
    const timer = setTimeout(again, 1000);
    navigator.mediaDevices.addEventListener("devicechange", again);
  };
  const attempt = () => ask(data.audio).then(() => say("ok"), (error) => {
    if (data.audio) ask(false).then(() => say("silent"), fail); else fail(error);
  });
  attempt();
}
