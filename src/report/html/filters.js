(() => {
  "use strict";
  const form = document.querySelector(".filters");
  if (!form) return;
  form.hidden = false;
  const section = form.closest("section");
  const results = [...section.querySelectorAll(".result, tbody tr[data-state]")];
  const groups = [...section.querySelectorAll(".group")].reverse();
  const output = form.querySelector("output");
  const none = section.querySelector(".none");
  const texts = new Map();
  // What a result says is read once somebody searches for something.
  const text = (result) => {
    if (!texts.has(result)) texts.set(result, `${result.id} ${result.textContent}`.toLowerCase());
    return texts.get(result);
  };
  const wasOpen = new Map(groups.map((group) => [group, group.open]));
  let filtered = false;

  const filter = () => {
    const words = form.elements.text.value.toLowerCase().split(/\s+/).filter(Boolean);
    const states = new Set([...form.querySelectorAll("[name=state]:checked")].map((box) => box.value));
    const active = words.length > 0 || states.size > 0;
    if (active && !filtered) groups.forEach((group) => wasOpen.set(group, group.open));
    let shown = 0;
    for (const result of results) {
      const state = result.dataset.state.split(" ").some((state) => states.has(state));
      const fits = (states.size === 0 || state) && words.every((word) => text(result).includes(word));
      result.hidden = !fits;
      if (fits) shown += 1;
    }
    // From the innermost group outwards.
    for (const group of groups) {
      group.hidden = !group.querySelector(".result:not([hidden]), tbody tr:not([hidden])");
      if (active) group.open = !group.hidden;
      else if (filtered) group.open = wasOpen.get(group);
    }
    filtered = active;
    output.textContent = active ? `${shown} of ${results.length} shown` : `${results.length} in all`;
    if (none) none.hidden = shown > 0;
  };

  form.addEventListener("input", filter);
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("reset", () => setTimeout(filter));
  for (const button of form.querySelectorAll("[data-open]")) {
    button.addEventListener("click", () => {
      const open = button.dataset.open !== "";
      groups.forEach((group) => { group.open = open; });
    });
  }

  // A link into the page opens what it leads to.
  const reveal = (target) => {
    if (!target) return;
    if (target.closest("[hidden]")) form.reset(), filter();
    for (let up = target; up; up = up.parentElement) if (up.tagName === "DETAILS") up.open = true;
    target.scrollIntoView({ block: "start" });
    const focus = target.querySelector("summary") || target;
    focus.focus({ preventScroll: true });
  };
  const follow = () => {
    if (location.hash.length > 1) reveal(document.getElementById(decodeURIComponent(location.hash.slice(1))));
  };
  addEventListener("hashchange", follow);
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[href^='#']");
    if (link && link.hash === location.hash) follow();
  });

  const failing = results.filter((result) => result.classList.contains("fails"));
  let at = -1;
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const typing = event.target.matches("input[type=search]");
    if (event.key === "Escape") {
      form.reset();
      if (typing) event.target.blur();
    } else if (!typing && event.key === "/") {
      event.preventDefault();
      form.elements.text.focus();
      form.scrollIntoView({ block: "nearest" });
    } else if (!typing && (event.key === "n" || event.key === "p") && failing.length > 0) {
      const first = event.key === "n" ? 0 : failing.length - 1;
      at = at < 0 ? first : (at + (event.key === "n" ? 1 : failing.length - 1)) % failing.length;
      reveal(failing[at]);
    }
  });

  // On paper nothing can be opened: what fails is printed in full, and then all is as before.
  let opened = [];
  addEventListener("beforeprint", () => {
    const closed = [...document.querySelectorAll("details.fails, details.rule, details.group:has(.fails)")];
    opened = closed.filter((details) => !details.open);
    opened.forEach((details) => { details.open = true; });
  });
  addEventListener("afterprint", () => opened.forEach((details) => { details.open = false; }));

  filter();
  follow();
})();
