// Saves a form as it is typed.
//
//   <form method="post" action="…" data-autosave="ADDRESS">
//     <input type="hidden" name="revision" value="7">   the revision that these words were read at
//     {{ csrf_input }} (staff pages only) … fields …
//     {{ forms.autosave_status() }}
//   </form>
//
// 600 ms after the last key, and when a field is left, the fields that changed are POSTed as an ordinary form with the
// header X-CSRFToken: `revision`, `fields` (once for each changed name), and name=value for each value. A group of
// chips with none chosen is named in `fields` and has no value. One request at a time; what is typed meanwhile goes next.
//   200 {"saved": true, "revision": "8", "at": "10:42 am"}        the words are on disk
//   409 {"theirs": {"name": "text" | ["a", "b"]}, "revision": "9"} someone else wrote first; nothing was saved
//   400, 422 {"errors": {"name": ["sentence"]}}                    said; tried again when something changes
//   401, 403, or a page instead of JSON                            signed out; the words stay on the screen
//   anything else, or no answer                                    tried again after 1, 2, 4 … 30 s
// On 409 their text is shown under the field. Nothing of either is lost: the person keeps theirs, takes the other's, or
// puts one below the other; who takes the other's may have their own back; until then that field isn't sent.
// Nothing is kept in the browser: the machine may be shared. Leaving the page while words are unsaved asks first.
// A button of the form sends unsaved words this way too before it is let go: whoever was signed out meanwhile stays on the
// page with every word, instead of landing at the sign-in. `data-sign-in` on the form is the address of that page.
// The words that the server sent with the page count as saved; where they are not (a page shown again with what was
// typed and why it was refused), the form carries `data-unsaved`.
// After each save the form fires "openhour:saved" with the answer as detail. Fields with data-no-autosave are left out.
const PAUSE = 600;
const LONGEST = 30000;

for (const form of document.querySelectorAll("form[data-autosave]")) autosave(form);

