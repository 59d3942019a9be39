//! The columns of a generation, read where the file is mapped in memory, and what is derived from them on first use.

use std::collections::HashMap;
use std::ops::Deref;
use std::sync::OnceLock;

use pyo3::buffer::{Element, PyBuffer};
use pyo3::exceptions::{PyKeyError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::PyDict;

use crate::sets::{self, FEW, Set};

/// An array of Python, which it holds: the bytes stay where they are.
pub struct Column<T: Element> {
    start: *const T,
    len: usize,
    _held: PyBuffer<T>,
}

// SAFETY: the buffer is held as long as the column, and nobody writes to a column of a generation.
unsafe impl<T: Element> Send for Column<T> {}
unsafe impl<T: Element> Sync for Column<T> {}

impl<T: Element> Column<T> {
    fn of(array: &Bound<'_, PyAny>) -> PyResult<Column<T>> {
        let held = PyBuffer::<T>::get(array)?;
        let cells = held.as_slice_ptr().ok_or_else(|| PyValueError::new_err("a column in pieces"))?;
        Ok(Column { start: cells.as_ptr() as *const T, len: cells.len(), _held: held })
    }
}

impl<T: Element> Deref for Column<T> {
    type Target = [T];
    fn deref(&self) -> &[T] {
        if self.len == 0 {
            return &[];
        }
        // SAFETY: see above.
        unsafe { std::slice::from_raw_parts(self.start, self.len) }
    }
}

/// The values of each row, one row after the other.
pub struct ByRow {
    pub starts: Vec<u32>,
    pub ordinals: Vec<u32>,
}

/// The values that many rows have, as sets of bits, and the postings of the others.
pub struct Common {
    pub sets: Vec<(u32, Box<[u64]>)>,
    pub others: Vec<u32>,
    pub rare_postings: usize,
}

pub struct Keyword {
    pub rows: Column<i32>,
    pub ptr: Column<i64>,
    pub first: Column<i32>,
    column: Py<PyAny>,
    values: OnceLock<(Py<PyAny>, Option<Py<PyDict>>)>,
    single: OnceLock<bool>,
    by_row: OnceLock<ByRow>,
    common: OnceLock<Common>,
}

impl Keyword {
    fn of(column: &Bound<'_, PyAny>) -> PyResult<Keyword> {
        Ok(Keyword {
            rows: Column::of(&column.getattr("rows")?)?,
            ptr: Column::of(&column.getattr("ptr")?)?,
            first: Column::of(&column.getattr("first")?)?,
            column: column.clone().unbind(),
            values: OnceLock::new(),
            single: OnceLock::new(),
            by_row: OnceLock::new(),
            common: OnceLock::new(),
        })
    }

    /// The number of distinct values.
    pub fn size(&self) -> usize {
        self.ptr.len() - 1
    }

    pub fn postings(&self, ordinal: usize) -> &[i32] {
        &self.rows[self.ptr[ordinal] as usize..self.ptr[ordinal + 1] as usize]
    }

    /// The values in order, and the place of each when they are in memory.
    fn named(&self, py: Python<'_>) -> PyResult<&(Py<PyAny>, Option<Py<PyDict>>)> {
        if self.values.get().is_none() {
            let values = self.column.bind(py).getattr("values")?;
            let places = match values.getattr_opt("places")? {
                Some(places) => Some(places.cast_into::<PyDict>()?.unbind()),
                None => None,
            };
            let _ = self.values.set((values.unbind(), places));
        }
        Ok(self.values.get().expect("it was set"))
    }

    pub fn place_of(&self, value: &Bound<'_, PyAny>) -> PyResult<Option<u32>> {
        let (values, places) = self.named(value.py())?;
        match places {
            Some(places) => places.bind(value.py()).get_item(value)?.map(|place| place.extract()).transpose(),
            None => values.bind(value.py()).call_method1("place_of", (value,))?.extract(),
        }
    }

    pub fn value<'py>(&self, py: Python<'py>, ordinal: usize) -> PyResult<Bound<'py, PyAny>> {
        self.named(py)?.0.bind(py).get_item(ordinal)
    }

    pub fn has_value(&self, row: usize) -> bool {
        (self.first[row] as usize) < self.size()
    }

    /// Whether no row has several values.
    pub fn single(&self) -> bool {
        *self.single.get_or_init(|| {
            let size = self.size();
            self.first.iter().filter(|&&first| (first as usize) < size).count() == self.rows.len()
        })
    }

    pub fn by_row(&self) -> &ByRow {
        self.by_row.get_or_init(|| {
            let mut starts = vec![0u32; self.first.len() + 1];
            self.rows.iter().for_each(|&row| starts[row as usize + 1] += 1);
            (1..starts.len()).for_each(|at| starts[at] += starts[at - 1]);
            let mut next = starts.clone();
            let mut ordinals = vec![0u32; self.rows.len()];
            for ordinal in 0..self.size() {
                for &row in self.postings(ordinal) {
                    ordinals[next[row as usize] as usize] = ordinal as u32;
                    next[row as usize] += 1;
                }
            }
            ByRow { starts, ordinals }
        })
    }

    /// Values that one row in 128 has are common.
    pub fn common(&self) -> &Common {
        self.common.get_or_init(|| {
            let count = self.first.len();
            let is_common = |ordinal: &usize| self.postings(*ordinal).len() * 4 * FEW >= count.max(1);
            let (common, others): (Vec<usize>, Vec<usize>) = (0..self.size()).partition(is_common);
            let bits_of = |ordinal: usize| {
                let mut bits = sets::blank(count);
                self.postings(ordinal).iter().for_each(|&row| sets::add(&mut bits, row as usize));
                (ordinal as u32, bits)
            };
            Common {
                rare_postings: others.iter().map(|&ordinal| self.postings(ordinal).len()).sum(),
                sets: common.into_iter().map(bits_of).collect(),
                others: others.into_iter().map(|ordinal| ordinal as u32).collect(),
            }
        })
    }

    /// The rows that have one of the values.
    pub fn holding(&self, ordinals: &[u32]) -> Set {
        let among = self.first.len();
        if let [ordinal] = ordinals {
            let rows = self.postings(*ordinal as usize);
            if rows.len() * FEW <= among {
                return Set::of_rows(rows.iter().map(|&row| row as u32).collect(), among);
            }
        }
        let mut bits = sets::blank(among);
        for &ordinal in ordinals {
            self.postings(ordinal as usize).iter().for_each(|&row| sets::add(&mut bits, row as usize));
        }
        Set::of_bits(bits, among)
    }
}

