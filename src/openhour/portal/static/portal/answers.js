// Keeps each answer as it is tapped, shows help at once where an answer asks for it, and moves on.
//
//   <form method="post" data-answers="one" data-next="ADDRESS"> … radios q1, q2 … with data-help-from="1" … </form>
//
// Everything here also works as a plain form; this only saves a press. Each tap is POSTed to the form's own address with
// Accept: application/json; one request at a time, the last tap of a question last.
//   {"saved": true, "help": false}   kept; with data-answers="one" and a tap by finger or mouse: on to the next question
//   {"saved": true, "help": true}    kept; help is on the screen already, and the person goes on when they want to
//   anything else, or no answer      said; the button below sends the form as a plain one
// Help doesn't wait for the network: an answer at or above data-help-from shows it before anything is sent.
// Arrow keys choose and save, and never leave the question: only a tap or the button does.
const PAUSE = 180;

for (const form of document.querySelectorAll("form[data-answers]")) answers(form);

function answers(form) {
  const single = form.dataset.answers === "one";
  const say = form.querySelector("[data-answers-say]");
  const unsent = new Map();
  let kept = new Map();
  let busy = false;
  let tapped = false;
  let failed = false;

  form.addEventListener("pointerdown", () => (tapped = true));
  form.addEventListener("keydown", () => (tapped = false));
  form.addEventListener("change", (event) => {
    if (event.target.type === "radio") take(event.target, tapped);
  });
  // What was tapped before this script was there: kept too, but the question stays until the person goes on.
  for (const radio of form.querySelectorAll("input[type=radio]:checked")) if (!radio.defaultChecked) take(radio, false);
  form.dataset.answersReady = "";

  // In one-question mode a tap that was kept needn't be sent again by the button.
  form.addEventListener("submit", (event) => {
    const way = event.submitter?.value;
    if (!single || way !== "next" || busy || unsent.size || failed || !settled()) return;
    event.preventDefault();
    location.assign(form.dataset.next);
  });

  function take(radio, byTap) {
    const { helpFrom, helpTo } = radio.dataset;
    const helps = helpFrom && Number(radio.value) >= Number(helpFrom) && (!helpTo || Number(radio.value) <= Number(helpTo));
    if (helps) help(radio);
    unsent.set(radio.name, { value: radio.value, on: single && byTap && !helps });
    send();
  }

  function settled() {
    const chosen = form.querySelector("input[type=radio]:checked");
    return chosen !== null && kept.get(chosen.name) === chosen.value;
  }

  async function send() {
    if (busy || !unsent.size) return;
    const [[name, { value, on }]] = unsent;
    unsent.delete(name);
    busy = true;
    told("saving", "Saving…");
    const body = new URLSearchParams({ [name]: value });
    const before = form.elements.namedItem(`w${name.slice(1)}`);
    if (before) body.set(before.name, before.value);
    let answer = {};
    try {
      const reply = await fetch(form.action || location.href, {
        method: "POST",
        body,
        headers: { Accept: "application/json" },
        keepalive: true,
      });
      answer = await reply.json();
    } catch {
      answer = {};
    }
    busy = false;
    if (answer.saved) {
      failed = false;
      kept.set(name, value);
      if (before) before.value = value;
      told("saved", "Saved");
      if (answer.help) help(form.querySelector(`input[name="${CSS.escape(name)}"]:checked`) ?? form);
      else if (on && !unsent.size) setTimeout(() => !unsent.size && !busy && location.assign(form.dataset.next), PAUSE);
    } else {
      failed = true;
      const words = answer.errors ? Object.values(answer.errors).flat().join(" ") : "";
      told("failed", words || "Not saved yet. Check your connection, then press the button below.");
    }
    send();
  }

  function told(state, words) {
    if (say) [say.dataset.state, say.textContent] = [state, words];
  }

  function help(near) {
    const around = near.closest("form > div") ?? form;
    const place = around.querySelector("[data-help]") ?? form.querySelector("[data-help]");
    const words = around.querySelector("[data-help-words]") ?? form.querySelector("[data-help-words]");
    if (!place || !words || place.childElementCount) return;
    place.append(words.content.cloneNode(true));
    place.scrollIntoView({ block: "nearest" });
  }
}
