//! The rules that judge changes: one file for each rule, whose doc comment is its page and begins with its code. The list
//! below is the only one, and has the order in which they are asked; a difference belongs to the first that takes it.

mod prelude;

pub(super) use prelude::worst;

use super::difference::Rule;

macro_rules! rules {
    ($($module:ident),* $(,)?) => {
        $(mod $module;)*

        /// The rules, in the order in which they are asked.
        pub(crate) const RULES: &[Rule] =
            &[$(Rule { page: include_str!(concat!(stringify!($module), ".rs")), judge: $module::judge }),*];
    };
}

rules![
    operation_added,
    operation_removed,
    operation_moved,
    operation_renamed,
    deprecation,
    lifecycle,
    sunset,
    idempotency,
    pagination,
    path_parameter_renamed,
    empty_path,
    required_parameter_added,
    optional_parameter_added,
    parameter_removed,
    parameter_required,
    parameter_optional,
    parameter_form,
    parameter_order,
    parameter_name,
    parameter_renamed,
    request_body_added,
    request_body_removed,
    request_body_required,
    request_body_optional,
    request_media_added,
    request_media_removed,
    encoding,
    stream_end,
    response_added,
    response_removed,
    response_media_added,
    response_media_removed,
    header_added,
    header_removed,
    header_required,
    response_renamed,
    media_renamed,
    header_renamed,
    required_property_added,
    optional_property_added,
    property_removed,
    property_renamed,
    property_required,
    property_optional,
    type_changed,
    format_changed,
    nullable,
    enum_value_added,
    enum_value_removed,
    enum_limited,
    enum_lifted,
    enum_openness,
    limit_tightened,
    limit_loosened,
    default_changed,
    direction,
    additional_properties,
    items,
    composition,
    alternative_added,
    alternative_removed,
    alternatives,
    discriminator,
    replaced,
    schema_presence,
    title,
    json_schema,
    component_added,
    component_removed,
    component_renamed,
    security_added,
    security_removed,
    security_scopes,
    security_order,
    security_scheme,
    server_added,
    server_removed,
    server_order,
    server_variables,
    openapi_version,
    callback,
    server_moved,
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doc_comment;

    #[test]
    fn every_file_of_a_rule_is_listed() {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src/track/rules");
        let listed: Vec<&str> = RULES.iter().map(Rule::code).collect();
        for entry in std::fs::read_dir(folder).expect("the folder of the rules").flatten() {
            let text = std::fs::read_to_string(entry.path()).expect("a file of this crate");
            if let Some((code, _)) = doc_comment::heading(text.leak()) {
                assert!(listed.contains(&code), "list the file of {code} in `rules!`");
            }
        }
        assert!(listed.iter().all(|code| code.starts_with('D')), "{listed:?}");
    }
}
