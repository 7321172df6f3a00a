//! The numbers of a server in the text format of Prometheus, at an address of their own.

use std::convert::Infallible;
use std::fmt;
use std::net::SocketAddr;
use std::time::Duration;

use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::{HeaderValue, Method, Request, Response, StatusCode};
use http_body_util::Full;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use prometheus_client::collector::Collector;
use prometheus_client::encoding::prometheus_text::{self, encode};
use prometheus_client::encoding::{
    DescriptorEncoder, EncodeCounterValue, EncodeGaugeValue, EncodeLabelSet, NoLabelSet,
};
use prometheus_client::metrics::MetricType;
use prometheus_client::registry::{Registry, Unit};
use tokio::net::TcpListener;
use tokio::sync::mpsc::UnboundedSender;
use tokio::sync::oneshot;

use super::Command;
use crate::control::Load;
use crate::error::ServerError;
use crate::traffic::{DURATION_BOUNDS, RouteTraffic};

/// How long a client may take to ask.
const PATIENCE: Duration = Duration::from_secs(10);

/// How long to wait when the system has no room for another connection.
const PAUSE: Duration = Duration::from_millis(100);

/// A server's numbers at one moment.
#[derive(Debug, Default)]
pub(super) struct Snapshot {
    pub routes: Vec<RouteTraffic>,
    pub workers: Vec<WorkerSnapshot>,
    /// Resident memory of this process.
    pub supervisor_bytes: Option<u64>,
    pub replaced: Replaced,
    /// Deployments that took over from another one.
    pub reloads: u64,
    /// The daily limit, and how many requests entered functions today.
    pub limit: Option<(u64, u64)>,
    /// Lines of the access log that were lost.
    pub lines_lost: u64,
    /// Who follows the requests.
    pub viewers: usize,
}

/// One worker process.
#[derive(Debug)]
pub(super) struct WorkerSnapshot {
    pub slot: u32,
    pub pid: u32,
    pub resident_bytes: Option<u64>,
    pub load: Load,
}

/// Workers that had to be replaced, by reason.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Replaced {
    pub crashed: u64,
    pub hung: u64,
    pub memory: u64,
}

/// Takes the address at which the numbers are given.
pub(super) fn bind(address: SocketAddr) -> Result<std::net::TcpListener, ServerError> {
    std::net::TcpListener::bind(address).map_err(|source| ServerError::Metrics { address, source })
}

/// The listener within the async runtime.
pub(super) fn listen(listener: std::net::TcpListener) -> Result<TcpListener, ServerError> {
    let address = listener.local_addr();
    let listen = || {
        listener.set_nonblocking(true)?;
        TcpListener::from_std(listener)
    };
    listen().map_err(|source| ServerError::Metrics {
        address: address.unwrap_or_else(|_| SocketAddr::from(([0, 0, 0, 0], 0))),
        source,
    })
}

/// Answers who asks for the numbers, for as long as the server runs.
pub(super) async fn serve(
    listener: TcpListener,
    commands: UnboundedSender<Command>,
) -> Result<Infallible, ServerError> {
    loop {
        let Ok((socket, _)) = listener.accept().await else {
            tokio::time::sleep(PAUSE).await;
            continue;
        };
        let commands = commands.clone();
        tokio::spawn(async move {
            let answering = service_fn(|request| answer(request, &commands));
            let mut http = http1::Builder::new();
            http.timer(TokioTimer::new()).header_read_timeout(PATIENCE);
            // An error is the client's: it has gone, or did not speak HTTP.
            let _ = http.serve_connection(TokioIo::new(socket), answering).await;
        });
    }
}

async fn answer(
    request: Request<Incoming>,
    commands: &UnboundedSender<Command>,
) -> Result<Response<Full<Bytes>>, fmt::Error> {
    let plain = |status, text: &'static str| {
        let mut response = Response::new(Full::from(text));
        *response.status_mut() = status;
        Ok(response)
    };
    if request.uri().path() != "/metrics" {
        return plain(StatusCode::NOT_FOUND, "the metrics are at /metrics\n");
    }
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        return plain(StatusCode::METHOD_NOT_ALLOWED, "metrics can be read\n");
    }
    let (reply, replied) = oneshot::channel();
    let _ = commands.send(Command::Snapshot(reply));
    let Ok(snapshot) = replied.await else {
        return plain(StatusCode::SERVICE_UNAVAILABLE, "the server is stopping\n");
    };
    let mut response = Response::new(Full::from(text(*snapshot)?));
    let kind = HeaderValue::from_static(prometheus_text::CONTENT_TYPE);
    response.headers_mut().insert(CONTENT_TYPE, kind);
    Ok(response)
}

