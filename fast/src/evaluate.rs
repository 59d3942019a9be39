//! Evaluates nodes: each becomes a set of rows, once.

use std::cell::RefCell;
use std::collections::HashMap;
use std::sync::Arc;

use pyo3::intern;
use pyo3::prelude::*;

use crate::columns::{self, Field, Table, Vector};
use crate::nodes::{self, Id, Known, Memory, Node};
use crate::sets::{self, Rows, Set};

const EARTH_KM: f64 = 6371.0088;
/// Work on that many rows lets other threads of Python run meanwhile.
const LONG: usize = 1 << 16;

/// Runs what calls no Python, without holding back its other threads when it is long.
pub fn aside<T: Send>(py: Python<'_>, rows: usize, work: impl FnOnce() -> T + Send) -> T {
    if rows < LONG { work() } else { py.detach(work) }
}

/// A circle. The square of a chord tells on which side of it a point is, but for the points so near it that only the reference decides.
struct Circle {
    centre: Vector,
    inside: f64,
    outside: f64,
}

impl Circle {
    fn of(lon: f64, lat: f64, km: f64) -> Circle {
        let half = km / (2.0 * EARTH_KM);
        let limit = if half < std::f64::consts::FRAC_PI_2 { 4.0 * half.sin().powi(2) } else { f64::INFINITY };
        let slack = 1e-6 * limit + 1e-14 * limit.sqrt() + 1e-30;
        if limit.is_infinite() {
            return Circle { centre: columns::vector(lon, lat), inside: limit, outside: limit };
        }
        Circle { centre: columns::vector(lon, lat), inside: limit - slack, outside: limit + slack }
    }

    /// The rows that are surely within, and those that only the reference tells.
    fn divided(&self, rows: &Set, chord: impl Fn(usize) -> f64) -> (Set, Set) {
        let (mut within, mut close) = (Vec::new(), Vec::new());
        rows.each(|row| {
            let chord = chord(row);
            if chord <= self.inside {
                within.push(row as u32);
            } else if chord <= self.outside {
                close.push(row as u32);
            }
        });
        (Set::of_rows(within, rows.among), Set::of_rows(close, rows.among))
    }
}

fn chord(one: &Vector, other: &Vector) -> f64 {
    let [x, y, z] = [one[0] - other[0], one[1] - other[1], one[2] - other[2]];
    x * x + y * y + z * z
}

/// A circle is looked for among some rows when at most one row in ``SOME`` is there, else among all.
const SOME: usize = 4;

type Chords = Arc<Vec<f64>>;

/// One search at work. It evaluates on all rows what is cheap or known, and on the rows that are left what is neither.
pub struct Evaluation<'a, 'py> {
    pub tables: &'a [Table],
    pub memory: &'a Memory,
    pub leaves: &'a Bound<'py, PyAny>,
    chords: RefCell<HashMap<(u16, u16, u64, u64), Chords>>,
    /// The rows that get points, and their chords to a centre: many circles round it are asked of them.
    scored: RefCell<Option<Arc<Set>>>,
    chords_of_scored: RefCell<HashMap<(u16, u64, u64), Chords>>,
}

impl<'a, 'py> Evaluation<'a, 'py> {
    pub fn new(tables: &'a [Table], memory: &'a Memory, leaves: &'a Bound<'py, PyAny>) -> Self {
        let (chords, scored, chords_of_scored) = Default::default();
        Evaluation { tables, memory, leaves, chords, scored, chords_of_scored }
    }

    /// Says which rows get points.
    pub fn score(&self, rows: &Arc<Set>) {
        *self.scored.borrow_mut() = Some(rows.clone());
        self.chords_of_scored.borrow_mut().clear();
    }

