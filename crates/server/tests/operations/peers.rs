//! How much one peer may ask for.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::sync::Arc;
use std::time::{Duration, Instant};

use judder_server::{MOST_PEERS, PeerLimits, Peers, Proxies};
use proptest::prelude::*;

fn peers(requests: u32, burst: u32) -> Peers {
    Peers::new(PeerLimits { requests, burst, connections: 2 })
}

fn address(text: &str) -> IpAddr {
    text.parse().unwrap()
}

#[test]
fn a_burst_passes_and_then_as_many_as_come_back() {
    let peers = peers(10, 5);
    let one = address("192.168.1.9");
    let mut now = Instant::now();
    for _ in 0..5 {
        assert!(peers.request_at(one, now).is_ok());
    }
    let problem = peers.request_at(one, now).unwrap_err();
    assert_eq!(problem.status().as_u16(), 429);
    assert!(problem.detail().contains("wait 1 s"), "{problem}");
    // Others do not pay for it.
    assert!(peers.request_at(address("192.168.1.8"), now).is_ok());
    now += Duration::from_millis(100);
    assert!(peers.request_at(one, now).is_ok());
    assert!(peers.request_at(one, now).is_err());
    now += Duration::from_secs(3600);
    for _ in 0..5 {
        assert!(peers.request_at(one, now).is_ok());
    }
    assert!(peers.request_at(one, now).is_err(), "an hour of silence is not saved up");
}

#[test]
fn a_net_of_the_new_kind_is_one_peer_and_both_forms_of_an_old_address_are() {
    let peers = peers(1, 1);
    let now = Instant::now();
    assert!(peers.request_at(address("2001:db8:1:2::1"), now).is_ok());
    assert!(peers.request_at(address("2001:db8:1:2:ffff::2"), now).is_err());
    assert!(peers.request_at(address("2001:db8:1:3::1"), now).is_ok());
    assert!(peers.request_at(address("10.0.0.1"), now).is_ok());
    assert!(peers.request_at(address("::ffff:10.0.0.1"), now).is_err());
    assert!(peers.request_at(address("::ffff:10.0.0.2"), now).is_ok());
}

#[test]
fn this_machine_and_proxies_have_as_many_connections_as_they_like() {
    let proxies = Proxies::new(vec!["10.0.0.9".parse().unwrap()]);
    let peers = Arc::new(peers(1, 1).sparing(proxies));
    let mut open = Vec::new();
    for one in ["127.0.0.1", "::1", "::ffff:127.0.0.1", "10.0.0.9", "::ffff:10.0.0.9"] {
        for _ in 0..1000 {
            open.push(peers.connect(address(one)).unwrap());
        }
    }
    assert_eq!(peers.remembered(), 0);
    let others: Vec<_> = (0..3).map(|_| peers.connect(address("10.0.0.8"))).collect();
    assert!(others[2].is_none());
}

#[test]
fn none_is_any_number() {
    let peers = Arc::new(Peers::new(PeerLimits { requests: 0, burst: 0, connections: 0 }));
    let one = address("192.168.1.9");
    let open: Vec<_> = (0..1000).map(|_| peers.connect(one).unwrap()).collect();
    assert!((0..1000).all(|_| peers.request_at(one, Instant::now()).is_ok()));
    drop(open);
}

#[test]
fn memory_is_bounded_however_many_ask() {
    let peers = peers(1, 1);
    let now = Instant::now();
    for number in 0..300_000_u32 {
        let net = u128::from(number) << 64 | 0x2001 << 112;
        assert!(peers.request_at(Ipv6Addr::from(net).into(), now).is_ok());
    }
    let remembered = peers.remembered();
    assert!((MOST_PEERS / 4..=MOST_PEERS).contains(&remembered), "{remembered}");
    assert_eq!(MOST_PEERS, 65_536);
}

#[test]
fn who_keeps_asking_is_not_forgotten_when_others_come() {
    let peers = peers(1, 1);
    let now = Instant::now();
    let one = address("192.168.1.9");
    assert!(peers.request_at(one, now).is_ok());
    for number in 0..300_000_u32 {
        let other = Ipv4Addr::from(0x0a00_0000 | number).into();
        assert!(peers.request_at(other, now).is_ok());
        if number % 1000 == 0 {
            assert!(peers.request_at(one, now).is_err(), "forgotten after {number}");
        }
    }
}

#[test]
fn connections_are_counted_until_they_end() {
    let peers = Arc::new(peers(1, 1));
    let one = address("192.168.1.9");
    let first = peers.connect(one).unwrap();
    let second = peers.connect(one).unwrap();
    assert!(peers.connect(one).is_none());
    assert!(peers.connect(address("192.168.1.8")).is_some());
    drop(first);
    let third = peers.connect(one).unwrap();
    assert!(peers.connect(one).is_none());
    drop((second, third));
    assert_eq!(peers.remembered(), 0, "who has none is forgotten");
}

proptest! {
    #[test]
    fn no_stretch_of_time_has_more_than_its_rate_and_a_burst(
        requests in 1..50_u32,
        burst in 1..20_u32,
        steps in proptest::collection::vec(0..400_u64, 1..200),
    ) {
        let peers = peers(requests, burst);
        let began = Instant::now();
        let (mut now, mut taken) = (began, Vec::new());
        for step in steps {
            now += Duration::from_millis(step);
            if peers.request_at(address("10.0.0.1"), now).is_ok() {
                taken.push(now);
            }
        }
        prop_assert!(!taken.is_empty());
        for (at, from) in taken.iter().enumerate() {
            for (count, to) in taken[at..].iter().enumerate() {
                let most = f64::from(burst) + (*to - *from).as_secs_f64() * f64::from(requests);
                prop_assert!((count + 1) as f64 <= most + 1.0e-3, "{} in {:?}", count + 1, *to - *from);
            }
        }
    }
}
