//! Orders the documents found, and says where those of a page stand.

use std::cmp::Ordering;
use std::sync::Arc;

use pyo3::buffer::PyBuffer;
use pyo3::intern;
use pyo3::prelude::*;

use crate::columns::{Column, Keyword};
use crate::evaluate::{Evaluation, aside};
use crate::sets::{self, Rows, Set};

/// The points of the documents found, by row, and for each part the sets of its tiers that gave some, the best first.
pub struct Scored {
    pub points: Vec<i32>,
    pub parts: Vec<Vec<(i32, Arc<Set>)>>,
}

impl Scored {
    pub fn of_part(&self, part: usize, row: usize) -> i32 {
        self.parts[part].iter().find(|(_, set)| set.has(row)).map_or(0, |(points, _)| *points)
    }

    /// Adds the points of a text: its rows, and what each is worth.
    pub fn add_text(&mut self, found: &Bound<'_, PyAny>) -> PyResult<()> {
        let (rows, worth) = (found.get_item(0)?, found.get_item(1)?);
        let (rows, worth) = (PyBuffer::<i32>::get(&rows)?, PyBuffer::<i32>::get(&worth)?);
        for (row, worth) in rows.to_vec(found.py())?.into_iter().zip(worth.to_vec(found.py())?) {
            self.points[row as usize] += worth;
        }
        Ok(())
    }
}

/// Takes from ``left`` the rows of a tier, and gives them its points. Whether some are left.
pub fn give(left: &mut [u64], count: &mut usize, tier: &Set, worth: i32, points: &mut [i32]) {
    let mut met = 0;
    match &tier.rows {
        Rows::Few(few) => {
            for row in few.iter().map(|&row| row as usize).filter(|&row| sets::has(left, row)).collect::<Vec<_>>() {
                left[row / 64] &= !(1 << (row % 64));
                points[row] += worth;
                met += 1;
            }
        }
        Rows::Bits(bits) => {
            for (at, word) in left.iter_mut().enumerate() {
                let mut both = *word & bits[at];
                *word &= !both;
                met += both.count_ones() as usize;
                while both != 0 {
                    points[at * 64 + both.trailing_zeros() as usize] += worth;
                    both &= both - 1;
                }
            }
        }
    }
    *count -= met;
}

/// A sort key: its values, smallest first, without NaN.
pub enum Key<'a> {
    Score(&'a [i32]),
    Distance(Bound<'a, PyAny>),
    Keyword(&'a Keyword, bool),
    Number(&'a Column<f64>, bool),
}

impl Key<'_> {
    fn values(&self, evaluation: &Evaluation<'_, '_>, rows: &[u32]) -> PyResult<Vec<f64>> {
        let signed = |number: f64, descending: bool| match number {
            number if number.is_nan() => f64::INFINITY,
            number if descending => -number,
            number => number,
        };
        Ok(match self {
            Key::Score(points) => rows.iter().map(|&row| -points[row as usize] as f64).collect(),
            Key::Distance(origins) => {
                let py = evaluation.leaves.py();
                let octets: Vec<u8> = rows.iter().flat_map(|row| row.to_ne_bytes()).collect();
                let asked = (pyo3::types::PyBytes::new(py, &octets), origins);
                let found = evaluation.leaves.call_method1(intern!(py, "kilometres"), asked)?;
                PyBuffer::<f64>::get(&found)?.to_vec(py)?
            }
            Key::Keyword(keyword, descending) => {
                let size = keyword.size();
                let rank = |row: u32| match keyword.first[row as usize] as usize {
                    first if first == size => f64::INFINITY,
                    first => signed(first as f64, *descending),
                };
                rows.iter().map(|&row| rank(row)).collect()
            }
            Key::Number(column, descending) => {
                rows.iter().map(|&row| signed(column[row as usize], *descending)).collect()
            }
        })
    }
}

fn compared(one: f64, other: f64) -> Ordering {
    one.partial_cmp(&other).unwrap_or(Ordering::Equal)
}

/// The first ``count`` of some rows, in order. The last key has no two equal values.
pub fn first_of(evaluation: &Evaluation<'_, '_>, keys: &[Key<'_>], rows: Vec<u32>, count: usize) -> PyResult<Vec<u32>> {
    let (mut left, mut wanted) = (rows, count);
    let mut sure: Vec<u32> = Vec::new();
    for key in keys {
        if wanted == 0 {
            left.clear();
        }
        if left.len() <= 2 * wanted {
            break;
        }
        let values = key.values(evaluation, &left)?;
        let limit = aside(evaluation.leaves.py(), left.len(), || {
            let mut ordered = values.clone();
            *ordered.select_nth_unstable_by(wanted - 1, |a, b| compared(*a, *b)).1
        });
        let mut equal = Vec::new();
        for (&row, &value) in left.iter().zip(&values) {
            match compared(value, limit) {
                Ordering::Less => {
                    sure.push(row);
                    wanted -= 1;
                }
                Ordering::Equal => equal.push(row),
                Ordering::Greater => {}
            }
        }
        left = equal;
    }
    sure.extend(left);
    let mut columns = Vec::new();
    for key in keys {
        columns.push(key.values(evaluation, &sure)?);
    }
    let mut order: Vec<usize> = (0..sure.len()).collect();
    order.sort_unstable_by(|&one, &other| {
        columns
            .iter()
            .map(|values| compared(values[one], values[other]))
            .find(|order| order.is_ne())
            .unwrap_or(Ordering::Equal)
    });
    Ok(order.into_iter().take(count).map(|at| sure[at]).collect())
}
