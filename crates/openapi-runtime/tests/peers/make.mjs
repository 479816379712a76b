// Prints the cases and what is sent for each, as JSON. `differs` says why the runtime sends something else.
import { createQuerySerializer, defaultPathSerializer } from "openapi-fetch";
import qs from "qs";

const list = ["b,l", "gré en", "x&y"];
const object = { R: 100, G: "2/0", "a b": "é" };
const nested = { created: { gte: 1, lt: 9 }, ids: ["x", "y z"], on: true };
const rows = { rows: [{ k: 1, l: 2 }, { k: 3 }] };
const cases = [];

// As fetch writes it, whose URLs have no spaces.
const inPath = (text) => new URL(`http://localhost/${text}`).pathname.slice(1);
const inQuery = (text) => new URL(`http://localhost/?${text}`).search.slice(1);

// Paths: openapi-fetch writes the styles of RFC 6570.
for (const [style, template] of [
  ["Simple", "{a}"], ["SimpleExploded", "{a*}"], ["Label", "{.a}"], ["LabelExploded", "{.a*}"], ["Matrix", "{;a}"],
  ["MatrixExploded", "{;a*}"],
]) {
  for (const value of ["blue sky", 5, list, object]) {
    const sent = inPath(defaultPathSerializer(template, { a: value }));
    cases.push({ peer: "openapi-fetch", place: "path", style, value, sent });
  }
}

// Queries.
for (const [style, as, explode] of [
  ["FormExploded", "form", true], ["Form", "form", false], ["SpaceDelimited", "spaceDelimited", false],
  ["PipeDelimited", "pipeDelimited", false],
]) {
  const serialize = createQuerySerializer({ array: { style: as, explode }, object: { style: "form", explode } });
  for (const value of ["blue sky", 5, list]) {
    cases.push({ peer: "openapi-fetch", place: "query", style, value, sent: inQuery(serialize({ a: value })) });
  }
  if (as === "form") {
    cases.push({ peer: "openapi-fetch", place: "query", style, value: object, sent: inQuery(serialize({ a: object })) });
  }
}
const deep = createQuerySerializer({ object: { style: "deepObject", explode: true } });
const flat = { R: 100, G: "2/0" };
cases.push({ peer: "openapi-fetch", place: "query", style: "DeepObject", value: flat, sent: inQuery(deep({ a: flat })) });
const reserved = createQuerySerializer({ allowReserved: true });
for (const value of ["/a?b=c:@!$'()*,;[]", "a b&c#d"]) {
  const differs = value.includes("#") && "`&` and `#` would end the value";
  const sent = inQuery(reserved({ a: value }));
  cases.push({ peer: "openapi-fetch", place: "query", style: "Reserved", value, sent, ...(differs && { differs }) });
}

// Brackets: those of qs.
for (const [style, arrayFormat] of [["Brackets", "brackets"], ["Repeat", "repeat"], ["Indices", "indices"]]) {
  for (const value of ["blue sky", list, nested, rows]) {
    cases.push({ peer: "qs", place: "query", style, value, sent: qs.stringify({ a: value }, { arrayFormat }) });
  }
}
for (const value of [list, nested, rows]) {
  const differs = value === rows && "PHP would make each pair an item of its own";
  const sent = qs.stringify({ a: value }, { arrayFormat: "brackets" });
  cases.push({ peer: "qs", place: "query", style: "DeepObject", value, sent, ...(differs && { differs }) });
}
for (const value of [5, list, { k: "v w" }]) {
  cases.push({ peer: "qs", place: "query", style: "Field", value, sent: qs.stringify({ a: value }, { arrayFormat: "repeat" }) });
}

// The headers of files.
for (const [name, filename, type] of [["a", "logo.png", "image/png"], ['a "b"', 'é "c"\r\n.png', "image/png"], ["a", "blob", ""]]) {
  const form = new FormData();
  form.append(name, new Blob(["bytes"], { type }), filename);
  const text = await new Response(form).text();
  const sent = text.slice(text.indexOf("\r\n") + 2, text.indexOf("\r\n\r\n"));
  cases.push({ peer: "Node.js", place: "file", value: { name, filename, type }, sent });
}

console.log("[\n" + cases.map((one) => "  " + JSON.stringify(one)).join(",\n") + "\n]");
