//! The medians on the page, against a second and simple computation from the files.

use std::fs;
use std::path::Path;

use crate::made::{Made, page};
use crate::page::Page;

/// Sums in another order differ in the last digits.
const ROUNDING: f64 = 1e-9;

/// The axes of every file of a folder, in the order of their names.
pub(crate) fn files(folder: &Path) -> Vec<Vec<Vec<f64>>> {
    let mut paths: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|ending| ending == "csv"))
        .collect();
    paths.sort();
    let axes = |path| {
        let text = fs::read_to_string(path).unwrap();
        let mut axes = vec![Vec::new(); 3];
        for line in text.lines() {
            let numbers = line.split(',').map(|field| field.trim().parse::<f64>().unwrap());
            axes.iter_mut().zip(numbers).for_each(|(axis, x)| axis.push(x));
        }
        axes
    };
    paths.into_iter().map(axes).collect()
}

pub(crate) fn median(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let half = sorted.len() / 2;
    if sorted.len() % 2 == 1 { sorted[half] } else { (sorted[half - 1] + sorted[half]) / 2.0 }
}

pub(crate) fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

pub(crate) fn mad(values: &[f64]) -> f64 {
    let center = median(values);
    1.4826 * median(&values.iter().map(|x| (x - center).abs()).collect::<Vec<_>>())
}

/// A central moment.
pub(crate) fn moment(values: &[f64], power: i32) -> f64 {
    let center = mean(values);
    values.iter().map(|x| (x - center).powi(power)).sum::<f64>() / values.len() as f64
}

pub(crate) fn number(name: &str, axis: &[f64]) -> f64 {
    match name {
        "mean" => mean(axis),
        "mad" => mad(axis),
        "variance" => moment(axis, 2),
        "kurtosis" => moment(axis, 4) / moment(axis, 2).powi(2) - 3.0,
        "skewness" => moment(axis, 3) / moment(axis, 2).powf(1.5),
        _ => panic!("{name}"),
    }
}

/// Whether the medians of a state on a page are those of its folder, where each file is a window.
pub(crate) fn medians_are_right(page: &Page, state: usize, folder: &Path, names: &[&str]) {
    let files = files(folder);
    let (_, cells) = &page.rows("medians")[state];
    assert_eq!(cells[1].text, files.len().to_string());
    for name in names {
        for (axis, letter) in ["x", "y", "z"].into_iter().enumerate() {
            let all: Vec<f64> = files.iter().map(|axes| number(name, &axes[axis])).collect();
            let key = format!("{name} {letter}");
            let cell = cells.iter().find(|cell| cell.get("data-key") == Some(&*key)).unwrap();
            let found: f64 = cell.get("data-value").unwrap().parse().unwrap();
            let expected = median(&all);
            assert!(
                (found - expected).abs() <= ROUNDING * expected.abs(),
                "{key}: {found} {expected}"
            );
            let shown: f64 = cell.text.parse().unwrap();
            assert!((shown - expected).abs() <= 6e-4 * expected.abs().max(1e-3), "{key}: {shown}");
        }
    }
}

#[test]
fn medians_are_those_of_the_files() {
    let made = Made::new();
    let still = made.fan("still", "low", 12, 128);
    let quick = made.fan("quick", "medium", 15, 128);
    let coin = made.fan("coin", "low+coin", 20, 128);
    let page = page(&[&still, &quick], &[&coin]);
    for (state, folder) in [&still, &quick, &coin].into_iter().enumerate() {
        let names = ["mean", "mad", "variance", "kurtosis", "skewness"];
        medians_are_right(&page, state, folder, &names);
    }
}

/// The median is of all windows, also where few of them are drawn.
#[test]
fn strokes_stand_at_the_median_of_all() {
    let made = Made::new();
    let recordings = crate::made::many(6000, 1, 8, 1.0);
    let folder = made.state("a", &recordings);
    let page = page(&[&folder], &[]);
    let median: f64 = page.rows("medians")[0].1[2].get("data-value").unwrap().parse().unwrap();
    let svg = page.within("cloud-mean", "svg")[0];
    let bounds: Vec<f64> =
        svg.get("data-x").unwrap().split(' ').filter_map(|word| word.parse().ok()).collect();
    let unit = match svg.get("data-x-unit") {
        Some("g") => 1.0,
        Some("mg") => 1e3,
        unit => panic!("{unit:?}"),
    };
    let paths = page.within("cloud-mean", "path");
    let stroke = paths.iter().find(|one| one.get("class") == Some("median")).unwrap();
    let path = stroke.get("d").unwrap();
    let at: f64 = path[1..].split([' ', '-', 'l']).next().unwrap().parse().unwrap();
    let place = (median * unit - bounds[0]) / (bounds[1] - bounds[0]) * 50_000.0;
    assert!((at - place).abs() <= 1.0, "{at} {place}");
}
