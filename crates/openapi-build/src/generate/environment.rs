//! The environment variables that a client reads: those of the manifest, or names derived from the definition's title.

use heck::ToShoutySnakeCase;
use proc_macro2::TokenStream;
use quote::quote;
use serde_json::Value;

use super::EnvironmentVariable;
use super::client::info;
use crate::manifest::Part;

/// The environment variables that a client reads.
pub(super) struct Environment {
    base_url: String,
    variables: Vec<EnvironmentVariable>,
}

impl Environment {
    /// Takes the variables of the manifest or, if it has none, derives them from `documents` and the title of the first.
    pub(super) fn of(documents: &[&Value], given: &[EnvironmentVariable]) -> Self {
        let title = documents.first().and_then(|tree| info(tree, "title")).unwrap_or_default();
        let prefix = prefix(title);
        let base_url = given.iter().find(|variable| variable.part == Part::Url).map(|variable| variable.name.clone());
        let base_url = base_url.unwrap_or_else(|| format!("{prefix}_BASE_URL"));
        let variables: Vec<EnvironmentVariable> =
            given.iter().filter(|variable| variable.part != Part::Url).cloned().collect();
        let variables = if variables.is_empty() { derived(documents, &prefix) } else { variables };
        Self { base_url, variables }
    }

    /// The fields of the static `DEFINITION`.
    pub(super) fn fields(&self) -> TokenStream {
        let variables = self.variables.iter().map(|variable| {
            let EnvironmentVariable { name, scheme, part } = variable;
            let part = match part {
                Part::Id => quote!(Id),
                Part::Secret => quote!(Secret),
                Part::Token => quote!(Token),
                Part::Key | Part::Url => quote!(Key),
            };
            quote!(codegen::EnvironmentVariable { name: #name, scheme: #scheme, part: codegen::CredentialPart::#part })
        });
        let base_url = &self.base_url;
        quote!(environment: &[#(#variables),*], base_url_variable: #base_url,)
    }

    /// The lines of documentation that list the variables.
    pub(super) fn docs(&self) -> Vec<String> {
        let mut lines = vec![format!("- `{}`: the URL of a server to use instead of the definition's", self.base_url)];
        lines.extend(self.variables.iter().map(|EnvironmentVariable { name, scheme, part }| {
            let what = match part {
                Part::Id => "the client ID, or user name,",
                Part::Secret => "the client secret, or password,",
                Part::Token => "a bearer token",
                Part::Key | Part::Url => "an API key",
            };
            format!("- `{name}`: {what} for the security scheme `{scheme}`")
        }));
        lines
    }
}

/// The prefix of the variables: `PETSTORE` for `Petstore API - OpenAPI 3.0`.
fn prefix(title: &str) -> String {
    let title = title.split([':', '(', '[']).next().unwrap_or_default();
    let title = title.split(" - ").next().unwrap_or_default();
    let name = title.to_shouty_snake_case();
    let name: String = name.chars().filter(|c| c.is_ascii_alphanumeric() || *c == '_').collect();
    let mut name = name.trim_matches('_');
    for ending in ["_REST_API", "_HTTP_API", "_API"] {
        name = name.strip_suffix(ending).filter(|rest| !rest.is_empty()).unwrap_or(name);
    }
    match name.chars().next() {
        None => "API".to_owned(),
        Some(first) if first.is_ascii_digit() => format!("API_{name}"),
        Some(_) => name.to_owned(),
    }
}

/// The parts of a credential, each with the suffix of its variable.
type Parts = &'static [(Part, &'static str)];

/// Derives variables for each security scheme whose credential is text. If several schemes take the same kind of credential,
/// the names of their variables contain the name of the scheme.
fn derived(documents: &[&Value], prefix: &str) -> Vec<EnvironmentVariable> {
    let mut schemes: Vec<(&String, Parts)> = Vec::new();
    for (name, scheme) in
        documents.iter().filter_map(|tree| tree.pointer("/components/securitySchemes")?.as_object()).flatten()
    {
        if let Some(parts) = parts(scheme)
            && !schemes.iter().any(|(other, _)| *other == name)
        {
            schemes.push((name, parts));
        }
    }
    let mut variables = Vec::new();
    for (scheme, parts) in &schemes {
        let lone = schemes.iter().filter(|(_, other)| other == parts).count() == 1;
        for (part, suffix) in *parts {
            let name = match lone {
                true => format!("{prefix}_{suffix}"),
                false => format!("{prefix}_{}_{suffix}", scheme.to_shouty_snake_case()),
            };
            variables.push(EnvironmentVariable { name, scheme: (*scheme).clone(), part: *part });
        }
    }
    variables
}

/// The parts of a credential for `scheme`, if text can hold one.
fn parts(scheme: &Value) -> Option<Parts> {
    let text = |key: &str| scheme.get(key).and_then(Value::as_str).unwrap_or_default();
    Some(match text("type") {
        "http" if text("scheme").eq_ignore_ascii_case("basic") => &[(Part::Id, "USER"), (Part::Secret, "PASSWORD")],
        "http" if text("scheme").eq_ignore_ascii_case("bearer") => &[(Part::Token, "TOKEN")],
        "apiKey" => &[(Part::Key, "API_KEY")],
        "oauth2" if scheme.pointer("/flows/clientCredentials").is_some() => {
            &[(Part::Id, "CLIENT_ID"), (Part::Secret, "CLIENT_SECRET")]
        }
        "oauth2" | "openIdConnect" => &[(Part::Token, "ACCESS_TOKEN")],
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_prefix_is_the_title_without_what_every_title_has() {
        for (title, expected) in [
            ("Petstore", "PETSTORE"),
            ("Swagger Petstore - OpenAPI 3.0", "SWAGGER_PETSTORE"),
            ("Acme Billing API", "ACME_BILLING"),
            ("API", "API"),
            ("Stripe REST API (v1)", "STRIPE"),
            ("1Password Connect", "API_1PASSWORD_CONNECT"),
            ("日本", "API"),
            ("", "API"),
        ] {
            assert_eq!(prefix(title), expected, "{title}");
        }
    }
}
