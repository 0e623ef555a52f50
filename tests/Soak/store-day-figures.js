// Prints every store-day and target of the demo chain that the API serves, without its time of computation. Usage: node store-day-figures.js DEMO_JSON
const demo = JSON.parse(require('fs').readFileSync(process.argv[2]));
const { login, password } = demo.tenants[0].logins[0];
(async () => {
  const session = await fetch(demo.api + '/v1/session', { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ login, password }) });
  const headers = { cookie: session.headers.get('set-cookie').split(';')[0] };
  const get = async path => (await fetch(demo.api + path, { headers })).json();
  const days = await get('/v1/kpis/store-day?from=2026-11-01&to=2026-11-14&limit=1000');
  const targets = await get('/v1/targets?from=2026-11-01&to=2026-11-14&limit=1000');
  if (days.items.length !== 280) throw new Error(`${days.items.length} store-days instead of 280`);
  for (const row of [...days.items, ...targets.items]) console.log(JSON.stringify({ ...row, computed_at: undefined }));
})();
