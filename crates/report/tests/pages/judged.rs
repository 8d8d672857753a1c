//! The page of a model: of its training, and of an evaluation.

use std::fs;
use std::path::PathBuf;

use judder_data::Recording;
use judder_model::{Model, Rule};
use judder_report::number::short;
use judder_report::{evaluated, trained};
use judder_train::{
    AutoencoderOptions, Baseline, Evaluation, EvaluationOptions, Method, Options, Pace,
    ScoredState, ScoredWindow, Trained, WatchOptions, evaluate_windows, train, train_on,
};

use crate::made::{Made, many};
use crate::page::Page;

/// A fan without and with a coin, and a model of it.
struct Fan {
    made: Made,
    normal: Vec<PathBuf>,
    anomaly: Vec<PathBuf>,
}

impl Fan {
    fn new() -> Self {
        let made = Made::new();
        let normal = vec![made.fan("still", "low", 60, 128)];
        let anomaly =
            vec![made.fan("coin", "low+coin", 20, 128), made.fan("quick", "medium", 10, 128)];
        Self { made, normal, anomaly }
    }

    fn train(&self, options: &Options) -> Trained {
        train(&self.normal, &self.anomaly, options).unwrap()
    }

    fn evaluate(&self, model: &Model) -> (Evaluation, Vec<ScoredState>) {
        let options = EvaluationOptions::default();
        evaluate_windows(model, &self.normal, &self.anomaly, options, || ()).unwrap()
    }
}

fn page_of(one: &Trained) -> Page {
    let pace = Pace::of(one.model.binding(), None);
    let page = Page::of(&trained(one, pace, "fan.model.json").unwrap());
    page.is_sound();
    page
}

fn page_of_evaluation(model: &Model, evaluation: &Evaluation, scored: &[ScoredState]) -> Page {
    let pace = Pace::of(model.binding(), None);
    let page = Page::of(&evaluated(model, evaluation, scored, pace, "fan.model.json").unwrap());
    page.is_sound();
    page
}

/// The four counts of verdicts: right and wrong of normal, wrong and right of anomalous windows.
fn confusion(page: &Page) -> [usize; 4] {
    let cells = page.within("confusion", "td");
    let keys = ["true-negatives", "false-positives", "false-negatives", "true-positives"];
    keys.map(|key| {
        let cell = cells.iter().find(|cell| cell.get("data-key") == Some(key)).unwrap();
        let value = cell.get("data-value").unwrap();
        assert!(cell.text.starts_with(value), "{}", cell.text);
        value.parse().unwrap()
    })
}

/// What a fact of the model is.
fn fact(page: &Page, name: &str) -> String {
    let rows = page.rows("facts");
    let row = rows.iter().find(|(_, cells)| cells[0].text == name);
    row.unwrap_or_else(|| panic!("no fact {name}")).1[1].text.clone()
}

#[test]
fn a_training_shows_what_its_model_says() {
    let fan = Fan::new();
    let one = fan.train(&Options { hold_out: 0.2, seed: 7, ..Options::default() });
    let page = page_of(&one);
    let figure = &one.model.figures()[0];
    assert_eq!((figure.split.as_str(), figure.normal_windows), ("time-ordered", 48));
    let [normal, alarms] = [figure.normal_windows - figure.false_alarms, figure.false_alarms];
    let found = figure.anomaly_windows - figure.missed;
    assert_eq!(confusion(&page), [normal, alarms, figure.missed, found]);
    let json = one.model.to_json();
    assert_eq!(fact(&page, "file"), format!("fan.model.json ({} bytes)", json.len()));
    assert_eq!(
        fact(&page, "features"),
        "log-cov+diff-log-cov+total-octaves:6+bands:16 (66 numbers)"
    );
    assert_eq!(fact(&page, "seed"), "7");
    let hash = one.model.provenance().data_sha256.clone().unwrap();
    assert_eq!(fact(&page, "SHA-256 of these"), hash);
    assert!(fact(&page, "fitted to").contains("48 recordings, 48 windows"));
    assert!(page.find("loss").is_none());
    // Where the threshold lies amid the anomalies, half of them are missed.
    let mut scores: Vec<f64> =
        one.scored.iter().filter(|state| state.anomaly).flat_map(ScoredState::scores).collect();
    scores.sort_by(f64::total_cmp);
    let rule = Rule::Given(scores[14]);
    let page = page_of(&fan.train(&Options { hold_out: 0.2, rule, ..Options::default() }));
    assert_eq!(confusion(&page)[2..], [15, 15]);
}