    fn py(&self) -> Python<'py> {
        self.leaves.py()
    }

    pub fn set(&self, id: Id) -> PyResult<Arc<Set>> {
        let known = self.memory.known(id);
        match known.set.get() {
            Some(set) => Ok(set.clone()),
            None => Ok(self.memory.remember(&known, self.evaluated(&known)?)),
        }
    }

    fn evaluated(&self, known: &Known) -> PyResult<Set> {
        let table = &self.tables[known.table as usize];
        let count = table.count;
        match &known.node {
            Node::All(of) => self.all(of, count),
            Node::Any(of) => {
                let mut bits = sets::blank(count);
                for &one in of {
                    self.set(one)?.join(&mut bits);
                }
                Ok(Set::of_bits(bits, count))
            }
            Node::Not(of) => Ok(self.set(*of)?.not()),
            Node::Terms(field, ordinals) => match &table.fields[*field as usize] {
                Field::Keyword(keyword) => Ok(aside(self.py(), count, || keyword.holding(ordinals))),
                _ => unreachable!("values are of a keyword"),
            },
            Node::Exists(field) => Ok(aside(self.py(), count, || present(&table.fields[*field as usize], count))),
            Node::Range { .. } => {
                let (numbers, low, high, missing) = range(table, &known.node);
                Ok(aside(self.py(), count, || Set::of_range(numbers, low, high, missing)))
            }
            Node::Near { .. } => self.near(known, None),
            Node::Same(path, of) => {
                let entries = self.set(*of)?;
                let parents = &self.tables[*path as usize].parents;
                Ok(aside(self.py(), entries.count, || owners(&entries, parents, count)))
            }
            Node::Asked(_) => unreachable!("it was evaluated when it was read"),
        }
    }

    /// The rows that meet every node: those that are known first, the fewest first; those that cost most last, on the rows left.
    fn all(&self, of: &[Id], count: usize) -> PyResult<Set> {
        let mut ordered: Vec<(usize, Id)> = of.iter().map(|&id| (self.effort(id), id)).collect();
        ordered.sort_unstable();
        let Some(&(_, first)) = ordered.first() else {
            return Ok(Set::every(count));
        };
        let mut left = self.set(first)?;
        for &(_, id) in &ordered[1..] {
            if left.count == 0 {
                break;
            }
            left = Arc::new(self.among(id, &left)?);
        }
        Ok(Arc::try_unwrap(left).unwrap_or_else(|shared| shared.and(&shared, false)))
    }

    fn effort(&self, id: Id) -> usize {
        let known = self.memory.known(id);
        if let Some(set) = known.set.get() {
            return set.count;
        }
        let count = self.tables[known.table as usize].count;
        match &known.node {
            Node::Terms(..) | Node::Exists(_) => count + 1,
            Node::Same(..) => count + 2,
            Node::Not(_) => count + 3,
            _ => count + 4 + known.costly as usize,
        }
    }

    /// The rows of a set that meet a node.
    pub fn among(&self, id: Id, rows: &Set) -> PyResult<Set> {
        let known = self.memory.known(id);
        if let Some(set) = known.set.get() {
            return Ok(rows.and(set, false));
        }
        let few = rows.count * SOME <= rows.among;
        let table = &self.tables[known.table as usize];
        match &known.node {
            Node::Not(of) => match self.memory.known(*of) {
                within if few && within.costly => Ok(rows.and(&self.among(*of, rows)?, true)),
                _ => Ok(rows.and(&*self.set(*of)?, true)),
            },
            Node::All(of) if few && known.costly => {
                let mut left = rows.filtered(|_| true);
                for &one in of {
                    left = self.among(one, &left)?;
                }
                Ok(left)
            }
            Node::Any(of) if few && known.costly => {
                let mut bits = sets::blank(rows.among);
                for &one in of {
                    self.among(one, rows)?.join(&mut bits);
                }
                Ok(Set::of_bits(bits, rows.among))
            }
            Node::Range { .. } if matches!(rows.rows, Rows::Few(_)) => {
                let (numbers, low, high, missing) = range(table, &known.node);
                Ok(rows.filtered(|row| sets::is_within(numbers[row], low, high, missing)))
            }
            Node::Near { .. } if few => self.near(&known, Some(rows)),
            _ => Ok(rows.and(&*self.set(id)?, false)),
        }
    }

    /// The points in a circle: of some rows, or of all.
    fn near(&self, known: &Known, rows: Option<&Set>) -> PyResult<Set> {
        let Node::Near { field, lon, lat, km } = known.node else { unreachable!("it is a circle") };
        let [lon, lat, km] = [lon, lat, km].map(f64::from_bits);
        let Field::Point(point) = nodes::field(self.tables, known.table, field) else { unreachable!("it has points") };
        let circle = Circle::of(lon, lat, km);
        let count = self.tables[known.table as usize].count;
        let vectors = point.vectors();
        let (within, close) = match rows {
            Some(rows) if self.scored.borrow().as_deref().is_some_and(|scored| std::ptr::eq(scored, rows)) => {
                let chords = self.chords_of_scored(rows, field, vectors, lon, lat);
                let reached = rows.filtered_with(&chords, |chord| chord <= circle.outside);
                circle.divided(&reached, |row| chord(&vectors[row], &circle.centre))
            }
            Some(rows) => circle.divided(rows, |row| chord(&vectors[row], &circle.centre)),
            None => {
                let chords = self.chords_to(known.table, field, vectors, lon, lat);
                let reached =
                    aside(self.py(), count, || Set::of_range(&chords, f64::NEG_INFINITY, circle.outside, false));
                circle.divided(&reached, |row| chords[row])
            }
        };
        if close.count == 0 {
            return Ok(within);
        }
        let table = &self.tables[known.table as usize];
        let asked = (table.path.as_deref(), &table.names[field as usize], lon, lat, km, close.numbers());
        let met: Vec<bool> = self.leaves.call_method1(intern!(self.py(), "within"), asked)?.extract()?;
        let mut bits = within.bits();
        close
            .numbers()
            .iter()
            .zip(met)
            .filter(|(_, met)| *met)
            .for_each(|(&row, _)| sets::add(&mut bits, row as usize));
        Ok(Set::of_bits(bits, count))
    }

    fn chords_of_scored(&self, rows: &Set, field: u16, vectors: &[Vector], lon: f64, lat: f64) -> Chords {
        let key = (field, lon.to_bits(), lat.to_bits());
        let mut known = self.chords_of_scored.borrow_mut();
        let found = known.entry(key).or_insert_with(|| {
            let centre = columns::vector(lon, lat);
            let mut found = Vec::with_capacity(rows.count);
            rows.each(|row| found.push(chord(&vectors[row], &centre)));
            Arc::new(found)
        });
        found.clone()
    }

    /// The square of the chord to each point: the circles round one centre share it.
    fn chords_to(&self, table: u16, field: u16, vectors: &[Vector], lon: f64, lat: f64) -> Chords {
        let key = (table, field, lon.to_bits(), lat.to_bits());
        if let Some(found) = self.chords.borrow().get(&key) {
            return found.clone();
        }
        let centre = columns::vector(lon, lat);
        let found: Vec<f64> =
            aside(self.py(), vectors.len(), || vectors.iter().map(|one| chord(one, &centre)).collect());
        let found = Arc::new(found);
        self.chords.borrow_mut().insert(key, found.clone());
        found
    }
}

