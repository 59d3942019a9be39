//! Counts documents by value.

use std::sync::Arc;

use pyo3::prelude::*;

use crate::columns::{Field, Keyword, Table};
use crate::evaluate::{Evaluation, aside};
use crate::nodes::{Counted, Counting, DOCUMENTS};
use crate::sets::{self, Rows, Set};

/// Tenths of nanoseconds to count a row of one value, a row of several, a word of a set, a posting.
const ROW: usize = 12;
const SEVERAL: usize = 50;
const WORD: usize = 3;
const POSTING: usize = 12;

impl Evaluation<'_, '_> {
    /// The values that some documents have, the most frequent first, then in order.
    pub fn counted(&self, counting: Counting) -> PyResult<Arc<Counted>> {
        if let Some(found) = self.memory.counted(&counting) {
            return Ok(found);
        }
        let (among, table, field, entry) = counting;
        let among = self.set(among)?;
        let documents = self.tables[DOCUMENTS as usize].count;
        let table_of = &self.tables[table as usize];
        let Field::Keyword(keyword) = &table_of.fields[field as usize] else { unreachable!("it has values") };
        let entries = if table == DOCUMENTS { None } else { Some(self.set(entry)?) };
        let counted = aside(self.leaves.py(), among.count, || {
            let (counts, with_value) = match entries {
                None => by_value(&among, keyword),
                Some(entries) => in_entries(&among, &entries, table_of, keyword, documents),
            };
            let numbered = counts.into_iter().enumerate().filter(|(_, count)| *count > 0);
            let mut found: Vec<(u32, u32)> = numbered.map(|(ordinal, count)| (ordinal as u32, count)).collect();
            found.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
            Counted { found, missing: among.count - with_value }
        });
        Ok(self.memory.remember_counted(counting, counted))
    }
}

fn by_value(among: &Set, keyword: &Keyword) -> (Vec<u32>, usize) {
    let size = keyword.size();
    let row_by_row = among.count * if keyword.single() { ROW } else { SEVERAL };
    if let Rows::Bits(bits) = &among.rows {
        let common = keyword.common();
        if common.sets.len() * bits.len() * WORD + common.rare_postings * POSTING < row_by_row {
            return by_set(bits, keyword);
        }
    }
    let mut counts = vec![0u32; size + 1];
    if keyword.single() {
        among.each(|row| counts[keyword.first[row] as usize] += 1);
        let without = counts.pop().expect("it counts the rows without a value") as usize;
        return (counts, among.count - without);
    }
    let by_row = keyword.by_row();
    let mut with_value = 0;
    among.each(|row| {
        let ordinals = &by_row.ordinals[by_row.starts[row] as usize..by_row.starts[row + 1] as usize];
        with_value += !ordinals.is_empty() as usize;
        ordinals.iter().for_each(|&ordinal| counts[ordinal as usize] += 1);
    });
    (counts, with_value)
}

fn by_set(bits: &[u64], keyword: &Keyword) -> (Vec<u32>, usize) {
    let mut counts = vec![0u32; keyword.size()];
    let common = keyword.common();
    for (ordinal, set) in &common.sets {
        counts[*ordinal as usize] = sets::common(set, bits) as u32;
    }
    for &ordinal in &common.others {
        let met = keyword.postings(ordinal as usize).iter().filter(|&&row| sets::has(bits, row as usize));
        counts[ordinal as usize] = met.count() as u32;
    }
    let mut with_value = 0;
    if keyword.single() {
        with_value = counts.iter().map(|&count| count as usize).sum();
    } else {
        sets::each_bit(bits, |row| with_value += keyword.has_value(row) as usize);
    }
    (counts, with_value)
}

/// Counts documents, not entries: a document that has a value in two entries counts once.
fn in_entries(among: &Set, entries: &Set, table: &Table, keyword: &Keyword, documents: usize) -> (Vec<u32>, usize) {
    let mut counts = vec![0u32; keyword.size()];
    let mut last = vec![u32::MAX; keyword.size()];
    let (mut with_value, mut last_document) = (0, u32::MAX);
    let single = keyword.single();
    let by_row = if single { None } else { Some(keyword.by_row()) };
    let mut count = |entry: usize, document: u32| {
        let mut once = |ordinal: usize| {
            if last[ordinal] != document {
                last[ordinal] = document;
                counts[ordinal] += 1;
            }
        };
        let has_value = keyword.has_value(entry);
        match by_row {
            None if has_value => once(keyword.first[entry] as usize),
            None => {}
            Some(by_row) => {
                let values = by_row.starts[entry] as usize..by_row.starts[entry + 1] as usize;
                by_row.ordinals[values].iter().for_each(|&ordinal| once(ordinal as usize));
            }
        }
        if has_value && last_document != document {
            last_document = document;
            with_value += 1;
        }
    };
    if entries.count < among.count {
        let among = among.bits();
        entries.each(|entry| {
            let document = table.parents[entry] as usize;
            if sets::has(&among, document) {
                count(entry, document as u32);
            }
        });
    } else {
        let starts = table.starts(documents);
        let entries = entries.bits();
        among.each(|document| {
            for entry in starts[document] as usize..starts[document + 1] as usize {
                if sets::has(&entries, entry) {
                    count(entry, document as u32);
                }
            }
        });
    }
    (counts, with_value)
}
