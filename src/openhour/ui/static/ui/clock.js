// The clock of a session. `<div data-clock data-started-at data-now data-stopped-at data-marks="53 60">` comes from
// openhour.ui.charts.session_clock; this moves its ring each second and its minutes each minute, and says each mark
// once, politely. The seconds since the page was made are added to the server's `data-now`, so a laptop whose own clock
// is wrong does no harm; a laptop that slept catches up.
const LAP = 3600;

for (const clock of document.querySelectorAll("[data-clock]")) {
  if (clock.dataset.stoppedAt) continue;
  const began = Date.parse(clock.dataset.startedAt);
  const ahead = Date.parse(clock.dataset.now) - Date.now();
  const part = (name) => clock.querySelector(`[data-clock-${name}]`);
  const [ring, over, text, say] = ["ring", "over", "text", "say"].map(part);
  const marks = clock.dataset.marks.split(" ").map(Number);
  const passed = () => Math.max(0, Math.floor((Date.now() + ahead - began) / 1000));
  let told = Math.floor(passed() / 60);

  const show = () => {
    const seconds = passed();
    const minutes = Math.floor(seconds / 60);
    ring.setAttribute("stroke-dasharray", `${Math.min(seconds, LAP)} ${LAP * 2}`);
    over.setAttribute("stroke-dasharray", `${Math.min(Math.max(seconds - LAP, 0), LAP)} ${LAP * 2}`);
    if (text.textContent !== `${minutes} min`) text.textContent = `${minutes} min`;
    for (const mark of marks) {
      if (told < mark && minutes >= mark) say.textContent = `${mark} minutes have passed.`;
    }
    told = Math.max(told, minutes);
  };
  show();
  setInterval(show, 1000);
  document.addEventListener("visibilitychange", show);
}