/// In the first third of the run the fan vibrates more.
#[test]
fn what_lies_apart_is_shown_with_the_threshold_without_it() {
    let fan = Fan::new();
    let read = Baseline::read(&fan.normal, 0.0, false).unwrap();
    let mut all = read.readings().unwrap();
    for one in &mut all[..18] {
        let louder = one.recording.iter_axes().flat_map(|axis| {
            let mean = axis.iter().sum::<f64>() / axis.len() as f64;
            axis.iter().map(move |x| mean + 1.6 * (x - mean))
        });
        let (axes, length) = (one.recording.axes(), one.recording.len());
        one.recording = Recording::from_axes(axes, length, louder.collect()).unwrap();
    }
    let normal = Baseline::of(all, read.given);
    let one = train_on(normal, None, &Options::default()).unwrap();
    let page = page_of(&one);
    let [offered] = &one.stretches.without[..] else { panic!("{:?}", one.stretches) };
    let listed = page.within("apart-list", "li");
    assert_eq!(listed.len(), one.stretches.found.len());
    assert!(listed[0].text.starts_with("the first 18 windows of 60 (12 s) of still"), "{listed:?}");
    let cells: Vec<String> =
        page.within("apart-table", "td").iter().map(|td| td.text.clone()).collect();
    assert_eq!(cells[5], "all but that start (18 windows)");
    assert_eq!(
        [&cells[1], &cells[6]],
        [&short(offered.with.threshold), &short(offered.without.threshold)]
    );
    assert!(page_of(&fan.train(&Options::default())).find("apart").is_none());
}

#[test]
fn an_evaluation_shows_its_counts_and_states() {
    let fan = Fan::new();
    let model = fan.train(&Options { hold_out: 0.5, ..Options::default() }).model;
    let (evaluation, scored) = fan.evaluate(&model);
    let page = page_of_evaluation(&model, &evaluation, &scored);
    let Evaluation { true_negatives, false_positives, false_negatives, true_positives, .. } =
        evaluation;
    assert_eq!(
        confusion(&page),
        [true_negatives, false_positives, false_negatives, true_positives]
    );
    let rows = page.rows("states");
    assert_eq!(rows.len(), evaluation.states.len());
    for ((_, cells), state) in rows.iter().zip(&evaluation.states) {
        assert_eq!(cells[2].text, state.windows.to_string());
        assert!(cells[3].text.starts_with(&format!("{} (", state.above)), "{}", cells[3].text);
        let auc = state.auc.map_or_else(String::new, |auc| format!("{auc:.4}"));
        assert_eq!(cells[6].text, auc);
    }
    assert!(page.visible().contains("30 normal recordings that the model was fitted to left out"));
    // One window of each state is drawn for each of its points.
    let names = page.data()["names"].clone();
    assert_eq!(names[0].as_array().unwrap().len(), 30);
    assert_eq!(names[0][0], "0030.csv");
}

