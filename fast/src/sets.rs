//! Sets of rows: a bit a row, or the numbers of the rows when they are few.

/// A set of few rows has at most one row in `FEW`: its numbers then take no more room than bits.
pub const FEW: usize = 32;
const WORD: usize = 64;

pub enum Rows {
    Bits(Box<[u64]>),
    Few(Box<[u32]>),
}

/// Some rows of a table of `among` rows, in order.
pub struct Set {
    pub rows: Rows,
    pub count: usize,
    pub among: usize,
}

pub fn blank(among: usize) -> Box<[u64]> {
    vec![0; among.div_ceil(WORD)].into_boxed_slice()
}

pub fn add(bits: &mut [u64], row: usize) {
    bits[row / WORD] |= 1 << (row % WORD);
}

pub fn has(bits: &[u64], row: usize) -> bool {
    bits[row / WORD] >> (row % WORD) & 1 == 1
}

/// Calls `each` with the number of each bit that is set, in order.
pub fn each_bit(bits: &[u64], mut each: impl FnMut(usize)) {
    for (at, &word) in bits.iter().enumerate() {
        let mut left = word;
        while left != 0 {
            each(at * WORD + left.trailing_zeros() as usize);
            left &= left - 1;
        }
    }
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "popcnt,avx2")]
fn counted_soon(one: &[u64], other: &[u64]) -> usize {
    one.iter().zip(other).map(|(a, b)| (a & b).count_ones() as usize).sum()
}

/// How many rows two sets of bits have in common.
pub fn common(one: &[u64], other: &[u64]) -> usize {
    #[cfg(target_arch = "x86_64")]
    if is_x86_feature_detected!("popcnt") && is_x86_feature_detected!("avx2") {
        // SAFETY: the processor has these instructions.
        return unsafe { counted_soon(one, other) };
    }
    one.iter().zip(other).map(|(a, b)| (a & b).count_ones() as usize).sum()
}

/// Whether each of two numbers is within bounds, or is not outside: an absent number, which is NaN, is neither.
#[cfg(target_arch = "x86_64")]
fn two_within(numbers: &[f64; 2], low: f64, high: f64, missing: bool) -> u64 {
    use std::arch::x86_64::*;
    // SAFETY: every processor of this kind has these instructions, and two numbers are read.
    unsafe {
        let both = _mm_loadu_pd(numbers.as_ptr());
        let (low, high) = (_mm_set1_pd(low), _mm_set1_pd(high));
        let met = if missing {
            !_mm_movemask_pd(_mm_or_pd(_mm_cmplt_pd(both, low), _mm_cmpgt_pd(both, high)))
        } else {
            _mm_movemask_pd(_mm_and_pd(_mm_cmpge_pd(both, low), _mm_cmple_pd(both, high)))
        };
        (met & 3) as u64
    }
}

#[cfg(not(target_arch = "x86_64"))]
fn two_within(numbers: &[f64; 2], low: f64, high: f64, missing: bool) -> u64 {
    is_within(numbers[0], low, high, missing) as u64 | (is_within(numbers[1], low, high, missing) as u64) << 1
}

/// Whether a number is within bounds; ``missing``: or absent, which is NaN.
pub fn is_within(number: f64, low: f64, high: f64, missing: bool) -> bool {
    if missing { !((number < low) | (number > high)) } else { (number >= low) & (number <= high) }
}

impl Set {
    /// The rows whose number is within bounds; ``missing``: or absent.
    pub fn of_range(numbers: &[f64], low: f64, high: f64, missing: bool) -> Set {
        let mut bits = blank(numbers.len());
        for (word, some) in bits.iter_mut().zip(numbers.chunks(WORD)) {
            let (pairs, last) = some.as_chunks::<2>();
            for (at, pair) in pairs.iter().enumerate() {
                *word |= two_within(pair, low, high, missing) << (2 * at);
            }
            for &number in last {
                *word |= (is_within(number, low, high, missing) as u64) << (some.len() - 1);
            }
        }
        Set::of_bits(bits, numbers.len())
    }

    pub fn of_bits(bits: Box<[u64]>, among: usize) -> Set {
        let count = common(&bits, &bits);
        if count * FEW > among {
            return Set { rows: Rows::Bits(bits), count, among };
        }
        let mut few = Vec::with_capacity(count);
        each_bit(&bits, |row| few.push(row as u32));
        Set { rows: Rows::Few(few.into()), count, among }
    }

