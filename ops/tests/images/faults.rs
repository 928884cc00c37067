//! What may be wrong between a machine and a registry.

use std::{net::SocketAddr, sync::Arc, time::Duration};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    task::JoinHandle,
};

/// What happens to a connection.
pub enum Fault {
    None,
    /// It is cut when so many bytes have gone towards the registry.
    Cut {
        after: usize,
    },
    /// So many bytes a tenth of a second go towards the registry.
    Trickle {
        bytes: usize,
    },
    /// Nobody ever answers.
    Stall,
    /// Each request is answered by what this makes of its first line; without an answer the
    /// connection is cut.
    Answer(fn(&str) -> Option<&'static str>),
}

pub struct Proxy {
    pub address: SocketAddr,
    task: JoinHandle<()>,
}

impl Proxy {
    /// Before `registry`; `plan` says what happens to each connection, by its number.
    pub async fn start(registry: SocketAddr, plan: impl Fn(usize) -> Fault + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let plan = Arc::new(plan);
        let task = tokio::spawn(async move {
            for number in 0.. {
                let (client, _) = listener.accept().await.unwrap();
                let plan = plan.clone();
                tokio::spawn(async move { connection(client, registry, plan(number)).await });
            }
        });
        Self { address, task }
    }

    /// Before nothing.
    pub async fn alone(plan: impl Fn(usize) -> Fault + Send + Sync + 'static) -> Self {
        Self::start(([127, 0, 0, 1], 1).into(), plan).await
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn connection(mut client: TcpStream, registry: SocketAddr, fault: Fault) -> std::io::Result<()> {
    match fault {
        Fault::Stall => std::future::pending().await,
        Fault::Answer(answer) => answers(&mut client, answer).await,
        fault => {
            let mut server = TcpStream::connect(registry).await?;
            let (mut from_client, mut to_client) = client.split();
            let (mut from_server, mut to_server) = server.split();
            tokio::select! {
                done = forward(&mut from_client, &mut to_server, fault) => done,
                done = tokio::io::copy(&mut from_server, &mut to_client) => done.map(drop),
            }
        }
    }
}

async fn forward(
    from: &mut (impl AsyncReadExt + Unpin),
    to: &mut (impl AsyncWriteExt + Unpin),
    fault: Fault,
) -> std::io::Result<()> {
    let size = if let Fault::Trickle { bytes } = fault { bytes / 10 } else { 64 * 1024 };
    let mut buffer = vec![0; size];
    let mut forwarded = 0;
    loop {
        let read = from.read(&mut buffer).await?;
        if read == 0 {
            return Ok(());
        }
        forwarded += read;
        match fault {
            Fault::Cut { after } if forwarded > after => return Ok(()),
            Fault::Trickle { .. } => tokio::time::sleep(Duration::from_millis(10)).await,
            _ => {}
        }
        to.write_all(&buffer[..read]).await?;
    }
}

async fn answers(client: &mut TcpStream, answer: fn(&str) -> Option<&'static str>) -> std::io::Result<()> {
    let mut request = Vec::new();
    loop {
        let mut buffer = [0; 4096];
        let read = client.read(&mut buffer).await?;
        if read == 0 {
            return Ok(());
        }
        request.extend_from_slice(&buffer[..read]);
        // Only heads matter here: none of these requests is let go on to its body.
        if request.ends_with(b"\r\n\r\n") {
            let text = String::from_utf8_lossy(&request).into_owned();
            request.clear();
            let Some(answer) = answer(text.lines().next().unwrap_or_default()) else { return Ok(()) };
            client.write_all(answer.as_bytes()).await?;
        }
    }
}
