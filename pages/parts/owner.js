// A random name that this browser keeps for itself, so that a round which was cut short is
// offered here and nowhere else. Where nothing may be kept, it lasts as long as the page.
export default function ({ data, setStateValue }) {
  const name = "poise.owner";
  const fresh = () => Array.from(crypto.getRandomValues(new Uint8Array(16)),
                                 (byte) => byte.toString(16).padStart(2, "0")).join("");
  let owner = window.poiseOwner;
  try {
    owner = localStorage.getItem(name) ?? owner ?? fresh();
    localStorage.setItem(name, owner);
  } catch {
    owner ??= fresh();
  }
  window.poiseOwner = owner;
  if (data.owner !== owner) setStateValue("owner", owner);
}