    /// From numbers in order, each once.
    pub fn of_rows(rows: Vec<u32>, among: usize) -> Set {
        let count = rows.len();
        if count * FEW <= among {
            return Set { rows: Rows::Few(rows.into()), count, among };
        }
        let mut bits = blank(among);
        rows.iter().for_each(|&row| add(&mut bits, row as usize));
        Set { rows: Rows::Bits(bits), count, among }
    }

    pub fn of_test(among: usize, test: impl Fn(usize) -> bool) -> Set {
        let mut bits = blank(among);
        for (at, word) in bits.iter_mut().enumerate() {
            let start = at * WORD;
            for bit in 0..WORD.min(among - start) {
                *word |= (test(start + bit) as u64) << bit;
            }
        }
        Set::of_bits(bits, among)
    }

    pub fn every(among: usize) -> Set {
        Set::of_test(among, |_| true)
    }

    pub fn octets(&self) -> usize {
        match &self.rows {
            Rows::Bits(bits) => bits.len() * 8,
            Rows::Few(few) => few.len() * 4,
        }
    }

    pub fn has(&self, row: usize) -> bool {
        match &self.rows {
            Rows::Bits(bits) => has(bits, row),
            Rows::Few(few) => few.binary_search(&(row as u32)).is_ok(),
        }
    }

    pub fn each(&self, mut each: impl FnMut(usize)) {
        match &self.rows {
            Rows::Bits(bits) => each_bit(bits, each),
            Rows::Few(few) => few.iter().for_each(|&row| each(row as usize)),
        }
    }

    pub fn numbers(&self) -> Vec<u32> {
        let mut numbers = Vec::with_capacity(self.count);
        self.each(|row| numbers.push(row as u32));
        numbers
    }

    pub fn bits(&self) -> Box<[u64]> {
        match &self.rows {
            Rows::Bits(bits) => bits.clone(),
            Rows::Few(few) => {
                let mut bits = blank(self.among);
                few.iter().for_each(|&row| add(&mut bits, row as usize));
                bits
            }
        }
    }

    /// The rows of this set that pass a test.
    pub fn filtered(&self, test: impl Fn(usize) -> bool) -> Set {
        let mut rows = Vec::new();
        self.each(|row| {
            if test(row) {
                rows.push(row as u32);
            }
        });
        Set::of_rows(rows, self.among)
    }

    /// The rows whose number passes a test: ``numbers`` has one for each row of this set, in order.
    pub fn filtered_with(&self, numbers: &[f64], test: impl Fn(f64) -> bool) -> Set {
        let mut rows = Vec::new();
        let mut at = 0;
        self.each(|row| {
            if test(numbers[at]) {
                rows.push(row as u32);
            }
            at += 1;
        });
        Set::of_rows(rows, self.among)
    }

    pub fn not(&self) -> Set {
        let mut bits = self.bits();
        bits.iter_mut().for_each(|word| *word = !*word);
        let beyond = bits.len() * WORD - self.among;
        if let Some(last) = bits.last_mut() {
            *last &= u64::MAX >> beyond;
        }
        Set::of_bits(bits, self.among)
    }

    /// The rows of both sets; of this one only where `other` is `inverted`.
    pub fn and(&self, other: &Set, inverted: bool) -> Set {
        match (&self.rows, &other.rows) {
            (Rows::Few(_), Rows::Few(few)) => {
                let mut at = 0;
                let mut rows = Vec::new();
                self.each(|row| {
                    while at < few.len() && (few[at] as usize) < row {
                        at += 1;
                    }
                    if (at < few.len() && few[at] as usize == row) != inverted {
                        rows.push(row as u32);
                    }
                });
                Set::of_rows(rows, self.among)
            }
            (Rows::Few(_), Rows::Bits(bits)) => self.filtered(|row| has(bits, row) != inverted),
            (Rows::Bits(_), Rows::Few(_)) if !inverted => other.and(self, false),
            (Rows::Bits(mine), Rows::Few(few)) => {
                let mut bits = mine.clone();
                few.iter().for_each(|&row| bits[row as usize / WORD] &= !(1 << (row as usize % WORD)));
                Set::of_bits(bits, self.among)
            }
            (Rows::Bits(mine), Rows::Bits(bits)) => {
                let turned = if inverted { u64::MAX } else { 0 };
                let both = mine.iter().zip(bits).map(|(a, b)| a & (b ^ turned)).collect();
                Set::of_bits(both, self.among)
            }
        }
    }

    /// Adds the rows of this set to bits.
    pub fn join(&self, bits: &mut [u64]) {
        match &self.rows {
            Rows::Bits(mine) => bits.iter_mut().zip(mine).for_each(|(word, other)| *word |= other),
            Rows::Few(few) => few.iter().for_each(|&row| add(bits, row as usize)),
        }
    }
}
