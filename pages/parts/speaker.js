// Reads a question aloud with the browser's own voice, once for each turn.
export default function ({ parentElement, data }) {
  if (!window.speechSynthesis) return;
  if (parentElement.poiseTurn !== data.turn) {
    parentElement.poiseTurn = data.turn;
    window.speechSynthesis.cancel();
    if (data.text) {
      const speech = new SpeechSynthesisUtterance(data.text);
      speech.lang = data.language;
      window.speechSynthesis.speak(speech);
    }
  }
  return () => window.speechSynthesis.cancel();
}
