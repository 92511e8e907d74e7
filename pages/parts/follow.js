// Follows the link in the container that Python names, once, as if it had been clicked. Switching
// pages from Python while a timer of the old page is still ticking can leave the new page blank.
export default function ({ data }) {
  const timer = setInterval(() => {
    const link = document.querySelector(`.st-key-${data.container} a`);
    if (link) { clearInterval(timer); link.click(); }
  }, 100);
  return () => clearInterval(timer);
}
