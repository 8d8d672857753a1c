//! Recordings on their way to the server: each is sent again until the server keeps it.

use embassy_futures::select::{Either, select};
use embassy_net::Stack;
use embassy_net::tcp::TcpSocket;
use embassy_sync::blocking_mutex::raw::CriticalSectionRawMutex;
use embassy_sync::channel::Channel;
use embassy_sync::signal::Signal;
use embassy_time::{Duration, Timer, with_timeout};
use embedded_io_async::Write;
use esp_hal::rng::Rng;
use esp_println::println;
use esp_radio::wifi::sta::StationConfig;
use esp_radio::wifi::{AuthenticationMethodConfig, Config, Interface, WifiController};
use judder_board::{Fate, Post, Settings, status};

use crate::model::WINDOW;

/// Recordings that wait: each is 6 bytes a reading.
const WAITING: usize = 8;

/// The shortest and the longest time between two attempts.
const FIRST_PAUSE_MS: u64 = 500;
const LONGEST_PAUSE_MS: u64 = 60_000;

/// The longest time that the server has to answer.
const PATIENCE: Duration = Duration::from_secs(10);

pub struct Recording {
    pub sequence: u64,
    pub rate_hz: f64,
    pub g_of_a_count: f32,
    pub counts: [[i16; 3]; WINDOW],
}

pub static RECORDINGS: Channel<CriticalSectionRawMutex, Recording, WAITING> = Channel::new();

/// What posting goes by; told anew, it begins anew.
pub static SETTINGS: Signal<CriticalSectionRawMutex, Settings> = Signal::new();

#[embassy_executor::task]
pub async fn run(mut runner: embassy_net::Runner<'static, Interface>) -> ! {
    runner.run().await
}

#[embassy_executor::task]
pub async fn post(stack: Stack<'static>, mut wifi: WifiController<'static>) {
    let mut settings = SETTINGS.wait().await;
    // What is being sent outlives other settings.
    let mut pending = None;
    // The radio is on, so this is true chance.
    let start = Rng::new().random().max(1);
    loop {
        let serving = serve(&settings, stack, &mut wifi, &mut pending, start);
        match select(SETTINGS.wait(), serving).await {
            Either::First(told) => settings = told,
            Either::Second(()) => {}
        }
    }
}

async fn serve(
    settings: &Settings,
    stack: Stack<'static>,
    wifi: &mut WifiController<'static>,
    pending: &mut Option<Recording>,
    start: u32,
) {
    if !settings.can_post() {
        return core::future::pending().await;
    }
    let mut pause_ms = FIRST_PAUSE_MS;
    // A server of judder 0.1 is sent none.
    let mut start = start;
    loop {
        if pending.is_none() {
            *pending = Some(RECORDINGS.receive().await);
        }
        let fate = match pending {
            Some(recording) if connected(settings, stack, wifi).await => {
                let status = send(settings, stack, recording, start).await;
                if status == Some(400) && start > 0 {
                    start = 0;
                    continue;
                }
                Fate::of(status)
            }
            _ => Fate::Again,
        };
        match fate {
            Fate::Kept => *pending = None,
            Fate::Refused => {
                println!("the server refuses a recording; it is left out");
                *pending = None;
            }
            Fate::Again => {
                // Boards that are switched on together are not to come back together.
                let half = pause_ms / 2;
                let some = u64::from(Rng::new().random()) % (half + 1);
                Timer::after(Duration::from_millis(half + some)).await;
                pause_ms = (2 * pause_ms).min(LONGEST_PAUSE_MS);
                continue;
            }
        }
        pause_ms = FIRST_PAUSE_MS;
    }
}

/// Joins the network where the board is not in it.
async fn connected(
    settings: &Settings,
    stack: Stack<'static>,
    wifi: &mut WifiController<'static>,
) -> bool {
    if !wifi.is_connected() {
        let Ok(name) = settings.wifi().try_into() else { return false };
        let Ok(password) = settings.password().try_into() else { return false };
        let authentication = match settings.password() {
            "" => AuthenticationMethodConfig::Open,
            _ => AuthenticationMethodConfig::Wpa2Personal(password),
        };
        let station = StationConfig::default().with_ssid(name).with_authentication(authentication);
        if let Err(error) = wifi.set_config(&Config::Station(station)) {
            println!("WiFi takes no such settings: {error:?}");
            return false;
        }
        if let Err(error) = wifi.connect_async().await {
            println!("no WiFi: {error:?}");
            return false;
        }
        println!("in the network {}", settings.wifi());
    }
    with_timeout(PATIENCE, stack.wait_config_up()).await.is_ok()
}

/// Sends a recording, and says what the server answers.
async fn send(
    settings: &Settings,
    stack: Stack<'static>,
    recording: &Recording,
    start: u32,
) -> Option<u16> {
    let (mut rx, mut tx) = ([0; 512], [0; 1536]);
    let mut request = [0; 512 + 6 * WINDOW];
    let post = Post {
        host: "judder",
        device: settings.device(),
        sequence: recording.sequence,
        start,
        rate_hz: recording.rate_hz,
        g_of_a_count: recording.g_of_a_count,
        counts: &recording.counts,
    };
    let length = post.write(&mut request)?;
    let mut socket = TcpSocket::new(stack, &mut rx, &mut tx);
    socket.set_timeout(Some(PATIENCE));
    socket.connect(settings.server).await.ok()?;
    socket.write_all(request.get(..length)?).await.ok()?;
    socket.flush().await.ok()?;
    let (mut answer, mut filled) = ([0; 64], 0);
    loop {
        let count = socket.read(answer.get_mut(filled..)?).await.ok()?;
        filled += count;
        let found = status(answer.get(..filled)?);
        if found.is_some() || count == 0 {
            return found;
        }
    }
}
