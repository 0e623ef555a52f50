// Keeps a page of operations up to date while it is looked at: what bears data-live is replaced by what the page has become, and lines
// of a log are added. Every page is whole without it.
const parse = async (address) => {
  const answer = await fetch(address, { credentials: "same-origin" });
  return answer.ok && !answer.redirected ? new DOMParser().parseFromString(await answer.text(), "text/html") : null;
};

async function renew() {
  const live = [...document.querySelectorAll("[data-live]")];
  if (live.length === 0) return;
  const page = document.hidden ? null : await parse(location.href).catch(() => null);
  if (page) {
    for (const old of live) {
      const now = page.getElementById(old.id);
      if (now && !old.contains(document.activeElement) && !old.isEqualNode(now)) old.replaceWith(document.adoptNode(now));
    }
  }
  again(renew);
}

// The last lines of a try are written a moment after it has ended: once more is looked for then.
let isLast = false;
async function follow() {
  const log = document.getElementById("log");
  if (!log || isLast && !("open" in log.dataset)) return;
  const page = document.hidden ? null : await parse(log.dataset.next).catch(() => null);
  const more = page?.getElementById("log");
  if (more) {
    const box = log.parentElement;
    const atEnd = box.scrollTop + box.clientHeight >= box.scrollHeight - 8;
    if (more.children.length > 0) document.getElementById("log-none")?.remove();
    log.append(...[...more.children].map((line) => document.adoptNode(line)));
    log.dataset.next = more.dataset.next;
    if (!("open" in more.dataset)) {
      isLast = true;
      delete log.dataset.open;
    }
    if (atEnd) box.scrollTop = box.scrollHeight;
  }
  again(follow);
}

// No network: the page stays as it is and asks again.
const seconds = Math.min(...[...document.querySelectorAll("[data-live]")].map((e) => Number(e.dataset.live)), 3600);
const again = (what) => setTimeout(what, (what === follow ? 2 : seconds) * 1000);
again(renew);
again(follow);
for (const bar of document.querySelectorAll(".pages, .sections")) bar.querySelector("[aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" });
