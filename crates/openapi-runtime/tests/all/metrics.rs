//! The metrics of OpenTelemetry, as an exporter gets them.

use std::collections::BTreeMap;

use openapi_runtime::opentelemetry::metrics::MeterProvider;
use openapi_runtime::{HttpError, Metrics};
use opentelemetry_sdk::metrics::data::{AggregatedMetrics, MetricData};
use opentelemetry_sdk::metrics::{InMemoryMetricExporter, SdkMeterProvider};

#[cfg(feature = "rustls")]
use super::hooks::Hand;
use super::hooks::by;
use super::server::{Answer, Server};
use super::{GET, OPEN, bare, builder, call, clock, seconds};

/// What is measured, and where it goes.
struct Measuring {
    exporter: InMemoryMetricExporter,
    provider: SdkMeterProvider,
}

/// Attributes, the number of attempts that have them, and the seconds that these took.
type Point = (BTreeMap<String, String>, u64, f64);

impl Measuring {
    fn new() -> Self {
        let exporter = InMemoryMetricExporter::default();
        let provider = SdkMeterProvider::builder().with_periodic_exporter(exporter.clone()).build();
        Self { exporter, provider }
    }

    fn metrics(&self) -> Metrics {
        Metrics::new(&self.provider.meter("tests"))
    }

    /// The points of the one histogram, by their attributes.
    fn points(&self) -> Vec<Point> {
        self.exporter.reset();
        self.provider.force_flush().expect("it is in memory");
        let exported = self.exporter.get_finished_metrics().expect("it is in memory");
        let all: Vec<_> = exported.iter().flat_map(|one| one.scope_metrics()).flat_map(|one| one.metrics()).collect();
        let [metric] = all.as_slice() else { panic!("there is one metric: {all:?}") };
        assert_eq!((metric.name(), metric.unit()), ("http.client.request.duration", "s"));
        let AggregatedMetrics::F64(MetricData::Histogram(histogram)) = metric.data() else { panic!("{metric:?}") };
        let mut points: Vec<Point> = histogram
            .data_points()
            .map(|point| {
                assert_eq!(point.bounds().next(), Some(0.005), "as the conventions advise");
                let attributes = point.attributes().map(|one| (one.key.to_string(), one.value.to_string()));
                (attributes.collect(), point.count(), point.sum())
            })
            .collect();
        points.sort_by(|one, other| one.0.cmp(&other.0));
        points
    }
}

fn attributes(given: &[(&str, &str)]) -> BTreeMap<String, String> {
    given.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

#[cfg(feature = "rustls")]
#[tokio::test]
async fn each_attempt_is_measured_with_the_attributes_of_the_conventions() {
    use super::scripted::{Play, Scripted};

    let script = vec![Play::of("503 Unavailable", "Retry-After: 0\r\n", 0, b""), Play::of("200 OK", "", 0, b"")];
    let server = Scripted::start(script).await;
    let (measuring, hand) = (Measuring::new(), Hand::new());
    let moved = hand.clone();
    let slow = by(move |outbound, next| {
        // The first attempt takes longer.
        moved.forward(std::time::Duration::from_millis(if outbound.attempt == 1 { 1500 } else { 250 }));
        next.run(outbound)
    });
    let client = server.client().clock(hand).attempt_timeout(seconds(3600)).hook(measuring.metrics()).hook(slow);
    assert_eq!(call(&client.build().expect("a client"), OPEN).await.expect("a 200").attempts(), 2);
    let url = server.url("");
    let port = url.rsplit(':').next().expect("a port");
    let common = [
        ("http.request.method", "GET"),
        ("server.address", "127.0.0.1"),
        ("server.port", port),
        ("url.template", "/things"),
    ];
    let failed = [("error.type", "503"), ("http.response.status_code", "503")];
    let again = [("http.request.resend_count", "1"), ("http.response.status_code", "200")];
    let with =
        |more: &[(&'static str, &'static str)]| attributes(&common.iter().chain(more).copied().collect::<Vec<_>>());
    assert_eq!(measuring.points(), [(with(&failed), 1, 1.5), (with(&again), 1, 0.25)]);
}

#[tokio::test]
async fn an_attempt_without_a_response_says_why() {
    let error_types = |measuring: &Measuring| -> Vec<String> {
        measuring
            .points()
            .into_iter()
            .map(|(mut attributes, ..)| attributes.remove("error.type").unwrap_or_default())
            .collect()
    };
    let measuring = Measuring::new();
    let lost = by(|_, _| Box::pin(std::future::ready(Err(HttpError::Lost("reset".into())))));
    for client in [bare().hook(measuring.metrics()), bare().hook(measuring.metrics()).hook(lost)] {
        let client = client.retry_policy(openapi_runtime::retry::NoRetry).base_url("http://127.0.0.1:1");
        call(&client.build().expect("a client"), OPEN).await.expect_err("nobody is there");
    }
    assert_eq!(error_types(&measuring), ["connect", "lost"]);

    // A call that its caller gives up.
    let measuring = Measuring::new();
    let never = by(|_, _| Box::pin(std::future::pending()));
    let client = bare().base_url("https://127.0.0.1").hook(measuring.metrics()).hook(never).build().expect("a client");
    let mut given_up = Box::pin(call(&client, OPEN));
    std::future::poll_fn(|context| {
        assert!(given_up.as_mut().poll(context).is_pending());
        std::task::Poll::Ready(())
    })
    .await;
    drop(given_up);
    assert_eq!(error_types(&measuring), ["canceled"]);
    assert_eq!(measuring.points()[0].0["server.port"], "443");
}

#[test]
fn an_attempt_that_takes_too_long_is_measured_as_such() {
    clock::run(|clock| async move {
        let measuring = Measuring::new();
        let server = Server::with_tokens(&clock, |_| Answer::Never);
        let client = builder(&server, &clock).attempt_timeout(seconds(7)).retry_policy(openapi_runtime::retry::NoRetry);
        let client = client.hook(measuring.metrics()).build().expect("a client");
        call(&client, GET).await.expect_err("the server does not answer");
        let points = measuring.points();
        assert_eq!(points.len(), 1, "only the attempt of the operation is measured: {points:?}");
        let (attributes, count, seconds) = &points[0];
        assert_eq!((attributes["error.type"].as_str(), *count, *seconds), ("timeout", 1, 7.0));
        assert!(!attributes.contains_key("http.response.status_code"));
    });
}