/// The highest normal scores and the lowest anomalous ones, wrong verdicts first.
#[test]
fn the_worst_windows_are_those_with_the_worst_scores() {
    let fan = Fan::new();
    let options = Options { rule: Rule::Given(30.0), ..Options::default() };
    let model = fan.train(&options).model;
    let (evaluation, scored) = fan.evaluate(&model);
    let page = page_of_evaluation(&model, &evaluation, &scored);
    let name = |anomaly: bool, before: fn(&ScoredWindow, &ScoredWindow) -> bool| {
        let mut worst: Option<(&ScoredState, &ScoredWindow)> = None;
        for state in scored.iter().filter(|state| state.anomaly == anomaly) {
            for window in &state.windows {
                if worst.is_none_or(|(_, other)| before(window, other)) {
                    worst = Some((state, window));
                }
            }
        }
        let (state, window) = worst.unwrap();
        let path = &state.recordings[window.recording];
        let folder = path.parent().unwrap().file_name().unwrap().to_str().unwrap().to_owned();
        format!("{folder}, {}", path.file_name().unwrap().to_str().unwrap())
    };
    let shown: Vec<&str> =
        page.within("worst", "article").iter().map(|one| one.text.as_str()).collect();
    assert_eq!(shown.len(), 6);
    assert!(shown[0].starts_with(&name(false, |a, b| a.score > b.score)), "{}", shown[0]);
    assert!(shown[3].starts_with(&name(true, |a, b| a.score < b.score)), "{}", shown[3]);
    assert!(shown.iter().all(|one| one.contains("What stands out")));
    assert_eq!(page.within("worst", "figure").len(), 12);
}

#[test]
fn without_anomalies_there_is_no_curve_and_no_miss() {
    let fan = Fan::new();
    let one = train(&fan.normal, &[], &Options::default()).unwrap();
    let page = page_of(&one);
    assert!(page.find("roc").is_none() && page.find("miss-1-waveform").is_none());
    assert!(page.find("false-alarm-1-waveform").is_some() && page.find("sweep").is_some());
    let keys: Vec<_> =
        page.within("confusion", "td").iter().filter_map(|cell| cell.get("data-key")).collect();
    assert_eq!(keys, ["true-negatives", "false-positives"]);
    assert!(!page.visible().contains("anomalous one by the model"));
}

/// What a watch would not judge is said, beside what its scores are worth.
#[test]
fn windows_that_a_watch_would_not_judge() {
    let made = Made::new();
    let normal = vec![made.fan("still", "low", 60, 128)];
    let moved = vec![made.fan("elsewhere", "low+moved", 40, 128)];
    let model = train(&normal, &[], &Options::default()).unwrap().model;
    let (evaluation, scored) =
        evaluate_windows(&model, &normal, &moved, EvaluationOptions::default(), || ()).unwrap();
    let remounted = evaluation.states[1].remounted;
    assert!(remounted > 0);
    let page = page_of_evaluation(&model, &evaluation, &scored);
    let (_, cells) = &page.rows("served")[1];
    let last = &cells.last().unwrap().text;
    let served = evaluation.states[1].served;
    assert_eq!(*last, judder_report::serving::says(&served));
    assert!(last.contains(" remounted") && served.remounted == remounted, "{last}");
    assert!(page.visible().contains(&format!("{remounted} windows remounted would not be judged")));
}

/// How many alerts a day there are at most stands before all other figures, and of which states a server would tell.
#[test]
fn what_a_server_would_tell_comes_first() {
    let fan = Fan::new();
    let one = fan.train(&Options { hold_out: 0.5, ..Options::default() });
    let (evaluation, scored) = fan.evaluate(&one.model);
    let promise = evaluation.alerts.unwrap();
    assert_eq!((promise.alerts, promise.windows), (0, 30));
    for page in [page_of(&one), page_of_evaluation(&one.model, &evaluation, &scored)] {
        let text = page.visible();
        // 2.996 in 30 windows of 0.64 s.
        let tile = text.find("≤ 13 500").unwrap_or_else(|| panic!("{text}"));
        let false_alarms = text.find("false alarms").unwrap();
        assert!(tile < false_alarms && text.contains("none in 30 normal windows"), "{text}");
        assert!(
            text.contains("judder serve would raise an alert of 2 of 2 anomalous states"),
            "{text}"
        );
        let rows = page.rows("served");
        for (_, cells) in rows.iter().rev().take(2) {
            let says = &cells.last().unwrap().text;
            assert!(says.starts_with("alert after 3 windows: "), "{says}");
        }
    }
}

