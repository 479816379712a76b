//! What is wrong in a definition and has a meaning costs nothing: each row has a definition of its own, what its client must
//! say, and the warnings that it must have and no other. rustc checks all the clients.

use openapi_build::diagnostic::Severity;
use openapi_build::pipeline::{Loaded, Output};
use testing::rustc;

/// A definition that is taken or repaired.
struct Row {
    name: &'static str,
    /// The files; the first one is the document.
    files: Vec<(&'static str, String)>,
    /// Parts of the client, white space aside.
    has: &'static [&'static str],
    /// What the client must not have.
    lacks: &'static [&'static str],
    /// The code and a part of the message of each warning, in the order of the report.
    warnings: &'static [(&'static str, &'static str)],
}

impl Row {
    fn generate(&self) -> Output {
        let folder = tempfile::tempdir().expect("a temporary folder");
        for (name, text) in &self.files {
            std::fs::write(folder.path().join(name), text).expect("a file");
        }
        let path = folder.path().join(self.files[0].0);
        Loaded::path(&path)
            .and_then(|loaded| loaded.generate())
            .unwrap_or_else(|error| panic!("{}: {error}", self.name))
    }

    /// What is wrong with the client and its report.
    fn problems(&self, output: &Output) -> Vec<String> {
        let code = compact(&output.code);
        let has = self.has.iter().filter(|part| !code.contains(&compact(part))).map(|part| format!("lacks {part}"));
        let lacks = self.lacks.iter().filter(|part| code.contains(&compact(part))).map(|part| format!("has {part}"));
        let found: Vec<_> = output.diagnostics.iter().filter(|found| found.severity == Severity::Warning).collect();
        let fits = found.len() == self.warnings.len()
            && found.iter().zip(self.warnings).all(|(it, (code, part))| it.code == *code && it.message.contains(part));
        let warned = (!fits).then(|| format!("warns of {found:#?}"));
        has.chain(lacks).chain(warned).map(|problem| format!("{}: {problem}", self.name)).collect()
    }
}

/// `text` with all white space, and commas before a bracket, in one form.
fn compact(text: &str) -> String {
    let text: String = text.split_whitespace().collect();
    text.replace(",)", ")").replace(",}", "}").replace(",]", "]")
}

/// A document with those paths, and whatever follows them.
fn document(version: &str, rest: &str) -> String {
    format!("openapi: {version}\ninfo: {{title: t, version: '1'}}\n{rest}")
}

/// A document whose only operation takes and gives the component `S`, which stands in `schemas`, indented by four.
fn echo(version: &str, schemas: &str) -> String {
    let content = "content: {application/json: {schema: {$ref: '#/components/schemas/S'}}}";
    document(
        version,
        &format!(
            "paths:\n  /a:\n    post:\n      operationId: a\n      requestBody: {{{content}}}\n      responses: {{'200': {{description: d, {content}}}}}\ncomponents:\n  schemas:\n{schemas}"
        ),
    )
}

fn one(text: String) -> Vec<(&'static str, String)> {
    vec![("api.yaml", text)]
}

