// Validates profiles against their JSON Schema as an editor would. Reads a question from standard input, writes the answer to
// standard output:
//   { schema, profiles: [yaml], probes: [{ profile, path: [key or place], known: [key] }] }
//   { errors: [[text] of each profile], unused: [key no profile has], disagreements: [text] }
// A probe says which keys the reader knows at one place; every key of the schema is put there, and the schema has to refuse
// exactly those the reader does not know.
import Ajv from 'ajv/dist/2020.js';
import { parse } from 'yaml';

let text = '';
for await (const chunk of process.stdin.setEncoding('utf8')) text += chunk;
const { schema, profiles, probes } = JSON.parse(text);

const closed = [];
const names = new Set();
const visit = (node, at) => {
  if (node === null || typeof node !== 'object') return;
  if (!Array.isArray(node) && node.additionalProperties === false) {
    for (const [name, property] of Object.entries(node.properties ?? {})) {
      names.add(name);
      if (typeof property === 'object') closed.push([(property.$comment = `${at}.${name}`), property]);
    }
  }
  for (const [key, value] of Object.entries(node)) visit(value, at === '' ? key : `${at}.${key}`);
};
visit(schema.$defs, '');

const used = new Set();
const ajv = new Ajv({ allErrors: true, strict: true, strictTypes: false, strictRequired: false, $comment: (comment) => used.add(comment), validateFormats: false });
const validate = ajv.compile(schema);

const instances = profiles.map((profile) => { try { return parse(profile); } catch (error) { return error; } });
const errors = instances.map((instance) =>
  instance instanceof Error ? [String(instance)] : validate(instance) ? [] : validate.errors.map((error) => `${error.instancePath} ${error.message} ${JSON.stringify(error.params)}`));
const unused = closed.map(([comment]) => comment).filter((comment) => !used.has(comment));

const disagreements = [];
for (const { profile, path, known } of probes ?? []) {
  const at = path.reduce((node, key) => node[key], instances[profile]);
  const pointer = path.map((key) => `/${String(key).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
  for (const name of names) {
    if (Object.hasOwn(at, name)) continue;
    at[name] = null;
    validate(instances[profile]);
    delete at[name];
    const refused = validate.errors.some((error) =>
      (error.instancePath === pointer && (error.params.additionalProperty === name || (error.keyword === 'dependentRequired' && error.params.property === name)))
      || (error.instancePath === `${pointer}/${name}` && error.keyword === 'false schema'));
    if (refused === known.includes(name)) {
      disagreements.push(`${instances[profile].id} at '${path.join('.')}': '${name}' is ${refused ? 'not in the schema, but the reader asks for it' : 'in the schema, but the reader does not know it'}`);
    }
  }
}

process.stdout.write(JSON.stringify({ errors, unused, disagreements }));
