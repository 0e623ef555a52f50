// Reads [{name, sql}] as JSON from a file: node bigquery-grammar.mjs FILE; writes the names the BigQuery grammar of node-sql-parser refuses, with why.
import { readFileSync } from 'node:fs';
import parser from 'node-sql-parser/build/bigquery.js';

const grammar = new parser.Parser();
const refused = [];
for (const { name, sql } of JSON.parse(readFileSync(process.argv[2], 'utf8'))) {
  try {
    grammar.astify(sql, { database: 'bigquery' });
  } catch (error) {
    refused.push({ name, why: String(error.message).split('\n')[0], at: error.location?.start });
  }
}

process.stdout.write(JSON.stringify(refused));
