//! Operators as numbered nodes: two equal operators are one node, which is evaluated once.

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use pyo3::exceptions::{PyKeyError, PyTypeError};
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyString, PyTuple};

use crate::columns::{Field, Table};
use crate::sets::Set;

pub type Id = u32;
/// Bytes that a node takes beside its set: itself, its place, its operands.
const BESIDE: usize = 200;
pub const DOCUMENTS: u16 = 0;

/// Numbers are kept by their bits: a node is then compared exactly. Fields and tables are kept by their number.
#[derive(Clone, PartialEq, Eq, Hash)]
pub enum Node {
    All(Box<[Id]>),
    Any(Box<[Id]>),
    Not(Id),
    Terms(u16, Box<[u32]>),
    Range {
        field: u16,
        low: u64,
        high: u64,
        missing: bool,
    },
    Exists(u16),
    Near {
        field: u16,
        lon: u64,
        lat: u64,
        km: u64,
    },
    Same(u16, Id),
    /// Evaluated by Python: a text, a polygon.
    Asked(usize),
}

pub struct Known {
    pub table: u16,
    pub node: Node,
    /// Whether each row has to be looked at: some rows are then sooner tested than all.
    pub costly: bool,
    pub set: OnceLock<Arc<Set>>,
}

#[derive(Default)]
struct Numbered {
    ids: HashMap<(u16, Node), Id>,
    nodes: Vec<Arc<Known>>,
    asked: usize,
    days: HashMap<String, f64>,
    facets: HashMap<Counting, Arc<Counted>>,
}

/// What a facet counts: among which documents, which field of which table, in which entries.
pub type Counting = (Id, u16, u16, Id);

/// How many documents have each value found, and how many have none.
pub struct Counted {
    pub found: Vec<(u32, u32)>,
    pub missing: usize,
}

/// What is remembered from one search to the next. Its lock is held for moments without any call of Python.
pub struct Memory {
    numbered: Mutex<Numbered>,
    pub octets: AtomicUsize,
    /// Python's operators to nodes, for those that Python evaluates.
    asked: Py<PyDict>,
}

impl Memory {
    pub fn new(py: Python<'_>) -> Memory {
        Memory { numbered: Mutex::default(), octets: AtomicUsize::new(0), asked: PyDict::new(py).unbind() }
    }

    fn locked(&self) -> MutexGuard<'_, Numbered> {
        self.numbered.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub fn known(&self, id: Id) -> Arc<Known> {
        self.locked().nodes[id as usize].clone()
    }

    pub fn remember(&self, known: &Known, set: Set) -> Arc<Set> {
        let set = Arc::new(set);
        if known.set.set(set.clone()).is_ok() {
            self.octets.fetch_add(set.octets(), Ordering::Relaxed);
        }
        set
    }

    pub fn counted(&self, counting: &Counting) -> Option<Arc<Counted>> {
        self.locked().facets.get(counting).cloned()
    }

    pub fn remember_counted(&self, counting: Counting, counted: Counted) -> Arc<Counted> {
        self.octets.fetch_add(counted.found.len() * 8 + BESIDE, Ordering::Relaxed);
        let counted = Arc::new(counted);
        self.locked().facets.insert(counting, counted.clone());
        counted
    }

    pub fn id_of(&self, table: u16, node: Node) -> Id {
        let mut numbered = self.locked();
        let key = (table, node);
        if let Some(&id) = numbered.ids.get(&key) {
            return id;
        }
        let costs = |id: &Id| numbered.nodes[*id as usize].costly;
        let costly = match &key.1 {
            Node::All(of) | Node::Any(of) => of.iter().any(costs),
            Node::Not(of) => costs(of),
            Node::Near { .. } | Node::Range { .. } => true,
            _ => false,
        };
        let beside = match &key.1 {
            Node::All(of) | Node::Any(of) => of.len() * 8,
            Node::Terms(_, of) => of.len() * 8,
            _ => 0,
        };
        self.octets.fetch_add(BESIDE + beside, Ordering::Relaxed);
        let id = numbered.nodes.len() as Id;
        numbered.nodes.push(Arc::new(Known { table, node: key.1.clone(), costly, set: OnceLock::new() }));
        numbered.ids.insert(key, id);
        id
    }
}

