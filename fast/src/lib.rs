//! Evaluates the searches of Vivier on the columns of a generation. The numpy engine is the reference: the answers are the same.

mod columns;
mod evaluate;
mod facets;
mod nodes;
mod page;
mod sets;

use std::collections::HashMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex, PoisonError};

use pyo3::exceptions::{PyKeyError, PyRuntimeError};
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyString, PyTuple};

use columns::{Field, Table};
use evaluate::Evaluation;
use nodes::{DOCUMENTS, Id, Kinds, Memory, Reading};
use page::{Key, Scored};

/// What this module and Vivier say to each other. Another number: Vivier does without the module.
const INTERFACE: u32 = 1;

#[pyclass(frozen)]
struct Kernel {
    kinds: Kinds,
    tables: Vec<Table>,
    paths: HashMap<String, u16>,
    memory: Mutex<Arc<Memory>>,
}

/// A page of hits: the row, the points and the points by part of each.
type Places<'py> = (Vec<u32>, Vec<i32>, Vec<Bound<'py, PyDict>>);

type Answer<'py> = (usize, Places<'py>, Bound<'py, PyDict>, Bound<'py, PyDict>);

#[pymethods]
impl Kernel {
    /// ``operators``: the module of the operators; ``documents`` and ``nested``: the tables of a generation.
    #[new]
    fn new(operators: &Bound<'_, PyAny>, documents: &Bound<'_, PyAny>, nested: &Bound<'_, PyDict>) -> PyResult<Kernel> {
        let mut tables = vec![Table::of(documents, None)?];
        let mut paths = HashMap::new();
        for (path, table) in nested {
            let path: String = path.extract()?;
            paths.insert(path.clone(), tables.len() as u16);
            tables.push(Table::of(&table, Some(path))?);
        }
        let memory = Mutex::new(Arc::new(Memory::new(operators.py())));
        Ok(Kernel { kinds: Kinds::of(operators)?, tables, paths, memory })
    }

    /// About how many bytes it remembers from one search to the next.
    #[getter]
    fn octets(&self) -> usize {
        self.memory().octets.load(Ordering::Relaxed)
    }

    /// Forgets what it remembers. A search under way ends with what it began with.
    fn forget(&self, py: Python<'_>) {
        *self.memory.lock().unwrap_or_else(PoisonError::into_inner) = Arc::new(Memory::new(py));
    }

    /// The total, the page, the facets (values, missing, other) and the counts of a search. ``leaves`` evaluates what is left to Python.
    fn search<'py>(&self, search: &Bound<'py, PyAny>, leaves: &Bound<'py, PyAny>) -> PyResult<Answer<'py>> {
        // a number out of its column: the file is damaged
        catch_unwind(AssertUnwindSafe(|| self.answer(search, leaves)))
            .unwrap_or_else(|_| Err(PyRuntimeError::new_err("a column is damaged")))
    }
}

impl Kernel {
    fn memory(&self) -> Arc<Memory> {
        self.memory.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn answer<'py>(&self, search: &Bound<'py, PyAny>, leaves: &Bound<'py, PyAny>) -> PyResult<Answer<'py>> {
        let memory = self.memory();
        let mut reading = Reading {
            kinds: &self.kinds,
            tables: &self.tables,
            paths: &self.paths,
            memory: &memory,
            leaves,
            read: HashMap::new(),
        };
        let evaluation = Evaluation::new(&self.tables, &memory, leaves);
        let py = search.py();
        let found = reading.node(&search.getattr(intern!(py, "where"))?, DOCUMENTS)?;
        let total = evaluation.set(found)?.count;
        let limit: isize = search.getattr(intern!(py, "limit"))?.extract()?;
        let places = match limit {
            1.. => self.places(search, found, limit as usize, &mut reading, &evaluation)?,
            _ => Places::default(),
        };
        let facets = PyDict::new(py);
        for facet in search.getattr(intern!(py, "facets"))?.cast::<PyTuple>()? {
            let name = facet.getattr(intern!(py, "name"))?;
            facets.set_item(name, self.facet(&facet, &mut reading, &evaluation)?)?;
        }
        let counts = PyDict::new(py);
        for count in search.getattr(intern!(py, "counts"))?.cast::<PyTuple>()? {
            let node = reading.node(&count.get_item(1)?, DOCUMENTS)?;
            counts.set_item(count.get_item(0)?, evaluation.set(node)?.count)?;
        }
        Ok((total, places, facets, counts))
    }

    fn places<'py>(
        &self,
        search: &Bound<'py, PyAny>,
        found: Id,
        limit: usize,
        reading: &mut Reading<'_, 'py>,
        evaluation: &Evaluation<'_, 'py>,
    ) -> PyResult<Places<'py>> {
        let py = search.py();
        let documents = &self.tables[DOCUMENTS as usize];
        let set = evaluation.set(found)?;
        evaluation.score(&set);
        let mut scored = Scored { points: vec![0; documents.count], parts: Vec::new() };
        let text = search.getattr(intern!(py, "text"))?;
        if !text.is_none() {
            scored.add_text(&evaluation.leaves.call_method1(intern!(py, "text_search"), (text,))?)?;
        }
        let mut names = Vec::new();
        for part in search.getattr(intern!(py, "parts"))?.cast::<PyTuple>()? {
            names.push(part.getattr(intern!(py, "name"))?);
            let mut tiers: Vec<(i32, Bound<'py, PyAny>)> = Vec::new();
            for tier in part.getattr(intern!(py, "tiers"))?.cast::<PyTuple>()? {
                tiers.push((tier.getattr(intern!(py, "points"))?.extract()?, tier));
            }
            tiers.sort_by_key(|(points, _)| std::cmp::Reverse(*points));
            let (mut left, mut count) = (set.bits(), set.count);
            let mut gave = Vec::new();
            for (points, tier) in tiers {
                if count == 0 || points <= 0 {
                    break;
                }
                let node = reading.node(&tier.getattr(intern!(py, "where"))?, DOCUMENTS)?;
                let met = Arc::new(evaluation.among(node, &set)?);
                page::give(&mut left, &mut count, &met, points, &mut scored.points);
                gave.push((points, met));
            }
            scored.parts.push(gave);
        }
        let offset: usize = search.getattr(intern!(py, "offset"))?.extract()?;
        let first = {
            let keys = self.keys(search, &scored)?;
            page::first_of(evaluation, &keys, set.numbers(), offset + limit)?
        };
        let rows = first.into_iter().skip(offset).collect::<Vec<_>>();
        let points = rows.iter().map(|&row| scored.points[row as usize]).collect();
        let mut parts = Vec::new();
        for &row in &rows {
            let given = PyDict::new(py);
            for (at, name) in names.iter().enumerate() {
                given.set_item(name, scored.of_part(at, row as usize))?;
            }
            parts.push(given);
        }
        Ok((rows, points, parts))
    }

