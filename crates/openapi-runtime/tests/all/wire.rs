//! A server on a loopback socket that fails in the ways in which sockets do, and the clock and the name resolution of a
//! client that meets it.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant, SystemTime};

use openapi_runtime::{BoxFuture, Clock};
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Notify;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::pki_types::PrivateKeyDer;

/// What goes wrong.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Fault {
    /// The name cannot be resolved.
    Dns,
    /// Nobody listens there.
    Refused,
    /// The certificate is one that the client does not trust.
    Tls,
    /// The connection is reset before anything of the request is read.
    ResetBefore,
    /// The connection is reset when the whole request is read.
    ResetAfter,
    SlowHeaders,
    SlowBody,
    /// The connection ends within the body.
    CutBody,
}

impl Fault {
    /// Whether the server reads the request all the same.
    pub(super) fn lets_requests_arrive(self) -> bool {
        matches!(self, Self::ResetAfter | Self::SlowHeaders | Self::SlowBody | Self::CutBody)
    }
}

/// The limit of an attempt, which the clock knows by its length.
pub(super) const LIMIT: Duration = Duration::from_secs(30);

/// A clock on which the limit of an attempt is over when the server stalls; shorter waits take no time, and longer ones
/// do not end.
#[derive(Clone, Default)]
pub(super) struct StallClock(pub(super) Arc<Notify>);

impl Clock for StallClock {
    fn now(&self) -> Instant {
        Instant::now()
    }

    fn wall(&self) -> SystemTime {
        SystemTime::now()
    }

    fn sleep(&self, duration: Duration) -> BoxFuture<'static, ()> {
        let stalled = Arc::clone(&self.0);
        Box::pin(async move {
            match duration.cmp(&LIMIT) {
                std::cmp::Ordering::Less => {}
                std::cmp::Ordering::Equal => stalled.notified().await,
                std::cmp::Ordering::Greater => std::future::pending().await,
            }
        })
    }
}

/// What finds the server; it fails as long as the fault is one of its own.
pub(super) struct Resolver {
    pub(super) fault: Fault,
    pub(super) times: usize,
    pub(super) lookups: Arc<AtomicUsize>,
}

impl Resolve for Resolver {
    fn resolve(&self, _: Name) -> Resolving {
        let nth = 1 + self.lookups.fetch_add(1, Ordering::SeqCst);
        let address = match self.fault {
            Fault::Dns if nth <= self.times => Err("no such name".into()),
            // The server listens on IPv4 alone.
            Fault::Refused if nth <= self.times => Ok(IpAddr::V6(Ipv6Addr::LOCALHOST)),
            _ => Ok(IpAddr::V4(Ipv4Addr::LOCALHOST)),
        };
        let addresses = address.map(|address| Box::new(std::iter::once(SocketAddr::new(address, 0))) as Addrs);
        Box::pin(std::future::ready(addresses))
    }
}

/// Throw-away certificates: one that the client trusts, and one that it does not.
pub(super) struct Certificates {
    pub(super) trusted: reqwest::Certificate,
    good: TlsAcceptor,
    bad: TlsAcceptor,
}

impl Certificates {
    pub(super) fn new() -> Self {
        let (good, der) = certificate();
        let trusted = reqwest::Certificate::from_der(&der).expect("a certificate");
        Self { trusted, good, bad: certificate().0 }
    }
}

fn certificate() -> (TlsAcceptor, Vec<u8>) {
    let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).expect("a certificate");
    let key = PrivateKeyDer::try_from(made.signing_key.serialize_der()).expect("a key");
    let der = made.cert.der().to_vec();
    let config = ServerConfig::builder().with_no_client_auth().with_single_cert(vec![made.cert.into()], key);
    (TlsAcceptor::from(Arc::new(config.expect("a key that fits"))), der)
}

/// A server that answers with a body, but for the first `times` connections, which meet the fault.
pub(super) struct Wire {
    pub(super) body: &'static str,
    pub(super) fault: Option<Fault>,
    pub(super) times: usize,
    pub(super) clock: StallClock,
    pub(super) certificates: Arc<Certificates>,
    pub(super) arrived: Arc<AtomicUsize>,
}

impl Wire {
    /// Starts it on the runtime of the test, and gives its port.
    pub(super) async fn start(self) -> u16 {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.expect("a loopback port");
        let port = listener.local_addr().expect("an address").port();
        let wire = Arc::new(self);
        tokio::spawn(async move {
            for nth in 1.. {
                let (stream, _) = listener.accept().await.expect("a connection");
                let wire = Arc::clone(&wire);
                tokio::spawn(async move { wire.serve(stream, nth).await });
            }
        });
        port
    }

    /// Errors are the client's, who has gone away; its side of it is what the test looks at.
    async fn serve(&self, mut stream: TcpStream, nth: usize) -> std::io::Result<()> {
        let fault = self.fault.filter(|_| nth <= self.times);
        if self.fault == Some(Fault::Tls) {
            let acceptor = if fault.is_some() { &self.certificates.bad } else { &self.certificates.good };
            return self.answer(acceptor.accept(stream).await?, None).await;
        }
        match fault {
            Some(Fault::ResetBefore) => {
                stream.readable().await?;
                stream.set_zero_linger()
            }
            Some(Fault::ResetAfter) => {
                self.read(&mut stream).await?;
                stream.set_zero_linger()
            }
            _ => self.answer(stream, fault).await,
        }
    }

    async fn answer(
        &self,
        mut stream: impl AsyncRead + AsyncWrite + Unpin,
        fault: Option<Fault>,
    ) -> std::io::Result<()> {
        self.read(&mut stream).await?;
        let head = |length: usize| {
            format!(
                "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n"
            )
        };
        let half = &self.body[..self.body.len() / 2];
        match fault {
            Some(Fault::SlowHeaders) => self.stall(&mut stream).await,
            Some(Fault::SlowBody) => {
                stream.write_all(format!("{}{half}", head(self.body.len())).as_bytes()).await?;
                stream.flush().await?;
                self.stall(&mut stream).await
            }
            Some(Fault::CutBody) => {
                stream.write_all(format!("{}{half}", head(self.body.len())).as_bytes()).await?;
                stream.shutdown().await
            }
            _ => {
                stream.write_all(format!("{}{}", head(self.body.len()), self.body).as_bytes()).await?;
                stream.shutdown().await
            }
        }
    }

    /// Says nothing until the client gives up.
    async fn stall(&self, stream: &mut (impl AsyncRead + Unpin)) -> std::io::Result<()> {
        self.clock.0.notify_one();
        while stream.read(&mut [0; 64]).await? > 0 {}
        Ok(())
    }

    /// Reads a whole request.
    async fn read(&self, stream: &mut (impl AsyncRead + Unpin)) -> std::io::Result<()> {
        let mut request = Vec::new();
        loop {
            let mut buffer = [0; 1024];
            let read = stream.read(&mut buffer).await?;
            if read == 0 {
                return Err(std::io::ErrorKind::UnexpectedEof.into());
            }
            request.extend_from_slice(&buffer[..read]);
            if whole(&request) {
                self.arrived.fetch_add(1, Ordering::SeqCst);
                return Ok(());
            }
        }
    }
}

/// Whether a request is there with its body.
fn whole(request: &[u8]) -> bool {
    let text = String::from_utf8_lossy(request);
    let Some((head, body)) = text.split_once("\r\n\r\n") else { return false };
    let length =
        head.lines().find_map(|line| line.to_ascii_lowercase().strip_prefix("content-length:")?.trim().parse().ok());
    body.len() >= length.unwrap_or(0)
}
