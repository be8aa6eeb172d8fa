//! Stands in for Neon's proxy, which cannot be had here: it learns from the start of a connection which compute is meant, and
//! passes everything else on to PostgreSQL, which would refuse that option.

use std::{
    io::{self, Read, Write},
    net::{Shutdown, TcpListener, TcpStream},
    sync::{Arc, Mutex},
    thread,
};

use futures_util::{SinkExt as _, StreamExt as _};
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio_rustls::{
    TlsAcceptor,
    rustls::{
        ServerConfig,
        pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject as _},
    },
};
use tokio_tungstenite::tungstenite::{
    Message,
    handshake::server::{ErrorResponse, Request, Response},
};

/// A running proxy. It takes connections for as long as the process lives.
pub struct Neon {
    /// The database's URL, through the proxy.
    pub url: String,
    endpoints: Arc<Mutex<Vec<String>>>,
}

impl Neon {
    /// In front of the server of `url`.
    pub fn new(url: &str) -> Self {
        let (before, rest) = url.split_at(url.rfind('@').expect("a URL with a user") + 1);
        let (server, after) = rest.split_at(rest.find('/').unwrap());
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let neon = Self { url: format!("{before}127.0.0.1:{port}{after}"), endpoints: Arc::default() };
        let (endpoints, server) = (neon.endpoints.clone(), server.to_owned());
        thread::spawn(move || {
            for client in listener.incoming().map_while(Result::ok) {
                let (endpoints, server) = (endpoints.clone(), server.clone());
                thread::spawn(move || pass_on(client, &server, &endpoints));
            }
        });
        neon
    }

    /// In front of the server of `url`, speaking PostgreSQL inside WebSockets at `/v2` and in pieces of its own choice.
    pub fn with_websockets(url: &str) -> Self {
        Self::with(url, None)
    }

    /// Listens inside TLS, with this certificate and key.
    pub fn with_tls(url: &str, certificate: &str, key: &str) -> Self {
        let certificate = CertificateDer::from_pem_slice(certificate.as_bytes()).unwrap();
        let key = PrivateKeyDer::from_pem_slice(key.as_bytes()).unwrap();
        let provider = Arc::new(tokio_rustls::rustls::crypto::ring::default_provider());
        let versions = ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
        let config = versions.with_no_client_auth().with_single_cert(vec![certificate], key).unwrap();
        Self::with(url, Some(TlsAcceptor::from(Arc::new(config))))
    }

    fn with(url: &str, tls: Option<TlsAcceptor>) -> Self {
        let (before, rest) = url.split_at(url.rfind('@').expect("a URL with a user") + 1);
        let (server, after) = rest.split_at(rest.find('/').unwrap());
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        listener.set_nonblocking(true).unwrap();
        let port = listener.local_addr().unwrap().port();
        let neon = Self { url: format!("{before}127.0.0.1:{port}{after}"), endpoints: Arc::default() };
        let server = server.to_owned();
        thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(async {
                let listener = tokio::net::TcpListener::from_std(listener).unwrap();
                while let Ok((client, _)) = listener.accept().await {
                    let (tls, server) = (tls.clone(), server.clone());
                    tokio::spawn(async move {
                        match tls {
                            Some(tls) => unwrap_messages(tls.accept(client).await.ok()?, server).await,
                            None => unwrap_messages(client, server).await,
                        }
                    });
                }
            });
        });
        neon
    }

    /// The computes that were asked for, in order.
    pub fn endpoints(&self) -> Vec<String> {
        self.endpoints.lock().unwrap().clone()
    }
}

fn pass_on(mut client: TcpStream, server: &str, endpoints: &Mutex<Vec<String>>) -> io::Result<()> {
    const TLS_REQUEST: [u8; 4] = 80_877_103_u32.to_be_bytes();
    let mut server = TcpStream::connect(server)?;
    let mut start = message(&mut client)?;
    while start[4..8] == TLS_REQUEST {
        client.write_all(b"N")?;
        start = message(&mut client)?;
    }
    server.write_all(&without_options(&start, endpoints))?;
    let (mut to_client, mut from_server) = (client.try_clone()?, server.try_clone()?);
    thread::spawn(move || {
        let _ = io::copy(&mut from_server, &mut to_client);
        let _ = to_client.shutdown(Shutdown::Both);
    });
    io::copy(&mut client, &mut server)?;
    server.shutdown(Shutdown::Both)
}

/// A message without a type: its length, then the rest.
fn message(client: &mut TcpStream) -> io::Result<Vec<u8>> {
    let mut message = vec![0; 4];
    client.read_exact(&mut message)?;
    let length = u32::from_be_bytes(message[..4].try_into().unwrap()) as usize;
    message.resize(length, 0);
    client.read_exact(&mut message[4..])?;
    Ok(message)
}

fn without_options(start: &[u8], endpoints: &Mutex<Vec<String>>) -> Vec<u8> {
    let texts: Vec<&[u8]> = start[8..].split(|byte| *byte == 0).collect();
    let mut kept = start[4..8].to_vec();
    for pair in texts.chunks_exact(2).take_while(|pair| !pair[0].is_empty()) {
        if pair[0] == b"options" {
            let option = String::from_utf8_lossy(pair[1]).into_owned();
            endpoints.lock().unwrap().push(option.strip_prefix("endpoint=").expect("an endpoint").to_owned());
        } else {
            kept.extend([pair[0], b"\0", pair[1], b"\0"].concat());
        }
    }
    kept.push(0);
    [&u32::try_from(kept.len() + 4).unwrap().to_be_bytes()[..], &kept].concat()
}

#[expect(clippy::result_large_err, reason = "the library asks for this type")]
async fn unwrap_messages(client: impl AsyncRead + AsyncWrite + Unpin, server: String) -> Option<()> {
    let only_here = |request: &Request, answer: Response| match request.uri().path() {
        "/v2" => Ok(answer),
        _ => Err(ErrorResponse::new(None)),
    };
    let socket = tokio_tungstenite::accept_hdr_async(client, only_here).await.ok()?;
    let (mut to_client, mut from_client) = socket.split();
    let (mut from_server, mut to_server) = tokio::net::TcpStream::connect(server).await.ok()?.into_split();
    let mut bytes = [0; 777];
    loop {
        tokio::select! {
            message = from_client.next() => to_server.write_all(&message?.ok()?.into_data()).await.ok()?,
            read = from_server.read(&mut bytes) => match read.ok()? {
                0 => return None,
                read => to_client.send(Message::binary(bytes[..read].to_vec())).await.ok()?,
            },
        }
    }
}
