//! Generates the client of `exactness.yaml`.

fn main() -> Result<(), openapi_build::Error> {
    let both_ways = std::env::var_os("CARGO_FEATURE_BOTH_WAYS").is_some();
    openapi_build::Config::new().both_ways(both_ways).generate("exactness.yaml")
}
