//! A page as a browser parses it, and what holds of every page.

use std::collections::HashSet;

use html5ever::tendril::TendrilSink;
use html5ever::{ParseOpts, parse_document};
use markup5ever_rcdom::{Handle, NodeData, RcDom};
use serde_json::Value;

/// An element of a page.
#[derive(Debug, Clone)]
pub(crate) struct Element {
    pub(crate) name: String,
    attributes: Vec<(String, String)>,
    /// All text in it.
    pub(crate) text: String,
    /// The elements that it stands in, the outermost first, by their places on the page.
    within: Vec<usize>,
}

impl Element {
    pub(crate) fn get(&self, attribute: &str) -> Option<&str> {
        self.attributes.iter().find(|(name, _)| name == attribute).map(|(_, value)| value.as_str())
    }

    fn has_class(&self, class: &str) -> bool {
        self.get("class").is_some_and(|all| all.split_whitespace().any(|one| one == class))
    }
}

/// A parsed page.
pub(crate) struct Page {
    /// In the order of the page.
    pub(crate) elements: Vec<Element>,
}

impl Page {
    pub(crate) fn of(html: &str) -> Self {
        let dom = parse_document(RcDom::default(), ParseOpts::default()).one(html);
        assert!(dom.errors.borrow().is_empty(), "{:?}", dom.errors.borrow());
        let mut page = Self { elements: Vec::new() };
        page.add(&dom.document, &mut Vec::new());
        page
    }

    fn add(&mut self, node: &Handle, within: &mut Vec<usize>) {
        match &node.data {
            NodeData::Text { contents } => {
                for at in within.iter() {
                    self.elements[*at].text.push_str(&contents.borrow());
                }
            }
            NodeData::Element { name, attrs, .. } => {
                let attribute = |one: &html5ever::Attribute| {
                    (one.name.local.to_string(), one.value.to_string())
                };
                self.elements.push(Element {
                    name: name.local.to_string(),
                    attributes: attrs.borrow().iter().map(attribute).collect(),
                    text: String::new(),
                    within: within.clone(),
                });
                within.push(self.elements.len() - 1);
                node.children.borrow().iter().for_each(|child| self.add(child, within));
                within.pop();
            }
            NodeData::Comment { contents } => panic!("a comment: {contents}"),
            _ => node.children.borrow().iter().for_each(|child| self.add(child, within)),
        }
    }

    /// The elements of this name.
    pub(crate) fn all(&self, name: &str) -> impl Iterator<Item = &Element> {
        self.elements.iter().filter(move |one| one.name == name)
    }

    /// The one element with this id.
    pub(crate) fn id(&self, id: &str) -> &Element {
        self.find(id).unwrap_or_else(|| panic!("nothing is called {id}"))
    }

    pub(crate) fn find(&self, id: &str) -> Option<&Element> {
        self.elements.iter().find(|one| one.get("id") == Some(id))
    }

    /// The elements of this name within the one with this id.
    pub(crate) fn within(&self, id: &str, name: &str) -> Vec<&Element> {
        let inside =
            |one: &&Element| one.within.iter().any(|at| self.elements[*at].get("id") == Some(id));
        self.all(name).filter(inside).collect()
    }

    /// The cells of a table, row by row, without its head.
    pub(crate) fn rows(&self, id: &str) -> Vec<(&Element, Vec<&Element>)> {
        let place = |of: &Element| self.elements.iter().position(|one| std::ptr::eq(one, of));
        let cells = |row: &Element| {
            let row = place(row).unwrap();
            let inside = |one: &&Element| one.within.last() == Some(&row);
            self.elements.iter().filter(inside).collect::<Vec<_>>()
        };
        let rows = self.within(id, "tr").into_iter();
        let body = |row: &&Element| row.within.iter().any(|at| self.elements[*at].name == "tbody");
        rows.filter(body).map(|row| (row, cells(row))).collect()
    }

    /// The states that the legend has, in order.
    pub(crate) fn legend(&self) -> Vec<String> {
        let buttons = self
            .elements
            .iter()
            .enumerate()
            .filter(|(_, one)| one.name == "button" && one.has_class("state"));
        let name = |(at, _): (usize, &Element)| {
            let name = |one: &&Element| one.name == "span" && one.within.last() == Some(&at);
            self.elements.iter().find(name).unwrap().text.clone()
        };
        buttons.map(name).collect()
    }

    /// The names of the elements in order: what a page is made of, whatever it says.
    pub(crate) fn outline(&self) -> Vec<&str> {
        self.elements.iter().map(|one| one.name.as_str()).collect()
    }

