// Find patients while their name is typed. Without this script the button does the same. While the list is not yet that of
// what was typed, it is said to be busy.
const form = document.querySelector("form[data-find]");
const place = form && document.getElementById(form.dataset.find);
let waiting;
let asked = 0;

async function find() {
  const turn = ++asked;
  place.setAttribute("aria-busy", "true");
  const answer = await fetch(form.action, { method: "POST", body: new FormData(form), redirect: "error" }).catch(() => null);
  const words = answer?.ok ? await answer.text().catch(() => "") : "";
  if (turn !== asked) return;
  const found = new DOMParser().parseFromString(words, "text/html").getElementById(place.id);
  if (found) place.replaceChildren(...found.childNodes);
  place.removeAttribute("aria-busy");
}

form?.addEventListener("input", () => {
  clearTimeout(waiting);
  asked += 1; // an answer to fewer letters comes too late
  place.setAttribute("aria-busy", "true");
  waiting = setTimeout(find, 250);
});
form?.addEventListener("submit", (event) => {
  event.preventDefault();
  clearTimeout(waiting);
  find();
});
