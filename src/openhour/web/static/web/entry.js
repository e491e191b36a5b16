// Answers by keys on one screen: a digit chooses the answer of that number and moves on to the next question.
//
//   <form method="post" data-entry> <div data-question> … radios q1 … </div> … <button name="go" value="finish"> </form>
//
// n chooses what doesn't apply (a value above 10). Where there is an answer 10, a 1 waits for the 0 that may follow. Arrow up and down go from question to question, Enter on the last one sends the form. Everything here also works as a
// plain form. Each answer is POSTed to the form's own address with Accept: application/json, one request at a time; with
// data-entry-whole nothing is sent before the button. An answer at or above data-help-from shows what to do at once, before
// anything is sent. A question behind a gate (data-gates="1" data-gate-from="1") is passed over until the gate opens it.
for (const form of document.querySelectorAll("form[data-entry]")) entry(form);

function entry(form) {
  const whole = "entryWhole" in form.dataset;
  const say = form.querySelector("[data-entry-say]");
  const questions = [...form.querySelectorAll("[data-question]")];
  const unsent = new Map();
  let busy = false;

  form.addEventListener("keydown", (event) => {
    const at = questions.findIndex((one) => one.contains(event.target));
    if (at < 0 || event.ctrlKey || event.metaKey || event.altKey) return;
    if (/^[0-9]$/.test(event.key)) {
      const radio = radios(questions[at]).find((one) => one.value === event.key);
      if (!radio) return;
      event.preventDefault();
      const ten = radios(questions[at]).find((one) => one.value === "10");
      const one = radios(questions[at]).find((held) => held.value === "1");
      const chosen = ten && event.key === "0" && one?.checked && event.target === one ? ten : radio;
      chosen.checked = true;
      take(chosen);
      if (ten && chosen === one) one.focus();
      else go(at, 1);
    } else if (event.key === "n") {
      const none = radios(questions[at]).find((one) => Number(one.value) > 10);
      if (!none) return;
      none.checked = true;
      take(none);
      go(at, 1);
    } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      go(at, event.key === "ArrowDown" ? 1 : -1);
    } else if (event.key === "Enter") {
      event.preventDefault();
      go(at, 1);
    }
  });
  form.addEventListener("change", (event) => {
    if (event.target.type === "radio") take(event.target);
  });
  const first = questions.find((one) => open(one) && !radios(one).some((radio) => radio.checked)) ?? questions[0];
  if (first && !document.querySelector("[data-focus]")) focusOn(first);
  form.dataset.entryReady = "";

  function radios(question) {
    return [...question.querySelectorAll("input[type=radio]")];
  }

  function open(question) {
    const gates = question.dataset.gates?.split(" ") ?? [];
    const reached = (gate) => Number(form.elements[`q${gate}`]?.value || -1) >= Number(question.dataset.gateFrom);
    return !gates.length || gates.some(reached);
  }

  function go(at, step) {
    for (let place = at + step; place >= 0 && place < questions.length; place += step)
      if (open(questions[place])) return focusOn(questions[place]);
    if (step > 0) form.querySelector("button[type=submit]")?.focus();
  }

  function focusOn(question) {
    const held = radios(question);
    (held.find((radio) => radio.checked) ?? held[0])?.focus();
    question.scrollIntoView({ block: "nearest" });
  }

  function take(radio) {
    const { helpFrom, helpTo } = radio.dataset;
    if (helpFrom && Number(radio.value) >= Number(helpFrom) && (!helpTo || Number(radio.value) <= Number(helpTo))) help(radio);
    if (whole) return;
    unsent.set(radio.name, radio.value);
    send();
  }

  async function send() {
    if (busy || !unsent.size) return;
    const [name, value] = unsent.entries().next().value;
    unsent.delete(name);
    busy = true;
    const before = form.elements.namedItem(`w${name.slice(1)}`);
    const body = new URLSearchParams({ [name]: value });
    for (const field of [before, form.elements.namedItem("csrfmiddlewaretoken")])
      if (field) body.set(field.name, field.value);
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
      if (before) before.value = value;
      told("saved", "Saved");
      if (answer.help) help(form.querySelector(`input[name="${CSS.escape(name)}"]:checked`) ?? form);
    } else {
      const words = answer.errors ? Object.values(answer.errors).flat().join(" ") : "";
      told("failed", words || "Not saved yet. The button below sends everything.");
    }
    send();
  }

  function told(state, words) {
    if (say) [say.dataset.state, say.textContent] = [state, words];
  }

  function help(near) {
    const around = near.closest("[data-question]") ?? form;
    const place = around.querySelector("[data-help]") ?? form.querySelector("[data-help]");
    const words = around.querySelector("[data-help-words]") ?? form.querySelector("[data-help-words]");
    if (!place || !words || place.childElementCount) return;
    place.append(words.content.cloneNode(true));
    place.scrollIntoView({ block: "nearest" });
  }
}