fn present(field: &Field, count: usize) -> Set {
    match field {
        Field::Keyword(keyword) => Set::of_test(count, |row| keyword.has_value(row)),
        Field::Number(numbers) => Set::of_test(count, |row| !numbers[row].is_nan()),
        Field::Point(point) => Set::of_test(count, |row| point.is_known(row)),
    }
}

/// The numbers of a range, its bounds, and whether it takes what has no number.
fn range<'a>(table: &'a Table, node: &Node) -> (&'a [f64], f64, f64, bool) {
    let &Node::Range { field, low, high, missing } = node else { unreachable!("it is a range") };
    let Field::Number(numbers) = &table.fields[field as usize] else { unreachable!("it has numbers") };
    (numbers, f64::from_bits(low), f64::from_bits(high), missing)
}

/// The documents of some entries, which are in the order of their documents.
fn owners(entries: &Set, parents: &[i32], count: usize) -> Set {
    if let Rows::Few(few) = &entries.rows {
        let mut rows: Vec<u32> = few.iter().map(|&entry| parents[entry as usize] as u32).collect();
        rows.dedup();
        return Set::of_rows(rows, count);
    }
    let mut bits = sets::blank(count);
    entries.each(|entry| sets::add(&mut bits, parents[entry] as usize));
    Set::of_bits(bits, count)
}
