// Applies the chosen appearance before the first paint; see appearance.js.
{
  const chosen = localStorage.getItem("theme");
  if (chosen) document.documentElement.dataset.theme = chosen;
}
