// Whether each chart says in words and in a table what it draws: [kind, what] of each fault.
() => {
  const found = [];
  const tokens = (text) => text
    .replace(/\d{4}年|\d{1,2}月|\d{1,2}日/g, (date) => " " + date.replace(/\D/g, "") + "# ")
    .replace(/\b(\d{1,2}) (Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)\w*( \d{4})?|\b(Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)\w* \d{1,2},? ?(\d{4})?/g, " ")
    .match(/[−-]?[¥£$€]?\d[\d,]*(?:\.\d+)?%?#?/g)?.filter((token) => !token.endsWith("#")) ?? [];
  const amount = (text) => Number(text.replace(/[¥£$€,%]/g, "").replace("−", "-"));
  for (const svg of document.querySelectorAll("svg")) {
    if (svg.getAttribute("aria-hidden") === "true") continue;
    const label = svg.getAttribute("aria-label") ?? (svg.getAttribute("aria-labelledby") ?? "").split(" ").map((id) => document.getElementById(id)?.textContent ?? "").join(" ");
    if (label.trim().length < 5) found.push(["chart", `without words: ${svg.outerHTML.slice(0, 120)}`]);
    if (!svg.classList.contains("chart")) continue;
    const table = svg.closest("figure")?.querySelector("table");
    if (!table) { found.push(["chart", `without a table: ${label}`]); continue; }
    const rows = [...table.querySelectorAll("tbody tr")];
    const marks = [...svg.querySelectorAll("g:not(.mark) > title, a > title")].map((title) => title.parentElement);
    if (svg.classList.contains("heat")) {
      const width = rows[0].querySelectorAll("td").length;
      const cells = Array.from({ length: width }, (_, column) => rows.map((row) => row.querySelectorAll("td")[column].textContent.trim())).flat();
      if (cells.length !== marks.length) found.push(["chart", `${marks.length} squares, ${cells.length} cells: ${label}`]);
      marks.forEach((mark, index) => {
        const said = mark.querySelector("title").textContent;
        if (/\d/.test(cells[index]) && !tokens(said).includes(cells[index])) found.push(["chart", `"${said}" is drawn, "${cells[index]}" is in the table`]);
      });
      continue;
    }
    if (marks.length > 0 && rows.length !== marks.length) found.push(["chart", `${marks.length} marks, ${rows.length} rows: ${label}`]);
    const bars = [];
    marks.slice(0, rows.length).forEach((mark, index) => {
      // What was noted of a column follows after two spaces; it is no figure of the table.
      const said = tokens(mark.querySelector("title").textContent.split("  ")[0]);
      const written = tokens(rows[index].textContent.replace(/<\/t[hd]>/g, " ") + " " + [...rows[index].cells].map((cell) => cell.textContent).join(" | "));
      const lacking = said.filter((token) => !written.includes(token));
      if (lacking.length > 0) found.push(["chart", `${lacking.join(", ")} of "${mark.querySelector("title").textContent}" is not in the row "${[...rows[index].cells].map((cell) => cell.textContent).join(" | ")}"`]);
      const bar = mark.querySelector("rect.sales");
      const value = said.find((token) => /[¥£$€]/.test(token));
      if (bar && value) bars.push([Math.abs(amount(value)), Number(bar.getAttribute("height"))]);
    });
    // What is drawn is as high as what is written is large.
    const [most, height] = bars.reduce((a, b) => (b[0] > a[0] ? b : a), [0, 0]);
    for (const [value, drawn] of bars) {
      if (Math.abs(drawn - (value / most) * height) > 1.1) found.push(["chart", `a bar of ${drawn} for ${value}, though ${height} stands for ${most}: ${label}`]);
    }
    const line = [...svg.querySelectorAll("path.now-line")].map((path) => path.getAttribute("d")).find((d) => !d.includes("H"))?.match(/[\d.]+ [\d.]+/g)?.map((point) => Number(point.split(" ")[1]));
    const course = rows.map((row) => tokens(row.cells[1].textContent)[0]).filter((token) => token !== undefined).map(amount);
    if (line && (line.length !== course.length || line.some((y, index) => index > 0 && Math.sign(line[index - 1] - y) !== Math.sign(course[index] - course[index - 1]) && Math.abs(line[index - 1] - y) > 0.2))) {
      found.push(["chart", `the line has ${line.length} points and the table ${course.length}, or they differ in course: ${label}`]);
    }
  }
  return found;
}
