// Puts the parts of the page that have changed in their places, as they come.
const live = document.getElementById("live");
const source = new EventSource("/live");
source.addEventListener("part", ({ data }) => {
  const { id, html } = JSON.parse(data);
  const place = document.getElementById(id);
  if (place !== null && place.innerHTML !== html) place.innerHTML = html;
  live.textContent = "live";
});
source.addEventListener("error", () => {
  live.textContent = "not connected";
});
