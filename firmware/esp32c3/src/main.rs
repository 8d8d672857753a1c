//! Watches a machine by an MSA301, on an ESP32-C3: a buzzer sounds while it is strange, and recordings
//! are posted where a server is set.
//!
//! What needs no chip is in `judder-board`, and is tested there. The model is the crate that
//! `judder export --to rust` wrote; see README.md.
#![no_std]
#![no_main]

mod console;
mod flash;
mod network;
#[path = "../../shared/watching.rs"]
mod watching;

include!(concat!(env!("OUT_DIR"), "/model.rs"));

use embassy_executor::Spawner;
use embassy_net::StackResources;
use embassy_time::{Instant, Timer};
use esp_backtrace as _;
use esp_hal::clock::CpuClock;
use esp_hal::gpio::{Input, InputConfig, Level, Output, OutputConfig, Pull};
use esp_hal::i2c::master::{Config as BusConfig, I2c};
use esp_hal::rng::Rng;
use esp_hal::time::Rate;
use esp_hal::timer::timg::TimerGroup;
use esp_hal::usb::usb_serial_jtag::UsbSerialJtag;
use esp_println::println;
use esp_radio::wifi::{Interface, WifiController};
use judder_board::{Button, Numbers, SETTINGS_LEN, Schedule, Settings};
use msa301::asynchronous::Msa301;
use static_cell::StaticCell;

use flash::{Flash, Kept};
use model::{RATE_HZ, WINDOW};
use network::{RECORDINGS, Recording, SETTINGS};
use watching::Watching;

esp_bootloader_esp_idf::esp_app_desc!();

/// ±4 g; measured faster than is read, as the sensor has no FIFO and its newest reading is fetched.
const SENSOR: msa301::Settings = msa301::Settings {
    range: msa301::Range::G4,
    rate: msa301::Rate::Hz1000,
    ..msa301::Settings::low_noise()
};

#[esp_rtos::main]
async fn main(spawner: Spawner) -> ! {
    let chip = esp_hal::init(esp_hal::Config::default().with_cpu_clock(CpuClock::max()));
    esp_alloc::heap_allocator!(size: 72 * 1024);
    esp_rtos::start(TimerGroup::new(chip.TIMG0).timer0, chip.FROM_CPU_INTR0);

    let mut flash = Flash::new(chip.FLASH);
    let mut settings = kept_settings(&mut flash);
    let mut numbers = kept_numbers(&mut flash);

    let (from_usb, _) = UsbSerialJtag::new(chip.USB_DEVICE).into_async().split();
    match console::listen(from_usb) {
        Ok(task) => spawner.spawn(task),
        Err(_) => println!("nothing listens to the serial line"),
    }
    match WifiController::new(chip.WIFI, Default::default()) {
        Ok(wifi) => start_network(spawner, wifi),
        Err(error) => println!("there is no WiFi: {error:?}"),
    }
    SETTINGS.signal(settings.clone());

    let mut lamp = Output::new(chip.GPIO8, Level::Low, OutputConfig::default());
    let mut buzzer = Output::new(chip.GPIO10, Level::Low, OutputConfig::default());
    let down = Input::new(chip.GPIO9, InputConfig::default().with_pull(Pull::Up));
    let bus_config = BusConfig::default().with_frequency(Rate::from_khz(400));
    let mut bus = match I2c::new(chip.I2C0, bus_config) {
        Ok(bus) => bus.with_sda(chip.GPIO5).with_scl(chip.GPIO6).into_async(),
        Err(error) => stop(format_args!("the bus cannot be set up: {error:?}")).await,
    };
    let Some(mut watching) = Watching::new() else { stop(format_args!("the model is none")).await };
    if down.is_low() {
        watching.forget(&mut flash);
    } else {
        watching.load(&mut flash);
    }

    let mut schedule = Schedule::new(RATE_HZ);
    let mut button = Button::default();
    let mut counts = [[0; 3]; WINDOW];
    let mut filled = 0;
    loop {
        let sensor = Msa301::new(&mut bus, msa301::Model::Msa301, &SENSOR).await;
        let mut sensor = match sensor {
            Ok(sensor) => sensor,
            Err(error) => {
                println!("no MSA301: {error:?}; check SDA, SCL, 3V3 and GND");
                Timer::after_secs(1).await;
                continue;
            }
        };
        let unit = sensor.range().g_of_a_count(msa301::Model::Msa301);
        schedule.restart();
        loop {
            Timer::at(Instant::from_micros(schedule.due_us(Instant::now().as_micros()))).await;
            let in_time = schedule.take(Instant::now().as_micros());
            let Ok(reading) = sensor.counts().await else {
                println!("the sensor does not answer");
                break;
            };
            if !in_time {
                watching.gap();
                filled = 0;
            }
            if let Some(place) = counts.get_mut(filled) {
                *place = reading;
                filled += 1;
            }
            if filled == WINDOW {
                filled = 0;
                post(&settings, &mut numbers, &mut flash, unit, &schedule, &counts);
            }
            let alarm = watching.push(reading.map(|count| f32::from(count) * unit), &mut flash);
            buzzer.set_level(alarm.into());
            lamp.set_level(alarm.into());
            if button.held(down.is_low(), Instant::now().as_millis()) {
                watching.learn();
            }
            while let Ok(line) = console::LINES.try_receive() {
                hear(line.text(), &mut settings, &mut watching, &mut flash);
            }
        }
        watching.gap();
        filled = 0;
    }
}

