// Drives a dataset with Google's own client: node bigquery.mjs ENDPOINT WORK_DIRECTORY [emulator]
// With "emulator" the endpoint goes in by BIGQUERY_EMULATOR_HOST, which makes the client use other paths.
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { OAuth2Client } from 'google-auth-library';

const [endpoint, directory, way] = process.argv.slice(2);
if (way === 'emulator') {
  process.env.BIGQUERY_EMULATOR_HOST = endpoint;
}

const { BigQuery } = await import('@google-cloud/bigquery');
// A custom endpoint alone turns authentication off, and with it the headers an upload needs.
const authClient = new OAuth2Client();
authClient.setCredentials({ access_token: 'fake', expiry_date: Date.now() + 3_600_000 });
const bigquery = new BigQuery({ projectId: 'p1', authClient, useAuthWithCustomEndpoint: true, ...(way === 'emulator' ? {} : { apiEndpoint: endpoint }) });
const [dataset] = await bigquery.createDataset(`node_${way ?? 'endpoint'}`);

// Tables, and what is wrong with them.
const fields = [
  { name: 'shop', type: 'STRING', mode: 'REQUIRED' },
  { name: 'line', type: 'INT64' },
  { name: 'amount', type: 'NUMERIC' },
  { name: 'sold_at', type: 'TIMESTAMP' },
  { name: 'day', type: 'DATE' },
  { name: 'tags', type: 'STRING', mode: 'REPEATED' },
  { name: 'place', type: 'RECORD', fields: [{ name: 'floor', type: 'INT64' }, { name: 'seen', type: 'TIMESTAMP' }] },
];
const [table] = await dataset.createTable('sale', { schema: { fields }, timePartitioning: { type: 'DAY', field: 'day' }, clustering: { fields: ['shop'] } });
await assert.rejects(dataset.createTable('sale', { schema: { fields } }), (error) => error.code === 409 && error.errors[0].reason === 'duplicate');
await assert.rejects(dataset.table('nowhere').getMetadata(), (error) => error.code === 404 && error.errors[0].reason === 'notFound');
await assert.rejects(dataset.delete(), (error) => error.code === 400 && error.errors[0].reason === 'resourceInUse');

// Loaded from a file, with every kind of value.
const file = join(directory, 'sale.ndjson');
await writeFile(file, [
  { shop: '渋谷', line: '9223372036854775807', amount: '1.000000001', sold_at: '2024-03-10T12:34:56.123456Z', day: '2024-03-10', tags: ['a', 'b'], place: { floor: 1, seen: 0 } },
  { shop: 'b', line: 2 },
].map((row) => JSON.stringify(row)).join('\n'));
const [load] = await table.load(file, { sourceFormat: 'NEWLINE_DELIMITED_JSON' });
assert.equal(load.status.state, 'DONE');
assert.equal(load.statistics.load.outputRows, '2');
await writeFile(file, '{"shop":"c","line":1}\n{"shop":"d","line":"x"}\n');
await assert.rejects(table.load(file, { sourceFormat: 'NEWLINE_DELIMITED_JSON' }), /Could not convert value to int64\. Field: line; Value: x/);

// Inserted; what is refused names its row.
await table.insert([{ shop: 'c', line: 3, sold_at: bigquery.timestamp('1960-12-31T23:59:59.25Z'), place: { floor: 2 } }]);
await assert.rejects(table.insert([{ shop: 'd', lines: 3 }, { shop: 'e' }]), (error) => {
  assert.equal(error.name, 'PartialFailureError');
  assert.deepEqual(error.errors.map((row) => row.errors[0].reason).sort(), ['invalid', 'stopped']);
  return true;
});

// The client writes 6 or 9 decimals.
const instant = (timestamp) => timestamp.value.replace(/(?<=\.\d{6})(000)?Z$/, '');

// Read back row by row, and in pages.
const [rows] = await table.getRows({ wrapIntegers: true });
assert.equal(rows.length, 3);
assert.equal(rows[0].line.value, '9223372036854775807');
assert.equal(rows[0].amount.toString(), '1.000000001');
assert.equal(instant(rows[0].sold_at), '2024-03-10T12:34:56.123456');
assert.deepEqual(rows[0].tags, ['a', 'b']);
assert.equal(new Date(rows[2].sold_at.value).getTime(), Date.UTC(1960, 11, 31, 23, 59, 59, 250));
const [numbers] = await bigquery.query('SELECT n FROM UNNEST(GENERATE_ARRAY(1, 25000)) AS n ORDER BY n');
assert.deepEqual([numbers.length, numbers[0].n, numbers[24_999].n], [25_000, 1, 25_000]);

// Asked, with parameters and without.
const [found] = await bigquery.query({
  query: `SELECT shop, line, @unknown AS unknown FROM \`p1.${dataset.id}.sale\` WHERE line IN UNNEST(@lines) AND shop = @shop AND (day IS NULL OR day > @day) ORDER BY line`,
  params: { lines: [2, 3], shop: 'b', day: bigquery.date('2024-01-01'), unknown: null },
  types: { lines: ['INT64'], shop: 'STRING', day: 'DATE', unknown: 'STRING' },
});
assert.deepEqual(found, [{ shop: 'b', line: 2, unknown: null }]);
await assert.rejects(bigquery.query(`SELECT shp FROM ${dataset.id}.sale`), (error) =>
  error.code === 400 && error.errors[0].reason === 'invalidQuery' && error.message.includes('Unrecognized name: shp at [1:8]'));

// A job of its own name, and once only.
const [job] = await bigquery.createQueryJob({ query: `SELECT MAX(sold_at) AS sold_at FROM ${dataset.id}.sale`, jobId: `once_${way ?? 'endpoint'}` });
const [[newest]] = await job.getQueryResults();
assert.equal(instant(newest.sold_at), '2024-03-10T12:34:56.123456');
await assert.rejects(bigquery.createQueryJob({ query: 'SELECT 1', jobId: job.id }), (error) => error.code === 409);
const [dry] = await bigquery.createQueryJob({ query: `SELECT line FROM ${dataset.id}.sale`, dryRun: true });
assert.equal(dry.metadata.statistics.totalBytesProcessed, '24');

// Columns are added, never dropped.
await table.setMetadata({ schema: { fields: [...fields, { name: 'note', type: 'STRING' }] } });
await assert.rejects(table.setMetadata({ schema: { fields: fields.slice(1) } }), (error) => error.code === 400);
const [[noted]] = await bigquery.query(`SELECT COUNT(note) AS notes, COUNT(*) AS sales FROM ${dataset.id}.sale`);
assert.deepEqual(noted, { notes: 0, sales: 3 });
await dataset.delete({ force: true });
console.log('ok');