/// The classes of ``vivier.search.operators``.
pub struct Kinds([Py<PyAny>; 10]);

const NAMES: [&str; 10] = ["Terms", "Range", "All", "Not", "AnyOf", "Same", "Near", "Exists", "Text", "Within"];

impl Kinds {
    pub fn of(operators: &Bound<'_, PyAny>) -> PyResult<Kinds> {
        let mut kinds = Vec::new();
        for name in NAMES {
            kinds.push(operators.getattr(name)?.unbind());
        }
        kinds.try_into().map(Kinds).map_err(|_| PyTypeError::new_err("operators"))
    }

    fn name_of(&self, operator: &Bound<'_, PyAny>) -> PyResult<&'static str> {
        let kind = operator.get_type_ptr() as *mut pyo3::ffi::PyObject;
        let at = self.0.iter().position(|one| one.as_ptr() == kind);
        at.map(|at| NAMES[at]).ok_or_else(|| PyTypeError::new_err(format!("no operator: {}", operator.get_type())))
    }
}

/// Turns the operators of one search into nodes. Those of one search are alive as long as it: an object is read once.
pub struct Reading<'a, 'py> {
    pub kinds: &'a Kinds,
    pub tables: &'a [Table],
    pub paths: &'a HashMap<String, u16>,
    pub memory: &'a Memory,
    pub leaves: &'a Bound<'py, PyAny>,
    pub read: HashMap<(usize, u16), Id>,
}

impl<'py> Reading<'_, 'py> {
    pub fn table_of(&self, path: &Bound<'py, PyAny>) -> PyResult<u16> {
        if path.is_none() {
            return Ok(DOCUMENTS);
        }
        let path = path.cast::<PyString>()?.to_cow()?;
        self.paths.get(path.as_ref()).copied().ok_or_else(|| PyKeyError::new_err(path.into_owned()))
    }

    pub fn node(&mut self, operator: &Bound<'py, PyAny>, table: u16) -> PyResult<Id> {
        let key = (operator.as_ptr() as usize, table);
        if let Some(&id) = self.read.get(&key) {
            return Ok(id);
        }
        let id = self.made(operator, table)?;
        self.read.insert(key, id);
        Ok(id)
    }

    fn made(&mut self, operator: &Bound<'py, PyAny>, table: u16) -> PyResult<Id> {
        let py = operator.py();
        let here = &self.tables[table as usize];
        let name = self.kinds.name_of(operator)?;
        let field = || operator.getattr(intern!(py, "field"));
        let number =
            |name: &Bound<'py, PyString>| -> PyResult<u64> { Ok(operator.getattr(name)?.extract::<f64>()?.to_bits()) };
        let node = match name {
            "Terms" => {
                let (at, keyword) = here.keyword(field()?.cast::<PyString>()?.to_str()?)?;
                let mut ordinals = Vec::new();
                for value in operator.getattr(intern!(py, "values"))?.cast::<PyTuple>()? {
                    ordinals.extend(keyword.place_of(&value)?);
                }
                ordinals.sort_unstable();
                ordinals.dedup();
                if ordinals.is_empty() { Node::Any(Box::default()) } else { Node::Terms(at, ordinals.into()) }
            }
            "Range" => Node::Range {
                field: here.column(field()?.cast::<PyString>()?.to_str()?)?.0,
                low: self.bound(&operator.getattr(intern!(py, "gte"))?, f64::NEG_INFINITY)?,
                high: self.bound(&operator.getattr(intern!(py, "lte"))?, f64::INFINITY)?,
                missing: operator.getattr(intern!(py, "missing"))?.extract()?,
            },
            "Exists" => match here.number_of(field()?.cast::<PyString>()?.to_str()?) {
                Some(at) => Node::Exists(at),
                None => Node::Any(Box::default()),
            },
            "Near" => Node::Near {
                field: here.point(field()?.cast::<PyString>()?.to_str()?)?.0,
                lon: number(intern!(py, "lon"))?,
                lat: number(intern!(py, "lat"))?,
                km: number(intern!(py, "km"))?,
            },
            "All" => return self.joined(&operator.getattr(intern!(py, "of"))?, table, true),
            "AnyOf" => return self.joined(&operator.getattr(intern!(py, "of"))?, table, false),
            "Not" => Node::Not(self.node(&operator.getattr(intern!(py, "of"))?, table)?),
            "Same" => {
                let nested = self.table_of(&operator.getattr(intern!(py, "path"))?)?;
                let all = self.joined(&operator.getattr(intern!(py, "all"))?, nested, true)?;
                Node::Same(nested, all)
            }
            _ => return self.asked(operator, table),
        };
        Ok(self.memory.id_of(table, node))
    }

