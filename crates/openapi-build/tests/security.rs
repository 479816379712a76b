//! The security schemes of the operation table.

use openapi_build::pipeline::Loaded;

const SPEC: &str = "\
openapi: 3.0.3
info: {title: t, version: '1'}
paths:
  /a:
    get:
      operationId: a
      responses: {'204': {description: done}}
components:
  securitySchemes:
    both:
      type: oauth2
      flows:
        clientCredentials: {tokenUrl: /token, refreshUrl: /refresh, scopes: {read: r}}
        authorizationCode: {authorizationUrl: /sign-in, tokenUrl: /code/token, scopes: {}}
    person:
      type: oauth2
      flows:
        implicit: {authorizationUrl: /sign-in, scopes: {}}
        deviceAuthorization: {deviceAuthorizationUrl: /device, tokenUrl: /device/token, scopes: {read: r, write: w}}
        x-internal: true
    exchange:
      type: oauth2
      x-token-grant: 'urn:ietf:params:oauth:grant-type:token-exchange'
      flows: {clientCredentials: {tokenUrl: /sts, scopes: {}}}
    oidc: {type: openIdConnect, openIdConnectUrl: 'https://id.example/.well-known/openid-configuration'}
    certificate: {type: mutualTLS}
    digest: {type: http, scheme: Digest}
";

/// The kind of each scheme, without white space.
const KINDS: [&str; 6] = [
    r#"ClientCredentials{token_url:"/token",scopes:&["read"],flows:&[
        codegen::OAuthFlow{name:"clientCredentials",token_url:Some("/token"),refresh_url:Some("/refresh"),
            device_authorization_url:None,scopes:&["read"],},
        codegen::OAuthFlow{name:"authorizationCode",token_url:Some("/code/token"),refresh_url:None,
            device_authorization_url:None,scopes:&[],},],}"#,
    r#"OAuth2{flows:&[
        codegen::OAuthFlow{name:"implicit",token_url:None,refresh_url:None,device_authorization_url:None,scopes:&[],},
        codegen::OAuthFlow{name:"deviceAuthorization",token_url:Some("/device/token"),refresh_url:None,
            device_authorization_url:Some("/device"),scopes:&["read","write"],},],}"#,
    r#"TokenGrant{grant:"urn:ietf:params:oauth:grant-type:token-exchange",token_url:"/sts",scopes:&[],}"#,
    r#"OpenIdConnect{url:"https://id.example/.well-known/openid-configuration",}"#,
    r#"Other{kind:"mutualTLS",}"#,
    r#"Http{scheme:"digest",}"#,
];

fn dense(text: &str) -> String {
    text.split_whitespace().collect()
}

#[test]
fn a_scheme_has_what_its_credentials_need() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let spec = folder.path().join("api.yaml");
    std::fs::write(&spec, SPEC).expect("a file");
    let output = Loaded::path(&spec).and_then(|loaded| loaded.generate()).unwrap_or_else(|error| panic!("{error}"));
    let code = dense(&output.code);
    for kind in KINDS {
        let kind = dense(kind);
        assert!(code.contains(&format!("kind:codegen::SecuritySchemeKind::{kind}")), "no {kind}");
    }
}