#[test]
fn without_a_threshold_nothing_is_judged() {
    let fan = Fan::new();
    let one = fan.train(&Options { rule: Rule::None, ..Options::default() });
    let page = page_of(&one);
    assert!(page.find("confusion").is_none());
    assert!(page.visible().contains("judges nothing to be an anomaly"));
    assert_eq!(fact(&page, "threshold"), "none");
    assert!(
        page.within("roc", "path")
            .iter()
            .all(|path| { path.get("class").is_none_or(|class| !class.contains("chosen")) })
    );
    assert!(page.all("path").all(|path| path.get("class") != Some("rule")));
}

#[test]
fn averages_and_votes_are_said() {
    let fan = Fan::new();
    let watch = WatchOptions { average: 3, votes: (2, 3), ..WatchOptions::default() };
    let one = fan.train(&Options { watch, ..Options::default() });
    assert!(
        fact(&page_of(&one), "decides on").starts_with("the mean of 3 scores; 2 of 3 decisions")
    );
    let (evaluation, scored) = fan.evaluate(&one.model);
    let page = page_of_evaluation(&one.model, &evaluation, &scored);
    assert_eq!(confusion(&page).iter().sum::<usize>(), 90);
}

#[test]
fn an_autoencoder_shows_how_it_learnt() {
    let fan = Fan::new();
    let method = Method::Autoencoder(AutoencoderOptions::default());
    let features = method.default_features().parse().unwrap();
    let one = fan.train(&Options { method, features, ..Options::default() });
    let page = page_of(&one);
    let lines = page.within("loss", "path");
    let names: Vec<&str> = lines.iter().filter_map(|path| path.get("data-name")).collect();
    assert_eq!(names, ["windows learnt from", "windows to stop by"]);
    assert!(fact(&page, "detector").starts_with("autoencoder of 6-3-6 units"));
}

#[test]
fn a_recording_that_has_gone_is_named_and_not_drawn() {
    let fan = Fan::new();
    let one = fan.train(&Options::default());
    for folder in fan.normal.iter().chain(&fan.anomaly) {
        fs::remove_dir_all(folder).unwrap();
    }
    let page = page_of(&one);
    assert!(page.within("worst", "figure").is_empty());
    let articles = page.within("worst", "article");
    assert_eq!(articles.len(), 6);
    assert!(articles.iter().all(|one| one.text.contains("cannot be read again")));
}

#[test]
fn more_folders_than_colours_are_refused() {
    let made = Made::new();
    let normal: Vec<PathBuf> = (0..33)
        .map(|at| made.state(format!("s{at}"), &many(3, 3, 64, 1.0 + f64::from(at))))
        .collect();
    let one = train(&normal, &[], &Options::default()).unwrap();
    let pace = Pace::of(one.model.binding(), None);
    let why = trained(&one, pace, "m").unwrap_err().to_string();
    assert!(why.starts_with("33 folders of recordings are too many"), "{why}");
}

#[test]
fn markup_in_names_is_text_here_too() {
    let made = Made::new();
    let outline = |normal: &str, anomaly: &str, file: &str| {
        let folders = [(normal, 1.0), (anomaly, 1.1)]
            .map(|(name, times)| made.state(name, &many(30, 3, 64, times)));
        let options = Options { window: Some(64), ..Options::default() };
        let one = train(&folders[..1], &folders[1..], &options).unwrap();
        let page = Page::of(&trained(&one, Pace::PerDay(10.0), file).unwrap());
        page.is_sound();
        let names: Vec<String> = page.outline().into_iter().map(str::to_owned).collect();
        (names, page.legend())
    };
    let plain = outline("pa", "qb", "m").0;
    let (normal, anomaly) = ("pa<script>alert(1)<b>&\"'", "q<!--<script>");
    let (found, legend) = outline(normal, anomaly, "</title><script>");
    assert_eq!(found, plain);
    assert_eq!(legend, [normal, anomaly]);
}

#[test]
fn equal_trainings_give_equal_pages() {
    let fan = Fan::new();
    let on = |threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| {
            let one = fan.train(&Options::default());
            trained(&one, Pace::of(one.model.binding(), None), "m").unwrap()
        })
    };
    let first = on(1);
    assert!([1, 2, 5].into_iter().all(|threads| on(threads) == first));
    assert!(fan.made.path("still").is_dir());
}
