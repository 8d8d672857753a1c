//! A server that runs until it is told to end: what `judder collect` and `judder serve` share.

use std::io::{self, ErrorKind};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use anyhow::anyhow;
use judder_data::FolderLock;
use judder_server::{
    About, Access, Door, Engine, Inlet, Metrics, Proxies, Setup, Told, listen, serve,
};
use tokio::sync::oneshot;

use crate::config::Settings;
use crate::input;
use crate::output::say;
use crate::progress::Progress;
use crate::reload::{Read, reload};
use crate::signals::Signals;
use crate::start::{Token, folder, token};
use crate::system;

/// The longest time to run, in seconds: a hundred years.
pub(crate) const LONGEST: usize = 100 * 365 * 86_400;

/// How long a server runs.
#[derive(clap::Args, Clone)]
pub(crate) struct Lasting {
    /// Seconds to run; 0 is until it is stopped
    #[arg(
        short,
        long,
        default_value_t = 0,
        value_parser = input::counts(0..=LONGEST),
        allow_negative_numbers = true,
        value_name = "SECS"
    )]
    pub(crate) time: usize,
}

/// Where to listen, and how long.
pub(crate) struct Place<'s> {
    pub(crate) settings: &'s Settings,
    /// Until it is told to end, for 0.
    pub(crate) seconds: usize,
    /// How the configuration is read anew.
    pub(crate) read: Read,
    /// What begins once it listens there.
    pub(crate) beside: Option<Box<dyn FnOnce(SocketAddr)>>,
}

/// What is served, once it is open.
pub(crate) struct Opened {
    pub(crate) setup: Setup,
    pub(crate) about: About,
    pub(crate) told: Vec<Told>,
    /// Keeps others out of the folder until it ends.
    pub(crate) lock: Option<FolderLock>,
    /// In words.
    pub(crate) what: String,
}

impl Place<'_> {
    /// Serves what `open` opens, once it listens; how many recordings were kept.
    pub(crate) fn serve(
        self,
        open: impl FnOnce(Arc<Metrics>) -> anyhow::Result<Opened>,
    ) -> anyhow::Result<u64> {
        let settings = self.settings;
        // One may wait for a disk, and others are to be answered.
        let threads =
            std::thread::available_parallelism().map_or(2, |threads| threads.get().max(2));
        let runtime = tokio::runtime::Builder::new_multi_thread();
        let runtime = { runtime }.worker_threads(threads).enable_all().build()?;
        let Signals { stopped, mut again } = Signals::hear()?;
        let done = runtime.block_on(async {
            // First, so that nothing is made where nothing can come.
            let address = SocketAddr::new(settings.address, settings.port);
            let listener = listen(address).map_err(|error| cannot_listen(address, &error))?;
            let listening = listener.local_addr()?;
            folder(settings)?;
            let Token { secret, is_ours, place: token_at, made } = token(&settings.token)?;
            let access = Access::new(secret, settings.keys())
                .on_port(listening.port())
                .with_sessions(settings.sessions.clone().filter(|_| settings.page))
                .with_public(settings.public_url.clone())
                .trusting_loopback(settings.trust_loopback);
            let places = places(listening, settings);
            let links = places.iter().map(|(words, place)| match is_ours {
                true => (*words, access.link(place)),
                false => (*words, place.clone()),
            });
            let links: Vec<_> = links.collect();
            let proxies = Proxies::new(settings.trusted_proxies.clone());
            let door = Door::new(access, settings.peers).with_unit(settings.unit).behind(proxies);
            let door = Arc::new(door.with_limits(settings.limits));
            let Opened { setup, about, told, lock: _lock, what } = open(door.metrics())?;
            let mut running = Engine::start(setup)?;
            made.keep();
            let engine = running.engine();
            // Whoever is told of an alert is mostly at another machine.
            let page = places.last().map(|(_, place)| place.as_str());
            running.tell(told, page.filter(|_| settings.page)).await?;
            say(format_args!("listening on http://{listening}, {what}"));
            if settings.trust_loopback && settings.page {
                tracing::warn!(
                    "trust_loopback: whoever reaches {listening} from this machine, by a proxy or a tunnel that does \
                     not show itself too, needs no token"
                );
            }
            if settings.page {
                for (words, link) in links {
                    say(format_args!("{words}: {link}"));
                }
                if !is_ours {
                    say(format_args!("it asks for the token once; {token_at}"));
                }
            }
            let inlet = match settings.page {
                true => Inlet::with_pages(engine.clone(), door, about),
                false => Inlet::new(engine.clone(), door),
            };
            system::tell_ready();
            let mut all = (self.read, engine.clone(), settings.clone());
            let reloading = tokio::spawn(async move {
                while again.recv().await.is_some() {
                    let reloaded = tokio::task::spawn_blocking(move || {
                        reload(&all.0, &all.1, &all.2);
                        all
                    });
                    let Ok(reloaded) = reloaded.await else { return };
                    all = reloaded;
                }
            });
            if let Some(beside) = self.beside {
                beside(listening);
            }
            let ended = async {
                ended(self.seconds, &engine, stopped).await;
                system::tell_stopping();
            };
            serve(listener, inlet, settings.limits, ended).await;
            reloading.abort();
            drop(reloading.await);
            // What was taken is kept before this ends.
            tokio::task::spawn_blocking(move || running.stop()).await?;
            Ok(engine.kept())
        });
        // What waits for signals, or hangs, ends with the program.
        runtime.shutdown_background();
        done
    }
}

