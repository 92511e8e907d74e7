// A button over every face of the camera's picture that is not followed; pressed, it is. A line
// over the picture's foot says so.
export default function ({ parentElement, data, setTriggerValue }) {
  const sheet = parentElement.querySelector(".sheet");
  const there = (parentElement.poise ??= new Map());
  sheet.style.aspectRatio = data.aspect;
  sheet.querySelector("span").textContent = data.faces.length ? data.label : "";
  for (const [track, button] of there) {
    if (!data.faces.some((face) => face.track === track)) {
      button.remove();
      there.delete(track);
    }
  }
  for (const { track, place } of data.faces) {
    let button = there.get(track);
    if (!button) {
      button = document.createElement("button");
      button.type = "button";
      button.ariaLabel = button.title = data.label;
      button.onclick = () => setTriggerValue("track", track);
      there.set(track, button);
      sheet.append(button);
    }
    ["left", "top", "width", "height"].forEach((side, i) => {
      button.style[side] = `${100 * place[i]}%`;
    });
  }
}
