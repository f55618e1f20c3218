// Keeps the end of the log in sight, unless somebody has scrolled up to read.

const log = document.querySelector(".log-lines");

if (log) {
  const NEAR_PX = 24;
  let follows = true;
  const toEnd = () => { if (follows) log.scrollTop = log.scrollHeight; };
  log.addEventListener("scroll", () => {
    follows = log.scrollHeight - log.scrollTop - log.clientHeight < NEAR_PX;
  });
  new MutationObserver(toEnd).observe(log, { childList: true });
  toEnd();
}
