// Light, dark, or as the system wishes. Loaded in the head, not as a module, so that no page flashes in the wrong light.
// The choice is kept in a cookie, where the server may read it too (`openhour_theme`), and holds nothing else.
(() => {
  const root = document.documentElement;
  const names = { "": "Auto", light: "Light", dark: "Dark" };
  const kept = /(?:^|; )openhour_theme=(light|dark)/.exec(document.cookie);
  if (kept) root.dataset.theme = kept[1];

  document.addEventListener("DOMContentLoaded", () => {
    for (const button of document.querySelectorAll("[data-theme-toggle]")) {
      const name = button.querySelector("[data-theme-name]");
      const show = () => {
        name.textContent = names[root.dataset.theme || ""];
        button.setAttribute("aria-label", `Colours: ${name.textContent}. Press to change.`);
      };
      button.hidden = false;
      button.addEventListener("click", () => {
        const order = ["", "light", "dark"];
        const next = order[(order.indexOf(root.dataset.theme || "") + 1) % 3];
        if (next) root.dataset.theme = next;
        else delete root.dataset.theme;
        const age = next ? 31536000 : 0;
        const secure = location.protocol === "https:" ? "; Secure" : "";
        document.cookie = `openhour_theme=${next}; Max-Age=${age}; Path=/; SameSite=Lax${secure}`;
        show();
      });
      show();
    }
  });
})();