function autosave(form) {
  const status = form.querySelector("[data-autosave-status]") ?? document.querySelector("[data-autosave-status]");
  const aloud = form.querySelector("[data-autosave-say]") ?? document.querySelector("[data-autosave-say]");
  const revision = form.elements.namedItem("revision");
  const token = form.elements.namedItem("csrfmiddlewaretoken");
  const skipped = new Set(["revision", "csrfmiddlewaretoken", ""]);
  const disputed = new Map();
  let known = "unsaved" in form.dataset ? new Map() : read(true);
  let timer = 0;
  let busy = false;
  let failures = 0;
  let leaving = false;
  let spoken = "";
  let pressed = null;
  let cleared = false;

  // first: as the server sent it, not as a browser may have filled it in again.
  function read(first = false) {
    const values = new Map();
    for (const one of form.elements) {
      if (skipped.has(one.name) || one.type === "file" || one.type === "submit" || "noAutosave" in one.dataset) continue;
      const held = values.get(one.name) ?? [];
      const press = /^(checkbox|radio)$/.test(one.type);
      if (!press) held.push(...chosen(one, first));
      else if (first ? one.defaultChecked : one.checked) held.push(one.value);
      values.set(one.name, held);
    }
    return values;
  }

  function chosen(one, first) {
    if (!one.options) return [first ? one.defaultValue : one.value];
    const picked = [...one.options].filter((option) => (first ? option.defaultSelected : option.selected));
    if (!picked.length && !one.multiple) picked.push(...[...one.options].slice(0, 1));
    return picked.map((option) => option.value);
  }

  // Signing in again in another tab changes the token; the cookie holds the newest, where scripts may read it.
  function fresh() {
    const cookie = /csrftoken=([^;]+)/.exec(document.cookie);
    if (cookie && token) token.value = cookie[1];
    return token?.value ?? "";
  }

  function changed(now) {
    const same = (a = [], b = []) => a.length === b.length && a.every((value, place) => value === b[place]);
    return [...now.keys()].filter((name) => !same(now.get(name), known.get(name)));
  }

  const waiting = () => changed(read()).filter((name) => !disputed.has(name));
  const unsaved = () => busy || changed(read()).length > 0;

  function say(state, words) {
    if (status) [status.dataset.state, status.textContent] = [state, words];
    // Spoken only when the state turns: nobody wants to hear "Saved" after each word.
    if (!/saved|failed|conflict/.test(state) || state === spoken) return;
    spoken = state;
    if (aloud) aloud.textContent = words;
  }

  function later(wait = PAUSE) {
    clearTimeout(timer);
    timer = setTimeout(save, wait);
  }

  async function save(last = false) {
    clearTimeout(timer);
    const now = read();
    const names = changed(now).filter((name) => !disputed.has(name));
    if (!names.length || busy) return;
    busy = true;
    say("saving", "Saving…");
    const body = new URLSearchParams({ revision: revision?.value ?? "" });
    for (const name of names) {
      body.append("fields", name);
      for (const value of now.get(name)) body.append(name, value);
    }
    let answer;
    try {
      const headers = { "X-CSRFToken": fresh(), Accept: "application/json" };
      const reply = await fetch(form.dataset.autosave, { method: "POST", body, headers, keepalive: last === true });
      // A save is never redirected but to the sign-in, which may answer in JSON too.
      const json = !reply.redirected && (reply.headers.get("Content-Type") ?? "").includes("json");
      answer = { status: json ? reply.status : reply.ok || reply.redirected ? 403 : reply.status };
      answer.body = json ? await reply.json() : {};
    } catch {
      answer = { status: 0, body: {} };
    }
    busy = false;
    took(answer, names, now);
    if (pressed) release(answer.status);
  }

  // The button that waits for the words: let go where the server has them, or will say beside which field it hasn't.
  function release(code) {
    if (code === 200 && waiting().length) return save();
    const button = pressed;
    pressed = null;
    if (code !== 200 && code !== 400 && code !== 422) return status?.scrollIntoView({ block: "nearest" });
    cleared = true;
    form.requestSubmit(button);
    cleared = false;
  }

  function took({ status: code, body }, names, now) {
    if (code === 200 && body.saved) {
      failures = 0;
      for (const name of names) known.set(name, now.get(name));
      if (revision) revision.value = body.revision;
      for (const name of names) faulty(name, []);
      if (disputed.size) say("conflict", "Someone else changed this note. Please choose below.");
      else if (!waiting().length) say("saved", `Saved ${body.at}`);
      form.dispatchEvent(new CustomEvent("openhour:saved", { bubbles: true, detail: body }));
      if (waiting().length) later();
    } else if (code === 409) {
      if (revision) revision.value = body.revision;
      for (const [name, theirs] of Object.entries(body.theirs)) dispute(name, [theirs].flat());
      if (disputed.size) say("conflict", "Someone else changed this note. Please choose below.");
      if (waiting().length) later(0);
    } else if (code === 400 || code === 422) {
      say("failed", "Not saved: please look at the marked fields.");
      for (const [name, errors] of Object.entries(body.errors ?? {})) faulty(name, errors);
    } else if (code === 401 || code === 403) {
      say("failed", "Not saved: you are signed out. Leave this page open, sign in in another tab, then come back here.");
      if (status && form.dataset.signIn) status.append(" ", signIn());
    } else {
      failures += 1;
      say("failed", "Not saved – retrying");
      later(Math.min(LONGEST, 1000 * 2 ** (failures - 1)));
    }
  }

  const signIn = () => Object.assign(make("a", "", "Sign in beside this page"), { href: form.dataset.signIn, target: "_blank" });
  const fields = (name) => [...form.elements].filter((one) => one.name === name);
  const make = (tag, kind, words) => Object.assign(document.createElement(tag), { className: kind, textContent: words });

  // Their text, and three ways on. Fields that were not touched here simply take theirs.
  function dispute(name, theirs) {
    const mine = read().get(name) ?? [];
    const touched = changed(read()).includes(name);
    if (!touched || mine.join("\n") === theirs.join("\n")) {
      put(name, theirs);
      known.set(name, read().get(name));
      disputed.get(name)?.remove();
      disputed.delete(name);
      return;
    }
    disputed.get(name)?.remove();
    const box = make("div", "conflict", "");
    box.setAttribute("role", "group");
    box.setAttribute("aria-label", "Two versions of this field");
    const row = make("p", "row", "");
    const choose = (words, values) => {
      const button = make("button", "btn small", words);
      button.type = "button";
      button.addEventListener("click", () => {
        const before = read().get(name);
        known.set(name, theirs);
        put(name, values());
        disputed.delete(name);
        if (words === "Take theirs") keepBeside(box, name, before);
        else box.remove();
        fields(name)[0]?.focus();
        later(0);
        if (!waiting().length && !disputed.size) say("saved", "Settled");
      });
      row.append(button);
    };
    choose("Keep mine", () => read().get(name));
    choose("Take theirs", () => theirs);
    if (fields(name)[0]?.type === "textarea") {
      choose("Put theirs below mine", () => [`${read().get(name)[0]}\n\n${theirs[0]}`]);
    }
    box.append(make("p", "label", "Saved meanwhile by someone else, or in another tab:"));
    box.append(make("div", "theirs", theirs.join(", ")), row);
    const last = fields(name).at(-1);
    (last.closest(".field") ?? last).append(box);
    disputed.set(name, box);
  }

  // Who took the other's words sees their own until they put them back or close them.
  function keepBeside(box, name, mine) {
    const button = (words, then) => {
      const made = Object.assign(make("button", "btn small", words), { type: "button" });
      made.addEventListener("click", () => {
        then();
        box.remove();
        later(0);
      });
      return made;
    };
    const row = make("p", "row", "");
    row.append(button("Put mine back", () => put(name, mine)), button("Close", () => {}));
    box.replaceChildren(make("p", "label", "What you had written:"), make("div", "theirs", mine.join(", ")), row);
  }

  function put(name, values) {
    for (const one of fields(name)) {
      if (/^(checkbox|radio)$/.test(one.type)) one.checked = values.includes(one.value);
      else if (one.multiple) for (const option of one.options) option.selected = values.includes(option.value);
      else one.value = values[0] ?? "";
    }
  }

  function faulty(name, errors) {
    const first = fields(name)[0];
    const place = first?.closest(".field");
    if (!place) return;
    place.querySelector("[data-autosave-error]")?.remove();
    if (!errors.length) return first.removeAttribute("aria-invalid");
    first.setAttribute("aria-invalid", "true");
    const words = make("p", "error", [errors].flat().join(" "));
    words.dataset.autosaveError = "";
    words.setAttribute("role", "status");
    place.append(words);
  }

  form.addEventListener("input", () => {
    say("typing", "");
    later();
  });
  form.addEventListener("change", () => later(0));
  form.addEventListener("submit", (event) => {
    if (event.defaultPrevented) return;
    if (cleared || !event.submitter || !waiting().length) return void (leaving = true);
    event.preventDefault();
    pressed = event.submitter;
    save();
  });
  for (const again of ["online", "focus"]) window.addEventListener(again, () => later(0));
  document.addEventListener("visibilitychange", () => document.hidden && save(true));
  window.addEventListener("pageshow", () => (leaving = false));
  window.addEventListener("beforeunload", (event) => {
    if (!leaving && unsaved()) event.preventDefault();
  });
  if ("unsaved" in form.dataset) later(0);
}