    /// What the script reads.
    pub(crate) fn data(&self) -> Value {
        serde_json::from_str(&self.id("page-data").text).unwrap()
    }

    /// What a person reads.
    pub(crate) fn visible(&self) -> String {
        let mut text = self.all("body").next().unwrap().text.clone();
        for hidden in self.all("script") {
            text = text.replacen(&hidden.text, " ", 1);
        }
        text
    }

    /// Holds of every page.
    pub(crate) fn is_sound(&self) {
        self.is_drawn_well();
        let text = self.visible();
        let part = text.split_inclusive(['.', ',', ';']).find(|part| !all_finite(part));
        assert_eq!(part, None);
    }

    /// Holds of every page, whatever the readings.
    pub(crate) fn is_drawn_well(&self) {
        self.ids_are_unique_and_meant();
        self.figures_have_names();
        self.numbers_are_numbers();
        self.states_agree();
    }

    fn ids_are_unique_and_meant(&self) {
        let mut ids = HashSet::new();
        for one in &self.elements {
            assert!(one.get("id").is_none_or(|id| ids.insert(id)), "twice: {:?}", one.get("id"));
        }
        for one in &self.elements {
            for attribute in ["aria-labelledby", "aria-describedby"] {
                for id in one.get(attribute).into_iter().flat_map(str::split_whitespace) {
                    assert!(ids.contains(id), "{attribute} of {} means no {id}", one.name);
                }
            }
            let anchor = one.get("href").and_then(|link| link.strip_prefix('#'));
            assert!(anchor.is_none_or(|id| ids.contains(id)), "{anchor:?} leads nowhere");
        }
    }

    fn figures_have_names(&self) {
        assert!(self.all("figure").next().is_some());
        for figure in self.all("figure") {
            let id = figure.get("id").unwrap();
            assert!(!self.id(&format!("{id}-title")).text.trim().is_empty(), "{id} has no title");
            let inside = ["svg", "canvas"].map(|name| self.within(id, name)).concat();
            let images: Vec<_> =
                inside.into_iter().filter(|one| one.get("role") == Some("img")).collect();
            let [image] = images.as_slice() else { panic!("{id} has {} images", images.len()) };
            assert_eq!(image.get("aria-labelledby"), Some(&*format!("{id}-title")));
        }
    }

    fn numbers_are_numbers(&self) {
        for one in &self.elements {
            let in_svg = |at: &usize| self.elements[*at].name == "svg";
            let drawn = one.name == "svg" || one.within.iter().any(in_svg);
            for (name, value) in &one.attributes {
                if name.starts_with("data-") || drawn && name != "href" {
                    assert!(all_finite(value), "{name}={value:?} of {}", one.name);
                }
            }
            if let Some(path) = one.get("d") {
                let fits = |c: char| c.is_ascii_digit() || "MVHmlh .-".contains(c);
                assert!(path.chars().all(fits), "{path}");
            }
            assert!(one.name != "text" || all_finite(&one.text), "{}", one.text);
            if one.name == "script" && one.get("type") == Some("application/json") {
                serde_json::from_str::<Value>(&one.text).unwrap();
            }
        }
    }

    fn states_agree(&self) {
        let (data, legend) = (self.data(), self.legend());
        let states: Vec<&str> =
            data["states"].as_array().unwrap().iter().map(|one| one.as_str().unwrap()).collect();
        assert_eq!(states, legend);
        for one in &self.elements {
            let series = one.get("data-s").map(|at| at.parse::<usize>().unwrap());
            // What only one chart knows says its own name.
            let named = one.get("data-name").is_some();
            assert!(series.is_none_or(|at| named != (at < legend.len())));
        }
        if self.find("medians").is_none() {
            return;
        }
        let rows = self.rows("medians");
        let listed: Vec<&str> = rows.iter().map(|(_, cells)| cells[0].text.as_str()).collect();
        assert_eq!(listed, legend);
        let windows: usize =
            rows.iter().map(|(_, cells)| cells[1].text.parse::<usize>().unwrap()).sum();
        let names = data["names"].as_array().unwrap();
        let points: usize = names.iter().map(|one| one.as_array().unwrap().len()).sum();
        let said = self.visible().contains(&format!("{points} of {windows} windows are drawn"));
        assert_eq!(points < windows, said, "{points} of {windows} windows");
    }
}

/// Whether a text has none of the words for what is no number.
fn all_finite(text: &str) -> bool {
    let words = text.split(|c: char| !c.is_ascii_alphabetic());
    words.into_iter().all(|word| !matches!(word, "NaN" | "nan" | "inf" | "Infinity" | "infinity"))
}
