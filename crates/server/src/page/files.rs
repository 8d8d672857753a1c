//! The files of the page, by their paths.

use bytes::Bytes;

/// A file of this folder below `/page/`.
macro_rules! file {
    ($name:literal) => {
        (concat!("/page/", $name), include_str!(concat!("assets/", $name)))
    };
}

const FILES: [(&str, &str); 29] = [
    ("/", include_str!("assets/index.html")),
    file!("alert-list.js"),
    file!("api.js"),
    file!("card.js"),
    file!("connection.js"),
    file!("copyable.js"),
    file!("elements.js"),
    file!("figure.js"),
    file!("fleet.css"),
    file!("frame.css"),
    file!("head.js"),
    file!("main.js"),
    file!("news.js"),
    file!("spark.js"),
    file!("states.js"),
    file!("store.js"),
    file!("views.css"),
    file!("views/alerts.js"),
    file!("views/commissioning.js"),
    file!("views/datasets.js"),
    file!("views/device.js"),
    file!("views/first-steps.js"),
    file!("views/fleet.js"),
    file!("views/models.js"),
    file!("views/record.js"),
    file!("views/settings.js"),
    file!("views/upload.js"),
    file!("waveform.js"),
    file!("words.js"),
];

pub(super) fn all() -> impl Iterator<Item = (&'static str, Bytes)> {
    let own = FILES.into_iter().map(|(path, text)| (path, Bytes::from_static(text.as_bytes())));
    let of_reports = [
        ("/page/charts.js", judder_report::live::script()),
        ("/page/report.css", judder_report::live::style()),
    ];
    own.chain(of_reports.map(|(path, text)| (path, Bytes::from(text))))
}
