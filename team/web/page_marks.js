// Follows what the dashboard says of the page it draws: its language, and that another page was opened, which begins at
// its top. A file of the program, because scripts within the page are refused by its content security policy.
(() => {
  let shown = null;
  const follow = () => {
    const marks = document.querySelector("[data-page-language]");
    if (!marks) return;
    const { pageLanguage, pageAddress } = marks.dataset;
    if (document.documentElement.lang !== pageLanguage) document.documentElement.lang = pageLanguage;
    if (shown !== null && shown !== pageAddress) document.querySelector('[data-testid="stMain"]')?.scrollTo(0, 0);
    shown = pageAddress;
  };
  new MutationObserver(follow).observe(document.documentElement, { childList: true, subtree: true });
})();