fn text(snapshot: Snapshot) -> Result<String, fmt::Error> {
    let mut registry = Registry::with_prefix("quire");
    registry.register_collector(Box::new(snapshot));
    let mut text = String::new();
    encode(&mut text, &registry)?;
    Ok(text)
}

impl Collector for Snapshot {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> fmt::Result {
        let encoder = &mut encoder;
        let version = [([("version", env!("CARGO_PKG_VERSION"))], 1_u64)];
        gauges(encoder, "build", "The program", None, version)?;
        self.encode_requests(encoder)?;
        self.encode_workers(encoder)?;
        if let Some((limit, used)) = self.limit {
            let name = "daily_limit_requests";
            let help = "Requests that may enter functions in a day";
            gauges(encoder, name, help, None, [(NoLabels, limit)])?;
            let name = "daily_requests";
            let help = "Requests that entered functions since 00:00 UTC";
            gauges(encoder, name, help, None, [(NoLabels, used)])?;
        }
        let name = "access_log_lines_lost";
        let help = "Lines of the access log that could not be written in time";
        counters(encoder, name, help, None, [(NoLabels, self.lines_lost)])?;
        let help = "Programs that follow the requests, as quire tail does";
        let viewers = self.viewers as u64;
        gauges(encoder, "tail_viewers", help, None, [(NoLabels, viewers)])
    }
}

impl Snapshot {
    fn encode_requests(&self, encoder: &mut DescriptorEncoder<'_>) -> fmt::Result {
        let by_status = self.routes.iter().flat_map(|route| {
            let labels = move |status: u16| {
                [
                    ("route", route.route.clone()),
                    ("status", status.to_string()),
                ]
            };
            (route.statuses.iter()).map(move |&(status, count)| (labels(status), count))
        });
        let help = "Requests that are over, by route and status; 499 is for clients that left";
        counters(encoder, "requests", help, None, by_status)?;
        let mut family = encoder.encode_descriptor(
            "request_duration",
            "From the headers of a request to the last byte of its answer",
            Some(&Unit::Seconds),
            MetricType::Histogram,
        )?;
        for route in &self.routes {
            let bounds = DURATION_BOUNDS.map(|micros| Duration::from_micros(micros).as_secs_f64());
            let bounds = bounds.into_iter().chain([f64::INFINITY]);
            let buckets: Vec<(f64, u64)> = bounds.zip(route.durations).collect();
            family
                .encode_family(&[("route", route.route.as_str())])?
                .encode_histogram::<NoLabelSet>(
                    route.duration.as_secs_f64(),
                    route.requests(),
                    &buckets,
                    None,
                )?;
        }
        let of_functions = self.routes.iter().filter(|route| route.counted);
        let processor = of_functions.map(|route| (named(route), route.processor.as_secs_f64()));
        let help = "Processor time of functions";
        counters(
            encoder,
            "function_cpu",
            help,
            Some(&Unit::Seconds),
            processor,
        )?;
        let bytes = self.routes.iter().map(|route| (named(route), route.bytes));
        let help = "Bodies of answers that were sent";
        counters(encoder, "response_body", help, Some(&Unit::Bytes), bytes)
    }

    fn encode_workers(&self, encoder: &mut DescriptorEncoder<'_>) -> fmt::Result {
        let loads = |read: fn(&Load) -> u32| {
            let workers = self.workers.iter();
            workers.map(move |worker| (worker.labels(), read(&worker.load)))
        };
        let help = "Open connections of clients";
        let connections = loads(|load| load.connections);
        gauges(encoder, "connections", help, None, connections)?;
        let help = "Requests that are being answered";
        let in_flight = loads(|load| load.in_flight);
        gauges(encoder, "requests_in_flight", help, None, in_flight)?;
        let resident = self
            .workers
            .iter()
            .filter_map(|worker| worker.resident_bytes.map(|bytes| (worker.labels(), bytes)));
        let help = "Resident memory of the worker processes";
        gauges(encoder, "worker_memory", help, Some(&Unit::Bytes), resident)?;
        if let Some(bytes) = self.supervisor_bytes {
            let help = "Resident memory of the supervisor";
            let bytes = [(NoLabels, bytes)];
            gauges(
                encoder,
                "supervisor_memory",
                help,
                Some(&Unit::Bytes),
                bytes,
            )?;
        }
        let Replaced {
            crashed,
            hung,
            memory,
        } = self.replaced;
        let restarts = [("crash", crashed), ("hang", hung), ("memory", memory)];
        let restarts = restarts.map(|(reason, count)| ([("reason", reason)], count));
        let help = "Workers that were replaced, by reason";
        counters(encoder, "worker_restarts", help, None, restarts)?;
        let help = "Deployments that took the place of another one";
        counters(encoder, "reloads", help, None, [(NoLabels, self.reloads)])
    }
}

