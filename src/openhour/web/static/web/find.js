// Find patients while their name is typed. Without this script the button does the same.
const form = document.querySelector("form[data-find]");
const place = form && document.getElementById(form.dataset.find);
let waiting;
let asked = 0;

async function find() {
  const turn = ++asked;
  const answer = await fetch(form.action, { method: "POST", body: new FormData(form), redirect: "error" }).catch(() => null);
  if (!answer?.ok || turn !== asked) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const found = page.getElementById(place.id);
  if (found && turn === asked) place.replaceChildren(...found.childNodes);
}

form?.addEventListener("input", () => {
  clearTimeout(waiting);
  waiting = setTimeout(find, 250);
});
form?.addEventListener("submit", (event) => {
  event.preventDefault();
  clearTimeout(waiting);
  find();
});
