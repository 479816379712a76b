//! The rules by which changes are judged: one file a rule, whose doc comment is its page. The list below is the only
//! place that knows them all, and the order in which they are asked; a difference belongs to the first that takes it.

mod prelude;

use crate::track::diff::Rule;

macro_rules! rules {
    ($($module:ident),* $(,)?) => {
        $(mod $module;)*

        /// The rules, in the order in which they are asked.
        pub(crate) const RULES: &[Rule] = &[$($module::RULE),*];

        /// The files of the rules.
        pub(crate) const PAGES: &[&str] = &[$(include_str!(concat!(stringify!($module), ".rs"))),*];
    };
}

rules![
    operation_added,
    operation_removed,
    operation_moved,
    operation_renamed,
    deprecation,
    lifecycle,
    idempotency,
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
