//! The table of crates in `ARCHITECTURE.md`: `| crate | folder | knows | is |`.

/// One row: a crate, its folder, and the siblings that it may depend on.
#[derive(Debug, PartialEq)]
pub(crate) struct Row {
    pub(crate) name: String,
    pub(crate) folder: String,
    pub(crate) knows: Knows,
}

#[derive(Debug, PartialEq)]
pub(crate) enum Knows {
    All,
    /// Full crate names.
    Only(Vec<String>),
}

impl Row {
    pub(crate) fn may_know(&self, sibling: &str) -> bool {
        match &self.knows {
            Knows::All => true,
            Knows::Only(names) => names.iter().any(|name| name == sibling),
        }
    }
}

/// The rows of the one table whose head is as above, or what is wrong with it.
///
/// A row knows only rows above it: so data flows one way, and no two crates know each other.
pub(crate) fn rows(document: &str) -> Result<Vec<Row>, String> {
    let mut lines =
        document.lines().skip_while(|line| cells(line) != ["crate", "folder", "knows", "is"]);
    lines.next().ok_or("no table `| crate | folder | knows | is |`")?;
    lines.next().ok_or("the table ends after its head")?;
    let mut rows: Vec<Row> = Vec::new();
    for line in lines.take_while(|line| line.trim_start().starts_with('|')) {
        let cells = cells(line);
        let [name, folder, knows, _] = cells.as_slice() else {
            return Err(format!("not four cells: {line}"));
        };
        let knows = match knows.as_str() {
            "all" => Knows::All,
            "nothing" => Knows::Only(Vec::new()),
            names => Knows::Only(
                names
                    .split(',')
                    .map(|short| full_name(short.trim(), &rows))
                    .collect::<Result<_, _>>()?,
            ),
        };
        rows.push(Row { name: name.clone(), folder: folder.clone(), knows });
    }
    if rows.is_empty() { Err("the table has no rows".into()) } else { Ok(rows) }
}

/// A crate is known by the last part of its folder's name, or by its own.
fn full_name(short: &str, above: &[Row]) -> Result<String, String> {
    let is = |row: &&Row| row.name == short || row.folder.rsplit('/').next() == Some(short);
    let row = above.iter().find(is);
    row.map(|row| row.name.clone()).ok_or(format!("`{short}` is no crate of a row above"))
}

fn cells(line: &str) -> Vec<String> {
    let Some(inner) = line.trim().strip_prefix('|').and_then(|line| line.strip_suffix('|')) else {
        return Vec::new();
    };
    inner.split('|').map(|cell| cell.trim().replace('`', "")).collect()
}

const EXAMPLE: &str = "\
# Crates

| crate | folder | knows | is |
|---|---|---|---|
| `x-core` | `crates/core` | nothing | small |
| `x-data` | `crates/data` | core | files |
| `x-train` | `crates/train` | core, data | fits |
| `x` | `crates/cli` | all | the rest |

Text after it.
";

#[test]
fn short_names_stand_for_crates() {
    let rows = rows(EXAMPLE).expect("a table");
    assert_eq!(rows.len(), 4);
    assert_eq!(rows[0].knows, Knows::Only(vec![]));
    assert_eq!(rows[2].knows, Knows::Only(vec!["x-core".into(), "x-data".into()]));
    assert_eq!(rows[3].knows, Knows::All);
    assert!(rows[2].may_know("x-data") && !rows[1].may_know("x-train"));
}

#[test]
fn a_crate_cannot_know_one_below_it() {
    let against_the_stream = EXAMPLE.replace("| core |", "| core, train |");
    assert_eq!(rows(&against_the_stream), Err("`train` is no crate of a row above".into()));
}

#[test]
fn a_document_without_the_table_is_refused() {
    assert!(rows("# Crates\n").is_err());
    assert!(rows("| crate | folder | knows | is |\n|---|---|---|---|\n\ntext\n").is_err());
}