fn references() -> Vec<Row> {
    let answer =
        "{description: d, content: {application/json: {schema: {type: object, properties: {x: {type: string}}}}}}";
    let whole = document(
        "3.0.3",
        &format!(
            "paths:\n  /a/{{id}}:\n    get:\n      parameters: [{{name: id, in: path, required: true, schema: {{type: integer, format: int32}}}}]\n      responses: {{'200': {answer}}}\n  /b/{{id}}: {{get: {{$ref: '#/paths/~1a~1%7Bid%7D/get'}}}}\n"
        ),
    );
    let far = document(
        "3.0.3",
        "paths: {/a: {get: {operationId: a, responses: {'200': {description: d, content: {application/json: {schema: {$ref: 'other.yaml#/paths/~1z/get/responses/200/content/application~1json/schema'}}}}}}}}\n",
    );
    let other = document("3.0.3", &format!("paths: {{/z: {{get: {{responses: {{'200': {answer}}}}}}}}}\n"));
    let kinds = document(
        "3.0.3",
        "\
paths:
  /a:
    get:
      operationId: a
      responses:
        '200': {$ref: '#/components/requestBodies/B'}
        '400': {description: d, headers: {X-P: {$ref: '#/components/parameters/P'}}}
    post:
      operationId: b
      parameters: [{$ref: '#/components/headers/H'}]
      requestBody: {$ref: '#/components/responses/R'}
      responses: {'204': {$ref: '#/components/parameters/P'}}
  /b: {$ref: '#/paths/~1a/get'}
components:
  headers: {H: {schema: {type: string}}}
  parameters: {P: {name: p, in: query, schema: {type: integer, format: int32}}}
  requestBodies: {B: {content: {application/json: {schema: {$ref: '#/components/schemas/S'}}}}}
  responses: {R: {description: d, content: {application/json: {schema: {$ref: '#/components/schemas/S'}}}}}
  schemas: {S: {type: object, properties: {x: {type: string}}}}
",
    );
    vec![
        Row {
            name: "an-operation-of-another-path",
            files: one(whole),
            has: &["pub fn get_a_id(&self, id: i32)", "pub fn get_b_id(&self, id: i32)"],
            lacks: &["serde_json::Value>"],
            warnings: &[],
        },
        Row {
            name: "a-node-in-an-operation-of-another-file",
            files: vec![("api.yaml", far), ("other.yaml", other)],
            has: &["pub x: Option<String>"],
            lacks: &["serde_json::Value>"],
            warnings: &[],
        },
        Row {
            name: "objects-of-other-kinds",
            files: one(kinds),
            has: &["pub struct S", "pub x_p: Option<i32>", "pub fn b(&self)"],
            lacks: &["serde_json::Value>", "pub fn h("],
            warnings: &[
                ("Q036", "is read as the response"),
                ("Q036", "is read as the header"),
                ("Q036", "is read as the request body"),
                ("Q037", "leads to a header, where a parameter belongs; the parameter is left out"),
                ("Q037", "leads to a parameter, where a response belongs; nothing but its status is known"),
                ("Q037", "leads to an operation, where a path item belongs"),
            ],
        },
    ]
}