/// Why there is no listening on an address, and what to do.
fn cannot_listen(address: SocketAddr, error: &io::Error) -> anyhow::Error {
    let advice = match error.kind() {
        ErrorKind::AddrInUse => {
            "; another program does already: stop it, or give another port with --port"
        }
        ErrorKind::PermissionDenied => "; give a port above 1023 with --port",
        ErrorKind::AddrNotAvailable => "; give an address of this machine with --address",
        _ => "",
    };
    anyhow!("{address}: cannot be listened on: {error}{advice}")
}

/// Where people find the page, in words and as addresses: on this machine first, where it listens there; then from
/// others.
fn places(listening: SocketAddr, settings: &Settings) -> Vec<(&'static str, String)> {
    let at = |address: IpAddr| format!("http://{}/", SocketAddr::new(address, listening.port()));
    let here = match listening.ip() {
        IpAddr::V4(all) if all.is_unspecified() => Some(Ipv4Addr::LOCALHOST.into()),
        IpAddr::V6(all) if all.is_unspecified() => Some(Ipv6Addr::LOCALHOST.into()),
        one => one.is_loopback().then_some(one),
    };
    let mut places = Vec::from_iter(here.map(|here| ("the page", at(here))));
    if let Some(url) = &settings.public_url {
        places.push(("the page, by its own address", url.to_string()));
    } else if let reached = reachable(listening).ip()
        && !reached.is_loopback()
    {
        let words = if here.is_some() { "from other machines" } else { "the page" };
        places.push((words, at(reached)));
    }
    places
}

/// The address that people reach this machine by: its own in the network where it listens on all.
fn reachable(listening: SocketAddr) -> SocketAddr {
    if !listening.ip().is_unspecified() {
        return listening;
    }
    // Nothing is sent: the system only says which of its addresses it would send from.
    let (any, elsewhere): (IpAddr, IpAddr) = match listening.ip() {
        IpAddr::V4(_) => (Ipv4Addr::UNSPECIFIED.into(), Ipv4Addr::new(192, 0, 2, 1).into()),
        IpAddr::V6(_) => {
            (Ipv6Addr::UNSPECIFIED.into(), Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 1).into())
        }
    };
    let own = std::net::UdpSocket::bind((any, 0)).and_then(|socket| {
        socket.connect((elsewhere, 9))?;
        socket.local_addr()
    });
    let own = own.map_or(Ipv4Addr::LOCALHOST.into(), |address| address.ip());
    SocketAddr::new(own, listening.port())
}

/// After so many seconds, if any, or when the user or the system says so. Meanwhile a terminal shows how
/// many recordings were kept.
async fn ended(seconds: usize, engine: &Engine, stopped: oneshot::Receiver<()>) {
    let progress = Progress::without_end("recordings kept:");
    let mut shown = 0;
    let count = async {
        loop {
            tokio::time::sleep(Duration::from_millis(200)).await;
            let kept = engine.kept();
            progress.advance_by(kept - shown);
            shown = kept;
        }
    };
    let time = async {
        match seconds {
            0 => std::future::pending().await,
            seconds => tokio::time::sleep(Duration::from_secs(seconds as u64)).await,
        }
    };
    tokio::select! {
        () = count => {}
        () = time => {}
        _ = stopped => {}
    }
}
