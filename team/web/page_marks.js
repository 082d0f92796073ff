// Follows what the dashboard says of the page it draws: its language, and that another page was opened, which begins at
// its top. A file of the program, because scripts within the page are refused by its content security policy.
(() => {
  let shown = null;
  let waiting = false;
  const follow = () => {
    waiting = false;
    // Vega gives the two marks of a stretch dragged over curves a role and no name; what they show is said below them.
    for (const mark of document.querySelectorAll('[class*="stretch_brush"]:not([aria-hidden])')) {
      mark.setAttribute("aria-hidden", "true");
    }
    const marks = document.querySelector("[data-page-language]");
    if (!marks) return;
    const { pageLanguage, pageAddress } = marks.dataset;
    if (document.documentElement.lang !== pageLanguage) document.documentElement.lang = pageLanguage;
    if (shown !== null && shown !== pageAddress) document.querySelector('[data-testid="stMain"]')?.scrollTo(0, 0);
    shown = pageAddress;
  };
  const soon = () => {
    if (!waiting) requestAnimationFrame(follow);
    waiting = true;
  };
  new MutationObserver(soon).observe(document.documentElement, { childList: true, subtree: true });
})();