pub type Vector = [f64; 3];

/// The point of the unit sphere at some degrees.
pub fn vector(lon: f64, lat: f64) -> Vector {
    let (lon, lat) = (lon.to_radians(), lat.to_radians());
    [lat.cos() * lon.cos(), lat.cos() * lon.sin(), lat.sin()]
}

pub struct Point {
    lons: Column<f64>,
    lats: Column<f64>,
    vectors: OnceLock<Vec<Vector>>,
}

impl Point {
    pub fn is_known(&self, row: usize) -> bool {
        !self.lons[row].is_nan()
    }

    pub fn vectors(&self) -> &[Vector] {
        self.vectors
            .get_or_init(|| self.lons.iter().zip(self.lats.iter()).map(|(&lon, &lat)| vector(lon, lat)).collect())
    }
}

pub enum Field {
    Keyword(Keyword),
    Number(Column<f64>),
    Point(Point),
}

/// The columns of the documents or of one nested path.
pub struct Table {
    pub count: usize,
    pub parents: Column<i32>,
    pub fields: Vec<Field>,
    /// The path of a nested table, the name of each field: as Python calls them.
    pub path: Option<String>,
    pub names: Vec<String>,
    numbers: HashMap<String, u16>,
    starts: OnceLock<Vec<u32>>,
}

impl Table {
    /// From a ``Table`` of ``vivier.engine.embedded.columns``.
    pub fn of(table: &Bound<'_, PyAny>, path: Option<String>) -> PyResult<Table> {
        let mut fields = Vec::new();
        let mut names = Vec::new();
        // a field of two types is read as Python reads it: a keyword first
        for (name, array) in table.getattr("numbers")?.cast_into::<PyDict>()? {
            names.push(name.extract()?);
            fields.push(Field::Number(Column::of(&array)?));
        }
        for (name, axes) in table.getattr("points")?.cast_into::<PyDict>()? {
            names.push(name.extract()?);
            let (lons, lats) = (Column::of(&axes.get_item(0)?)?, Column::of(&axes.get_item(1)?)?);
            fields.push(Field::Point(Point { lons, lats, vectors: OnceLock::new() }));
        }
        for (name, column) in table.getattr("keywords")?.cast_into::<PyDict>()? {
            names.push(name.extract()?);
            fields.push(Field::Keyword(Keyword::of(&column)?));
        }
        Ok(Table {
            count: table.getattr("count")?.extract()?,
            parents: Column::of(&table.getattr("parents")?)?,
            fields,
            numbers: names.iter().cloned().zip(0..).collect(),
            path,
            names,
            starts: OnceLock::new(),
        })
    }

    pub fn number_of(&self, name: &str) -> Option<u16> {
        self.numbers.get(name).copied()
    }

    pub fn keyword(&self, name: &str) -> PyResult<(u16, &Keyword)> {
        match self.number_of(name).map(|at| (at, &self.fields[at as usize])) {
            Some((at, Field::Keyword(keyword))) => Ok((at, keyword)),
            _ => Err(PyKeyError::new_err(name.to_owned())),
        }
    }

    pub fn column(&self, name: &str) -> PyResult<(u16, &Column<f64>)> {
        match self.number_of(name).map(|at| (at, &self.fields[at as usize])) {
            Some((at, Field::Number(column))) => Ok((at, column)),
            _ => Err(PyKeyError::new_err(name.to_owned())),
        }
    }

    pub fn point(&self, name: &str) -> PyResult<(u16, &Point)> {
        match self.number_of(name).map(|at| (at, &self.fields[at as usize])) {
            Some((at, Field::Point(point))) => Ok((at, point)),
            _ => Err(PyKeyError::new_err(name.to_owned())),
        }
    }

    /// Where the entries of each of ``documents`` documents begin, and where the last end: entries are in the order of their documents.
    pub fn starts(&self, documents: usize) -> &[u32] {
        self.starts.get_or_init(|| {
            let mut starts = vec![0u32; documents + 1];
            self.parents.iter().for_each(|&parent| starts[parent as usize + 1] += 1);
            (1..starts.len()).for_each(|at| starts[at] += starts[at - 1]);
            starts
        })
    }
}