fn paths() -> Vec<Row> {
    let done = "responses: {'204': {description: d}}";
    let integer = "in: path, required: true, schema: {type: integer, format: int32}";
    let spelling = document(
        "3.0.3",
        &format!(
            "paths:\n  /a/{{UserID}}/{{order-id}}: {{get: {{operationId: a, parameters: [{{name: userId, {integer}}}, {{name: order_id, {integer}}}], {done}}}}}\n"
        ),
    );
    let alike = document(
        "3.0.3",
        &format!(
            "paths:\n  /c/{{a}}: {{get: {{operationId: getA, parameters: [{{name: a, {integer}}}], {done}}}}}\n  /c/{{b}}: {{get: {{operationId: getB, parameters: [{{name: b, {integer}}}], {done}}}, put: {{operationId: putB, parameters: [{{name: b, {integer}}}], {done}}}}}\n"
        ),
    );
    let headers = |security: &str| {
        document(
            "3.0.3",
            &format!(
                "{security}paths:\n  /a: {{get: {{operationId: a, parameters: [{{name: Authorization, in: header, required: true, schema: {{type: string}}}}, {{name: content-type, in: header, required: true, schema: {{type: string}}}}], {done}}}}}\n"
            ),
        )
    };
    let unmet = document(
        "3.0.3",
        &format!(
            "\
paths:
  /gone: {{get: {{operationId: gone, security: [{{gone: []}}], {done}}}}}
  /odd: {{get: {{operationId: odd, security: [{{odd: []}}], {done}}}}}
  /other: {{get: {{operationId: other, security: [{{other: []}}], {done}}}}}
components:
  securitySchemes:
    gone: {{$ref: '#/components/securitySchemes/None'}}
    odd: {{type: odd}}
"
        ),
    );
    let secured = "security: [{k: []}]\ncomponents: {securitySchemes: {k: {type: http, scheme: bearer}}}\n";
    vec![
        Row {
            name: "parameters-that-are-spelled-in-another-way",
            files: one(spelling),
            has: &["pub fn a(&self, user_id: i32, order_id: i32)", r#".path("UserID","#, r#".path("order-id","#],
            lacks: &[r#".path("userId""#],
            warnings: &[("Q033", "it is read as `UserID`"), ("Q033", "it is read as `order-id`")],
        },
        Row {
            name: "paths-that-differ-only-in-names",
            files: one(alike),
            has: &["pub fn get_a(&self, a: i32)", "pub fn get_b(&self, b: i32)", "pub fn put_b(&self, b: i32)"],
            lacks: &[],
            warnings: &[("V007", "differ only in the names of their parameters")],
        },
        Row {
            name: "headers-that-are-no-parameters",
            files: one(headers(secured)),
            has: &["pub fn a(&self) -> requests::A", r#"codegen::Requirement::of("k", &[])"#],
            lacks: &["authorization", "fn content_type", "ApiKey"],
            warnings: &[],
        },
        Row {
            name: "requirements-that-nobody-can-meet",
            files: one(unmet),
            has: &[
                r#"&[codegen::Requirement::of("gone", &[])]"#,
                r#"&[codegen::Requirement::of("odd", &[])]"#,
                r#"&[codegen::Requirement::of("other", &[])]"#,
            ],
            lacks: &["&[&[]]"],
            warnings: &[
                ("Q047", "`gone` is required, and its definition leads nowhere; no credential meets"),
                ("Q047", "`odd` is required, and its definition has no usable `type`; no credential meets"),
                ("Q047", "`other` is required and not defined; no credential meets"),
                ("Q037", "the scheme is left out, and nobody can meet what requires it"),
            ],
        },
        Row {
            name: "a-credential-that-is-a-header",
            files: one(headers("")),
            has: &["pub fn a(&self) -> requests::A", r#"codegen::Requirement::of("Authorization", &[])"#],
            lacks: &["fn content_type"],
            warnings: &[("Q046", "is read as an API key")],
        },
    ]
}

fn values() -> Vec<Row> {
    let later = "    S:
      type: object
      properties:
        word: {const: abc}
        bytes: {type: string, contentEncoding: base64}
        count: {type: integer, format: int32, exclusiveMinimum: 3}
        map: {type: object, patternProperties: {'^x': {type: string}}, additionalProperties: false}
        text: {type: [string, null]}
        example: {type: string, examples: [a]}
";
    let defaults = "    Word: {type: string, enum: [a, b]}
    Flag: {type: boolean}
    S:
      type: object
      properties:
        kept: {allOf: [{$ref: '#/components/schemas/Word'}], default: b}
        other: {allOf: [{$ref: '#/components/schemas/Word'}], default: c}
        number: {$ref: '#/components/schemas/Word', default: 7}
        flag: {$ref: '#/components/schemas/Flag', default: 'true'}
";
    let texts = "    S:
      oneOf: [{$ref: '#/components/schemas/Old'}, {$ref: '#/components/schemas/New'}]
      discriminator: {propertyName: v, mapping: {1.1: '#/components/schemas/Old', 1.10: '#/components/schemas/New'}}
    Old: {type: object, required: [v], properties: {v: {type: string}, old: {type: string}}}
    New: {type: object, required: [v], properties: {v: {type: string}, api: {type: string, const: 1.20, default: 1.20}}}
";
    let numbers = "    S:
      type: object
      x-size: 123456789012345678901234567890
      maxProperties: 99999999999999999999
      properties:
        seed: {type: integer, minimum: -9223372036854776000, maximum: 9223372036854776000, example: 99999999999999999999}
        size: {type: integer, maximum: 18446744073709551615}
        name: {type: string, maxLength: 99999999999999999999}
";
    let endless = "    S:
      type: object
      required: [next, kin]
      properties:
        next: {$ref: '#/components/schemas/S'}
        kin: {$ref: '#/components/schemas/Kin'}
        there: {$ref: '#/components/schemas/There'}
    Kin: {type: object, required: [all, other], properties: {all: {type: array, items: {$ref: '#/components/schemas/Kin'}}, other: {nullable: true, allOf: [{$ref: '#/components/schemas/Kin'}]}}}
    There: {type: object, required: [back], properties: {back: {$ref: '#/components/schemas/Back'}}}
    Back: {oneOf: [{type: object, required: [there], properties: {there: {$ref: '#/components/schemas/There'}}}, {$ref: '#/components/schemas/There'}]}
";
    vec![
        Row {
            name: "types-of-which-each-value-requires-another",
            files: one(echo("3.0.3", endless)),
            has: &["pub next: Box<S>", "pub there: Option<"],
            lacks: &[],
            warnings: &[
                ("G029", "no value of `Back` can be made: each requires another"),
                ("G029", "no value of `S` can be made: each requires another"),
                ("G029", "no value of `There` can be made: each requires another"),
            ],
        },
        Row {
            name: "a-tuple-that-holds-itself",
            files: one(echo(
                "3.1.0",
                "    S: {type: array, prefixItems: [{$ref: '#/components/schemas/S'}], minItems: 1, maxItems: 1}\n",
            )),
            has: &["pub struct SRequest("],
            lacks: &[],
            warnings: &[("G029", "no value of `S` can be made: each requires another")],
        },
        Row {
            name: "keywords-of-31-in-a-document-of-30",
            files: one(echo("3.0.3", later)),
            has: &[
                r#"=> "abc""#,
                "pub bytes: Option<codegen::Base64>",
                "pub map: Option<::std::collections::BTreeMap<String, String>>",
                "pub text: Option<Option<String>>",
                "pub count: Option<i32>",
            ],
            lacks: &[],
            warnings: &[
                ("Q034", r#"the list of types ["string",null] is read as in OpenAPI 3.1"#),
                ("Q008", "`const` in a document of OpenAPI 3.0"),
                ("Q008", "`contentEncoding` in a document of OpenAPI 3.0"),
                ("Q008", "`exclusiveMinimum` in a document of OpenAPI 3.0"),
                ("Q008", "`patternProperties` in a document of OpenAPI 3.0"),
            ],
        },
        Row {
            name: "defaults-beside-references",
            files: one(echo("3.0.3", defaults)),
            has: &["pub fn kept_or_default(&self)", "pub fn flag_or_default(&self) -> bool"],
            lacks: &["fn other_or_default", "fn number_or_default"],
            warnings: &[
                ("Q031", r#"the default `"c"` is not one of the values of the enum; it is ignored"#),
                ("Q031", "the default `7` is not of type string; it is ignored"),
                ("Q031", r#"the default `"true"` is not of type boolean; it is read as `true`"#),
            ],
        },
        Row {
            name: "texts-as-the-source-writes-them",
            files: one(echo("3.1.0", texts)),
            has: &[r#""1.10""#, r#"=> "1.20""#, "pub fn api_or_default(&self)"],
            lacks: &[r#""1.2""#],
            warnings: &[
                ("Q035", "converted to it: 1.20"),
                ("Q031", r#"the default `1.20` is not of type string; it is read as `"1.20"`"#),
            ],
        },
        Row {
            name: "numbers-beyond-64-bits",
            files: one(echo("3.0.3", numbers)),
            has: &["pub seed: Option<i64>", "pub size: Option<i64>"],
            lacks: &[],
            warnings: &[],
        },
    ]
}

fn others() -> Vec<Row> {
    let siblings = "    Word: {type: string}
    S:
      type: object
      properties:
        described: {$ref: '#/components/schemas/Word', description: about it}
        old: {$ref: '#/components/schemas/Word', deprecated: true}
        only_sent: {$ref: '#/components/schemas/Word', writeOnly: true}
        usual: {$ref: '#/components/schemas/Word', default: dflt}
        short: {$ref: '#/components/schemas/Word', maxLength: 3}
        empty: {$ref: '#/components/schemas/Word', nullable: true}
";
    let later = siblings.replace("        empty: {$ref: '#/components/schemas/Word', nullable: true}\n", "");
    let swagger = "\
swagger: '2.0'
info: {title: t, version: '1'}
paths:
  /a:
    get:
      operationId: a
      responses: {200: {description: d, schema: {$ref: '#/definitions/S'}}}
definitions:
  Word: {type: string}
  S:
    type: object
    properties:
      described: {$ref: '#/definitions/Word', description: about it}
      usual: {$ref: '#/definitions/Word', default: dflt}
      short: {$ref: '#/definitions/Word', maxLength: 3}
      empty: {$ref: '#/definitions/Word', x-nullable: true}
";
    let idle = document(
        "3.0.3",
        "\
paths:
  /a:
    post:
      operationId: a
      requestBody: {content: {application/json: {schema: {type: string}, examples: {e: {$ref: '#/nowhere'}, f: 5}}}}
      responses: {'204': {description: d, links: {l: 5}}}
      callbacks: {c: 5}
components:
  examples: {e: 5}
  links: {l: {$ref: 'https://example.com/l.yaml'}}
  callbacks: {l: {x: {post: {parameters: [{$ref: '#/nowhere'}], responses: 5}}}}
  schemas: {Unused: {type: thing, properties: {a: {$ref: '#/nowhere'}, b: {type: string, pattern: '(', default: 5}}}}
  responses: {U: {content: {application/json: {schema: {$ref: 'none.yaml'}}}}}
  parameters: {P: {name: p}}
  requestBodies: {B: {$ref: '#/nowhere'}}
",
    );
    vec![
        Row {
            name: "siblings-of-references-in-30",
            files: one(echo("3.0.3", siblings)),
            has: &["/// about it", "#[deprecated]", "fn usual_or_default", "pub empty: Option<Option<String>>"],
            lacks: &["Checked<"],
            warnings: &[("Q041", "`maxLength` beside a reference: ignored")],
        },
        Row {
            name: "siblings-of-references-in-31",
            files: one(echo("3.1.0", &later)),
            has: &["/// about it", "#[deprecated]", "fn usual_or_default", "Checked<"],
            lacks: &[],
            warnings: &[],
        },
        Row {
            name: "siblings-of-references-in-swagger",
            files: one(swagger.to_owned()),
            has: &["/// about it", "fn usual_or_default", "pub empty: Option<Option<String>>"],
            lacks: &["Checked<"],
            warnings: &[("Q041", "`maxLength` beside a reference: ignored")],
        },
        Row {
            name: "what-nothing-is-generated-from",
            files: one(idle),
            has: &["pub fn a(&self)"],
            lacks: &["Unused"],
            warnings: &[],
        },
    ]
}

#[test]
fn what_is_wrong_and_has_a_meaning_costs_nothing() {
    let rows: Vec<Row> = [references(), paths(), values(), others()].into_iter().flatten().collect();
    let clients: Vec<(&Row, Output)> = rows.iter().map(|row| (row, row.generate())).collect();
    let problems: Vec<String> = clients.iter().flat_map(|(row, output)| row.problems(output)).collect();
    assert!(problems.is_empty(), "{}", problems.join("\n"));
    let codes = clients.iter().map(|(row, output)| (row.name, output.code.as_str()));
    let workspace = rustc::Workspace::new(env!("CARGO_TARGET_TMPDIR"), "outcomes", codes);
    workspace.prepare();
    let errors = rows.iter().filter_map(|row| Some(format!("{}: {}", row.name, workspace.check(row.name).errors?)));
    let errors: Vec<String> = errors.collect();
    assert!(errors.is_empty(), "{}", errors.join("\n"));
}