impl WorkerSnapshot {
    fn labels(&self) -> [(&'static str, String); 2] {
        [
            ("worker", self.slot.to_string()),
            ("pid", self.pid.to_string()),
        ]
    }
}

fn named(route: &RouteTraffic) -> [(&'static str, String); 1] {
    [("route", route.route.clone())]
}

/// What there is only one of.
struct NoLabels;

impl EncodeLabelSet for NoLabels {
    fn encode(&self, _: &mut prometheus_client::encoding::LabelSetEncoder<'_>) -> fmt::Result {
        Ok(())
    }
}

fn counters<L: EncodeLabelSet, V: EncodeCounterValue>(
    encoder: &mut DescriptorEncoder<'_>,
    name: &str,
    help: &str,
    unit: Option<&Unit>,
    values: impl IntoIterator<Item = (L, V)>,
) -> fmt::Result {
    let mut family = encoder.encode_descriptor(name, help, unit, MetricType::Counter)?;
    for (labels, value) in values {
        family
            .encode_family(&labels)?
            .encode_counter::<NoLabelSet, V, f64>(&value, None)?;
    }
    Ok(())
}

fn gauges<L: EncodeLabelSet, V: EncodeGaugeValue>(
    encoder: &mut DescriptorEncoder<'_>,
    name: &str,
    help: &str,
    unit: Option<&Unit>,
    values: impl IntoIterator<Item = (L, V)>,
) -> fmt::Result {
    let mut family = encoder.encode_descriptor(name, help, unit, MetricType::Gauge)?;
    for (labels, value) in values {
        family.encode_family(&labels)?.encode_gauge(&value)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn numbers_are_written_as_prometheus_reads_them() {
        let mut route = RouteTraffic::new("/a\"b", true);
        let moment = Duration::from_millis(3);
        route.count(200, moment, Duration::from_millis(1), 10);
        route.count(500, Duration::from_secs(60), Duration::ZERO, 0);
        let snapshot = Snapshot {
            routes: vec![route],
            workers: vec![WorkerSnapshot {
                slot: 1,
                pid: 7,
                resident_bytes: Some(4096),
                load: Load {
                    connections: 2,
                    ..Load::default()
                },
            }],
            limit: Some((100, 2)),
            ..Snapshot::default()
        };
        let text = text(snapshot).unwrap();
        for line in [
            "# TYPE quire_requests_total counter",
            r#"quire_requests_total{route="/a\"b",status="200"} 1"#,
            "# TYPE quire_request_duration_seconds histogram",
            r#"quire_request_duration_seconds_bucket{route="/a\"b",le="0.0025"} 0"#,
            r#"quire_request_duration_seconds_bucket{route="/a\"b",le="0.005"} 1"#,
            r#"quire_request_duration_seconds_bucket{route="/a\"b",le="10"} 1"#,
            r#"quire_request_duration_seconds_bucket{route="/a\"b",le="+Inf"} 2"#,
            r#"quire_request_duration_seconds_count{route="/a\"b"} 2"#,
            r#"quire_function_cpu_seconds_total{route="/a\"b"} 0.001"#,
            r#"quire_response_body_bytes_total{route="/a\"b"} 10"#,
            r#"quire_connections{worker="1",pid="7"} 2"#,
            r#"quire_worker_memory_bytes{worker="1",pid="7"} 4096"#,
            r#"quire_worker_restarts_total{reason="hang"} 0"#,
            "quire_daily_requests 2",
            "quire_daily_limit_requests 100",
        ] {
            assert!(text.lines().any(|found| found == line), "{line}\n{text}");
        }
    }
}
