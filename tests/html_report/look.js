const told = document.getElementById("told");
const wrongs = [];
const frames = [...document.querySelectorAll("iframe")];
const fits = (page, view, wrong) => {
  const wide = page.documentElement.scrollWidth;
  if (wide > view.innerWidth) wrong(`the page is ${wide} px wide`);
};
const look = (page, view, wrong) => {
/* look */
};
addEventListener("load", () => {
  for (const frame of frames) {
    const wrong = (what) => wrongs.push(`${frame.dataset.width}: ${what}`);
    try {
      const [page, view] = [frame.contentDocument, frame.contentWindow];
      view.addEventListener("error", (event) => wrong(event.message));
      fits(page, view, wrong);
      look(page, view, wrong);
      fits(page, view, wrong);
    } catch (error) {
      wrong(`the look failed: ${error}`);
    }
  }
  told.textContent = [...wrongs, "done"].join("\n");
});