fn start_network(spawner: Spawner, wifi: WifiController<'static>) {
    static RESOURCES: StaticCell<StackResources<3>> = StaticCell::new();
    let random = Rng::new();
    let seed = u64::from(random.random()) << 32 | u64::from(random.random());
    let (stack, runner) = embassy_net::new(
        Interface::station(),
        embassy_net::Config::dhcpv4(Default::default()),
        RESOURCES.init(StackResources::new()),
        seed,
    );
    if let (Ok(run), Ok(post)) = (network::run(runner), network::post(stack, wifi)) {
        spawner.spawn(run);
        spawner.spawn(post);
    }
}

/// Puts a recording where it waits for being sent; one for which there is no room leaves a gap in the
/// numbers.
fn post(
    settings: &Settings,
    numbers: &mut Numbers,
    flash: &mut Flash,
    g_of_a_count: f32,
    schedule: &Schedule,
    counts: &[[i16; 3]; WINDOW],
) {
    if !settings.can_post() {
        return;
    }
    let Some(sequence) = numbers.take(|bytes| flash.write(Kept::Numbers, bytes)) else { return };
    let rate_hz = schedule.rate_hz();
    let recording = Recording { sequence, rate_hz, g_of_a_count, counts: *counts };
    if RECORDINGS.try_send(recording).is_err() {
        println!("recording {sequence} is left out: too many wait");
    }
}

/// Does what a line says.
fn hear(line: &str, settings: &mut Settings, watching: &mut Watching, flash: &mut Flash) {
    use judder_board::Heard;
    match settings.hear(line) {
        Ok(Heard::Set) => {
            flash.write(Kept::Settings, &settings.to_bytes());
            SETTINGS.signal(settings.clone());
        }
        Ok(Heard::Show) => println!(
            "wifi {}, device {}, server {}, post {}",
            settings.wifi(),
            settings.device(),
            settings.server,
            if settings.posts { "on" } else { "off" }
        ),
        Ok(Heard::Learn) => watching.learn(),
        Ok(Heard::Forget) => watching.forget(flash),
        Err(wrong) => println!("{}", wrong.0),
    }
}

fn kept_settings(flash: &mut Flash) -> Settings {
    let mut bytes = [0; SETTINGS_LEN];
    let read = flash.read(Kept::Settings, &mut bytes);
    let kept = if read { Settings::from_bytes(&bytes) } else { None };
    kept.unwrap_or(Settings::unset())
}

fn kept_numbers(flash: &mut Flash) -> Numbers {
    let mut bytes = [0; 16];
    flash.read(Kept::Numbers, &mut bytes);
    Numbers::new(&bytes)
}

/// Says what is wrong, again and again.
async fn stop(why: core::fmt::Arguments<'_>) -> ! {
    loop {
        println!("{why}");
        Timer::after_secs(5).await;
    }
}
