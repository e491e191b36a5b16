// A button that copies a field: <button data-copy="id_address" hidden>. Stays hidden where the browser can't copy.
for (const button of document.querySelectorAll("[data-copy]")) {
  const field = document.getElementById(button.dataset.copy);
  const said = document.querySelector("[data-copied]");
  field?.addEventListener("focus", () => field.select());
  if (!field || !navigator.clipboard) continue;
  button.hidden = false;
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(field.value);
      if (said) said.textContent = "Copied";
    } catch {
      field.select();
    }
  });
}
