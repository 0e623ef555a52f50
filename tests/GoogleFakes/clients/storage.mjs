// Drives a bucket with Google's own client: node storage.mjs ENDPOINT WORK_DIRECTORY [emulator]
// With "emulator" the endpoint goes in by STORAGE_EMULATOR_HOST, which makes the client use other paths.
import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Storage } from '@google-cloud/storage';

const [endpoint, directory, way] = process.argv.slice(2);
if (way === 'emulator') {
  process.env.STORAGE_EMULATOR_HOST = endpoint;
}

const storage = new Storage(way === 'emulator' ? { projectId: 'p1' } : { projectId: 'p1', apiEndpoint: endpoint });
const [bucket] = await storage.createBucket(`node-${way ?? 'endpoint'}`);
const refused = (status) => (error) => Number(error.status ?? error.code) === status;
const sha256 = (bytes) => createHash('sha256').update(bytes).digest('hex');

// Saved whole: by one request, and by a session in one go.
const small = randomBytes(3_000);
await bucket.file('dir/small one.bin').save(small, { resumable: false, metadata: { contentType: 'text/csv', metadata: { shop: '渋谷' } } });
await bucket.file('dir/session').save(small);
const [metadata] = await bucket.file('dir/small one.bin').getMetadata();
assert.equal(metadata.contentType, 'text/csv');
assert.equal(metadata.metadata.shop, '渋谷');
assert.equal(Number(metadata.size), small.length);

// Uploaded in chunks, and down again as a file and as a range; the client compares checksums.
const large = randomBytes(2_500_000);
await writeFile(join(directory, 'large'), large);
await bucket.upload(join(directory, 'large'), { destination: 'dir/large', chunkSize: 1024 * 1024 });
await bucket.file('dir/large').download({ destination: join(directory, 'back'), validation: 'crc32c' });
assert.equal(sha256(await readFile(join(directory, 'back'))), sha256(large));
const [range] = await bucket.file('dir/large').download({ start: 1_000, end: 1_999 });
assert.deepEqual(range, large.subarray(1_000, 2_000));

// Preconditions.
const [{ generation }] = await bucket.file('dir/large').getMetadata();
await assert.rejects(bucket.file('dir/large').save('other', { preconditionOpts: { ifGenerationMatch: 0 } }), refused(412));
await bucket.file('dir/large').setMetadata({ contentLanguage: 'ja' }, { ifGenerationMatch: generation });

// Lists: whole, and folded at a delimiter in pages.
const [files] = await bucket.getFiles({ prefix: 'dir/' });
assert.deepEqual(files.map((file) => file.name), ['dir/large', 'dir/session', 'dir/small one.bin']);
const [page, next] = await bucket.getFiles({ maxResults: 2, autoPaginate: false });
assert.deepEqual([page.map((file) => file.name), typeof next.pageToken], [['dir/large', 'dir/session'], 'string']);
const [, , folded] = await bucket.getFiles({ delimiter: '/', autoPaginate: false });
assert.deepEqual(folded.prefixes, ['dir/']);

// Copied, composed, removed.
await bucket.file('dir/session').copy(bucket.file('copy'));
await bucket.combine(['copy', 'dir/large'], 'both');
const [both] = await bucket.file('both').download();
assert.equal(sha256(both), sha256(Buffer.concat([small, large])));
await bucket.deleteFiles();
assert.deepEqual((await bucket.getFiles())[0], []);
await assert.rejects(bucket.file('dir/large').download(), refused(404));
await bucket.delete();
console.log('ok');
