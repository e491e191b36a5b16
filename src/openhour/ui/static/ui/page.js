// On every page: move to the summary of errors, print, and guard a form against being sent twice.
document.querySelector("[data-focus]")?.focus();

for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}

// A second press on "Sign" or "Submit" within two seconds is a slip of the hand, not a wish.
const sent = new WeakMap();
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method !== "post" || event.defaultPrevented) return;
  const last = sent.get(form);
  if (last && event.timeStamp - last < 2000) event.preventDefault();
  else sent.set(form, event.timeStamp);
});

// Whatever is folded away is printed too.
let folded = [];
window.addEventListener("beforeprint", () => {
  folded = [...document.querySelectorAll("details.more:not([open])")];
  for (const one of folded) one.open = true;
});
window.addEventListener("afterprint", () => {
  for (const one of folded) one.open = false;
});

// A link to a field that is folded away, or to a group of chips, opens it and goes there.
const reach = () => {
  const goal = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (!goal) return;
  for (let up = goal.closest("details"); up; up = up.parentElement.closest("details")) up.open = true;
  goal.scrollIntoView({ block: "center" });
  goal.focus({ preventScroll: true });
};
window.addEventListener("hashchange", reach);