    fn keys<'a>(&'a self, search: &Bound<'a, PyAny>, scored: &'a Scored) -> PyResult<Vec<Key<'a>>> {
        let py = search.py();
        let documents = &self.tables[DOCUMENTS as usize];
        let mut keys = Vec::new();
        for sort in search.getattr(intern!(py, "sort"))?.cast::<PyTuple>()? {
            let by = sort.getattr(intern!(py, "by"))?;
            let by = by.cast::<PyString>()?.to_str()?.to_owned();
            let descending: bool = sort.getattr(intern!(py, "descending"))?.extract()?;
            keys.push(match by.as_str() {
                "score" => Key::Score(&scored.points),
                "distance" => Key::Distance(search.getattr(intern!(py, "origins"))?),
                _ => match documents.number_of(&by).map(|at| &documents.fields[at as usize]) {
                    Some(Field::Keyword(keyword)) => Key::Keyword(keyword, descending),
                    Some(Field::Number(column)) => Key::Number(column, descending),
                    _ => return Err(PyKeyError::new_err(by)),
                },
            });
        }
        keys.push(Key::Number(documents.column("tie")?.1, false));
        Ok(keys)
    }

    fn facet<'py>(
        &self,
        facet: &Bound<'py, PyAny>,
        reading: &mut Reading<'_, 'py>,
        evaluation: &Evaluation<'_, 'py>,
    ) -> PyResult<(Bound<'py, PyDict>, usize, usize)> {
        let py = facet.py();
        let among = reading.node(&facet.getattr(intern!(py, "where"))?, DOCUMENTS)?;
        let selected = facet.getattr(intern!(py, "selected"))?;
        let values = PyDict::new(py);
        if evaluation.set(among)?.count == 0 {
            for value in selected.cast::<PyTuple>()? {
                values.set_item(value, 0)?;
            }
            return Ok((values, 0, 0));
        }
        let table = reading.table_of(&facet.getattr(intern!(py, "path"))?)?;
        let field = facet.getattr(intern!(py, "field"))?;
        let (number, keyword) = self.tables[table as usize].keyword(field.cast::<PyString>()?.to_str()?)?;
        let entry = match table {
            DOCUMENTS => 0,
            _ => reading.node(&facet.getattr(intern!(py, "entry"))?, table)?,
        };
        let counted = evaluation.counted((among, table, number, entry))?;
        let size: usize = facet.getattr(intern!(py, "size"))?.extract()?;
        let shown = counted.found.len().min(size);
        for (ordinal, count) in &counted.found[..shown] {
            values.set_item(keyword.value(py, *ordinal as usize)?, count)?;
        }
        let mut listed = shown;
        for value in selected.cast::<PyTuple>()? {
            if !values.contains(&value)? {
                let place = keyword.place_of(&value)?;
                let count = place.and_then(|place| counted.found.iter().find(|(ordinal, _)| *ordinal == place));
                listed += count.is_some() as usize;
                values.set_item(value, count.map_or(0, |(_, count)| *count))?;
            }
        }
        Ok((values, counted.missing, counted.found.len() - listed))
    }
}

#[pymodule]
fn vivier_fast(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add("INTERFACE", INTERFACE)?;
    module.add("VERSION", env!("CARGO_PKG_VERSION"))?;
    module.add_class::<Kernel>()
}
