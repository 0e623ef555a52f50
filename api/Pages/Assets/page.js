// Once a minute, while the page is looked at, asks for what changed since it was made and shows it on top. Everything else works
// without a script.
const main = document.querySelector("main[data-seen]");

async function look() {
  if (document.hidden) return;
  const address = new URL(location.href);
  address.searchParams.set("seen", main.dataset.seen);
  try {
    const answer = await fetch(address, { credentials: "same-origin" });
    if (!answer.ok || answer.redirected) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const news = page.getElementById("news");
    if (!news) return;
    const old = document.getElementById("news");
    if (old?.isEqualNode(news)) return;
    main.querySelector("[role=status]").replaceChildren(news);
  } catch {
    // No network: the page stays as it is and asks again.
  }
}

if (main) setInterval(look, Number(main.dataset.every ?? 60) * 1000);
document.querySelector(".pages [aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" });
