// What does not fit: [kind, what] of each fault of the page at its present width.
() => {
  const found = [];
  const wide = document.documentElement.clientWidth;
  const name = (e) => `${e.tagName.toLowerCase()}${e.id ? "#" + e.id : ""}${typeof e.className === "string" && e.className ? "." + e.className.trim().replace(/\s+/g, ".") : ""} "${(e.getAttribute("aria-label") ?? e.textContent).trim().replace(/\s+/g, " ").slice(0, 40)}"`;
  const shown = (e) => e.checkVisibility({ visibilityProperty: true, opacityProperty: true }) && e.getBoundingClientRect().width > 0;
  const scrolls = (e) => { for (let up = e.parentElement; up; up = up.parentElement) if (/auto|scroll|hidden/.test(getComputedStyle(up).overflowX)) return true; return false; };

  if (document.documentElement.scrollWidth > wide) {
    found.push(["overflow", `the page is ${document.documentElement.scrollWidth} px wide on ${wide} px`]);
  }
  for (const e of document.body.querySelectorAll("*")) {
    if (e.closest("svg") && e.tagName !== "svg" || !shown(e)) continue;
    const box = e.getBoundingClientRect();
    if (box.right > wide + 1 && box.right > 0 && !scrolls(e)) found.push(["overflow", name(e)]);
    const style = getComputedStyle(e);
    if (style.overflowX === "visible" && !/^(inline|contents)$/.test(style.display) && e.clientWidth > 0 && e.scrollWidth > e.clientWidth + 1 && !/^(TABLE|THEAD|TBODY|TR|svg)$/.test(e.tagName)) {
      found.push(["overflow", `text of ${e.scrollWidth} px in ${e.clientWidth} px: ${name(e)}`]);
    }
  }

  // 24 px (WCAG 2.2, 2.5.8). A link inside a sentence, and a mark of a chart that has a twin which is large enough, are its exceptions.
  const large = new Set();
  const small = [];
  for (const e of document.querySelectorAll("a[href], button, input:not([type=hidden]), select, textarea, summary")) {
    if (!shown(e)) continue;
    const box = e.getBoundingClientRect();
    const target = e.closest("label") && /checkbox|radio/.test(e.type) ? e.closest("label").getBoundingClientRect() : box;
    if (target.width >= 24 && target.height >= 24) { large.add(e.getAttribute("href")); continue; }
    const sentence = getComputedStyle(e).display === "inline" && [...e.parentElement.childNodes].some((n) => n.nodeType === 3 && n.textContent.trim().length > 1);
    if (!sentence && !e.classList.contains("skip")) small.push([e, target]);
  }
  for (const [e, box] of small) {
    if (!(e.closest("svg") && large.has(e.getAttribute("href")))) found.push(["target", `${Math.round(box.width)} × ${Math.round(box.height)} px: ${name(e)}`]);
  }

  // Text of a drawing that runs into its neighbour or out of the drawing.
  for (const svg of document.querySelectorAll("svg")) {
    if (!shown(svg)) continue;
    const frame = svg.getBoundingClientRect();
    const texts = [...svg.querySelectorAll("text")].filter(shown).map((t) => [t, t.getBoundingClientRect()]);
    for (const [t, box] of texts) {
      if (box.left < frame.left - 1 || box.right > frame.right + 1) found.push(["overflow", `text leaves the chart: ${name(t)}`]);
    }
    for (let i = 0; i < texts.length; i++) {
      for (let j = i + 1; j < texts.length; j++) {
        const [a, b] = [texts[i][1], texts[j][1]];
        if (Math.min(a.right, b.right) - Math.max(a.left, b.left) > 1 && Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 3) {
          found.push(["overflow", `texts of a chart touch: ${name(texts[i][0])} and ${name(texts[j][0])}`]);
        }
      }
    }
  }
  return found;
}
