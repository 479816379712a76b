//! Generates the client from `spec/`, or from the folder that `CONFLUENT_SPEC_DIR` names.

fn main() -> Result<(), openapi_build::Error> {
    println!("cargo::rerun-if-env-changed=CONFLUENT_SPEC_DIR");
    let spec = std::env::var_os("CONFLUENT_SPEC_DIR").unwrap_or_else(|| "spec".into());
    openapi_build::Config::new().generate(std::path::PathBuf::from(spec))
}
