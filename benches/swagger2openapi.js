// Compares Swagger 2.0 documents as `openapi-build` converts them with what npm's swagger2openapi makes of them: prints how
// often each kind of difference occurs, with the first place of each, and every difference of no known kind; SHOW=KIND prints
// every place of a kind. Called by swagger2openapi.sh, with the folder of our conversions and the documents.
'use strict';

const fs = require('fs');
const path = require('path');

const home = process.env.SWAGGER2OPENAPI;
const converter = require(path.join(home, 'node_modules/swagger2openapi'));
const yaml = require(path.join(home, 'node_modules/js-yaml'));

const is = (value) => value !== undefined;
const isObject = (value) => value !== null && typeof value === 'object' && !Array.isArray(value);
const text = (value) => JSON.stringify(value) ?? '';
const escape = (key) => key.replace(/~/g, '~0').replace(/\//g, '~1');

// The kinds: a name, which docs/swagger.md has, and whether a difference is of that kind. The first that fits counts.
const KINDS = [
    ['version', ({ at }) => at === '/openapi'],
    ['marker', ({ key }) => key.startsWith('x-s2o-')],
    ['extension', ({ key, theirs }) => key.startsWith('x-openapi-build-') && !is(theirs)],
    ['server', ({ at }) => /\/servers(\/|$)/.test(at)],
    ['shared response', ({ shared, at, ours }) =>
        (shared && /\/responses\/[^/]+$/.test(at)) || (/^\/components\/responses(\/[^/]+)?$/.test(at) && !is(ours))],
    ['media types of a shared response', ({ at, document }) =>
        /^\/paths\/.*\/responses\/[^/]+\/content\/[^/]+$/.test(at) && response(document, at).$ref?.includes('/responses/')],
    ['shared body', ({ shared, at }) => (shared && at.endsWith('/requestBody')) || /^\/components\/requestBodies(\/|$)/.test(at)],
    ['schema as a response', ({ at, document }) =>
        /\/responses\/[^/]+\/(\$ref|description|content)$/.test(at) && response(document, at).$ref?.includes('/definitions/')],
    ['examples', ({ at }) => /\/responses\/.*\/(content\/[^/]+\/examples?|x-examples)$/.test(at)],
    ['example of another media type', ({ at, ours, theirs }) =>
        /\/responses\/.*\/content\/[^/]+$/.test(at) && !is(ours) && isObject(theirs) && text(Object.keys(theirs)) === '["examples"]'],
    ['example of a body', ({ at, theirs }) => /\/requestBody\/content\/[^/]+\/example$/.test(at) && !is(theirs)],
    ['empty value', ({ key, theirs }) => key === 'x-allowEmptyValue' && !is(theirs)],
    ['lists in forms', ({ at, theirs }) => /\/content\/[^/]+\/encoding$/.test(at) && !is(theirs)],
    ['list style', ({ key }) => ['style', 'explode'].includes(key)],
    ['body of a path item', ({ at, ours, theirs, document }) =>
        (at.endsWith('/requestBody') && is(ours) && !is(theirs) && sharesBody(document, at)) ||
        (/^\/paths\/[^/]+\/parameters$/.test(at) && text(theirs) === '[]')],
    ['several bodies', ({ at, document }) => /\/requestBody\//.test(at) && bodies(document, at) > 1],
    ['file in a form', ({ at, ours, theirs }) => /\/requestBody\/content\/[^/]+$/.test(at) && text(ours ?? theirs).includes('"binary"')],
    ['absent media types', ({ at, document }) => /\/content\/[^/]+$/.test(at) && statesNone(document, at)],
    ['schema beside an example', ({ at, theirs }) => /\/content\/[^/]+\/schema$/.test(at) && !is(theirs)],
    ['file as a response', ({ at, key, ours, theirs }) =>
        /\/responses\/.*\/schema\/(type|format|\$ref)$/.test(at) && (key === '$ref' ? !is(ours) : !is(theirs))],
    ['reference into a schema', ({ at, ours, theirs }) =>
        (at.endsWith('/$ref') && text(theirs).includes('/')) || (/^\/components\/schemas\/[^/]+$/.test(at) && (!is(ours) || !is(theirs)))],
    ['bare reference', ({ at, theirs }) => at.endsWith('/$ref') && !text(theirs).includes('/')],
    ['nullable beside a reference', ({ key, ours, theirs }) => ['anyOf', 'allOf', 'nullable'].includes(key) && (!is(ours) || !is(theirs))],
];

// The operation of the published document that holds the place `at`, and its path item.
function holder(document, at) {
    const [, , item, method] = at.split('/').map((token) => token.replace(/~1/g, '/').replace(/~0/g, '~'));
    const holds = document.paths?.[item] ?? {};
    return [holds, holds[method] ?? {}];
}

const resolved = (document, parameter) => document.parameters?.[(parameter.$ref ?? '').split('/').pop()] ?? parameter;
const isBody = (parameter) => ['body', 'formData'].includes(parameter.in);
const sharesBody = (document, at) => (holder(document, at)[0].parameters ?? []).some((it) => isBody(resolved(document, it)));

// The response of the published document that holds the place `at`.
function response(document, at) {
    const status = /\/responses\/([^/]+)/.exec(at)?.[1];
    return holder(document, at)[1].responses?.[status] ?? {};
}

// Whether neither the operation that holds the place `at` nor its document states media types.
function statesNone(document, at) {
    const key = at.includes('/responses/') ? 'produces' : 'consumes';
    return !holder(document, at)[1][key]?.length && !document[key]?.length;
}

// How many bodies the parameters of an operation stand for: the fields of a form are one.
function bodies(document, at) {
    const [item, operation] = holder(document, at);
    const all = [...(item.parameters ?? []), ...(operation.parameters ?? [])].map((it) => resolved(document, it));
    const form = all.some((it) => it.in === 'formData') ? 1 : 0;
    return form + all.filter((it) => it.in === 'body').length;
}

// What a reference to a component leads to.
function target(document, value) {
    const [, , section, name] = (value?.$ref ?? '').split('/');
    return document.components?.[section]?.[name];
}

function compare(documents, ours, theirs, at, found) {
    if (text(ours) === text(theirs)) return;
    const place = { at, key: at.split('/').pop(), ours, theirs, document: documents.published };
    if (isObject(ours) && isObject(theirs)) {
        const refers = [ours, theirs].map((value) => /#\/components\/(responses|requestBodies)\//.test(value.$ref ?? ''));
        if (refers[0] !== refers[1]) {
            found.push({ ...place, shared: true });
            const whole = [target(documents.ours, ours) ?? ours, target(documents.theirs, theirs) ?? theirs];
            return compare(documents, ...(refers[0] ? [whole[0], theirs] : [ours, whole[1]]), at, found);
        }
        for (const key of new Set([...Object.keys(ours), ...Object.keys(theirs)])) {
            compare(documents, ours[key], theirs[key], `${at}/${escape(key)}`, found);
        }
    } else if (Array.isArray(ours) && Array.isArray(theirs) && ours.length === theirs.length) {
        ours.forEach((item, index) => compare(documents, item, theirs[index], `${at}/${index}`, found));
    } else {
        found.push(place);
    }
}

async function differences(file, folder) {
    const published = yaml.load(fs.readFileSync(file, 'utf8'));
    // As a text, which the converter cannot change.
    const copy = JSON.parse(JSON.stringify(published));
    const theirs = (await converter.convertObj(copy, { patch: true, warnOnly: true })).openapi;
    const ours = JSON.parse(fs.readFileSync(path.join(folder, `${path.basename(file)}.json`), 'utf8'));
    const found = [];
    compare({ published, ours, theirs }, ours, theirs, '', found);
    return found;
}

async function main([folder, ...files]) {
    const named = fs.readFileSync(path.join(__dirname, '../docs/swagger.md'), 'utf8');
    const unnamed = KINDS.map(([name]) => name).filter((name) => !named.includes(`| ${name} |`));
    const counts = new Map();
    let others = 0;
    for (const file of files) {
        let found;
        try {
            found = await differences(file, folder);
        } catch (error) {
            console.log(`${path.basename(file)}: not compared: ${error.message}`);
            others += 1;
            continue;
        }
        console.log(`${path.basename(file)}: ${found.length} differences`);
        for (const difference of found) {
            const kind = KINDS.find(([, is]) => is(difference))?.[0];
            if (kind === process.env.SHOW) console.log(`  ${kind}: ${difference.at}`);
            if (kind) {
                const count = counts.get(kind) ?? { count: 0, first: `${path.basename(file)}#${difference.at}` };
                counts.set(kind, { ...count, count: count.count + 1 });
            } else {
                others += 1;
                const [ours, theirs] = [difference.ours, difference.theirs].map((value) => text(value).slice(0, 200));
                console.log(`  of no known kind: ${difference.at}\n    ours:   ${ours}\n    theirs: ${theirs}`);
            }
        }
    }
    for (const [kind] of KINDS.filter(([kind]) => counts.has(kind))) {
        const { count, first } = counts.get(kind);
        console.log(`${String(count).padStart(6)}  ${kind}, first at ${first}`);
    }
    unnamed.forEach((name) => console.log(`docs/swagger.md does not name \`${name}\``));
    process.exitCode = others + unnamed.length === 0 ? 0 : 1;
}

main(process.argv.slice(2));
