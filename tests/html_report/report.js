  const form = page.querySelector(".filters");
  const all = [...page.querySelectorAll("#results .result")];
  const shown = () => all.filter((result) => !result.hidden);
  const input = (element) => element.dispatchEvent(new view.Event("input", { bubbles: true }));
  const press = (key) => page.body.dispatchEvent(new view.KeyboardEvent("keydown", { key, bubbles: true }));
  if (form.hidden) wrong("the filters are hidden");
  if (shown().length !== all.length) wrong(`at first ${shown().length} results are shown`);

  // By verdict.
  const fail = form.querySelector("[value=fail]");
  fail.checked = true;
  input(fail);
  const failing = all.filter((result) => result.dataset.state === "fail");
  if (failing.length === 0) wrong("nothing fails");
  if (shown().length !== failing.length) wrong(`by verdict ${shown().length} results are shown, and not ${failing.length}`);
  if (!form.querySelector("output").textContent.startsWith(`${failing.length} of `)) wrong("the count is not told");
  for (const group of page.querySelectorAll("#results .group")) {
    if (group.hidden === Boolean(group.querySelector(".result:not([hidden])"))) wrong("a group is hidden, or shown, wrongly");
  }

  // By text, within the verdict; then nothing, then all.
  form.elements.text.value = "PARTIAL middle";
  input(form.elements.text);
  if (shown().length !== 1 || !shown()[0].id.endsWith("/partial/middle")) wrong(`by text ${shown().length} results are shown`);
  form.elements.text.value = "no such text";
  input(form.elements.text);
  if (page.querySelector(".none").hidden) wrong("that nothing fits is not told");
  form.elements.text.value = "";
  fail.checked = false;
  input(fail);
  if (shown().length !== all.length) wrong(`behind the filters ${shown().length} results are shown`);

  // By keys: the next failure is opened and focused, in all groups around it.
  press("n");
  const focused = page.activeElement;
  if (!focused || !focused.closest(".fails")) wrong("n does not lead to a failure");
  else if (!focused.closest(".fails").open) wrong("n does not open the failure");
  press("/");
  if (page.activeElement !== form.elements.text) wrong("/ does not lead to the search");

  // With all open there is the widest of what there is.
  page.querySelectorAll("details").forEach((details) => { details.open = true; });
  if (!page.querySelector(".said .c") || !page.querySelector(".said .s")) wrong("no exchange");
  if (!page.querySelector(".said mark")) wrong("no octet to blame is marked");
  for (const link of page.querySelectorAll("a[href^='#']")) {
    if (!page.getElementById(link.getAttribute("href").slice(1))) wrong(`${link.getAttribute("href")} leads nowhere`);
  }
  for (const element of page.querySelectorAll("img, link[href^=http], script[src], iframe")) wrong(`${element.outerHTML} is not in the file`);
  // What scrolls by itself must be within reach of the keyboard.
  for (const element of page.querySelectorAll("pre, .wide")) if (element.tabIndex !== 0) wrong("a box that scrolls has no tabindex");
