//! The table of test vectors, every cell through the whole program: used and base bytes to a quantity, by usage value
//! and rounding.
//!
//! A cell is a company of its own. A row of the table is a usage; a column is a level with a product of its own.

use super::world::World;
use super::world::shop::{Shop, usage};

/// A column: its level, what its rows say, and its product.
const COLUMNS: [(&str, &str); 7] = [
    ("total", "usage_value: total"),
    ("additional", "usage_value: additional"),
    ("total-nearest", "usage_value: total, rounding: { mode: nearest, decimals: 0 }"),
    ("additional-nearest", "usage_value: additional, rounding: { mode: nearest, decimals: 0 }"),
    ("total-up", "usage_value: total, rounding: { mode: up, decimals: 0 }"),
    ("additional-up", "usage_value: additional, rounding: { mode: up, decimals: 0 }"),
    ("additional-down", "usage_value: additional, rounding: { mode: down, decimals: 0 }"),
];

/// Used bytes, base bytes, and the quantity of each column.
const VECTORS: [(&str, &str, [&str; 7]); 8] = [
    ("26843545600", "21474836480", ["25", "5", "25", "5", "25", "5", "5"]),
    ("21474836480", "21474836480", ["20", "0", "20", "0", "20", "0", "0"]),
    ("12884901888", "21474836480", ["12", "0", "12", "0", "12", "0", "0"]),
    ("21904333209", "21474836480", ["20.4", "0.4", "20", "0", "21", "1", "0"]),
    ("21474836481", "21474836480", ["20", "0", "20", "0", "21", "1", "0"]),
    ("27487790694", "22011707392", ["25.6", "5.1", "26", "5", "26", "6", "5"]),
    ("86167781376", "107374182400", ["80.25", "0", "80", "0", "81", "0", "0"]),
    ("0", "21474836480", ["0", "0", "0", "0", "0", "0", "0"]),
];

/// What every line bills at first: a number that no cell has, but 0 where nothing is used, since a fall to 0 wants a
/// waiver there.
const AT_FIRST: &str = "7";

/// A cell: its company, its product, its used and base bytes, its column and its quantity.
struct Cell {
    company: String,
    product: String,
    used: &'static str,
    base: &'static str,
    column: usize,
    quantity: &'static str,
}

fn cells() -> Vec<Cell> {
    let row = |(row, (used, base, quantities)): (usize, (&'static str, &'static str, [&'static str; 7]))| {
        quantities.into_iter().enumerate().map(move |(column, quantity)| Cell {
            company: format!("row{}-{}", row + 1, COLUMNS[column].0),
            product: product(column),
            used,
            base,
            column,
            quantity,
        })
    };
    VECTORS.into_iter().enumerate().flat_map(row).collect()
}

fn product(column: usize) -> String {
    format!("GB-{}", COLUMNS[column].0)
}

/// The backup plan of a cell: a plan has one row and one base size.
fn backup_plan(cell: &Cell) -> String {
    format!("{} over {}", COLUMNS[cell.column].0, cell.base)
}

fn world(cells: &[Cell]) -> World {
    let mut shop = Shop::default();
    for (column, (level, _)) in COLUMNS.iter().enumerate() {
        shop = shop.and(&product(column), "1").at_level(level, "BackupUsage", &product(column));
    }
    for cell in cells {
        let at_first = if cell.used == "0" { "0" } else { AT_FIRST };
        shop = shop.line(&cell.company, &cell.product, at_first);
    }
    let mut rows: Vec<String> = cells
        .iter()
        .map(|cell| {
            let (level, says) = COLUMNS[cell.column];
            format!("plan: {}, level: {level}, {says}", backup_plan(cell))
        })
        .collect();
    rows.sort();
    rows.dedup();
    let world = shop.open(&rows.iter().map(String::as_str).collect::<Vec<_>>());
    let accounts: Vec<String> =
        cells.iter().map(|cell| usage(&cell.company, &backup_plan(cell), cell.base, cell.used)).collect();
    world.accounts(&accounts.iter().map(String::as_str).collect::<Vec<_>>()).commit("Test vectors");
    world
}

#[test]
fn every_cell_of_the_table_is_planned_written_and_then_in_step() {
    let cells = cells();
    let world = world(&cells);

    let plan = world.plan();

    for cell in &cells {
        let expected = match cell.used {
            "0" => "keep 0 -> 0".to_owned(),
            _ => format!("update {AT_FIRST} -> {}", cell.quantity),
        };
        assert_eq!(plan.short(&cell.company, &cell.product), expected, "{}", cell.company);
    }
    assert_eq!(plan.0["lines"].as_array().map(Vec::len), Some(56));
    world.settle();
    for cell in &cells {
        assert_eq!(world.billed(&plan, &cell.company, &cell.product), cell.quantity, "{}", cell.company);
    }
}
