//! Generates the clients of `exactness.yaml`, `commands.yaml`, `hotel.yaml`, `streams.yaml` and `uploads.yaml`.

fn main() -> Result<(), openapi_build::Error> {
    let both_ways = std::env::var_os("CARGO_FEATURE_BOTH_WAYS").is_some();
    openapi_build::Config::new().both_ways(both_ways).generate("exactness.yaml")?;
    openapi_build::Config::new().module("commands").both_ways(both_ways).generate("commands.yaml")?;
    let hotel = openapi_build::Config::new().module("hotel").modules_by_tag(true);
    hotel.both_ways(both_ways).generate("hotel.yaml")?;
    openapi_build::Config::new().module("streams").both_ways(both_ways).generate("streams.yaml")?;
    openapi_build::Config::new().module("uploads").both_ways(both_ways).generate("uploads.yaml")
}
