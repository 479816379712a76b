//! Generates the client from `spec/`, or from the folder that `CONFLUENT_SPEC_DIR` names.

fn main() -> Result<(), openapi_build::Error> {
    println!("cargo::rerun-if-env-changed=CONFLUENT_SPEC_DIR");
    let spec = std::env::var_os("CONFLUENT_SPEC_DIR").unwrap_or_else(|| "spec".into());
    let both_ways = std::env::var_os("CARGO_FEATURE_BOTH_WAYS").is_some();
    openapi_build::Config::new().both_ways(both_ways).generate(std::path::PathBuf::from(spec))
}
