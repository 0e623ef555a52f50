// Runs what axe finds wrong, shortened to [rule, what].
async (options) => {
  const answer = await axe.run(document, options);
  return answer.violations.flatMap((rule) => rule.nodes.map((node) =>
    [rule.id, `${node.target.join(" ")} ${node.html.replace(/\s+/g, " ").slice(0, 160)} ${(node.any[0] ?? node.all[0] ?? node.none[0])?.message ?? ""}`]));
}