    /// All or any of some operators, those within another one of the same kind included: in order, each once.
    fn joined(&mut self, of: &Bound<'py, PyAny>, table: u16, all: bool) -> PyResult<Id> {
        let mut operands = Vec::new();
        for operand in of.cast::<PyTuple>()? {
            let id = self.node(&operand, table)?;
            match &self.memory.known(id).node {
                Node::All(within) if all => operands.extend(within),
                Node::Any(within) if !all => operands.extend(within),
                _ => operands.push(id),
            }
        }
        operands.sort_unstable();
        operands.dedup();
        if let [one] = operands[..] {
            return Ok(one);
        }
        let operands = operands.into();
        Ok(self.memory.id_of(table, if all { Node::All(operands) } else { Node::Any(operands) }))
    }

    fn bound(&self, bound: &Bound<'py, PyAny>, none: f64) -> PyResult<u64> {
        if bound.is_none() {
            return Ok(none.to_bits());
        }
        let Ok(text) = bound.cast::<PyString>() else {
            return Ok(bound.extract::<f64>()?.to_bits());
        };
        let text = text.to_cow()?;
        if let Some(day) = self.memory.locked().days.get(text.as_ref()) {
            return Ok(day.to_bits());
        }
        let day: f64 = self.leaves.call_method1(intern!(bound.py(), "day"), (bound,))?.extract()?;
        self.memory.octets.fetch_add(BESIDE, Ordering::Relaxed);
        self.memory.locked().days.insert(text.into_owned(), day);
        Ok(day.to_bits())
    }

    /// An operator that Python evaluates, at once: its set is in the answer whatever else is.
    fn asked(&self, operator: &Bound<'py, PyAny>, table: u16) -> PyResult<Id> {
        let py = operator.py();
        let key = (table, operator);
        if let Some(id) = self.memory.asked.bind(py).get_item(key)? {
            return id.extract();
        }
        let path = self.tables[table as usize].path.as_deref();
        let mask = self.leaves.call_method1(intern!(py, "mask"), (operator, path))?;
        let octets = pyo3::buffer::PyBuffer::<u8>::get(&mask)?.to_vec(py)?;
        let number = {
            let mut numbered = self.memory.locked();
            numbered.asked += 1;
            numbered.asked
        };
        let id = self.memory.id_of(table, Node::Asked(number));
        let set = Set::of_test(octets.len(), |row| octets[row] != 0);
        self.memory.remember(&self.memory.known(id), set);
        self.memory.asked.bind(py).set_item((table, operator), id)?;
        Ok(id)
    }
}

/// The field of a node.
pub fn field(tables: &[Table], table: u16, at: u16) -> &Field {
    &tables[table as usize].fields[at as usize]
}
