#![allow(clippy::all, missing_docs, clippy::unwrap_used, clippy::print_stdout)]
use std::time::Instant;
use judder_server::*;
fn main() {
    let fan = judder_data::simulate::Fan::new(0);
    let state = judder_data::simulate::State { speed: judder_data::simulate::Speed::Low, coin: false, moved: false };
    let r = fan.recording(state, 1, 200.0, 200).unwrap();
    let mut body = String::from("{\"device\":\"a\",\"sequence\":100");
    for (n, a) in ["x","y","z"].iter().zip(r.iter_axes()) {
        body += &format!(",\"{n}\":[{}]", a.iter().map(|v| v.to_string()).collect::<Vec<_>>().join(","));
    }
    body += "}";
    println!("{} bytes: {}", body.len(), &body[..120]);
    for _ in 0..3 {
    let t = Instant::now();
    for _ in 0..5000 { std::hint::black_box(from_json(body.as_bytes()).unwrap()); }
    println!("json {:?}", t.elapsed()/5000);
    let p = from_json(body.as_bytes()).unwrap();
    let t = Instant::now();
    for _ in 0..5000 { std::hint::black_box(p.clone()); }
    println!("clone {:?}", t.elapsed()/5000);
    let model = judder_model::Model::read(std::path::Path::new("/tmp/try/fan.model.json")).unwrap();
    let s = judder_model::Scorer::new(&model);
    let t = Instant::now();
    for _ in 0..5000 { std::hint::black_box(s.score(p.recording.values(), 3, None).unwrap()); }
    println!("score {:?}", t.elapsed()/5000);
    }
}
