// Keeps the chosen language for the next visit: a reload, or the way back from signing in.
export default function ({ data }) {
  document.cookie = `${data.name}=${data.language}; path=/; max-age=31536000; SameSite=Lax`;
}
